"""What makes a large benchmark possible changes no rank: each kernel beside what is slow and plain, on small records."""

from __future__ import annotations

import numpy as np
import pytest

from lynchpin.answers.predict import facts as facts_module
from lynchpin.answers.predict._values import kth_best
from lynchpin.answers.predict.benchmark import _learned_since, in_history, run_benchmark
from lynchpin.answers.predict.choice import Options, fit_choice, in_steps
from lynchpin.answers.predict.facts import Facts, make_facts, no_traits
from lynchpin.answers.predict.history import PastFacts
from lynchpin.answers.predict.kept import Kept
from lynchpin.answers.predict.learn import drawn, gather, rank_days, score_days
from lynchpin.answers.predict.protocol import collect, rank, rank_answers
from lynchpin.answers.predict.recurrency import BASELINES, recurrency, recurrency_ranks
from lynchpin.errors import BadValue
from lynchpin.testing.feeds import write_benchmark


def some_facts(seed, days=24, actors=9, acts=2, rows=260, unit=1):
    """Few actors, many facts: several right answers of a question on one day, and many ties."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, [days, actors, acts, actors], size=(rows, 4))
    return make_facts(*drawn.T, [str(k) for k in range(actors)], [str(k) for k in range(acts)], unit)


def equal(ranks, others):
    return all(
        np.array_equal(getattr(ranks, name), getattr(others, name)) for name in ("above", "tied", "day", "is_head")
    )


@pytest.mark.parametrize("seed, unit", [(1, 1), (2, 1), (3, 4)])
def test_baselines_in_the_kernel_are_the_plain_ones(seed, unit):
    facts = some_facts(seed, unit=unit)
    found = recurrency_ranks(PastFacts(facts, no_traits(9), 24), 6, 20)
    assert list(found) == list(BASELINES)
    for name, (decay, alpha) in BASELINES.items():
        wanted = collect(recurrency(facts, 6, decay=decay, alpha=alpha), facts, 20)
        assert equal(found[name], wanted) and (wanted.tied > 0).any() and (wanted.above > 0).any()


@pytest.mark.parametrize("seed, most", [(1, 4), (2, 9)])
def test_ranks_by_parts_are_those_of_all_scores(seed, most, monkeypatch):
    drawn_, learn_until = some_facts(seed, rows=400), 14
    early = (drawn_.day < 16) & ((drawn_.source > 6) | (drawn_.target > 6))
    columns = (column[~early] for column in (drawn_.day, drawn_.source, drawn_.relation, drawn_.target))
    facts = make_facts(*columns, drawn_.actors, drawn_.relations)

    def fitted():
        history = PastFacts(facts, no_traits(9), learn_until)
        return history, fit_choice(gather(history, 3, learn_until, most=most), history.ways, Options(batch=32))

    history, choice = fitted()
    assert (history.of_days(0, 16)[3] < 7).all(), "two actors come in late: until then nothing tells them apart"
    wanted = collect(score_days(history, choice, 16, 24, most=most), facts)
    history, choice = fitted()
    monkeypatch.setattr("lynchpin.answers.predict.learn.SCORES", 3 * 9)  # three questions at a time
    kept = np.ones(history.of_days(16, 24)[0].size, np.bool_)
    found, held = rank_days(history, choice, 16, 24, kept, most=most)
    assert equal(found, wanted) and (wanted.tied > 0).any()
    assert held.tolist() == in_history(facts, 16, 24).tolist()


def test_ranks_of_a_shortlist_before_all_others_are_those_of_the_whole_line():
    """Whole numbers, so that ties abound; several right answers of each question."""
    rng = np.random.default_rng(3)
    questions, n, most = 200, 14, 5
    first = rng.integers(0, 6, (questions, n)).astype(np.float32)
    utility = rng.integers(-3, 3, (questions, most)).astype(np.float32)
    size = rng.integers(0, most + 1, questions).astype(np.int32)
    listed = np.stack([rng.permutation(n)[:most] for _ in range(questions)]).astype(np.int32)
    answers = [np.sort(rng.permutation(n)[: rng.integers(1, 4)]) for _ in range(questions)]
    which, answer = np.repeat(np.arange(questions), [len(each) for each in answers]), np.concatenate(answers)
    whole = first.copy()
    for q in range(questions):
        if size[q]:
            whole[q, listed[q, : size[q]]] = utility[q, : size[q]] + 100.0
    wanted = rank(whole, which, answer)
    above, tied = np.zeros(answer.size, np.int64), np.zeros(answer.size, np.int64)
    rank_answers(first, listed, size, utility, np.searchsorted(which, np.arange(questions + 1)), answer, above, tied)
    assert np.array_equal(above, wanted[0]) and np.array_equal(tied, wanted[1]) and (tied > 0).mean() > 0.2


def test_a_share_of_the_questions_has_the_ranks_it_has_among_all():
    facts = some_facts(4)
    history = PastFacts(facts, no_traits(9), 14)
    choice = fit_choice(gather(history, 3, 14), history.ways, Options(batch=32))
    kept = drawn(history, 16, 24, 40, seed=1)
    _, s, r, _ = history.of_days(16, 24)
    day = history.of_days(16, 24)[0]
    asked = {key for key, chosen in zip(zip(day, s, r, strict=True), kept, strict=True) if chosen}
    assert len(asked) == 40, "whole questions, with all their answers"
    assert all(chosen == (key in asked) for key, chosen in zip(zip(day, s, r, strict=True), kept, strict=True))
    few, _ = rank_days(history, choice, 16, 24, kept)
    again = PastFacts(facts, no_traits(9), 14)
    all_of_them, _ = rank_days(again_at(again), choice, 16, 24, np.ones_like(kept))
    assert equal(few, all_of_them.part(kept))
    part, whole = recurrency_ranks(history, 16, 24, kept), recurrency_ranks(history, 16, 24)
    assert all(equal(part[name], whole[name].part(kept)) for name in BASELINES)


def again_at(history):
    """A history that has learned what one that was gathered from has."""
    gather(history, 3, 14)
    return history


def test_days_passed_in_one_leap_are_those_passed_one_by_one():
    """Counters to the bit; the sums of the relation-pair matrix but for rounding; and so with other asking days."""
    facts = some_facts(5, days=40)
    steps, leap, few = (PastFacts(facts, no_traits(9), 30) for _ in range(3))
    for day in range(1, 36):
        steps.advance_to(day)
    leap.advance_to(35, leap=True)
    for day in (12, 31, 35):
        few.advance_to(day)
    for other in (leap, few):
        for name in ("triple", "pair", "both", "act", "role", "by_pair", "triple_last", "pair_last", "last"):
            assert np.array_equal(getattr(steps.counters, name), getattr(other.counters, name)), name
    assert np.array_equal(steps.follows(), few.follows())
    np.testing.assert_allclose(leap.follows(), steps.follows(), rtol=1e-5)
    assert steps.follows().max() > 0.01


def test_steps_finer_than_days_fade_by_days():
    """The same facts at 0, 10, 20, ... of a clock whose days have ten steps."""
    days = some_facts(6)
    fine = Facts(days.day * 10, days.source, days.relation, days.target, days.actors, days.relations, 10)
    plain, stretched = PastFacts(days, no_traits(9), 24), PastFacts(fine, no_traits(9), 240)
    plain.advance_to(15), stretched.advance_to(150)
    one, other = (past.ask(np.arange(9), np.arange(9) % 4) for past in (plain, stretched))
    assert np.array_equal(one.X, other.X) and np.array_equal(one.shortlist, other.shortlist)
    stretched.advance_to(155)  # a day that has begun counts
    later = stretched.ask(np.arange(9), np.arange(9) % 4)
    plain.advance_to(16)
    assert later.X[:, :, 39].max() == plain.ask(np.arange(9), np.arange(9) % 4).X[:, :, 39].max() == 1.0


def test_what_is_kept_in_a_file_is_what_was_put_there(tmp_path):
    rng = np.random.default_rng(1)
    X = rng.integers(-9, 9, (50, 4, 3)).astype(np.int16)
    small, large = Kept(X.shape), Kept(X.shape, in_memory=0)
    for kept in (small, large):
        for at in range(0, 50, 7):
            kept.put(at, X[at : at + 7])
        for which in (np.arange(10, 31), rng.permutation(50), np.array([49]), np.array([], np.int64)):
            assert np.array_equal(kept[which], X[which])


def test_a_fit_from_a_file_is_the_fit_from_memory(monkeypatch):
    def fit():
        history = PastFacts(some_facts(7), no_traits(9), 14)
        return fit_choice(gather(history, 3, 14), history.ways, Options(batch=32))

    one = fit()
    monkeypatch.setattr("lynchpin.answers.predict.learn.Kept", lambda shape: Kept(shape, in_memory=0))
    other = fit()
    assert one.weight.tobytes() == other.weight.tobytes() and one.losses == other.losses


def test_a_full_temporary_folder_is_an_error_that_says_so(monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.pwrite", full)
    with pytest.raises(BadValue, match="has no room for the statistics of 5 questions"):
        Kept((5, 4, 3), in_memory=0).put(0, np.ones((5, 4, 3), np.int16))


def test_whole_steps_are_what_numpy_rounds_to():
    X = np.array([0.0, 0.5 / 1024, 1.5 / 1024, -2.5 / 1024, 40.0, -40.0, 0.7], np.float32)
    assert in_steps(X).tolist() == [0, 0, 2, -2, 32767, -32767, 717]


def test_rows_too_wide_for_one_number_are_sorted_all_the_same(monkeypatch):
    facts = some_facts(8)
    wanted = facts.both_ways()
    monkeypatch.setattr(facts_module.math, "prod", lambda _: 2**63)
    assert all(np.array_equal(a, b) for a, b in zip(facts.both_ways(), wanted, strict=True))


def test_a_large_record_is_learned_from_its_last_days():
    day, other = (grid.ravel() for grid in np.indices((100, 10)))
    none = np.zeros(1000, int)
    facts = make_facts(day, none, none, other + 1, [str(k) for k in range(11)], ["x"])
    assert _learned_since(facts, 20, 80, 0.5, 10_000) == 20
    assert _learned_since(facts, 20, 80, 0.5, 600) == 20, "sixty days of ten facts, half of both ways"
    assert _learned_since(facts, 20, 80, 0.5, 100) == 70
    assert _learned_since(facts, 20, 80, 0.5, 99) == 71, "whole days"
    assert _learned_since(facts, 20, 80, 0.5, 1) == 79, "no fewer than a day"


def test_a_benchmark_by_a_share_of_its_questions(tmp_path):
    folder = write_benchmark(tmp_path / "b", days=40)
    found = run_benchmark(folder, split="test", most_questions=20)
    assert 20 <= found.scores.questions <= 40 and len(found.scores.models) == 4
    assert found.scores.fitted <= 60 and found.scores.drawn_from == 2 * 3 * 12
    assert run_benchmark(folder, split="test", with_baselines=False).scores.drawn_from is None
    with pytest.raises(BadValue, match="cannot score 0 questions"):
        run_benchmark(folder, most_questions=0)


def test_the_kth_best_is_that_of_a_sort() -> None:
    rng = np.random.default_rng(4)
    for _ in range(200):
        values = rng.integers(0, 9, size=rng.integers(1, 40)).astype(np.float32)  # ties in most of them
        k = int(rng.integers(1, values.size + 1))
        before = values.copy()
        assert kth_best(values, k) == np.sort(values)[-k] and np.array_equal(values, before)
