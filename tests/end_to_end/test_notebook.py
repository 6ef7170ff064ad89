"""The tutorial as a notebook: as fresh as its page, and it runs from data to brief, pictures inline."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorial" / "ten-minutes.md"
FILE = PAGE.with_suffix(".ipynb")


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_notebook", ROOT / "docs" / "parts" / "notebook.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cells(text: str) -> list[tuple[str, str]]:
    return [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(text)["cells"]]


def test_it_is_the_page_cell_by_cell(maker: ModuleType) -> None:
    assert FILE.read_text(encoding="utf-8") == maker.notebook(PAGE.read_text(encoding="utf-8"))
    held = json.loads(FILE.read_text(encoding="utf-8"))
    assert all(cell.get("outputs", []) == [] for cell in held["cells"])
    assert len({cell["id"] for cell in held["cells"]}) == len(held["cells"]) > 30


def test_a_page_of_every_kind_of_block(maker: ModuleType) -> None:
    page = (
        "# A\n\nwords\n\n<!-- begin x: written by docs/generate.py -->\n```console\n$ lynchpin cases\nprinted\n$ ls\n```\n"
        "<!-- end x -->\n\n```python\nx = 1\npicture = draw(x)\n```\n\n```text\nprinted\n```\n\nmore\n"
    )
    assert cells(maker.notebook(page))[1:] == [
        ("markdown", "# A\n\nwords"),
        ("code", "!lynchpin cases\n!ls"),
        ("code", "x = 1\npicture = draw(x)\npicture"),
        ("markdown", "more"),
    ]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of Jupyter's own packages
def test_it_runs_from_data_to_brief_with_its_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    import nbformat

    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    monkeypatch.setenv("COLUMNS", "110")
    held: Any = nbformat.reads(FILE.read_text(encoding="utf-8"), as_version=4)
    nbformat.validate(held)
    nbclient.NotebookClient(
        held, timeout=900, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    outputs = [output for cell in held.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error"] == []
    printed = "".join(output.get("text", "") for output in outputs)
    assert "Traceback" not in printed
    assert "True 1520 2012-07-08" in printed and "read 12 = accepted 11 + refused 1 + duplicates 0" in printed
    pictures = [output.data["image/svg+xml"] for output in outputs if "image/svg+xml" in output.get("data", {})]
    assert pictures and "shared" in pictures[0].lower()
    assert (tmp_path / "out" / "northeast-asia" / "brief.html").stat().st_size > 100_000
