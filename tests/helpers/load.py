"""Loads a script that is no part of a package, such as a benchmark."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def load(file: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, which finds what lies beside it until the test ends.

    It stands in `sys.modules` before it runs, since a dataclass looks up its own module there.
    """
    monkeypatch.syspath_prepend(str(file.parent))
    spec = importlib.util.spec_from_file_location(f"{file.parent.name}_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module
