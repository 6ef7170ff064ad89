"""Who acts next: the receivers, or the senders, that an act will have, ranked by a choice model over decayed history.

    facts -> index, counters -> columns of every candidate -> choice model -> ranking, or ranks and scores

The choice model is a conditional logit: the one acted on is chosen among all actors, by statistics of the history
before the day and of nothing else. May import: everything up to cases, and results.
"""

from __future__ import annotations

from lynchpin.predict.benchmark import Benchmark, run_benchmark
from lynchpin.predict.choice import Choice, fit_choice
from lynchpin.predict.facts import Facts, make_facts, read_benchmark
from lynchpin.predict.next_actor import predict
from lynchpin.predict.protocol import Ranks, interval, rank, scores
from lynchpin.predict.recurrency import recurrency
from lynchpin.predict.traits import Traits, no_traits, traits_of_names

__all__ = [
    "Benchmark",
    "Choice",
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
