"""A backtest as one self-contained HTML file, with the style and the script of a brief."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from typing import Any

import polars as pl
from markupsafe import Markup

from lynchpin.days import DAYS_PER_MONTH
from lynchpin.report.page import page, words
from lynchpin.report.page.figures import Figure, Key, figure
from lynchpin.report.page.packing import script_json
from lynchpin.report.plots import backtest as pictures
from lynchpin.report.plots import theme
from lynchpin.report.text import LOWEST_SKILL, NO_INTERVAL, feed_told
from lynchpin.results import Backtest

#: Metric -> what it is called, and what a skill of it is about.
METRICS = {"crps": "CRPS", "log_score": "Log score"}


@dataclass(frozen=True, slots=True)
class Horizon:
    """Everything about one horizon."""

    title: str
    verdict: str
    ceiling: str
    skills: tuple[Figure, ...]
    through_time: tuple[Figure, ...]
    calibration: tuple[Figure, ...]
    rows: tuple[tuple[str, ...], ...]


def render(found: Backtest) -> str:
    """The page of a backtest.

    Parameters
    ----------
    found : Backtest

    Returns
    -------
    str, the whole text of the file; write it as UTF-8
    """
    scripts = page.scripts()
    template = page.template("backtest.html")
    return template.render(
        found=found,
        policy=page.policy(scripts),
        style=Markup(page.style({})),
        scripts=[Markup(script) for script in scripts],
        config=script_json(theme.config()),
        feed_days=feed_told(found),
        horizons=[_horizon(found, days) for days in found.horizons],
        dyads=words.all_of([f"{source}→{target}" for source, target in found.dyads]),
    )


def _horizon(found: Backtest, days: int) -> Horizon:
    best = {row["metric"]: row["against"] for row in _ours(found, days).filter("best").iter_rows(named=True)}
    rival = best.get("log_score", found.baselines[0])
    models = [name for name in (found.model, found.mechanism, rival) if name]
    if not found.mechanism:
        models = [found.model, rival]
    key = [Key("line", colour, name) for name, colour in zip(models, pictures.COLOURS, strict=False)]
    first, last = found.origin_days[0], found.origin_days[-1]
    name = f"h{days}"
    months = round(days / DAYS_PER_MONTH)
    skills = tuple(
        figure(
            f"{name}-skill-{metric}",
            pictures.draw_skill(
                pictures.skill_rows(found.skill, found.model, metric, days), f"skill of {found.model}, {said}"
            ),
            f"Skill on {said if said.isupper() else said.lower()}",
            "Right of zero the stacked forecast is better; lines: 90 % intervals over resampled origins.",
        )
        for metric, said in METRICS.items()
    )
    through_time = tuple(
        figure(
            f"{name}-time-{metric}",
            pictures.draw_time(
                pictures.time_rows(found.origins, models, metric, days), models, said, start=first, end=last
            ),
            f"{said} of each origin",
            "Lower is better.",
            key=key,
        )
        for metric, said in METRICS.items()
        if first < last
    )
    calibration = (
        figure(
            f"{name}-coverage",
            pictures.draw_coverage(pictures.coverage_rows(found.coverage, models, days), models, "coverage"),
            "Calibration",
            "Central intervals of 50, 80 and 90 %: on the dashed line as often right as they say, below it too narrow.",
            key=key,
        ),
        figure(
            f"{name}-reliability",
            pictures.draw_reliability(
                pictures.reliability_rows(found.reliability, models, days), models, "reliability"
            ),
            "Reliability of “at least one”",
            "How often there was at least one act, by the chance given; bars: 90 % intervals of the stacked forecast.",
            key=key,
        ),
        figure(
            f"{name}-pit",
            pictures.draw_pit(pictures.pit_rows(found.pit, found.model, days), found.model),
            "PIT of the stacked forecast",
            "Even bars: calibrated. A cup is too narrow, a hill too wide.",
        ),
    )
    return Horizon(
        title=f"{words.plural(months, 'month')} ahead",
        verdict=" ".join(verdicts(found, days)),
        ceiling=" ".join(ceilings(found, days)),
        skills=skills,
        through_time=through_time,
        calibration=calibration,
        rows=_rows(found, days),
    )


def _ours(found: Backtest, days: int) -> pl.DataFrame:
    chosen = (pl.col("model") == found.model) & (pl.col("horizon_days") == days) & (pl.col("target") == "count")
    return found.skill.filter(chosen)


def verdicts(found: Backtest, days: int) -> list[str]:
    """Whether the stacked forecast beats the best baseline, metric by metric, in a sentence each."""
    said = []
    for row in _ours(found, days).filter("best").iter_rows(named=True):
        name = METRICS[row["metric"]]
        name = name if name.isupper() else name.lower()
        numbers = f"skill {_share(row['value'])}, {_interval(row)}"
        if row["lower"] is not None and row["lower"] > 0:
            said.append(f"On {name} the stacked forecast beats the best baseline ({row['against']}; {numbers}).")
        elif row["upper"] is not None and row["upper"] < 0:
            said.append(f"On {name} it loses to {row['against']} ({numbers}): prefer that one.")
        else:
            said.append(f"On {name} it cannot be told from the best baseline ({row['against']}; {numbers}).")
    return said


def ceilings(found: Backtest, days: int) -> list[str]:
    """How much of what two-sided rates would have gained was reached, metric by metric, in a sentence each."""
    said = []
    for row in found.ceiling.filter(pl.col("horizon_days") == days).iter_rows(named=True):
        name = METRICS[row["metric"]]
        name = name if name.isupper() else name.lower()
        said.append(
            f"On {name} it reached {words.signed(row['ours'] * 100, 1)} of the {_share(row['value'])} "
            f"({_interval(row)}) that rates seen from before and after each span gain on {row['against']}."
        )
    return said


def _interval(row: Mapping[str, Any]) -> str:
    if any(row[end] is None or isnan(row[end]) for end in ("lower", "upper")):
        return NO_INTERVAL
    return f"90 % interval {_share(row['lower'])} to {_share(row['upper'])}"


def _share(value: float) -> str:
    below = "below " if value < LOWEST_SKILL else ""
    return f"{below}{words.signed(max(value, LOWEST_SKILL) * 100, 1)} %"


def _rows(found: Backtest, days: int) -> tuple[tuple[str, ...], ...]:
    """Model, CRPS, log score, Brier, average precision, coverage of 90 %, the same with ends."""
    whole = found.scores.filter((pl.col("horizon_days") == days) & (pl.col("event_class") == ""))
    value = {(row["model"], row["metric"]): row["value"] for row in whole.iter_rows(named=True)}
    inside = found.coverage.filter((pl.col("horizon_days") == days) & (pl.col("level") == 0.9))
    covered = {row["model"]: (row["value"], row["closed"]) for row in inside.iter_rows(named=True)}
    return tuple(
        (
            model,
            *(words.number(value[model, metric], 4) for metric in ("crps", "log_score", "brier", "average_precision")),
            *(f"{share * 100:.1f} %" for share in covered[model]),
        )
        for model in whole["model"].unique(maintain_order=True)
    )
