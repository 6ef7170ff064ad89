"""What is installed beside Lynchpin, by the lock and by what the packages say of themselves."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from parts.code import SRC
from parts.text import as_table

_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)", re.MULTILINE)
#: Who needs a package; the first that does is named.
_NEEDED_BY = {
    "": "every run",
    "pictures": "pictures",
    "web": "web",
    "cluster": "cluster",
    "docs": "docs",
    "dev": "development",
}


def packages_shown() -> str:
    """Every package of requirements.lock with its licence."""
    locked = (SRC.parents[1] / "requirements.lock").read_text(encoding="utf-8")
    needed = {need: _closure(extra) for extra, need in _NEEDED_BY.items()}
    rows = []
    for pin in _PINNED.finditer(locked):
        name = canonicalize_name(pin["name"])
        need = next((need for need, names in needed.items() if name in names), "installation")
        rows.append((f"`{name}`", pin["version"], _licence(name), need))
    order = [*_NEEDED_BY.values(), "installation"]
    rows.sort(key=lambda row: (order.index(row[3]), row[0]))
    return as_table(("package", "version", "licence", "needed for"), rows)


def scripts_shown() -> str:
    """The JavaScript that a brief carries."""
    files = tomllib.loads((SRC / "report/page/vendor/vendor.toml").read_text(encoding="utf-8"))["file"]
    rows = ((f"`{f['name']}`", f"{f['package']} {f['version']}", f["licence"], f"`{f['sha256']}`") for f in files)
    return as_table(("file", "npm package", "licence", "sha256"), rows)


def _closure(extra: str) -> set[str]:
    """The packages that ours needs with an extra, and those that they need, on this machine."""
    names: set[str] = set()
    waiting = [("lynchpin", extra)]
    while waiting:
        name, extra = waiting.pop()
        for text in metadata.requires(name) or ():
            needs = Requirement(text)
            if needs.marker is not None and not needs.marker.evaluate({"extra": extra}):
                continue
            if (known := canonicalize_name(needs.name)) not in names:
                names.add(known)
                waiting += [(known, wanted) for wanted in ("", *needs.extras)]
    return names


def _licence(name: str) -> str:
    """As the package says it: an SPDX expression, else its classifiers, else the first line of its licence field."""
    said = metadata.metadata(name)
    classifiers = [
        text.rpartition(" :: ")[2] for text in said.get_all("Classifier") or () if text.startswith("License")
    ]
    field = (said.get("License") or "").strip().splitlines()
    return said.get("License-Expression") or ", ".join(classifiers) or (field[0] if field else "not said")
