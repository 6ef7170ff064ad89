"""What same_bytes.py asks of a tree in Python, by public names only; prints JSON.

python _bytes_probe.py names             every public name: its signature, fields, methods
python _bytes_probe.py after FIT EVENTS  what can be asked of a saved fit
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import sys
from collections.abc import Callable
from typing import Any

import lynchpin


def names() -> dict[str, Any]:
    return {
        "dir": dir(lynchpin),
        "all": list(lynchpin.__all__),
        "names": {name: _about(getattr(lynchpin, name)) for name in lynchpin.__all__},
    }


def _about(thing: Any) -> dict[str, Any]:
    """Its kind and signature; of a class also its fields, and the same of its public methods and properties."""
    found: dict[str, Any] = {"kind": type(thing).__name__}
    if callable(thing):
        found["signature"] = _signature(thing)
    if inspect.isclass(thing):
        if dataclasses.is_dataclass(thing):
            found["fields"] = [(f.name, f"{f.type}") for f in dataclasses.fields(thing)]
        own = {m: inspect.getattr_static(thing, m) for m in dir(thing) if not m.startswith("_")}
        found["methods"] = {name: _member(thing, name, member) for name, member in own.items()}
    return found


def _signature(thing: Any) -> str:
    try:
        return str(inspect.signature(thing))
    except ValueError:  # built in, as `add_note` of exceptions is
        return ""


def _member(owner: type, name: str, member: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": type(member).__name__}
    reached = member.fget if isinstance(member, property) else getattr(owner, name, None)
    if inspect.isroutine(reached):
        found["signature"] = _signature(reached)
    return found


def after(saved: str, events: str) -> dict[str, Any]:
    import polars as pl

    fit = lynchpin.load_rem(saved)
    answers = {
        "summary": fit.summary().splitlines(),
        "coefficients": fit.to_frame().to_dicts(),
        "random": fit.random_frame().to_dicts() if fit.random else [],
        "predict": _or_error(lambda: fit.predict(pl.read_csv(events))),
        "check": _or_error(fit.check),
        "picture": fit.plot().to_dict(),
    }
    for name in ("aic", "bic", "aicc", "deviance", "n_parameters"):
        answers[name] = getattr(fit, name)
    return answers


def _or_error(ask: Callable[[], Any]) -> Any:
    """The answer, or what is said where there is none: not every likelihood has both."""
    try:
        return ask()
    except lynchpin.LynchpinError as error:
        return str(error)


def _plain(value: Any) -> Any:
    """Arrays, frames and records as what JSON can hold."""
    for method in ("tolist", "to_dicts"):
        if hasattr(value, method):
            return getattr(value, method)()
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return str(value)


if __name__ == "__main__":
    asked = {"names": names, "after": after}[sys.argv[1]]
    print(json.dumps(asked(*sys.argv[2:]), indent=1, default=_plain, ensure_ascii=False))
