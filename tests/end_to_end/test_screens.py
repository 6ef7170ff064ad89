"""Every command with a table, on each embedded case, at 80 and 60 columns: no row too wide, no word or number split.

And no chance that is told is nothing or certain (of longer commands and of a case of one's own: `test_never_certain`).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.certain import check
from helpers.screens import commands, run
from helpers.widths import numbers, too_wide, words

DAYS = {
    "israel-turkey": "2014-10-31",
    "northeast-asia": "2012-07-09",
    "greece-turkey": "2011-07-19",
    "australia-japan": "2008-05-21",
}
#: These are screenfuls, or leave the weaker baselines out where there is no room, and say so.
LEAVES_OUT = ("brief", "forecast")


@pytest.mark.parametrize(
    ("case", "light"),
    [
        ("israel-turkey", True),
        *(pytest.param(case, False, marks=pytest.mark.slow) for case in DAYS),
    ],
)
def test_nothing_is_split_and_nothing_is_dropped(case: str, light: bool, tmp_path: Path) -> None:
    chances = 0
    for asked in commands(case, DAYS[case], tmp_path, light=light):
        screen = run(asked)
        chances += check(screen)
        wide = screen.at(400)
        assert len(wide) > 40, asked
        for width in (60, 80):
            narrow = screen.at(width)
            assert too_wide(narrow, width) == [], asked
            said = {"190", "110", "150", "5"} if asked[0] in LEAVES_OUT else set()
            assert numbers(narrow) - said <= numbers(wide), asked
            if asked[0] not in LEAVES_OUT:
                assert {one for one in numbers(wide) if len(one) > 2} <= words(narrow), asked
    assert chances > 1000
