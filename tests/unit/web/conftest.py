"""A page to ask: its desk in a fresh folder, and a client that speaks to it as a browser on this machine would."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from helpers.asking import Client
from lynchpin.web.app import make_app
from lynchpin.web.desk import Desk, lay
from lynchpin.web.guard import Rules

HERE = "http://127.0.0.1:8642"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = lay([], [], tmp_path_factory.mktemp("desk"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(desk: Desk) -> Client:
    return Client(make_app(desk, Rules("127.0.0.1", 8642)), HERE)
