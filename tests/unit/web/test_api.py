"""The JSON over HTTP is what `--json` prints, is described as it is, and never breaks."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from helpers.asking import Client
from lynchpin.cli import app
from lynchpin.web.api import MOST_DRAWS, QUESTIONS, openapi

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
QUICK = tuple(
    question for question in QUESTIONS if question.path in ("events", "explain", "check", "sources", "actors")
)
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
