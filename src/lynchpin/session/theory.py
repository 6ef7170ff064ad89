"""A case's theory as it is being written: the text of one mechanism checked word by word, refitted, and saved."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass
from math import inf
from pathlib import Path

from lynchpin.account.cases import Mechanism
from lynchpin.account.cases.drafts import write_like
from lynchpin.account.cases.editing import case_of_text, read_text, with_mechanism, with_name
from lynchpin.account.cases.reading import read_case
from lynchpin.account.theory import check, parse
from lynchpin.answers.evidence.claims import sentence
from lynchpin.days import parse_duration
from lynchpin.errors import BadData, BadMechanism, BadValue, LynchpinError
from lynchpin.results import Expect
from lynchpin.session.facade import Case

__all__ = ["Checked", "Draft", "check_text", "drafted", "known_words", "save"]

_PLACE = re.compile(r"line (\d+), column (\d+)")
_WORD = re.compile(r"[A-Za-z0-9_-]+|\S")


@dataclass(frozen=True, slots=True)
class Draft:
    """A mechanism as it is written in a form; an empty text is a key that is left to its default."""

    name: str
    says: str
    expect: str = "?"
    half_life: str = ""
    claim: str = ""

    def values(self) -> dict[str, str]:
        return {
            "claim": self.claim,
            "says": " ".join(self.says.split()),
            "expect": self.expect,
            "half_life": self.half_life,
        }


@dataclass(frozen=True, slots=True)
class Checked:
    """What a text says, or what is wrong with it and where: from `start` to `end`, counted in letters from 0."""

    sentence: str
    error: LynchpinError | None = None
    start: int = 0
    end: int = 0


def check_text(case: Case, draft: Draft) -> Checked:
    """Read a mechanism as if it stood in the case.

    Returns
    -------
    Checked, with a sentence or with an error
    """
    try:
        read = _mechanism(case, draft)
    except LynchpinError as error:
        start, end = _place(draft.says, error)
        return Checked("", error, start, end)
    return Checked(sentence(read, case))


def _mechanism(case: Case, draft: Draft) -> Mechanism:
    if draft.expect not in ("+", "-", "?"):
        raise BadValue(f"{draft.expect[:20]!r} is no expected sign", "expect", "choose +, - or ?")
    if not draft.says.strip():
        raise BadMechanism(
            "the mechanism is empty",
            "line 1, column 1",
            "write it as in 'PRK -> ally : conflict => a -> b : cooperation'",
        )
    expect: Expect = draft.expect  # type: ignore[assignment]  # just checked
    text = draft.half_life.strip()
    days = None if text == "fit" else inf if text == "none" else parse_duration(text or "60d", where="half-life")
    checked = check(parse(draft.says, mechanism=draft.name), case.vocabulary, mechanism=draft.name)
    return Mechanism(draft.name, draft.claim, draft.says, expect, days, "", checked)


def _place(text: str, error: LynchpinError) -> tuple[int, int]:
    """The word that an error points at; the end of the text where it points at none."""
    found = _PLACE.search(error.where)
    if found is None:
        return 0, 0
    line, column = int(found[1]), int(found[2])
    before = text.split("\n")[: line - 1]
    start = min(sum(len(row) + 1 for row in before) + column - 1, len(text))
    word = _WORD.match(text, start)
    return start, word.end() if word else min(start + 1, len(text))


def known_words(case: Case) -> dict[str, tuple[str, ...]]:
    """What can be written: roles, variables, actors, classes, groups and contexts of a case."""
    words = case.vocabulary
    return {
        "roles": tuple(words.roles),
        "variables": tuple(words.variables),
        "actors": words.nodes,
        "classes": words.classes,
        "groups": tuple(words.groups),
        "contexts": tuple(sorted(words.contexts)),
    }


def drafted(case: Case, draft: Draft) -> tuple[str, Case]:
    """The text of the case's file with the mechanism in it, and the case that it says.

    Raises
    ------
    LynchpinError : as for `read_case`; the places in it are those of the new text
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,79}", draft.name):
        raise BadValue(f"{draft.name[:80]!r} is no name of a mechanism", "name", "use letters, digits, _ and -")
    text = with_mechanism(read_text(case.path), case.path.name, draft.name, draft.values())
    return text, Case.of(case_of_text(text, case.path))


def save(case: Case, text: str, name: str, folder: Path) -> Path:
    """Write a case of one's own: a copy of all the files of `case`, with `text` in place of its case file.

    The whole is written aside and moved into place, so that a halt leaves all of it or nothing.

    Parameters
    ----------
    case : Case, whose files are taken
    text : str, the new case file
    name : str, of the new case
    folder : Path, where its folder goes

    Returns
    -------
    Path, of the new case file

    Raises
    ------
    BadData : the folder is there already, or cannot be written
    """
    home = folder / name
    if home.exists():
        raise BadData(f"{name} is there already", "name", "choose another name")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".saving-", dir=folder.parent))
        try:
            write_like(case.path, name, aside)
            written = aside / name / "case.toml"
            written.write_text(with_name(text, case.path.name, name), encoding="utf-8")
            read_case(written)
            (aside / name).rename(home)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise BadData(
            f"cannot write {name}: {error.strerror}", str(folder.name), "make room, or choose another --dir"
        ) from None
    return home / "case.toml"
