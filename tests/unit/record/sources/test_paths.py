"""Plain and packed files, folders and globs: what is read, what is left out, and what is an error."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from pathlib import Path

import pytest

from lynchpin.errors import BadData
from lynchpin.record import sources
from lynchpin.record.store import Store
from lynchpin.testing.feeds import samples

SAMPLES = samples()
TEXT = SAMPLES["triples"].text.encode()
CLINE = SAMPLES["cline"].text.encode()


def zipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def taken(*paths: Path | str, source: str | None = None) -> list[tuple[str, str]]:
    return [(file.name, of.name) for file, of in sources.plan(source, paths).taken]


@pytest.mark.parametrize("ending", [".gz", ".zip"])
@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_packed_or_plain_is_the_same_record(tmp_path: Path, name: str, ending: str) -> None:
    sample = SAMPLES[name]
    plain = sample.write(tmp_path / "plain")
    packed = {".gz": gzip.compress(plain.read_bytes()), ".zip": zipped({plain.name: plain.read_bytes()})}
    path = plain.with_name(plain.name + ending)
    path.write_bytes(packed[ending])
    assert sources.detect(path).name == sources.detect(plain).name
    with (
        Store.open(tmp_path / "a", create=True) as one,
        Store.open(tmp_path / "b", create=True) as other,
    ):
        one.ingest(None, plain)
        report = other.ingest(None, path)
        assert (report.read, report.accepted) == (10, 10)
        assert one.content_hash() == other.content_hash()
        assert one.manifest().equals(other.manifest())
        assert other.ingest(None, [plain, path]).read == 0  # the same bytes, however they are packed


def test_a_folder_is_read_in_name_order_and_what_is_left_out_is_said(tmp_path: Path) -> None:
    home = SAMPLES["tkg"].write(tmp_path).parent
    (home / "README.md").write_text("about\n", encoding="utf-8")
    (home / ".hidden").write_text("about\n", encoding="utf-8")
    (home / "empty.tsv").touch()
    (home / "deep").mkdir()
    (home / "deep" / "a.csv").write_bytes(CLINE)
    (home / "b.zip").write_bytes(zipped({"x/c.tsv": TEXT, "x/notes": b"words", "x/more.zip": b"z", "__MACOSX/c": b"z"}))
    plan = sources.plan(None, tmp_path)
    assert [(file.name, source.name) for file, source in plan.taken] == [
        ("a.csv", "cline"),
        ("c.tsv", "triples"),
        ("train.txt", "tkg"),
    ]
    left_out = {where.removeprefix(f"{home}{os.sep}"): why for where, why in plan.left_out}
    assert left_out == {
        ".hidden": "it is hidden",
        "README.md": "no source knows it",
        "b.zip, __MACOSX/c": "it is hidden",
        "b.zip, x/more.zip": "it is an archive within an archive",
        "b.zip, x/notes": "no source knows it",
        "empty.tsv": "it is empty",
        "entity2id.txt": "it is read beside others",
        "relation2id.txt": "it is read beside others",
    }
    with Store.open(tmp_path / "s", create=True) as store:
        report = store.ingest(None, home)
    assert (report.read, len(report.left_out)) == (30, 8)
    assert "left out 8 files" in report.summary()


def test_with_a_source_named_a_folder_gives_only_its_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(CLINE)
    (tmp_path / "b.tsv").write_bytes(TEXT)
    plan = sources.plan("cline", [tmp_path])
    assert [file.name for file, _ in plan.taken] == ["a.csv"]
    assert plan.left_out == ((str(tmp_path / "b.tsv"), "it is not of cline"),)


def test_globs(tmp_path: Path) -> None:
    for name in ("b.tsv", "a.tsv", "c.txt"):
        (tmp_path / name).write_bytes(TEXT)
    assert taken(f"{tmp_path}/*.tsv") == [("a.tsv", "triples"), ("b.tsv", "triples")]
    assert taken(f"{tmp_path}/*.tsv", tmp_path / "a.tsv", tmp_path) == [
        ("a.tsv", "triples"),
        ("b.tsv", "triples"),
        ("c.txt", "triples"),
    ]
    odd = tmp_path / "[x].tsv"  # a file whose name looks like a pattern
    odd.write_bytes(TEXT)
    assert taken(odd) == [("[x].tsv", "triples")]
    with pytest.raises(BadData, match="no file fits"):
        taken(f"{tmp_path}/*.none")


def test_a_folder_with_nothing_to_read(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("words", encoding="utf-8")
    with pytest.raises(BadData, match="no file to read") as caught:
        taken(tmp_path)
    assert "no source knows it" in caught.value.mend


def test_a_named_file_that_no_source_knows_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("words", encoding="utf-8")
    (tmp_path / "a.tsv").write_bytes(TEXT)
    with pytest.raises(BadData, match="no source knows this file"):
        taken(tmp_path / "a.tsv", tmp_path / "notes")


GOOD_ZIP, GOOD_GZ = zipped({"a.tsv": TEXT * 50}), gzip.compress(TEXT * 50, mtime=0)


def spoilt(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.zip", b"not a zip", "the archive is broken"),
        ("a.zip", GOOD_ZIP[: len(GOOD_ZIP) // 2], "the archive is broken"),
        ("a.zip", spoilt(GOOD_ZIP, 60), "the archive is broken"),
        ("a.gz", b"not a gz", "the archive is broken"),
        ("a.tsv.gz", GOOD_GZ[:-20], "the archive is broken"),
        ("a.tsv.gz", spoilt(GOOD_GZ, 40), "the archive is broken"),
        ("a.tsv.gz", gzip.compress(b"", mtime=0), "the archive is broken: nothing in it"),
        ("a.zip", zipped({}), "holds no file"),
        ("a.zip", zipped({"a/": b""}), "holds no file"),
        ("a.zip", zipped({"../a.tsv": TEXT}), "a place outside it"),
        ("a.zip", zipped({"/etc/a.tsv": TEXT}), "a place outside it"),
        ("a.zip", zipped({"x/..\\..\\a.tsv": TEXT}), "a place outside it"),
        ("a.zip", zipped({"C:/a.tsv": TEXT}), "a place outside it"),
        ("a.zip", b"", "is empty"),
    ],
)
def test_a_bad_archive_is_one_clear_error(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    path = tmp_path / "in" / name
    path.parent.mkdir()
    path.write_bytes(data)
    with Store.open(tmp_path / "s", create=True) as store:
        with pytest.raises(BadData, match=said) as caught:
            store.ingest(None, path)
        assert store.manifest().height == 0
    assert name in caught.value.where and caught.value.mend
    assert sorted(part.name for part in tmp_path.rglob("*")) == sorted(["in", name, "s"])


def test_a_locked_archive(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.tsv": TEXT}))
    data[6] |= 1  # the flag that says "encrypted", in both headers
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(BadData, match="cannot be opened"):
        taken(tmp_path / "a.zip")


def test_no_room_to_unpack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.tsv.gz").write_bytes(GOOD_GZ)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    (file, _source), *_rest = sources.plan(None, tmp_path / "a.tsv.gz").taken
    monkeypatch.setattr("lynchpin.record.sources._paths._write", full)
    with pytest.raises(BadData, match="No space left") as caught, sources.unpacked(file):
        pass
    assert "TMPDIR" in caught.value.mend


@pytest.mark.parametrize(
    ("after", "beyond"),
    [
        (b"", 0),
        (b"\x00" * 600, 0),  # padding
        (gzip.compress(TEXT, mtime=0), 0),  # a second part, as `cat` makes
        (b"\x00\x00" + gzip.compress(TEXT, mtime=0), 0),
        (b"<html>", 6),
        (b"\x00x", 1),
        (b"\x1f", 1),
        (b"x" * (3 << 20), 3 << 20),
    ],
)
def test_what_stands_after_the_end_of_a_gz(tmp_path: Path, after: bytes, beyond: int) -> None:
    """It was an error, though all of the file is there: now it is read, and what was passed over is told."""
    path = tmp_path / "a.tsv.gz"
    path.write_bytes(GOOD_GZ + after)
    with Store.open(tmp_path / "s", create=True) as store:
        report = store.ingest("triples", path)
    assert report.read == 10 * (51 if b"\x1f\x8b" in after else 50)
    expected = [(str(path), f"{beyond:,} bytes after the end of the archive are no part of it")]
    assert list(report.left_out) == (expected if beyond else [])


@pytest.mark.parametrize("name", ["a.tsv.gz", "a.zip"])
def test_a_ceiling_of_unpacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """An archive of some KB can hold more than any disk."""
    bomb = TEXT * (3_000_000 // len(TEXT))
    (tmp_path / name).write_bytes(zipped({"a.tsv": bomb}) if name == "a.zip" else gzip.compress(bomb))
    (file, _source), *_rest = sources.plan(None, tmp_path / name).taken
    monkeypatch.setenv("LYNCHPIN_UNPACK_MB", "2")
    with pytest.raises(BadData, match="unpacks to more than 2 MB") as caught, sources.unpacked(file):
        pass
    assert "LYNCHPIN_UNPACK_MB" in caught.value.mend
    monkeypatch.setenv("LYNCHPIN_UNPACK_MB", "3")
    with sources.unpacked(file) as plain:
        assert plain.stat().st_size == len(bomb)
    monkeypatch.setenv("LYNCHPIN_UNPACK_MB", "much")
    with pytest.raises(BadData, match="'much' is not a number of MB"), sources.unpacked(file):
        pass


def test_a_benchmark_in_one_archive(tmp_path: Path) -> None:
    sample = SAMPLES["tkg"]
    members = {f"icews14/{name}": text.encode() for name, text in {**sample.beside, "train.txt": sample.text}.items()}
    (tmp_path / "any.zip").write_bytes(zipped(members))
    assert sources.detect(tmp_path / "any.zip").name == "tkg"
    with Store.open(tmp_path / "s", create=True) as store:
        assert store.ingest(None, tmp_path / "any.zip").accepted == 10


def test_an_archive_of_two_feeds(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"a.tsv": TEXT, "b.csv": CLINE}))
    assert taken(path) == [("a.tsv", "triples"), ("b.csv", "cline")]
    with pytest.raises(BadData, match="more than one source: triples, cline"):
        sources.detect(path)
