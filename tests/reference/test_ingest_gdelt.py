"""Real files of GDELT, where a copy is at hand (else skipped). The numbers are counted here with plain Python."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from lynchpin.errors import BadData
from lynchpin.record.ontology import cameo, countries
from lynchpin.record.store import Store

FILES = [
    ("20191024143000.export.CSV", "gdelt", "\t", 2111),
    ("20151027220000.export.CSV", "gdelt", "\t", 2116),
    ("v1_58_columns.export.CSV", "gdelt-v1", "\t", 710),
    ("v1_reduced_ctrl_a_1979.csv", "gdelt-reduced", "\x01", 1000),
]


def at_hand(shared: Path, name: str) -> Path:
    path = shared / "data" / "gdelt" / name
    if not path.exists():
        pytest.skip(f"no {name} at hand")
    return path


@pytest.mark.parametrize(("name", "source", "sign", "count"), FILES)
def test_exports_are_accepted_whole(
    shared: Path, tmp_path: Path, name: str, source: str, sign: str, count: int
) -> None:
    path = at_hand(shared, name)
    lines = [line.split(sign) for line in path.read_text(encoding="utf-8").removesuffix("\n").split("\n")]
    with Store.open(tmp_path / "store", create=True) as store:
        report = store.ingest(None, path)
        events = store.events().sort("row")
    assert [file.source for file in report.files] == [source]
    assert len(lines) == count
    assert (report.read, report.accepted, report.refused, report.duplicates) == (count, count, 0, 0)
    code, shipped = (3, 6) if source == "gdelt-reduced" else (26, 30)
    assert events["code"].to_list() == [line[code] for line in lines]
    assert events["magnitude_shipped"].to_list() == [float(line[shipped]) for line in lines]
    assert events.filter(events["magnitude"] != events["magnitude_shipped"]).height == 0
    assert events["type"].to_list() == [cameo.plover_type(line[code]) for line in lines]
    if source != "gdelt-reduced":
        days = [date(int(line[1][:4]), int(line[1][4:6]), int(line[1][6:])) for line in lines]
        assert events["date"].to_list() == days
        assert events["event_id"].to_list() == [line[0] for line in lines]
        assert events["url"].to_list() == [line[-1] if len(line) in (58, 61) else "" for line in lines]
        told = Counter(
            state.iso3
            for line, day in zip(lines, days, strict=True)
            if line[7] and (state := countries.find(line[7], "cameo", on=day))
        )
        states = Counter(state for side in events["source"] for state in side)
        states.subtract(told)
        assert set(+states) <= {"SUN", "YUG", "CSK"}  # by today's code, under the state of the day
        assert not -states


def test_old_acts_are_counted(shared: Path, tmp_path: Path) -> None:
    path = at_hand(shared, "20151027220000.export.CSV")
    lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    old = sum((date(2015, 10, 27) - date(int(x[1][:4]), int(x[1][4:6]), int(x[1][6:]))).days >= 365 for x in lines)
    with Store.open(tmp_path / "store", create=True) as store:
        assert store.ingest("gdelt", path).accepted == 2116
    from lynchpin.record.sources import get
    from lynchpin.record.store import check

    assert check(get("gdelt").read(path), get("gdelt")).notes == {"dated_long_before": old}
    assert old > 0


def test_the_mangled_file_is_refused(shared: Path, tmp_path: Path) -> None:
    path = at_hand(shared, "excel_mangled_20190121220000.csv")
    with Store.open(tmp_path / "store", create=True) as store:
        with pytest.raises(BadData, match="opened and saved by a spreadsheet") as caught:
            store.ingest(None, path)
        assert store.manifest().height == 0
    assert "semicolons" in caught.value.what and "2.02E+13" in caught.value.what


def test_mentions(shared: Path, tmp_path: Path) -> None:
    import csv

    path = at_hand(shared, "mentions_sample.csv")
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))[1:]
    kept = {(row[0], row[2][:8], row[5], row[6]): row for row in reversed(rows)}
    with Store.open(tmp_path / "store", create=True) as store:
        report = store.ingest(None, path)
        assert store.events().height == 0
        reached = store.reach()
    assert (report.read, report.accepted, report.refused) == (1635, len(kept), 0)
    assert report.duplicates == 1635 - len(kept)
    assert dict(reached.select("event_id", "mentions").rows()) == Counter(key[0] for key in kept)
