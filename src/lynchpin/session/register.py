"""Registration: a case and its test are frozen in a file before new data come, and held against them once they have.

Frozen are the text of the case, every half-life, the rule of the grades, the number of shifts, the seed, and hashes of
the record and of the stages of agreements, with the last day that they hold. The file carries a hash over itself: what
was changed by hand is refused. Tested are the frozen definitions, on events after that day alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import date, timedelta
from hashlib import sha256
from math import inf, isfinite
from pathlib import Path
from typing import Any

from lynchpin._version import __version__
from lynchpin.account.cases import Case, Mechanism, case_events, read_known
from lynchpin.account.cases.reading import build_case
from lynchpin.answers.agreements import read_agreements
from lynchpin.answers.agreements.stage_by import stages_hash
from lynchpin.answers.evidence import claims
from lynchpin.answers.evidence.verdict import CUTS, RATES, RULE
from lynchpin.days import parse_day
from lynchpin.defaults import SHIFTS
from lynchpin.errors import BadData, BadValue
from lynchpin.events import acts_of, first_day, last_day
from lynchpin.files import allowing_outside, must_be_regular
from lynchpin.model import fit_case
from lynchpin.record.store import data_hash
from lynchpin.results import Provenance
from lynchpin.results.registration import Confirmation, Registration
from lynchpin.session import known
from lynchpin.toml import parse_toml

_MARK = "registration 1"


def register(
    case: Case | str | Path,
    events: str | Path | None = None,
    *,
    as_of: str | date | None = None,
    shifts: int = SHIFTS,
    seed: int | None = None,
    episodes: bool | None = None,
) -> Registration:
    """Freeze a case and its test as they stand, with the record as known on a day.

    Parameters
    ----------
    case : Case, or the name or path of one
    events, as_of, episodes : as for `lynchpin.fit`; the last day that is frozen is the one before the fit's origin
    shifts, seed : of the test to come; None for the case's own seed

    Returns
    -------
    Registration

    Raises
    ------
    LynchpinError : the case or the record cannot be read
    """
    fitted = known.fit(case, events, as_of=as_of, episodes=episodes)
    read = fitted.case
    days = {**fitted.design.evaluator.half_life_days, **{m.name: m.half_life_days for m in read.stage_mechanisms}}
    events_hash, n = _record(read, events, fitted.origin, fitted.known.view)
    made = Registration(
        version=__version__,
        case=read.name,
        case_text=read.path.read_text(encoding="utf-8-sig"),
        half_lives={name: value if isfinite(value) else None for name, value in days.items()},
        last_day=fitted.origin - timedelta(days=1),
        data_hash=events_hash,
        stages_hash=_stages(read, fitted.origin),
        events=n,
        view=fitted.known.view,
        rule=RULE,
        cuts=CUTS,
        rates=RATES,
        shifts=shifts,
        seed=read.seed if seed is None else seed,
    )
    return replace(made, hash=_hash(made))


def _record(case: Case, events: str | Path | None, start: date, view: str) -> tuple[str, int]:
    """The hash of the record before a day, by what was known on it, and how many events it has."""
    try:
        known_then = case_events(case, events, as_of=start, episodes=view == "episodes")
    except BadValue:
        return "", 0
    return data_hash(known_then), acts_of(known_then).height


def _stages(case: Case, origin: date) -> str:
    if case.agreements_file is None or case.stages_file is None:
        return ""
    return stages_hash(read_agreements(case.agreements_file, case.stages_file, before=origin, among=None))


def as_text(made: Registration) -> str:
    """A registration as the text of its file: JSON, the same for the same registration."""
    values = {"lynchpin": _MARK, **asdict(made), "last_day": made.last_day.isoformat()}
    return json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _hash(made: Registration) -> str:
    text = as_text(replace(made, hash=""))
    return sha256(text.encode()).hexdigest()


def read_registration(file: str | Path) -> Registration:
    """Read a registration and hold it against its own hash.

    Raises
    ------
    BadData : there is no such file, it is no registration, or it is not as it was written
    """
    path = Path(file)
    must_be_regular(path, "registration")
    no = BadData("this is no registration", path.name, "`lynchpin register CASE --out FILE` writes one")
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError):
        raise no from None
    names = [field.name for field in fields(Registration)]
    if not isinstance(values, dict) or values.pop("lynchpin", None) != _MARK or sorted(values) != sorted(names):
        raise no
    changed = BadData(
        "the registration is not as it was written: its hash does not fit its text",
        path.name,
        "take the file that `lynchpin register` wrote; what was frozen cannot be mended afterwards",
    )
    try:
        made = Registration(
            **{
                **values,
                "last_day": parse_day(values["last_day"]),
                "cuts": tuple(values["cuts"]),
                "rates": tuple(values["rates"]),
            }
        )
        fits = _hash(made) == made.hash
    except (TypeError, ValueError, BadValue):
        raise changed from None
    if not fits:
        raise changed
    return made


def confirm(
    file: str | Path,
    case: Case | str | Path,
    events: str | Path | None = None,
    *,
    as_of: str | date | None = None,
    workers: int = 1,
) -> tuple[Confirmation, Provenance]:
    """Test what was registered on the events that came after its last day.

    Parameters
    ----------
    file : path of a registration
    case : Case, or the name or path of the one that was registered, as it is now
    events, as_of : as for `lynchpin.fit`
    workers : int, threads; the answer is the same with any

    Returns
    -------
    Confirmation, and where it comes from

    Raises
    ------
    BadData : the file is not as it was written
    BadValue : it registers another case, or too few steps lie after its last day
    """
    made = read_registration(file)
    now = read_known(case, events, as_of=as_of, episodes=made.view == "episodes")
    if now.case.name != made.case:
        what = f"the file registers {made.case}, not {now.case.name}"
        raise BadValue(what, Path(file).name, "name the case that was registered")
    frozen = frozen_case(made, now.case)
    start = made.last_day + timedelta(days=1)
    if last_day(now.events) < start:
        raise BadValue(
            f"no event of the record comes after {made.last_day}, the last day that was frozen",
            Path(file).name,
            "wait for later data, or name a store that holds them with --events",
        )
    later = read_known(replace(frozen, start=start), events, as_of=as_of, episodes=made.view == "episodes")
    fitted = fit_case(later)
    ledger = claims(fitted, shifts=made.shifts, seed=made.seed, workers=workers, since=start)
    acts = acts_of(later.events)
    tested = Confirmation(
        ledger=ledger,
        registered=made.hash,
        last_day=made.last_day,
        tested_from=first_day(later.events),
        tested_to=last_day(later.events),
        events=acts.height,
        changes=(*definitions_changed(made, now.case), *_test_changed(made), *_data_changed(made, now.case, events)),
    )
    return tested, fitted.made_from


def frozen_case(made: Registration, now: Case) -> Case:
    """The case as it was registered, with every half-life as it was then; its files are those beside the case now."""
    values, lines = parse_toml(made.case_text.encode(), f"{now.path.name} as registered", "case")
    digest = sha256(made.case_text.encode()).hexdigest()
    with allowing_outside(True):  # the case as it is now has been read already, under the rule of the caller
        case = build_case(values, lines, now.path, digest)

    def held(mechanism: Mechanism) -> Mechanism:
        days = made.half_lives[mechanism.name]
        return replace(mechanism, half_life_days=inf if days is None else days)

    return replace(
        case,
        mechanisms=tuple(held(m) for m in case.mechanisms),
        events_file=now.events_file,
        agreements_file=now.agreements_file,
        stages_file=now.stages_file,
    )


# -- What is otherwise now.

_NAMED = {"mechanism": "name", "share": "name", "class": "name", "claim": "id"}


def definitions_changed(made: Registration, now: Case) -> tuple[str, ...]:
    """Each definition of the case that is not as it was registered, by name."""
    then, _ = parse_toml(made.case_text.encode(), "", "case")
    here, _ = parse_toml(now.path.read_bytes(), "", "case")
    found: list[str] = []
    for section, key in _NAMED.items():
        was, is_ = ({one.get(key, ""): one for one in values.get(section, [])} for values in (then, here))
        found += _apart(section, was, is_)
    for section in dict.fromkeys((*then, *here)):
        if section not in _NAMED:
            was, is_ = (values.get(section, {}) for values in (then, here))
            if isinstance(was, Mapping) and isinstance(is_, Mapping):
                found += _apart(f"[{section}]", was, is_)
            elif was != is_:
                found.append(f"[{section}] is another")
    return tuple(found)


def _apart(section: str, was: Mapping[str, Any], is_: Mapping[str, Any]) -> list[str]:
    found = []
    for name in dict.fromkeys((*was, *is_)):
        if name not in is_:
            found.append(f"{section} {name} is gone")
        elif name not in was:
            found.append(f"{section} {name} is new")
        elif was[name] != is_[name]:
            found.append(f"{section} {name}: {_how(was[name], is_[name])}")
    return found


def _how(was: Any, is_: Any) -> str:
    """What is otherwise in one definition: its keys where it has some."""
    if not isinstance(was, Mapping) or not isinstance(is_, Mapping):
        return f"{was!r} then, {is_!r} now"
    keys = [key for key in dict.fromkeys((*was, *is_)) if was.get(key) != is_.get(key)]
    return "; ".join(f"{key} was {was.get(key)!r}, is {is_.get(key)!r}" for key in keys)


def _test_changed(made: Registration) -> tuple[str, ...]:
    """What is otherwise in the test itself: the version of the package, and the rule of the grades."""
    found = []
    if made.version != __version__:
        found.append(f"lynchpin is {__version__}, was {made.version}")
    if (made.cuts, made.rates) != (tuple(CUTS), tuple(RATES)):
        found.append(f"the cuts of the grades are {CUTS}, were {made.cuts}; their rates {RATES}, were {made.rates}")
    elif made.rule != RULE:
        found.append("the rule of the grades is worded otherwise")
    return tuple(found)


def _data_changed(made: Registration, now: Case, events: str | Path | None) -> tuple[str, ...]:
    """What is otherwise in the record up to the last day, as it is told now."""
    found = []
    start = made.last_day + timedelta(days=1)
    then, n = _record(frozen_case(made, now), events, start, made.view)
    if then != made.data_hash:
        found.append(f"the record to {made.last_day} is another: {n} events, {made.events} when it was frozen")
    if _stages(now, start) != made.stages_hash:
        found.append(f"the stages of agreements to {made.last_day} are others")
    return tuple(found)
