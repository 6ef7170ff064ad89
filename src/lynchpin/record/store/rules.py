"""The rules that a row must keep to become an event: a name, one sentence and one expression each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import polars as pl

from lynchpin.record.ontology import contexts, plover, sectors
from lynchpin.record.ontology.scales import HIGHEST, LOWEST

#: Why a row of a feed is no act between states: what its source writes into `_unfit`.
UNFIT: dict[str, str] = {
    "no_state_pair": "not each side names a state: it is an armed group, a people or nobody; or both name the same one",
    "side_of_several": "who did it to whom is not told, and a side has several states, which would be set against each "
    "other",
    "coarse_date": "the day is not known to within a month",
}

Rows = Literal["all", "events", "hand", "coded", "mentions"]

#: Duplicates are no fault of a row; their two reasons stand beside the rules in every report.
DUPLICATES: dict[str, str] = {
    "exact_duplicate": "the same key and the same content was read before",
    "same_key_other_content": "the same key was read before with other content; the first stays",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes
    ----------
    name : str, as it stands in `broke` and in reports
    says : str, one sentence: what a row that breaks it did
    rows : {"all", "events", "hand", "coded", "mentions"}, the rows it holds for: of every source, events,
        hand-coded events, events coded by machine, or mentions of events
    broken : expression of Boolean over the columns of `lynchpin.record.sources`
    """

    name: str
    says: str
    rows: Rows
    broken: pl.Expr

    def holds_for(self, rows: Rows) -> bool:
        """Whether the rule is asked of rows that are "hand", "coded" or "mentions"."""
        return self.rows in ("all", rows) or (self.rows == "events" and rows != "mentions")


def _is(kind: str) -> pl.Expr:
    return pl.col("_what").eq(kind).fill_null(False)


#: Lines that are no rows, of which nothing else is asked.
NO_ROWS = (
    Rule("blank_line", "the line holds nothing", "all", (pl.col("raw").str.strip_chars() == "") | _is("blank")),
    Rule("comment_line", "the line is a comment", "events", _is("comment")),
    Rule("repeated_header", "the line is the header once more", "events", _is("header")),
)


#: Their names: a line that breaks one is no fault of a file.
NOT_ROWS = frozenset(rule.name for rule in NO_ROWS)


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, in the order in which `broke` lists them.

    Examples
    --------
    >>> [rule.name for rule in rules()][:3]
    ['blank_line', 'comment_line', 'repeated_header']
    """
    types = list(plover.types())
    tags = [*contexts.contexts("lynchpin"), *contexts.contexts("plover")]
    ours = list(sectors.sectors("lynchpin"))
    shipped, text = pl.col("magnitude_shipped"), pl.col("_magnitude_text").str.strip_chars()
    source, target = pl.col("source"), pl.col("target")
    shared = source.list.set_intersection("target").list.len()
    return (
        *NO_ROWS,
        Rule(
            "wrong_field_count",
            "the line has more or fewer fields than the header",
            "all",
            pl.col("_fields") != pl.col("_fields_expected"),
        ),
        Rule("no_event_id", "the id is missing", "all", pl.col("event_id").str.strip_chars() == ""),
        Rule(
            "bad_date",
            "the date is missing, or no day of the calendar from the year 1000 on",
            "all",
            ~pl.col("date").dt.year().is_between(1000, 9999).fill_null(False),
        ),
        Rule(
            "dated_after_known",
            "the act is dated after the day from which it was known",
            "events",
            (pl.col("date") > pl.col("known_from")).fill_null(False),
        ),
        Rule(
            "bad_known_from",
            "the day from which the act was known is no day of the calendar",
            "events",
            (pl.col("_known_text").str.strip_chars() != "").fill_null(False) & pl.col("known_from").is_null(),
        ),
        Rule(
            "unknown_precision",
            "the precision is not day or month",
            "hand",
            ~_in("precision", ["day", "month"]),
        ),
        Rule("unknown_code", "the code is not one of its scheme", "coded", pl.col("type").is_null()),
        Rule(
            "code_text_mismatch",
            "the code means one act and the label beside it another",
            "coded",
            (pl.col("_label_code") != pl.col("code")).fill_null(False),  # an unknown label says nothing
        ),
        *(Rule(name, says, "coded", (pl.col("_unfit") == name).fill_null(False)) for name, says in UNFIT.items()),
        Rule("unknown_type", "the type is not one of PLOVER's sixteen", "hand", ~_in("type", types)),
        Rule("no_magnitude", "the magnitude is missing", "hand", text == ""),
        Rule(
            "bad_magnitude",
            "the magnitude is not a number from -10 to 10",
            "events",
            (text != "") & ~shipped.is_between(LOWEST, HIGHEST).fill_null(False),  # nan is outside too
        ),
        Rule(
            "no_actor",
            "a side names no state",
            "hand",
            (source.list.len() == 0) | (target.list.len() == 0),
        ),
        Rule(
            "unknown_actor",
            "a side names something that is no state on that day, by its ISO3 code",
            "hand",
            pl.col("_strangers") > 0,
        ),
        Rule(
            "partial_overlap",
            "the two sides share some states and not all: a joint act has the same set on both sides",
            "hand",
            (shared > 0) & ((shared != source.list.len()) | (shared != target.list.len())),
        ),
        Rule(
            "unknown_sector",
            f"a sector is not one of {', '.join(ours)}",
            "hand",
            ~_in("source_sector", ours) | ~_in("target_sector", ours),
        ),
        Rule(
            "unknown_context",
            "a context is in neither our list nor PLOVER's",
            "hand",
            ~pl.col("contexts").list.eval(pl.element().is_in(tags)).list.all(),
        ),
        Rule(
            "unknown_status",
            "the status is not verified or recalled",
            "hand",
            ~_in("status", ["verified", "recalled"]),
        ),
        Rule("no_page", "the address of the page is missing", "mentions", pl.col("url").str.strip_chars() == ""),
        Rule(
            "bad_sentence", "the place of the sentence is not a whole number", "mentions", pl.col("sentence").is_null()
        ),
        Rule(
            "bad_confidence",
            "the confidence is not a number from 0 to 100",
            "mentions",
            ~pl.col("confidence").is_between(0, 100).fill_null(False),
        ),
    )


def meanings() -> dict[str, str]:
    """What each reason in a report says, by name: the rules, then the duplicates."""
    return {**{rule.name: rule.says for rule in rules()}, **DUPLICATES}


def _in(column: str, known: list[str]) -> pl.Expr:
    return pl.col(column).is_in(known)
