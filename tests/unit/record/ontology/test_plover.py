"""PLOVER's types, and the two vocabularies of contexts."""

from __future__ import annotations

import pytest

from lynchpin.errors import UnknownName
from lynchpin.record.ontology import contexts, plover, quad

# type, quad class, score
TYPES = [
    ("AGREE", 1, 2.5),
    ("CONSULT", 1, 2.5),
    ("SUPPORT", 1, 5.0),
    ("CONCEDE", 1, 4.5),
    ("COOPERATE", 2, 9.5),
    ("AID", 2, 10.0),
    ("RETREAT", 2, 6.5),
    ("REQUEST", 3, 0.0),
    ("ACCUSE", 3, -3.0),
    ("REJECT", 3, -2.0),
    ("THREATEN", 3, -3.5),
    ("PROTEST", 4, -5.0),
    ("SANCTION", 4, -6.0),
    ("MOBILIZE", 4, -5.5),
    ("COERCE", 4, -7.0),
    ("ASSAULT", 4, -9.0),
]

# the issue tags of the embedded chronology (cases/northeast_asia/CODEBOOK.md)
OURS = {
    *(
        "abduction",
        "alliance",
        "burden_sharing",
        "diplomacy",
        "domestic",
        "exercise",
        "history",
        "humanitarian",
    ),
    *("intelligence", "nuclear", "posture", "provocation", "sanctions", "territory", "trade"),
}

# tags of either vocabulary -> ours
BRIDGE = [
    (["reparations"], ("history",)),
    (["military", "intelligence"], ("alliance", "intelligence")),
    (["territory"], ("territory",)),
    (["territory", "history"], ("history", "territory")),
    (["cbrn", "economic", "nuclear"], ("nuclear", "trade")),
    (["gender", "no such tag", ""], ()),
    ([], ()),
]


def test_the_sixteen_types() -> None:
    assert [(name, kind.quad, kind.score) for name, kind in plover.types().items()] == TYPES
    assert plover.names() == (*(name for name, _, _ in TYPES), "OTHER")


def test_scores_have_the_sign_of_their_quad_class() -> None:
    for kind in plover.types().values():
        scores = [kind.score, *(score for score in kind.modes.values() if score is not None)]
        assert all((score > 0) == (kind.quad <= 2) for score in scores if score != 0), kind.name
        assert kind.meaning and kind.reference and kind.name in kind.reference


def test_the_written_name_of_a_quad_class_agrees_with_its_number() -> None:
    from lynchpin.record.ontology._tables import rows

    written = {(int(row["quad"]), row["quad_name"]) for row in rows("plover_types")}
    assert written == {(number, name) for number, name in quad.NAMES.items() if number}


def test_type_of_forgives_case_and_names_the_nearest() -> None:
    assert plover.type_of("agree").name == "AGREE"
    with pytest.raises(UnknownName, match="did you mean 'COOPERATE'"):
        plover.type_of("COPERATE")
    with pytest.raises(UnknownName):
        plover.type_of("OTHER")


def test_our_contexts_are_those_of_the_codebook() -> None:
    assert set(contexts.contexts("lynchpin")) == OURS
    assert all(tag.ours == name for name, tag in contexts.contexts("lynchpin").items())


def test_every_context_is_listed_once_with_a_meaning() -> None:
    from lynchpin.record.ontology._tables import rows

    listed = [(row["vocabulary"], row["name"]) for row in rows("contexts")]
    assert len(listed) == len(set(listed))
    assert all(row["meaning"] for row in rows("contexts"))
    assert {tag.ours for tag in contexts.contexts("plover").values()} <= {"", *OURS}


@pytest.mark.parametrize(("tags", "ours"), BRIDGE)
def test_to_ours(tags: list[str], ours: tuple[str, ...]) -> None:
    assert contexts.to_ours(tags) == ours


def test_an_unknown_vocabulary_is_refused() -> None:
    with pytest.raises(UnknownName, match="plover"):
        contexts.contexts("plovr")
