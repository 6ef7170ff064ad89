"""Writes docs/reference/coder.md: `python docs/coder.py` learns before 2013, tries from then on, and counts."""

# ruff: noqa: E501 - the page has lines of its own

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lynchpin.numbers import per_cent
from lynchpin.results.coding import Accuracy, CoderScores
from lynchpin.session.coding import elsewhere, scores

PAGE = Path(__file__).parent / "reference" / "coder.md"

HEAD = """# The coder: how often it is right

The page *Code an act* proposes a row of a chronology for a dated sentence. States are found by our tables of names, demonyms,
capitals, office-holders and envoys, each in the days of the office; a surname that two share is the head's of state or
government first, then that of the state which the record holds most. How they stand to one another, the type and the contexts
are told by multinomial logistic regressions with a ridge, over words, pairs of words and pieces of words, rare ones counting
for more; for how they stand, each state is its place in the order of mention, and the rank of who acts counts, for meetings of
equals are coded as done by both. They are learnt from the sentences of the embedded chronology, types from the labels of CAMEO's
codes besides. Nothing else is looked at, and nothing leaves the machine.

Held out: learnt from the rows before {day:%Y}, tried on those from then on. Marks, ridge and tables were chosen on rows before
{day:%Y} alone, some years left out in turn. The first layer are rows that belong to no series: acts coded one by one, as you will
code them. "Named both" are sentences in which our tables find every state of their row, two or more: as the tables grow, so does
their number. "States" asks only which states they are, not who acted on whom. Two people who coded the same sentences agreed on
who acted in .92 to .94 of them. All of these sentences are by the record's own coders: expect less of the sentences of others.
The other cases, which nothing was chosen by, are tried with what the whole of northeast-asia teaches.

Learnt from {rows:,} sentences before {day}.

"""

TAIL = """
Rows: the type that a person coded; columns: the first proposal, over all rows tried.

`python docs/coder.py` measures anew and writes this page; `pytest -m slow tests/unit/answers/coding` holds its figures to bars.
"""

COLUMNS = (
    "rows tried", "sentences", "type first", "among three", "quad class", "context first", "among three", "named both",
    "actors first", "among three", "states", "actors among three, others",
)  # fmt: skip


def line(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |\n"


def row(name: str, a: Accuracy) -> str:
    shares = [a.type_first, a.type_among_three, a.quad_class, a.context_first, a.context_among_three]
    actors = [a.actors_first, a.actors_among_three, a.states_first, a.others_among_three]
    told = [per_cent(share, 1) for share in shares], [per_cent(share, 1) for share in actors]
    return line([name, f"{a.sentences:,}", *told[0], f"{a.named_both:,}", *told[1]])


def page(found: CoderScores, others: Mapping[str, Accuracy]) -> str:
    text = HEAD.format(day=found.trained_before, rows=found.trained_on)
    text += line(COLUMNS) + line(["---"] * len(COLUMNS))
    text += "".join(row(name, accuracy) for name, accuracy in {**found.by, **others}.items())
    kinds = sorted(set(found.confusion).union(*found.confusion.values()))
    text += "\n" + line(["coded as", *(kind.lower() for kind in kinds)]) + line(["---"] * (len(kinds) + 1))
    for kind, taken in found.confusion.items():
        text += line([kind.lower(), *(str(taken[other]) if other in taken else "" for other in kinds)])
    return text + TAIL


if __name__ == "__main__":
    PAGE.write_text(page(scores(), elsewhere()), encoding="utf-8")
