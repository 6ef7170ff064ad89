"""Who is what to whom: structural tables of alliances, claims, rivalries, disputes, borders, capabilities and states.

Tables that others publish are imported into one store (`import_tables`); a few facts come with the package. `Structure`
reads both, `Structure.on(day)` gives what was known on a day, `who` looks up one condition of a rule.
"""

from __future__ import annotations

from lynchpin.account.structure._table import Reading, StructuralTable
from lynchpin.account.structure.conditions import CONDITIONS, LOOKS_AT, who
from lynchpin.account.structure.facts import KINDS, OBLIGATIONS, Fact, known_days
from lynchpin.account.structure.known import OWN, FactsAbout, KnownFacts, Structure, facts_about
from lynchpin.account.structure.store import TABLES, Imported, import_tables, read_store

__all__ = [
    "CONDITIONS",
    "KINDS",
    "LOOKS_AT",
    "OBLIGATIONS",
    "OWN",
    "TABLES",
    "Fact",
    "FactsAbout",
    "Imported",
    "KnownFacts",
    "Reading",
    "StructuralTable",
    "Structure",
    "facts_about",
    "import_tables",
    "known_days",
    "read_store",
    "who",
]
