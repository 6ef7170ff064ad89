"""Hostile text in every field of every page: it is shown as text, or refused with what is wrong, and nothing breaks."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from helpers.asking import Client
from lynchpin.web.app import make_app
from lynchpin.web.desk import Desk
from lynchpin.web.guard import Rules

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
HOSTILE = [SCRIPT, "\u202e\u2066right to left \x00\x1b[31m =cmd()", "a" * 10_000]
FIELDS = [  # path, the fields that a request may fill
    ("/", ("case", "store", "as_of", "reveal", "whole")),
    ("/beside", ("as_of", "other")),
    (
        "/events",
        (
            "state",
            "with",
            "sector",
            "class",
            "type",
            "context",
            "agreement",
            "status",
            "since",
            "until",
            "text",
            "page",
        ),
    ),
    ("/events.csv", ("text", "state")),
    ("/relations", ("on",)),
    ("/claims/patron_push", ("split", "acts")),
    ("/theory", ("mechanism", "new")),
    (
        "/whatif",
        ("scenario", "dial.patron_push", "inject", "scale", "silence", "hold", "remove", "sign", "days", "act", "deed"),
    ),
    ("/whatif.toml", ("silence", "scenario")),
    ("/ahead", ("any", "by", "agreement")),
    ("/code", ("date", "done")),
    ("/style.css", ("case",)),
]


@pytest.mark.parametrize(("path", "field"), [(path, field) for path, fields in FIELDS for field in fields])
def test_a_field_of_an_address(client: Client, path: str, field: str) -> None:
    for text in HOSTILE:
        answer = client.get(path, params={"as_of": "2012-07-09", field: text})
        assert answer.status_code in (200, 303, 404, 422), (text[:20], answer.status_code)
        _harmless(answer.text)


@pytest.mark.parametrize("path", ["/theory", "/theory/check", "/theory/row", "/code", "/data/x/names", "/data/upload"])
def test_a_field_of_a_form(client: Client, path: str) -> None:
    names = (
        "name",
        "says",
        "expect",
        "half_life",
        "claim",
        "save_as",
        "summary",
        "date",
        "source",
        "state",
        "store",
        "sector",
    )
    for text in HOSTILE:
        answer = client.post(path, data=dict.fromkeys(names, text))
        assert answer.status_code in (200, 404, 422), (path, text[:20], answer.status_code)
        _harmless(answer.text)


def _harmless(text: str) -> None:
    """No tag of ours or of others came out of a value."""
    assert "<script>alert" not in text
    assert not re.search(r"<img[^>]*onerror", text)


@pytest.mark.parametrize(
    "path",
    [
        "/events/<script>alert(1)</script>",
        "/claims/%3Cb%3E",
        "/data/..%2F..%2Fetc",
        "/part/%00",
        "/jobs/x",
        "/static/../app.py",
        "/static/%2e%2e/desk.py",
    ],
)
def test_a_path_that_is_none(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    _harmless(answer.text)


# -- No field is forgotten: the forms of every page are read from the pages themselves.

PAGES = (
    "/", "/beside", "/events", "/events/nea-1998-01-23-01", "/relations", "/claims", "/claim/patron_push/row",
    "/claims/patron_push", "/theory?mechanism=patron_push", "/theory?new=1", "/whatif", "/ahead", "/data", "/data/named",
    "/code?sentence=Japan+protests+to+China.&date=2012-07-01",
)  # fmt: skip
WAITS = ("/claims/patron_push/curve",)  # a form that starts minutes of work: its fields are those of its page


class Forms(HTMLParser):
    """The forms of a page: method, path, and the names of their fields with the values that they stand on."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((given.get("method", "get"), urlsplit(given["action"]).path, {}))
        elif tag in ("input", "select", "textarea") and given.get("name"):
            assert self.found, (tag, given)
            self.found[-1][2].setdefault(given["name"], given.get("value", ""))


@pytest.fixture(scope="module")
def forms(client: Client, desk: Desk) -> dict[tuple[str, str], dict[str, str]]:
    """Every form that any page shows, with its fields; a store with a name to be assigned among them."""
    from lynchpin.web import intake

    rows = "Somebody_<b>Else</b>\tMake_statement\tSouth_Korea\t2012-01-02\n" * 2
    intake.keep(io.BytesIO(rows.encode()), "named.txt", desk.folder / "uploads/named/triples")
    intake.read_all(desk.folder, "named", lambda *_: None)
    desk.stores["named"] = desk.folder / "stores/named.duckdb"
    seen: dict[tuple[str, str], dict[str, str]] = {}
    for page in PAGES:
        answer = client.get(page)
        assert answer.status_code == 200, page
        reader = Forms()
        reader.feed(answer.text)
        for method, path, fields in reader.found:
            seen.setdefault((method, path), {}).update(fields)
    return seen


def test_the_forms_are_found(forms: dict[tuple[str, str], dict[str, str]]) -> None:
    """If a page loses its form, or these pages do not show one, the tests below try nothing."""
    assert {
        ("get", "/events"), ("get", "/whatif"), ("get", "/ahead"), ("get", "/code"), ("post", "/code"), ("post", "/theory"),
        ("post", "/data/upload"), ("post", "/data/named/names"), ("get", "/claims/patron_push"), ("get", "/beside"),
    } <= set(forms)  # fmt: skip
    assert {"name", "state", "sector"} <= set(forms["post", "/data/named/names"])
    assert {"says", "expect", "half_life", "claim", "save_as"} <= set(forms["post", "/theory"])


def test_every_field_of_every_form(client: Client, forms: dict[tuple[str, str], dict[str, str]]) -> None:
    """Each alone, the others as the page has them; and what is sent beside a file."""
    for (method, path), fields in forms.items():
        if path in WAITS:
            continue
        for field in fields:
            for text in HOSTILE:
                given = fields | {field: text}
                if method == "get":
                    answer = client.get(path, params=given)
                elif path == "/data/upload":
                    answer = client.post(path, data=given, files={"file": (text or "x", b"nothing")})
                else:
                    answer = client.post(path, data=given)
                assert answer.status_code in (200, 303, 400, 404, 413, 422), (
                    path,
                    field,
                    text[:20],
                    answer.status_code,
                )
                _harmless(answer.text)
                assert "a fault of ours" not in answer.text


def test_every_part_of_every_path(desk: Desk, client: Client) -> None:
    """Hostile text where a route takes a name from the path."""
    app = make_app(desk, Rules("127.0.0.1", 8642))._app
    paths = [route.path for route in app.routes if "{" in route.path]  # type: ignore[attr-defined]
    assert len(paths) > 6
    for path in paths:
        for text in (
            "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
            "%E2%80%AEx",
            "a" * 10_000,
            "%00",
            "..%2f..%2fetc%2fpasswd",
            "=1%2B1",
        ):
            filled = re.sub(r"\{[^}]*\}", lambda _, text=text: text, path)
            for method in ("GET", "POST"):
                answer = client.request(method, filled)
                assert answer.status_code in (303, 404, 405, 422), (method, filled[:60], answer.status_code)
                _harmless(answer.text)
                assert "a fault of ours" not in answer.text


FILES = [  # name, what is in it
    ("<script>alert(1)</script>.csv", b"event_id,date\n<script>alert(1)</script>,=cmd()\n"),
    (
        "\u202egnp.csv",
        "event_id,date,source,target,event_type,summary\nx,\u202e2012,KOR,JPN,CONSULT,\u2066<img src=x onerror=alert(1)>\n".encode(),
    ),
    ("a" * 10_000 + ".csv", b"a" * 10_000),
    ("../../x.csv", b"\x00\x01\x02" * 50),
    ("x.gz", b"\x1f\x8b\x08not a gzip"),
    ("x.zip", b"PK\x03\x04not a zip"),
    ("quotes\"'.csv", b'"unclosed\n"",,,"'),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "name", "content"), [(k, *one) for k, one in enumerate(FILES)], ids=range(len(FILES))
)
def test_an_upload(client: Client, desk: Desk, number: int, name: str, content: bytes) -> None:
    """Read by its own process, and told of on the page of its store: as text."""
    import time

    store = f"hostile-{number}"
    answer = client.post("/data/upload", data={"store": store, "source": "auto"}, files={"file": (name, content)})
    assert answer.status_code == 303
    for _ in range(1200):
        jobs = [job for job in desk.work.jobs.values() if job.key[1] == store]  # type: ignore[index]
        if jobs and jobs[-1].state not in ("waiting", "running"):
            break
        time.sleep(0.1)
    assert jobs[-1].state in ("done", "failed")
    shown = client.get(f"/data/{store}")
    assert shown.status_code == 200
    _harmless(shown.text)
    assert str(desk.folder) not in shown.text
    assert not [file for file in desk.folder.rglob(".*") if file.is_file()]


def test_the_folder_above_is_no_store(client: Client, desk: Desk) -> None:
    """ ".." is a folder that is there: it must not pass for a store, nor be written to."""
    (desk.folder / "uploads").mkdir(exist_ok=True)
    for name in ("%2e%2e", "."):
        answer = client.post(f"/data/{name}/names", data={"name": "x", "state": "KOR", "sector": ""})
        assert answer.status_code in (404, 405, 422)
    assert not (desk.folder / "actors.csv").exists()
    assert not (desk.folder / "uploads/actors.csv").exists()
