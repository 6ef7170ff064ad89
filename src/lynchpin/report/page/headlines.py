"""Three to five sentences that say what the brief found, written by its numbers."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from lynchpin.report import evidence
from lynchpin.report.page import words
from lynchpin.report.page.words import success_chance
from lynchpin.report.plots import fan, theme, totals
from lynchpin.report.plots.staircase import families
from lynchpin.report.plots.theme import actor_name, pair_name, spoken
from lynchpin.results import Brief
from lynchpin.results.base import how_often


@dataclass(frozen=True, slots=True)
class Headline:
    """A lead in a few words, and the sentence that bears it out."""

    lead: str
    text: str


def headlines(brief: Brief) -> list[Headline]:
    """The headlines of a brief; those without results to stand on are left out."""
    found = (relation(brief), gap(brief), claims(brief), outlook(brief), flagship(brief))
    return [headline for headline in found if headline is not None]


def last_turn(brief: Brief, pair: str) -> tuple[str, str] | None:
    """The last change point of a pair: its direction ("up" or "down") and its month; None without one."""
    turns = brief.index.change_points.filter(pl.col("pair") == pair).sort("date")
    if turns.is_empty():
        return None
    turn = turns.row(-1, named=True)
    return ("up" if turn["after"] >= turn["before"] else "down"), words.day(turn["date"], "month")


def how_sure(brief: Brief, pair: str) -> str:
    """How often chance alone makes so large a turn, in words; "" without a turn."""
    turns = brief.index.change_points.filter(pl.col("pair") == pair).sort("date")
    p = turns["p"][-1] if turns.height and "p" in turns.columns else None
    return (
        "" if p is None else f" (so large a turn comes in {how_often(p)} records with the same acts in another order)"
    )


def today(brief: Brief, pair: str) -> tuple[float, float, float] | None:
    """A pair's index at the end of the record with its 90 % interval; None without an act."""
    rows = brief.index.series.filter(pl.col("pair") == pair).drop_nulls("index").sort("date")
    return rows.select("index", "lower", "upper").row(-1) if rows.height else None


def relation(brief: Brief) -> Headline | None:
    """Where the lateral pair stands (or the first pair), and how it last turned."""
    pairs = brief.index.series["pair"].unique(maintain_order=True).to_list()
    pair = brief.index.gap_pair if brief.index.gap_pair in pairs else next(iter(pairs), "")
    now = today(brief, pair)
    if now is None:
        return None
    index, lower, upper = now
    mood = "warm" if lower > 0 else "cold" if upper < 0 else "neither clearly warm nor clearly cold"
    text = (
        f"The relation index is {words.signed(index)} (90 % interval {words.signed(lower)} to {words.signed(upper)}; "
        "−1 is all conflict, +1 all cooperation)"
    )
    turn = last_turn(brief, pair)
    text += f", since the relation last turned {turn[0]} in {turn[1]}" if turn else "; the record shows no turn"
    text += f"{how_sure(brief, pair)}."
    return Headline(f"{pair_name(pair, brief.actors)}: {mood}", text)


def gap(brief: Brief) -> Headline | None:
    """The lateral gap today."""
    rows = brief.index.gap.drop_nulls("gap").sort("date")
    if rows.is_empty():
        return None
    value, lower, upper = rows.select("gap", "lower", "upper").row(-1)
    patron = actor_name(next(iter(brief.roles.get("patron", ("",))), ""), brief.actors)
    named = f"the patron ({patron})" if patron else "the patron"
    side = "less close to each other than to" if value < 0 else "closer to each other than to"
    sure = lower > 0 or upper < 0
    interval = f"90 % interval {words.signed(lower)} to {words.signed(upper)}"
    return Headline(
        f"Allies {side} the patron" if sure else "No clear lateral gap",
        f"The lateral gap, the allies' index less their mean with {named}, is {words.signed(value)} ({interval}).",
    )


def claims(brief: Brief) -> Headline | None:
    """How the account fares against the record."""
    if not brief.claims:
        return None
    tested = [claim for claim in brief.claims if claim.effect is not None and claim.basis != "futures"]
    parts = []
    for graded in theme.VERDICTS:
        named = [claim for claim in tested if claim.graded == graded]
        listed = ", ".join(" ".join((claim.id, spoken(claim.mechanism))).strip() for claim in named)
        if named:
            parts.append(f"{len(named)} {graded}" + (f" ({listed})" if graded != "none" else ""))
    text = f"Evidence by grade: {'; '.join(parts) or 'none could be tested'}."
    if brief.whole is not None:
        text += f" {evidence.whole(brief.whole)}."
    untested = sum(claim.effect is None for claim in brief.claims)
    if untested:
        text += f" {words.plural(untested, 'claim')} cannot be tested with events."
    better = sum(claim.grade in ("strong", "moderate") and claim.side == "for" for claim in tested)
    lead = f"{better} of {words.plural(len(tested), 'tested mechanism')} with moderate or strong evidence for it"
    return Headline(lead, f"{text} Association is not cause.")


def outlook(brief: Brief) -> Headline | None:
    """What the first watch is expected to bring, against its own last twelve months."""
    for watch in brief.watch if brief.forecast.model else ():
        rows = totals.beside(brief.forecast, watch)
        if rows.is_empty():
            continue
        ours = rows.row(0, named=True)
        months = fan.ahead(brief.forecast, watch).height
        source, target = (actor_name(code, brief.actors) for code in (watch.source, watch.target))
        text = f"{words.number(ours['mean'], 1)} events are expected from {words.long_day(brief.provenance.origin)}"
        if ours["low"] is not None:
            text += f" (80 % interval {words.interval(ours['low'], ours['high'], 0)})"
        year = fan.behind(brief.forecast, watch, months=12)
        if year.height:
            count = int(year["count"].sum())
            rate = words.number(count / year.height * months, 1)
            text += f"; the last {words.plural(year.height, 'month')} held {count}, or {rate} per {months} months"
        if ours["p_any"] is not None:
            text += f". Chance of at least one: {words.any_text(ours)}"
        mean, ahead = words.number(ours["mean"], 1), words.plural(months, "month")
        lead = f"{source} → {target}, {spoken(watch.event_class)}: {mean} expected in {ahead}"
        return Headline(lead, text + ".")
    return None


def flagship(brief: Brief) -> Headline | None:
    """Where the flagship agreement stands, and its last act."""
    if not brief.agreements:
        return None
    life = brief.agreements[0]
    setbacks = sum(family == "setback" for family in families(sorted(life.history, key=lambda act: act.date)))
    precision = life.history[-1].precision if life.history else "day"
    standing = spoken(life.standing or life.stage)
    last = "" if standing == spoken(life.stage) else f", last act {spoken(life.stage)}"
    text = (
        f"{life.title}: {standing}; last act {spoken(life.stage)}, {words.day(life.since, precision)}, "
        f"after {words.plural(len(life.history) - 1, 'act')}; {setbacks} of all were setbacks or suspensions."
    )
    found = success_chance(life)
    if found is not None:
        text += f" The chance that it stands {found[1]} a year on is {words.percent(found[0])}."
    return Headline(f"The flagship agreement: {standing}{last}", text)
