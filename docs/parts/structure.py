"""Parts on structural tables: the conditions of a rule, the grammar of rules, the tables, bad rules."""

from __future__ import annotations

from lynchpin.account.structure import CONDITIONS, LOOKS_AT, TABLES
from lynchpin.account.structure.facts import KINDS, SCHEMA
from lynchpin.account.theory import Place, rules
from lynchpin.account.theory.rules import check_rule, parse_rule
from lynchpin.errors import BadMechanism
from parts.text import as_table, block, fence

#: Rules that do not read, one for each kind of complaint worth seeing.
BAD = (
    "allied_with(patron) major_power",
    "allied_with(patron",
    "allied_wth(patron)",
    "allied_with(patrn)",
    "allied_with(patron, defence)",
    "allied_with",
    "capability_share(3)",
    "claim_with(patron, 30)",
    "major_power and not patron",
    "patron -> ally",
)


def conditions_shown() -> str:
    """Every condition of a rule."""
    rows = [
        (
            f"`{c.name}`",
            f"whoever {c.words.replace('{of}', 'that one').replace('{option}', _option(c.option))}",
            ", ".join(f"`{kind}`" for kind in c.kinds)
            or {"share": "a number", "within": "a length of time"}.get(c.option, ""),
            ", ".join(LOOKS_AT[c.name]),
            f"`{c.example}`",
        )
        for c in CONDITIONS.values()
    ]
    return as_table(("condition", "who fits", "last argument", "kind of fact", "example"), rows)


def _option(option: str) -> str:
    return {"share": "so much", "kind": "(kind of)", "within": " now, or within a time before"}.get(option, "")


def rule_grammar_shown() -> str:
    return fence(block(rules.__doc__))


def rule_errors_shown() -> str:
    """What is said of each bad rule."""
    out = []
    for text in BAD:
        try:
            check_rule(parse_rule(text, place=Place("theory.toml", 18, 9)), CONDITIONS, {"patron", "USA"})
        except BadMechanism as error:
            out.append(fence(f'ally = "{text}"\n\n{error}'))
        else:
            raise AssertionError(f"{text!r} reads after all: choose another example")
    return "\n\n".join(out)


def structural_tables_shown() -> str:
    """Every data set that can be imported."""
    rows = [
        (f"`{t.name}`", t.summary, ", ".join(t.kinds), ", ".join(f"`{c}`" for c in t.columns), t.citation)
        for t in TABLES.values()
    ]
    return as_table(("name", "what it is", "kinds of fact", "known by its columns", "cite"), rows)


def kinds_shown() -> str:
    """The kinds of fact, and the columns of a fact."""
    kinds = as_table(
        ("kind", "pair", "directed", "value"),
        [
            (f"`{k.name}`", "yes" if k.pair else "", "from `a` to `b`" if k.directed else "", k.value)
            for k in KINDS.values()
        ],
    )
    return f"{kinds}\n\nColumns of `facts`: {', '.join(f'`{name}`' for name in SCHEMA)}."
