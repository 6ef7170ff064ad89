"""A refused row is told with the cell that broke the rule and what was likely meant."""

from __future__ import annotations

import pytest

from lynchpin.account.cases import case_events, read_case
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.errors import BadData
from lynchpin.record.store import rules
from lynchpin.record.store.mending import _FIXES, _LOOKS_AT

WRONG = [  # column, what is written, what is told, the fix
    ("source", "UAE", "source 'UAE'", "UAE is ARE"),
    ("source", "Japan", "source 'Japan'", "Japan is JPN"),
    ("target", "XQZ", "target 'XQZ'", "no state is called 'XQZ'"),
    ("date", "02/03/2015", "date '02/03/2015'", "YYYY-MM-DD"),
    ("event_type", "consult", "event_type 'consult'", "did you mean 'CONSULT'?"),
    ("event_type", "AGRE", "event_type 'AGRE'", "did you mean 'AGREE'?"),
    ("source_sector", "Gov", "source_sector 'Gov'", "did you mean 'GOV'?"),
    ("contexts", "exercises", "contexts 'exercises'", "did you mean 'exercise'?"),
    ("status", "verifed", "status 'verifed'", "did you mean 'verified'?"),
    ("precision", "days", "precision 'days'", "did you mean 'day'?"),
    ("magnitude", "eleven", "magnitude 'eleven'", "a number from -10 to 10"),
]


def broken(folder, column, text):
    """The little case whose first row has another text in a column; it is no joint act, so that sides may differ."""
    write_new_case("toy", folder)
    file = folder / "toy" / "events.csv"
    header, first, *others = file.read_text(encoding="utf-8").splitlines()
    names, cells = header.split(","), first.split(",")
    cells[names.index("source")], cells[names.index("target")] = "JPN", "KOR"
    cells[names.index(column)] = text
    file.write_text("\n".join([header, ",".join(cells), *others]) + "\n", encoding="utf-8")
    return read_case(folder / "toy")


@pytest.mark.parametrize(("column", "text", "told", "fix"), WRONG, ids=[f"{w[0]}-{w[1]}" for w in WRONG])
def test_the_cell_and_the_fix_are_told(tmp_path, column, text, told, fix):
    with pytest.raises(BadData) as caught:
        case_events(broken(tmp_path, column, text))
    assert told in caught.value.what and fix in caught.value.mend and caught.value.where == "events.csv line 2"


def test_every_rule_that_is_looked_at_is_a_rule():
    names = {rule.name for rule in rules()}
    assert set(_LOOKS_AT) <= names and set(_FIXES) <= set(_LOOKS_AT)
