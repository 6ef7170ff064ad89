"""What a case is, reading and checking one, and the cases that come with the package.

A case is a TOML file of data, with the chronology and the agreements it names beside it. May import: errors, events,
ontology, sources, store, theory, statistics, results, agreements.
"""

from __future__ import annotations

from lynchpin.cases.builtin import builtin_cases, case_path
from lynchpin.cases.case import Case, ClaimText, Control, EventClass, Mechanism
from lynchpin.cases.classify import classify
from lynchpin.cases.reading import read_case
from lynchpin.cases.record import case_events

__all__ = [
    "Case",
    "ClaimText",
    "Control",
    "EventClass",
    "Mechanism",
    "builtin_cases",
    "case_events",
    "case_path",
    "classify",
    "read_case",
]
