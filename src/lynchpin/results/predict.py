"""Who acts next: a ranking, what each place in it rests on, and what the whole was held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from lynchpin.results.base import Tabled
from lynchpin.results.provenance import ends


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for or against a candidate.

    Attributes
    ----------
    group : str, the group of statistics
    says : str, in words, with the figures of this candidate
    weight : float, log-odds over the mean of all candidates
    """

    group: str
    says: str
    weight: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """One actor in the ranking.

    Attributes
    ----------
    rank : int, from 1
    actor : str
    chance : float, of being the one, given that one act of the kind happens
    baseline_rank : int, place in the combined recurrency baseline, the better one where several are tied
    reasons : tuple of Reason, the weightiest first
    lower, upper : float, 90 % interval of the chance: what so many acts leave open
    base_rate : float, share of these acts, by or to anyone, that the actor has
    """

    rank: int
    actor: str
    chance: float
    baseline_rank: int
    reasons: tuple[Reason, ...]
    lower: float = 0.0
    upper: float = 1.0
    base_rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Held:
    """How a model did on the days held out before the one asked for: mean reciprocal rank and a 95 % interval."""

    model: str
    mrr: float
    lower: float
    upper: float
    hits_10: float


@dataclass(frozen=True, slots=True, repr=False)
class Prediction(Tabled):
    """Who acts next.

    Attributes
    ----------
    record : str, what it was read from
    actor, act, day : who is asked about, the class or code, the day; nothing dated on or after it was used
    by : str, "class" or "code"
    asked_as : str, "receiver" (to whom will it do it) or "sender" (who will do it to it)
    candidates : tuple of Candidate, the likeliest first
    n_candidates, n_facts, n_fitted : int, actors ranked; facts before the day; answers the weights were fitted to
    first_fact, last_fact : date
    held_out_from : date or None, the first of the days that the check rests on, which no weight was fitted to
    n_held_out : int, questions of the check, both ways
    check : tuple of Held, ours first; empty where the record is too short for one
    better : str, the model that did best on the check, by which candidates are ranked; without a check "combined"
    seed : int
    options : mapping, how the weights were fitted
    """

    record: str
    actor: str
    act: str
    day: date
    by: str
    asked_as: str
    candidates: tuple[Candidate, ...]
    n_candidates: int
    n_facts: int
    n_fitted: int
    first_fact: date
    last_fact: date
    held_out_from: date | None
    n_held_out: int
    check: tuple[Held, ...]
    better: str
    seed: int
    options: Mapping[str, float | int]

    def told(self) -> str:
        """Record, day and facts in a line, and where the record ends if that is long before the day."""
        line = f"{self.record}, as of {self.day}: {self.n_facts:,} facts from {self.first_fact} to {self.last_fact}"
        late = ends(self.last_fact, self.day)
        return f"{line}\n{late}" if late else line

    def to_frame(self) -> pl.DataFrame:
        """One row for each candidate: rank, actor, chance, lower, upper, base_rate, baseline_rank, reasons as text."""
        return pl.DataFrame(
            {
                "rank": [each.rank for each in self.candidates],
                "actor": [each.actor for each in self.candidates],
                "chance": [each.chance for each in self.candidates],
                "lower": [each.lower for each in self.candidates],
                "upper": [each.upper for each in self.candidates],
                "base_rate": [each.base_rate for each in self.candidates],
                "baseline_rank": [each.baseline_rank for each in self.candidates],
                "reasons": ["; ".join(reason.says for reason in each.reasons) for each in self.candidates],
            },
            schema_overrides={"rank": pl.Int64, "baseline_rank": pl.Int64}
            | dict.fromkeys(("chance", "lower", "upper", "base_rate"), pl.Float64),
        )


@dataclass(frozen=True, slots=True)
class ModelScores:
    """How one model ranked the answers of a benchmark; all in percent, with a 95 % interval of the first.

    Attributes
    ----------
    model : str
    mrr, lower, upper : float, mean reciprocal rank, exact expectation under ties; days drawn again
    hits_1, hits_3, hits_10 : float, share of answers at rank 1, up to 3, up to 10
    mrr_tail, mrr_head : float, receivers asked for, senders asked for
    """

    model: str
    mrr: float
    lower: float
    upper: float
    hits_1: float
    hits_3: float
    hits_10: float
    mrr_tail: float
    mrr_head: float


@dataclass(frozen=True, slots=True)
class HistoryPart:
    """Our score where the history held the very triple, only the pair, or neither; in percent."""

    history: str
    share: float
    mrr: float
    hits_10: float


@dataclass(frozen=True, slots=True)
class Weight:
    """One weight of the choice model, or the sum of a group's where `column` is "".

    Attributes
    ----------
    group, says, column : str
    estimate, se : float, log-odds per spread of the column among the candidates of a question
    pull : float, of a group the spread of its part of the utility; of a column the size of its weight
    """

    group: str
    says: str
    column: str
    estimate: float
    se: float
    pull: float


@dataclass(frozen=True, slots=True, repr=False)
class BenchmarkScores(Tabled):
    """A benchmark: the choice model first, the baselines after it.

    Attributes
    ----------
    split : str, "valid" or "test"
    actors, relations, questions, fitted : int; facts of train that the weights were fitted to, both ways
    with_names : bool, whether states and kinds were read from the names of actors
    shortlisted : float, percent of the answers that were on the shortlist of `most`
    most : int
    models : tuple of ModelScores
    by_history : tuple of HistoryPart
    weights : tuple of Weight
    options : mapping, how the weights were fitted
    seed : int
    drawn_from : int or None, questions of the split where only some were drawn and scored; None: all were
    """

    split: str
    actors: int
    relations: int
    questions: int
    fitted: int
    with_names: bool
    most: int
    shortlisted: float
    models: tuple[ModelScores, ...]
    by_history: tuple[HistoryPart, ...]
    weights: tuple[Weight, ...]
    options: Mapping[str, float | int]
    seed: int
    drawn_from: int | None = None
