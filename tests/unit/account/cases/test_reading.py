"""Reading a case: the template reads; each fault is one clear error that points at its line."""

from __future__ import annotations

import pytest

from lynchpin.account.cases import builtin_cases, read_case
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.errors import BadData, BadMechanism, BadValue, LynchpinError, UnknownName


@pytest.fixture
def template(tmp_path):
    write_new_case("toy", tmp_path)
    return tmp_path / "toy" / "case.toml"


def line_of(text, part):
    return next(k for k, line in enumerate(text.splitlines(), start=1) if part in line)


# what to replace, by what, the error, words of the message, the line it points at (by a part of the new text)
FAULTS = [
    ('name = "CASE"', 'nom = "CASE"', BadData, "no key named 'nom'", 'nom = "CASE"'),
    ('title = "', 'titel = "', BadData, "no key named 'titel'", "titel"),
    ("start = 2015-01-01", 'start = "2015"', BadData, "start should be a day", 'start = "2015"'),
    ("seed = 1", 'seed = "one"', BadData, "seed should be a whole number", 'seed = "one"'),
    ("seed = 1", "seed = -3", BadValue, "seed should be a whole number from 0 to", "seed = -3"),
    ('step = "week"', 'step = "month"', UnknownName, "step cannot be 'month'", 'step = "month"'),
    ('KOR = "South Korea"', 'ROK = "South Korea"', UnknownName, "no state named 'ROK'", "ROK ="),
    ('PRK = "North Korea"', '"XYZ" = "Nowhere"', UnknownName, "no state named 'XYZ'", '"XYZ"'),
    ('ally = ["JPN", "KOR"]', 'ally = ["JPN", "KRO"]', UnknownName, "no node named 'KRO'", "KRO"),
    ('ally = ["JPN", "KOR"]', "ally = []", BadData, "role 'ally' is empty", "ally = []"),
    ('b = "ally"', 'b = "alley"', UnknownName, "no role named 'alley'", "alley"),
    ('types = ["AGREE"', 'types = ["AGRE"', UnknownName, "no event type named 'AGRE'", '"AGRE"'),
    ('statistic = "inertia"', 'statistic = "inertai"', UnknownName, "'inertai'", "inertai"),
    ('half_life = "90d"', 'half_life = "90 parsecs"', BadValue, "90 parsecs", "parsecs"),
    ('claim = "C1"', 'claim = "C9"', UnknownName, "no claim named 'C9'", '"C9"'),
    ("adversary -> ally : conflict", "adversary -> ally : conflikt", BadMechanism, "conflikt", "conflikt"),
    ("adversary -> ally : conflict", "adversary -> ally conflict", BadMechanism, "", "ally conflict"),
    ("adversary -> ally : conflict =>", "enemy -> ally : conflict =>", BadMechanism, "enemy", "enemy"),
    ('expect = "+"', 'expect = "plus"', UnknownName, "expect cannot be 'plus'", "plus"),
    ('dyad = "JPN -> KOR"', 'dyad = "JPN - KOR"', UnknownName, "no state named", "JPN - KOR"),
    ('name = "patron_push"\nclaim', 'name = "shared_threat"\nclaim', BadData, "two [[mechanism]]", None),
    ("[[control]]", "[[controll]]", BadData, "no table named [controll]", "controll"),
    ('events = "events.csv"', 'events = "missing.csv"', BadData, "no file 'missing.csv'", "missing.csv"),
    ("[nodes]", "[nodes", BadData, "not TOML", None),
    ("[case]", "[[case]]", BadData, "[case] should be a table", "[[case]]"),
    ('says = "adversary', "says = 3 #", BadData, "says should be", "says = 3"),
]


@pytest.mark.parametrize(("old", "fresh", "kind", "words", "at"), FAULTS, ids=[f[1][:30] for f in FAULTS])
def test_fault_is_one_clear_error(template, old, fresh, kind, words, at):
    text = template.read_text().replace('name = "toy"', 'name = "CASE"')
    assert old in text
    text = text.replace(old, fresh, 1)
    template.write_text(text)
    with pytest.raises(kind) as caught:
        read_case(template)
    assert words in caught.value.what
    assert caught.value.where
    assert caught.value.mend or caught.value.what
    if at is not None:
        assert f"line {line_of(text, at)}," in caught.value.where


def test_mechanism_error_points_at_the_column(template):
    text = template.read_text().replace("adversary -> ally : conflict", "adversary -> ally : conflikt", 1)
    template.write_text(text)
    with pytest.raises(BadMechanism) as caught:
        read_case(template)
    line = line_of(text, "conflikt")
    column = text.splitlines()[line - 1].index("conflikt") + 1
    assert f"line {line}, column {column}" in caught.value.where
    assert "conflict" in caught.value.mend


def test_claim_without_mechanism_or_reason_is_refused(template):
    template.write_text(template.read_text().replace('claim = "C2"', "", 1))
    with pytest.raises(BadMechanism, match="no mechanism states claim C2"):
        read_case(template)


def test_template_reads_as_it_is(template):
    case = read_case(template.parent)
    assert case.name == "toy"
    assert [m.name for m in case.mechanisms] == ["shared_threat", "patron_push"]
    assert case.mechanisms[0].half_life_days == 60.0
    assert case.mechanisms[0].checked.dyads == (("JPN", "KOR"), ("KOR", "JPN"))


def test_new_case_refuses_what_is_there_and_odd_names(tmp_path):
    write_new_case("toy", tmp_path)
    with pytest.raises(BadData, match="is there already"):
        write_new_case("toy", tmp_path)
    with pytest.raises(BadValue, match="cannot be a case's name"):
        write_new_case("../toy", tmp_path)


def test_embedded_case_states_every_claim(northeast):
    assert [c.id for c in northeast.claims] == [f"C{k}" for k in range(1, 13)]
    stated = {m.claim for m in (*northeast.mechanisms, *northeast.stage_mechanisms, *northeast.shares)}
    for claim in northeast.claims:
        assert (claim.id in stated) != bool(claim.untestable_because)
    assert "northeast-asia" in builtin_cases()


@pytest.mark.parametrize("name", ["northeast-asai", "no/such/case.toml", "nothing.toml"])
def test_unknown_case_says_what_there_is(name):
    with pytest.raises(LynchpinError) as caught:
        read_case(name)
    assert caught.value.mend


def test_bytes_that_are_not_text(tmp_path):
    file = tmp_path / "case.toml"
    file.write_bytes(b"[case]\nname = \xff")
    with pytest.raises(BadData, match="not UTF-8"):
        read_case(file)
