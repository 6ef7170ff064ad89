"""A what-if as everyone asks it: two sets of futures, and what the record says of the pushes that are played."""

from __future__ import annotations

from collections.abc import Callable
from functools import WRAPPER_ASSIGNMENTS, wraps
from inspect import signature
from typing import ParamSpec

from lynchpin.answers.evidence.plays import on_evidence
from lynchpin.answers.scenarios import what_if as compare
from lynchpin.results import WhatIf

P = ParamSpec("P")


def _graded(played: Callable[P, WhatIf]) -> Callable[P, WhatIf]:
    """A comparison that has the grades of the mechanisms it plays in headline and sentences, asked as it is asked.

    The grades are those of the case's own ledger, whatever the seed of the paths.
    """
    takes = signature(played)

    @wraps(played, assigned=[name for name in WRAPPER_ASSIGNMENTS if name != "__module__"])
    def asked(*args: P.args, **options: P.kwargs) -> WhatIf:
        given = takes.bind(*args, **options).arguments
        found = played(*args, **options)
        return on_evidence(given["fit"], found, given.get("scenario"), given.get("changes", ()))

    return asked


what_if = _graded(compare)
