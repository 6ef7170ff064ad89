"""One question, one answer: each is put to every command that answers it, and to Python; one number, as printed.

The command line, its JSON, the page and its addresses, and Python are asked of all embedded cases, on the day of the
account and on others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import polars as pl
import pytest
from typer.testing import CliRunner

from helpers.asking import Client
from lynchpin import load_case
from lynchpin.cli import app
from lynchpin.report.page.words import signed
from lynchpin.results import chance
from lynchpin.results.base import is_unseen
from lynchpin.session.brief import state_of_play
from lynchpin.session.known import read_known
from lynchpin.web.app import make_app
from lynchpin.web.desk import lay
from lynchpin.web.guard import Rules

AS_OF = ("--as-of", "2012-07-09")

#: Cases and days; of the first one questions are asked in each run of the tests, of the others in the long one.
LIGHT = [("northeast-asia", "2012-07-09")]
LONG = [
    ("israel-turkey", "2014-10-31"),
    ("northeast-asia", "2018-11-30"),
    ("northeast-asia", ""),
    ("greece-turkey", "2011-07-19"),
    ("greece-turkey", "2020-09-01"),
    ("australia-japan", "2008-05-21"),
    ("australia-japan", "2015-03-01"),
    ("israel-turkey", ""),
]
DAYS = [pytest.param(one, id=" ".join(one)) for one in LIGHT]
DAYS += [pytest.param(one, id=" ".join(one) or "whole", marks=pytest.mark.slow) for one in LONG]
EVERY = [pytest.param(one.values[0], id=one.id, marks=pytest.mark.slow) for one in DAYS]
DRAWS = ("--draws", "200")
HERE = "http://127.0.0.1:8642"
Unit = tuple[str, str, str]


def run(*args: str) -> str:
    ran = CliRunner().invoke(app, list(args))
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def asked(*args: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*args, "--json"))
    return found


@dataclass(eq=False)
class Place:
    """A case on a day, and every command that answers about it: each is asked once."""

    case: str
    day: str
    client: Client
    folder: Path
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> tuple[str, ...]:
        return (self.case, "--as-of", self.day) if self.day else (self.case,)

    def told(self, command: str, *more: str) -> dict[str, Any]:
        """What a command prints with --json."""
        return self._once(f"{command} {more}", lambda: asked(command, *self.words, *more))

    def text(self, command: str, *more: str) -> str:
        """What a command prints, all in one line."""
        return self._once(f"text {command} {more}", lambda: " ".join(run(command, *self.words, *more).split()))

    def api(self, question: str, **given: Any) -> dict[str, Any]:
        """What the address of a question answers."""
        got: dict[str, Any] = json.loads(self._get(f"/api/{question}", given))
        return got

    def page(self, path: str, **given: Any) -> str:
        """What a page says, without its marks."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self._get(path, given))).split())

    def _get(self, path: str, given: dict[str, Any]) -> str:
        query = urlencode({"case": self.case, **({"as_of": self.day} if self.day else {}), **given}, doseq=True)

        def get() -> str:
            answer = self.client.get(f"{path}?{query}")
            assert answer.status_code == 200, (path, answer.text[:300])
            return answer.text

        return self._once(f"{path}?{query}", get)

    def _once(self, key: str, ask: Callable[[], Any]) -> Any:
        if key not in self.kept:
            self.kept[key] = ask()
        return self.kept[key]

    # -- The questions.

    def brief(self) -> dict[str, Any]:
        return self.told("brief", "--out", str(self.folder / self.case))

    def forecast(self) -> dict[str, Any]:
        return self.told("forecast", *DRAWS)

    @property
    def watched(self) -> list[Unit]:
        return [(w.source, w.target, w.event_class) for w in load_case(self.case).watch]

    @property
    def patterns(self) -> list[str]:
        return [f"{i} -> {j} : {c}" for i, j, c in self.watched]

    @property
    def by(self) -> str:
        """The last day of the horizon."""
        said = self.forecast()
        return str(date.fromisoformat(said["origin"]) + timedelta(said["horizon_days"] - 1))

    def any(self) -> list[dict[str, Any]]:
        words = [word for pattern in self.patterns for word in ("--any", pattern)]
        found: list[dict[str, Any]] = self.told("forecast", *words, "--by", self.by, *DRAWS)["any"]
        return found

    def what_if(self) -> dict[str, Any]:
        return self.told("whatif", "--silence", self.watched[0][0], *DRAWS)


def by_unit(rows: list[dict[str, Any]]) -> dict[Unit, dict[str, Any]]:
    return {(row["source"], row["target"], row["class"]): row for row in rows}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    desk = lay([], [], tmp_path_factory.mktemp("desk"))
    yield Client(make_app(desk, Rules("127.0.0.1", 8642)), HERE)
    desk.close()


@pytest.fixture(scope="module")
def places(client: Client, tmp_path_factory: pytest.TempPathFactory) -> Callable[[tuple[str, str]], Place]:
    folder, made = tmp_path_factory.mktemp("page"), dict[tuple[str, str], Place]()
    return lambda key: made.setdefault(key, Place(*key, client, folder))


@pytest.fixture(scope="module")
def first(places: Callable[[tuple[str, str]], Place]) -> Place:
    return places(LIGHT[0])


# -- Acts expected, and the chance of any.


@pytest.mark.parametrize("key", DAYS)
def test_acts_expected_and_the_chance_of_any(key: tuple[str, str], places: Any) -> None:
    place = places(key)
    totals, without = by_unit(place.forecast()["totals"]), by_unit(place.what_if()["differences"])
    assert totals.keys() == without.keys()
    for unit, row in totals.items():
        other = without[unit]
        assert (row["mean"], row["p_any"]) == pytest.approx((other["baseline"], other["any_baseline"]), rel=1e-5), unit
        beside = ("any_lower", "any_upper", "base_rate")
        assert [row[name] for name in beside] == [other[name] for name in beside], unit
        assert 0.0 < row["any_lower"] <= row["p_any"] <= row["any_upper"] < 1.0 and 0.0 < row["base_rate"] < 1.0, unit
    for unit, one in zip(place.watched, place.any(), strict=True):
        row = totals[unit]
        assert (one["mean"], one["p_any"]) == pytest.approx((row["mean"], row["p_any"]), rel=1e-5), unit
        assert [one["lower"], one["upper"]] == pytest.approx([row["any_lower"], row["any_upper"]], rel=1e-5), unit
        assert one["base_rate"] == row["base_rate"], unit


@pytest.mark.parametrize("key", DAYS)
def test_the_addresses_answer_as_the_commands_do(key: tuple[str, str], places: Any) -> None:
    place = places(key)
    assert place.api("forecast", draws=200) == place.forecast()
    assert place.api("forecast", any=place.patterns, by=place.by, draws=200)["any"] == place.any()
    assert place.api("whatif", silence=place.watched[0][0], draws=200) == place.what_if()
    assert place.api("forecast", index="true", draws=200) == place.told("forecast", "--index", *DRAWS)
    listed = place.told("events")
    assert place.api("events", limit=10_000) == listed


def test_python_says_what_the_commands_say(first: Place, fit_2012: Any) -> None:
    told = fit_2012.forecast(draws=200)
    rows = told.totals.filter(pl.col("model") == told.model).rename({"event_class": "class"})
    said = by_unit(first.forecast()["totals"])
    for row in rows.iter_rows(named=True):
        other = said[row["source"], row["target"], row["class"]]
        for name in ("mean", "p_any", "any_lower", "any_upper", "base_rate"):
            assert row[name] == pytest.approx(other[name], rel=1e-5)


@pytest.mark.parametrize("key", DAYS)
def test_what_is_printed_of_acts_is_one_text(key: tuple[str, str], places: Any) -> None:
    place = places(key)
    totals = by_unit(place.forecast()["totals"])
    anys, outlook = place.text("forecast", *_each("--any", place.patterns), "--by", place.by, *DRAWS), ""
    if key == LIGHT[0]:
        outlook = place.page("/part/outlook")
    page = place.page("/ahead", any=place.patterns, by=place.by)
    for unit, pattern in zip(place.watched, place.patterns, strict=True):
        row = totals[unit]
        low, high, base = (chance(row[name]) for name in ("any_lower", "any_upper", "base_rate"))
        said = f"{pattern}: {chance(row['p_any'])} chance (90 % interval {low} to {high})"
        assert said in anys and said in page, (said, anys)
        assert f"base rate {base}" in anys
        if outlook:
            assert f"chance of at least one {chance(row['p_any'])} ({low} to {high}; base rate {base})" in outlook


def _each(option: str, values: list[str]) -> list[str]:
    return [word for value in values for word in (option, value)]


@pytest.mark.parametrize("key", EVERY)
def test_the_brief_says_what_the_commands_say(key: tuple[str, str], places: Any) -> None:
    place = places(key)
    brief, shown = place.brief(), place.text("brief", "--out", str(place.folder / place.case))
    assert brief == place.api("brief")
    assert brief["totals"] == place.forecast()["totals"]
    assert brief["events_used"] == place.told("events")["events"] == place.told("fit")["events_used"]
    counted = place.told("events", "--count", "year")["rows"]
    assert sum(row["events"] for row in counted) == brief["events_used"]
    page = (place.folder / place.case / place.case / "brief.html").read_text(encoding="utf-8")
    page = " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
    totals = by_unit(brief["totals"])
    for unit in place.watched:
        row = totals[unit]
        low, high, base = (chance(row[name]) for name in ("any_lower", "any_upper", "base_rate"))
        assert f"chance of at least one {chance(row['p_any'])} ({low} to {high}; base rate {base})" in page
        assert f"{row['mean']:.1f}" in shown


# -- Agreements.


@pytest.mark.parametrize("key", EVERY)
def test_an_agreement_a_year_on(key: tuple[str, str], places: Any) -> None:
    place = places(key)
    lives = {one["id"]: one for one in place.told("agreements")["agreements"]}
    flagship = load_case(place.case).flagship
    if flagship not in lives:  # not known by that day
        flagship = next(name for name, life in lives.items() if life["standing"] != "ended")
    [alone] = place.told("agreements", "--agreement", flagship)["agreements"]
    assert place.api("agreements")["agreements"] == list(lives.values())
    briefly = {one["id"]: one for one in place.brief()["agreements"]}
    assert lives.keys() == briefly.keys()
    year = date.fromisoformat(place.brief()["origin"]) + timedelta(364)
    if alone["standing"] != "ended":
        ask = ("--agreement", flagship, "--by", str(year))
        by = place.told("forecast", *ask)
        assert place.api("forecast", agreement=flagship, by=str(year)) == by
        assert a_year(alone["forecast"]) == a_year(by["stages"])
        said = place.page("/ahead", agreement=flagship, by=str(year))
        for stage, (share, low, high, _) in a_year(by["stages"]).items():
            assert f"{stage.replace('_', ' ')} {chance(share)} {chance(low)} to {chance(high)}" in said
    for name, life in lives.items():
        assert a_year(life["forecast"]) == a_year(briefly[name]["forecast"]), name
    assert a_year(alone["forecast"]) == a_year(lives[flagship]["forecast"])


def a_year(rows: list[dict[str, Any]]) -> dict[str, tuple[float, float, float, float]]:
    return {
        row["stage"]: (row["probability"], row["lower"], row["upper"], row["base_rate"])
        for row in rows
        if row["horizon_days"] in (364, 365)
    }


# -- The relation index.


@pytest.mark.parametrize("key", DAYS)
def test_the_index_ahead_and_the_side_without(key: tuple[str, str], places: Any) -> None:
    place = places(key)
    index = place.told("forecast", "--index", *DRAWS)["index"]
    ahead = {(row["pair"], row["date"]): row["mean"] for row in index}
    base = {(row["pair"], row["date"]): row["baseline"] for row in place.what_if()["relation_index"]}
    assert ahead.keys() == base.keys()
    assert all(value == pytest.approx(base[key], abs=1e-9) for key, value in ahead.items())


@pytest.mark.parametrize("key", EVERY)
def test_the_index_today(key: tuple[str, str], places: Any) -> None:
    place = places(key)
    today = {row["pair"]: row["index"] for row in place.brief()["relation_index"] if row["index"] is not None}
    shown = place.page("/relations")
    here = state_of_play(read_known(place.case, as_of=place.day or None)).index
    last = here.series.filter((pl.col("date") == pl.col("date").max()) & pl.col("index").is_not_null())
    assert {row["pair"]: row["index"] for row in last.iter_rows(named=True)} == pytest.approx(today, rel=1e-5)
    assert all(signed(value) in shown for value in today.values())


# -- Claims, and what mechanisms account for.


@pytest.mark.parametrize("key", EVERY)
def test_the_claims(key: tuple[str, str], places: Any) -> None:
    place = places(key)
    ledger = place.told("claims")
    assert ledger == place.api("claims")
    assert ledger["claims"] == place.brief()["claims"] and ledger["account"] == place.brief()["account"]
    page, shown = place.page("/part/moves"), place.text("claims")
    for row in ledger["claims"]:
        if row["rate_ratio"] is not None and not is_unseen(row["rate_ratio_lower"], row["rate_ratio_upper"]):
            ratio = f"{row['rate_ratio']:.2f}"
            assert ratio in page and ratio in shown, row["mechanism"]
            assert row["grade"] in page and row["grade"] in shown
    shares = place.told("attribute")
    assert shares == place.api("attribute", replay="true")
    kept = [row["share"] for row in place.api("attribute")["shares"]]
    assert [row["share"] for row in shares["shares"]] == kept


# -- Who acts next.


@pytest.mark.parametrize("key", EVERY)
def test_who_acts_next_over_http(key: tuple[str, str], places: Any) -> None:
    place = places(key)
    actor, _, act = place.watched[0]
    day = place.brief()["origin"]
    told = asked("predict", place.case, "--actor", actor, "--class", act, "--date", day)
    assert told == place.api("predict", actor=actor, date=day, **{"class": act})
    assert sum(one["chance"] for one in told["candidates"]) <= 1.0 + 1e-5


def test_who_acts_next_is_as_python_says() -> None:
    from lynchpin.answers.predict import predict

    told = asked("predict", "northeast-asia", "--actor", "PRK", "--class", "material_conflict", "--date", "2012-07-09")
    here = predict("northeast-asia", "PRK", event_class="material_conflict", day="2012-07-09")
    assert [one["chance"] for one in told["candidates"]] == pytest.approx(
        [one.chance for one in here.candidates], rel=1e-4
    )
    assert all(
        0.0 < one["chance"] < 1.0 and one["lower"] <= one["chance"] <= one["upper"] for one in told["candidates"]
    )


def test_every_command_says_first_what_it_stands_on() -> None:
    head = r"northeast-asia, as of 2012-07-09: 1,520 events from 1998-01-23 to 2012-07-08, own chronology"
    for args in (
        ("fit",),
        ("forecast", "--draws", "100"),
        ("forecast", "--any", "PRK -> KOR : conflict", "--by", "2012-12-31", "--draws", "100"),
        ("whatif", "--silence", "PRK", "--days", "30", "--draws", "100"),
        ("agreements", "--draws", "20"),
    ):
        said = run(args[0], "northeast-asia", *AS_OF, *args[1:])
        assert re.match(head, said), said[:200]
    late = run("fit", "northeast-asia", "--as-of", "2040-01-01")
    assert "The record ends on " in late.splitlines()[1]


def test_the_case_of_the_folder_is_used_and_it_is_said(tmp_path: Path, monkeypatch) -> None:
    run("new", "mine", "--dir", str(tmp_path))
    monkeypatch.chdir(tmp_path / "mine")
    for command in (("fit",), ("claims", "--shifts", "19")):
        ran = CliRunner().invoke(app, list(command))
        assert ran.exit_code == 0 and ran.stdout.startswith("mine, "), ran.output
        assert "the case of this folder is used" in ran.stderr
    named = CliRunner().invoke(app, ["fit", "northeast-asia", *AS_OF])
    assert named.stdout.startswith("northeast-asia, ") and "of this folder" not in named.stderr
