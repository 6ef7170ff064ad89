"""The embedded case cut down to what a page can be tried on: six years, five mechanisms, and fits that take a moment."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
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
    _keep(folder / "events.csv", lambda row: FIRST <= row["date"] <= LAST)
    few, all_states = {"JPN", "KOR", "USA"}, set(case.states)
    kept = set()  # agreements of three states, and those of others, which the hazards are learnt from

    def is_kept(row: dict[str, str]) -> bool:
        parties = set(row["parties"].split(";"))
        if parties <= few or not parties <= all_states:
            kept.add(row["id"])
        return row["id"] in kept

    _keep(folder / "agreements.csv", is_kept)
    _keep(folder / "agreement_stages.csv", lambda row: row["agreement"] in kept)
    return folder


def _keep(file: Path, is_kept: Callable[[dict[str, str]], bool]) -> None:
    """Write a table again with some of its rows."""
    with file.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        rows = [row for row in reader if is_kept(row)]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(reader.fieldnames or ()), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _is_kept(block: str) -> bool:
    """Whether a table stays: one of a kind of which all are kept, or one that is named."""
    lines = [line for line in block.splitlines() if line and not line.startswith("#")]
    kind = lines[0].strip("[]") if lines else ""
    return kind not in KEPT or lines[1].split(" = ")[1].strip('"') in KEPT[kind]
