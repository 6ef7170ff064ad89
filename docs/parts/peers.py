"""What other programs fit in their own tests and vignettes, and whether a command here gives the same."""

from __future__ import annotations

import tomllib
from pathlib import Path

from lynchpin.engine.rem.peers import WORDS
from parts.text import as_table

CASES = Path(__file__).parents[2] / "tests" / "reference" / "peer_cases.toml"

#: The first letters of a case's name -> the program.
PROGRAMS = {
    "A": "remstats, remstimate: actors",
    "R0": "remstats, remstimate: ties",
    "R1": "remstats, remstimate: ties",
    "R2": "remstats, remstimate: ties",
    "G": "goldfish",
    "RC": "relevent, times",
    "RV": "relevent, order",
    "EN": "eventnet with coxph",
    "SIM": "simulated, exact integral",
}


def peers_shown() -> str:
    """One row for each program: how many agree, where the program is wrong, and what is not yet said."""
    cases = tomllib.loads(CASES.read_text(encoding="utf-8"))["case"]
    rows: dict[str, list[list[str]]] = {}
    for case in cases:
        program = next(p for prefix, p in reversed(PROGRAMS.items()) if case["id"].startswith(prefix))
        agree, wrong, not_yet = rows.setdefault(program, [[], [], []])
        name = case["id"]
        if "lacks" in case:
            not_yet.append(f"{name}: {case['lacks']}")
        else:
            agree.append(name)
            wrong += [f"{name}: {case['wrong']}"] if "wrong" in case else []
    heads = ("program", "fits", "agree", "of these the program is wrong", "not yet")
    return as_table(
        heads,
        [
            (program, str(len(agree) + len(not_yet)), str(len(agree)), "; ".join(wrong), "; ".join(not_yet))
            for program, (agree, wrong, not_yet) in rows.items()
        ],
    )


def peer_words_shown() -> str:
    """Every name of an effect elsewhere, with ours or why there is none: a table for each program."""
    parts = []
    for program in dict.fromkeys(word.program for word in WORDS):
        rows = [
            (
                f"`{word.theirs}`",
                f"`{word.ours}`" if word.ours else "not here",
                word.note if word.ours else f"because: {word.note}",
            )
            for word in WORDS
            if word.program == program
        ]
        title = "Words of papers" if program == "others" else program
        parts.append(f"### {title}\n\n" + as_table(("there", "here", "to know"), rows))
    return "\n".join(parts)
