"""What a fit will cost, said before it begins."""

from __future__ import annotations

import os
import warnings

import numpy as np
from numpy.typing import NDArray

from lynchpin.engine.rem.events import EventStream
from lynchpin.engine.rem.plan import MOST_STEPS
from lynchpin.engine.rem.request import Request
from lynchpin.engine.rem.waits import Moves, instants
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadValue, LynchpinWarning

#: Bytes that the lists of a risk set take for each dyad, and those of a column while one comparison is read.
_BYTES_PER_DYAD, _BYTES_PER_CELL = 64, 24
#: Numbers in columns that one core adds up in a second, and passes of a climb.
_CELLS_PER_SECOND, _PASSES = 1.5e8, 6
#: From so many seconds or bytes on the cost is said.
_LONG, _MUCH = 120.0, 4e9


def afford(request: Request, stream: EventStream, explained: NDArray[np.bool_] | None = None) -> None:
    """Say what a large fit will take; refuse what the machine's memory cannot hold.

    The figures are upper bounds: dyads with nothing in memory are summed through their actors where the effects allow.

    Raises
    ------
    BadValue : the lists of the risk set alone are larger than the memory
    """
    dyads, rows = _size(request, stream, stream.when if explained is None else stream.when[explained])
    columns = len(request.terms) + int(request.needs.baseline)
    cells = 0 if request.controls is not None else _BYTES_PER_CELL * columns
    states = 24 * len({effect for term in request.terms for effect in term.effects}) * len(stream.actors) ** 2
    held = float(dyads) * (_BYTES_PER_DYAD + cells) + states
    seconds = float(rows) * max(columns, 1) * _PASSES / _CELLS_PER_SECOND
    if held < _MUCH and seconds < _LONG:
        return
    size = f"{dyads:,} dyads at risk, {rows:.2g} rows: up to {held / 1e9:.1f} GB of memory and {_spelled(seconds)}"
    mend = "--controls 20 compares each event with a sample" if request.controls is None else "take fewer actors"
    if held > memory_here():
        raise BadValue(
            f"{size}; this machine has {memory_here() / 1e9:.1f} GB",
            "risk set",
            f"{mend}; --dyads FILE or --risk-set active",
        )
    warnings.warn(LynchpinWarning(f"{size}\n  to shorten it: {mend}"), stacklevel=2)


def memory_here() -> float:
    """Bytes of the machine's memory."""
    return float(os.sysconf("SC_PHYS_PAGES")) * float(os.sysconf("SC_PAGE_SIZE"))


def _size(request: Request, stream: EventStream, acted: Floats) -> tuple[int, float]:
    """Dyads at risk, and rows that are compared; acted : the times of the events that are explained."""
    n, points = len(stream.actors), float(np.unique(stream.when if request.needs.waits else acted).size)
    if request.dyads is not None:
        dyads = len(request.dyads)
    else:
        dyads = {"active": min(acted.size, n * n), "senders": n}.get(request.risk_set, n * (n - 1))
    if request.undirected and not request.needs.mutual and request.dyads is None:
        dyads //= 2
    if request.typed:
        dyads *= len(request.outcome) or len(stream.kinds)
    needs = request.needs
    if needs.steps:
        points = min(float(stream.when[-1] - stream.when[0]) / request.step + 1.0, MOST_STEPS)  # more are refused
    if needs.events_only:
        return dyads, float(acted.size)
    if needs.waits:
        points *= _instants(request, float(stream.when[-1] - stream.when[0]) / points)
    if request.controls is not None:
        return dyads, min(float(acted.size) * (request.controls + 1), points * dyads)
    return dyads, points * dyads if not needs.by_sender else float(acted.size) * dyads / max(n, 1)


def _instants(request: Request, wait: float) -> int:
    """At how many instants a typical wait is looked at: its parts, and those of each."""
    effects = [effect for term in request.terms for effect in term.effects]
    decays = {e.half_life for e in effects if e.half_life and e.row.decays}
    half_lives = tuple(sorted(decays)) if request.decay_to == "now" else ()
    has_ages = any(e.row.ages for e in effects)
    parts = 1 + len({e.window for e in effects if e.window}) + len({e.lag for e in effects if e.lag})
    return parts * instants(Moves(np.empty(0), half_lives, has_ages), wait / parts)


def _spelled(seconds: float) -> str:
    for size, word in ((365.25 * 86_400.0, "years"), (86_400.0, "days"), (3_600.0, "hours"), (60.0, "minutes")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:,.0f} {word}"
    return f"{seconds:.0f} seconds"
