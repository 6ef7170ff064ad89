"""The theory language: text of a mechanism -> tokens -> tree -> checked mechanism -> explanation.

A mechanism is data: nothing in it is ever evaluated as code. `parse` reads one, `check` and `check_all` fit
it to the names of a case, `explain` says it in English. This room is handed the names of the case; it imports
only ``lynchpin.errors``.

>>> says = parse("patron -- a : talks  &  patron -- b : talks  =>  a -> b : talks")
>>> names = Vocabulary(("USA", "JPN", "KOR"), {"patron": ("USA",), "ally": ("JPN", "KOR")},
...                    {"a": "ally", "b": "ally"}, ("talks",), {}, frozenset(), ())
>>> checked = check(says, names, mechanism="push")
>>> checked.dyads
(('JPN', 'KOR'), ('KOR', 'JPN'))
>>> print(explain(checked, expect="+", half_life_days=60.0))  # doctest: +NORMALIZE_WHITESPACE
When acts of talks pass between patron (USA) and a (JPN or KOR) and, at the same time, acts of talks pass
between patron and b (JPN or KOR), a's acts of talks toward b become more frequent; each act's weight halves
every 60 days.
"""

from __future__ import annotations

from lynchpin.account.theory._checked import (
    Bound,
    CheckedBoth,
    CheckedCause,
    CheckedEdge,
    CheckedEither,
    CheckedMechanism,
    CheckedProduct,
    CheckedRef,
    Vocabulary,
    leaves,
)
from lynchpin.account.theory._operators import OPERATORS, Operator
from lynchpin.account.theory.check import check, check_all, ways_of
from lynchpin.account.theory.explain import explain, explain_stages
from lynchpin.account.theory.joint import SAID, JointActs, apart, joint_acts, shared_classes
from lynchpin.account.theory.pattern import check_pattern, dyads_of, parse_pattern
from lynchpin.account.theory.stages import GROUPS, KINDS, OUTCOMES, PARTIES, CheckedStages, check_stages
from lynchpin.account.theory.tokens import Place, Token, tokenise
from lynchpin.account.theory.tree import (
    AboutContext,
    Acts,
    Both,
    Cause,
    Edge,
    Either,
    Endpoint,
    Product,
    Ref,
    Says,
    Stages,
    parse,
)

__all__ = [
    "GROUPS",
    "KINDS",
    "OPERATORS",
    "OUTCOMES",
    "PARTIES",
    "SAID",
    "AboutContext",
    "Acts",
    "Both",
    "Bound",
    "Cause",
    "CheckedBoth",
    "CheckedCause",
    "CheckedEdge",
    "CheckedEither",
    "CheckedMechanism",
    "CheckedProduct",
    "CheckedRef",
    "CheckedStages",
    "Edge",
    "Either",
    "Endpoint",
    "JointActs",
    "Operator",
    "Place",
    "Product",
    "Ref",
    "Says",
    "Stages",
    "Token",
    "Vocabulary",
    "apart",
    "check",
    "check_all",
    "check_pattern",
    "check_stages",
    "dyads_of",
    "explain",
    "explain_stages",
    "joint_acts",
    "leaves",
    "parse",
    "parse_pattern",
    "shared_classes",
    "tokenise",
    "ways_of",
]
