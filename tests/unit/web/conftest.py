"""A page to ask: its desk in a fresh folder, and a client that speaks to it as a browser on this machine would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest

from helpers.asking import Client
from lynchpin.account.cases import case_events, read_case
from lynchpin.answers.coding import learn
from lynchpin.web.app import make_app
from lynchpin.web.desk import Desk, lay
from lynchpin.web.guard import Rules

HERE = "http://127.0.0.1:8642"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = lay([], [], tmp_path_factory.mktemp("desk"))
    few = case_events(read_case("northeast-asia")).filter(
        pl.col("date").is_between(date(2012, 1, 1), date(2012, 12, 31))
    )
    made.fits.get("coder", lambda: learn(few))  # the whole record takes longer, and is tried where the coder is
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(desk: Desk) -> Client:
    return Client(make_app(desk, Rules("127.0.0.1", 8642)), HERE)
