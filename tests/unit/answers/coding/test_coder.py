"""From a sentence to a proposed row: names, marks, the regression, and how often it is right."""

from __future__ import annotations

import csv
from datetime import date

import numpy as np
import polars as pl
import pytest

from lynchpin.account.cases import Case, case_events
from lynchpin.answers.coding import held_out, learn
from lynchpin.answers.coding.coder import _WAYS, by_way
from lynchpin.answers.coding.names import mentions, states_of
from lynchpin.answers.coding.softmax import chances, fit_softmax, rows_of
from lynchpin.answers.coding.standing import standing
from lynchpin.errors import BadData
from lynchpin.events import empty_events

DAY = date(2014, 3, 1)
SENTENCES = [  # sentence, day, the states that it names
    ("Foreign ministers of Japan and South Korea meet in Seoul.", DAY, ("JPN", "KOR")),
    ("Pyongyang fires missiles toward Japan.", DAY, ("PRK", "JPN")),
    ("Obama and Abe meet.", DAY, ("USA", "JPN")),
    ("Obama and Abe meet.", date(2010, 1, 1), ("USA",)),  # Abe holds no office then
    ("North Korean troops cross the line.", DAY, ("PRK",)),
    ("Hu and Kim Dae-jung meet.", date(2003, 2, 1), ("KOR",)),  # Hu presides from the next month on
    ("Hu and Roh meet.", date(2005, 2, 1), ("KOR",)),  # China is not among the states
    ("Trump and Kim meet in Singapore.", date(2018, 6, 12), ("USA", "PRK")),  # a head before a minister
    ("Inter-Korean talks open.", DAY, ("KOR", "PRK")),
    ("North Gyeongsang objects.", DAY, ()),
    ("The North Korean army fires.", DAY, ("PRK",)),
    ("Ships cross the South China Sea.", DAY, ()),
    ("Talks end without result.", DAY, ()),
    ("<script>alert('Japan')</script>", DAY, ("JPN",)),
]


@pytest.mark.parametrize(("sentence", "day", "named"), SENTENCES)
def test_the_states_that_a_sentence_names(sentence: str, day: date, named: tuple[str, ...]) -> None:
    assert states_of(mentions(sentence, day, ("USA", "JPN", "KOR", "PRK"))) == named


def test_a_surname_of_two_is_the_commoner_states() -> None:
    """Both lead their states that day."""
    day = date(2010, 6, 1)
    assert states_of(mentions("Lee speaks.", day, ("KOR", "SGP"))) == ("KOR",)
    assert states_of(mentions("Lee speaks.", day, ("SGP", "KOR"))) == ("SGP",)


def test_every_way_gives_its_sides() -> None:
    named, one = ["C", "A", "D", "B"], [by_way(way, ["C", "A", "D", "B"]) for way in _WAYS]
    assert len(set(one)) == len(_WAYS)
    assert by_way("all but last together", named) == (("A", "C", "D"), ("A", "C", "D"))
    assert by_way("first two on third", named) == (("A", "C"), ("D",))
    assert by_way("first on last", named) == (("C",), ("B",))
    assert by_way("first on last", named[:2]) is None  # the first on the second already


def test_ways_need_enough_names() -> None:
    assert by_way("first on second", ["PRK"]) is None
    assert by_way("first on itself", ["PRK"]) == (("PRK",), ("PRK",))
    assert by_way("all on last", ["USA", "JPN", "PRK"]) == (("JPN", "USA"), ("PRK",))
    assert by_way("together", []) is None


def test_the_regression_stands_where_its_slope_is_zero() -> None:
    """By the definition: the slope of the penalised log-likelihood, from the chances of each row."""
    sentences = [frozenset(words.split()) for words in ("a b", "a c", "b c", "c d", "a d", "b")]
    answers = [["x"], ["x"], ["y"], ["y", "z"], ["z"], ["x"]]
    model = fit_softmax(sentences, answers, [1.0, 1.0, 1.0, 2.0, 1.0, 0.5], ridge=0.3, rounds=500, enough=1e-12)
    X = rows_of(sentences, model.places, model.rarity).toarray()
    P = chances(X @ model.weights)
    Y = np.array(
        [[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1], [0.5, 0, 0]]
    )  # two answers share a weight of 2
    slope = X.T @ (Y.sum(axis=1, keepdims=True) * P - Y)
    slope[:-1] += 0.3 * model.weights[:-1]
    assert np.abs(slope).max() < 1e-3
    assert model.names == ("x", "y", "z")
    np.testing.assert_allclose(model.chances([frozenset(["never seen"])]).sum(), 1.0)


def test_the_rank_of_who_acts_is_told() -> None:
    """A head of government by office or title, others by title; a state that is a place for the rest has none."""
    cases = [
        ("President Lee and Obama meet.", "head_head"),
        ("Foreign Minister Gemba visits President Lee.", "other_head"),
        ("Japan protests to China.", "-_-"),
    ]
    for text, ranks in cases:
        day = date(2012, 1, 9)
        found = mentions(text, day, ("USA", "JPN", "KOR"))
        assert f"rank:{ranks}" in standing(text, found, states_of(found), day), text


def test_a_small_record_is_not_learnt_from() -> None:
    with pytest.raises(BadData, match="too few"):
        learn(empty_events())


@pytest.fixture(scope="module")
def known(northeast: Case) -> pl.DataFrame:
    return case_events(northeast)


def test_a_row_is_proposed(known: pl.DataFrame) -> None:
    """Learnt from three years, so that it is quick."""
    coder = learn(known.filter(pl.col("date").is_between(date(2010, 1, 1), date(2012, 12, 31))))
    coded = coder.code("Foreign ministers of Japan and South Korea meet in Seoul.", DAY)
    assert coded.actors[0].source == coded.actors[0].target == ("JPN", "KOR")
    assert coded.types[0].value == "CONSULT"
    assert len(coded.actors) == len(coded.types) == len(coded.contexts) == 3
    assert sum(one.chance for one in coded.types) <= 1.0
    assert coded == coder.code("Foreign ministers of Japan and South Korea meet in Seoul.", DAY)
    for odd in ("", "=cmd()", "\u202e" * 50, "a" * 10_000, "<b>"):
        assert len(coder.code(odd, DAY).types) == 3


@pytest.mark.slow
def test_how_often_it_is_right_on_later_years(northeast: Case, known: pl.DataFrame) -> None:
    """Learnt before 2013, tried from then on. On one core, some seconds; measured values in docs/reference/coder.md."""
    assert northeast.events_file is not None
    with northeast.events_file.open(encoding="utf-8", newline="") as file:
        first = {row["event_id"] for row in csv.DictReader(file) if not row["series"]}
    scores = held_out(known, date(2013, 1, 1), {"first layer": first})
    every, one = scores.by["all"], scores.by["first layer"]
    assert every.type_first >= 0.78
    assert every.type_among_three >= 0.90
    assert every.quad_class >= 0.85
    assert one.quad_class >= 0.80
    assert one.type_first >= 0.72
    assert one.type_among_three >= 0.87
    assert every.states_first >= 0.96
    assert every.actors_among_three >= 0.97
    assert every.actors_first >= 0.885
    assert one.actors_first >= 0.875
    assert sum(sum(row.values()) for row in scores.confusion.values()) == every.sentences
