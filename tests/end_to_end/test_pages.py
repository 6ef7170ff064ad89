"""What the pages tell people to type exists: every command with its options, the blocks of the newer pages, the pictures."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from lynchpin.cli import app

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")] + sorted(
    DOCS.rglob("*.md")
)
COMMANDS: Any = typer.main.get_command(app)
_ENDS = {"|", "||", "&&", ";", ">", "2>", "#", "..."}
_NO_COMMANDS = {"lynchpin export"}  # the mark of an exported folder
#: What the pages of earlier versions tell of; the history is not rewritten.
OLD = {"CHANGELOG.md"}


def shown(text: str) -> list[str]:
    """Every command of ours in a page: after a `$`, and in backquotes."""
    prompts = re.findall(r"^\s*\$ (lynchpin .+)$", text, re.MULTILINE)
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    found = [" ".join(words.split()) for words in re.findall(r"`(lynchpin [^`]+)`", prose)]
    return prompts + [line for line in found if line not in _NO_COMMANDS]


def fault(line: str) -> str | None:
    """Why a command cannot be typed as it is shown; None where it can. Words in capitals stand for something."""
    try:
        words = shlex.split(line.replace("'s", "s") if line.count("'") % 2 else line)[1:]
    except ValueError:
        return "it cannot be split into words"
    command, context = COMMANDS, None
    while words and hasattr(command, "commands") and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    if hasattr(command, "commands") and words and not words[0].startswith("-"):
        alternatives = [word for part in words[:1] for word in part.split("|")]
        if not all(word in command.commands or word.isupper() for word in alternatives):
            return f"no command {words[0]!r}"
        return None
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    known |= {"--help", "--debug", "--allow-outside", "--install-completion", "--version"}
    for word in words:
        if word in _ENDS:
            break
        name = word.partition("=")[0]
        if name.startswith("--") and name.rstrip(".,") not in known:
            return f"no option {name} in {command.name} {context or ''}".strip()
    return None


@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in OLD], ids=lambda page: page.stem)
def test_every_command_of_a_page_can_be_typed(page: Path) -> None:
    lines = shown(page.read_text(encoding="utf-8"))
    assert [(line, said) for line in lines if (said := fault(line))] == []


def test_commands_are_found_and_wrong_ones_seen() -> None:
    assert sum(len(shown(page.read_text(encoding="utf-8"))) for page in PAGES) > 200
    assert fault("lynchpin claims --as-of 2012-07-09 --by dyad") is None
    assert fault("lynchpin claims --as-off 2012-07-09") == "no option --as-off in claims"
    assert fault("lynchpin clams") == "no command 'clams'"
    assert fault("lynchpin store inof S") == "no command 'inof'"


def test_the_table_of_a_paper_is_printed() -> None:
    [code] = re.findall(r"```python\n(.*?)```", (DOCS / "how-to" / "report.md").read_text(encoding="utf-8"), re.DOTALL)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(code, "report.md", "exec"), {})
    assert "\\begin{tabular}" in out.getvalue() and "shared" in out.getvalue()


def test_the_keys_that_a_paper_quotes_are_in_the_answer() -> None:
    text = (DOCS / "how-to" / "report.md").read_text(encoding="utf-8")
    said = re.search(r"Every bracket is in `lynchpin claims[^:]*: (.*?)\.", text, re.DOTALL)
    assert said is not None
    keys = re.findall(r"`(\w+)`", said[1])
    listed = set(
        re.findall(r"^\| `(\w+)` \|", (DOCS / "reference" / "json.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert len(keys) == 6 and set(keys) <= listed


def test_an_error_leaves_with_two_and_says_what_the_page_says() -> None:
    """The page is written from the messages themselves; here one is seen as a user sees it."""
    page = (DOCS / "reference" / "errors.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```text\n\$ (lynchpin .*?)\n(.*?)\n```", page, re.DOTALL)
    assert len(blocks) >= 12
    command, message = next(block for block in blocks if "norteast" in block[0])
    done = CliRunner().invoke(app, shlex.split(command)[1:])
    assert str(done.exception) == message


def test_every_picture_has_its_place_in_the_gallery() -> None:
    text = (DOCS / "gallery.md").read_text(encoding="utf-8")
    pictures = {file.name for file in (DOCS / "pictures").glob("*.svg")}
    assert sorted(name for name in pictures if f"pictures/{name})" not in text) == []
    assert text.count("```console") >= 6
