"""What a fetch did, file by file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["fetched", "resumed", "already there", "failed"]


@dataclass(frozen=True, slots=True)
class Fetched:
    """One file.

    Attributes
    ----------
    name : str, file name in the folder
    url : str, where it came from
    status : "fetched", "resumed" (a part of it was there), "already there" (whole, not asked for again), "failed"
    size_bytes : int, size of the file in the folder; 0 when it failed
    md5 : str, as published; "" where none is
    tries : int, requests made for it
    why : str, why it failed; else ""
    """

    name: str
    url: str
    status: Status
    size_bytes: int
    md5: str
    tries: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a fetch has come, as given to a progress callback.

    Attributes
    ----------
    files_done, files : int
    bytes_done, bytes : int; what is there counts as done, sizes are those of the published lists
    name : str, the file that moved last
    """

    files_done: int
    files: int
    bytes_done: int
    bytes: int
    name: str


#: Called now and then while files arrive, never by two threads at once.
OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What a fetch did.

    Attributes
    ----------
    source : str, "gdelt", "icews" or "polecat"
    folder : str, where the files are
    files : tuple of Fetched, by name
    malformed : tuple of str, lines of the published lists that could not be read, as "LIST, line N: TEXT"
    days_without_files : tuple of str, days asked for (YYYY-MM-DD) for which the lists name no file
    """

    source: str
    folder: str
    files: tuple[Fetched, ...]
    malformed: tuple[str, ...] = ()
    days_without_files: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[Fetched, ...]:
        """The files that are not there."""
        return tuple(file for file in self.files if file.status == "failed")

    @property
    def counts(self) -> dict[str, int]:
        """Status -> number of files."""
        seen = Counter(file.status for file in self.files)
        return {status: seen[status] for status in ("fetched", "resumed", "already there", "failed")}

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values for JSON."""
        return {
            "source": self.source,
            "folder": self.folder,
            "counts": self.counts,
            "bytes": sum(file.size_bytes for file in self.files),
            "malformed_lines": len(self.malformed),
            "malformed": list(self.malformed[:20]),
            "days_without_files": list(self.days_without_files),
            "files": [{name: getattr(file, name) for name in Fetched.__slots__} for file in self.files],
        }

    def summary(self) -> str:
        """The report in a few lines."""
        megabytes = sum(file.size_bytes for file in self.files) / 1e6
        counted = ", ".join(f"{number:,} {status}" for status, number in self.counts.items() if number)
        lines = [
            f"{self.source}: {len(self.files):,} files, {megabytes:,.1f} MB in {self.folder} ({counted or 'none'})"
        ]
        if self.malformed:
            lines.append(f"  {len(self.malformed):,} lines of the list could not be read; first: {self.malformed[0]}")
        if self.days_without_files:
            days = self.days_without_files
            shown = ", ".join(days[:5]) + (", ..." if len(days) > 5 else "")
            lines.append(f"  no file is listed for {len(days):,} of the days: {shown}")
        lines += [f"  failed: {file.name}: {file.why}" for file in self.failed[:10]]
        if len(self.failed) > 10:
            lines.append(f"  and {len(self.failed) - 10:,} more failed")
        if self.failed:
            lines.append("  run the same command again: what is there stays, what was begun is taken up")
        return "\n".join(lines)
