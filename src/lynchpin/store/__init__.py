"""The store: named rules on what a source read, and one DuckDB file of events that passed them.

    rules       the rules: a name, one sentence, one expression each
    check       a source's rows -> accepted + refused + duplicates, nothing lost
    hashing     one hash for the content of an event table, whatever its order
    report      what an ingestion did, as plain records
    store       the file: ingest, events, manifest

May import: errors, events, ontology, sources.
"""

from __future__ import annotations

from .check import Checked, check
from .hashing import data_hash
from .report import FileReport, IngestReport
from .rules import Rule, rules
from .store import Store, require_events

__all__ = [
    "Checked",
    "FileReport",
    "IngestReport",
    "Rule",
    "Store",
    "check",
    "data_hash",
    "require_events",
    "rules",
]
