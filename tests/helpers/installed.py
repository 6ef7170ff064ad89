"""The package as others get it: built from its sdist, installed beside only what it asks for, and run there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
#: What a build reads; caches and what earlier builds left are no part of it.
PARTS = ("src", "pyproject.toml", "README.md", "LICENSE", "MANIFEST.in", "CHANGELOG.md", "CITATION.cff",
         "CONTRIBUTING.md", "SECURITY.md", "Makefile", "requirements.lock")  # fmt: skip
BUILD = "import sys; from setuptools import build_meta; print(build_meta.build_{}(sys.argv[1]))"


def interpreters() -> dict[str, str]:
    """Version ("3.12") -> a Python of that version on this machine, among those that we say we run on."""
    beside = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    named = [shutil.which(f"python3.{minor}") for minor in range(11, 15)]
    tried = [
        getattr(sys, "_base_executable", sys.executable),
        *named,
        *sorted(map(str, beside.glob("3.1[1-4]*/bin/python3"))),
    ]
    found: dict[str, str] = {}
    for python in filter(None, tried):
        asked = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        done = subprocess.run(asked, text=True, capture_output=True, check=False, env=bare_of_paths())
        if done.returncode == 0:  # a shim may stand for a version that is not chosen
            found.setdefault(done.stdout.strip(), python)
    return found


def build(folder: Path) -> tuple[Path, Path]:
    """An sdist of the checkout, and a wheel of that sdist; nothing is fetched, and the checkout stays as it is."""
    tree = folder / "tree"
    for name in PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy2(ROOT / name, tree / name)
    sdist = _built("sdist", tree, folder)
    with tarfile.open(sdist) as packed:
        packed.extractall(folder / "unpacked", filter="data")
    return sdist, _built("wheel", folder / "unpacked" / sdist.name.removesuffix(".tar.gz"), folder)


def _built(kind: str, tree: Path, folder: Path) -> Path:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BUILD.format(kind), str(folder)], cwd=tree, text=True, check=False,
        capture_output=True, env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return folder / done.stdout.splitlines()[-1]


def closure(needs: Iterable[Requirement]) -> set[str]:
    """The packages on this machine that requirements name, and those that these need in turn."""
    names: set[str] = set()
    waiting = list(needs)
    while waiting:
        need = waiting.pop()
        name = canonicalize_name(need.name)
        if name in names:
            continue
        names.add(name)
        for text in metadata.requires(name) or ():
            further = Requirement(text)
            if further.marker is None or any(further.marker.evaluate({"extra": extra}) for extra in ("", *need.extras)):
                waiting.append(further)
    return names


def bare_environment(folder: Path, wheel: Path, extras: tuple[str, ...] = ()) -> Path:
    """An environment with the wheel and only what it asks for, linked from this one; its Python.

    Nothing is fetched: a network is not needed, and what an extra brings is not there unless the extra is asked for.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [getattr(sys, "_base_executable", sys.executable), "-m", "pip", "--python", str(python)]
    asked = [*pip, "install", "--quiet", "--no-deps", "--no-index", "--no-cache-dir", "--disable-pip-version-check"]
    subprocess.run([*asked, str(wheel)], check=True, env=bare_of_paths())
    site = next(folder.rglob("site-packages"))
    needs = [Requirement(text) for text in metadata.distribution("lynchpin").requires or ()]
    wanted = [
        need
        for need in needs
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in ("", *extras))
    ]
    for name in closure(wanted):
        _link(name, site)
    return python


def _link(name: str, site: Path) -> None:
    distribution = metadata.distribution(name)
    for top in {file.parts[0] for file in distribution.files or () if file.parts[0] not in ("..", "__pycache__")}:
        if not (site / top).exists():
            (site / top).symlink_to(Path(str(distribution.locate_file(top))).resolve())


def bare_of_paths() -> dict[str, str]:
    """The environment without what would lead a Python to this checkout."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON") and name != "COLUMNS"}


def run(python: Path, *words: str, folder: Path, code: int = 0) -> str:
    """Run `python words` in a folder and give what it printed; the exit code is as expected."""
    done = subprocess.run([str(python), *words], cwd=folder, env=bare_of_paths(), text=True, capture_output=True,
                          check=False)  # fmt: skip
    assert done.returncode == code, f"{words}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
    return done.stdout + done.stderr
