"""The JavaScript that the page carries beside the brief's is the npm package's own, in the version that is named."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

import lynchpin.web as web

SHIPPED = Path(web.__file__).parent / "static/vendor"
TESTS = Path(__file__).parents[2] / "browser/vendor"


@pytest.mark.parametrize("folder", [SHIPPED, TESTS], ids=["shipped", "of the tests"])
def test_every_script_is_named_with_its_hash_and_version(folder: Path) -> None:
    named = tomllib.loads((folder / "vendor.toml").read_text(encoding="utf-8"))["file"]
    hashes = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.glob("*.js")}
    assert hashes == {file["name"]: file["sha256"] for file in named}
    for file in named:
        assert re.search(re.escape(file["version"]), (folder / file["name"]).read_text(encoding="utf-8"))


def test_its_licence_lies_beside_it() -> None:
    assert (SHIPPED / "LICENSES.txt").read_text(encoding="utf-8").startswith("== htmx.org 2.0.7 ==")
