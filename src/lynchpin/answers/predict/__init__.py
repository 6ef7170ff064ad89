"""Who acts next: the receivers, or the senders, that an act will have, ranked by a choice model over decayed history.

    facts -> index, counters -> columns of every candidate -> choice model -> ranking, or ranks and scores

The choice model is a conditional logit: the one acted on is chosen among all actors, by statistics of the history
before the day and of nothing else.
"""

from __future__ import annotations

from lynchpin.answers.predict.benchmark import Benchmark, run_benchmark
from lynchpin.answers.predict.choice import ChoiceModel, fit_choice
from lynchpin.answers.predict.facts import Facts, Traits, make_facts, no_traits, traits_of_names
from lynchpin.answers.predict.layouts import read_benchmark
from lynchpin.answers.predict.next_actor import predict
from lynchpin.answers.predict.protocol import Ranks, interval, rank, scores
from lynchpin.answers.predict.recurrency import recurrency

__all__ = [
    "Benchmark",
    "ChoiceModel",
    "Facts",
    "Ranks",
    "Traits",
    "fit_choice",
    "interval",
    "make_facts",
    "no_traits",
    "predict",
    "rank",
    "read_benchmark",
    "recurrency",
    "run_benchmark",
    "scores",
    "traits_of_names",
]
