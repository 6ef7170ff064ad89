"""The lock that `make setup` installs from: every package pinned, every pin with hashes, nothing asked for missing."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = {
    canonicalize_name(pin[1]): (pin[2], len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", pin[0])))
    for pin in re.finditer(r"(?m)^([\w.-]+)==(\S+)(?:.*\\\n)(?:    --hash=.*\n)+", LOCK)
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]


def test_every_line_of_the_lock_is_a_pin_with_hashes() -> None:
    named = re.findall(r"(?m)^([A-Za-z][\w.-]*)", LOCK)
    assert len(named) > 50
    assert [canonicalize_name(name) for name in named] == list(PINS)
    assert all(hashes >= 1 for _, hashes in PINS.values())


def test_the_lock_names_no_place_to_fetch_from() -> None:
    assert "://" not in LOCK
    assert "index" not in re.sub(r"# .*", "", LOCK)


@pytest.mark.parametrize(
    "text",
    [*PROJECT["project"]["dependencies"], *(text for extra in EXTRAS.values() for text in extra),
     *PROJECT["build-system"]["requires"]],
)  # fmt: skip
def test_what_the_project_asks_for_is_locked_in_a_version_that_fits(text: str) -> None:
    needs = Requirement(text)
    version, _ = PINS[canonicalize_name(needs.name)]
    assert needs.specifier.contains(version, prereleases=True), version


def test_setup_installs_by_hash_and_the_package_alone() -> None:
    lines = [line for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines() if "$(PIP) " in line]
    assert [set(re.findall(r"--[a-z-]+", line)) for line in lines] == [
        {"--require-hashes", "--no-deps", "--requirement"},
        {"--no-deps", "--no-build-isolation", "--no-index", "--editable"},
    ]
