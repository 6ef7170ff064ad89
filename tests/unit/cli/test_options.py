"""Every option of every command reaches the function that is to act on it; a default stands once.

Each command is run with the functions it calls replaced by ones that note what they were given. An option that is
read and not passed on, or that no row below names, is a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from functools import partial
from importlib import import_module
from inspect import Parameter, signature
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import polars as pl
import pytest
from typer.main import get_command

from lynchpin.cli import app
from lynchpin.engine.hyper import HyperFit
from lynchpin.record.store import Filter, Store
from lynchpin.results import Backtest
from lynchpin.session.facade import Fit
from lynchpin.session.rem import LastingFit, RemFit


@dataclass(frozen=True)
class Given:
    """What a function was given once, by the name of its parameters, and what it takes where it is given nothing."""

    arguments: Mapping[str, Any]
    defaults: Mapping[str, Any]


Calls = dict[str, list[Given]]  # function -> what it was given, each time


@dataclass(frozen=True)
class Arrives:
    """One option: the words that give it, and where its value must arrive."""

    words: tuple[str, ...]
    call: str  # the function
    key: str | None = None  # its parameter; None: that it is called at all
    value: object = None
    instead: tuple[str, ...] | None = None  # the words of the command, where they are others than usual
    own_default: bool = True  # whether the function's default is the option's too


@dataclass(frozen=True)
class Command:
    """A command: words that it cannot do without, what is replaced, and its options."""

    words: tuple[str, ...]
    replaced: Mapping[str, object]  # dotted name -> what it returns
    options: Mapping[str, Arrives]


@dataclass(frozen=True)
class Methods:
    """An object of this kind, with these methods replaced; method -> what it returns."""

    kind: type
    returns: Mapping[str, object]


def arrives(
    words: str | tuple[str, ...], call: str, key: str | None = None, value: object = None, **more: Any
) -> Arrives:
    return Arrives(tuple(words.split()) if isinstance(words, str) else words, call, key, value, **more)


NEW_YEAR = date(2020, 1, 1)
MADE_FROM = SimpleNamespace(case="toy", as_of=None)
JSON = arrives("--json", "show", "as_json", True)
PRINTED = arrives("--json", "print_json")


def quiet(call: str = "working") -> Arrives:
    return arrives("--quiet", call, "quiet", True)


def record_of(call: str, *, as_of: bool = True) -> dict[str, Arrives]:
    """The options that say what is looked at."""
    options = {
        "case": arrives("toy", call, "case", "toy"),
        "as_of": arrives("--as-of 2012-07-09", call, "as_of", "2012-07-09"),
        "events": arrives("--events s.duckdb", call, "events", Path("s.duckdb")),
        "episodes": arrives("--reports", call, "episodes", False),
    }
    return options if as_of else {name: option for name, option in options.items() if name != "as_of"}


#: Who does the work: what each command that can be spread is handed, and by which options.
SPREAD = {"lynchpin.session.cluster.hands": lambda *_: nullcontext("crew")}


def spread(*, own_default: bool = True, instead: tuple[str, ...] | None = None) -> dict[str, Arrives]:
    """The options of who does it."""
    return {
        "workers": arrives("--workers 3", "hands", "workers", 3, own_default=own_default, instead=instead),
        "scheduler": arrives("--scheduler tcp://a:1", "hands", "scheduler", "tcp://a:1", instead=instead),
    }


def numbers(call: str, *names: str, **more: Any) -> dict[str, Arrives]:
    """Options that are a number and keep their name: each arrives as another number."""
    return {name: arrives(f"--{name} {230 + k}", call, name, 230 + k, **more) for k, name in enumerate(names)}


FITTED = {
    "{}.fit_case": Methods(
        Fit, {"claims": "ledger", "forecast": "ahead", "to_frame": pl.DataFrame({"event_class": ["x"]})}
    )
}
CURVES = SimpleNamespace(summary=lambda: "curves", to_dict=dict, write=lambda file: file.touch())
ONE_OF_MANY = ("claims", "lateral", "--triads", "USA-JPN-KOR", "--events", "s.duckdb")
ANY = ("forecast", "--any", "PRK -> KOR : conflict", "--by", "2012-12-31")
STAGES = ("forecast", "--agreement", "pact", "--by", "2012-12-31")
HOLDS = Methods(
    Store,
    {"unresolved": pl.DataFrame(), "states": pl.DataFrame(), "info": {}, "fold_counts": {}},
)
STORE = "lynchpin.record.store.Store.open"

COMMANDS = [
    Command(
        ("brief",),
        {
            "lynchpin.session.brief.make_brief": SimpleNamespace(provenance=MADE_FROM),
            "lynchpin.report.page.markdown.render": "text",
            "{}.find_browser": "chromium",
            "{}.print_pdf": None,
            "{}.write_text": None,
        },
        record_of("make_brief")
        | numbers("make_brief", "days", "draws")
        | {
            "reveal": arrives("--reveal", "make_brief", "reveal", True),
            "since": arrives("--since brief.json", "make_brief", "since", "brief.json"),
            "out": arrives("--out there", "write", "file", Path("there/toy/brief.html")),
            "pdf": arrives("--pdf", "print_pdf", "browser", "chromium"),
            "md": arrives("--md", "render"),
            "as_json": JSON,
            "quiet": quiet(),
        },
    ),
    Command(("fit",), FITTED, record_of("fit_case") | {"as_json": PRINTED, "quiet": quiet("fit_case")}),
    Command(
        ("claims",),
        FITTED | SPREAD | {
            "lynchpin.answers.evidence.triads.triad_claims": "ledger",
            "lynchpin.session.questions.by_period": "ledger",
            "lynchpin.session.questions.by_dyad": "ledger",
            "lynchpin.session.register.confirm": ("tested", MADE_FROM),
        },
        record_of("fit_case")
        | numbers("claims", "shifts", "seed")
        | {
            **spread(own_default=False, instead=ONE_OF_MANY),
            "triads": arrives("", "triad_claims", "only", ("USA-JPN-KOR",), instead=ONE_OF_MANY),
            "structure": arrives("--structure t.duckdb", "triad_claims", "structure", Path("t.duckdb"), instead=ONE_OF_MANY),
            "between": arrives("--between rival", "triad_claims", "between", "rival", instead=ONE_OF_MANY),
            "on": arrives("--on 2000-01-01", "triad_claims", "on", "2000-01-01", instead=ONE_OF_MANY),
            "registered": arrives("--registered r.json", "confirm", "file", Path("r.json")),
            "split": arrives("--split 2000-01-01", "by_period", "splits", [date(2000, 1, 1)]),
            "by": arrives("--by dyad", "by_dyad"),
            "out": arrives("--by dyad --out a.html", "write", "file", Path("a.html")),
            "as_json": JSON,
            "quiet": quiet("fit_case"),
        },
    ),
    Command(
        ONE_OF_MANY,
        SPREAD | {"lynchpin.answers.evidence.triads.triad_claims": "ledger"},
        spread()
        | {
            "case": arrives("", "triad_claims", "theory", "lateral"),
            "events": arrives("", "triad_claims", "events", Path("s.duckdb")),
            "as_of": arrives("--as-of 2012-07-09", "triad_claims", "as_of", "2012-07-09"),
            "episodes": arrives("--episodes", "triad_claims", "episodes", True),
            "out": arrives("--out a.html", "write", "file", Path("a.html")),
            "as_json": JSON,
            "quiet": quiet("counting"),
        },
    ),
    Command(
        ("register", "--out", "a.json"),
        {"lynchpin.session.register.register": "made", "lynchpin.session.register.as_text": "text"},
        record_of("register")
        | numbers("register", "shifts", "seed")
        | {
            "out": arrives("", "write_text", "file", Path("a.json")),
            "as_json": JSON,
            "quiet": quiet(),
        },
    ),
    Command(
        ("attribute",),
        FITTED | {"lynchpin.answers.evidence.attribution": "shares"},
        record_of("fit_case")
        | {
            "first": arrives("--from 2001-01-01", "attribution", "since", date(2001, 1, 1)),
            "last": arrives("--to 2002-01-01", "attribution", "until", date(2002, 1, 1)),
            "replay": arrives("--no-replay", "attribution", "replays", False),
            "workers": arrives("--workers 3", "attribution", "workers", 3),
            "as_json": JSON,
            "quiet": quiet("counting"),
        },
    ),
    Command(
        ("forecast",),
        FITTED | {
            "lynchpin.session.stages.stage_by": (MADE_FROM, "stages"),
            "lynchpin.answers.forecast.targets.any_by": "chances",
            "lynchpin.answers.forecast.targets.index_ahead": "index",
        },
        record_of("fit_case")
        | numbers("forecast", "days", "draws", "seed", "workers")
        | {
            "any_of": arrives("", "any_by", "patterns", ["PRK -> KOR : conflict"], instead=ANY),
            "agreement": arrives("", "stage_by", "agreement", "pact", instead=STAGES),
            "stage": arrives("--stage signed", "stage_by", "stages", ["signed"], instead=STAGES, own_default=False),
            "by": arrives("", "any_by", "by", date(2012, 12, 31), instead=ANY),
            "index": arrives("--index", "index_ahead"),
            "as_json": JSON,
            "quiet": quiet("fit_case"),
        },
    ),
    Command(
        ANY,
        FITTED | {"lynchpin.answers.forecast.targets.any_by": "chances"},
        numbers("any_by", "draws", "seed", "workers"),
    ),
    Command(
        ("forecast", "--index"),
        FITTED | {"lynchpin.answers.forecast.targets.index_ahead": "index"},
        numbers("index_ahead", "days", "draws", "seed", "workers"),
    ),
    Command(
        STAGES,
        {"lynchpin.session.stages.stage_by": (MADE_FROM, "stages")},
        record_of("stage_by")
        | numbers("stage_by", "draws", "seed", own_default=False)  # no more than 200 draws are used, however many are asked for
        | {"by": arrives("", "stage_by", "by", "2012-12-31"), "as_json": JSON, "quiet": quiet()},
    ),
    Command(
        ("fade",),
        {"lynchpin.session.brief.how_it_fades": (MADE_FROM, "push")},
        record_of("how_it_fades")
        | numbers("how_it_fades", "days")
        | {
            "mechanism": arrives("toy threat", "how_it_fades", "mechanism", "threat"),
            "dyad": arrives(("--dyad", "KOR -> JPN"), "how_it_fades", "dyad", "KOR -> JPN"),
            "reveal": arrives("--reveal", "how_it_fades", "reveal", True),
            "out": arrives("--out a.html", "write", "file", Path("a.html")),
            "as_json": JSON,
            "quiet": quiet(),
        },
    ),
    Command(
        ("whatif", "--scenario", "base"),
        SPREAD | {
            "lynchpin.session.facade.load_case": "read",
            "lynchpin.session.facade.fit": SimpleNamespace(made_from=MADE_FROM),
            "lynchpin.answers.scenarios.changes_of": ("changes",),
            "lynchpin.answers.scenarios.read_scenario": SimpleNamespace(title="A scenario"),
            "lynchpin.answers.scenarios.scenarios_of": ("push",),
            "lynchpin.session.what_if.what_if": SimpleNamespace(name="push"),
        },
        {
            "case": arrives("toy", "load_case", "case", "toy"),
            "scenario": arrives("--scenario push", "read_scenario", "scenario", "push"),
            **{
                name: arrives((f"--{name}", "this"), "changes_of", name, ["this"], own_default=False)
                for name in ("inject", "scale", "silence", "hold", "remove", "sign", "block", "postpone")
            },
            "list_them": arrives("--list", "scenarios_of"),
            "as_of": arrives("--as-of 2012-07-09", "fit", "as_of", "2012-07-09"),
            "events": arrives("--events s.duckdb", "fit", "events", Path("s.duckdb")),
            "episodes": arrives("--episodes", "fit", "episodes", True),
            **numbers("what_if", "days", "draws", "seed", "workers"),
            "scheduler": arrives("--scheduler tcp://a:1", "hands", "scheduler", "tcp://a:1"),
            "out": arrives("--out there", "write", "file", Path("there/toy/whatif-push.html")),
            "as_json": JSON,
            "quiet": quiet(),
        },
    ),
    Command(
        ("backtest",),
        SPREAD | {"lynchpin.session.backtest.backtest": Methods(Backtest, {"to_frame": pl.DataFrame()})},
        record_of("backtest", as_of=False)
        | {
            "dyads": arrives("--dyads top:25", "backtest", "dyads", "top:25"),
            "first": arrives("--from 2010-01-01", "backtest", "first", "2010-01-01"),
            "last": arrives("--to 2011-01-01", "backtest", "last", "2011-01-01"),
            "horizon": arrives("--horizon 2m", "backtest", "horizons", "2m"),
            "lag": arrives("--lag 7d", "backtest", "lag", "7d", own_default=False),  # "0d" is 0
            "every": arrives("--every 3", "backtest", "every", 3),
            **spread(own_default=False),
            "out": arrives("--out there", "write", "file", Path("there/backtest.html")),
            "as_json": JSON,
            "quiet": quiet("counting"),
        },
    ),
    Command(
        ("agreements",),
        {"lynchpin.session.agreements.agreements": "lives", "{}._draw": None},
        record_of("agreements")
        | numbers("agreements", "draws")
        | {
            "agreement": arrives("--agreement pact", "agreements", "agreement", "pact"),
            "picture": arrives("--picture a.svg", "draw", "file", Path("a.svg")),
            "deed": arrives("--what-if sign", "agreements", "deed", "sign"),
            "as_json": JSON,
            "quiet": quiet(),
        },
    ),
    Command(
        ("agreements", "--agreement", "pact", "--picture", "a.svg"),
        {
            "lynchpin.session.agreements.agreements": "lives",
            "lynchpin.session.agreements.replay_agreement": ("life", pl.DataFrame({"date": [date(2012, 1, 1)]})),
            "lynchpin.report.plots.agreement.draw": MagicMock(),
        },
        record_of("replay_agreement")
        | {
            "agreement": arrives("", "replay_agreement", "agreement", "pact"),
            "picture": arrives("", "write_picture", "file", Path("a.svg")),
            "quiet": quiet("counting"),
        },
    ),
    Command(
        ("explain",),
        {
            "lynchpin.session.facade.load_case": SimpleNamespace(name="toy", mechanisms=(), stage_mechanisms=(), shares=()),
            "lynchpin.session.questions.roles_in_words": {},
        },
        {"case": arrives("toy", "load_case", "case", "toy"), "as_json": PRINTED},
    ),
    Command(
        ("check",),
        {"lynchpin.session.facade.load_case": "read", "lynchpin.session.check.check_case": {}},
        {"case": arrives("toy", "load_case", "case", "toy"), "as_json": PRINTED},
    ),
    Command(
        ("new", "mine"),
        {
            "lynchpin.account.cases.builtin.write_new_case": (),
            "lynchpin.account.cases.drafts.write_like": (),
            "lynchpin.account.cases.drafts.write_from_store": (),
        },
        {
            "name": arrives("", "write_new_case", "name", "mine"),
            "directory": arrives("--dir there", "write_new_case", "folder", Path("there")),
            "like": arrives("--like toy", "write_like", "case", "toy"),
            "from_feed": arrives(
                "--from-feed s.duckdb --states USA,JPN,KOR", "write_from_store", "store", Path("s.duckdb")
            ),
            "states": arrives(
                "--from-feed s.duckdb --states USA,JPN,KOR", "write_from_store", "states", ["USA", "JPN", "KOR"]
            ),
        },
    ),
    Command(("cases",), {"lynchpin.session.cases.list_cases": "listed"}, {"as_json": JSON}),
    Command(
        ("serve",),
        {"lynchpin.web.serve.serve": None},
        {
            "case": arrives("one two", "serve", "cases", ["one", "two"]),
            "events": arrives("--events a.duckdb --store b.duckdb", "serve", "stores", [Path("a.duckdb"), Path("b.duckdb")]),
            "port": arrives("--port 4000", "serve", "port", 4000),
            "host": arrives("--host 127.0.0.2", "serve", "host", "127.0.0.2"),
            "token": arrives("--token secret-secret", "serve", "token", "secret-secret"),
            "name": arrives("--name box.local", "serve", "names", ["box.local"]),
            "folder": arrives("--dir there", "serve", "folder", Path("there")),
            "track": arrives("--track t.duckdb", "serve", "track", Path("t.duckdb")),
        },
    ),
    Command(
        ("doctor",),
        {
            "lynchpin.session.doctor.examine": {
                "version": "1", "python": "3", "platform": "x", "packages": {}, "extras": {}, "browser": None,
                "self_test": {"seconds": 1.0, "events": 1, "converged": True}, "sound": True,
            },
        },
        {"as_json": PRINTED},
    ),
    Command(
        ("completion", "bash"),
        {"typer.completion.get_completion_script": "script"},
        {"shell": arrives("", "get_completion_script", "shell", "zsh", instead=("completion", "zsh"))},
    ),
    Command(
        ("rem", "a.csv", "--effects", "inertia"),
        {
            "lynchpin.session.rem.rem": Methods(
                RemFit,
                {"save": None, "write_design": None, "summary": "fitted", "to_dict": {}}
                | dict.fromkeys(("curves", "check", "residuals", "simulate"), CURVES),
            ),
            "lynchpin.engine.rem.events.read_table": lambda file: f"table {file}",
            **SPREAD,
        },
        {
            "events": arrives("", "rem", "events", Path("a.csv")),
            "effects": arrives("", "rem", "effects", "inertia"),
            **{
                name: arrives((f"--{name.replace('_', '-')}", "x"), "rem", name, "x")
                for name in (
                    "likelihood", "half_life", "scale", "risk_set", "control_weights", "ties", "decay_to", "start",
                    "stop", "counts", "cluster", "weight", "time_unit", "clock", "covariate_from",
                )
            },
            "actors": arrives("--actors a.csv", "rem", "actors", Path("a.csv")),
            "outcome": arrives("--outcome a|b --outcome c", "rem", "outcome", ["a|b", "c"]),
            "fix": arrives("--fix a(b=1)=2 --fix c=-3", "rem", "fix", {"a(b=1)": 2.0, "c": -3.0}, own_default=False),
            "first": arrives("--first 3", "rem", "first", 3),
            "statistics_from": arrives("--statistics-from s.csv", "rem", "statistics", "table s.csv"),
            "undirected": arrives("--undirected", "rem", "undirected", True),
            "typed": arrives("--typed", "rem", "typed", True),
            "dyads": arrives("--dyads d.csv", "rem", "dyads", "table d.csv"),
            "presence": arrives("--presence p.csv", "rem", "presence", "table p.csv"),
            "covariate": arrives("--covariate age=c.csv", "rem", "covariates", {"age": "table c.csv"}, own_default=False),
            "controls": arrives("--controls 4", "rem", "controls", 4),
            "step": arrives("--step 2", "rem", "step", "2", own_default=False),  # "1" is 1.0
            "ridge": arrives("--ridge 0.5", "rem", "ridge", 0.5),
            "random": arrives("--random sender --random dyad", "rem", "random", "sender dyad", own_default=False),
            "pool": arrives("--pool", "rem", "pool", True),
            "seed": arrives("--seed 4", "rem", "seed", 4),
            **spread(),
            "smooth": arrives("--smooth a --smooth b", "curves", "smooth", ["a", "b"], own_default=False),
            "varying": arrives("--varying a", "curves", "varying", ["a"], own_default=False),
            "check": arrives("--check", "residuals"),
            "simulate": arrives("--simulate 7", "simulate", "draws", 7, own_default=False),
            "simulated": arrives("--simulate 7 --simulated drawn.csv", "simulate", "draws", 7, own_default=False),
            "out": arrives("--smooth a --out a.html", "write", "file", Path("a.html")),
            "save": arrives("--save fit.rem", "save", "path", Path("fit.rem")),
            "table": arrives("--table design.csv", "write_design", "path", Path("design.csv")),
            "as_json": arrives("--json", "to_dict"),
            "quiet": quiet(),
        },
    ),
    Command(
        ("lasting", "a.csv", "--start-effects", "inertia", "--end-effects", "reciprocity"),
        {
            "lynchpin.session.rem.lasting": Methods(LastingFit, {"summary": "fitted", "to_dict": {}}),
            "lynchpin.engine.rem.events.read_table": lambda file: f"table {file}",
            **SPREAD,
        },
        {
            "events": arrives("", "lasting", "events", Path("a.csv")),
            "start_effects": arrives("", "lasting", "start_effects", "inertia"),
            "end_effects": arrives("", "lasting", "end_effects", "reciprocity"),
            **{
                name: arrives((f"--{name.replace('_', '-')}", "x"), "lasting", name, "x")
                for name in ("half_life", "start", "stop", "time_unit")
            },
            "actors": arrives("--actors a.csv", "lasting", "actors", Path("a.csv")),
            "presence": arrives("--presence p.csv", "lasting", "presence", "table p.csv"),
            "covariate": arrives("--covariate x=c.csv", "lasting", "covariates", {"x": "table c.csv"}, own_default=False),
            "undirected": arrives("--undirected", "lasting", "undirected", True),
            "ridge": arrives("--ridge 0.5", "lasting", "ridge", 0.5),
            **spread(),
            "as_json": arrives("--json", "to_dict"),
            "quiet": quiet(),
        },
    ),
    Command(
        ("hyper", "a.csv", "--effects", "closure"),
        {
            "lynchpin.engine.hyper.hyper": Methods(HyperFit, {"summary": "fitted", "to_dict": {}}),
            "lynchpin.engine.rem.events.read_table": lambda file: f"table {file}",
        },
        {
            "events": arrives("", "hyper", "events", Path("a.csv")),
            "effects": arrives("", "hyper", "effects", "closure"),
            **{
                name: arrives((f"--{name.replace('_', '-')}", "x"), "hyper", name, "x")
                for name in ("half_life", "start", "time_unit")
            },
            "controls": arrives("--controls 4", "hyper", "controls", 4),
            "actors": arrives("--actors a.csv", "hyper", "actors", Path("a.csv")),
            "covariate": arrives("--covariate x=c.csv", "hyper", "covariates", {"x": "table c.csv"}, own_default=False),
            "seed": arrives("--seed 4", "hyper", "seed", 4),
            "as_json": arrives("--json", "to_dict"),
            "quiet": quiet(),
        },
    ),
    Command(
        ("ingest", "auto", "a.csv", "--store", "s.duckdb"),
        {
            STORE: Methods(Store, {"ingest": "report"}),
            "lynchpin.record.ontology.actors.own_table": nullcontext(),
            "lynchpin.record.store.require_whole": None,
            **SPREAD,
        },
        {
            **spread(),
            "parts": arrives("--parts", "open", "parts", True),
            "source": arrives("", "ingest", "source", "tkg", instead=("ingest", "tkg", "a.csv", "--store", "s.duckdb")),
            "paths": arrives("b.csv", "ingest", "paths", [Path("a.csv"), Path("b.csv")]),
            "store": arrives("", "open", "path", Path("s.duckdb")),
            "actors_table": arrives("--actors t.csv", "own_table", "path", Path("t.csv")),
            "known_lag": arrives("--known-lag 7d", "ingest", "known_lag", 7, own_default=False),  # "0d" is 0
            "states": arrives("--states KOR,JPN", "ingest", "keep", Filter(("JPN", "KOR")), own_default=False),
            "since": arrives("--since 2020-01-01", "ingest", "keep", Filter(since=NEW_YEAR), own_default=False),
            "until": arrives("--until 2020-01-01", "ingest", "keep", Filter(until=NEW_YEAR), own_default=False),
            "strict": arrives("--strict", "require_whole"),
            "as_json": JSON,
            "quiet": quiet("counting"),
        },
    ),
    Command(("sources",), {"lynchpin.record.sources.sources": {}}, {"as_json": PRINTED}),
    Command(
        ("fetch", "gdelt", "--since", "2020-01-01", "--until", "2020-01-02"),
        {
            STORE: Methods(Store, {"ingest": SimpleNamespace(summary=lambda: "")}),
            "lynchpin.record.fetch.fetch_gdelt": SimpleNamespace(
                failed=(), files=(SimpleNamespace(name="a.zip", status="fetched"),), summary=lambda: ""
            ),
            "lynchpin.record.fetch.fetch_dataverse": SimpleNamespace(failed=()),
        },
        {
            "feed": arrives("", "fetch_dataverse", "source", "icews", instead=("fetch", "icews")),
            "since": arrives("", "fetch_gdelt", "since", "2020-01-01"),
            "until": arrives("", "fetch_gdelt", "until", "2020-01-02"),
            "folder": arrives("--dir there", "fetch_gdelt", "folder", Path("there"), own_default=False),
            "kind": arrives("--kind export --kind mentions", "fetch_gdelt", "kinds", ("export", "mentions")),
            "translated": arrives("--translated", "fetch_gdelt", "translated", value=True),
            "match": arrives("--match *.zip", "fetch_dataverse", "match", "*.zip", instead=("fetch", "icews")),
            "store": arrives("--store s.duckdb", "open", "path", Path("s.duckdb"), own_default=False),
            "states": arrives(
                "--store s.duckdb --states KOR,JPN",
                "ingest",
                "keep",
                Filter(("JPN", "KOR"), date(2020, 1, 1), date(2020, 1, 2)),
                own_default=False,
            ),
            "base_url": arrives("--base-url http://x", "fetch_gdelt", "base_url", "http://x"),
            "as_json": JSON,
            "quiet": quiet("arriving"),
        },
    ),
    Command(
        ("events",),
        {
            "lynchpin.account.cases.read_case": SimpleNamespace(name="toy"),
            "lynchpin.session.events.list_events": SimpleNamespace(
                rows=pl.DataFrame({"source": ["A"], "event_class": ["x"]}), total=1, back=0
            ),
            "lynchpin.report.events.events_table": "table",
            "lynchpin.report.events.events_csv": "csv",
        },
        {
            "case": arrives("toy", "read_case", "case", "toy"),
            "as_of": arrives("--as-of 2012-07-09", "list_events", "as_of", "2012-07-09", own_default=False),
            "events": arrives("--events s.duckdb", "list_events", "store", Path("s.duckdb")),
            "source": arrives("--source JPN", "list_events", "source", "JPN"),
            "target": arrives("--target KOR", "list_events", "target", "KOR"),
            "state": arrives("--state JPN --state KOR", "list_events", "states", ["JPN", "KOR"], own_default=False),
            "dyad": arrives(("--dyad", "A -> B"), "list_events", "dyad", "A -> B"),
            "event_class": arrives("--class x", "list_events", "event_class", "x", own_default=False),
            "event_type": arrives("--type y", "list_events", "event_type", "y", own_default=False),
            "since": arrives("--since 2001-01-01", "list_events", "since", "2001-01-01", own_default=False),
            "until": arrives("--until 2002-01-01", "list_events", "until", "2002-01-01", own_default=False),
            "agreement": arrives("--agreement pact", "list_events", "agreement", "pact", own_default=False),
            "count": arrives("--count year", "list_events", "count", "year"),
            "episodes": arrives("--episodes", "list_events", "episodes", True, own_default=False),
            "reach": arrives("--reach", "list_events", "reach", True, own_default=False),
            "limit": arrives("--limit 7", "list_events", "limit", 7, own_default=False),
            "as_csv": arrives("--csv", "events_csv"),
            "as_json": PRINTED,
        },
    ),
    Command(
        ("actors", "s.duckdb"),
        {STORE: HOLDS, "lynchpin.report.events.plain_table": "table"},
        {
            "first": arrives("", "open", "path", Path("s.duckdb")),
            "named": arrives("", "open", "path", Path("s.duckdb"), instead=("actors", "--store", "s.duckdb")),
            "unresolved": arrives("--unresolved", "unresolved"),
            "limit": arrives("--limit 7", "plain_table", "limit", 7, own_default=False),
            "as_json": PRINTED,
        },
    ),
    Command(
        ("triads",),
        {"lynchpin.account.cases.find_triads.find_triads": "triads"},
        {
            "theory": arrives("mine.toml", "find_triads", "theory", "mine.toml"),
            "structure": arrives("--structure t.duckdb", "find_triads", "structure", Path("t.duckdb")),
            "on": arrives("--on 2012-01-01", "find_triads", "on", "2012-01-01"),
            "between": arrives("--between rival", "find_triads", "between", "rival"),
            "events": arrives("--events s.duckdb", "find_triads", "events", Path("s.duckdb")),
            "as_of": arrives("--as-of 2012-07-09", "find_triads", "as_of", "2012-07-09"),
            "as_json": arrives("--json", "show_result", "as_json", True),
        },
    ),
    Command(
        ("predict", "--actor", "JPN", "--date", "2012-07-09"),
        {
            "lynchpin.answers.predict.predict": "ranking",
            "lynchpin.answers.predict.run_benchmark": SimpleNamespace(scores="scores"),
        },
        {
            "record": arrives("s.duckdb", "predict", "record", "s.duckdb"),
            "actor": arrives("", "predict", "actor", "JPN"),
            "day": arrives("", "predict", "day", "2012-07-09"),
            "event_class": arrives("--class x", "predict", "event_class", "x"),
            "code": arrives("--code 17", "predict", "code", "17"),
            "asked_as": arrives("--as sender", "predict", "asked_as", "sender"),
            "top": arrives("--top 3", "predict", "top", 3),
            "names": arrives("--names", "predict", "as_written", True),
            "case": arrives("--case toy", "predict", "case", "toy"),
            "benchmark": arrives("--benchmark there", "run_benchmark", "folder", Path("there")),
            "split": arrives("--benchmark there --split valid", "run_benchmark", "split", "valid"),
            "questions": arrives("--benchmark there --questions 20", "run_benchmark", "most_questions", 20),
            "as_json": JSON,
            "quiet": quiet("counting"),
        },
    ),
    Command(
        ("sensitivity", "toy", "threat"),
        {
            "lynchpin.session.facade.load_case": lambda case: f"case {case}",
            "lynchpin.session.facade.fit": SimpleNamespace(made_from=MADE_FROM),
            **SPREAD,
            "lynchpin.answers.evidence.sensitivity.sensitivity": "curve",
        },
        {
            "case": arrives("", "fit", "case", "toy"),
            "mechanism": arrives("", "sensitivity", "mechanism", "threat"),
            "as_of": arrives("--as-of 2012-07-09", "fit", "as_of", "2012-07-09"),
            "events": arrives("--events s.duckdb", "sensitivity", "events", Path("s.duckdb")),
            "vary": arrives("--vary step,half-life", "sensitivity", "vary", ["step", "half-life"]),
            "half_life": arrives("--half-life 8w", "sensitivity", "half_lives", [56.0], own_default=False),
            "classes": arrives("--classes b", "sensitivity", "classes", {"b": "case b"}, own_default=False),
            "shifts": arrives("--shifts 30", "sensitivity", "shifts", 30),
            "out": arrives("--out a.html", "write", "file", Path("a.html")),
            **spread(own_default=False),
            "episodes": arrives("--episodes", "fit", "episodes", True),
            "as_json": JSON,
            "quiet": quiet("counting"),
        },
    ),
    Command(
        ("track", "issue", "--file", "t.duckdb"),
        {"lynchpin.session.track.issue": "issued"},
        record_of("issue")
        | numbers("issue", "days", "draws")
        | {
            "file": arrives("", "issue", "file", Path("t.duckdb")),
            "agreement": arrives("--agreement pact", "issue", "agreement", "pact"),
            "by": arrives("--by 2012-12-31", "issue", "by", "2012-12-31"),
            "as_json": JSON,
            "quiet": quiet(),
        },
    ),
    Command(
        ("track", "score", "--file", "t.duckdb"),
        {"lynchpin.session.track.score": "track"},
        {
            "file": arrives("", "score", "file", Path("t.duckdb")),
            "case": arrives("toy", "score", "case", "toy"),
            "events": arrives("--events s.duckdb", "score", "events", Path("s.duckdb")),
            "lag": arrives("--lag 7d", "score", "lag", "7d", own_default=False),  # "0d" is 0
            "as_json": JSON,
            "quiet": quiet(),
        },
    ),
    Command(
        ("track", "list", "--file", "t.duckdb"),
        {"lynchpin.session.track.listed": "track"},
        {
            "file": arrives("", "listed", "file", Path("t.duckdb")),
            "case": arrives("toy", "listed", "case", "toy"),
            "as_json": JSON,
        },
    ),
    Command(
        ("store", "info", "s.duckdb"),
        {STORE: HOLDS, "lynchpin.report.events.info_lines": "lines"},
        {
            "first": arrives("", "open", "path", Path("s.duckdb")),
            "named": arrives("", "open", "path", Path("s.duckdb"), instead=("store", "info", "--store", "s.duckdb")),
            "episodes": arrives("--episodes", "fold_counts"),
            "as_json": PRINTED,
        },
    ),
    Command(
        ("store", "verify", "s.duckdb"),
        {STORE: Methods(Store, {"verify": (), "content_hash": "abc"})},
        {"first": arrives("", "open", "path", Path("s.duckdb")),
            "named": arrives("", "open", "path", Path("s.duckdb"), instead=("store", "verify", "--store", "s.duckdb")), "as_json": PRINTED},
    ),
    Command(
        ("store", "export", "s.duckdb", "there"),
        {STORE: Methods(Store, {"export": {"rows": {"events": 3}}})},
        {
            "places": arrives("", "export", "to", Path("there")),
            "named": arrives(
                "", "open", "path", Path("s.duckdb"), instead=("store", "export", "--store", "s.duckdb", "there")
            ),
            "as_json": PRINTED,
        },
    ),
    Command(
        ("store", "compact", "s.duckdb"),
        {"lynchpin.record.store.Store.compact": (3, 2)},
        {"first": arrives("", "compact", "path", Path("s.duckdb")),
            "named": arrives("", "compact", "path", Path("s.duckdb"), instead=("store", "compact", "--store", "s.duckdb")), "as_json": PRINTED},
    ),
    Command(
        ("structure", "import", "a.csv", "--store", "t.duckdb"),
        {"lynchpin.account.structure.import_tables": ()},
        {
            "paths": arrives("b.csv", "import_tables", "paths", [Path("a.csv"), Path("b.csv")]),
            "store": arrives("", "import_tables", "store", Path("t.duckdb")),
            "dataset": arrives("--as atop", "import_tables", "dataset", "atop"),
            "as_json": PRINTED,
        },
    ),
    Command(
        ("structure", "list"),
        {"lynchpin.account.structure.read_store": ((), pl.DataFrame({"kind": ["ally"]}))},
        {"store": arrives("t.duckdb", "read_store", "store", Path("t.duckdb")), "as_json": PRINTED},
    ),
    Command(
        ("structure", "show", "JPN"),
        {
            "lynchpin.account.structure.Structure.open": "structure",
            "lynchpin.account.structure.facts_about": "facts",
        },
        {
            "state": arrives("", "facts_about", "state", "JPN"),
            "other": arrives("KOR", "facts_about", "other", "KOR"),
            "structure": arrives("--structure t.duckdb", "open", "store", Path("t.duckdb")),
            "on": arrives("--on 2012-01-01", "facts_about", "on", "2012-01-01"),
            "as_json": arrives("--json", "show_result", "as_json", True),
        },
    ),
]  # fmt: skip


# --- how a command is run ------------------------------------------------------------------------------------------------


class Stub:
    """An object whose methods are noted, which can be entered and left as a store can; all else of it is a mock."""

    def __init__(self, calls: Calls, methods: Methods) -> None:
        self._calls, self._methods = calls, methods

    def __getattr__(self, name: str) -> object:
        if name not in self._methods.returns:
            return MagicMock()
        real = partial(getattr(self._methods.kind, name), None)  # of no object: only its parameters are looked at
        return noted(self._calls, real, name, self._methods.returns[name])

    def __enter__(self) -> Stub:
        return self

    def __exit__(self, *error: object) -> None: ...


def noted(calls: Calls, real: Callable[..., Any], name: str, returns: object) -> Callable[..., Any]:
    """A function in the place of `real`: it notes what it is given under the names of `real`, with what `real` defaults to."""
    form = signature(real)
    defaults = {name: parameter.default for name, parameter in form.parameters.items()}

    def function(*given: Any, **named: Any) -> object:
        arguments = dict(form.bind(*given, **named).arguments)
        for parameter in form.parameters.values():
            if parameter.kind is parameter.VAR_KEYWORD:
                arguments |= arguments.pop(parameter.name, {})
        calls.setdefault(name, []).append(Given(arguments, defaults))
        if isinstance(returns, Methods):
            return Stub(calls, returns)
        return returns(*given, **named) if callable(returns) else returns

    return function


def holder(owner: str) -> Any:
    """A module, or a class of one."""
    try:
        return import_module(owner)
    except ModuleNotFoundError:
        module, _, kind = owner.rpartition(".")
        return getattr(import_module(module), kind)


def run(monkeypatch: pytest.MonkeyPatch, command: Command, words: Sequence[str]) -> Calls:
    """What every replaced function is given when the words are run."""
    calls: Calls = {}
    file = import_module(callback_of(command.words).__module__)
    replaced = {f"{file.__name__}.{name}": value for name, value in SHOWN.items() if hasattr(file, name)}
    replaced |= {target.replace("{}", file.__name__): value for target, value in command.replaced.items()}
    with monkeypatch.context() as patch:
        for target, returns in replaced.items():
            owner, _, name = target.rpartition(".")
            real = getattr(holder(owner), name)
            patch.setattr(holder(owner), name, noted(calls, real, name.lstrip("_"), returns))
        ROOT.main(list(words), standalone_mode=False)
    return calls


SHOWN: dict[str, object] = {  # what shows and writes, wherever a command has it
    **dict.fromkeys(("show", "show_result", "write", "write_text", "write_picture", "print_json"), None),
    **{name: lambda *_: nullcontext() for name in ("working", "counting", "arriving")},
    "console": SimpleNamespace(print=lambda *_: None, width=80),
}


# --- the commands as they are ---------------------------------------------------------------------------------------------


ROOT: Any = get_command(app)


def commands(group: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, one in (group or ROOT).commands.items():
        yield from commands(one, (*path, name)) if hasattr(one, "commands") else [((*path, name), one)]


def callback_of(words: Sequence[str]) -> Any:
    return next(one.callback for path, one in commands() if tuple(words[: len(path)]) == path)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command writes is written into a folder of the test."""
    monkeypatch.chdir(tmp_path)


ROWS = [(command, name) for command in COMMANDS for name in command.options]
NAMES = [f"{' '.join(command.words)}: {name}" for command, name in ROWS]


@pytest.mark.parametrize(("command", "name"), ROWS, ids=NAMES)
def test_an_option_reaches_its_function(monkeypatch: pytest.MonkeyPatch, command: Command, name: str) -> None:
    option = command.options[name]
    usual = option.instead or command.words
    calls = run(monkeypatch, command, [*usual, *option.words])
    assert option.call in calls, f"{option.call} was not called"
    if option.key is None:
        assert option.call not in run(monkeypatch, command, usual)
        return
    assert any(same(given.arguments.get(option.key), option.value) for given in calls[option.call]), calls[option.call]
    if not option.words:  # the command cannot do without it
        return
    for given in run(monkeypatch, command, usual).get(option.call, ()):
        left_out = given.arguments.get(option.key, given.defaults.get(option.key))  # no default: one of **filters
        assert not same(left_out, option.value), "the value is that of an option that is not given"
        if option.own_default and given.defaults[option.key] is not Parameter.empty:
            assert left_out == given.defaults[option.key], (
                "the option and the function have each a default of their own"
            )


@pytest.mark.parametrize(
    ("words", "call"),
    [
        (ONE_OF_MANY, "triad_claims"),
        (("backtest",), "backtest"),
        (("sensitivity",), "sensitivity"),
        (("rem",), "rem"),
        (("lasting",), "lasting"),
        (("whatif",), "what_if"),
        (("ingest",), "ingest"),
    ],
)
def test_who_does_it_is_handed_on(monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], call: str) -> None:
    command = next(one for one in COMMANDS if one.words[: len(words)] == words)
    (given,) = run(monkeypatch, command, command.words)[call]
    assert given.arguments["executor"] == "crew"


def same(value: object, other: object) -> bool:
    return type(value) is type(other) and value == other


def test_every_option_of_every_command_has_a_row() -> None:
    rows = {
        (path, name) for path, _ in commands() for c in COMMANDS if c.words[: len(path)] == path for name in c.options
    }
    assert {(path, option.name) for path, one in commands() for option in one.params} - rows == set()
    assert rows - {(path, option.name) for path, one in commands() for option in one.params} == set()
