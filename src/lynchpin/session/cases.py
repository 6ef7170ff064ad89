"""The cases that come with the package, in a table."""

from __future__ import annotations

from lynchpin.account.cases import builtin_cases, case_events, read_case
from lynchpin.answers.agreements import read_agreements
from lynchpin.events import first_day, last_day
from lynchpin.results import CaseList, CaseRow


def list_cases() -> CaseList:
    """Every case that comes with the package.

    Returns
    -------
    CaseList, by name; a case's own chronology is counted, each row an act
    """
    rows = []
    for name in sorted(builtin_cases()):
        case = read_case(name)
        events = case_events(case)
        lives = (
            read_agreements(case.agreements_file, case.stages_file, before=None, among=None, first=case.flagship)
            if case.agreements_file is not None and case.stages_file is not None
            else ()
        )
        rows.append(
            CaseRow(
                case.name, case.title, first_day(events), last_day(events), events.height, len(lives), case.account_date
            )
        )
    return CaseList(tuple(rows))
