"""The JSON over HTTP is what `--json` prints, is described as it is, and never breaks."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from typer.testing import CliRunner

from helpers.asking import Client
from lynchpin.cli import app
from lynchpin.web import api
from lynchpin.web.api import openapi
from lynchpin.web.guard import ADDRESS
from lynchpin.web.params import LETTERS
from lynchpin.web.questions import MOST_DRAWS, QUESTIONS
from lynchpin.web.routes import on_error
from lynchpin.web.work import Busy

SAME = [  # address, the words of the command line
    ("fit?as_of=2012-07-09", "fit --as-of 2012-07-09"),
    ("claims?as_of=2012-07-09&shifts=19", "claims --as-of 2012-07-09 --shifts 19"),
    ("claims?as_of=2012-07-09&by=dyad", "claims --as-of 2012-07-09 --by dyad"),
    ("claims?as_of=2012-07-09&split=2005-01-01", "claims --as-of 2012-07-09 --split 2005-01-01"),
    ("forecast?as_of=2012-07-09&draws=200", "forecast --as-of 2012-07-09 --draws 200"),
    (
        "forecast?as_of=2012-07-09&draws=200&any=PRK+-%3E+KOR+:+material_conflict&by=2012-12-31",
        "forecast --as-of 2012-07-09 --draws 200 --any 'PRK -> KOR : material_conflict' --by 2012-12-31",
    ),
    ("forecast?as_of=2012-07-09&draws=200&index=true", "forecast --as-of 2012-07-09 --draws 200 --index"),
    ("fade?as_of=2012-07-09&mechanism=shared_threat", "fade northeast-asia shared_threat --as-of 2012-07-09"),
    (
        "whatif?as_of=2012-07-09&draws=200&scale=2+patron_push&hold=CHN",
        "whatif --as-of 2012-07-09 --draws 200 --scale '2 patron_push' --hold CHN",
    ),
    (
        "whatif?as_of=2012-07-09&draws=200&scenario=dokdo-landing",
        "whatif --as-of 2012-07-09 --draws 200 --scenario dokdo-landing",
    ),
    ("attribute?as_of=2012-07-09", "attribute --as-of 2012-07-09 --no-replay"),
    ("explain", "explain"),
    ("check", "check"),
    ("events?as_of=1998-03-01", "events --as-of 1998-03-01"),
    ("events?count=class", "events --count class"),
    ("sources", "sources"),
    ("brief?as_of=2012-07-09", None),  # the command line writes a file besides: see below
]


@pytest.mark.parametrize(("address", "words"), SAME, ids=[address for address, _ in SAME])
def test_the_answer_is_what_the_command_line_prints(
    client: Client, tmp_path: object, address: str, words: str | None
) -> None:
    import shlex

    given_words = shlex.split(words) if words else ["brief", "--as-of", "2012-07-09", "--out", str(tmp_path)]
    printed = CliRunner().invoke(app, [*given_words, "--json"])
    assert printed.exit_code == 0, printed.output
    answer = client.get(f"/api/{address}")
    assert answer.status_code == 200, answer.text
    assert answer.json() == json.loads(printed.stdout)


def test_every_question_is_described() -> None:
    described = openapi()
    assert set(described["paths"]) == {f"/api/{question.path}" for question in QUESTIONS}
    for path in described["paths"].values():
        for param in path["get"]["parameters"]:
            assert param["description"]


def test_a_text_as_long_as_it_may_be_fits_an_address() -> None:
    """The widest letters, written out: twelve signs each."""
    assert 12 * LETTERS + 1_000 < ADDRESS
    assert len(quote("\U0001f4a9")) == 12


def test_the_description_is_served(client: Client) -> None:
    assert client.get("/api/openapi.json").json() == json.loads(json.dumps(openapi()))
    assert client.get("/api").json()["described_at"] == "/api/openapi.json"


WRONG = [  # address, status, what is said
    ("nothing", 404, "Not Found"),
    ("fit?case=nowhere", 404, "no case 'nowhere'"),
    ("fit?case=../../etc/passwd", 404, "no case"),
    ("fit?store=/etc/passwd", 404, "no store"),
    ("fit?as_of=yesterday", 422, "as_of"),
    ("fit?as_of=0001-01-01", 422, "1800"),
    ("claims?by=moon", 422, "'moon'"),
    ("claims?shifts=5", 422, "shifts"),
    ("forecast?draws=99999999", 422, "draws"),
    (f"forecast?draws={MOST_DRAWS + 1}", 422, "at most"),
    ("forecast?draws=5000&days=401", 422, "2,005,000 days"),
    ("whatif?draws=1087&days=1841&scale=2+patron_push", 422, "2,001,167 days"),
    ("agreements?draws=1001", 422, "at most 1,000"),
    ("claims?" + "&".join(f"split=20{year:02}-01-01" for year in range(1, 8)), 422, "at most 6"),
    ("forecast?any=PRK+-%3E+KOR+:+material_conflict", 422, "any and by"),
    ("whatif?scenario=/etc/passwd", 404, "no scenario"),
    ("whatif?scale=x", 422, "factor"),
    ("predict", 422, "actor is missing"),
    ("events?limit=0", 422, "limit"),
    ("actors", 422, "chronology"),
]


@pytest.mark.parametrize(("address", "status", "says"), WRONG, ids=[address for address, *_ in WRONG])
def test_what_is_wrong_is_said(client: Client, address: str, status: int, says: str) -> None:
    answer = client.get(f"/api/{address}")
    assert answer.status_code == status
    assert says in answer.json()["error"]["what"] + answer.json()["error"]["where"]


#: Questions that answer at once, whatever they are asked: the others are tried with what is wrong alone.
QUICK = tuple(question for question in QUESTIONS if not question.slow)
ODD = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "",
            "\x00",
            "'",
            '"><script>',
            "\u202ertl",
            "1e999",
            "-1",
            "9" * 60,
            "2012-02-30",
            "=cmd()",
            "KOR -> ",
            "a" * 10_000,
        ]
    ),
)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_asked_is_answered(client: Client, data: st.DataObject) -> None:
    """No question breaks the server: it is answered, or refused with what is wrong."""
    question = data.draw(st.sampled_from(QUICK))
    names = ["case", "store", "as_of", *(param.name for param in question.params)]
    chosen = data.draw(st.lists(st.tuples(st.sampled_from(names), ODD), max_size=5))
    answer = client.get(f"/api/{question.path}", params=chosen)
    assert answer.status_code in (200, 404, 414, 422)
    assert isinstance(answer.json(), dict)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_asked_of_the_slow_ones_is_answered(client: Client, data: st.DataObject) -> None:
    """As above, of questions that take long where they are right: here each has a part that is wrong."""
    question = data.draw(st.sampled_from([q for q in QUESTIONS if q not in QUICK and q.about]))
    names = [param.name for param in question.params]
    chosen = data.draw(st.lists(st.tuples(st.sampled_from(names), ODD), max_size=4)) if names else []
    answer = client.get(f"/api/{question.path}", params=[*chosen, ("case", "northeast-asia"), ("as_of", "2012-02-30")])
    assert answer.status_code in (404, 422)
    assert answer.json()["error"]["what"]


def test_what_cannot_be_asked_is_refused_before_it_waits(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is queued for it: it is refused at once, however much is being worked out."""
    app: Any = client._app
    desk = app._app.state.desk
    monkeypatch.setattr(desk, "slow", None)
    for address in ("brief?reveal=AAA", "fit?case=nowhere", "claims?as_of=2012-02-30", "forecast?draws=x"):
        assert client.get(f"/api/{address}").status_code in (404, 422)


#: What a program that knows the description alone may be answered: a method that is none of ours, an address too long.
SAID = [
    ("POST", "explain", {}, 405),
    ("PUT", "explain", {}, 405),
    ("DELETE", "sources", {}, 405),
    ("TRACE", "explain", {}, 405),
    ("QUERY", "sources", {}, 405),
    ("GET", "explain", {"case": "a" * 40_000}, 414),
    ("GET", "explain", {"x-unknown": "42"}, 200),
    ("GET", "explain", {"case": ["northeast-asia", "nowhere"]}, 404),
]


@pytest.mark.parametrize(("method", "path", "given_params", "status"), SAID)
def test_every_answer_is_one_that_is_described(
    client: Client, method: str, path: str, given_params: dict[str, Any], status: int
) -> None:
    """What schemathesis tries of an address beside its parameters: other methods, what nobody knows, twice the same."""
    answer = client.request(method, f"/api/{path}", params=given_params)
    assert answer.status_code == status
    assert str(status) in openapi()["paths"][f"/api/{path}"]["get"]["responses"]
    if status != 200:
        assert answer.json()["error"]["what"]


def test_what_takes_long_is_told_and_kept(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past its seconds a request is answered with 429; the work goes on, and who asks the same again has its answer."""
    calls, gate = [], threading.Event()

    def slow(desk: Any, asked: Any, **given: Any) -> dict[str, Any]:
        calls.append(given)
        gate.wait(10)
        return {"answer": 7}

    (fit,) = [question for question in QUESTIONS if question.path == "fit"]
    app = Starlette(routes=[api._route(replace(fit, do=slow))], exception_handlers={Busy: on_error})
    app.state.desk = client._app._app.state.desk
    mine = Client(app, "http://127.0.0.1")
    monkeypatch.setattr(api, "SECONDS", 0.05)
    late = mine.get("/api/fit?as_of=2001-02-03")
    assert late.status_code == 429
    assert late.headers["retry-after"] == "2"
    assert "longer than 0.05 s" in late.json()["error"]["what"]
    assert "still worked out" in late.json()["error"]["mend"]
    gate.set()
    monkeypatch.setattr(api, "SECONDS", 10.0)
    for _ in range(2):
        assert mine.get("/api/fit?as_of=2001-02-03").json() == {"answer": 7}
    assert len(calls) == 1


# -- What the description says may be asked, is answered: requests are drawn from openapi.json itself.

HOSTILE = [
    "",
    "\x00",
    "<script>alert(1)</script>",
    "\u202egnp.exe\u2066",
    "\ud7ff\U0001f4a9",
    "a" * 10_000,
    "=HYPERLINK(1)",
    "../../etc/passwd",
    "'; drop table events; --",
    "{{ 7 * 7 }}",
    "%00",
    "nan",
    "-0",
    "1e400",
    "9" * 400,
    "9999-12-31",
    "0000-00-00",
    "KOR -> JPN : conflict",
    "KOR -- KOR",
    "KOR -> ",
    "9e9 patron_push",
    "-1 patron_push",
    "2012-12-31 KOR -> JPN : conflict",
    "9999-99-99 gsomia-2012",
    "gsomia-2012 until",
    "2024-01-01 x until 1900-01-01",
]


def _value(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    """A value for a parameter: as its description has it, at its ends and beyond them, or hostile."""
    odd = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))
    kind = schema["type"]
    if kind == "integer":
        low, high = schema.get("minimum", -(2**63)), schema.get("maximum", 2**63)
        ends = st.sampled_from([low, low - 1, high, high + 1, 0, -1, 2**64]).map(str)
        return st.one_of(ends, st.integers(-(10**30), 10**30).map(str), odd)
    if kind == "boolean":
        return st.one_of(st.sampled_from(["true", "false", "1", "0", "True", "yes"]), odd)
    if schema.get("format") == "date":
        days = st.dates().map(str)
        return st.one_of(days, days.map(lambda day: f"{day}T00:00:00Z"), odd)
    return odd


PARAMETERS = [
    (path, param["name"], param["schema"])
    for path, methods in openapi()["paths"].items()
    for param in methods["get"]["parameters"]
]


def _is_day_of_a_fit(path: str, name: str) -> bool:
    """A day that can be read is worked out whole, and all questions read it alike: one of them is tried by default."""
    return name == "as_of" and path.removeprefix("/api/") not in {"fit", *(question.path for question in QUICK)}


@pytest.mark.parametrize(
    ("path", "name", "schema"),
    [
        pytest.param(*one, id=f"{one[0]} {one[1]}", marks=pytest.mark.slow if _is_day_of_a_fit(*one[:2]) else ())
        for one in PARAMETERS
    ],
)
def test_every_parameter_of_the_description_takes_anything(
    client: Client, path: str, name: str, schema: dict[str, Any]
) -> None:
    """No value of any parameter breaks the server; whatever is refused is refused in the form that is described.

    Beside it stands a day that is none, where the question would take long: so only what reads the values is tried here,
    and the hostile values are tried by themselves below.
    """
    slow = path.removeprefix("/api/") not in {question.path for question in QUICK}
    beside = [("as_of", "2012-02-30")] if slow and name != "as_of" else []

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
    @given(values=st.lists(_value(schema.get("items", schema)), min_size=1, max_size=3))
    def tried(values: list[str]) -> None:
        _told(client, path, [*((name, value) for value in values), *beside])

    tried()


def _told(client: Client, path: str, given: list[tuple[str, str]]) -> int:
    answer = client.get(path, params=given)
    assert answer.status_code in (200, 404, 414, 422), (path, given, answer.text[:300])
    told = answer.json()
    if answer.status_code != 200:
        assert set(told["error"]) == {"what", "where", "mend"} and told["error"]["what"]
        assert "a fault of ours" not in told["error"]["what"]
    return answer.status_code


WORKED = [  # questions that are worked out, and what makes them quick
    ("fit", []),
    ("brief", []),
    ("claims", [("shifts", "19")]),
    ("attribute", []),
    ("forecast", [("draws", "100")]),
    ("fade", [("mechanism", "patron_push")]),
    ("whatif", [("draws", "100")]),
    ("agreements", [("draws", "100")]),
    ("predict", [("actor", "KOR"), ("date", "2001-01-01")]),
]


@pytest.mark.slow
@pytest.mark.parametrize(("path", "quick"), WORKED, ids=[path for path, _ in WORKED])
def test_hostile_values_of_what_is_worked_out(client: Client, path: str, quick: list[tuple[str, str]]) -> None:
    """Of every parameter of the questions that take long, each alone, on a day when the record is short."""
    described = openapi()["paths"][f"/api/{path}"]["get"]["parameters"]
    for param in described:
        if param["name"] in ("case", "store", "as_of"):
            continue  # tried above
        beside = [(name, value) for name, value in quick if name != param["name"]]
        for value in HOSTILE:
            _told(client, f"/api/{path}", [*beside, ("as_of", "2000-01-01"), (param["name"], value)])
