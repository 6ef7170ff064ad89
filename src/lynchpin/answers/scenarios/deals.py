"""Deeds on agreements as changes that a run can make: a signature, a refusal, a signature later.

    sign        the signing is put in as a mutual act of the parties, and from that day their cooperation is multiplied
                by what agreements in force were followed by in the record (`agreements.feedback`)
    block       a refusal is put in: by the side that binds at home (`agreements.two_level`), toward the others
    postpone    the same as to sign it on the later day

What is taken for granted: the deed is done, whatever the chance of it; the act weighs what the mean act of its class
does; and the factor is that of the record, an association, at its estimate: its interval is said beside it and not
played.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from lynchpin.account.cases import Case
from lynchpin.account.theory import Place
from lynchpin.answers.agreements import read_agreements
from lynchpin.answers.agreements.feedback import feedback
from lynchpin.answers.agreements.spells import now
from lynchpin.answers.agreements.two_level import two_level
from lynchpin.answers.scenarios import scenario
from lynchpin.answers.scenarios.scenario import Change, Deed, Multiply, Span
from lynchpin.days import day_number
from lynchpin.errors import BadData, BadValue, UnknownName, suggest
from lynchpin.model import Fit
from lynchpin.results import AgreementLife, interval_text


def resolved(fit: Fit, changes: Sequence[Change]) -> tuple[Change, ...]:
    """The same changes, each deed as the acts and factors it stands for, by what was known at the fit's origin.

    Raises
    ------
    BadData : the case names no agreements
    UnknownName : no agreement of that id was known at the origin
    BadValue : fewer than two of its parties are states of the case, or it stands signed already
    """
    plain: list[Change] = []
    for change in changes:
        plain += _resolved(fit, change) if isinstance(change, Deed) else [change]
    return tuple(plain)


def _resolved(fit: Fit, deed: Deed) -> list[Change]:
    case, origin = fit.case, fit.origin
    if case.agreements_file is None or case.stages_file is None:
        raise BadData("the case names no agreements", deed.where, "name their files in [case]: agreements, stages")
    lives = read_agreements(case.agreements_file, case.stages_file, before=origin, among=None)
    life = next((one for one in lives if one.id == deed.agreement), None)
    if life is None:
        raise UnknownName(
            f"no agreement {deed.agreement!r} is known before {origin}",
            deed.where,
            suggest(deed.agreement, [one.id for one in lives], noun="agreement"),
        )
    parties = [party for party in life.parties if party in case.states]
    if len(parties) < 2:
        raise BadValue(f"fewer than two parties of {life.id} are states of the case", deed.where)
    place = Place(deed.where, 1, 1)
    if deed.verb == "block":
        by = next(side.party for side in two_level(life, fit.events, origin).sides if side.party in parties)
        kind = _act(case, life, "REJECT", "-")
        return [
            scenario.inject(case, f"{by} -> {other} : {kind}", deed.day, place=place, where=deed.where)
            for other in parties
            if other != by
        ]
    standing = now(life, day_number(origin)).standing
    if standing.has_ended or standing.level >= 2:
        raise BadValue(f"{life.id} stands at {standing.stage}: it cannot be signed", deed.where, "block it instead")
    day = deed.until if deed.verb == "postpone" and deed.until else deed.day
    learnt = feedback(lives, fit.events, case.states, origin)
    kind = _act(case, life, "AGREE", "+")
    made: list[Change] = []
    for a, b in combinations(parties, 2):
        others = [one for one in lives if {a, b} <= set(one.parties)]
        in_force = sum(now(one, day_number(origin)).standing.stage == "in_force" for one in others)
        units = frozenset((i, j, c) for i, j in ((a, b), (b, a)) for c in _warm(case))
        says = (
            f"{a} -- {b} cooperation, as one more agreement in force was followed by in the record "
            f"({interval_text(learnt.lower, learnt.upper, ' to ')} for a first one)"
        )
        made.append(scenario.inject(case, f"{a} -- {b} : {kind}", day, place=place, where=deed.where))
        made.append(Multiply(says, units, "", learnt.factor(in_force), Span(day)))
    return made


def _act(case: Case, life: AgreementLife, type_: str, sign: str) -> str:
    """The class that takes an act of this type and sign on the agreement, with the context that puts it there."""
    known = [context for context in life.contexts if context in case.vocabulary.contexts]
    for rule in case.classes:
        fits = (not rule.types or type_ in rule.types) and rule.sign in ("", sign) and not {*known} & {*rule.without}
        on = [context for context in known if context in rule.contexts] if rule.contexts else known[:1]
        if fits and (on or not rule.contexts):
            return f"{rule.name}[{on[0]}]" if on else rule.name
    raise BadValue(f"no class of the case takes {type_} on {life.id}", case.path.name, "add one")


def _warm(case: Case) -> tuple[str, ...]:
    """The classes of cooperation: the case's group of that name, else those that ask for a positive magnitude."""
    return case.groups.get("cooperation", tuple(rule.name for rule in case.classes if rule.sign == "+"))
