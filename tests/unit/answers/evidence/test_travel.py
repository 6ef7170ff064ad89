"""The four sentences in every case: each effect is that of the case's own ledger, and the mean is that of the parts."""

from __future__ import annotations

import numpy as np
import pytest

from lynchpin.account.cases import builtin_cases, read_case, read_known
from lynchpin.answers.evidence import travel
from lynchpin.answers.evidence.claims import claims
from lynchpin.answers.evidence.travel import SENTENCES, said_of, travels
from lynchpin.model import fit_case

SMALL = ("greece-turkey", "israel-turkey")


@pytest.fixture(scope="module")
def found():
    return travels([read_case(name) for name in SMALL])


@pytest.mark.parametrize("name", sorted(builtin_cases()))
def test_every_case_can_bear_the_sentences(name):
    case = read_case(name)
    said = said_of(case)
    assert [m.says for m in said.mechanisms] == [sentence.says for sentence in SENTENCES]
    assert said.classes == case.classes and said.events_file == case.events_file and not said.shares


def test_each_effect_is_that_of_the_ledger_of_the_case(found):
    fit = fit_case(read_known(said_of(read_case("israel-turkey")), None))
    rows = {row.mechanism: row for row in claims(fit)}
    for claim in found:
        part = next(part for part in claim.splits if part.part == "israel-turkey")
        if part.effect is not None:
            assert part.estimate == pytest.approx(rows[claim.mechanism].estimate, rel=1e-12)
            assert part.standard_error == pytest.approx(rows[claim.mechanism].standard_error, rel=1e-12)


def test_the_mean_is_that_of_the_parts(found):
    push = next(claim for claim in found if claim.mechanism == "push")
    assert [part.part for part in push.splits] == list(SMALL) and push.pooled.n == 2
    beta = np.array([part.estimate for part in push.splits])
    weight = 1.0 / (np.array([part.standard_error for part in push.splits]) ** 2 + push.pooled.sd**2)
    assert push.pooled.effect.estimate == pytest.approx(float(weight @ beta / weight.sum()), rel=1e-6)
    assert sum(part.weight for part in push.splits) == pytest.approx(1.0)


def test_a_side_with_few_acts_is_listed_and_not_pooled(found, monkeypatch):
    threat = next(claim for claim in found if claim.mechanism == "threat")
    few = next(part for part in threat.splits if part.part == "greece-turkey")
    assert few.effect is None and few.n_cause_events < travel.FEWEST
    assert few.left_out_because == f"fewer than {travel.FEWEST} acts of its cause or of its target"
