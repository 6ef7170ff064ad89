"""The tables of a brief, as rows of text ready for the page and the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from lynchpin.report import evidence
from lynchpin.report.page import words
from lynchpin.report.page.words import likely
from lynchpin.report.plots import totals
from lynchpin.report.plots.theme import actor_name, sentence_case, spoken
from lynchpin.results import AgreementLife, Brief, Claim, Forecast, Provenance
from lynchpin.results.base import p_text

EXPECTED = {"+": "more", "-": "fewer", "?": "not said"}

#: Metric -> (its name, whether less is better); coverage should be near its nominal share.
METRICS = {
    "crps": ("CRPS", True),
    "log_score": ("Log score", True),
    "coverage_90": ("Coverage of the 90 % interval", False),
}


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One claim and mechanism of the ledger, in words."""

    claim: Claim
    place: str  # its name on the page; "" for a further row of a claim
    name: str
    expected: str
    ratio: str
    interval: str
    at_least: str
    at_most: str
    half_life: str
    shows: str
    errs: str
    effect: str
    placebo: str
    held_out: str
    beside: str  # what the ratio hangs on: the priors, and the joint model's own


def ledger_rows(claims: Sequence[Claim]) -> list[LedgerRow]:
    """The ledger, in the claims' order."""
    rows: list[LedgerRow] = []
    for claim in claims:
        half_life = words.half_life(claim.half_life_days)
        if claim.half_life_interval:
            low, high = claim.half_life_interval
            between = (
                words.interval(low, high, 0) if high < 730 else f"{words.half_life(low)} to {words.half_life(high)}"
            )
            half_life += f" ({between})"
        rows.append(
            LedgerRow(
                claim=claim,
                place=place if (place := evidence.place(claim)) not in {row.place for row in rows} else "",
                name=sentence_case(spoken(claim.mechanism)),
                expected=EXPECTED[claim.expect],
                ratio=evidence.size(claim.effect),
                interval=f"{evidence.end(claim.at_least, claim.unit)} to {evidence.end(claim.at_most, claim.unit)}",
                at_least=evidence.end(claim.at_least, claim.unit),
                at_most=evidence.end(claim.at_most, claim.unit),
                half_life=half_life,
                shows=sentence_case(evidence.shows(claim)) if claim.effect is not None else "",
                errs=f"errs {errs}" if (errs := evidence.errs(claim.error_rate)) else "",
                effect=evidence.moved(claim),
                placebo="–" if claim.placebo_p is None else p_text(claim.placebo_p),
                held_out=words.signed(claim.heldout_gain, 1),
                beside=evidence.beside(claim),
            )
        )
    return rows


def rules(claims: Sequence[Claim]) -> list[str]:
    """The rules behind the grades, each once, in order of appearance."""
    return list(dict.fromkeys(claim.rule for claim in claims if claim.rule))


def many(claims: Sequence[Claim]) -> list[str]:
    """How the placebo and the held-out score are to be read, and what many rows do to them."""
    tested = [claim for claim in claims if claim.placebo_p is not None]
    if not tested:
        return []
    first = tested[0]
    return [
        f"Placebo p is the share of {first.placebo_shifts + 1:,} records, the true one among them, that lie as far on "
        "the expected side when the acts of the cause are moved in time by a random lag. Held out is the log score of "
        f"the last {words.plural(first.heldout_steps, 'step')} with the mechanism less without it; above 0, it helps.",
        f"With {words.plural(len(tested), 'claim')} read at once, Holm’s correction of the placebo p at 5 % keeps "
        f"{evidence.kept(tested, 'holm_p')}, Benjamini and Hochberg’s keeps {evidence.kept(tested, 'bh_p')}.",
    ]


def ledger_command(made_from: Provenance) -> str:
    """The command that prints the ledger's numbers."""
    as_of = "" if made_from.as_of is None else f" --as-of {made_from.as_of}"
    return f"lynchpin claims {made_from.case}{as_of} --json"


def fade_command(brief: Brief) -> str:
    """The command that prints the numbers of the fade; "" where there is none."""
    if brief.fade is None:
        return ""
    as_of = "" if brief.provenance.as_of is None else f" --as-of {brief.provenance.as_of}"
    return f"lynchpin fade {brief.provenance.case} {brief.fade.mechanism}{as_of} --json"


@dataclass(frozen=True, slots=True)
class OutlookRow:
    """One dyad and class over the horizon: ours, what was, and each baseline's expected count."""

    event_class: str
    expected: str
    interval: str
    p_any: str
    beside: str
    base_rate: str
    last_year: str
    baselines: tuple[str, ...]


def outlook_groups(brief: Brief) -> list[tuple[str, list[OutlookRow]]]:
    """Every dyad with its classes in the case's order; the dyads from whom most is expected first."""
    table = totals.over_horizon(brief.forecast)
    keys = ["source", "target", "event_class"]
    year = brief.forecast.history.filter(pl.col("month") >= -12).group_by(keys).agg(pl.col("count").sum())
    past = {tuple(row[:3]): row[3] for row in year.iter_rows()}
    means = {tuple(row[:4]): row[4] for row in table.select("model", *keys, "mean").iter_rows()}
    names = baselines(brief.forecast)
    order = {name: number for number, name in enumerate(brief.classes)}
    groups: dict[str, list[tuple[int, float, OutlookRow]]] = {}
    for ours in table.filter("ours").iter_rows(named=True):
        key = source, target, name = tuple(ours[part] for part in keys)
        row = OutlookRow(
            event_class=spoken(name),
            expected=words.number(ours["mean"], 1),
            interval=words.interval(ours["low"], ours["high"], 0),
            p_any=words.percent(ours["p_any"]),
            beside=words.span(ours["any_lower"], ours["any_upper"]),
            base_rate=words.percent(ours["base_rate"]),
            last_year=words.number(past.get(key), 0),
            baselines=tuple(words.number(means.get((model, *key)), 1) for model in names),
        )
        dyad = " → ".join(actor_name(code, brief.actors) for code in (source, target))
        groups.setdefault(dyad, []).append((order.get(name, len(order)), ours["mean"], row))
    ranked = sorted(groups.items(), key=lambda group: -sum(mean for _, mean, _ in group[1]))
    return [(dyad, [row for _, _, row in sorted(rows, key=lambda item: item[0])]) for dyad, rows in ranked]


def baselines(forecast: Forecast) -> list[str]:
    """The names of the mechanism model and of the baselines, in the forecast's order."""
    models = forecast.table["model"].unique(maintain_order=True).to_list()
    return [model for model in models if model != forecast.model]


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One model's scores: (text, whether it is the best) per metric."""

    model: str
    ours: bool
    cells: tuple[tuple[str, bool], ...]


def score_rows(forecast: Forecast) -> tuple[list[str], list[ScoreRow]]:
    """The names of the metrics, and a row per model with the best of each column marked."""
    scores = forecast.scores
    if scores is None or scores.is_empty():
        return [], []
    value = {(row[0], row[1]): row[2] for row in scores.select("model", "metric", "value").iter_rows()}
    metrics = [name for name in METRICS if name in set(scores["metric"])]
    models = scores["model"].unique(maintain_order=True).to_list()
    best = {metric: _best(metric, {model: value.get((model, metric)) for model in models}) for metric in metrics}
    rows = [
        ScoreRow(
            model=sentence_case(model) if model == forecast.model else model,
            ours=model == forecast.model,
            cells=tuple(
                (
                    words.percent(value.get((model, metric)))
                    if metric == "coverage_90"
                    else words.number(value.get((model, metric)), 3),
                    model in best[metric],
                )
                for metric in metrics
            ),
        )
        for model in models
    ]
    return [METRICS[metric][0] for metric in metrics], rows


def _best(metric: str, values: Mapping[str, float | None]) -> set[str]:
    """The models with the best value, as it is printed."""
    far = {
        model: round(value, 3) if METRICS[metric][1] else abs(round(value, 2) - 0.9)
        for model, value in values.items()
        if value is not None
    }
    return {model for model, distance in far.items() if distance == min(far.values())}


def score_sentence(forecast: Forecast) -> str:
    """Who was best, said plainly, also when it was not us; empty without scores."""
    scores = forecast.scores
    if scores is None or scores.is_empty():
        return ""
    parts = []
    for metric, (name, less) in METRICS.items():
        values = dict(scores.filter(pl.col("metric") == metric).select("model", "value").iter_rows())
        if not less or forecast.model not in values or not set(values) - {forecast.model, forecast.mechanism}:
            continue
        ours = values.pop(forecast.model)
        values.pop(forecast.mechanism, None)
        rival = min(values, key=lambda model: values[model])
        said = name if name.isupper() else name.lower()
        numbers = f"{words.number(ours, 3)} against {words.number(values[rival], 3)}"
        if round(ours, 3) < round(values[rival], 3):
            parts.append(f"On {said} our forecast beat every baseline (next: {rival}, {numbers}).")
        elif round(ours, 3) == round(values[rival], 3):
            parts.append(f"On {said} our forecast was level with the best baseline ({rival}, {numbers}).")
        else:
            parts.append(f"On {said} our forecast lost to {rival} ({numbers}).")
    n = int(scores["n"].max() or 0)  # type: ignore[arg-type]
    return " ".join([*parts, f"{n:,} counts scored."])


def past_sentence(forecast: Forecast) -> str:
    """Whether the stack would have beaten the best of the baselines from earlier days; empty where none can tell."""
    if forecast.past is None or forecast.past.height < 2:
        return ""
    (_, ours, days), (rival, theirs, _) = forecast.past.rows()
    numbers = f"log score {words.number(ours, 3)} against {words.number(theirs, 3)}, smaller is better"
    since = f"From {words.plural(days, 'earlier day')}, over the same horizon,"
    if round(ours, 3) < round(theirs, 3):
        return f"{since} it would have beaten the best baseline ({rival}; {numbers})."
    if round(ours, 3) == round(theirs, 3):
        return f"{since} it would have been level with the best baseline ({rival}; {numbers})."
    return f"{since} it would have lost to {rival} ({numbers}): prefer that one, which stands beside it."


@dataclass(frozen=True, slots=True)
class LifeRow:
    """An agreement in one line."""

    title: str
    stage: str
    since: str
    parties: str
    kind: str
    likely: str  # the likeliest stages a year on; "" without a model


def life_rows(lives: Sequence[AgreementLife], actors: Mapping[str, str]) -> list[LifeRow]:
    """Agreements in one line each, in the order given."""
    return [
        LifeRow(
            title=life.title,
            stage=sentence_case(spoken(life.stage)),
            since=words.day(life.since, life.history[-1].precision if life.history else "day"),
            parties=words.all_of([actor_name(code, actors) for code in life.parties]),
            kind=spoken(life.kind),
            likely=likely(life),
        )
        for life in lives
    ]


def frame_rows(frame: pl.DataFrame) -> tuple[list[str], list[tuple[str, ...]]]:
    """Any frame as header and text cells."""
    names = [sentence_case(spoken(name)) for name in frame.columns]
    rows = [
        tuple(
            words.number(cell, 3) if isinstance(cell, float) else words.UNKNOWN if cell is None else str(cell)
            for cell in row
        )
        for row in frame.iter_rows()
    ]
    return names, rows


def came_rows(brief: Brief) -> list[tuple[str, str, str, str]]:
    """What came, by dyad and class: (dyad and class, observed, expected, 80 % interval), most observed first."""
    observed = brief.forecast.observed
    if observed is None:
        return []
    keys = ["source", "target", "event_class"]
    ours = totals.over_horizon(brief.forecast).filter("ours").select(*keys, "mean", "low", "high")
    joined = (
        observed.group_by(keys, maintain_order=True)
        .agg(pl.col("count").sum())
        .join(ours, on=keys, how="left", maintain_order="left")
        .filter((pl.col("count") > 0) | (pl.col("mean") >= 1.0))
        .sort("count", "mean", descending=True, maintain_order=True)
    )
    return [
        (
            f"{actor_name(source, brief.actors)} → {actor_name(target, brief.actors)}: {spoken(name)}",
            words.number(count, 0),
            words.number(mean, 1),
            words.interval(low, high, 0),
        )
        for source, target, name, count, mean, low, high in joined.iter_rows()
    ]
