"""What an ingestion did, file by file and in sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from lynchpin.errors import BadData

_MOST_FILES = 20  # that a summary names


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file.

    Attributes
    ----------
    file : str, file name without its folder
    source : str, name of the source
    sha256 : str, of the bytes of the file
    size : int, bytes
    encoding : str, "utf-8", or how many bytes had to be read as latin-1
    read, accepted, duplicates, refused : int, rows; read == accepted + duplicates + refused + the sum of `filtered`
    reasons : dict, rule or kind of duplicate -> rows; a row that broke two rules counts under both
    unresolved : dict, "source" and "target" -> accepted rows without a state on that side
    unknown_places : dict, country name that is no state on its day -> accepted rows
    notes : dict, what is odd of accepted rows -> how many
    already : bool, whether the store held this very file before, so that nothing was done; the counts are
        then those of the first time
    filtered : dict, why a filter left a row out -> rows
    """

    file: str
    source: str
    sha256: str
    size: int
    encoding: str
    read: int
    accepted: int
    duplicates: int
    refused: int
    reasons: dict[str, int]
    unresolved: dict[str, int]
    unknown_places: dict[str, int]
    notes: dict[str, int] = field(default_factory=dict)
    already: bool = False
    filtered: dict[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The record as plain values, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one call of `Store.ingest` did. The sums leave out files that the store held already.

    Attributes
    ----------
    files : tuple of FileReport, in the order in which they were read
    left_out : pairs of a path and why it was not read: files of folders and archives that no source knows
    failed : pairs of a path and what is wrong with it: files of folders that are broken, of which nothing was read
    """

    files: tuple[FileReport, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    failed: tuple[tuple[str, str], ...] = ()

    @property
    def read(self) -> int:
        """Rows read."""
        return sum(file.read for file in self._new)

    @property
    def accepted(self) -> int:
        """Rows that are now events of the store."""
        return sum(file.accepted for file in self._new)

    @property
    def duplicates(self) -> int:
        """Rows whose key was read before."""
        return sum(file.duplicates for file in self._new)

    @property
    def refused(self) -> int:
        """Rows that broke a rule."""
        return sum(file.refused for file in self._new)

    @property
    def filtered(self) -> dict[str, int]:
        """Rows that a filter left out, by reason."""
        return _sum(file.filtered for file in self._new)

    @property
    def reasons(self) -> dict[str, int]:
        """Rows by reason, by name."""
        return _sum(file.reasons for file in self._new)

    @property
    def unresolved(self) -> dict[str, int]:
        """Accepted rows without a state, by side."""
        return {"source": 0, "target": 0, **_sum(file.unresolved for file in self._new)}

    @property
    def unknown_places(self) -> dict[str, int]:
        """Accepted rows by country name that is no state on its day."""
        return _sum(file.unknown_places for file in self._new)

    @property
    def notes(self) -> dict[str, int]:
        """Accepted rows by what is odd of them."""
        return _sum(file.notes for file in self._new)

    @property
    def _new(self) -> tuple[FileReport, ...]:
        return tuple(file for file in self.files if not file.already)

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values with stable keys, for JSON."""
        return {
            "read": self.read,
            "accepted": self.accepted,
            "duplicates": self.duplicates,
            "refused": self.refused,
            "filtered": self.filtered,
            "reasons": self.reasons,
            "unresolved": self.unresolved,
            "unknown_places": self.unknown_places,
            "notes": self.notes,
            "files": [file.to_dict() for file in self.files],
            "left_out": [{"file": file, "why": why} for file, why in self.left_out],
            "failed": [{"file": file, "why": why} for file, why in self.failed],
        }

    def summary(self) -> str:
        """The report as text for a terminal."""
        from lynchpin.record.store.check import NOTES
        from lynchpin.record.store.filters import FILTERED
        from lynchpin.record.store.rules import meanings

        says, lines = meanings(), []
        if len(self.files) > _MOST_FILES:
            lines.append(f"{len(self.files):,} files; the last {_MOST_FILES} of them:")
        for file in self.files[-_MOST_FILES:]:
            done = "already in the store, nothing changed" if file.already else f"{file.read:,} rows"
            odd = "" if file.encoding == "utf-8" else f" ({file.encoding})"
            lines.append(f"{file.file} [{file.source}]: {done}{odd}")
        apart = self.filtered
        lines.append(
            f"read {self.read:,} = accepted {self.accepted:,} + refused {self.refused:,}"
            f" + duplicates {self.duplicates:,}" + (f" + filtered {sum(apart.values()):,}" if apart else "")
        )
        lines += [f"  {name:<24}{count:>9,}  {FILTERED[name]}" for name, count in apart.items()]
        lines += [f"  {name:<24}{count:>9,}  {says.get(name, '')}" for name, count in self.reasons.items()]
        noted = self.notes
        lines += [f"  {name:<24}{count:>9,}  {NOTES.get(name, '')} (accepted)" for name, count in noted.items()]
        sides = self.unresolved
        if sides["source"] or sides["target"]:
            lines.append(f"accepted without a state: source {sides['source']:,}, target {sides['target']:,}")
        if self.unknown_places:
            most = sorted(self.unknown_places.items(), key=lambda place: (-place[1], place[0]))[:5]
            lines.append("names that are no state: " + ", ".join(f"{name} ({n:,})" for name, n in most))
        if self.left_out:
            where, why = self.left_out[0]
            lines.append(f"left out {len(self.left_out):,} files, as {where}: {why}")
        if self.failed:
            lines.append(f"{len(self.failed):,} of the files could not be read, and nothing of them is in the store:")
            lines += [f"  {where}: {why}" for where, why in self.failed[:_MOST_FILES]]
            lines += [f"  and {len(self.failed) - _MOST_FILES:,} more"] if len(self.failed) > _MOST_FILES else []
        return "\n".join(lines)


def require_whole(report: IngestReport) -> None:
    """Say that not all files could be read, where that is so.

    Raises
    ------
    BadData : a file of a folder is broken
    """
    if report.failed:
        where, why = report.failed[0]
        raise BadData(
            f"{len(report.failed)} of the files could not be read; the first: {why}",
            where,
            "fetch them again, or leave them out; the others are in the store",
        )


def _sum(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(sorted(total.items()))
