"""Cases to start from: a copy of one that is there, or one drafted from what a store holds of a few states."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from lynchpin.account.cases.builtin import builtin_theories, write_case
from lynchpin.account.cases.editing import read_text, with_name
from lynchpin.account.cases.reading import read_case
from lynchpin.account.cases.record import classify
from lynchpin.account.cases.theory_file import is_theory, read_theory
from lynchpin.errors import BadData, BadValue, UnknownName
from lynchpin.events import first_day
from lynchpin.files import shown
from lynchpin.record.ontology import countries
from lynchpin.record.store import Store

#: A case that is drafted says what this theory says, of the states that are named.
THEORY = "lateral"
LEAST_STATES = 3


def write_like(case: str | Path, name: str, folder: Path) -> tuple[Path, ...]:
    """Copy a case, with every file of its folder, into a new folder, under a new name.

    Parameters
    ----------
    case : str or Path, a built-in case, a TOML file, or a folder that holds `case.toml`
    name : str, of the new case
    folder : Path, where the new folder goes

    Returns
    -------
    tuple of Path, the files written

    Raises
    ------
    BadData : a theory, no case, a case that does not read, or the new folder is there already
    """
    if is_theory(case):
        mend = f"`lynchpin new {name} --from-feed STORE --states A,B,C` makes a case of one"
        raise BadData(f"{case} is a theory, not a case: it names no states", "--like", mend)
    read = read_case(case)
    path = read.path
    text = with_name(read_text(path), path.name, name)
    named = [file for file in (read.events_file, read.agreements_file, read.stages_file) if file is not None]
    beside = [file for file in path.parent.rglob("*") if file.is_file() and file.suffix in (".csv", ".md", ".toml")]
    files = {
        file.relative_to(path.parent).as_posix(): file.read_bytes()
        for file in sorted({*named, *beside})
        if file.is_relative_to(path.parent) and file != path
    }
    return write_case(name, folder, {"case.toml": text.encode(), **files})


def write_from_store(store: str | Path, states: Sequence[str], name: str, folder: Path) -> tuple[Path, ...]:
    """Draft a case of a few states from what a store holds of them: the theory `lateral`, said of these states.

    Parameters
    ----------
    store : path of a store made by `lynchpin ingest`
    states : ISO3 codes, at least three: a patron, its two allies, and any number of adversaries
    name, folder : as for `write_like`

    Returns
    -------
    tuple of Path, the files written. Classes of which the record holds no act among the states are left out, and
    mechanisms that speak of them, or of adversaries where there are none

    Raises
    ------
    BadValue : fewer than three states, or one twice
    UnknownName : no such state
    BadData : the store holds no act among them, or the new folder is there already
    """
    codes = [_state(state) for state in states]
    if len(set(codes)) < max(LEAST_STATES, len(codes)):
        mend = "name a patron, its two allies, and any adversaries, as in USA,JPN,KOR,PRK"
        raise BadValue(f"a case needs {LEAST_STATES} states or more, each once", f"--states {','.join(states)}", mend)
    theory = read_theory(THEORY)
    with Store.open(Path(store), read_only=True) as opened:
        acts = opened.events(among=codes)  # what people wrote comes whole
    each = [pl.col(side).list.set_intersection(codes).list.len() > 0 for side in ("source", "target")]
    counts = Counter(classify(acts.filter(each), theory.text.classes)["event_class"].drop_nulls())
    if not counts:
        mend = "`lynchpin events --store STORE` shows what it holds"
        raise BadData(f"the store holds no act among {', '.join(codes)}", shown(store), mend)
    occurring = [c.name for c in theory.text.classes if counts[c.name]]
    text = _drafted(name, codes, occurring, first_day(acts))
    return write_case(name, folder, {"case.toml": text.encode()})


def _state(code: str) -> str:
    known = countries.find(code.strip(), system="iso3")
    if known is None:
        near = countries.find(code.strip())
        mend = f"{shown(code)} is {near.iso3}" if near else "states are named by their ISO3 code, as in KOR"
        raise UnknownName(f"no state named {shown(code)!r}", "--states", mend)
    return known.iso3


def _drafted(name: str, codes: Sequence[str], classes: Collection[str], first: date) -> str:
    """The text of the theory with these states in the place of its rules, and without what they cannot bear."""
    patron, one, other, *adversaries = codes
    labels = {code: countries.resolve(code).name for code in codes}
    roles = {"patron": [patron], "ally": [one, other]} | ({"adversary": adversaries} if adversaries else {})
    says = tomllib.loads(builtin_theories()[THEORY].read_text(encoding="utf-8"))
    groups = {group: [c for c in members if c in classes] for group, members in says["groups"].items()}
    groups = {group: members for group, members in groups.items() if members}
    lacking = {c["name"] for c in says["class"]} - set(classes) | (says["groups"].keys() - groups.keys())
    unsayable = lacking if adversaries else {*lacking, "adversary"}
    for mechanism in says["mechanism"]:  # one that rests on another stands after it
        if unsayable & set(re.findall(r"\w+", mechanism["says"])):
            unsayable.add(mechanism["name"])
    mechanisms = [m for m in says["mechanism"] if m["name"] not in unsayable]
    top = {
        "name": name,
        "title": f"{labels[one]} and {labels[other]}, allies of {labels[patron]}",
        "account": "What the account says, in a few sentences.",
        "citation": "Who said it, where and when",
        "start": first,
        "step": "week",
        "seed": 1,
    }
    watch = [{"dyad": f"{one} -> {other}", "class": c} for c in classes][:2]
    tables = [
        ("[case]", top),
        ("[nodes]", labels),
        ("[roles]", roles),
        ("[variables]", says["variables"]),
        *(("[[class]]", c) for c in says["class"] if c["name"] in classes),
        *([("[groups]", groups)] if groups else []),
        ("[index]", says["index"]),
        ("[model]", says["model"]),
        *(("[[control]]", control) for control in says["control"]),
        *(("[[claim]]", c) for c in says["claim"] if c["id"] in {m["claim"] for m in mechanisms}),
        *(("[[mechanism]]", m) for m in mechanisms),
        *(("[[watch]]", w) for w in watch),
    ]
    return _HEAD + "\n".join(_table(header, values) for header, values in tables)


_HEAD = """\
# Drafted from a store: the first state is the patron, the next two its allies, all others their adversaries. The
# record stays in the store: give it to every command with --store. Read every sentence back with `lynchpin explain
# FOLDER`, and make the account, the claims and the mechanisms your own before you look at what they give.

"""


def _table(header: str, values: Mapping[str, object]) -> str:
    return f"{header}\n" + "".join(f"{key} = {_plain(value)}\n" for key, value in values.items())


def _plain(value: object) -> str:
    """A text, number, day or list of texts as TOML writes it, which JSON does too but for days."""
    return str(value) if isinstance(value, date) else json.dumps(value, ensure_ascii=False)
