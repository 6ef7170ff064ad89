"""Whether `predict` ranks at least as well as the combined baseline on days that chose nothing.

    python benchmarks/predict_ranks.py CASE|STORE|FEED ...

Laid down before any of it was run. A record is cut at 70, 80 and 90 % of its facts. On each cut day `predict` is laid
out as it would have been: weights from the facts before its check, the model that ranks from its check, which ends on
the cut day. Then every question from the cut to the next is answered, both ways, by the model that was chosen, and by
the combined baseline; nothing is fitted or chosen anew. What is told is the mean reciprocal rank over the three
blocks, and the 90 % interval of the difference, days drawn again. What counts as shown: no record's difference is
clearly below nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from lynchpin.account.cases import read_case
from lynchpin.account.cases.builtin import builtin_cases
from lynchpin.answers.predict.choice import Options, fit_choice
from lynchpin.answers.predict.facts import Facts, no_traits
from lynchpin.answers.predict.history import PastFacts
from lynchpin.answers.predict.learn import gather, score_days
from lynchpin.answers.predict.next_actor import HELD_OUT, LEAST_CHECKED, MOST_FITTED, UNCHECKED, WARM_UP, _for_few
from lynchpin.answers.predict.protocol import collect, scores
from lynchpin.answers.predict.record import facts_of, read_events
from lynchpin.answers.predict.recurrency import recurrency_ranks
from lynchpin.answers.predict.shares import with_the_act_first
from lynchpin.defaults import CASE

CUTS = (0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True)
class Block:
    """One block of days: the model chosen before it, and reciprocal ranks of it and of the combined baseline."""

    chosen: str
    day: np.ndarray
    ours: np.ndarray
    combined: np.ndarray


def blocks(facts: Facts) -> Iterator[Block]:
    """The three blocks of a record."""
    at = [int(facts.day[int(share * (facts.day.size - 1))]) for share in CUTS]
    at[-1] += 1
    for cut, end in pairwise(at):
        n = int(np.searchsorted(facts.day, cut))
        first, check_from = (int(facts.day[int(share * (n - 1))]) for share in (WARM_UP, 1.0 - HELD_OUT))
        if not first < check_from < cut < end:
            continue
        options = Options()
        history = PastFacts(facts, no_traits(len(facts.actors)), check_from)
        share = min(1.0, MOST_FITTED / max(1, 2 * facts.between(first, check_from).day.size))
        sample = gather(history, first, check_from, share=share, seed=options.seed)
        choice = fit_choice(sample, history.ways, _for_few(options, sample.size.size))
        told = {"choice": collect(with_the_act_first(score_days(history, choice, check_from, end), facts), facts)}
        told |= recurrency_ranks(history, check_from, end)
        checked = {name: scores(ranks.part(ranks.day < cut))["mrr"] for name, ranks in told.items()}
        is_checked = 2 * facts.between(check_from, cut).day.size >= LEAST_CHECKED
        chosen = max(checked, key=lambda name: checked[name]) if is_checked else UNCHECKED
        later = {name: told[name].part(told[name].day >= cut) for name in (chosen, "combined")}
        yield Block(chosen, later[chosen].day, later[chosen].reciprocal(), later["combined"].reciprocal())


def held_out(name: str, facts: Facts, seed: int = 1) -> str:
    """A line of what came of a record."""
    found = list(blocks(facts))
    day = np.concatenate([block.day for block in found])
    ours, combined = (np.concatenate([getattr(block, part) for block in found]) for part in ("ours", "combined"))
    days, place = np.unique(day, return_inverse=True)
    sums, counts = np.bincount(place, ours - combined), np.bincount(place)
    drawn = np.random.default_rng(seed).integers(0, days.size, (2000, days.size))
    low, high = np.quantile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), [0.05, 0.95])
    chosen = ", ".join(block.chosen for block in found)
    return (
        f"{name}: {day.size:,} questions on {days.size:,} days; chosen {chosen}; mean reciprocal rank "
        f"{ours.mean():.4f}, combined baseline {combined.mean():.4f}, difference "
        f"{(ours - combined).mean():+.4f} ({low:+.4f} to {high:+.4f})"
    )


if __name__ == "__main__":
    for record in sys.argv[1:] or builtin_cases():
        read = read_case(record if record in builtin_cases() else CASE)
        print(held_out(record, facts_of(read_events(record, date(2100, 1, 1), read, "class"), "class")), flush=True)
