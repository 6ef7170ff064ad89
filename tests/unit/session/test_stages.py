"""The stages of an agreement on a day: what reaches the model, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from lynchpin.account.cases import read_known
from lynchpin.errors import BadValue, UnknownName
from lynchpin.session import stages as room
from lynchpin.session.agreements import agreements_of
from lynchpin.session.stages import stage_by


@dataclass(frozen=True)
class Model:
    lives: tuple
    seed: int


@pytest.fixture
def looks(toy_with_agreements, monkeypatch) -> list:
    """What the model is asked; its answer is the question."""
    asked = []

    def look_for(fitted, life, by, *, stages, draws):
        asked.append((fitted.seed, life.id, by, tuple(stages), draws))
        return asked[-1]

    monkeypatch.setattr(
        room, "fitted_agreements", lambda known: Model(agreements_of(toy_with_agreements, known.origin), 7)
    )
    monkeypatch.setattr(room, "look_for", look_for)
    return asked


def test_what_the_model_is_asked(toy_with_agreements, looks) -> None:
    made_from, answer = stage_by(
        toy_with_agreements, "pact", "2016-12-31", as_of="2016-12-01", stages=["ratified"], draws=30
    )
    assert answer == (7, "pact", date(2016, 12, 31), ("ratified",), 30)
    assert made_from == read_known(toy_with_agreements, as_of="2016-12-01").provenance
    stage_by(toy_with_agreements, "late", date(2017, 1, 5), as_of="2016-12-01", draws=30, seed=11)
    assert looks[-1] == (11, "late", date(2017, 1, 5), (), 30)


def test_what_is_refused(toy_with_agreements, looks) -> None:
    with pytest.raises(UnknownName, match="no agreement 'late' is known before 2016-02-17"):
        stage_by(toy_with_agreements, "late", "2016-12-31", as_of="2016-02-17")
    with pytest.raises(BadValue, match="'soon' is not a day of the calendar") as caught:
        stage_by(toy_with_agreements, "pact", "soon", as_of="2016-12-01")
    assert caught.value.where == "--by"
    assert looks == []
