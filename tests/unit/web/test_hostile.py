"""Hostile text in every field of every page: it is shown as text, or refused with what is wrong, and nothing breaks."""

from __future__ import annotations

import re

import pytest

from helpers.asking import Client

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
        assert (
            "49" not in answer.text
            or "{{ 7" not in text
            or "{{ 7 * 7 }}" in answer.text
            or field not in ("text", "silence")
        )


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
