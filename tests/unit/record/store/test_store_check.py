"""Each rule catches its fault, says so by name, and nothing is lost."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from lynchpin.events import COLUMNS, SCHEMA
from lynchpin.record import sources
from lynchpin.record.sources._base import HELPERS, MENTION
from lynchpin.record.store import check, rules
from lynchpin.record.store.rules import DUPLICATES, UNFIT, meanings

GOOD: dict[str, Any] = {
    "event_id": "a",
    "date": date(2012, 6, 29),
    "known_from": date(2012, 6, 29),
    "precision": "day",
    "source": ["KOR"],
    "source_sector": "GOV",
    "source_name": "KOR",
    "target": ["JPN"],
    "target_sector": "GOV",
    "target_name": "JPN",
    "type": "REJECT",
    "mode": "postpone",
    "contexts": ["intelligence"],
    "code": "",
    "code_scheme": "",
    "magnitude_shipped": -4.0,
    "magnitude": -4.0,
    "scale": "chronology-2026",
    "agreement": "gsomia-jpn-kor",
    "summary": "Seoul calls the signing off.",
    "url": "",
    "status": "verified",
    "dataset": "chronology",
    "file": "mine.csv",
    "row": 2,
    "raw": "a,2012-06-29",
    "_fields": 15,
    "_fields_expected": 15,
    "_date_text": "2012-06-29",
    "_magnitude_text": "-4.0",
    "_strangers": 0,
}
CODED = {"dataset": "icews", "status": "coded", "code": "120", "_code_text": "120", "_label_code": "120"}
HAND, ICEWS = "chronology", "icews"

# source, what is changed in a good row, the rules it then breaks
FAULTS: list[tuple[str, dict[str, Any], list[str]]] = [
    (HAND, {}, []),
    (ICEWS, {}, []),
    (HAND, {"raw": " ", "date": None, "_fields": 0}, ["blank_line"]),
    (HAND, {"_fields": 14}, ["wrong_field_count"]),
    (ICEWS, {"_fields": 16}, ["wrong_field_count"]),
    (ICEWS, {"_fields": None}, ["wrong_field_count"]),
    (HAND, {"event_id": " "}, ["no_event_id"]),
    (HAND, {"event_id": None}, ["no_event_id"]),
    (HAND, {"date": None}, ["bad_date"]),
    (HAND, {"date": date(12, 6, 29)}, ["bad_date"]),
    (ICEWS, {"date": date(999, 12, 31)}, ["bad_date"]),
    (ICEWS, {"date": date(1000, 1, 1)}, []),
    (ICEWS, {"known_from": date(2012, 6, 28)}, ["dated_after_known"]),
    (ICEWS, {"known_from": date(2012, 6, 29)}, []),
    (HAND, {"known_from": date(2012, 6, 28)}, ["dated_after_known"]),
    (HAND, {"known_from": None, "_known_text": "next week"}, ["bad_known_from"]),
    (HAND, {"known_from": None, "_known_text": " "}, []),
    (HAND, {"_what": "blank"}, ["blank_line"]),
    (HAND, {"_what": "comment", "date": None}, ["comment_line"]),
    (ICEWS, {"_what": "header", "date": None}, ["repeated_header"]),
    (HAND, {"precision": "week"}, ["unknown_precision"]),
    (HAND, {"precision": None}, ["unknown_precision"]),
    (ICEWS, {"type": None, "code": None}, ["unknown_code"]),
    *((ICEWS, {"_unfit": name}, [name]) for name in ("no_state_pair", "side_of_several", "coarse_date")),
    (ICEWS, {"_label_code": "057"}, ["code_text_mismatch"]),
    (ICEWS, {"_label_code": None}, []),
    (HAND, {"type": "SHOUT"}, ["unknown_type"]),
    (HAND, {"type": "OTHER"}, ["unknown_type"]),
    (HAND, {"magnitude_shipped": None, "_magnitude_text": ""}, ["no_magnitude"]),
    (HAND, {"magnitude_shipped": None, "_magnitude_text": None}, ["no_magnitude", "bad_magnitude"]),
    (HAND, {"magnitude_shipped": None, "_magnitude_text": "much"}, ["bad_magnitude"]),
    (HAND, {"magnitude_shipped": 10.5, "_magnitude_text": "10.5"}, ["bad_magnitude"]),
    (HAND, {"magnitude_shipped": float("nan"), "_magnitude_text": "nan"}, ["bad_magnitude"]),
    (HAND, {"magnitude_shipped": float("-inf"), "_magnitude_text": "-inf"}, ["bad_magnitude"]),
    (ICEWS, {"magnitude_shipped": -11.0, "_magnitude_text": "-11"}, ["bad_magnitude"]),
    (ICEWS, {"magnitude_shipped": None, "_magnitude_text": ""}, []),
    (HAND, {"source": []}, ["no_actor"]),
    (HAND, {"target": None}, ["no_actor", "partial_overlap"]),
    (ICEWS, {"source": [], "target": []}, []),
    (HAND, {"_strangers": 1}, ["unknown_actor"]),
    (HAND, {"_strangers": None}, ["unknown_actor"]),
    (HAND, {"source": ["JPN", "KOR"]}, ["partial_overlap"]),
    (HAND, {"source": ["JPN", "KOR"], "target": ["JPN", "KOR"]}, []),
    (HAND, {"source": ["KOR"], "target": ["KOR"], "target_sector": "OPP"}, []),
    (HAND, {"source_sector": "XXX"}, ["unknown_sector"]),
    (HAND, {"target_sector": ""}, ["unknown_sector"]),
    (HAND, {"contexts": ["intelligence", "gossip"]}, ["unknown_context"]),
    (HAND, {"contexts": None}, ["unknown_context"]),
    (HAND, {"contexts": []}, []),
    (HAND, {"status": "rumoured"}, ["unknown_status"]),
    (HAND, {"type": None, "status": "", "date": None}, ["bad_date", "unknown_type", "unknown_status"]),
]


def rows(*changes: dict[str, Any]) -> pl.DataFrame:
    told = [{"row": 2 + at, **change} for at, change in enumerate(changes)]
    return pl.DataFrame([{**GOOD, **change} for change in told], schema={**SCHEMA, **HELPERS})


@pytest.mark.parametrize(("name", "change", "broke"), FAULTS)
def test_a_row_breaks_what_it_should(name: str, change: dict[str, Any], broke: list[str]) -> None:
    frame = rows({**CODED, **change} if name == ICEWS else change)
    checked = check(frame, sources.get(name))
    assert checked.refused["broke"].to_list() == ([broke] if broke else [])
    assert checked.refused["raw"].to_list() == (frame["raw"].to_list() if broke else [])
    assert checked.read == 1 and checked.reasons == dict.fromkeys(sorted(broke), 1)
    assert dict(checked.events.schema) == SCHEMA


def test_every_rule_is_tried_above() -> None:
    tried = {rule for _, _, broke in FAULTS for rule in broke}
    assert tried == {rule.name for rule in rules() if rule.rows != "mentions"}


def test_rules_have_a_name_and_a_sentence_each() -> None:
    names = [rule.name for rule in rules()]
    assert len(names) == len(set(names))
    assert all(rule.says and not rule.says.endswith(".") for rule in rules())
    assert list(meanings()) == [*names, *DUPLICATES]


@pytest.mark.parametrize("name", [HAND, ICEWS])
def test_a_row_of_nulls_breaks_every_rule_it_can(name: str) -> None:
    """A missing value never passes by accident."""
    frame = pl.DataFrame([{"raw": "x", "row": 2}], schema={**SCHEMA, **HELPERS})
    hand = name == HAND
    asked = {rule.name for rule in rules() if rule.holds_for("hand" if hand else "coded")}
    spared = {"blank_line", "comment_line", "repeated_header"}  # the line holds something
    spared |= {"code_text_mismatch", "dated_after_known", "bad_known_from", *UNFIT}  # what is not said breaks none
    assert set(check(frame, sources.get(name)).refused["broke"].to_list()[0]) == asked - spared


def test_the_first_good_row_of_a_key_stays() -> None:
    checked = check(
        rows(
            {"type": "SHOUT"},
            {"summary": "first"},
            {"summary": "first"},
            {"summary": "second"},
            {"date": date(2012, 6, 30), "known_from": date(2012, 6, 30)},
            {"event_id": "b"},
        ),
        sources.get(HAND),
    )
    assert checked.events["row"].to_list() == [3, 6, 7]
    assert checked.refused["row"].to_list() == [2]
    assert checked.duplicates.select("row", "reason").rows() == [
        (4, "exact_duplicate"),
        (5, "same_key_other_content"),
    ]
    assert checked.reasons == {"exact_duplicate": 1, "same_key_other_content": 1, "unknown_type": 1}
    assert checked.read == 6


def test_rows_of_the_store_are_duplicates_too() -> None:
    before = rows({"file": "old.csv", "row": 9}, {"event_id": "b", "summary": "older"}).select(COLUMNS)
    frame = rows({}, {"event_id": "b"}, {"event_id": "c"})
    checked = check(frame, sources.get(HAND), stored=lambda keys: before)
    assert checked.events["event_id"].to_list() == ["c"]
    assert checked.duplicates["reason"].to_list() == ["exact_duplicate", "same_key_other_content"]


def test_sides_without_a_state_are_counted_not_refused() -> None:
    checked = check(
        rows(
            {**CODED, "source": [], "_source_place": "Atlantis"},
            {**CODED, "event_id": "b", "source": [], "_source_place": ""},
            {**CODED, "event_id": "c", "target": [], "_target_place": "Atlantis"},
            {**CODED, "event_id": "d", "type": None, "source": [], "_source_place": "Mu"},
        ),
        sources.get(ICEWS),
    )
    assert checked.events.height == 3
    assert checked.unresolved == {"source": 2, "target": 1}
    assert checked.unknown_places == {"Atlantis": 2}


def test_no_rows_are_no_trouble() -> None:
    checked = check(rows().lazy(), sources.get(ICEWS))
    assert (checked.read, checked.reasons) == (0, {})
    assert dict(checked.events.schema) == SCHEMA


def test_lines_come_out_in_order() -> None:
    frame = rows({"event_id": "z"}, {"event_id": "y"}, {"event_id": "x"})
    assert check(frame.reverse(), sources.get(HAND)).events["row"].to_list() == [2, 3, 4]


MENTION_ROW: dict[str, Any] = {
    "event_id": "7",
    "date": date(2017, 7, 1),
    "outlet": "paper",
    "url": "https://e.org",
    "sentence": 1,
    "confidence": 20.0,
    "file": "m.CSV",
    "row": 1,
    "raw": "7",
    "_fields": 16,
    "_fields_expected": 16,
}
MENTION_FAULTS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"raw": ""}, ["blank_line"]),
    ({"_fields": 15}, ["wrong_field_count"]),
    ({"event_id": " "}, ["no_event_id"]),
    ({"date": None}, ["bad_date"]),
    ({"url": ""}, ["no_page"]),
    ({"sentence": None}, ["bad_sentence"]),
    ({"confidence": None}, ["bad_confidence"]),
    ({"confidence": 101.0}, ["bad_confidence"]),
]


def mentions(*changes: dict[str, Any]) -> pl.DataFrame:
    kinds = {**MENTION, "raw": pl.String(), "_fields": pl.Int64(), "_fields_expected": pl.Int64()}
    return pl.DataFrame([{**MENTION_ROW, "row": at, **change} for at, change in enumerate(changes, 1)], schema=kinds)


@pytest.mark.parametrize(("change", "broke"), MENTION_FAULTS)
def test_a_mention_breaks_what_it_should(change: dict[str, Any], broke: list[str]) -> None:
    checked = check(mentions(change), sources.get("gdelt-mentions"))
    assert checked.refused["broke"].to_list() == ([broke] if broke else [])
    assert checked.read == 1 and checked.unresolved == {}
    assert dict(checked.events.schema) == MENTION


def test_a_mention_is_known_by_event_day_page_and_sentence() -> None:
    frame = mentions({}, {}, {"confidence": 80.0}, {"sentence": 2}, {"url": "https://other.org"})
    checked = check(frame, sources.get("gdelt-mentions"))
    assert checked.events["row"].to_list() == [1, 4, 5]
    assert checked.duplicates["reason"].to_list() == ["exact_duplicate", "same_key_other_content"]


def test_old_news_is_counted_and_kept() -> None:
    days = [date(2013, 6, 29), date(2013, 6, 28), None]
    frame = rows(*({**CODED, "event_id": str(at), "known_from": day} for at, day in enumerate(days)))
    checked = check(frame, sources.get(ICEWS))
    assert checked.events.height == 3 and checked.notes == {"dated_long_before": 1}


def test_an_act_is_known_from_its_day_on_where_nothing_is_said() -> None:
    said = date(2012, 7, 4)
    frame = rows({"event_id": "a", "known_from": said}, {"event_id": "b", "known_from": None})
    for lag in (0, 7):
        events = check(frame, sources.get("chronology"), known_lag=lag).events
        assert events["known_from"].to_list() == [said, events["date"][1] + timedelta(days=lag)]
