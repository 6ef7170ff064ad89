"""The kernel says what the definitions say, and nothing of the day asked for or of later days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from lynchpin.answers.predict import _kernel, counters
from lynchpin.answers.predict.columns import COLUMNS, GROUPS, START
from lynchpin.answers.predict.facts import make_facts, no_traits, traits_of_names
from lynchpin.answers.predict.history import PastFacts, questions
from lynchpin.testing.choice_reference import statistics_of

ACTORS = ("Japan", "South Korea", "Police (Japan)", "Police (South Korea)", "Citizen (Japan)", "Someone")
N, R = len(ACTORS), 2


def crowded(seed, days=12, a_day=7):
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, [days, N, R, N], size=(days * a_day, 4))
    rows = rows[rows[:, 1] != rows[:, 3]]
    return make_facts(rows[:, 0] * 2, rows[:, 1], rows[:, 2], rows[:, 3], ACTORS, ("Consult", "Accuse"))


def asked(facts, day, learn_until=14, traits=None):
    history = PastFacts(facts, traits or traits_of_names(facts.actors, date(2014, 1, 1)), learn_until)
    history.advance_to(day)
    s, r = (grid.ravel() for grid in np.meshgrid(np.arange(N), np.arange(2 * R), indexing="ij"))
    return history.ask(s, r, with_first=True)


@pytest.mark.parametrize("seed, day", [(1, 17), (2, 24)])
def test_kernel_equals_reference(seed, day):
    facts = crowded(seed)
    traits = traits_of_names(ACTORS, date(2014, 1, 1))
    assert traits.state.tolist().count(-1) == 1 and (traits.kind >= 0).sum() == 5
    found = asked(facts, day, traits=traits)
    for q in range(0, found.source.size, 3):
        for m in range(found.size[q]):
            o = int(found.shortlist[q, m])
            wanted = statistics_of(facts, traits, int(found.source[q]), int(found.relation[q]), o, day, 14)
            got = dict(zip(COLUMNS, found.X[q, m].tolist(), strict=True))
            wrong = {name: (got[name], wanted[name]) for name in COLUMNS if abs(got[name] - wanted[name]) > 2e-3}
            assert not wrong, (q, o, wrong)


def test_every_column_is_somewhere_not_zero():
    found = asked(crowded(1), 17)
    assert [COLUMNS[f] for f in np.flatnonzero((found.X == 0).all(axis=(0, 1)))] in ([], ["self"])


def same(a, b):
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in ("shortlist", "size", "X", "first"))


def test_the_day_itself_and_later_days_change_no_bit():
    facts = crowded(1)
    for day in (9, 10, 16):
        assert same(asked(facts, day), asked(facts.before(day), day))


def test_the_law_catches_a_peek_at_the_day(monkeypatch):
    """A fault planted once: the facts of the day are counted before it is asked about."""
    facts = crowded(1)
    honest = PastFacts.advance_to
    monkeypatch.setattr(PastFacts, "advance_to", lambda self, day: honest(self, day + 1))
    assert not same(asked(facts, 10), asked(facts.before(10), 10))


def test_kernel_law_catches_a_wrong_half_life(monkeypatch):
    """A fault planted once: a day is let pass twice."""
    facts, honest = crowded(1), counters.factors
    monkeypatch.setattr("lynchpin.answers.predict.history.factors", lambda days: honest(2 * days))
    found = asked(facts, 17)
    wanted = statistics_of(facts, no_traits(N), 0, 0, 1, 17, 14)
    place = found.shortlist[0].tolist().index(1)
    assert abs(found.X[0, place, START["role"] + 2] - wanted["role_10d"]) > 2e-3


def test_renaming_actors_permutes_the_answer():
    facts = crowded(3)
    turn = np.array([3, 0, 5, 1, 4, 2])  # old -> new
    names = tuple(ACTORS[k] for k in np.argsort(turn))
    turned = make_facts(facts.day, turn[facts.source], facts.relation, turn[facts.target], names, facts.relations)
    a, b = asked(facts, 17), asked(turned, 17)
    s, r = a.source, a.relation
    at = np.array([np.flatnonzero((b.source == turn[x]) & (b.relation == y))[0] for x, y in zip(s, r, strict=True)])
    np.testing.assert_allclose(a.first, b.first[at][:, turn], rtol=1e-5)


def test_shifting_time_changes_nothing():
    facts = crowded(4)
    later = replace(facts, day=facts.day + 1000)
    assert same(asked(facts, 17), asked(later, 1017, learn_until=1014))


def test_two_steps_through_time_equal_one():
    facts = crowded(5)
    once, twice = (PastFacts(facts, no_traits(N), 99) for _ in range(2))
    once.advance_to(17)
    for day in (3, 4, 11, 17):
        twice.advance_to(day)
    np.testing.assert_allclose(once.counters.pair, twice.counters.pair, rtol=1e-5)
    np.testing.assert_array_equal(once.counters.last, twice.counters.last)


def test_who_is_tied_at_the_edge_of_the_shortlist_stays_out():
    def listed(score, most, floor=-1.0):
        score, chosen = np.array(score, np.float32), np.zeros(most, np.int32)
        size = _kernel.shortlist_of(score, np.float32(floor), np.zeros(score.size, np.float32), chosen)
        return chosen[:size].tolist()

    assert listed([5.0, 1.0, 4.0, 1.0, 0.0], 3) == [0, 2]
    assert listed([5.0, 1.0, 4.0, 3.0], 3) == [0, 2, 3]
    assert listed([5.0, 1.0], 2) == [0, 1]
    rng = np.random.default_rng(1)
    for _ in range(200):  # many ties; the floor may be anything up to the score of the first one left out
        score = rng.integers(0, 12, 30).astype(float)
        edge = np.sort(score)[::-1][7]
        wanted = np.flatnonzero(score > edge).tolist()
        assert listed(score, 7) == listed(score, 7, edge) == listed(score, 7, edge - 1.5) == wanted


def test_groups_cover_the_columns_once():
    assert len(set(COLUMNS)) == len(COLUMNS) == sum(len(group.columns) for group in GROUPS) == 82


def test_questions_are_distinct_and_point_back():
    s, r, which = questions(np.array([2, 1, 2, 1]), np.array([0, 1, 0, 0]))
    assert list(zip(s.tolist(), r.tolist(), strict=True)) == [(1, 0), (1, 1), (2, 0)]
    assert which.tolist() == [2, 1, 2, 0]
