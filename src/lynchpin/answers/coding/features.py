"""A sentence as the marks that the models weigh: words, pairs of words, pieces of words, and the states it names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from lynchpin.answers.coding.names import Named

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+")
_ENDS = ("'s", "ing", "ed", "es", "s", "ly")
_PIECE = 4  # letters


def marks(text: str, found: Sequence[Named]) -> frozenset[str]:
    """The marks of a sentence; a mention stands as its state, so that what is said of one is learnt for all.

    Examples
    --------
    >>> sorted(mark for mark in marks("Talks end.", ()) if mark[0] == "w")
    ['w:end', 'w:talk']
    """
    plain, at = [], 0
    for one in found:
        if one.start >= at:
            plain += [text[at : one.start], f" qq{one.state.lower()} "]
            at = one.end
    words = _WORD.findall("".join([*plain, text[at:]]).lower())
    stems = [stem(word) for word in words]
    given = {f"w:{stem}" for stem in stems}
    given |= {f"b:{one}_{two}" for one, two in zip(["^", *stems], [*stems, "$"], strict=True)}
    given |= {f"s{place}:{stem}" for place, stem in enumerate(stems[:4])}
    for word in words:
        if not word.startswith("qq"):
            whole = f"<{word}>"
            given |= {f"c:{whole[k : k + _PIECE]}" for k in range(max(1, len(whole) - _PIECE + 1))}
    states = list(dict.fromkeys(one.state for one in found))
    given.add(f"n:{min(len(states), 3)}")
    given |= {f"a{place}:{state}" for place, state in enumerate(states[:2])}
    if len(states) > 1:
        given.add(f"ab:{states[0]}{states[1]}")
    return frozenset(given)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without a common ending."""
    for end in _ENDS:
        if word.endswith(end) and len(word) - len(end) >= 3:
            return word[: -len(end)]
    return word
