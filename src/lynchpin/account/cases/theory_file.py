"""A theory: a case file whose roles are rules, said of no state until it is bound to some."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import cycle
from pathlib import Path
from typing import Any

from lynchpin.account.cases.builtin import builtin_theories, case_path
from lynchpin.account.cases.case import Case
from lynchpin.account.cases.reading import build_case, read_values
from lynchpin.account.cases.roles import Members, order_of, read_roles, role_words, state_codes
from lynchpin.account.structure import CONDITIONS
from lynchpin.account.theory import Place
from lynchpin.account.theory.rules import Rule, check_rule, explain_rule, others_of, parse_rule
from lynchpin.errors import BadData, BadMechanism, UnknownName, suggest
from lynchpin.toml import Lines, Table

_TRIAD = ("one", "two", "between")
_OTHER = "other"  # in `between`, the second of the pair
_STAND_INS = ("USA", "JPN", "KOR", "PRK", "CHN", "RUS", "IND", "GBR", "FRA", "DEU", "BRA", "MEX", "AUS", "CAN")


@dataclass(frozen=True, slots=True, eq=False)
class Theory:
    """A theory as read and checked.

    Parameters
    ----------
    name, title, account : str
    roles : mapping, role -> its members or its rule
    order : tuple of str, the roles, each after those that its rule speaks of
    one, two : str, the role of which one state is chosen at a time, and that of which two are
    between : Rule or None, what one of the two must be to the other
    text : Case, the theory with states that stand in for those to come: what its mechanisms say can be read off it,
        who its states are means nothing
    values, lines, path, hash : the file
    """

    name: str
    title: str
    account: str
    roles: Mapping[str, Members | Rule]
    order: tuple[str, ...]
    one: str
    two: str
    between: Rule | None
    text: Case
    values: Mapping[str, Any]
    lines: Lines
    path: Path
    hash: str

    def roles_in_words(self) -> dict[str, str]:
        """Who plays each role, in words."""
        said = {role: role_words(played) for role, played in self.roles.items()}
        said[self.one] = f"one at a time of {said[self.one]}"
        said[self.two] = f"two at a time of {said[self.two]}"
        if self.between is not None:
            tie = explain_rule(self.between, CONDITIONS, {_OTHER: "the other"})
            said[self.two] += f", one of which {tie}"
        return said


def is_theory(path: str | Path) -> bool:
    """Whether a name or path is that of a theory; False where there is nothing that reads."""
    if str(path) in builtin_theories():
        return True
    try:
        return "triad" in read_values(case_path(path))[0]
    except (BadData, UnknownName):
        return False


def read_theory(theory: str | Path, *, between: str | None = None) -> Theory:
    """Read and check a theory.

    Parameters
    ----------
    theory : str or Path, the name of a built-in theory, a TOML file, or a folder that holds `case.toml`
    between : str or None, another rule than the theory's own for what ties the two

    Raises
    ------
    BadData, BadMechanism, UnknownName, BadValue : as for `read_case`, and where [triad] is missing or wrong

    Examples
    --------
    >>> theory = read_theory("lateral")
    >>> theory.one, theory.two, str(theory.between)
    ('patron', 'ally', 'claim_with(other)')
    """
    path = _path(theory)
    values, lines, digest = read_values(path)
    if "triad" not in values:
        raise BadData(
            "this is a case, not a theory: it has no [triad]",
            f"{path}, line 1",
            "`lynchpin triads lateral` has one",
        )
    table = Table(values.get("roles", {}), lines, "roles")
    roles = read_roles(table, lines, None)
    _check_nodes(Table(values.get("nodes", {}), lines, "nodes"), roles)
    order = order_of(roles, table)
    triad = Table(values["triad"], lines, "triad", keys=_TRIAD)
    one, two = (triad.one_of(key, tuple(roles)) for key in ("one", "two"))
    if one == two:
        raise BadData("'one' and 'two' are the same role", triad.where("two"), "name two roles of [roles]")
    _refuse_late_roles(roles, one, two, table)
    rule = _between(triad, lines, roles, between)
    text = build_case(_standing_in(values, roles, one, two), lines, path, digest)
    return Theory(
        text.name,
        text.title,
        text.account,
        roles,
        order,
        one,
        two,
        rule,
        text,
        values,
        lines,
        path,
        _hash(digest, between),
    )


def _hash(digest: str, between: str | None) -> str:
    """Of the file, and of the rule that was put in the place of its own."""
    return digest if between is None else sha256(f"{digest} {between}".encode()).hexdigest()


def _path(theory: str | Path) -> Path:
    known = builtin_theories()
    if str(theory) in known:
        return known[str(theory)]
    try:
        return case_path(theory)
    except UnknownName:
        mend = f"{suggest(str(theory), known)}; or give a path to a theory's TOML file"
        raise UnknownName(f"no theory named {str(theory)!r}", "", mend) from None


def _check_nodes(table: Table, roles: Mapping[str, Members | Rule]) -> None:
    """[nodes] of a theory, if there is one, holds sectors of roles."""
    for node in table.values:
        table.text(node)
        role, _, sector = node.partition(".")
        if not sector:
            mend = 'its states are those that fit its rules; a sector of a role is written as in "ally.OPP"'
            raise BadData(f"a theory names no states, as {node!r} in [nodes]", table.where(node), mend)
        if role not in roles:
            raise UnknownName(f"no role named {role!r}", table.where(node), suggest(role, roles, noun="roles"))


def _refuse_late_roles(roles: Mapping[str, Members | Rule], one: str, two: str, table: Table) -> None:
    """The first two roles are chosen before all others, so their rules cannot speak of those."""
    for role, may in ((one, ()), (two, (one,))):
        rule = roles[role]
        spoken = () if isinstance(rule, tuple) else others_of(rule, CONDITIONS)
        late = next((other for other in spoken if other in roles and other not in may), None)
        if late is not None:
            what = f"the rule of {role!r} speaks of {late!r}, which is filled after it"
            raise BadData(what, table.where(role), f"say it in the rule of {late!r} instead")


def _between(triad: Table, lines: Lines, roles: Mapping[str, Members | Rule], given: str | None) -> Rule | None:
    text = triad.text("between", "") if given is None else given
    if not text and given is None:
        return None
    line, column = lines.find("triad", 0, "between")
    place = Place(lines.file, line, column + 1) if given is None else Place("--between")
    rule = parse_rule(text, place=place)
    check_rule(rule, CONDITIONS, {_OTHER, *roles, *state_codes()})
    if _OTHER not in others_of(rule, CONDITIONS):
        raise BadMechanism(
            "the rule does not speak of the other of the two", str(place), "write it as in 'claim_with(other)'"
        )
    return rule


def _standing_in(values: Mapping[str, Any], roles: Mapping[str, Members | Rule], one: str, two: str) -> dict[str, Any]:
    """The values of a case with states that stand in: one, two, and two for each other role."""
    spare = cycle(_STAND_INS[3:])
    players: dict[str, Members] = {one: _STAND_INS[:1], two: _STAND_INS[1:3]}
    return values_with(values, {role: players.get(role) or (next(spare), next(spare)) for role in roles}, {})


def values_with(values: Mapping[str, Any], roles: Mapping[str, Members], labels: Mapping[str, str]) -> dict[str, Any]:
    """The values of a case file with these players: their states are the case's states, their sectors its sectors."""
    states = tuple(dict.fromkeys(state for members in roles.values() for state in members))
    watched = []
    for watch in values.get("watch", []):
        if not isinstance(watch, Mapping) or not isinstance(watch.get("dyad"), str):
            watched.append(watch)
            continue
        source, arrow, target = (part.strip() for part in watch["dyad"].partition("->"))
        pairs = [(i, j) for i in roles.get(source, (source,)) for j in roles.get(target, (target,)) if i != j]
        watched += [{**watch, "dyad": f"{i} {arrow} {j}"} for i, j in pairs]
    nodes = {state: labels.get(state, state) for state in states}
    for node, words in values.get("nodes", {}).items():
        role, _, sector = node.partition(".")
        nodes |= {f"{state}.{sector}": f"{words} of {labels.get(state, state)}" for state in roles[role]}
    return {
        **{section: value for section, value in values.items() if section != "triad"},
        "nodes": nodes,
        "roles": {role: list(members) for role, members in roles.items() if members},
        "watch": watched,
    }
