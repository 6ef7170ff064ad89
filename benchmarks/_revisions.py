"""Two revisions of the package side by side: each in a folder of its own, run by the interpreter that runs this."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]

#: One thread for each library and nothing that varies from run to run, so that two trees share two cores fairly.
FIXED = {
    "COLUMNS": "100",
    "LC_ALL": "C.UTF-8",
    "NUMBA_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "TERM": "dumb",
    "TZ": "UTC",
}


#: A track record holds the instant of issue, and the hashes of its chain rest on it: both trees are told the same one.
_STOPPED_CLOCK = """
import datetime as clock
class Stopped(clock.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2026, 1, 1, tzinfo=tz)
clock.datetime = Stopped
"""


@dataclass(frozen=True, slots=True)
class Tree:
    """A revision that lies in a folder.

    Attributes
    ----------
    side : str, "base" or "head": two names of one length, so that paths wrap alike
    revision : str, as it was asked for
    commit : str, the commit's first twelve digits, or "folder"
    folder : Path, holds `src`
    cache : Path, of this tree alone: compiled kernels
    entry : str, module:function that the tree's own pyproject.toml gives to the command `lynchpin`
    """

    side: str
    revision: str
    commit: str
    folder: Path
    cache: Path
    entry: str

    def environment(self, **more: str) -> dict[str, str]:
        """The variables of a run: those of this process without the package's own, then the fixed ones."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LYNCHPIN_", "NUMBA_", "PYTHON"))}
        own = {
            "PYTHONPATH": str(self.folder / "src"),
            "NUMBA_CACHE_DIR": str(self.cache / "numba"),
            "XDG_CACHE_HOME": str(self.cache / "xdg"),
        }
        return kept | FIXED | own | more

    def command(self, *words: str) -> list[str]:
        """The command line of the tree, whatever module holds it."""
        module, _, function = self.entry.partition(":")
        code = f"import sys; sys.argv[0] = 'lynchpin'; from {module} import {function} as run; sys.exit(run())"
        stopped = _STOPPED_CLOCK if words[:1] == ("track",) else ""
        return [sys.executable, "-c", stopped + code, *words]


def lay_out(revision: str, side: str, home: Path) -> Tree:
    """Put a revision of this repository, or a folder that holds `src`, into home/SIDE.

    Raises
    ------
    SystemExit : there is no such revision or folder
    """
    folder = home / side
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if Path(revision).is_dir():
        commit = "folder"
        source = Path(revision)
        shutil.copytree(source / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        shutil.copy(source / "pyproject.toml", folder)
    else:
        commit = _git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()[:12]
        packed = home / f"{side}.tar"
        packed.write_bytes(_git("archive", commit, "src", "pyproject.toml"))
        with tarfile.open(packed) as archive:
            archive.extractall(folder, filter="data")
        packed.unlink()
    about = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    return Tree(side, revision, commit, folder, home / f"{side}-cache", about["project"]["scripts"]["lynchpin"])


def check_origin(tree: Tree) -> None:
    """The tree's own code is what runs, not an installed copy."""
    code = "import lynchpin; print(lynchpin.__file__)"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=tree.environment(), cwd=tree.folder
    )
    if not ran.stdout.startswith(str(tree.folder)):
        raise SystemExit(f"{tree.revision}: not the tree's own code runs, but {ran.stdout or ran.stderr}")


def _git(*words: str) -> bytes:
    ran = subprocess.run(["git", "-C", str(REPOSITORY), *words], capture_output=True)
    if ran.returncode:
        said = ran.stderr.decode().strip() or "there is no such revision"
        raise SystemExit(f"git {' '.join(words)}: {said}")
    return ran.stdout
