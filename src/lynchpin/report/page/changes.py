"""What changed since an earlier brief, in words: for the page, the terminal and Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lynchpin.report.evidence import end
from lynchpin.report.page import words
from lynchpin.report.plots.theme import actor_name, sentence_case, spoken
from lynchpin.results import Brief
from lynchpin.results.since import LEAST_MOVE, MovedChance, MovedGrade, NewEvent


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed: a title, a sentence, and lists of lines by name."""

    title: str
    lead: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]


def told(brief: Brief) -> Changes | None:
    """What changed since the earlier brief; None where none was asked for."""
    since = brief.since
    if since is None:
        return None
    title = f"What changed since {words.long_day(since.origin_before)}"
    new, many = since.new_events, len(since.new_events)
    if since.is_same:
        return Changes(title, f"Nothing: the earlier brief ({since.earlier}) says the same.", ())
    counted = (
        words.plural(many, "new act"),
        f"{words.plural(len(since.grades), 'grade')} moved",
        f"{words.plural(len(since.chances), 'chance')} moved by {100 * LEAST_MOVE:.0f} % or more, or to another stage",
    )
    lead = f"{', '.join(counted[:-1])} and {counted[-1]}, against the earlier brief ({since.earlier})."
    return Changes(
        title,
        lead,
        (
            ("What moved it", since.causes),
            ("Grades", tuple(_grade(one) for one in since.grades)),
            ("Chances", tuple(_chance(one, brief.actors) for one in since.chances)),
            ("New acts, the latest first", tuple(_event(one, brief.actors) for one in reversed(new))),
            ("Acts that are gone", since.gone),
            ("Acts that say something else now", since.rewritten),
        ),
    )


def _event(event: NewEvent, actors: Mapping[str, str]) -> str:
    source, target = (words.side(side, "", "", actors) for side in (event.source, event.target))
    who = f"{source}, jointly" if source == target else f"{source} → {target}"
    late = "" if event.because == "happened since" else f" ({event.because})"
    what = event.summary or spoken(event.event_class or "")
    return f"{words.day(event.date)}: {who}: {what}{late}"


def _grade(moved: MovedGrade) -> str:
    name = " · ".join(part for part in (moved.id, sentence_case(spoken(moved.mechanism))) if part)
    unit = moved.unit or "per doubling"
    sizes = [end(size, unit) for size in (moved.size_before, moved.size_now)]  # type: ignore[arg-type]
    size = f" ({sizes[0]} → {sizes[1]})" if words.UNKNOWN not in sizes else ""
    return f"{name}: {moved.before or 'not there'} → {moved.now or 'not there'}{size}. {sentence_case(moved.because)}."


def _chance(moved: MovedChance, actors: Mapping[str, str]) -> str:
    was, now = words.percent(moved.before), words.percent(moved.now)
    if moved.of == "agreement":
        stage = f"{spoken(moved.stage_before)} → {spoken(moved.stage_now)}" if moved.stage_before else "first known"
        stages = stage if moved.stage_before != moved.stage_now else spoken(moved.stage_now)
        chance = f"; chance to stand as wished a year on {was} → {now}" if words.UNKNOWN not in (was, now) else ""
        return f"{moved.title}: {stages}{chance}. {sentence_case(moved.because)}."
    dyad, _, name = moved.name.partition(" : ")
    who = " → ".join(actor_name(code, actors) for code in dyad.split(" -> "))
    expected = f"{words.number(moved.expected_before, 1)} → {words.number(moved.expected_now, 1)} expected"
    return f"{who}, {spoken(name)}: chance of any {was} → {now} ({expected}). {sentence_case(moved.because)}."
