"""Names of other packages lead to ours, and to one that there is."""

from __future__ import annotations

import pytest

from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.peers import THEIR_WORDS, ours_for
from lynchpin.engine.statistics import catalogue
from lynchpin.errors import UnknownName


def test_every_word_of_theirs_is_one_of_ours_by_another_name():
    assert {ours for ours, _ in THEIR_WORDS.values()} <= set(catalogue())
    assert not set(THEIR_WORDS) & set(catalogue())


@pytest.mark.parametrize(
    ("theirs", "mend"),
    [
        ("recip", "write 'reciprocity', which goldfish calls recip"),
        ("TRANS", "write 'otp', which goldfish calls trans"),
        ("indeg", "write 'indegreeReceiver': indeg is that in goldfish, of the alter"),
        ("RRecSnd", "write 'rrankReceive', which relevent calls RRecSnd"),
        ("popularity", "write 'indegreeReceiver', which others call popularity"),
        ("reciprocty", "did you mean 'reciprocity'?"),
        ("psabba", "did you mean 'psABBA'?"),
        ("INERTIA", "did you mean 'inertia'?"),
    ],
)
def test_the_error_names_ours(theirs, mend):
    with pytest.raises(UnknownName) as caught:
        parse_effects(theirs)
    assert caught.value.mend == mend


def test_what_is_near_nothing_gets_the_list():
    assert ours_for("zzzzzz", ["b", "a"]) == "one of: a, b"
