"""A brief as Markdown: its sentences and its tables, for notes, mails and versions that are compared line by line."""

from __future__ import annotations

from collections.abc import Sequence

from lynchpin.report.page import changes, headlines, tables, words
from lynchpin.report.plots import totals
from lynchpin.report.plots.theme import actor_name, claim_name, spoken
from lynchpin.results import Brief


def render(brief: Brief) -> str:
    """The text of a brief, without its pictures.

    Parameters
    ----------
    brief : Brief

    Returns
    -------
    str, Markdown; signs that would mean something in it are escaped
    """
    made_from = brief.provenance
    known = (
        f"As of {words.long_day(made_from.as_of)}. Nothing dated on or after that day is used."
        if made_from.as_of
        else f"The whole record, to {words.long_day(made_from.last_event_date)}."
    )
    lines = [f"# {plain(brief.title)}", "", known, ""]
    lines += [f"- **{plain(one.lead)}.** {plain(one.text)}" for one in headlines.headlines(brief)]
    if (found := changes.told(brief)) is not None:
        lines += ["", f"## {found.title}", "", plain(found.lead), ""]
        lines += [f"- {name}: {plain(line)}" for name, some in found.parts for line in some]
    lines += ["", "## What moves it", "", *_claims(brief), "", "## Outlook", "", *_outlook(brief)]
    if brief.agreements:
        heads = ("Agreement", "Stage", "Since", "A year on")
        rows = [
            (life.title, spoken(life.stage), words.day(life.since), words.likely(life) or words.UNKNOWN)
            for life in brief.agreements
        ]
        lines += ["", "## Agreements", "", *_table(heads, rows)]
    if brief.revealed is not None:
        came = brief.revealed.sort("date").select("date", "summary").iter_rows()
        lines += ["", f"## What happened next, from {words.long_day(made_from.origin)}", ""]
        lines += [f"- {day}: {plain(summary or '')}" for day, summary in came]
    lines += ["", "## Method and limits", "", *(f"- {plain(note)}" for note in brief.notes), ""]
    made = f"Data {made_from.data_hash[:12]}, case {made_from.case_hash[:12]}, seed {made_from.seed}"
    return "\n".join([*lines, f"{made}, lynchpin {made_from.version}.", ""])


def _claims(brief: Brief) -> list[str]:
    heads = ("Claim", "Expected", "Rate ratio per doubling (90 %)", "Verdict")
    rows = [
        (
            claim_name(claim.id, claim.mechanism) if claim.mechanism else f"{claim.id} {claim.claim}",
            tables.EXPECTED[claim.expect],
            words.UNKNOWN if claim.effect is None else claim.effect.text(" to "),
            claim.verdict,
        )
        for claim in brief.claims
    ]
    return _table(heads, rows)


def _outlook(brief: Brief) -> list[str]:
    heads = ("Acts", "Expected", "80 % interval", "Chance of any (90 %; base rate)")
    whole = brief.forecast.totals
    rows = []
    for watch in brief.watch if whole is not None and not whole.is_empty() else ():
        found = totals.beside(brief.forecast, watch)
        if not found.is_empty():
            row = found.row(0, named=True)
            sides = " → ".join(actor_name(code, brief.actors) for code in (watch.source, watch.target))
            chance, between = words.any_text(row), words.interval(row["low"], row["high"], 0)
            rows.append((f"{sides}, {spoken(watch.event_class)}", words.number(row["mean"], 1), between, chance))
    return _table(heads, rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return ["None."]
    written = (f"| {' | '.join(plain(cell) for cell in row)} |" for row in rows)
    return [f"| {' | '.join(heads)} |", f"| {' | '.join('---' for _ in heads)} |", *written]


def plain(text: str) -> str:
    """A text in which nothing means more than it says.

    Examples
    --------
    >>> print(plain("<b> a|b *c* [d](e)"))
    &lt;b&gt; a\\|b \\*c\\* \\[d\\](e)
    """
    escaped = text.replace("\\", "\\\\").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for sign in "|*_`[]#":
        escaped = escaped.replace(sign, f"\\{sign}")
    return " ".join(escaped.split())
