"""What a case is, reading and checking one, and the cases that come with the package.

A case is a TOML file of data, with the chronology and the agreements it names beside it. A theory is one whose roles
are rules: `read_theory` reads it, `bind` makes a case of every triad of states that fits.
"""

from __future__ import annotations

from lynchpin.account.cases.builtin import builtin_cases, builtin_theories, case_path
from lynchpin.account.cases.case import Case, ClaimText, Control, EventClass, Mechanism, ShareText, StageMechanism
from lynchpin.account.cases.known import Known, known_of, read_known
from lynchpin.account.cases.reading import read_case
from lynchpin.account.cases.record import Reports, case_events, classify, read_reports
from lynchpin.account.cases.theory_file import Theory, is_theory, read_theory
from lynchpin.account.cases.triads import Because, Triad, bind

__all__ = [
    "Because",
    "Case",
    "ClaimText",
    "Control",
    "EventClass",
    "Known",
    "Mechanism",
    "Reports",
    "ShareText",
    "StageMechanism",
    "Theory",
    "Triad",
    "bind",
    "builtin_cases",
    "builtin_theories",
    "case_events",
    "case_path",
    "classify",
    "is_theory",
    "known_of",
    "read_case",
    "read_known",
    "read_reports",
    "read_theory",
]
