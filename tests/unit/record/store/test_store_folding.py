"""Folds as tables: what comes in, and what each makes of it."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from helpers.reports import DAY, record, report
from lynchpin.errors import BadValue, UnknownName
from lynchpin.events import SCHEMA
from lynchpin.record.store import FOLDS, fold
from lynchpin.record.store.folding import LONGEST_DAYS, WINDOW_DAYS, folds


def told(events: pl.DataFrame) -> list[tuple[int, str, str, str, int, int]]:
    """Day, who, whom, code, reports and last day of each episode, days from the first."""
    return [
        (
            (row["date"] - DAY).days,
            "+".join(row["source"]) or row["source_name"],
            "+".join(row["target"]) or row["target_name"],
            row["code"],
            row["reports"],
            (row["last_date"] - DAY).days,
        )
        for row in events.iter_rows(named=True)
    ]


# name -> reports, folds that may act, episodes
TABLE: dict[str, tuple[list[dict[str, Any]], tuple[str, ...], list[Any]]] = {
    "a mirrored act is one, of both": (
        [report(0, "JPN", "KOR", "040"), report(0, "KOR", "JPN", "040")],
        ("mirrors",),
        [(0, "JPN+KOR", "JPN+KOR", "040", 2, 0)],
    ),
    "an unmirrored one stays as it is": (
        [report(0, "JPN", "KOR", "036"), report(1, "KOR", "JPN", "036")],
        ("mirrors",),
        [(0, "JPN", "KOR", "036", 1, 0), (1, "KOR", "JPN", "036", 1, 1)],
    ),
    "three rows make a pair and one": (
        [report(0, "JPN", "KOR", "040"), report(0, "KOR", "JPN", "040"), report(0, "JPN", "KOR", "040")],
        ("mirrors",),
        [(0, "JPN+KOR", "JPN+KOR", "040", 2, 0), (0, "JPN", "KOR", "040", 1, 0)],
    ),
    "criticism both ways is two acts": (
        [report(0, "JPN", "KOR", "111"), report(0, "KOR", "JPN", "111")],
        FOLDS,
        [(0, "JPN", "KOR", "111", 1, 0), (0, "KOR", "JPN", "111", 1, 0)],
    ),
    "a mirror needs the same speakers": (
        [report(0, "JPN:Lawmaker", "KOR", "040"), report(0, "KOR", "JPN:Governor", "040")],
        ("mirrors",),
        [(0, "JPN", "KOR", "040", 1, 0), (0, "KOR", "JPN", "040", 1, 0)],
    ),
    "a person without a state is not made one": (
        [report(0, ":Obama", "KOR", "040"), report(0, "KOR", ":Obama", "040")],
        ("mirrors",),
        [(0, "Obama", "KOR", "040", 2, 0)],
    ),
    "citizens who consult citizens": (
        [report(0, "KEN:Citizen", "KEN:Citizen", "040")] * 2,
        ("mirrors",),
        [(0, "KEN", "KEN", "040", 2, 0)],
    ),
    "a hosting meets its visit": (
        [report(0, "JPN", "KOR", "043"), report(0, "KOR", "JPN", "042")],
        ("visits",),
        [(0, "JPN+KOR", "JPN+KOR", "042", 2, 0)],
    ),
    "a visit there and a visit back are two": (
        [
            report(0, "JPN", "KOR", "043"),
            report(0, "KOR", "JPN", "042"),
            report(1, "JPN", "KOR", "042"),
            report(1, "KOR", "JPN", "043"),
        ],
        FOLDS,
        [(0, "JPN+KOR", "JPN+KOR", "042", 2, 0), (1, "JPN+KOR", "JPN+KOR", "042", 2, 1)],
    ),
    "the same under another id": (
        [report(0, "JPN", "KOR", "111"), report(0, "JPN", "KOR", "111"), report(0, "JPN:Lawmaker", "KOR", "111")],
        ("repeats",),
        [(0, "JPN", "KOR", "111", 2, 0), (0, "JPN", "KOR", "111", 1, 0)],
    ),
    "restated up to the window, and not beyond": (
        [report(day, "JPN", "KOR", "160") for day in (0, WINDOW_DAYS, 2 * WINDOW_DAYS + 1)],
        ("restatements",),
        [(0, "JPN", "KOR", "160", 2, WINDOW_DAYS), (15, "JPN", "KOR", "160", 1, 15)],
    ),
    "no episode is longer than the limit": (
        [report(day, "JPN", "KOR", "160") for day in range(0, LONGEST_DAYS + 8, 4)],
        ("restatements",),
        [(0, "JPN", "KOR", "160", 8, 28), (32, "JPN", "KOR", "160", 1, 32)],
    ),
    "another speaker of the same state restates": (
        [report(0, "JPN", "KOR", "160"), report(1, "JPN:Cabinet", "KOR", "160", source_sector="GOV")],
        ("restatements",),
        [(0, "JPN", "KOR", "160", 2, 1)],
    ),
    "a legislature speaks for itself": (
        [report(0, "JPN", "KOR", "160"), report(1, "JPN:Diet", "KOR", "160", source_sector="LEG")],
        ("restatements",),
        [(0, "JPN", "KOR", "160", 1, 0), (1, "JPN", "KOR", "160", 1, 1)],
    ),
    "another context, agreement or feed is another act": (
        [
            report(0, "JPN", "KOR", "160"),
            report(0, "JPN", "KOR", "160", contexts=["history"]),
            report(0, "JPN", "KOR", "160", agreement="gsomia"),
            report(0, "JPN", "KOR", "160", dataset="gdelt"),
        ],
        FOLDS,
        [(0, "JPN", "KOR", "160", 1, 0)] * 4,
    ),
    "a side without a name is nobody's": (
        [report(0, ":", "KOR", "160"), report(1, ":", "KOR", "160")],
        ("restatements",),
        [(0, "", "KOR", "160", 1, 0), (1, "", "KOR", "160", 1, 1)],
    ),
    "what people wrote is one row for an act": (
        [report(0, "JPN", "KOR", "040", status="verified"), report(0, "KOR", "JPN", "040", status="recalled")] * 2,
        FOLDS,
        [(0, "JPN", "KOR", "040", 1, 0), (0, "KOR", "JPN", "040", 1, 0)] * 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_fold(name: str) -> None:
    rows, names, expected = TABLE[name]
    assert sorted(told(fold(record(*rows), names).events)) == sorted(expected)


def test_every_fold_is_switched_by_its_name() -> None:
    rows = record(*[row for reports, _, _ in TABLE.values() for row in reports])
    for name in FOLDS:
        alone = fold(rows, [name])
        assert list(alone.folded) == [name] and alone.folded[name] > 0, name
        assert alone.reports == alone.events.height + sum(alone.folded.values()) == rows.height
        assert alone.events["reports"].sum() == rows.height
    assert fold(rows, []).events.drop("reports", "last_date").equals(fold(rows, []).events.select(list(SCHEMA)))
    assert fold(rows, []).folded == {} and fold(rows, []).events.height == rows.height
    assert all(len(one.says) > 20 for one in folds().values())


def test_an_episode_is_its_first_report() -> None:
    rows = record(report(0, "JPN", "KOR", "160", url="first"), report(1, "JPN", "KOR", "160", url="second"))
    [row] = fold(rows).events.iter_rows(named=True)
    assert (row["event_id"], row["url"], row["date"]) == ("000", "first", DAY)


def test_sectors_of_a_mutual_act() -> None:
    """A legislature that consults a government would be two legislatures if its sector went to both sides."""
    sides = [("KOR", "LEG", "JPN", "GOV"), ("JPN", "GOV", "KOR", "LEG")]
    rows = [report(0, a, b, "040", source_sector=s, target_sector=t) for a, s, b, t in sides]
    [row] = fold(record(*rows)).events.iter_rows(named=True)
    assert (row["source_sector"], row["target_sector"]) == ("", "")
    same = [
        report(0, a, b, "040", source_sector="MIL", target_sector="MIL") for a, b in (("KOR", "JPN"), ("JPN", "KOR"))
    ]
    [row] = fold(record(*same)).events.iter_rows(named=True)
    assert (row["source_sector"], row["source"]) == ("MIL", ["JPN", "KOR"])


def test_an_empty_record() -> None:
    done = fold(record())
    assert done.to_dict() == {"reports": 0, "episodes": 0, "folded": dict.fromkeys(FOLDS, 0)}


def test_a_fold_that_is_not_there() -> None:
    with pytest.raises(UnknownName, match="mirors") as caught:
        fold(record(), ["mirors"])
    assert "mirrors" in caught.value.mend
    with pytest.raises(BadValue, match="list of names"):
        fold(record(), "mirrors")
