"""Reading what a case says: its blocs of states, its mechanisms on acts and on agreements, its shares of agreements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any, Final

from lynchpin.account.cases.case import ClaimText, Mechanism, ShareText, StageMechanism
from lynchpin.account.theory import (
    GROUPS,
    KINDS,
    CheckedStages,
    Place,
    Stages,
    Vocabulary,
    check,
    check_all,
    check_stages,
    parse,
)
from lynchpin.errors import BadData, BadMechanism, BadValue, UnknownName, suggest
from lynchpin.record.ontology import countries
from lynchpin.results import Expect
from lynchpin.tabular import open_table
from lynchpin.toml import Lines, Table, unique

#: The stages that a share can count: `answers.agreements.stages` has what each of them is.
STAGES: Final = (
    "agreed_in_principle",
    "approved",
    "signed",
    "ratified",
    "in_force",
    "amended",
    "setback",
    "suspended",
    "resumed",
    "termination_notice",
    "ended",
)
_MOST_PARTIES = 6  # of an agreement, when the ways to read a cause are counted


def read_blocs(values: Mapping[str, Any], lines: Lines, labels: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The blocs of a case: a name for states that are no nodes of their own, and act together as one in causes.

    Raises
    ------
    UnknownName : a member is no state
    BadData : a name or a member is taken, or a bloc is empty
    """
    table = Table(values.get("blocs", {}), lines, "blocs")
    blocs: dict[str, tuple[str, ...]] = {}
    for name in table.values:
        members = table.names(name)
        if name in labels or "." in name:
            raise BadData(f"the bloc {name!r} has the name of a node", table.where(name), "give it a name of its own")
        if not members:
            raise BadData(f"the bloc {name!r} has no member", table.where(name), 'write name = ["AUS", "NZL"]')
        for state in members:
            if countries.find(state, system="iso3") is None:
                near = countries.find(state)
                mend = f"{state} is {near.iso3}" if near else "states are named by their ISO3 code, as in KOR"
                raise UnknownName(f"no state named {state[:80]!r}", table.where(name), mend)
            if state in labels or any(state in others for others in blocs.values()):
                what = f"{state} stands in the bloc {name!r} and elsewhere"
                raise BadData(what, table.where(name), "a state is a node, or stands in one bloc")
        blocs[name] = members
    return blocs


def read_mechanisms(
    sections: list[Table], lines: Lines, names: Vocabulary, claims: Sequence[str], agreements: Path | None
) -> tuple[tuple[Mechanism, ...], tuple[StageMechanism, ...]]:
    """The mechanisms of a case, those on acts and those on agreements apart.

    Raises
    ------
    BadMechanism : the text of one does not read, or does not fit the case
    UnknownName, BadData, BadValue : a key is unknown or of the wrong kind, a claim does not exist
    """
    unique(sections, "name")
    parsed = []
    for table in sections:
        line, column = lines.find("mechanism", table.index, "says")
        place = Place(lines.file, line, column + 1)
        parsed.append((table, place, parse(table.text("says"), mechanism=table.label("name"), place=place)))
    on_acts = tuple(t.text("name") for t, _, says in parsed if not isinstance(says.target, Stages))
    names = replace(names, mechanisms=on_acts)
    mechanisms: list[Mechanism] = []
    on_stages: list[StageMechanism] = []
    kinds: tuple[str, ...] | None = None
    for table, place, says in parsed:
        name = table.text("name")
        common: dict[str, Any] = {
            "name": name,
            "claim": _claim(table, claims),
            "says": " ".join(table.text("says").split()),
            "expect": _expect(table),
            "note": table.text("note", ""),
            "window_days": table.duration("window") if "window" in table.values else inf,
            "lag_days": table.duration("lag") if "lag" in table.values else 0.0,
        }
        half_life = _half_life(table)
        if not isinstance(says.target, Stages):
            one = check(says, names, mechanism=name, place=place)
            mechanisms.append(Mechanism(half_life_days=half_life, checked=one, **common))
            continue
        if agreements is None:
            mend = "name their files in [case]: agreements, stages"
            raise BadMechanism("the case names no agreements", f'mechanism "{name}", {place}', mend)
        if half_life is None:
            what = "the half-life of a mechanism on agreements cannot be fitted: their moves are too few"
            raise BadValue(what, table.where("half_life"), 'write a length, as in "60d"')
        kinds = kinds_of(agreements) if kinds is None else kinds
        stages: CheckedStages = check_stages(says, names, mechanism=name, place=place, kinds=kinds)
        check_all({name: stages.of(names.states[:_MOST_PARTIES], names.states)})
        on_stages.append(StageMechanism(half_life_days=half_life, checked=stages, **common))
    check_all({m.name: m.checked for m in mechanisms})
    return tuple(mechanisms), tuple(on_stages)


def read_shares(sections: list[Table], claims: Sequence[str], agreements: Path | None) -> tuple[ShareText, ...]:
    """The shares of agreements that a case counts.

    Raises
    ------
    BadData, UnknownName, BadValue : a key, a claim, a kind or a stage does not exist, or the case names no agreements
    """
    unique(sections, "name")
    found = []
    for table in sections:
        if agreements is None:
            mend = "name their files in [case]: agreements, stages"
            raise BadData("a [[share]] counts agreements, and the case names none", table.where("name"), mend)
        known = (*GROUPS, *dict.fromkeys((*KINDS, *kinds_of(agreements))))
        kinds = table.known("kinds", known, "kind of agreement", [])
        against = table.number("against", 0.5)
        found.append(
            ShareText(
                name=table.label("name"),
                claim=_claim(table, claims),
                kinds=tuple(dict.fromkeys(one for kind in kinds for one in GROUPS.get(kind, (kind,)))),
                after=table.known("after", STAGES, "stage", []),
                then=table.known("then", STAGES, "stage"),
                expect=_expect(table),
                against=against,
                note=table.text("note", ""),
            )
        )
    return tuple(found)


def refuse_unstated(claims: Sequence[ClaimText], stated: Collection[str], lines: Lines) -> None:
    """Refuse a claim that nothing states and that does not say why.

    Raises
    ------
    BadMechanism
    """
    for position, claim in enumerate(claims):
        if claim.id not in stated and not claim.untestable_because:
            raise BadMechanism(
                f"no mechanism states claim {claim.id}",
                lines.where("claim", position, "id"),
                f'add a [[mechanism]] with claim = "{claim.id}", or say untestable_because = "..."',
            )


def kinds_of(agreements: Path) -> tuple[str, ...]:
    """The kinds that the agreements of a file have; none where the file is not there or has no such column."""
    if not agreements.is_file():
        return ()
    frame, _, _ = open_table(agreements, knows={"id", "kind"}.issubset).frame()
    return tuple(frame["kind"].drop_nulls().unique().sort().to_list()) if "kind" in frame.columns else ()


def _claim(table: Table, ids: Sequence[str]) -> str:
    claim = table.text("claim", "")
    if claim and claim not in ids:
        raise UnknownName(f"no claim named {claim!r}", table.where("claim"), suggest(claim, ids, noun="claim"))
    return claim


def _half_life(table: Table) -> float | None:
    """Days; None where it is to be fitted, inf where acts do not fade."""
    text = table.text("half_life", "none" if "window" in table.values else "60d")
    if text in ("fit", "none"):
        return None if text == "fit" else inf
    return table.duration("half_life", "60d")


def _expect(table: Table) -> Expect:
    return table.one_of("expect", ("+", "-", "?"), "?")  # type: ignore[return-value]
