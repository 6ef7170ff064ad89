"""A theory is bound to every triad that fits, to nothing that was not known, and each bound case reads and fits."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from lynchpin.account.cases import bind, builtin_theories, is_theory, read_case, read_theory
from lynchpin.account.cases.find_triads import find_triads, sentences
from lynchpin.account.cases.roles import roles_in_words
from lynchpin.account.cases.triads import remarks
from lynchpin.account.structure import Structure, import_tables
from lynchpin.errors import BadData, BadMechanism, BadValue, LynchpinError, UnknownName
from lynchpin.record.store import Store
from lynchpin.session.facade import fit

DAY = date(2012, 7, 9)
LATERAL = builtin_theories()["lateral"].read_text(encoding="utf-8")

ALLIANCES = """ccode1,ccode2,year,atop_defense,atop_offense,atop_neutral,atop_nonagg,atop_consul
2,732,2010,1,0,0,0,0
2,732,2011,1,0,0,0,0
2,740,2010,1,0,0,0,0
2,740,2011,1,0,0,0,0
2,840,2010,1,0,0,0,0
2,840,2011,1,0,0,0,0
2,200,2011,1,0,0,0,0
2,160,2011,1,0,0,0,0
"""
CLAIMS = """chal,tgt,begclaim,endclaim,name
740,732,195204,201799,Dokdo
160,200,184101,201799,Falklands
840,740,201206,201799,made up
732,840,201207,201799,too late
"""


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    (folder / "alliances.csv").write_text(ALLIANCES, encoding="utf-8")
    (folder / "claims.csv").write_text(CLAIMS, encoding="utf-8")
    import_tables(folder / "s", [folder])
    return folder / "s"


def theory_of(folder: Path, *changes: tuple[str, str]) -> Path:
    text = LATERAL
    for old, fresh in changes:
        assert old in text
        text = text.replace(old, fresh, 1)
    (folder / "theory.toml").write_text(text, encoding="utf-8")
    return folder / "theory.toml"


def names(triads):
    return [triad.name for triad in triads]


def of_the_account(theory="lateral"):
    """The triad of the account, among those that the facts of the package give."""
    (triad,) = (t for t in bind(read_theory(theory), Structure.open(), DAY) if t.name == "USA-JPN-KOR")
    return triad


PAIRS = [
    "ALB-GRC",
    "ARG-CHL",
    "ARG-GBR",
    "BOL-CHL",
    "BRA-URY",
    "CAN-DNK",
    "CHL-PER",
    "COL-NIC",
    "COL-VEN",
    "CRI-NIC",
    "DEU-NLD",
    "DNK-GBR",
    "ESP-GBR",
    "ESP-PRT",
    "GBR-ISL",
    "GRC-TUR",
    "HND-SLV",
    "HRV-SVN",
    "JPN-KOR",
    "LTU-LVA",
]


def test_the_facts_of_the_package_give_two_dozen_pairs_of_allies_with_a_claim():
    assert names(bind(read_theory("lateral"), Structure.open(), DAY)) == [f"USA-{pair}" for pair in PAIRS]
    late = names(bind(read_theory("lateral"), Structure.open(), date(2023, 1, 1)))
    gone = {"USA-CHL-PER", "USA-CRI-NIC", "USA-COL-NIC", "USA-BOL-CHL", "USA-COL-VEN", "USA-CAN-DNK"}  # settled or left
    assert set(late) == {f"USA-{pair}" for pair in PAIRS} - gone


def test_the_facts_of_the_package_give_the_triad_of_the_account():
    triad = of_the_account()
    assert (triad.name, triad.one, triad.two) == ("USA-JPN-KOR", "USA", ("JPN", "KOR"))
    assert triad.roles == {"patron": ("USA",), "ally": ("JPN", "KOR"), "adversary": ("CHN", "CUB", "IRN", "PRK", "RUS")}
    assert triad.title == "United States: Japan and South Korea" and triad.left_out == {}
    why = {(b.role, b.state): [str(fact) for fact in b.facts] for b in triad.why}
    assert why["ally", "KOR"] == ["KOR and USA: defence pact, since 1954 (lynchpin)"]
    assert why["between", "JPN-KOR"] == ["JPN claims territory of KOR: Dokdo/Takeshima, since 1952 (lynchpin)"]
    assert set(why) >= {("patron", "USA"), ("ally", "JPN"), ("adversary", "PRK")}


def test_every_pair_comes_once_and_only_with_what_was_known(tables):
    theory, structure = read_theory("lateral"), Structure.open(tables)
    assert names(bind(theory, structure, DAY)) == ["USA-ARG-GBR", "USA-JPN-KOR", "USA-JPN-PHL"]
    assert names(bind(theory, structure, date(2012, 6, 30))) == ["USA-ARG-GBR", "USA-JPN-KOR"]  # a claim of that month
    assert names(bind(theory, structure, date(2011, 12, 31))) == ["USA-JPN-KOR"]  # alliances of a year not yet over
    assert names(bind(theory, structure, date(2012, 8, 1))) == names(bind(theory, structure)) == [
        "USA-ARG-GBR", "USA-JPN-KOR", "USA-JPN-PHL", "USA-KOR-PHL",
    ]  # fmt: skip
    assert bind(theory, structure, date(1900, 1, 1)) == ()


def test_later_rows_of_a_table_change_no_triad(tables, tmp_path):
    """The no-leakage law: what the tables say of later days is as if unwritten."""
    (tmp_path / "alliances.csv").write_text(ALLIANCES, encoding="utf-8")
    early = [line for line in CLAIMS.splitlines() if "too late" not in line]
    (tmp_path / "claims.csv").write_text("\n".join(early), encoding="utf-8")
    import_tables(tmp_path / "s", [tmp_path])
    theory = read_theory("lateral")
    one, other = (bind(theory, Structure.open(path), DAY) for path in (tables, tmp_path / "s"))
    assert [(t.name, t.roles, t.left_out) for t in one] == [(t.name, t.roles, t.left_out) for t in other]
    assert [t.case().hash for t in one] == [t.case().hash for t in other]


def test_another_rule_for_what_ties_the_two(tables):
    structure = Structure.open(tables)
    assert names(bind(read_theory("lateral", between="claims_against(other) & not JPN"), structure, DAY)) == [
        "USA-ARG-GBR", "USA-JPN-PHL",
    ]  # fmt: skip
    theory = read_theory("lateral", between="claims_against(other)")
    assert theory.hash != read_theory("lateral").hash
    with pytest.raises(BadMechanism, match="does not speak of the other") as caught:
        read_theory("lateral", between="major_power")
    assert caught.value.where == "--between line 1, column 1"


def test_without_a_tie_every_two_are_taken(tmp_path, tables):
    theory = read_theory(theory_of(tmp_path, ('between = "claim_with(other)"\n', "")))
    triads = bind(theory, Structure.open(tables), DAY)
    assert len(triads) == 5 * 4 // 2 and len(set(names(triads))) == 10


def test_what_nobody_is_there_for_is_left_out_and_the_claim_says_so(tmp_path):
    file = theory_of(
        tmp_path,
        ("(rival_of(ally) | rival_of(patron)) & not ally", "disputed_with(ally) & not ally"),
        ('says = "a -- b : conflict * patron_push', 'says = "a -- b : conflict * shared_threat'),
    )
    triad = of_the_account(file)
    assert triad.roles["adversary"] == ()
    assert triad.left_out == {
        "shared_threat": "nobody plays the role 'adversary'",
        "grievance_against_push": "it rests on 'shared_threat'",
    }
    case = triad.case()
    assert [m.name for m in case.mechanisms] == ["patron_push", "grievance_brake"]
    because = {claim.id: claim.untestable_because for claim in case.claims}
    assert because["L1"] == because["L3"] == ""
    assert because["L2"] == "it cannot be said of this triad (shared_threat: nobody plays the role 'adversary')"


def test_a_bound_case_is_a_case(tables):
    triad = bind(read_theory("lateral"), Structure.open(tables), DAY)[0]
    case = triad.case()
    assert case.name == "lateral-USA-ARG-GBR" and case.roles_on == DAY
    assert set(case.states) == {"USA", "ARG", "GBR", *triad.roles["adversary"]}
    assert case.labels["GBR"] == "United Kingdom"
    assert {(w.source, w.target) for w in case.watch} == {("ARG", "GBR"), ("GBR", "ARG")}
    assert case.rules["ally"] == "allied_with(patron) & not capability_share(0.10)"
    push = next(m for m in case.mechanisms if m.name == "patron_push")
    assert push.checked.dyads == (("ARG", "GBR"), ("GBR", "ARG"))
    assert len({t.case().hash for t in bind(triad.theory, Structure.open(tables), DAY)}) == 3


def test_sectors_of_roles_become_sectors_of_states(tmp_path):
    file = theory_of(
        tmp_path,
        ("[variables]", '[nodes]\n"ally.OPP" = "opposition"\n"ally.GOV" = "government"\n\n[variables]'),
        ("a -- b : conflict => a -> b", "a.OPP -> a.GOV : conflict => a -> b"),
    )
    case = of_the_account(file).case()
    assert case.sectors == ("JPN.OPP", "KOR.OPP", "JPN.GOV", "KOR.GOV")
    assert case.labels["KOR.OPP"] == "opposition of South Korea"
    brake = next(m for m in case.mechanisms if m.name == "grievance_brake")
    assert brake.checked.cause.source.domain == ("JPN.OPP", "KOR.OPP")


@pytest.fixture(scope="module")
def record(northeast, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("record") / "events"
    with Store.open(path, create=True) as store:
        store.ingest("chronology", [northeast.events_file])
    return path


def test_a_bound_case_fits_and_not_as_of_a_day_before_its_rules(record):
    triad = of_the_account()
    found = fit(triad.case(), record, as_of="2014-07-01")
    assert found.converged
    assert {c.mechanism for c in found.claims().rows} >= {"patron_push", "shared_threat", "grievance_brake"}
    with pytest.raises(BadValue, match="filled by what was known on 2012-07-09, after 2012-07-08"):
        fit(triad.case(), record, as_of="2012-07-08")


def test_acts_are_counted_once_and_before_the_day(record):
    found = find_triads("lateral", events=record, on=DAY)
    cut = find_triads("lateral", events=record, as_of=DAY)
    assert cut.on == DAY and 0 < cut.acts["USA-JPN-KOR"] < found.acts["USA-JPN-KOR"]
    assert (
        "acts between the two" in found.summary() and found.to_dict()["triads"][0]["acts"] == found.acts["USA-JPN-KOR"]
    )
    assert find_triads("lateral", on=DAY).to_dict()["triads"][0]["acts"] is None


def test_remarks_say_which_tables_end_early(tables):
    said = remarks(read_theory("lateral"), Structure.open(tables), date(2020, 1, 1))
    assert said[:2] == (
        "alliance: atop ends on 2011-12-31; what held then is taken to hold on 2020-01-01",
        "claim: icow ends on 2017-12-31; what held then is taken to hold on 2020-01-01",
    )
    assert said[2].startswith("capability, rivalry: no table was imported")


def test_a_theory_is_said_without_states():
    theory = read_theory("lateral")
    said = " ".join(row["sentence"] for row in sentences(theory)) + " ".join(theory.roles_in_words().values())
    assert "a (in the role ally)" in said and "one at a time of whoever has at least 3 %" in said
    assert not any(code in said for code in ("USA", "JPN", "KOR", "PRK"))


# --- faults of a theory: what to replace, by what, the error, its words, the line it points at -------------------------

FAULTS = [
    ('one = "patron"', 'one = "patrn"', UnknownName, "one cannot be 'patrn'", 'one = "patrn"'),
    ('two = "ally"', 'two = "patron"', BadData, "'one' and 'two' are the same role", 'two = "patron"'),
    ('between = "claim_with(other)"', 'between = "claim_with(ohter)"', BadMechanism, "no role or state is called 'ohter'", 'between = "'),
    ('between = "claim_with(other)"', 'between = "major_power"', BadMechanism, "does not speak of the other", 'between = "'),
    ('between = "claim', 'betwen = "claim', BadData, "no key named 'betwen'", "betwen"),
    ("[triad]", "[tirad]", BadData, "this is a case, not a theory", "# A theory: the account"),
    ("[variables]", "[nodes]\nKOR = \"Korea\"\n[variables]", BadData, "a theory names no states, as 'KOR'", 'KOR = "Korea"'),
    ("[variables]", "[nodes]\n\"aly.OPP\" = \"opposition\"\n[variables]", UnknownName, "no role named 'aly'", '"aly.OPP"'),
    ('patron = "capability_share(0.03)"', 'patron = "rival_of(ally)"', BadData, "roles speak of each other in a circle", None),
    ('patron = "capability_share(0.03)"', 'patron = "rival_of(adversary)"', BadData, "circle", None),
    ("allied_with(patron) & not capability_share(0.10)", "rival_of(foe)\"\nfoe = \"major_power", BadData, "the rule of 'ally' speaks of 'foe'", 'ally = "rival_of(foe)"'),
    ("allied_with(patron) & not", "allied_with(patron) & no", BadMechanism, "'capability_share' does not belong here", None),
    ("not allied_with(patron)", "not allied_with(patrom)", BadMechanism, "no role or state is called 'patrom'", "adversary ="),
    ('ally = "allied_with', 'KOR = "allied_with', BadData, "role 'KOR' is a node", 'KOR = "allied_with'),
    ('patron = "capability_share(0.03)"', 'patron = ["USS"]', UnknownName, "no node named 'USS'", 'patron = ["USS"]'),
    ('patron = "capability_share(0.03)"', "patron = 3", BadData, "patron should be", "patron = 3"),
    ('a = "ally"', 'a = "alley"', UnknownName, "no role named 'alley'", 'a = "alley"'),
    ("patron -- a : cooperation &", "patrn -- a : cooperation &", BadMechanism, "'patrn'", "patrn -- a"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "fresh", "kind", "words", "at"), FAULTS, ids=[f[1][:34] for f in FAULTS])
def test_a_fault_of_a_theory_is_one_clear_error(tmp_path, old, fresh, kind, words, at):
    file = theory_of(tmp_path, (old, fresh))
    with pytest.raises(kind) as caught:
        read_theory(file)
    assert words in caught.value.what
    if at is not None:
        line = next(k for k, text in enumerate(file.read_text().splitlines(), start=1) if at in text)
        assert f"theory.toml line {line}" in caught.value.where, caught.value.where


def test_case_and_theory_are_told_apart(tmp_path):
    assert is_theory("lateral") and not is_theory("northeast-asia") and not is_theory("nowhere")
    file = theory_of(tmp_path)
    assert is_theory(file)
    with pytest.raises(BadData, match="this is a theory, not a case"):
        read_case(file)
    with pytest.raises(BadData, match="this is a theory, not a case"):
        read_case("lateral")
    with pytest.raises(UnknownName, match="no theory named 'latreal'") as caught:
        read_theory("latreal")
    assert "'lateral'" in caught.value.mend


# --- a case whose roles are rules ------------------------------------------------------------------------------------


@pytest.fixture
def by_rule(northeast, tmp_path) -> Path:
    """The embedded case with rules in the place of two lists."""
    shutil.copytree(northeast.path.parent, tmp_path, dirs_exist_ok=True)
    text = northeast.path.read_text(encoding="utf-8")
    for old, fresh in (
        ('ally = ["JPN", "KOR"]', 'ally = "allied_with(patron)"'),
        ('adversary = ["PRK"]', 'adversary = "rival_of(ally) & rival_of(patron) & not allied_with(patron) & not CHN"'),
    ):
        assert old in text
        text = text.replace(old, fresh)
    (tmp_path / "case.toml").write_text(text, encoding="utf-8")
    return tmp_path / "case.toml"


def test_the_allies_of_the_embedded_case_can_be_a_rule(northeast, by_rule):
    case = read_case(by_rule)
    assert case.roles == northeast.roles and case.roles_on == DAY
    assert [m.checked for m in case.mechanisms] == [m.checked for m in northeast.mechanisms]
    assert roles_in_words(case)["ally"] == "JPN, KOR (whoever has a defence pact with patron, on 2012-07-09)"
    early = read_case(by_rule, as_of=date(2005, 1, 1))
    assert early.roles_on == date(2005, 1, 1) and read_case(by_rule, as_of=date(2020, 1, 1)).roles_on == DAY


def test_a_rule_in_a_case_needs_a_day_and_somebody(by_rule):
    text = by_rule.read_text(encoding="utf-8")
    by_rule.write_text(text.replace("account_date = 2012-07-09\n", ""), encoding="utf-8")
    with pytest.raises(BadData, match="no day says for when"):
        read_case(by_rule)
    by_rule.write_text(text.replace('"allied_with(patron)"', '"allied_with(patron, offense)"'), encoding="utf-8")
    with pytest.raises(LynchpinError, match="no state of the case fits the rule of role 'ally' on 2012-07-09"):
        read_case(by_rule)
