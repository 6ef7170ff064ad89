"""Every kind of record as JSON and as text: both say what the record says, and what is missing is said by neither."""

from __future__ import annotations

import json
import re
from io import StringIO
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from helpers.made_up import made_up_brief
from helpers.records import full, sparse, with_nan
from lynchpin.report.contract import answer, dump, values
from lynchpin.report.screen import parts
from lynchpin.report.text import text
from lynchpin.report.width import laid_out

MADE_FROM = made_up_brief().provenance
RECORDS = {f"{type(record).__name__}-{number}": record for number, record in enumerate(full())}
SPARSE = {f"{type(record).__name__}-{number}": record for number, record in enumerate(sparse())}
WHATEVER = (*RECORDS.items(), *((f"{name}, sparse", record) for name, record in SPARSE.items()))


def shown(record: object, width: int = 200) -> str:
    """What a terminal shows of a record."""
    out = StringIO()
    screen = Console(file=out, width=width, highlight=False)
    for part in parts(record, width):
        if isinstance(part, str):
            print(part, file=out)
        else:
            screen.print(laid_out(part, width) if isinstance(part, Table) else part)
    return out.getvalue()


def read(record: object, made_from: Any = None) -> dict[str, Any]:
    """The JSON of a record as any other program reads it; NaN and Infinity are refused."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} in the JSON")

    told: dict[str, Any] = json.loads(dump(answer(record, made_from)), parse_constant=refuse)
    return told


def one(kind: str) -> Any:
    return next(record for record in RECORDS.values() if type(record).__name__ == kind)


# --- every kind ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dispatch", [values, text, parts], ids=["json", "text", "terminal"])
def test_every_kind_that_is_registered_has_a_record_here(dispatch: Any) -> None:
    kinds = {kind.__name__ for kind in dispatch.registry} - {"object", "Mapping"}
    assert kinds - {type(record).__name__ for record in RECORDS.values()} == set()


@pytest.mark.parametrize(("name", "record"), WHATEVER, ids=[name for name, _ in WHATEVER])
def test_a_record_has_one_json_and_one_text_and_says_nothing_of_none(name: str, record: object) -> None:
    assert read(record, MADE_FROM) == read(record, MADE_FROM)
    assert shown(record) == shown(record)
    assert not re.search(r"\b(None|nan|NaN|inf)\b", shown(record))


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_a_number_that_is_none_is_null_and_never_nan(record: object) -> None:
    sound, broken = read(record), read(with_nan(record))
    assert set(broken) == set(sound)
    assert "NaN" not in dump(answer(with_nan(record)))
    broken.pop("levels", None)  # of a curve: shares of counts
    assert list(floats(broken)) == []


def floats(value: Any) -> Any:
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from floats(item)


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_an_answer_begins_and_ends_with_where_it_comes_from(record: object) -> None:
    told = list(read(record, MADE_FROM))
    assert told[:6] == ["case", "as_of", "origin", "events_used", "first_event_date", "last_event_date"]
    tail = ["data_hash", "case_hash", "datasets", "view", "reports", "seed", "version", "packages"]
    assert [key for key in told if key in tail][-len(tail) :] == [key for key in told if key in tail]
    assert read(record, MADE_FROM)["case_hash"] == MADE_FROM.case_hash


def test_what_nothing_says_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no JSON"):
        answer(object())
    with pytest.raises(TypeError, match="object has no text"):
        list(parts(object()))


def test_an_object_of_another_wing_says_itself() -> None:
    class Report:
        def summary(self) -> str:
            return "3 rows read"

    assert shown(Report()) == "3 rows read\n"
    assert answer({"rows": 3}) == {"rows": 3}


# --- the record, its JSON and its text, number by number -------------------------------------------------------------------

NUMBERS = [  # kind, path in the JSON, value there, how the text says it
    ("Shares", ("shares", 0, "share"), 0.25, r"40\s+41\.5\s+42\.0\s+25 %\s+12 % to 38 %\s+50 %\s+38 % to 62 %"),
    ("Shares", ("since",), "2012-07-09", "shared_threat"),
    ("Fade", ("times",), 1.5, "The push is 1.50 today."),
    ("Fade", ("half_life_interval", 1), 110.0, "C2 shared_threat: PRK -> ally : conflict"),
    ("Sensitivity", ("specifications", 0, "rate_ratio"), 1.41421, r"own \*\s+1\.41\s+1\.06–1\.88\s+30 / 20"),
    ("Sensitivity", ("levels", 0, "share_expected"), 1.0, r"step\s+week \*\s+1\s+1\.41\s+100 %\s+100 %\s+0 %"),
    ("Sensitivity", ("specifications", 1, "cannot_because"), "too few steps", "not fitted, 1: too few steps"),
    ("AnyBy", ("p_any",), 0.625, r"62 % chance \(90 % interval 25 % to 88 %\) of at least one from 2012-07-09 to 2012-12-31 \(1\.2 expected, 90 % 0"),
    ("AnyBy", ("runaway",), 0.25, r"Beware: 25\.0 % of the paths run away"),
    ("AnyOf", ("any", 1, "acts"), "CHN -> KOR : conflict", "\nCHN -> KOR : conflict: 62 % chance"),
    ("IndexAhead", ("index", 0, "mean"), 0.25, r"JPN-KOR\s+\+0\.25 \(-0\.12 to \+0\.50\)"),
    ("WhatIf", ("differences", 0, "difference"), 2.5, r"USA->KOR security cooperation\s+4\.0\s+6\.5\s+\+2\.5\s+\+0\.5 to \+4\.5\s+2"),
    ("WhatIf", ("differences", 0, "class"), "security_cooperation", "The push doubles\n  patron_push doubled\n"),
    ("Agreements", ("agreements", 0, "forecast", 0, "probability"), 0.625, r"pact\s+negotiating\s+negotiating 2011-01-01\s+signed 62 %"),
    ("StageBy", ("stages", 0, "probability"), 0.625, r"agreed in principle 62 % \(50 % to 75 %\), in force 38 % \(25 % to 50 %\)"),
    ("StageBy", ("baselines", 0, "probability"), 0.125, r"By the base rate of others: in force 12 %\.\nBy the constant of others: signed 25 %\."),
    ("StageReached", ("probability",), 0.375, r"in force: 38 % chance to come to it in time \(90 % 25 % to 50 %\); odds below one"),
    ("Backtest", ("scores", 0, "value"), 0.3125, r"stacked\s+0\.3125\s+0\.6250\s+0\.0625\s+0\.750\s+87\.5 %\s+93\.8 %"),
    ("Backtest", ("skill", 0, "value"), 0.125, r"zero\s+0\.3125\s+\+12\.5 %\s+0\.6250\s+\+12\.5 %"),
    ("Backtest", ("ceiling", 0, "value"), 0.25, r"30 days, crps: reached \+12\.5 of the \+25\.0 % \(\+12\.5 to \+37\.5\)"),
    ("Backtest", ("skill", 0, "dm"), None, r"30 days, crps: beats the best baseline \(zero\), skill \+0\.125 \(\+0\.050 to \+0\.200\)"),
    ("Issued", ("data_hash",), "abcdef0123", "forecast 1 of toy, 180 days from 2012-07-09, issued .*\ndata abcdef01, seed 7"),
    ("Track", ("means", 0, "value"), 0.3125, r"model\s+crps\s*\nstacked\s+0\.3125"),
    ("Track", ("means", 1, "value"), 0.125, r"model\s+stage_brier\s*\nstacked\s+0\.1250"),
    ("Prediction", ("candidates", 0, "chance"), 0.625, r"1\s+KOR\s+62 %\s+50 % to 75 %\s+38 %\s+2\s[\s\S]+1 KOR: \+ 3 such acts lately"),
    ("Prediction", ("check", 0, "mrr"), 0.625, r"held\s+out:\s+choice\s+0\.625\s+\(0\.500\s+to\s+0\.750\)"),
    ("BenchmarkScores", ("models", 0, "mrr"), 37.25, r"choice\s+37\.25\s+36\.50 to 38\.00\s+27\.50\s+42\.50\s+56\.25\s+39\.50\s+35\.00"),
    ("BenchmarkScores", ("by_history", 1, "mrr"), 17.375, r"neither\s+40\.00\s+17\.38\s+35\.25"),
    ("BenchmarkScores", ("weights", 1, "se"), 0.0625, r"inertia\(30d\)\s+\+0\.500\s+0\.062"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "path", "value", "said"), NUMBERS, ids=[f"{n[0]}: {n[1]}" for n in NUMBERS])
def test_the_json_and_the_text_say_what_the_record_says(
    kind: str, path: tuple[Any, ...], value: Any, said: str
) -> None:
    told: Any = read(one(kind))
    for step in path:
        told = told[step]
    assert told == value
    assert re.search(said, shown(one(kind))), shown(one(kind))


def test_one_agreement_is_told_in_full() -> None:
    alone = [record for name, record in RECORDS.items() if name.startswith("Agreements")][1]
    assert re.search(r"signed\s+62 % \(50 % to 75 %\)", shown(alone))
    assert re.search(r"signed\s+88 % \(\+25; \+12 to \+38\)", shown(alone))
    assert re.search(r"patron push\s+\+1\.5\s+\+12\s+\+5 to \+20\s+what the patron does", shown(alone))
    assert re.search(r"The other pact\s+2012-07-09\s+0\.5\s+signed\s+in force", shown(alone))
    assert "ended" not in shown(alone), "a chance below half a per cent has no line"


def test_the_ledger_says_each_claim_and_its_rule_once() -> None:
    ledger = one("Ledger")
    told = read(ledger)
    assert told["rule"] == ledger.rule and all("rule" not in claim for claim in told["claims"])
    lines = shown(ledger).splitlines()
    for claim, row in zip(ledger, told["claims"], strict=True):
        line = next(at for at, line in enumerate(lines) if line.split()[:1] == [claim.id])
        assert claim.graded in lines.pop(line)
        assert (row["id"], row["verdict"], row["n_cause_events"]) == (claim.id, claim.verdict, claim.n_cause_events)


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_the_ledger_has_its_half_lives_at_any_width(width: int) -> None:
    told = " ".join(shown(one("Ledger"), width).split())
    assert ("half-life 60 d, " if width < 100 else "half-life p acts") in told
    assert "45 d" in told


def test_the_forecast_says_our_mean_beside_the_baselines() -> None:
    forecast = one("Forecast")
    told, table = read(forecast), shown(forecast)
    assert {row["class"] for row in told["forecast"]} == set(forecast.table["event_class"])
    first = forecast.table.row(0, named=True)
    assert told["forecast"][0]["mean"] == float(f"{first['mean']:.6g}")
    assert f"events expected over {forecast.horizon_days} days" in table


@pytest.mark.parametrize("record", [record for record in RECORDS.values() if hasattr(record, "summary")])
def test_the_summary_of_a_record_is_its_text(record: Any) -> None:
    assert record.summary() == text(record)
