"""No chance is said to be nothing or certain on a case of one's own. (Of embedded cases: `test_screens`, as it runs them.)"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helpers.certain import CERTAIN, check
from helpers.own_case import own_case
from helpers.screens import commands, run


def test_a_tiny_case_of_ones_own(tmp_path: Path) -> None:
    case = own_case(tmp_path)
    asked = commands(str(case), "", tmp_path / "out", light=True)
    assert sum(check(run(words)) for words in asked) > 500


@pytest.mark.slow
def test_a_tiny_case_of_ones_own_with_all_commands(tmp_path: Path) -> None:
    case = own_case(tmp_path)
    for words in commands(str(case), "", tmp_path / "out"):
        check(run(words))
    page = (tmp_path / "out" / "mine" / "brief.html").read_text(encoding="utf-8")
    said = re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert not CERTAIN.search(said), said[CERTAIN.search(said).start() - 200 :][:400]  # type: ignore[union-attr]
