"""Parts on agreements: chances issued without the agreement itself, on five days and over all, beside what happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import polars as pl

from lynchpin.account.cases import case_events, read_case
from lynchpin.answers.agreements import Fitted, read_agreements
from lynchpin.answers.agreements.backtest import MODELS, leave_one_out, reliability, replay, scores
from lynchpin.answers.agreements.calibration import calibration_table
from lynchpin.answers.agreements.covariates import MEANINGS
from lynchpin.answers.agreements.feedback import feedback
from lynchpin.answers.agreements.hazards import draw_coefficients, hazard_ratios, with_own_past
from lynchpin.answers.agreements.outlook import HORIZONS_DAYS, chance_of, chances, fit_agreements, outset
from lynchpin.answers.agreements.spells import spells
from lynchpin.answers.agreements.stages import ACTS, ENDED, LEVELS, follow
from lynchpin.answers.agreements.two_level import two_level
from lynchpin.numbers import per_cent
from lynchpin.report.plots import agreement, backtest
from lynchpin.results import AgreementLife
from parts.text import as_table, prose

FLAGSHIP = "gsomia-jpn-kor"
DAYS = ("2012-06-28", "2012-07-09", "2016-11-01", "2019-08-01", "2023-03-01")
ORIGINS = [date(year, 7, 1) for year in range(2005, 2025)]
UNSIGNED = LEVELS[:2]
_SUCCESS = ("signed", "in_force")

#: Written by benchmarks/agreement_chances.py.
CHANCES = Path(__file__).resolve().parents[2] / "benchmarks" / "agreement_chances.csv"


@cache
def whole() -> tuple[tuple[AgreementLife, ...], pl.DataFrame, dict[str, object]]:
    """All agreements with their whole history, the whole record, and whom it follows."""
    case = read_case("northeast-asia")
    lives = read_agreements(
        case.agreements_file,  # type: ignore[arg-type]
        case.stages_file,  # type: ignore[arg-type]
        before=None,
        among=None,
        first=FLAGSHIP,
    )
    about: dict[str, object] = {"states": case.states, "adversaries": case.roles["adversary"], "seed": case.seed}
    return lives, case_events(case), about


@cache
def without_it(day: str) -> Fitted:
    """The fit of a day to all agreements but the flagship."""
    lives, events, about = whole()
    return fit_agreements(lives, events, origin=date.fromisoformat(day), without=FLAGSHIP, **about)  # type: ignore[arg-type]


def stages_shown() -> str:
    """The table of stages."""
    rows = []
    for act in ACTS.values():
        level = LEVELS[act.level] if act.level >= 0 else "ended" if act.word == ENDED else ""
        hold = {None: "", "": "open"}.get(act.hold, act.hold or "")
        rows.append((f"`{act.word}`", level, hold, ", ".join(act.after)))
    return as_table(("word", "lifts to", "hold", "only after one of"), rows)


def five_days_shown() -> str:
    """Chances of the flagship on five days, from fits that never saw it, and what happened."""
    lives, events, _ = whole()
    life = next(one for one in lives if one.id == FLAGSHIP)
    rows, games = [], []
    for day in DAYS:
        origin = date.fromisoformat(day)
        fitted = without_it(day)
        cut = next(one for one in fitted.lives if one.id == FLAGSHIP)
        own = spells([cut], fitted.record, origin)
        drawn = draw_coefficients(fitted.hazards, 200, fitted.seed)
        drawn = with_own_past(fitted.hazards, drawn, own, FLAGSHIP, life.kind)
        table = chances(outset(fitted.hazards, drawn, cut, fitted.record, origin), 105)
        cells = []
        for days in HORIZONS_DAYS:
            at = chance_of(table, round(days / 7), _SUCCESS)
            lower, upper = pl.Series(at).quantile(0.05, "linear"), pl.Series(at).quantile(0.95, "linear")
            came = follow(act.stage for act in life.history if act.date < origin + timedelta(days=days)).stage
            cells.append(
                f"{per_cent(at.mean())} ({per_cent(lower)} to {per_cent(upper)}); {'yes' if came in _SUCCESS else 'no'}"
            )
        stands = follow(act.stage for act in cut.history).stage
        rows.append((day, stands.replace("_", " "), *cells))
        games.append(_game(day, cut, events))
    heads = ("as of", "stands at", *(f"{round(days / 30.4)} months" for days in HORIZONS_DAYS))
    lead = (
        "Chance to stand signed or in force, with its 90 % interval; then whether it did. Each from a fit without the "
        "agreement, to what was known that day."
    )
    heads_game = (
        "as of",
        "binds",
        "support at home there",
        "win-set",
        "both ratify",
        "would be likelier than not with",
    )
    return "\n\n".join(
        [
            prose(lead),
            as_table(heads, rows),
            prose(
                "The same days as a two-level game: who binds, the share at home that takes the text, how deep a "
                "cooperation would pass (the text is at 1), and the fewest further acts for it that would change that."
            ),
            as_table(heads_game, games),
        ]
    )


def _game(day: str, life: AgreementLife, events: pl.DataFrame) -> tuple[str, ...]:
    found = two_level(life, events, date.fromisoformat(day))
    side = found.sides[0]
    needed = " and ".join(f"{count} in {party}" for party, count in found.needed) or "none"
    support = (
        f"{per_cent(side.support)} ({per_cent(side.support_lower)} to {per_cent(side.support_upper)}; {side.acts} acts)"
    )
    return day, found.binds, support, f"{side.win_set:.2f}", per_cent(found.chance), needed


def setbacks_shown() -> str:
    """What setbacks and forces do to the hazards, over all that is known, and what follows an agreement in force."""
    lives, events, about = whole()
    until = max(act.date for one in lives for act in one.history) + timedelta(days=1)
    fitted = fit_agreements(lives, events, origin=until, **about)  # type: ignore[arg-type]
    rows = []
    for column, spoken in [
        ("setbacks", "setbacks so far: none to one, or one to three"),
        ("fresh_setback", "the last act was a setback"),
        ("grievance", "grievance, a standard deviation"),
        ("parliament", "parliament and opposition, a standard deviation"),
        ("society", "courts and society, a standard deviation"),
        ("push", "the patron's push, a standard deviation"),
        ("threat", "threat, a standard deviation"),
    ]:
        ratios = hazard_ratios(fitted.hazards, column)
        cells = [
            "{:.2f} ({:.2f} to {:.2f})".format(*ratios[step]) for step in ("sign", "take_effect", "suspend", "end")
        ]
        rows.append((spoken, *cells))
    learnt = feedback(lives, events, about["states"], until)  # type: ignore[arg-type]
    clear = learnt.upper < 1.0 or learnt.lower > 1.0
    said = (
        "In return, a pair's cooperative acts with a first agreement in force come at "
        f"{learnt.rate_ratio:.2f} times the rate without ({learnt.lower:.2f} to {learnt.upper:.2f}; {learnt.n_pairs} "
        f"pairs, {learnt.n_changes} changes in the number in force){'' if clear else ': no clear difference'}."
    )
    table = as_table(("hazard ratio of", "sign", "take effect", "suspend", "end"), rows)
    return f"{table}\n\n{prose(said)}"


@cache
def issued() -> pl.DataFrame:
    """Chances a year ahead over all agreements and origins, each from a fit without the agreement."""
    lives, events, about = whole()
    return leave_one_out(lives, events, origins=ORIGINS, **about)  # type: ignore[arg-type]


def skill_shown() -> str:
    """Scores beside the rivals, for all and for those not yet signed. Slow."""
    found = issued()
    parts = []
    groups = {
        "All that had not ended": found,
        "Not yet signed": found.filter(pl.col("standing").is_in(UNSIGNED)),
        "Not yet signed, and the record follows the parties": found.filter(
            pl.col("standing").is_in(UNSIGNED) & pl.col("followed")
        ),
    }
    for name, rows in groups.items():
        table = scores(rows, seed=1)
        cells = []
        for metric, spoken in [("brier", "Brier, success"), ("log", "log, success"), ("stage_log", "log, stage")]:
            by = {row["model"]: row for row in table.filter(pl.col("metric") == metric).iter_rows(named=True)}
            values = [f"{by[m]['value']:.3f} ({by[m]['lower']:.3f} to {by[m]['upper']:.3f})" for m in MODELS]
            skills = [
                f"{_gain(by[m]['skill'])} ({_gain(by[m]['skill_lower'])} to {_gain(by[m]['skill_upper'])})"
                for m in MODELS[1:]
            ]
            cells.append((spoken, *values, *skills))
        n, agreements = table["n"][0], table["n_agreements"][0]
        came = rows.filter(pl.col("model") == "model")["succeeded"].mean()
        heads = ("score", "model", "base rate", "constant kind", "saved of base rate", "saved of constant kind")
        parts.append(
            f"**{name}**: {n} moments of {agreements} agreements; success in {per_cent(came)}.\n\n"
            f"{as_table(heads, cells)}"
        )
    return "\n\n".join([*parts, _calibration_shown()])


def _calibration_shown() -> str:
    """The line of chances as issued and as corrected by all other agreements, over every embedded case."""
    if not CHANCES.is_file():
        raise SystemExit(f"{CHANCES.name} is not here: `python benchmarks/agreement_chances.py` writes it")
    issued = pl.read_csv(CHANCES, try_parse_dates=True)
    table = calibration_table(issued, 1)
    rows = [
        (name, *(f"{value:.{k}f} ({lower:.{k}f} to {upper:.{k}f})" for (value, lower, upper), k in told), saved)
        for name, one in table.items()
        for told, saved in [
            (((one.intercept, 2), (one.slope, 2), (one.brier, 3)), "{} ({} to {})".format(*map(_gain, one.saved)))
        ]
    ]
    first = table["as issued"]
    head = (
        f"**Calibration**, the four embedded cases together: {first.n} moments of {first.n_agreements} agreements, "
        "each left out of its fit, and out of the line that corrects it. Intercept 0 and slope 1 are right; intervals "
        "redraw agreements."
    )
    heads = ("chances", "intercept", "slope", "Brier", "saved of base rate")
    return f"{prose(head)}\n\n{as_table(heads, rows)}"


def slow_pictures() -> dict[str, tuple[pl.DataFrame, Callable[[], object]]]:
    """File -> its figures and how it is drawn; each takes longer than a test may."""
    lives, events, about = whole()
    life = next(one for one in lives if one.id == FLAGSHIP)
    until = max(act.date for one in lives for act in one.history) + timedelta(days=1)
    drawn = replay(lives, events, FLAGSHIP, until=until, **about)  # type: ignore[arg-type]
    curve = backtest.curve(
        {
            "all": reliability(issued()),
            "not yet signed": reliability(issued().filter(pl.col("standing").is_in(UNSIGNED))),
        }
    )
    return {
        "agreement.svg": (drawn, lambda: agreement.draw(life, drawn, MEANINGS, end=until)),
        "agreement-reliability.svg": (curve, lambda: backtest.draw(curve)),
    }


def _gain(share: float) -> str:
    """A share that is better above nothing and worse below it."""
    return per_cent(share, sign=True)
