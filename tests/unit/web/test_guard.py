"""Who may ask: hosts, tokens, origins, sizes, and what every answer says a page may do."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from helpers.asking import Client
from lynchpin.errors import BadValue
from lynchpin.web.app import make_app
from lynchpin.web.desk import Desk
from lynchpin.web.guard import ADDRESS, FORM_BYTES, POLICY, Rules

HERE = "http://127.0.0.1:8642"
TOKEN = "let-me-in-please"

HOSTS = [  # host header, whether it is ours
    ("127.0.0.1:8642", True),
    ("localhost:8642", True),
    ("[::1]:8642", True),
    ("LOCALHOST:8642", True),
    ("127.0.0.1", False),
    ("127.0.0.1:80", False),
    ("evil.example:8642", False),
    ("127.0.0.1.evil.example:8642", False),
    ("localhost.evil.example:8642", False),
    ("user@127.0.0.1:8642", False),
    ("127.0.0.1:8642/x", False),
    ("127.0.0.1:notaport", False),
    ("", False),
]


@pytest.mark.parametrize(("host", "ours"), HOSTS)
def test_only_our_own_host_is_answered(client: Client, host: str, ours: bool) -> None:
    """A name that is made to point at this machine is still another name."""
    answer = client.get("/api", headers={"host": host})
    assert (answer.status_code == 200) is ours
    assert ours or answer.status_code in (400, 421)


@pytest.mark.parametrize("path", ["/", "/api", "/nothing", "/static/app.js", "/style.css", "/events.csv", "/jobs/9"])
def test_every_answer_carries_the_policy(client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert "unsafe-" not in POLICY
    assert "http" not in POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_no_page_carries_a_script_or_a_style_of_its_own(client: Client) -> None:
    for path in (
        "/",
        "/events",
        "/claims",
        "/theory?mechanism=patron_push",
        "/whatif",
        "/ahead",
        "/data",
        "/relations",
        "/nothing",
    ):
        text = client.get(path).text
        assert " style=" not in text
        assert "<style" not in text
        assert " onclick=" not in text
        for piece in text.split("<script")[1:]:
            tag = piece.split(">")[0]
            assert 'type="application/json"' in tag or 'src="/static/' in tag, tag


WRITES = [  # headers, whether a write is let through to the page
    ({"origin": HERE}, True),
    ({}, True),  # a program, which no other site can make write
    ({"sec-fetch-site": "same-origin", "origin": HERE}, True),
    ({"origin": "http://evil.example"}, False),
    ({"origin": "http://127.0.0.1:9999"}, False),
    ({"origin": "https://127.0.0.1:8642"}, False),
    ({"origin": "null"}, False),
    ({"sec-fetch-site": "cross-site"}, False),
    ({"sec-fetch-site": "same-site"}, False),
    ({"referer": "http://evil.example/x"}, False),
]


@pytest.mark.parametrize(("headers", "let"), WRITES, ids=str)
@pytest.mark.parametrize("path", ["/theory", "/data/upload", "/jobs/1/cancel", "/claims/patron_push/curve"])
def test_writes_come_from_our_own_pages(client: Client, headers: dict[str, str], let: bool, path: str) -> None:
    if path == "/claims/patron_push/curve" and let:
        return  # it would be worked out
    answer = client.post(path, data={"name": "x"}, headers=headers)
    assert (answer.status_code == 403) is not let


def test_only_get_and_post_are_understood(client: Client) -> None:
    for method in ("PUT", "DELETE", "PATCH", "TRACE"):
        assert client.request(method, "/").status_code == 405


def test_what_is_too_much_is_refused(client: Client) -> None:
    assert client.get(f"/events?text={'a' * ADDRESS}").status_code == 414
    assert client.post("/theory/check", content=b"a" * (FORM_BYTES + 1)).status_code == 413

    async def parts() -> AsyncIterator[bytes]:  # without a length
        for _ in range(12):
            yield b"a" * 100_000

    streamed = client.post(
        "/theory/check", content=parts(), headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert streamed.status_code == 413
    assert client.get("/api", headers={"content-length": "-5"}).status_code == 400


# -- Another address needs a token.


def test_another_address_needs_a_token() -> None:
    with pytest.raises(BadValue, match=r"127\.0\.0\.2 can be reached"):
        Rules("127.0.0.2", 8642)
    with pytest.raises(BadValue, match="too easy"):
        Rules("0.0.0.0", 8642, "short")
    assert Rules("localhost", 8642).token == ""


@pytest.fixture
def outside(desk: Desk) -> Client:
    rules = Rules("127.0.0.2", 8642, TOKEN)
    return Client(make_app(desk, rules), "http://127.0.0.2:8642")


@pytest.mark.parametrize("path", ["/", "/api/brief", "/static/app.js", "/style.css", "/jobs/1", "/nothing"])
def test_without_the_token_nothing_is_shown(outside: Client, path: str) -> None:
    for headers in ({}, {"authorization": "Bearer wrong-token"}, {"cookie": f"lynchpin_token={TOKEN}"}):
        answer = outside.get(path, headers=headers)
        assert answer.status_code == 401
        assert "Japan" not in answer.text
    assert outside.get(f"{path}?token=wrong-token").status_code == 401


def test_with_the_token_everything_is(outside: Client) -> None:
    assert outside.get("/api", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
    turned = outside.get(f"/api?x=1&token={TOKEN}")
    assert turned.status_code == 303
    assert turned.headers["location"] == "/api?x=1"
    assert "httponly" in turned.headers["set-cookie"].lower()
    assert "samesite=strict" in turned.headers["set-cookie"].lower()
    assert TOKEN not in turned.headers["set-cookie"]
    assert outside.get("/api").status_code == 200  # the cookie is kept


def test_a_token_in_an_address_leads_nowhere_else(outside: Client) -> None:
    turned = outside.get(f"/%2Fevil.example/?token={TOKEN}")
    assert turned.headers["location"] == "/evil.example/"
