"""Right sides that are moves of agreements: "cause => agreement[kind] : setback".

In the cause, `party` is each party of the agreement at hand and `other` another of its parties; both are summed over.
Every other name means what it does elsewhere. The cause is read for one agreement at a time, from acts before the day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from lynchpin import limits
from lynchpin.account.theory._checked import (
    Bound,
    CheckedCause,
    CheckedEdge,
    CheckedMechanism,
    CheckedProduct,
    CheckedRef,
    Vocabulary,
    leaves,
)
from lynchpin.account.theory._checker import Checker, place_sums
from lynchpin.account.theory._nodes import AboutContext, Says, Stages
from lynchpin.account.theory.tokens import Place
from lynchpin.errors import suggest

#: What the right side can name, and the moves of an agreement that it takes in (`answers.agreements.stages.MOVES`).
OUTCOMES: Final[Mapping[str, tuple[str, ...]]] = {
    "forward": ("progress", "advance", "sign", "take_effect"),
    "advance": ("advance", "sign", "take_effect"),
    "agreed_in_principle": ("advance",),
    "signed": ("sign",),
    "in_force": ("take_effect",),
    "setback": ("setback",),
    "suspended": ("suspend",),
    "termination_notice": ("notice",),
    "resumed": ("resume",),
    "ended": ("end",),
    "break": ("setback", "suspend", "notice", "end"),
}

#: Kinds of agreements that the coding notes know, and groups of them; a case can add kinds with its own file.
KINDS: Final = (
    "access_basing",
    "arms_control",
    "burden_sharing",
    "crisis_management",
    "defence_treaty",
    "information_security",
    "logistics",
    "other",
    "reconciliation",
    "trade",
)
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "security": tuple(kind for kind in KINDS if kind not in ("other", "reconciliation", "trade")),
}

#: Names that stand for parties of the agreement at hand.
PARTIES: Final = ("party", "other")


@dataclass(frozen=True, slots=True)
class CheckedStages:
    """A mechanism whose right side is a move of agreements.

    Parameters
    ----------
    mechanism, text : str
    cause : tree of checked nodes
    kinds : kinds of agreements, groups taken apart; issues : contexts that an agreement may be about instead; both
        empty: all agreements
    stage : one of OUTCOMES
    names : as in `CheckedMechanism`
    """

    mechanism: str
    text: str
    cause: CheckedCause
    kinds: tuple[str, ...]
    issues: tuple[str, ...]
    stage: str
    names: tuple[Bound, ...]

    @property
    def moves(self) -> tuple[str, ...]:
        return OUTCOMES[self.stage]

    def takes(self, kind: str, issues: Sequence[str]) -> bool:
        """Whether an agreement of a kind, about some issues, is among those of the right side."""
        return not (self.kinds or self.issues) or kind in self.kinds or not set(issues).isdisjoint(self.issues)

    def of(self, parties: Sequence[str], states: Sequence[str]) -> CheckedMechanism:
        """The cause for an agreement of these parties, as a mechanism that can be read off layers.

        Its right side is a stand-in: the first two states, and no class.
        """
        own = tuple(party for party in parties if party in states)
        names = tuple(replace(name, domain=own) if name.name in PARTIES else name for name in self.names)
        ends = [Bound(state, "node", None, (state,)) for state in states[:2]]
        stand_in = CheckedEdge(ends[0], ends[1], True, (), (), "")
        return CheckedMechanism(self.mechanism, self.text, _among(self.cause, own), stand_in, names)

    def __str__(self) -> str:
        return self.text


def _among(cause: CheckedCause, own: tuple[str, ...]) -> CheckedCause:
    """The cause with the ends that are parties bound to those of one agreement."""
    if isinstance(cause, CheckedRef):
        return cause
    if not isinstance(cause, CheckedEdge):
        return replace(cause, parts=tuple(_among(part, own) for part in cause.parts))

    def bound(end: Bound) -> Bound:
        if end.name not in PARTIES:
            return end
        return replace(end, domain=tuple(node for node in end.domain if node.partition(".")[0] in own))

    return replace(cause, source=bound(cause.source), target=bound(cause.target))


def check_stages(
    says: Says, vocabulary: Vocabulary, *, mechanism: str, place: Place | None = None, kinds: Sequence[str] = ()
) -> CheckedStages:
    """Find every name of a mechanism on agreements in its case.

    Parameters
    ----------
    says : Says, from `parse`, whose right side is `Stages`
    vocabulary, mechanism, place : as for `check`
    kinds : kinds that the agreements of the case have besides the known ones

    Raises
    ------
    BadMechanism : pointing at the word that does not fit
    """
    assert isinstance(says.target, Stages)
    variables = {**vocabulary.variables, **dict.fromkeys(PARTIES, "*")}
    checker = Checker(replace(vocabulary, variables=variables), mechanism, place)
    right = says.target
    if right.stage not in OUTCOMES:
        mend = suggest(right.stage, OUTCOMES, noun="moves of agreements")
        raise checker.bad(f"no move of agreements is called '{right.stage}'", right.stage_token, mend)
    known = (*KINDS, *kinds)
    chosen: list[str] = []
    issues: list[str] = []
    for name in right.kinds:
        if name.name in GROUPS or name.name in known:
            chosen += GROUPS.get(name.name, (name.name,))
        elif name.name in vocabulary.contexts:
            issues.append(name.name)
        else:
            _no_kind(checker, name, (*known, *GROUPS, *vocabulary.contexts))
    cause = checker.cause(says.cause)
    terms = leaves(cause)
    for term in terms:
        if isinstance(term, CheckedRef):
            mend = "write its edge out: a mechanism's statistic is that of a pair of states"
            raise checker.bad(f"'{term.mechanism}' has no value for an agreement", term.token, mend)
    if len(terms) > limits.TERMS:
        what = f"{len(terms)} edges and names stand in one mechanism, and at most {limits.TERMS} may"
        raise checker.bad(what, terms[limits.TERMS].token, "cut it into several")
    _refuse_products(checker, cause)
    names = checker.names(says)
    free = [name for name in names if name.kind != "node"]
    return CheckedStages(
        mechanism,
        str(says),
        place_sums(cause, free),
        tuple(dict.fromkeys(chosen)),
        tuple(dict.fromkeys(issues)),
        right.stage,
        names,
    )


def _no_kind(checker: Checker, name: AboutContext, known: Sequence[str]) -> None:
    mend = suggest(name.name, known, noun="kinds of agreements, groups of them and contexts")
    raise checker.bad(f"no kind of agreement is called '{name.name}'", name.token, mend)


def _refuse_products(checker: Checker, cause: CheckedCause) -> None:
    if isinstance(cause, CheckedProduct):
        raise checker.bad("a product cannot move agreements", cause.token, "use '&' or '|', or one edge")
    for part in getattr(cause, "parts", ()):
        _refuse_products(checker, part)
