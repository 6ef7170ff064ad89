"""Scales and quad classes: the same act under each name."""

from __future__ import annotations

import pytest

from lynchpin.errors import BadValue, UnknownName
from lynchpin.record.ontology import cameo, plover, quad, scales

# code, goldstein-icews, goldstein-gdelt: where the two differ, and some that people remember
GOLDSTEIN = [
    ("016", -5.0, -2.0),
    ("022", 3.4, 3.2),
    ("057", 8.0, 8.0),
    ("0874", 10.0, 10.0),
    ("1014", -5.0, -5.0),
    ("1246", -4.0, -4.0),
    ("161", -4.0, -4.0),
    ("163", -8.0, -8.0),
    ("164", -6.5, -7.0),
    ("165", -7.0, -6.5),
    ("166", -7.0, -7.0),
    ("1213", -4.0, -4.0),  # GDELT's list lacks it: the number of 121
    ("1214", -4.0, -4.0),  # both lack it
]

# code, its score in the Kansas list of 2007, where it meant something else
KANSAS = [
    ("016", 3.4),
    ("165", -7.0),
    ("124", -5.0),
    ("163", -6.5),
    ("164", -7.0),
    ("166", -8.0),
    ("019", None),
]

# type, mode, score
PLOVER = [
    ("CONSULT", "", 2.5),
    ("CONSULT", "visit", 4.0),
    ("CONSULT", "phone", 1.5),
    ("CONSULT", "multilateral", 4.0),
    ("CONSULT", "third-party", 1.0),
    ("CONSULT", "two-plus-two", 2.5),
    ("RETREAT", "disarm", 10.0),
    ("RETREAT", "ceasefire", 7.5),
    ("RETREAT", "release", 6.5),
    ("PROTEST", "riot", -7.0),
    ("REQUEST", "", 0.0),
    ("sanction", "EXPEL", -6.0),
    ("OTHER", "", None),
    ("", "", None),
]

# code, gdelt, icews, phoenix, plover
QUADS = [
    ("010", 1, 1, 0, None),
    ("0214", 1, 1, 0, None),
    ("030", 1, 1, 1, 1),
    ("057", 1, 1, 1, 1),
    ("064", 2, 2, 2, 2),
    ("081", 2, 2, 2, 1),
    ("0841", 2, 2, 2, 2),
    ("090", 2, 3, 3, 3),
    ("106", 3, 3, 3, 3),
    ("138", 3, 3, 3, 3),
    ("141", 3, 4, 4, 4),
    ("154", 4, 4, 4, 4),
    ("163", 4, 4, 3, 4),
    ("190", 4, 4, 4, 4),
]


@pytest.mark.parametrize(("code", "icews", "gdelt"), GOLDSTEIN)
def test_goldstein(code: str, icews: float, gdelt: float) -> None:
    assert scales.magnitude("goldstein-icews", code=code) == icews
    assert scales.magnitude("goldstein-gdelt", code=code) == gdelt


@pytest.mark.parametrize(("code", "score"), KANSAS)
def test_the_kansas_list_is_read_in_its_own_version(code: str, score: float | None) -> None:
    assert scales.magnitude("goldstein-ku", code=code) == score


@pytest.mark.parametrize(("type_name", "mode", "score"), PLOVER)
def test_plover_scores(type_name: str, mode: str, score: float | None) -> None:
    assert scales.magnitude("plover-2.0", type=type_name, mode=mode) == score


def test_plover_takes_type_and_mode_from_a_code() -> None:
    assert scales.magnitude("plover-2.0", code="042") == 4.0
    assert scales.magnitude("plover-2.0", code="042", mode="phone") == 1.5
    assert scales.magnitude("plover-2.0", code="042", type="ASSAULT") == -9.0
    assert scales.magnitude("plover-2.0", code="010") is None


def test_the_chronology_is_taken_as_given() -> None:
    assert scales.magnitude("chronology-2026", value=-7.6) == -7.6
    assert scales.magnitude("chronology-2026", type="AGREE") is None


@pytest.mark.parametrize("value", [10.5, -11.0, float("nan")])
def test_a_value_out_of_range_is_refused(value: float) -> None:
    with pytest.raises(BadValue, match="-10 to 10"):
        scales.magnitude("chronology-2026", value=value)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UnknownName, match="did you mean 'goldstein-icews'"):
        scales.magnitude("goldstein-icew", code="010")
    with pytest.raises(UnknownName, match="did you mean 'AGREE'"):
        scales.magnitude("plover-2.0", type="AGRE")
    with pytest.raises(UnknownName, match="did you mean 'gdelt'"):
        quad.quad_class("gdlt", code="010")


@pytest.mark.parametrize("name", ["goldstein-icews", "goldstein-gdelt", "goldstein-ku"])
def test_every_scale_covers_every_code_of_its_version(name: str) -> None:
    asked = scales.scale_of(name)
    for code in cameo.codes(asked.version):
        number = scales.magnitude(name, code=code)
        assert number is not None and scales.LOWEST <= number <= scales.HIGHEST, code
    assert scales.magnitude(name, code="999") is None
    assert scales.magnitude(name) is None


def test_plover_covers_every_code_but_other() -> None:
    for code, row in cameo.codes().items():
        number = scales.magnitude("plover-2.0", code=code)
        assert (number is None) == (row.type == plover.OTHER), code
        assert number is None or scales.LOWEST <= number <= scales.HIGHEST, code


def test_the_published_scales_differ_exactly_here() -> None:
    rows = cameo.codes().values()
    both = [row for row in rows if row.goldstein_icews is not None and row.goldstein_gdelt is not None]
    assert len(both) == 311
    assert [row.code for row in both if row.goldstein_icews != row.goldstein_gdelt] == [
        "016",
        "022",
        "164",
        "165",
    ]


def test_every_scale_says_where_it_comes_from() -> None:
    assert set(scales.scales()) == {
        *("plover-2.0", "goldstein-icews", "goldstein-gdelt", "goldstein-ku", "chronology-2026")
    }
    assert all(scale.source and scale.summary for scale in scales.scales().values())


@pytest.mark.parametrize(("code", "gdelt", "icews", "phoenix", "of_plover"), QUADS)
def test_quad_class(code: str, gdelt: int, icews: int, phoenix: int, of_plover: int | None) -> None:
    found = {name: quad.quad_class(name, code=code) for name in quad.MAPPINGS}
    assert found == {"gdelt": gdelt, "icews": icews, "phoenix": phoenix, "plover": of_plover}


def test_quad_class_covers_every_code() -> None:
    for mapping in ("gdelt", "icews", "phoenix"):
        assert all(quad.quad_class(mapping, code=code) in quad.NAMES for code in cameo.codes()), mapping
    assert quad.quad_class("icews", code="999") is None
    assert quad.quad_class("icews") is None
    assert quad.quad_class("plover", type="SANCTION") == 4
