"""The command line: read options, call the public function, print. A group of verbs is one file.

Heavy imports stay inside the commands, so that `--help` is quick; and nothing at all is imported here before the user
can stop us without a traceback.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lynchpin.cli._main import app, main

__all__ = ["app", "main", "run"]


#: New objects after which cycles among them are looked for; Python's own 700 would do so hundreds of times while
#: libraries load, whose hundred thousands of objects all stay.
_COLLECT_AFTER = 100_000


def __getattr__(name: str) -> Any:
    if name in ("app", "main"):
        return getattr(import_module("lynchpin.cli._main"), name)
    raise AttributeError(f"module 'lynchpin.cli' has no attribute {name!r}")


def run() -> None:
    """`main` as a process of its own: it ends at once, since taking its libraries apart would cost a third of a second.

    Everything that must be closed is closed by then: stores and files by the commands that opened them.
    """
    gc.set_threshold(_COLLECT_AFTER, 50, 50)
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))  # while libraries load; a command then watches for itself
    from lynchpin.cli._guard import no_room
    from lynchpin.cli._main import main

    code = 0
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        code = 130
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        pass  # whoever read our output has gone
    except OSError as error:
        if code == 0:
            code = 2
            os.write(2, f"{no_room(error) or error}\n".encode())
    finally:
        os._exit(code)
