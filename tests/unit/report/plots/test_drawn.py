"""While one thread draws, another that is done does not turn altair's checks on for it."""

from __future__ import annotations

import threading

from altair.utils import schemapi

from lynchpin.report.plots._chart import drawn


def test_who_is_done_first_leaves_the_checks_off_for_the_other() -> None:
    inside, go, seen = threading.Event(), threading.Event(), list[bool]()

    @drawn
    def slow() -> None:
        inside.set()
        go.wait(5)
        seen.append(schemapi.DEBUG_MODE)

    before = schemapi.DEBUG_MODE
    other = threading.Thread(target=slow)

    @drawn
    def quick() -> None:
        other.start()
        inside.wait(5)

    quick()  # began before the other, and is done before it
    go.set()
    other.join()
    assert seen == [False]
    assert schemapi.DEBUG_MODE is before is True
