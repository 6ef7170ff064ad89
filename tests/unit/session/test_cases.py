"""The list of cases says what `check` says of each."""

from __future__ import annotations

from lynchpin.account.cases import builtin_cases, read_case
from lynchpin.report.contract import answer
from lynchpin.session.cases import list_cases
from lynchpin.session.check import check_case


def test_every_case_is_listed_with_what_check_counts():
    listed = answer(list_cases(), None)["cases"]
    assert [row["name"] for row in listed] == sorted(builtin_cases())
    for row in listed:
        held = check_case(read_case(row["name"]))
        assert (row["events"], row["first"], row["last"]) == (held["events"], str(held["first"]), str(held["last"]))
        assert row["agreements"] == held["agreements"] and row["title"] == read_case(row["name"]).title
    assert {row["name"]: str(row["as_of"]) for row in listed}["northeast-asia"] == "2012-07-09"
