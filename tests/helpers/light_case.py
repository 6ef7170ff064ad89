"""The embedded case cut down to what a page can be tried on: six years, five mechanisms, and fits that take a moment."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from lynchpin.account.cases import Case

FIRST, LAST = "2009-01-01", "2014-12-31"
#: Tables of `case.toml` of which some are kept -> what is kept, by the value of its first key.
KEPT = {
    "control": ("inertia",),
    "claim": ("C1", "C2", "C3", "C4", "C7", "C12"),
    "mechanism": ("provocation_response", "shared_threat", "patron_push", "history_brake"),
    "share": ("signed_after_a_setback",),
    "watch": ("KOR -> JPN", "PRK -> KOR"),
}


def light_case(case: Case, folder: Path, name: str = "light") -> Path:
    """Write it into a folder of its own; the folder.

    Parameters
    ----------
    case : the embedded case on northeast Asia
    folder : where it goes; made anew
    name : what it is called
    """
    shutil.copytree(
        case.path.parent, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py", "audit.csv", "double*")
    )
    blocks = [block for block in case.path.read_text(encoding="utf-8").split("\n\n") if _is_kept(block)]
    text = "\n\n".join(blocks).replace('name = "northeast-asia"', f'name = "{name}"', 1)
    text = text.replace("start = 1998-01-01", f"start = {FIRST}", 1)
    (folder / "case.toml").write_text(text, encoding="utf-8")
    assert case.events_file is not None
    with case.events_file.open(encoding="utf-8", newline="") as stream:
        header, *rows = list(csv.reader(stream))
    with (folder / case.events_file.name).open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([header, *(row for row in rows if FIRST <= row[1] <= LAST)])
    return folder


def _is_kept(block: str) -> bool:
    """Whether a table stays: one of a kind of which all are kept, or one that is named."""
    lines = [line for line in block.splitlines() if line and not line.startswith("#")]
    kind = lines[0].strip("[]") if lines else ""
    return kind not in KEPT or lines[1].split(" = ")[1].strip('"') in KEPT[kind]
