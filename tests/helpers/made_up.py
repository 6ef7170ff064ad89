"""Made-up briefs: a full one, with every verdict, a reveal and nasty strings, and the smallest one that can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import permutations
from typing import Any

import numpy as np
import polars as pl

from lynchpin.events import SCHEMA
from lynchpin.results import (
    QUANTILES,
    AgreementLife,
    Brief,
    Claim,
    Effect,
    Forecast,
    Provenance,
    RelationIndex,
    StageRow,
    Watch,
)

ORIGIN = date(2012, 7, 9)
ACTORS = {
    "USA": "United States",
    "JPN": "Japan",
    "KOR": "South Korea",
    "PRK": "North Korea",
    "CHN": "China",
    "KOR.LEG": "National Assembly",
}
STATES = ("USA", "JPN", "KOR", "PRK", "CHN")
CLASSES = {
    "security_cooperation": "cooperation on alliance, posture, exercises or intelligence",
    "other_cooperation": "all other cooperation: diplomacy, trade, aid, concessions",
    "grievance": "conflict over history or territory",
    "verbal_conflict": "other demands, accusations, refusals and threats",
    "material_conflict": "other protest, sanctions, tests and shows of force",
}
GROUPS = {
    "cooperation": ("security_cooperation", "other_cooperation"),
    "conflict": ("grievance", "verbal_conflict", "material_conflict"),
}
BASELINES = ("own last 12 months", "last month (Poisson)", "EWMA negative binomial", "zero")
PAIRS = ("JPN-KOR", "KOR-USA", "JPN-USA", "KOR-PRK", "JPN-PRK", "PRK-USA", "CHN-KOR", "CHN-JPN", "CHN-PRK", "CHN-USA")
WARMTH = dict(zip(PAIRS, (0.25, 0.8, 0.75, -0.5, -0.6, -0.45, 0.3, -0.05, 0.4, 0.2), strict=True))

NASTY = (
    "<script>alert(1)</script>",
    "\"quotes\" and 'more' & <b>bold</b>",
    "ends a block </script><img src=x onerror=alert(2)>",
    "a line\u2028and a paragraph\u2029separator",
    "{{ 7 * 7 }} {% raw %}",
)
NASTY_URLS = ("javascript:alert(3)", "data:text/html,<script>alert(4)</script>", 'https://x.example/"onclick="alert(5)')


def event(number: int, day: date, source: tuple[str, ...], target: tuple[str, ...], name: str, **more: Any) -> dict:
    """One event row."""
    cool = name in GROUPS["cooperation"]
    row: dict[str, Any] = {
        "event_id": f"mu-{number:04d}",
        "date": day,
        "precision": "day",
        "source": sorted(source),
        "source_sector": "GOV",
        "source_name": ";".join(source),
        "target": sorted(target),
        "target_sector": "GOV",
        "target_name": ";".join(target),
        "type": "CONSULT" if cool else "ACCUSE",
        "mode": "summit" if cool else "protest-note",
        "contexts": ["alliance"] if cool else ["history"],
        "code": "",
        "code_scheme": "",
        "magnitude_shipped": None,
        "magnitude": 2.5 if cool else -4.0,
        "scale": "made-up-1",
        "agreement": "",
        "summary": f"Made-up act number {number} between {' and '.join(source)} on a matter of {name.replace('_', ' ')}.",
        "url": f"https://www.example.org/{day:%Y/%m/%d}/story-{number}",
        "status": "verified",
        "dataset": "made-up",
        "file": "made_up.csv",
        "row": number + 1,
        "event_class": name,
    }
    return row | more


def frame(rows: list[dict]) -> pl.DataFrame:
    """Rows as an event table with classes."""
    return pl.DataFrame(rows, schema={**SCHEMA, "event_class": pl.String()}).sort("date", maintain_order=True)


def made_up_events(rng: np.random.Generator, start: date, end: date, count: int, first: int = 1) -> pl.DataFrame:
    """Events between the five states, some of them joint, in random order of days."""
    pairs = [tuple(pair.split("-")) for pair in PAIRS]
    weights = np.array([8, 5, 4, 5, 3, 4, 2, 3, 1, 1.0])
    names = list(CLASSES)
    rows = []
    for number in range(first, first + count):
        at = int(rng.choice(len(pairs), p=weights / weights.sum()))
        a, b = pairs[at]
        cool = rng.random() < (WARMTH[PAIRS[at]] + 1) / 2
        name = names[int(rng.integers(0, 2))] if cool else names[int(rng.integers(2, 5))]
        day = start + timedelta(days=int(rng.integers(0, (end - start).days)))
        source, target = ((a, b), (a, b)) if cool and rng.random() < 0.5 else ((a,), (b,))
        if rng.random() < 0.06:
            source = target = ("JPN", "KOR", "USA")
            name = "security_cooperation"
        size = float(np.round(rng.uniform(1, 8), 1))
        more = {"magnitude": size if name in GROUPS["cooperation"] else -size}
        if number % 7 == 0:
            more |= {"status": "recalled", "url": ""}
        if number % 31 == 0:
            more |= {"precision": "month", "magnitude": None}
        rows.append(event(number, day, source, target, name, **more))
    return frame(rows)


def nasty_events(day: date) -> list[dict]:
    """Events whose every text tries to break out of the page."""
    rows = []
    for number, text in enumerate(NASTY):
        url = NASTY_URLS[number % len(NASTY_URLS)]
        more = {"summary": text, "url": url, "mode": text, "status": text, "source_name": text, "agreement": text}
        rows.append(
            event(9000 + number, day - timedelta(days=40 * number + 3), ("KOR",), ("JPN",), "grievance", **more)
        )
    return rows


def months(start: date, count: int) -> list[tuple[int, date, date]]:
    """Month number ahead, first day and end of `count` months from `start`; negative counts go back."""

    def shifted(by: int) -> date:
        at = start.year * 12 + start.month - 1 + by
        return date(at // 12, at % 12 + 1, min(start.day, 28))

    if count < 0:
        return [(back, shifted(back), shifted(back + 1)) for back in range(count, 0)]
    return [(ahead + 1, shifted(ahead), shifted(ahead + 1)) for ahead in range(count)]


def made_up_index(rng: np.random.Generator, start: date, end: date) -> RelationIndex:
    """A weekly index that wanders, with two turns for each pair and five for the first."""
    days = pl.date_range(start, end, "1w", eager=True).to_list()
    parts, turns = [], []
    for pair in PAIRS:
        steps = rng.normal(0, 0.04, len(days)).cumsum()
        values = np.tanh(np.arctanh(WARMTH[pair]) + steps - np.linspace(0, 0.7 * steps[-1], len(days)))
        width = 0.08 + 0.1 * rng.random(len(days))
        empty = 20 if pair == "CHN-USA" else 0
        parts.append(
            pl.DataFrame(
                {
                    "pair": [pair] * len(days),
                    "date": days,
                    "index": [None if at < empty else float(v) for at, v in enumerate(values)],
                    "lower": [None if at < empty else float(v) for at, v in enumerate(np.clip(values - width, -1, 1))],
                    "upper": [None if at < empty else float(v) for at, v in enumerate(np.clip(values + width, -1, 1))],
                    "weight": [2.0] * len(days),
                }
            )
        )
        for at in sorted(rng.choice(len(days) - 10, 5 if pair == PAIRS[0] else 2, replace=False)):
            turns.append((pair, days[at], float(rng.uniform(-0.4, 0.4)), float(rng.uniform(-0.4, 0.4))))
    series = pl.concat(parts)
    wide = {pair: series.filter(pl.col("pair") == pair)["index"] for pair in PAIRS}
    gap = wide["JPN-KOR"] - (wide["KOR-USA"] + wide["JPN-USA"]) / 2
    return RelationIndex(
        series=series,
        change_points=pl.DataFrame(
            turns,
            schema={"pair": pl.String, "date": pl.Date, "before": pl.Float64, "after": pl.Float64},
            orient="row",
        ),
        gap=pl.DataFrame({"date": days, "gap": gap, "lower": gap - 0.2, "upper": gap + 0.2}),
        gap_pair="JPN-KOR",
        gap_patron_pairs=("KOR-USA", "JPN-USA"),
        half_life_days=180.0,
    )


def made_up_forecast(rng: np.random.Generator, reveal: bool) -> Forecast:
    """Gamma-Poisson draws for each dyad and class, by our model and four baselines."""
    ours = "rate model"
    rows, totals, past, seen = [], [], [], []
    levels = list(QUANTILES.values())
    for source, target in permutations(STATES, 2):
        for name in CLASSES:
            rate = (
                float(rng.gamma(0.6, 0.7)) if {source, target} <= {"JPN", "KOR", "USA"} else float(rng.gamma(0.4, 0.4))
            )
            key = {"source": source, "target": target, "event_class": name}
            for model in (ours, *BASELINES):
                scale = 0.0 if model == "zero" else rate * (1.0 if model == ours else float(rng.uniform(0.5, 1.6)))
                draws = rng.poisson(scale * rng.gamma(3, 1 / 3, (400, 1)), (400, 6))
                each = np.column_stack([draws, draws.sum(1)])  # by month, and in all
                *monthly, quantiles = np.quantile(each, levels, axis=0, method="inverted_cdf").T.astype(float)
                for at, (month, begin, end) in enumerate(months(ORIGIN, 6)):
                    more = {"mean": float(draws[:, at].mean()), "p_any": float((draws[:, at] > 0).mean())}
                    period = {"month": month, "period_start": begin, "period_end": end}
                    rows.append({"model": model} | key | period | more | dict(zip(QUANTILES, monthly[at], strict=True)))
                total = draws.sum(1)
                more = {"mean": float(total.mean()), "p_any": float((total > 0).mean())}
                period = {"period_start": ORIGIN, "period_end": months(ORIGIN, 6)[-1][2]}
                totals.append({"model": model} | key | period | more | dict(zip(QUANTILES, quantiles, strict=True)))
            for month, begin, end in months(ORIGIN, -36):
                period = {"month": month, "period_start": begin, "period_end": end}
                past.append(key | period | {"count": int(rng.poisson(rate))})
            for month, begin, end in months(ORIGIN, 6):
                period = {"month": month, "period_start": begin, "period_end": end}
                seen.append(key | period | {"count": int(rng.poisson(rate))})
    scores = [
        {"model": model, "metric": metric, "value": value + 0.05 * float(rng.normal()), "n": 600}
        for model in (ours, *BASELINES)
        for metric, value in (("crps", 0.31), ("log_score", 0.8), ("coverage_90", 0.9))
    ]
    return Forecast(
        table=pl.DataFrame(rows),
        history=pl.DataFrame(past),
        observed=pl.DataFrame(seen) if reveal else None,
        scores=pl.DataFrame(scores) if reveal else None,
        model=ours,
        draws=2000,
        horizon_days=184,
        totals=pl.DataFrame(totals),
    )


def claim(
    number: int, name: str, text: str, expect: Any, effect: float | None, error: float, graded: str, **more: Any
) -> Claim:
    """One claim; `effect` None makes it untestable; `graded` as in "moderate for"."""
    tested = effect is not None
    grade, _, side = graded.partition(" ")
    values: dict[str, Any] = {
        "id": f"C{number}",
        "claim": text,
        "mechanism": name if tested else "",
        "says": "patron -- a : cooperation & patron -- b : cooperation => a -> b : cooperation" if tested else "",
        "sentence": f"The more {name.replace('_', ' ')} there has lately been, the more often a cooperates with b."
        if tested
        else "",
        "expect": expect,
        "effect": None if effect is None else Effect.of(effect, error),
        "grade": grade if tested else "none",
        "side": (side or "for") if tested else None,
        "error_rate": {"strong": 0.01, "moderate": 0.06, "slight": 0.2}.get(grade),
        "would_settle": "about 60 more target acts, or 3 more years, would tell ×1.3" if tested else None,
        "half_life_days": 60.0 if tested else None,
        "half_life_interval": None,
        "rule": "a grade is as good as the weaker of two tests"
        if tested
        else "no mechanism over events states the claim",
        "detectable": float(2.0 ** (2.49 * error)) if tested else None,
        "n_cause_events": 40 * number if tested else 0,
        "n_target_events": 30 * number if tested else 0,
        "untestable_because": None if tested else "the claim is about stages, not about how often events happen",
        "model": None if effect is None else Effect.of(0.7 * effect, error),
    }
    return Claim(**(values | more))


def made_up_claims() -> tuple[Claim, ...]:
    """Twelve claims in every grade, two of them with one id."""
    return (
        claim(1, "alliance_momentum", "US-South Korea ties feed on themselves, and provocations bring close coordination.", "+", 0.12, 0.03, "strong for"),
        claim(2, "shared_threat", "North Korean attacks pull the three together, and the momentum then fades.", "+", 0.22, 0.06, "moderate for", half_life_days=45.0, half_life_interval=(21.0, 110.0)),
        claim(3, "patron_push", "As Washington works with both allies, they cooperate with each other, on security above all.", "+", 0.04, 0.06, "none"),
        claim(4, "grievance_brake", "History and territory hold the allies' cooperation back.", "-", -0.19, 0.07, "moderate for"),
        claim(4, "grievance_blunts_push", "History and territory hold the allies' cooperation back, and the push runs into them.", "-", 0.3, 0.11, "strong against"),
        claim(5, "third_party_reaction", "Three-way security cooperation draws criticism from Pyongyang and Beijing.", "+", 0.07, 0.05, "slight for"),
        claim(6, "domestic_veto", "Opposition at home makes Seoul pull back from Japan.", "+", 0.5, 0.45, "none"),
        claim(7, "", "The agreement was tried several times; a setback does not end it.", "?", None, 0.0, "untestable"),
        claim(8, "dilution", "A geographically distributed US presence may come at South Korea's expense.", "-", 0.02, 0.05, "none"),
        claim(9, "burden", "Fiscal limits presage harder talks on support for US forces.", "+", -0.25, 0.07, "moderate against"),
        claim(10, "leverage", NASTY[0] + " Seoul is taken seriously by Beijing when its alliance is strong.", "+", 0.01, 0.04, "none", says=NASTY[2], note=NASTY[1]),
        claim(12, "", "Cooperating with Japan serves South Korea's interest though it is unpopular.", "?", None, 0.0, "untestable", untestable_because="it compares futures; see the scenarios " + NASTY[3]),
    )  # fmt: skip


def act(day: date, stage: str, actor: str = "", summary: str = "A made-up act.", **more: Any) -> StageRow:
    """One stage row."""
    return StageRow(**({"date": day, "precision": "day", "stage": stage, "actor": actor, "summary": summary, "url": "https://www.example.org/act", "status": "verified"} | more))  # fmt: skip


def life(name: str, title: str, acts: tuple[StageRow, ...], **more: Any) -> AgreementLife:
    """An agreement whose stage is that of its last act."""
    values = {"id": name, "title": title, "parties": ("JPN", "KOR"), "patron": "USA", "kind": "information_security"}
    return AgreementLife(**(values | more), stage=acts[-1].stage, since=acts[-1].date, history=acts)


def made_up_agreements(rng: np.random.Generator) -> tuple[AgreementLife, ...]:
    """A flagship of eight acts and nineteen others."""
    flagship = life(
        "gsomia",
        "Japan-South Korea General Security of Military Information Agreement",
        (
            act(date(2011, 1, 10), "negotiating", summary="Ministers agree in Seoul to open talks."),
            act(
                date(2012, 4, 23),
                "agreed_in_principle",
                summary="Officials initial a draft text.",
                status="recalled",
                url="",
            ),
            act(date(2012, 5, 17), "setback", "KOR", "A minister drops a trip meant for signing."),
            act(date(2012, 6, 26), "approved", "KOR", "The cabinet passes the pact without announcing the item."),
            act(date(2012, 6, 29), "approved", "JPN", "The cabinet clears the pact on the morning of the ceremony."),
            act(date(2012, 6, 29), "setback", "KOR.LEG", "The ruling party asks the government to hold the signing."),
            act(date(2012, 6, 29), "setback", "KOR", "Seoul cancels the signing less than an hour before it was due."),
            act(date(2012, 7, 5), "setback", "KOR", NASTY[0], url=NASTY_URLS[0]),
        ),
    )
    shapes = (
        ("negotiating", "signed", "ratified", "in_force"),
        ("proposed", "negotiating", "suspended"),
        ("signed", "in_force", "suspended", "resumed"),
        ("signed", "in_force", "termination_notice", "ended"),
        ("proposed",),
        ("negotiating", "agreed_in_principle", "setback", "signed", "in_force", "amended"),
    )
    others = []
    for number in range(19):
        stages = shapes[number % len(shapes)]
        days = sorted(date(1998, 3, 1) + timedelta(days=int(d)) for d in rng.choice(5200, len(stages), replace=False))
        precision = ("day", "month", "year")[number % 3]
        acts = tuple(act(day, stage, precision=precision) for day, stage in zip(days, stages, strict=True))
        title = f"Made-up agreement on an unusually long matter of common interest, number {number + 1}"
        others.append(
            life(f"a-{number}", NASTY[1] if number == 3 else title, acts, parties=("KOR", "USA"), kind="logistics")
        )
    return (flagship, *others)


@cache
def made_up_brief(*, reveal: bool = True, seed: int = 20120709) -> Brief:
    """A full brief of five states, five classes, twelve claims and twenty agreements."""
    rng = np.random.default_rng(seed)
    start = date(1998, 1, 10)
    events = made_up_events(rng, start, ORIGIN, 400)
    events = pl.concat([events, frame(nasty_events(ORIGIN))]).sort("date", maintain_order=True)
    index = made_up_index(rng, start, ORIGIN)
    later = made_up_events(rng, ORIGIN, date(2013, 1, 9), 34, first=500)
    agreements = made_up_agreements(rng)
    apology = act(date(2012, 7, 11), "suspended", "KOR", "A minister apologises while the pact stays on hold.")
    more = replace(agreements[0], history=(*agreements[0].history, apology), stage="suspended", since=apology.date)
    forecast = made_up_forecast(rng, reveal)
    return Brief(
        provenance=Provenance(
            case="made-up",
            case_title="Japan-South Korea defence cooperation and the US alliances",
            as_of=ORIGIN,
            origin=ORIGIN,
            data_hash="5f" * 32,
            case_hash="a7" * 32,
            events_used=events.height,
            first_event_date=events["date"].min(),  # type: ignore[arg-type]
            last_event_date=events["date"].max(),  # type: ignore[arg-type]
            seed=seed,
            version="0.1.0",
            packages={"numpy": "2.4.6", "polars": "2.1.0"},
            datasets={"made-up": events.height},
        ),
        title="Japan-South Korea defence cooperation and the US alliances",
        account="The alliance is the lynchpin. Washington wants its two allies to work with each other as well as with it.",
        citation="U.S. Rebalancing and Japan-South Korea Defense Cooperation, Asia Unbound, 9 July 2012",
        actors=ACTORS,
        roles={"patron": ("USA",), "ally": ("JPN", "KOR"), "adversary": ("PRK",), "observer": ("CHN",)},
        classes=CLASSES,
        groups=GROUPS,
        events=events,
        index=index,
        claims=made_up_claims(),
        forecast=forecast,
        watch=(
            Watch("KOR", "JPN", "security_cooperation"),
            Watch("KOR", "JPN", "grievance"),
            Watch("PRK", "KOR", "material_conflict"),
        ),
        agreements=agreements,
        fit_table=pl.DataFrame(
            {
                "name": ["patron_push", "inertia(90d)", NASTY[0]],
                "kind": ["mechanism", "control", "dyad effect"],
                "event_class": ["security_cooperation", "grievance", None],
                "estimate": [0.0412, 0.3, -1.2],
                "standard_error": [0.06, 0.02, None],
                "lower": [-0.06, 0.27, None],
                "upper": [0.14, 0.33, None],
            }
        ),
        notes=(
            "Association is not cause: the ledger says what tends to come before what.",
            "The record is denser in some years than in others; the model's exposure follows its recent density.",
            NASTY[4],
        ),
        revealed=later if reveal else None,
        revealed_agreements=(more,) if reveal else (),
    )


def smallest_brief() -> Brief:
    """Two states, one class, three events; no gap, no turns, no claims, no watch, no agreements, no reveal."""
    days = (date(2020, 1, 1), date(2020, 2, 1), date(2020, 3, 1))
    rows = [
        event(n, day, ("AAA",), ("BBB",), "talk", magnitude=None, url="", status="coded") for n, day in enumerate(days)
    ]
    table = {"source": "AAA", "target": "BBB", "event_class": "talk"}
    period = {"month": 1, "period_start": date(2020, 3, 2), "period_end": date(2020, 4, 2)}
    quantiles = dict.fromkeys(QUANTILES, 0.0)
    nothing = {"pair": pl.String, "date": pl.Date, "before": pl.Float64, "after": pl.Float64}
    gap = {"date": pl.Date, "gap": pl.Float64, "lower": pl.Float64, "upper": pl.Float64}
    return Brief(
        provenance=Provenance(
            case="tiny",
            case_title="Two states",
            as_of=None,
            origin=date(2020, 3, 2),
            data_hash="0" * 64,
            case_hash="1" * 64,
            events_used=3,
            first_event_date=days[0],
            last_event_date=days[-1],
            seed=1,
            version="0.1.0",
            packages={},
            datasets={"made-up": 3},
        ),
        title="Two states",
        account="",
        citation="",
        actors={"AAA": "Aland", "BBB": "Bland"},
        roles={},
        classes={"talk": "any talk"},
        groups={},
        events=frame(rows),
        index=RelationIndex(
            series=pl.DataFrame(
                {
                    "pair": ["AAA-BBB"] * 3,
                    "date": list(days),
                    "index": [None, 1.0, 1.0],
                    "lower": [None, 0.1, 0.2],
                    "upper": [None, 1.0, 1.0],
                    "weight": [0.0, 1.0, 1.8],
                }
            ),
            change_points=pl.DataFrame(schema=nothing),
            gap=pl.DataFrame(schema=gap),
            gap_pair="",
            gap_patron_pairs=(),
            half_life_days=180.0,
        ),
        claims=(),
        forecast=Forecast(
            table=pl.DataFrame([{"model": "rate model"} | table | period | {"mean": 0.1} | quantiles | {"p_any": 0.1}]),
            history=pl.DataFrame([table | period | {"month": -1, "count": 1}]),
            observed=None,
            scores=None,
            model="rate model",
            draws=100,
            horizon_days=31,
        ),
        watch=(),
        agreements=(),
        fit_table=pl.DataFrame(),
        notes=(),
    )
