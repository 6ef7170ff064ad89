"""Who is what to whom: structural tables of alliances, claims, rivalries, disputes, borders, capabilities and states.

Tables that others publish are imported into one store (`import_tables`); a few facts come with the package. `Structure`
reads both, `Structure.on(day)` gives what was known on a day, `who` looks up one condition of a rule. May import:
errors, events, ontology, store, theory.
"""

from __future__ import annotations

from ._table import Reading, StructuralTable
from .about import About, facts_about
from .conditions import CONDITIONS, LOOKS_AT, who
from .facts import KINDS, OBLIGATIONS, Fact, known_days
from .known import OWN, Known, Structure
from .store import TABLES, Imported, import_tables, read_store

__all__ = [
    "CONDITIONS",
    "KINDS",
    "LOOKS_AT",
    "OBLIGATIONS",
    "OWN",
    "TABLES",
    "About",
    "Fact",
    "Imported",
    "Known",
    "Reading",
    "StructuralTable",
    "Structure",
    "facts_about",
    "import_tables",
    "known_days",
    "read_store",
    "who",
]
