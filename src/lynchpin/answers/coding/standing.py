"""How the states that a sentence names stand to one another, as marks: the words around each, and the rank of who acts.

A state is written as its place in the order of mention, so that what is learnt of one pair holds for all. Rank matters
because records code a meeting of equals as done by both, and an envoy's call on a president as done by one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from lynchpin.answers.coding.features import stem
from lynchpin.answers.coding.names import Named
from lynchpin.record.ontology.offices import office_of

_WORD = re.compile(r"@\d|[a-z]+(?:'[a-z]+)?|\d+|[;,:.]")
_OWNS, _JOINED = re.compile(r"(@\d) +['’]s\b"), re.compile(r"(@\d) +-+ +(?=@)")
_BEFORE, _AFTER = 40, 30  # letters beside a mention in which a title is looked for
_TITLES = 3  # words
_HEADS = frozenset(
    (
        "president", "premier", "prime", "chairman", "emperor", "king", "supreme", "leader", "leaders", "summit",
        "general",
    )
)  # fmt: skip
_OTHERS = frozenset(
    (
        "minister", "ministers", "secretary", "envoy", "envoys", "delegation", "official", "officials", "vice",
        "assistant", "deputy", "ambassador", "lawmakers", "negotiator", "negotiators", "adviser", "councillor",
        "diplomat", "diplomats", "special", "chief", "director", "foreign", "defense", "defence",
    )
)  # fmt: skip
_HEAD_OFFICES = ("president", "prime minister", "premier", "general secretary", "chairman", "leader", "head")
#: Stems of what equals do together, and others alone: weighed with the ranks.
_MEETS = frozenset(
    ["visit", "meet", "talk", "arriv", "hold", "held", "lead", "call", "sign", "discuss", "telephone", "speak", "begin"]
)


def standing(text: str, found: Sequence[Named], named: Sequence[str], day: date) -> frozenset[str]:
    """The marks of how named states stand.

    Parameters
    ----------
    text : str
    found : mentions of the sentence, by their place
    named : ISO3 codes in the order in which they count; other mentions stand as one
    day : date, for who held office

    Examples
    --------
    >>> from lynchpin.answers.coding.names import mentions
    >>> day, text = date(2012, 1, 9), "Japan protests to China."
    >>> sorted(mark for mark in standing(text, mentions(text, day), ("JPN", "CHN"), day) if mark.startswith("b:"))
    ['b:._$', 'b:@0_protest', 'b:@1_.', 'b:^_@0', 'b:protest_to', 'b:to_@1']
    """
    words = _slotted(text, found, named)
    padded = ["^", *words, "$"]
    given = {f"w:{word}" for word in words}
    given |= {f"b:{one}_{two}" for one, two in pairwise(padded)}
    given |= {f"t:{one}_{two}_{three}" for one, two, three in zip(padded, padded[1:], padded[2:], strict=False)}
    given.add(f"n:{min(len(named), 4)}")
    given |= {f"a{place}:{state}" for place, state in enumerate(named[:3])}
    at = [words.index(slot) for slot in ("@0", "@1") if slot in words]
    for place, start in enumerate(at):
        given |= {f"after{place}:{word}" for word in words[start + 1 : start + 5]}
    if len(named) > 1:
        given.add(f"ab:{named[0]}{named[1]}")
        ranks = "_".join(_ranks(text, found, named[:2], day))
        given |= {f"rank:{ranks}", *(f"rank{place}:{rank}" for place, rank in enumerate(ranks.split("_")))}
        given |= {f"rank:{ranks}:{word}" for word in words if word in _MEETS}
    if len(at) == 2:
        between = words[min(at) + 1 : max(at)]
        given |= {f"between:{word}" for word in between} | {f"all between:{'_'.join(between)[:40]}"}
        given |= {f"then:{word}" for word in words[max(at) + 1 :]}
    return frozenset(given)


def whoever(text: str, found: Sequence[Named]) -> frozenset[str]:
    """The words of a sentence and their pairs, all states alike: what is said, whoever does it.

    Examples
    --------
    >>> from lynchpin.answers.coding.names import mentions
    >>> sorted(whoever("Japan protests.", mentions("Japan protests.", None)))
    ['any: .', 'any: @9', 'any: protest', 'any:._$', 'any:@9_protest', 'any:^_@9', 'any:protest_.']
    """
    words = _slotted(text, found, ())
    pairs = {f"any:{one}_{two}" for one, two in pairwise(["^", *words, "$"])}
    return frozenset({f"any: {word}" for word in words} | pairs)


def _slotted(text: str, found: Sequence[Named], named: Sequence[str]) -> list[str]:
    """The words of a sentence, a state as @ and its place in the order; 's after one, and a hyphen between two, are
    words."""
    plain, at = [], 0
    for one in found:
        if one.start >= at:
            place = named.index(one.state) if one.state in named else 9
            plain += [text[at : one.start], f" @{min(place, 9)} "]
            at = one.end
    whole = "".join([*plain, text[at:]]).lower()
    whole = _JOINED.sub(r"\1 hyphened ", _OWNS.sub(r"\1 owns", whole))
    return [word if word[0] == "@" else stem(word) for word in _WORD.findall(whole)]


def _ranks(text: str, found: Sequence[Named], named: Sequence[str], day: date) -> list[str]:
    """The rank of whoever acts for each state: "head" of state or government, "other", or "-" where none is told."""
    told = dict[str, str]()
    for number, one in enumerate(found):
        rank = "-"
        for word in text[one.start : one.end].split():
            if office := office_of(word, one.state, day):
                rank = _rank(office)
        low = max(found[number - 1].end if number else 0, one.start - _BEFORE)
        high = min(found[number + 1].start if number + 1 < len(found) else len(text), one.end + _AFTER)
        near = {*_titles(text[low : one.start])[-_TITLES:], *_titles(text[one.end : high])[:_TITLES]}
        if near & _OTHERS:
            rank = "other"
        elif rank == "-" and near & _HEADS:
            rank = "head"
        both = {rank, told.get(one.state, "-")}
        told[one.state] = next(rank for rank in ("head", "other", "-") if rank in both)
    return [told.get(state, "-") for state in named]


def _titles(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def _rank(office: str) -> str:
    is_head = any(word in office for word in _HEAD_OFFICES)
    return "head" if is_head and not any(word in office for word in ("vice", "deputy", "foreign")) else "other"
