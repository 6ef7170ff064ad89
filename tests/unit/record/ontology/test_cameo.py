"""CAMEO: what each code means, in which version, and what it is in PLOVER."""

from __future__ import annotations

import pytest

from lynchpin.errors import UnknownName
from lynchpin.record.ontology import CameoCode, cameo, contexts, plover

# code, label, PLOVER type, mode, contexts
CASES = [
    ("010", "Make statement", "OTHER", "", ()),
    ("10", "Demand", "REQUEST", "", ()),
    ("0214", "Appeal for intelligence", "OTHER", "", ("intelligence",)),
    ("0312", "Express intent to cooperate militarily", "AGREE", "", ("military",)),
    ("0314", "Express intent to cooperate on intelligence", "AGREE", "", ("intelligence",)),
    ("041", "Discuss by telephone", "CONSULT", "phone", ()),
    ("042", "Make a visit", "CONSULT", "visit", ()),
    ("057", "Sign formal agreement", "SUPPORT", "", ()),
    ("061", "Cooperate economically", "COOPERATE", "", ("economic",)),
    ("064", "Share intelligence or information", "COOPERATE", "", ("intelligence",)),
    ("0811", "Ease restrictions on political freedoms", "CONCEDE", "", ("rights_freedoms",)),
    ("0813", "Ease curfew", "RETREAT", "", ()),
    ("0874", "Retreat or surrender militarily", "RETREAT", "withdraw", ("military",)),
    ("090", "Investigate", "ACCUSE", "investigate", ()),
    ("112", "Accuse", "ACCUSE", "allege", ()),
    ("145", "Protest violently, riot", "PROTEST", "riot", ()),
    ("154", "Mobilize or increase armed forces", "MOBILIZE", "troops", ("military",)),
    ("161", "Reduce or break diplomatic relations", "SANCTION", "withdraw", ("diplomatic",)),
    ("163", "Impose embargo, boycott, or sanctions", "COERCE", "restrict", ("economic", "sanctions")),
    ("1712", "Destroy property", "ASSAULT", "destroy", ()),
    ("175", "Use tactics of violent repression", "ASSAULT", "crowd-control", ()),
    ("183", "Conduct suicide, car, or other non-military bombing", "ASSAULT", "explosives", ()),
    ("191", "Impose blockade, restrict movement", "COERCE", "restrict", ("military",)),
    ("192", "Occupy territory", "COERCE", "seize", ("territory",)),
    ("2042", "Detonate nuclear weapons", "ASSAULT", "unconventional", ("cbrn",)),
]

# code, meaning in 1.1, meaning in 0.5b1: the codes whose scores are known to be joined across versions by mistake
MOVED = [
    ("016", "Deny responsibility", "Make empathetic comment"),
    ("124", "Refuse to yield", "Reject proposal to meet, discuss, or negotiate"),
    ("163", "Impose embargo, boycott, or sanctions", "Halt negotiations"),
    ("164", "Halt negotiations", "Expel or withdraw"),
    ("166", "Expel or withdraw", "Impose embargo, boycott, or sanctions"),
]

# label as some feed writes it, code: the leaf where root and leaf share a label
LABELS = [
    ("Consult", "040"),
    ("CONSULT", "040"),
    ("Sign_formal_agreement", "057"),
    ("fight with artillery and tanks", "194"),
    ("  Praise   or endorse ", "051"),
    ("Express_intent_to_cooperate", "030"),
    ("Appeal", "02"),
    ("Threaten non force", "131"),
    ("Return, release person(s)", "0841"),
]

# what is asked, what the error says
UNKNOWN = [
    ("10000", "2 to 4 digits"),
    ("", "2 to 4 digits"),
    ("57", "did you mean '057'?"),
    ("0214x", "2 to 4 digits"),
    ("---", "2 to 4 digits"),
]


@pytest.mark.parametrize(("code", "label", "type_name", "mode", "tags"), CASES)
def test_lookup(code: str, label: str, type_name: str, mode: str, tags: tuple[str, ...]) -> None:
    found = cameo.lookup(code)
    assert (found.label, found.type, found.mode, found.contexts) == (label, type_name, mode, tags)
    assert cameo.plover_type(code) == type_name


@pytest.mark.parametrize(("code", "new", "old"), MOVED)
def test_a_code_that_moved_means_two_things(code: str, new: str, old: str) -> None:
    assert cameo.lookup(code).label == new
    assert cameo.lookup(code, version="0.5b1").label == old


@pytest.mark.parametrize(("label", "code"), LABELS)
def test_from_label(label: str, code: str) -> None:
    assert cameo.from_label(label).code == code


@pytest.mark.parametrize(("code", "says"), UNKNOWN)
def test_an_unknown_code_is_refused(code: str, says: str) -> None:
    with pytest.raises(UnknownName) as caught:
        cameo.lookup(code)
    assert says in str(caught.value)
    assert cameo.find(code) is None


def test_an_unknown_label_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'cooperate militarily'"):
        cameo.from_label("Cooperate militarly")


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(UnknownName, match=r"0\.5b1, 1\.1"):
        cameo.lookup("010", version="9")


@pytest.mark.parametrize("version", cameo.VERSIONS)
def test_laws_of_every_code(version: str) -> None:
    known = cameo.codes(version)
    tags = {*contexts.contexts("plover"), *contexts.contexts("lynchpin")}
    modes = {(name, mode) for name, kind in plover.types().items() for mode in kind.modes}
    for code, row in known.items():
        assert code.isdigit() and 2 <= len(code) <= 4, code
        assert code == row.code and version in row.versions, code
        assert code[:2] == row.root and row.root in known, code
        assert len(code) < 4 or code[:3] in known, f"{code} has no parent"
        assert row.type in plover.names(), code
        assert (row.type == "OTHER") == (row.root in ("01", "02")), code
        assert row.mode == "" or (row.type, row.mode) in modes, code
        assert list(row.contexts) == sorted(set(row.contexts)) and set(row.contexts) <= tags, code


def test_every_type_but_other_is_reached() -> None:
    assert {row.type for row in cameo.codes().values()} == set(plover.names())


def test_a_label_is_shared_only_by_a_root_and_its_leaf() -> None:
    bearers: dict[str, list[CameoCode]] = {}
    for row in cameo.codes().values():
        bearers.setdefault(row.label.casefold(), []).append(row)
    shared = [[row.code for row in group] for group in bearers.values() if len(group) > 1]
    assert len(shared) > 5
    assert all(len(group) == 2 and group[1] == f"{group[0]}0" for group in shared), shared


def test_every_label_leads_back_to_its_code() -> None:
    for row in cameo.codes().values():
        assert cameo.from_label(row.label).code in (row.code, f"{row.code}0")


def test_the_size_of_the_scheme() -> None:
    assert len(cameo.codes()) == 313  # 20 roots; ICEWS has 312 of them, all but 1214
    assert sum(len(code) == 2 for code in cameo.codes()) == 20
