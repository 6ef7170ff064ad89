"""The JavaScript that a brief carries is the npm packages' own, in the versions that are named."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

import lynchpin.report.page as page

VENDOR = Path(page.__file__).parent / "vendor"
FILES = tomllib.loads((VENDOR / "vendor.toml").read_text(encoding="utf-8"))["file"]


def test_every_script_is_named_with_its_hash() -> None:
    hashes = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in VENDOR.glob("*.js")}
    assert len(hashes) == 3
    assert hashes == {file["name"]: file["sha256"] for file in FILES}


def test_a_script_says_the_version_that_the_manifest_names() -> None:
    for file in FILES:
        text = (VENDOR / file["name"]).read_text(encoding="utf-8")
        assert re.search(rf'["\']{re.escape(file["version"])}["\']', text), file["name"]


def test_the_licences_are_those_of_the_same_versions() -> None:
    licences = (VENDOR / "LICENSES.txt").read_text(encoding="utf-8")
    named = re.findall(r"(?m)^== (\S+) (\S+) ==$", licences)
    assert named[:3] == [(file["package"], file["version"]) for file in FILES]
