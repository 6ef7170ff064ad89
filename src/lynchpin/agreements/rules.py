"""What a history of stages may not hold: each rule has a name, and a breach names its file and row.

The rules refuse what the codebook of the stage file rules out, and accept what it allows:

    accepted    several acts on one day, when different sides act (a cabinet approves, the parliament sets it back), in
                file order; signature and force on one day by the same side (in force on signature); a resumption long
                after the break it heals (a notice held back, then withdrawn); a second end, of another side; rows of
                talks after a signature, when talks came before it too (a pact renegotiated)
    refused     the rest of the table RULES
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from lynchpin.agreements.stages import ACTS, ENDED, OPENINGS
from lynchpin.errors import BadData


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the stage file as the rules see it."""

    line: int
    agreement: str
    date: date
    stage: str
    actor: str


Breach = tuple[str, str] | None  # what is wrong, how to mend it


def in_order(earlier: Sequence[Row], row: Row) -> Breach:
    """The rows of an agreement stand in the order of their days."""
    if earlier and row.date < earlier[-1].date:
        return (
            f"{row.agreement}: {row.stage} of {row.date} stands below {earlier[-1].stage} of {earlier[-1].date}",
            "put the rows of an agreement in the order of their days",
        )
    return None


def one_act_a_side_a_day(earlier: Sequence[Row], row: Row) -> Breach:
    """One side moves an agreement once a day; a signature that takes effect at once is one act in two rows."""
    for other in earlier:
        same = other.date == row.date and other.actor == row.actor
        if same and (other.stage, row.stage) != ("signed", "in_force"):
            side = f"by {row.actor}" if row.actor else "by all sides together"
            return (
                f"{row.agreement}: two stages on {row.date} {side}, {other.stage} (line {other.line}) and {row.stage}",
                "keep the act that moved it, or name the side that did each",
            )
    return None


def nothing_after_the_end(earlier: Sequence[Row], row: Row) -> Breach:
    """Nothing follows an end, but the end of another side."""
    for other in earlier:
        if other.stage == ENDED and (row.stage != ENDED or other.actor == row.actor):
            return (
                f"{row.agreement}: {row.stage} of {row.date} follows its end of {other.date} (line {other.line})",
                "a process taken up again is a new agreement with an id of its own",
            )
    return None


def talks_before_signature(earlier: Sequence[Row], row: Row) -> Breach:
    """Talks do not begin after the signature."""
    words = [other.stage for other in earlier]
    if row.stage in OPENINGS and "signed" in words and not set(words) & {*OPENINGS, "agreed_in_principle", "approved"}:
        at = next(other for other in earlier if other.stage == "signed")
        return (
            f"{row.agreement}: {row.stage} of {row.date} follows signed of {at.date} (line {at.line})",
            "talks come before a signature; talks on a new text are a new agreement, on its change: amended",
        )
    return None


def signature_before_force(earlier: Sequence[Row], row: Row) -> Breach:
    """What is in force is not signed for the first time."""
    words = [other.stage for other in earlier]
    if row.stage == "signed" and "in_force" in words and "signed" not in words:
        at = next(other for other in earlier if other.stage == "in_force")
        return (
            f"{row.agreement}: signed of {row.date} follows in_force of {at.date} (line {at.line})",
            "a signature comes before force; a new text is a new agreement",
        )
    return None


def what_it_needs(earlier: Sequence[Row], row: Row) -> Breach:
    """Some acts need another before them."""
    needs = ACTS[row.stage].after
    if needs and not {other.stage for other in earlier} & set(needs):
        first = "" if earlier else ", and nothing comes before it"
        return (
            f"{row.agreement}: {row.stage} of {row.date} comes before any of {', '.join(needs)}{first}",
            "add the act that is missing, or name the stage for what it was",
        )
    return None


RULES: Final[tuple[Callable[[Sequence[Row], Row], Breach], ...]] = (
    in_order,
    nothing_after_the_end,
    one_act_a_side_a_day,
    talks_before_signature,
    signature_before_force,
    what_it_needs,
)


def check_history(rows: Sequence[Row], file: str) -> None:
    """Refuse a history that no agreement can have.

    Parameters
    ----------
    rows : the rows of one agreement, in file order
    file : str, name of the file, for the error

    Raises
    ------
    BadData : names the file, the row and the rule of the first breach
    """
    for at, row in enumerate(rows):
        for rule in RULES:
            breach = rule(rows[:at], row)
            if breach:
                raise BadData(breach[0], f"{file} line {row.line}, rule {rule.__name__}", breach[1])
