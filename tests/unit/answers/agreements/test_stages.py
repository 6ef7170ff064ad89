"""The table of stages: what each act does, and that the model's moves agree with it."""

from __future__ import annotations

import pytest

from lynchpin.answers.agreements.stages import (
    MOVES,
    STAGES,
    STANDINGS,
    Standing,
    after,
    follow,
    is_possible,
    move,
    moved,
)

LIVES = [
    ("proposed negotiating agreed_in_principle signed ratified in_force", "in_force"),
    ("negotiating agreed_in_principle setback approved setback", "agreed_in_principle"),
    ("negotiating agreed_in_principle suspended proposed", "suspended"),
    ("negotiating agreed_in_principle suspended resumed", "agreed_in_principle"),
    ("negotiating suspended negotiating", "negotiating"),
    ("signed in_force termination_notice setback negotiating", "termination_notice"),
    ("signed in_force termination_notice resumed proposed agreed_in_principle resumed", "in_force"),
    ("signed suspended in_force", "in_force"),
    ("in_force termination_notice suspended ended", "ended"),
    ("signed ended ended", "ended"),
]


@pytest.mark.parametrize(("words", "stage"), LIVES)
def test_where_a_life_leads(words, stage):
    assert follow(words.split()).stage == stage


@pytest.mark.parametrize("standing", STANDINGS, ids=str)
@pytest.mark.parametrize("word", STAGES)
def test_the_models_moves_lead_where_the_acts_do(standing, word):
    step = move(standing, word)
    assert step in MOVES
    if word in ("ratified", "termination_notice") and standing.level < 2:
        return  # the rules refuse it
    if step == "setback" or word != "ratified":
        assert is_possible(standing, step)
    assert moved(standing, step) == after(standing, word)


def test_every_standing_can_be_come_to_and_the_ended_is_none():
    reached = {moved(s, step) for s in STANDINGS for step in MOVES if is_possible(s, step)}
    assert {s for s in reached if not s.has_ended} | {Standing(0)} == set(STANDINGS)
    assert not any(s.has_ended for s in STANDINGS)
