"""Names of other packages lead to ours, and to one that there is; and every one of them is on the page."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from lynchpin.engine.hyper.effects import parse_hyper_effects
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.peers import WORDS, ours_for
from lynchpin.engine.rem.times import DAYS
from lynchpin.engine.statistics import catalogue
from lynchpin.errors import UnknownName

#: The names of effects that each program lists, as it writes them.
NAMES = tomllib.loads((Path(__file__).parents[3] / "reference" / "peer_names.toml").read_text(encoding="utf-8"))
PAGE = Path(__file__).parents[4] / "docs" / "how-to" / "coming-from.md"


@pytest.mark.parametrize("word", [word for word in WORDS if word.ours], ids=lambda w: f"{w.program}-{w.theirs}")
def test_every_word_of_theirs_is_read_here_as_it_is_written(word):
    if word.command == "hyper":
        assert len(parse_hyper_effects(word.ours, DAYS)) == 1
    elif word.ours != "a:b":
        terms = parse_effects(word.ours)
        assert len(terms) == (word.ours != "baseline")


def test_what_is_not_here_says_why():
    assert all(word.note for word in WORDS if not word.ours)
    assert len({(word.program, word.theirs) for word in WORDS}) == len(WORDS)


@pytest.mark.parametrize("program", NAMES)
def test_every_name_that_a_program_lists_has_a_row(program):
    def key(name):
        return name.replace("_", "").replace("-", "").lower()

    ours = {key(word.theirs) for word in WORDS if word.program == program}
    assert not [name for name in NAMES[program] if key(name) not in ours]
    assert len(NAMES[program]) >= 10


def test_every_word_is_on_the_page():
    page = PAGE.read_text(encoding="utf-8")
    for word in WORDS:
        assert f"| `{word.theirs}` |" in page, word


def test_every_effect_that_the_page_names_in_passing_is_ours():
    named = re.findall(r"\b(?:indegree|outdegree|nodeTrans|totaldegree|otp|itp)\w*", " ".join(w.note for w in WORDS))
    assert set(named) <= set(catalogue())


@pytest.mark.parametrize(
    ("theirs", "mend"),
    [
        ("recip", "write 'reciprocity', which goldfish calls recip"),
        ("TRANS", "write 'otp', which goldfish calls trans"),
        ("indeg", "write 'indegreeReceiver': indeg is that in goldfish, of the alter"),
        ("RRecSnd", "write 'rrankReceive', which relevent calls RRecSnd"),
        ("popularity", "write 'indegreeReceiver', which others call popularity"),
        ("node_trans", "write 'nodeTransSender': nodeTrans is that in goldfish, of the ego"),
        ("tertius", "write 'tertiusReceiver': tertius is that in goldfish, of the alter"),
        ("tertius_diff", "write 'tertiusDiff', which goldfish calls tertiusDiff"),
        ("FEtype", "write 'type', which remstats calls FEtype"),
        ("UHE_SIZE_STAT", "UHE_SIZE_STAT of eventnet is not here: sets of one size are compared"),
        ("UHE_CLOSURE_STAT", "UHE_CLOSURE_STAT of eventnet is closure of lynchpin hyper"),
        ("reciprocty", "did you mean 'reciprocity'?"),
        ("psabba", "did you mean 'psABBA'?"),
        ("INERTIA", "did you mean 'inertia'?"),
    ],
)
def test_the_error_names_ours(theirs, mend):
    with pytest.raises(UnknownName) as caught:
        parse_effects(theirs)
    assert caught.value.mend.startswith(mend)


def test_what_is_near_nothing_gets_the_list():
    assert ours_for("zzzzzz", ["b", "a"]) == "one of: a, b"
