"""What holds for every command: options within their limits before any work, and answers that cannot be written."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from lynchpin import limits
from lynchpin.errors import BadData, LynchpinError
from lynchpin.files import is_folder, must_be_regular, stands

#: Options whose limits are not those of their name: "command option" -> the row of `limits.NUMBERS`.
_LIMITS = {
    "agreements draws": "chance_draws",
    "backtest workers": "processes",
    "fade days": "days_beyond",
    "rem seed": "seed_64",
    "sensitivity shifts": "curve_shifts",
}
_WRITTEN = ("out", "picture", "save")  # paths that an answer goes to
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


class Guarded(TyperGroup):
    """The application: each of its options is checked when it is read, whatever command it belongs to."""

    def __init__(self, *, commands: dict[str, Any], **options: Any) -> None:
        super().__init__(commands=commands, **options)
        for words, command in _leaves(commands):
            for option in command.params:
                option.callback = option.callback or _limited(words)

    def invoke(self, ctx: Any) -> Any:
        try:
            answer = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:  # whoever reads the answer has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        return answer


def _leaves(commands: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every command by its words, those of groups included."""
    for name, command in commands.items():
        if hasattr(command, "commands"):
            yield from _leaves(command.commands, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def _limited(words: str) -> Callable[[Any, Any, Any], Any]:
    def checked(_: Any, option: Any, value: Any) -> Any:
        kind = _LIMITS.get(f"{words} {option.name}", option.name)
        written = option.opts[0] if option.param_type_name == "option" else option.name.upper()
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(one, int) and not isinstance(one, bool) and kind in limits.NUMBERS:
                limits.whole(written, one, kind=kind)
            elif isinstance(one, Path) and option.name not in _WRITTEN:
                _check_path(one)
            elif isinstance(one, str) and option.metavar == "DATE":
                _check_day(written, one)
        return value

    return checked


def _check_path(path: Path) -> None:
    """Refuse a device, a pipe, and a path that cannot be; that nothing stands there is for the command to say."""
    if stands(path) and not is_folder(path):
        must_be_regular(path)


def _check_day(written: str, text: str) -> None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return  # the command says what is wrong with it
    limits.day(written, day, where=written)


def no_room(error: BaseException) -> LynchpinError | None:
    """What to say where an answer cannot be written for want of room; None for any other error."""
    if not isinstance(error, OSError) or error.errno not in _FULL:
        return None
    where = str(error.filename or "the output")
    return BadData(f"the answer cannot be written: {error.strerror}", where, "make room for it")
