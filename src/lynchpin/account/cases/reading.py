"""Reading a case: TOML text to a checked `Case`, with every complaint pointing at its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from lynchpin.account.cases.builtin import builtin_theories, case_path, check_name
from lynchpin.account.cases.calendar import read_calendar
from lynchpin.account.cases.case import Case, ClaimText, Control, EventClass, Mechanism, ShareText, StageMechanism
from lynchpin.account.cases.reading_theory import read_blocs, read_mechanisms, read_shares, refuse_unstated
from lynchpin.account.cases.roles import cast, order_of, read_roles
from lynchpin.account.structure import Structure
from lynchpin.account.theory import Vocabulary
from lynchpin.account.theory.rules import Rule
from lynchpin.engine.statistics import of_counts
from lynchpin.errors import BadData, BadValue, UnknownName, suggest
from lynchpin.files import allowing_outside, beside
from lynchpin.record.ontology import contexts, countries, plover
from lynchpin.results import Watch
from lynchpin.toml import Lines, Table, parse_toml, read_toml, tables, unique

_SECTIONS = (
    "case",
    "nodes",
    "blocs",
    "roles",
    "variables",
    "class",
    "groups",
    "index",
    "model",
    "control",
    "claim",
    "mechanism",
    "share",
    "watch",
    "calendar",
)
_CASE = (
    "name",
    "title",
    "account",
    "citation",
    "account_date",
    "start",
    "step",
    "seed",
    "events",
    "agreements",
    "stages",
    "flagship",
)
_STEPS = {"day": 1, "week": 7}
_CONTEXTS = frozenset(contexts.contexts("lynchpin"))


def read_case(
    case: str | Path,
    *,
    as_of: date | None = None,
    structure: Structure | None = None,
    allow_outside: bool | None = None,
) -> Case:
    """Read and check a case.

    Parameters
    ----------
    case : str or Path, the name of a built-in case, a TOML file, or a folder that holds `case.toml`
    as_of : date, for roles that are rules: who fitted them by what was known on the morning of the day of the account,
        or of this day where it is earlier
    structure : Structure, what such rules look at; None for the facts that come with the package
    allow_outside : bool, whether the files that the case names may lie outside its folder; None: only within
        `lynchpin.files.allowing_outside`

    Raises
    ------
    BadData : not TOML, a key is missing, unknown or of the wrong kind, or there is more of something than may be
    BadValue : a number or a day is out of its range, or the name is none that a case may have
    UnknownName : a state, role, class, context, statistic or case that does not exist
    BadMechanism : the text of a mechanism does not read, or does not fit the case

    Examples
    --------
    >>> read_case("northeast-asia").states
    ('USA', 'JPN', 'KOR', 'PRK', 'CHN')
    """
    path = builtin_theories().get(str(case)) or case_path(case)
    values, lines, digest = read_values(path)
    if "triad" in values:
        raise BadData(
            "this is a theory, not a case: it has no states until it is bound to some",
            lines.where("triad"),
            f"`lynchpin triads {case}` lists the cases that it makes",
        )
    with allowing_outside(allow_outside):
        return build_case(values, lines, path, digest, as_of=as_of, structure=structure)


def read_values(path: Path) -> tuple[dict[str, Any], Lines, str]:
    """The values of a TOML file, where they stand, and the sha256 of the file.

    Raises
    ------
    BadData : it is not UTF-8, or not TOML
    """
    content = read_toml(path, "case")
    return *parse_toml(content, str(path), "case"), sha256(content).hexdigest()


def build_case(
    values: Mapping[str, Any],
    lines: Lines,
    path: Path,
    digest: str,
    *,
    as_of: date | None = None,
    structure: Structure | None = None,
) -> Case:
    """Check the values of a case file and put the case together; `as_of` and `structure` as for `read_case`."""
    for section in values:
        if section not in _SECTIONS:
            raise BadData(
                f"no table named [{section}] in a case",
                lines.where(section),
                suggest(section, _SECTIONS, noun="table"),
            )
    top = Table(values.get("case"), lines, "case", keys=_CASE) if "case" in values else None
    if top is None:
        raise BadData("the case lacks its [case] table", f"{path}, line 1", "`lynchpin new NAME` shows a whole one")
    name, title, start = check_name(top.text("name"), top.where("name")), top.text("title"), top.day("start")
    _must_be_together(top)
    labels = _nodes(values, lines)
    states = tuple(node for node in labels if "." not in node)
    blocs = read_blocs(values, lines, labels)
    labels |= {bloc: bloc.replace("_", " ") for bloc in blocs}
    played = read_roles(Table(values.get("roles", {}), lines, "roles"), lines, tuple(labels))
    rules = {role: str(rule) for role, rule in played.items() if not isinstance(rule, tuple)}
    roles_on = _rules_day(top, as_of) if rules else None
    roles = _fill(played, lines, values, labels, roles_on, structure)
    variables = _variables(values, lines, roles)
    classes = _classes(values, lines)
    class_names = tuple(c.name for c in classes)
    group_table = Table(values.get("groups", {}), lines, "groups")
    groups = {name: group_table.known(name, class_names, "class") for name in group_table.values}
    for group in groups:
        if group in class_names or group == "any":
            raise BadData(f"group {group!r} has the name of a class", group_table.where(group), "rename the group")
    claims = _claims(values, lines)
    index = Table(values.get("index", {}), lines, "index", keys=("half_life",))
    model = Table(values.get("model", {}), lines, "model", keys=("counts", "exposure_half_life", "prior_sd"))
    step = top.one_of("step", tuple(_STEPS), "week")
    names = _vocabulary(labels, roles, variables, class_names, groups, blocs)
    agreements = _beside(top, "agreements", path)
    ids = tuple(c.id for c in claims)
    said = tables(values, "mechanism", lines, ("name", "claim", "says", "expect", "half_life", "window", "lag", "note"))
    mechanisms, on_stages = read_mechanisms(said, lines, names, ids, agreements)
    counted = tables(values, "share", lines, ("name", "claim", "kinds", "after", "then", "expect", "against", "note"))
    shares = read_shares(counted, ids, agreements)
    taken = {m.name for m in mechanisms} | {m.name for m in on_stages}
    for position, share in enumerate(shares):
        if share.name in taken:
            mend = "give the share a name of its own"
            raise BadData(f"a mechanism is called {share.name!r} too", lines.where("share", position, "name"), mend)
    refuse_unstated(claims, _stated(mechanisms, on_stages, shares), lines)
    case = Case(
        name=name,
        title=title,
        account=top.text("account", ""),
        citation=top.text("citation", ""),
        start=start,
        step_days=_STEPS[step],
        seed=top.whole("seed", 1),
        states=states,
        sectors=tuple(node for node in labels if "." in node),
        labels=labels,
        roles=roles,
        variables=variables,
        classes=classes,
        groups=groups,
        claims=claims,
        mechanisms=mechanisms,
        controls=_controls(values, lines),
        watch=_watch(values, lines, states, class_names),
        index_half_life_days=index.duration("half_life", "180d"),
        counts=model.one_of("counts", ("negative binomial", "poisson"), "negative binomial"),  # type: ignore[arg-type]
        exposure_half_life_days=None
        if model.text("exposure_half_life", "1y") == "none"
        else model.duration("exposure_half_life", "1y"),
        prior_sd=model.number("prior_sd", 0.5),
        events_file=_beside(top, "events", path),
        agreements_file=agreements,
        stages_file=_beside(top, "stages", path),
        flagship=top.text("flagship", ""),
        path=path,
        hash=digest,
        rules=rules,
        roles_on=roles_on,
        blocs=blocs,
        stage_mechanisms=on_stages,
        shares=shares,
        account_date=top.day("account_date") if "account_date" in top.values else None,
    )
    return replace(case, calendar=read_calendar(values, lines, case.vocabulary)) if "calendar" in values else case


def _stated(
    mechanisms: Iterable[Mechanism], on_stages: Iterable[StageMechanism], shares: Iterable[ShareText]
) -> set[str]:
    """Ids of the claims that something states."""
    return {m.claim for m in mechanisms} | {m.claim for m in on_stages} | {s.claim for s in shares}


def _vocabulary(
    labels: Mapping[str, str],
    roles: Mapping[str, tuple[str, ...]],
    variables: Mapping[str, str],
    classes: tuple[str, ...],
    groups: Mapping[str, tuple[str, ...]],
    blocs: Mapping[str, tuple[str, ...]],
) -> Vocabulary:
    """The names that mechanisms can use; those of mechanisms come later."""
    return Vocabulary(tuple(labels), roles, variables, classes, groups, _CONTEXTS, (), tuple(blocs))


def _must_be_together(top: Table) -> None:
    """Agreements and their stages are two files, of no use without each other."""
    for key, other in (("agreements", "stages"), ("stages", "agreements"), ("flagship", "agreements")):
        if top.text(key, "") and not top.text(other, ""):
            raise BadData(f"[case] has {key!r} and lacks {other!r}", top.where(key), f"add {other}, or leave {key} out")


def _rules_day(top: Table, as_of: date | None) -> date:
    """The day for which rules are read: that of the account, or the one asked for where it is earlier."""
    if "account_date" not in top.values:
        raise BadData(
            "a role is a rule, and no day says for when it is read",
            top.where(),
            "add account_date = YYYY-MM-DD to [case]",
        )
    return min(top.day("account_date"), as_of or date.max)


def _fill(
    played: Mapping[str, tuple[str, ...] | Rule],
    lines: Lines,
    values: Mapping[str, Any],
    labels: Mapping[str, str],
    on: date | None,
    structure: Structure | None,
) -> dict[str, tuple[str, ...]]:
    """Roles with their players, in the order of the file; rules choose among the case's states."""
    if on is None:
        return {role: members for role, members in played.items() if isinstance(members, tuple)}
    table = Table(values.get("roles", {}), lines, "roles")
    known = (structure or Structure.open()).on(on)
    states = tuple(node for node in labels if "." not in node)
    filled = cast(played, order_of(played, table), known, states).roles
    for role in played:
        if not filled[role]:
            raise BadData(
                f"no state of the case fits the rule of role {role!r} on {on}",
                table.where(role),
                "mend the rule, or list the members",
            )
    return {role: filled[role] for role in played}


def _beside(top: Table, key: str, path: Path) -> Path | None:
    name = top.text(key, "")
    return beside(path.parent, name, top.where(key)) if name else None


def _nodes(values: Mapping[str, Any], lines: Lines) -> dict[str, str]:
    table = Table(values.get("nodes", {}), lines, "nodes")
    labels = {node: table.text(node) for node in table.values}
    for node in labels:
        state, _, sector = node.partition(".")
        if countries.find(state, system="iso3") is None:
            near = countries.find(state)
            mend = f"{state} is {near.iso3}" if near else "states are named by their ISO3 code, as in KOR"
            raise UnknownName(f"no state named {state!r}", table.where(node), mend)
        if "." in node and (state not in labels or not sector):
            raise BadData(
                f"{node!r} is a sector of a state that is no node",
                table.where(node),
                f"add {state} to [nodes]",
            )
    if sum("." not in node for node in labels) < 2:
        raise BadData("a case needs at least two states", table.where(), '[nodes] takes lines like KOR = "South Korea"')
    return labels


def _variables(values: Mapping[str, Any], lines: Lines, roles: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    table = Table(values.get("variables", {}), lines, "variables")
    variables = {name: table.text(name) for name in table.values}
    for name, role in variables.items():
        if role != "*" and role not in roles:
            raise UnknownName(f"no role named {role!r}", table.where(name), suggest(role, roles, noun="role"))
    return variables


def _classes(values: Mapping[str, Any], lines: Lines) -> tuple[EventClass, ...]:
    sections = tables(
        values, "class", lines, ("name", "means", "types", "contexts", "without", "without_types", "sign")
    )
    unique(sections, "name")
    if not sections:
        raise BadData("a case needs at least one [[class]]", lines.where("class"), "`lynchpin new NAME` shows some")
    return tuple(
        EventClass(
            name=t.label("name"),
            means=t.text("means", ""),
            types=t.known("types", plover.names(), "event type", []),
            contexts=t.known("contexts", _CONTEXTS, "context", []),
            sign=t.one_of("sign", ("", "+", "-"), ""),  # type: ignore[arg-type]
            without=t.known("without", _CONTEXTS, "context", []),
            without_types=t.known("without_types", plover.names(), "event type", []),
        )
        for t in sections
    )


def _claims(values: Mapping[str, Any], lines: Lines) -> tuple[ClaimText, ...]:
    sections = tables(values, "claim", lines, ("id", "name", "text", "untestable_because"))
    unique(sections, "id")
    return tuple(
        ClaimText(t.label("id"), t.text("name"), t.text("text"), t.text("untestable_because", "")) for t in sections
    )


def _controls(values: Mapping[str, Any], lines: Lines) -> tuple[Control, ...]:
    sections = tables(values, "control", lines, ("statistic", "half_life"))
    known = tuple(of_counts())
    return tuple(Control(t.one_of("statistic", known), t.duration("half_life", "60d")) for t in sections)


def _watch(
    values: Mapping[str, Any], lines: Lines, states: tuple[str, ...], classes: tuple[str, ...]
) -> tuple[Watch, ...]:
    watched = []
    for table in tables(values, "watch", lines, ("dyad", "class")):
        source, arrow, target = (part.strip() for part in table.text("dyad").partition("->"))
        for state in (source, target):
            if not arrow or state not in states:
                raise UnknownName(
                    f"no state named {state!r}",
                    table.where("dyad"),
                    f'write dyad = "{states[0]} -> {states[1]}"',
                )
        if source == target:
            what = f"{source} is on both sides of the dyad"
            raise BadValue(what, table.where("dyad"), "name two states: what is within one is not drawn")
        watched.append(Watch(source, target, table.one_of("class", classes)))
    return tuple(watched)
