"""The pictures of a brief: which results each one draws, and what its title and caption say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import altair as alt
import polars as pl
from markupsafe import Markup

from lynchpin.report.page import words
from lynchpin.report.page.packing import packed, script_json
from lynchpin.report.plots import (
    chances,
    fade,
    fan,
    lateral_gap,
    relation_index,
    staircase,
    strip,
    swimlanes,
    theme,
    timeline,
    totals,
)
from lynchpin.report.plots.staircase import FAMILIES
from lynchpin.report.plots.theme import actor_name, pair_key, pair_name, sentence_case, spoken
from lynchpin.results import AgreementLife, Brief, Fade, Watch, interval_text
from lynchpin.results.base import UNSEEN, is_unseen

#: Agreements drawn beside the flagship; the table holds them all.
MOST_LANES = 16


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a picture's key: a shape ("dot", "line", "dash", "box", ...), its colour, and what it stands for."""

    shape: str
    colour: str
    words: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture on the page: its specification as script-safe JSON, and the words around it."""

    id: str
    title: str
    caption: str
    spec: Markup
    description: str
    height: int
    key: tuple[Key, ...] = field(default=())
    value: str = ""  # the number that the picture ends on, shown beside its title
    least_width: int = 0  # pixels that it needs to be read; on a narrower page it scrolls sideways within itself
    data: Sequence[Mapping[str, Any]] = field(default=(), repr=False)  # the rows of its largest table


def figure(
    name: str,
    chart: alt.LayerChart,
    title: str,
    caption: str = "",
    *,
    key: Sequence[Key] = (),
    value: str = "",
    without: Sequence[str] = (),
    least_width: int = 0,
) -> Figure:
    """A chart with its words, ready for the page."""
    whole: dict[str, Any] = chart.to_dict(validate=False)
    data: Sequence[Mapping[str, Any]] = max(whole["datasets"].values(), key=len, default=())
    spec = packed(whole, without=without)
    return Figure(
        id=name,
        title=title,
        caption=caption,
        spec=script_json(spec),
        description=spec["description"],
        height=int(spec["height"]),
        least_width=least_width,
        key=tuple(key),
        value=value,
        data=data,
    )


def lanes(brief: Brief) -> list[str]:
    """The pairs to show: the lateral pair, the patron's pairs, then the others by their number of events."""
    shown = brief.index.series["pair"].unique(maintain_order=True).to_list()
    counts: dict[str, int] = {}
    for source, target in brief.events.select("source", "target").iter_rows():
        for pair in timeline.pairs_of(source, target):
            counts[pair] = counts.get(pair, 0) + 1
    first = [pair for pair in (brief.index.gap_pair, *brief.index.gap_patron_pairs) if pair in shown]
    rest = [pair for pair in shown if pair not in first]
    return first + sorted(rest, key=lambda pair: (-counts.get(pair_key(*pair.split("-")), 0), pair))


def colours(brief: Brief) -> dict[str, str]:
    """A colour for each class of the case."""
    return theme.class_colours(brief.classes, brief.groups)


def class_key(brief: Brief) -> tuple[Key, ...]:
    """What the dots' colours stand for."""
    return tuple(Key("dot", colour, spoken(name)) for name, colour in colours(brief).items())


def timeline_figure(
    name: str, brief: Brief, cited: pl.DataFrame, start: date, end: date, caption: str, without: Sequence[str] = ()
) -> Figure:
    """What happened: `cited` is `sources.for_timeline(...)`; columns `without` are joined from the list on the page."""
    classes = list(brief.classes)
    pairs = lanes(brief)
    dots = timeline.dots(cited, pairs, classes, brief.actors)
    seen = set(dots["pair"])
    named = [pair for pair in pairs if pair_name(pair, brief.actors) in seen]
    if named != pairs:
        pairs = named
        dots = timeline.dots(cited, pairs, classes, brief.actors)
    chart = timeline.draw(dots, pairs, classes, colours(brief), brief.actors, start=start, end=end)
    note = caption + " Joint acts stand in the lane of every pair they join. Larger dots: larger magnitude."
    return figure(name, chart, "Events by pair and class", note, key=class_key(brief), without=without)


def index_figures(brief: Brief, start: date, end: date) -> list[Figure]:
    """How warm each pair is: one small picture per pair, the lateral pair first."""
    figures = []
    points_of = {pair: relation_index.line(brief.index.series, pair) for pair in lanes(brief)}
    turns_of = {pair: relation_index.turns(brief.index.change_points, pair, start=start, end=end) for pair in points_of}
    levels = max((level + 1 for turns in turns_of.values() for level in turns["level"]), default=0)
    for number, (pair, points) in enumerate(points_of.items()):
        if points.is_empty():
            continue
        turns = turns_of[pair]
        title = pair_name(pair, brief.actors)
        chart = relation_index.draw(points, turns, title, start=start, end=end, levels=levels)
        today = points.row(-1, named=True)
        value = f"{words.signed(today['index'])} ({words.signed(today['lower'])} to {words.signed(today['upper'])})"
        figures.append(figure(f"index-{number}", chart, title, value=value))
    return figures


INDEX_KEY = (
    Key("line", theme.ACCENT, "index"),
    Key("box", theme.tint(theme.ACCENT, 0.17), "90 % band"),
    Key("dash", theme.COOPERATION, "▲ turned up"),
    Key("dash", theme.CONFLICT, "▼ turned down"),
)


def gap_figure(brief: Brief, start: date, end: date) -> Figure | None:
    """The lateral gap; None when the case has none."""
    points = lateral_gap.line(brief.index.gap)
    if points.is_empty():
        return None
    pair = pair_name(brief.index.gap_pair, brief.actors)
    others = words.all_of([pair_name(name, brief.actors) for name in brief.index.gap_patron_pairs])
    caption = f"Index of {pair} less the mean index of {others}; 90 % band. Range −2 to +2."
    chart = lateral_gap.draw(points, start=start, end=end)
    today = points.row(-1, named=True)
    value = f"{words.signed(today['gap'])} ({words.signed(today['lower'])} to {words.signed(today['upper'])})"
    return figure("gap", chart, "The lateral gap", caption, value=value)


def fade_title(found: Fade) -> str:
    """ "C2 · Shared threat: how it fades"."""
    return f"{fade.heading(found)}: how it fades"


def fade_figure(found: Fade, *, as_of: bool, letters: int = fade.LETTERS, name: str = "fade") -> Figure:
    """The push of a mechanism through time; `letters` of the names of acts are shown."""
    chart = fade.draw(fade.data(found, letters), fade.heading(found), origin=found.origin, as_of=as_of)
    ahead = "as the acts that came leave it" if found.revealed_until else "as it fades if nothing more comes"
    key = [
        Key("line", theme.ACCENT, "the push"),
        Key("box", theme.tint(theme.ACCENT, 0.17), "90 % band"),
        Key("dash", theme.ACCENT, ahead),
        Key("tick", theme.INK, "an act of the cause"),
    ]
    if found.acts["ahead"].any():
        key.append(Key("tick", theme.CONFLICT, "an act that was not known then"))
    moved = words.all_of([f"{found.source} → {found.target}", *(o.replace("->", "→") for o in found.others)])
    caption = (
        f"The rate of {words.all_of([spoken(name) for name in found.classes])}, {moved}, over the rate with "
        f"{found.against}, on a log scale. Point at a stroke for the act."
    )
    size = f"×{found.times:.2f} ({interval_text(found.lower, found.upper)})"
    size = UNSEEN if is_unseen(found.lower, found.upper) else size
    value = f"{size} on {words.day(found.origin)}"
    return figure(name, chart, fade_title(found), caption, key=key, value=value)


def profile_figure(found: Fade) -> Figure | None:
    """What the record says of the half-life; None where there is no profile."""
    if found.profile.is_empty() or found.half_life_interval is None:
        return None
    given = None if found.is_fitted else found.half_life_days
    chart = fade.draw_profile(fade.profile(found), found.half_life_interval, given)
    key = [Key("box", theme.tint(theme.ACCENT, 0.13), "90 % interval")]
    if given is not None:
        key.append(Key("line", theme.INK, "given by the case"))
    caption = "Log-likelihood of each half-life less that of the best. Flat: the record cannot tell."
    return figure("fade-profile", chart, "Its half-life", caption, key=key)


@dataclass(frozen=True, slots=True)
class Outlook:
    """The two pictures of a watch, and its words."""

    title: str
    lead: str
    fan: Figure
    totals: Figure


def watch_name(brief: Brief, watch: Watch) -> str:
    """A watch in words: "South Korea → Japan: security cooperation"."""
    source, target = (actor_name(code, brief.actors) for code in (watch.source, watch.target))
    return f"{source} → {target}: {spoken(watch.event_class)}"


def outlooks(brief: Brief, *, revealed: bool = False) -> list[Outlook]:
    """The outlook of every watch that the forecast covers; with what came, where it is revealed."""
    found = []
    for number, watch in enumerate(brief.watch):
        future = fan.ahead(brief.forecast, watch)
        if future.is_empty():
            continue
        title = watch_name(brief, watch)
        history = fan.behind(brief.forecast, watch, months=12 if revealed else 24)
        seen = fan.came(brief.forecast, watch)
        seen = seen if revealed else seen.clear()
        colour = colours(brief).get(watch.event_class, theme.MUTED)
        came = int(seen["count"].sum()) if revealed and seen.height else None
        beside = totals.beside(brief.forecast, watch)
        prefix = f"{'came' if revealed else 'watch'}-{number}"
        ahead = words.plural(future.height, "month")
        found.append(
            Outlook(
                title=sentence_case(title),
                lead=_lead(beside.row(0, named=True), history, ahead, came),
                fan=_months(f"{prefix}-fan", history, future, seen, title, colour, came is not None),
                totals=figure(
                    f"{prefix}-totals",
                    totals.draw(beside, title, colour, came=came),
                    f"Expected over {ahead}, by model",
                    key=[Key("diamond", theme.INK, "observed")] if came is not None else [],
                ),
            )
        )
    return found


def _months(
    name: str, history: pl.DataFrame, future: pl.DataFrame, seen: pl.DataFrame, title: str, colour: str, came: bool
) -> Figure:
    """The months ahead: a fan, or strips of chances where counts are small."""
    if strip.fits(future):
        key = [Key("box", tone, count) for count, tone in zip(strip.PARTS, strip.colours(colour), strict=True)]
        return figure(
            name,
            strip.draw(strip.parts(future, seen), title, colour),
            "Chances of so many events, month by month",
            "In each month none is likelier than some: the chances themselves are drawn, since a fan would be a wall.",
            key=[*key, *([Key("diamond", theme.INK, "observed")] if came else [])],
        )
    drawn = fan.draw(history, future, seen, title, colour)
    return figure(name, drawn, "Events per month", key=_fan_key(colour, came, future))


def _lead(ours: Mapping[str, object], history: pl.DataFrame, ahead: str, came: int | None) -> str:
    """What the two pictures of a watch say."""
    mean, low, high = (ours[name] for name in ("mean", "low", "high"))
    assert isinstance(mean, float)
    text = f"Expected over {ahead}: {words.number(mean, 1)}"
    if isinstance(low, (int, float)) and isinstance(high, (int, float)):
        text += f" (80 % interval {words.interval(low, high, 0)})"
    if ours["p_any"] is not None:
        text += f"; chance of at least one {words.any_text(ours)}"
    if came is not None:
        return f"{text}. Observed: {came}."
    year = history.filter(pl.col("month") >= -12)
    if year.height:
        text += f". In the last {words.plural(year.height, 'month')}: {int(year['count'].sum())}"
    return text + "."


def _fan_key(colour: str, came: bool, future: pl.DataFrame) -> list[Key]:
    key = [
        Key("box", theme.tint(colour, 0.85), "events"),
        *(Key("box", theme.tint(colour, share), f"{name} %") for name, *_, share in reversed(fan.BANDS)),
        Key("line", theme.INK, "median"),
        Key("ring", theme.INK, "mean"),
        Key("dash", theme.MUTED, "own last 12 months"),
    ]
    return [*key, Key("diamond", theme.INK, "observed")] if came else key


STAGE_KEY = tuple(Key(shape, colour, family) for family, (colour, shape) in FAMILIES.items())


def flagship_figure(life: AgreementLife, end: date) -> Figure:
    """The life of the flagship, stage by stage."""
    acts = swimlanes.acts([life], end=end)
    chart = staircase.draw(acts, life.title, end=end)
    caption = "One mark per act; the line is the way from stage to stage, dotted from the last act on."
    return figure("flagship", chart, life.title, caption, key=STAGE_KEY)


def chances_figure(life: AgreementLife) -> Figure | None:
    """Where the flagship may stand; None without a model, or where it has ended."""
    if not life.forecast or life.standing == "ended":
        return None
    frame = chances.bars(life)
    shown = set(frame.filter(pl.col("high") - pl.col("low") >= 0.005)["stage"])
    key = [Key("box", colour, spoken(stage)) for stage, colour in chances.COLOURS.items() if spoken(stage) in shown]
    caption = "Point at a part for its 90 % interval, which is wide: few agreements are known."
    return figure("chances", chances.draw(frame, life.title), "Where it may stand", caption, key=key)


def lives_figure(lives: Sequence[AgreementLife], end: date) -> Figure | None:
    """The other agreements, those that moved last first; None when there are none."""
    shown = lives[:MOST_LANES]
    if not shown:
        return None
    acts = swimlanes.acts(shown, end=end)
    first = min(acts["date"])
    start, stop = first - timedelta(days=90), end + timedelta(days=60)
    caption = "A mark per act; the line has the colour of what the act left behind. Right: the stage reached."
    if len(lives) > len(shown):
        caption += f" The {len(shown)} that moved last; the table below holds all."
    return figure("lives", swimlanes.draw(acts, start=start, end=stop), "Other agreements", caption, key=STAGE_KEY)
