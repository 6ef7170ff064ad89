"""The contract of a statistic: what a row promises, the arrays that its kernel is handed, and slow references."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

#: Whose number it is: one of the dyad, or one that all dyads of a sender (of a receiver) share, or one that all dyads
#: share, which is no effect but what others are divided by.
About = Literal["dyad", "sender", "receiver", "all"]

#: What the changes of a statistic come from.
Feed = Literal["events", "actor values", "dyad values", "events and actor values", "types"]

#: How an undirected event reaches a statistic: once in each direction; once, where it reads them whichever way they go;
#: or not at all, where it means a direction.
Pairs = Literal["", "both", "once"]

#: Bits of `Past.leg`: which leg of a two-path an event can be. Without classes of its own for each leg, it can be both.
FIRST_LEG, SECOND_LEG, BOTH_LEGS = 1, 2, 3


class Past(NamedTuple):
    """What happened, as changes to counts, and the instants that are asked for.

    Memory is no business of a kernel. Decay arrives as amounts in units that grow with time, undone by `scale`; a
    window arrives as a second change that takes the first one back; a covariate as the change of its value.
    """

    src: NDArray[np.int32]  # (changes,), 0 .. n - 1, by time
    dst: NDArray[np.int32]  # (changes,); the actor itself where the feed is the values of actors
    amount: Floats  # (changes,), what is added to the count, in stored units
    when: Floats  # (changes,), time of each
    leg: NDArray[np.int8]  # (changes,), bits FIRST_LEG and SECOND_LEG
    upto: (
        Ints  # (instants + 1,): changes upto[q] .. upto[q + 1] - 1 come strictly before instant q, and not before q - 1
    )
    at: Floats  # (instants,), ascending
    scale: Floats  # (instants,), a count at that instant = stored count * scale


class Rows(NamedTuple):
    """The dyads that are asked for at each instant: i[r], j[r] for r in lo[q] .. hi[q] - 1."""

    lo: Ints  # (instants,)
    hi: Ints  # (instants,)
    i: NDArray[np.int32]  # senders
    j: NDArray[np.int32]  # receivers


Kernel: TypeAlias = Callable[[Floats, Past, Rows, Floats], None]
Reference: TypeAlias = Callable[..., Floats]


@dataclass(frozen=True, slots=True)
class Statistic:
    """What a dyad had in mind: a number for every ordered pair at every instant, from what came before.

    Parameters
    ----------
    name : str, the field's own name
    summary : str, one line
    source : str, where the definition comes from
    kernel : function (state, past, rows, out) -> None, compiled at heart. It applies the changes of `past` to `state`
        instant by instant and writes the statistic of every asked dyad to `out`, shape (rows asked,), in order. `state`
        is carried from one call to the next, so that a long stream can be asked in blocks; it starts as zeros.
    state : function of the number of actors -> shape of the state, three axes
    reference : the same by plain loops over events, slow and close to the formula: `(t, src, dst, at, n,
        half_life_days, amount=None)` -> array (n, n) at time `at`, in days; amount: (events,), what each counts, None
        for one. Tests hold the two together. See `each_dyad`.
    of_traces : array (..., n, n) -> array (..., n, n), where the statistic is a function of decayed counts alone. Entry
        [i, j] of the argument is the trace of past events from i to j, >= 0, with a zero diagonal; entry [i, j] of the
        answer is the statistic of dyad (i, j), and its diagonal means nothing. Leading axes are steps of history or
        draws of a simulation. It serves cases and simulation; None where there is no such function.
    about : whose number it is
    feed : what the changes come from; "types": none, it is read off the type of what is asked
    share_of : what scaling by proportion divides by, (name of a statistic, or "events"; how many of those), or None
    scales : bool, whether the state is in the units of the counts, so that decay may rescale it. Without, an event is
        one whatever its amount, and it never drops out.
    ages : bool, whether it is read off an age, so that it changes while nothing happens
    has_legs : bool, whether it is a two-path, whose legs can be of different events, or networks
    pairs : how it reads events without a direction; empty: it has no meaning for them. A number of dyads is then one of
        pairs: the same both ways
    of_ties : bool, whether it counts ties, pairs with a count above zero, whatever the count is: it does not decay
    squared : bool, whether it is in squared units of the counts: so is the last plane of its state
    """

    name: str
    summary: str
    source: str
    kernel: Kernel
    state: Callable[[int], tuple[int, int, int]]
    reference: Reference
    of_traces: Callable[[Floats], Floats] | None = None
    about: About = "dyad"
    feed: Feed = "events"
    share_of: tuple[str, float] | None = None
    scales: bool = True
    ages: bool = False
    has_legs: bool = False
    of_ties: bool = False
    pairs: Pairs = ""
    squared: bool = False

    @property
    def decays(self) -> bool:
        """Whether a half-life has a say."""
        return self.scales and not self.of_ties


#: What follows the name of a statistic of counts where it is that of ties.
UNIQUE = "(unique)"
#: What follows the name of a two-path where its legs are joined by something else than the smaller of them.
PRODUCT, GEOMETRIC = "(product)", "(geometric)"


# -- One kernel for several statistics -----------------------------------------------------------------


def events_turned(kernel: Kernel) -> Kernel:
    """The kernel as it is when whoever received had sent: what it counted of senders, it counts of receivers."""

    def turned(state: Floats, past: Past, rows: Rows, out: Floats) -> None:
        kernel(state, past._replace(src=past.dst, dst=past.src), rows, out)

    return turned


def dyads_turned(kernel: Kernel) -> Kernel:
    """The kernel asked of (j, i) where (i, j) is asked: what it said of the sender, it says of the receiver."""

    def turned(state: Floats, past: Past, rows: Rows, out: Floats) -> None:
        kernel(state, past, rows._replace(i=rows.j, j=rows.i), out)

    return turned


# -- Slow references -----------------------------------------------------------------------------------

Remembered = TypeVar("Remembered")


def each_dyad(
    remember: Callable[[Floats, Ints, Ints, float, int, float, Floats], Remembered],
    formula: Callable[[Remembered, int, int], float],
) -> Reference:
    """A reference in two steps, each plain: what is remembered of the past, and a formula of it for dyad (i, j).

    Parameters
    ----------
    remember : function `(t, src, dst, at, n, half_life_days, amount)` -> what the formula reads, as `counts`
    formula : function (remembered, i, j) -> the statistic of dyad (i, j)
    """

    def reference(
        t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float, amount: Floats | None = None
    ) -> Floats:
        remembered = remember(t, src, dst, at, n, half_life_days, np.ones(t.size) if amount is None else amount)
        return np.array([[formula(remembered, i, j) for j in range(n)] for i in range(n)], float)

    return reference


def weight(age_days: float, half_life_days: float) -> float:
    """What a past event still counts: one half after one half-life; nothing for the present and the future.

    References
    ----------
    Lerner and Lomi (2020), Reliability of relational event model estimates under sampling, Network Science 8(1):
    weight 2 ** (-age / half_life), without the factor ln2 / half_life of earlier papers.
    """
    return float(2.0 ** (-age_days / half_life_days)) if age_days > 0 else 0.0


def counts(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float, amount: Floats) -> Floats:
    """Decayed counts of every ordered pair by a plain loop, for references: shape (n, n)."""
    out = np.zeros((n, n))
    for when, s, r, much in zip(t, src, dst, amount, strict=True):
        out[s, r] += much * weight(at - when, half_life_days)
    return out


def ties(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float, amount: Floats) -> Floats:
    """1 for every ordered pair with a count above zero, for references: no tie fades. Shape (n, n)."""
    return as_ties(counts(t, src, dst, at, n, np.inf, amount))


def as_ties(N: Floats) -> Floats:
    """1 where a count is above zero, else 0."""
    return (N > 0.0).astype(float)
