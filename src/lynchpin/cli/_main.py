"""From the words of a command line to its exit code. The commands are imported here, and add themselves to `app`."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import typer

from lynchpin.cli import (
    agreements,
    backtest,
    cases,
    claims,
    doctor,
    events,
    feeds,
    fits,
    hyper,
    lasting,
    predict,
    rem,
    serve,
    structure,
    track,
    what_if,
)
from lynchpin.cli._app import app
from lynchpin.cli._guard import no_room
from lynchpin.cli._terminal import plain_where_needed
from lynchpin.errors import LynchpinError, LynchpinWarning

__all__ = [
    "agreements",
    "app",
    "backtest",
    "cases",
    "claims",
    "doctor",
    "events",
    "feeds",
    "fits",
    "hyper",
    "lasting",
    "main",
    "predict",
    "rem",
    "serve",
    "structure",
    "track",
    "what_if",
]


_ANYWHERE = ("--debug", "--allow-outside")  # taken anywhere on the line


def main() -> None:
    """Run the command line: 0 done, 1 a fault of ours, 2 something the user can mend, 130 stopped."""
    for library in ("OPENBLAS", "OMP"):  # our matrices are small: threads would spin longer than they work
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    plain_where_needed()
    stopped = _watch_for_stop()
    gc.set_threshold(200_000)  # a command is short: looking for cycles every 700 objects costs more than they weigh
    anywhere = [word for word in _ANYWHERE if word in sys.argv]
    debug = "--debug" in anywhere
    try:
        with warnings.catch_warnings():  # set for this command alone, however often a program calls us
            warnings.simplefilter("default", LynchpinWarning)
            warnings.showwarning = partial(_show_warning, warnings.showwarning)
            app([*anywhere, *(word for word in sys.argv[1:] if word not in _ANYWHERE)])
    except KeyboardInterrupt:  # before a command could take it
        raise SystemExit(130) from None
    except LynchpinError as error:
        if stopped.is_set():
            raise SystemExit(130) from None
        if debug:
            raise
        typer.echo(str(error), err=True)
        raise SystemExit(2) from None
    except Exception as error:
        if stopped.is_set():  # a library made another error of it
            raise SystemExit(130) from None
        if debug:
            raise
        if refused := no_room(error):
            typer.echo(str(refused), err=True)
            raise SystemExit(2) from None
        said = f"a fault of ours: {type(error).__name__}: {error}"
        typer.echo(f"{said}\n  to mend: run it again with --debug and report what it prints", err=True)
        raise SystemExit(1) from None


def _show_warning(usual: Callable[..., None], message: Warning | str, *where: Any, **more: Any) -> None:
    """A notice is a sentence for the user; other warnings are shown as Python does."""
    if isinstance(message, LynchpinWarning):
        typer.echo(str(message), err=True)
    else:
        usual(message, *where, **more)


def _watch_for_stop() -> threading.Event:
    """An event that is set once the user stops us: libraries turn the interrupt into errors of their own."""
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, stop)
    return stopped
