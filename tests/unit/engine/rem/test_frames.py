"""Frames of pandas and Arrow are taken as polars frames are, and polars frames become pandas ones and arviz data."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import lynchpin
from lynchpin.engine.rem.frames import as_polars
from lynchpin.errors import BadValue

pd = pytest.importorskip("pandas", reason="pandas is not installed")
SENDERS, RECEIVERS = "ABCABACBACABCB", "BABCACBACBBCAA"
EVENTS = pl.DataFrame({"time": range(14), "sender": list(SENDERS), "receiver": list(RECEIVERS)})
PAGE = Path(__file__).parents[4] / "docs" / "reference" / "python.md"


def as_pandas(frame: pl.DataFrame) -> Any:
    return pd.DataFrame(frame.to_dict(as_series=False))


class Capsule:
    """A table that speaks the Arrow C stream alone."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return EVENTS.__arrow_c_stream__(requested_schema)


def test_a_fit_is_the_same_whatever_the_frame() -> None:
    ours = lynchpin.rem(EVENTS, "inertia reciprocity")
    for table in (as_pandas(EVENTS), EVENTS.lazy(), Capsule()):
        assert lynchpin.rem(table, "inertia reciprocity").estimate.tolist() == ours.estimate.tolist()


def test_covariates_presence_and_dyads_may_be_pandas_frames() -> None:
    size = pl.DataFrame({"actor": list("ABC"), "value": [1.0, 2.0, 4.0]})
    there = pl.DataFrame({"actor": list("ABC"), "from": [0, 0, 0], "to": [99, 99, 99]})
    pairs = pl.DataFrame({"sender": list("AABBCC"), "receiver": list("BCACAB")})
    asked = {"presence": there, "dyads": pairs}
    ours = lynchpin.rem(EVENTS, "send(size)", covariates={"size": size}, **asked)
    theirs = lynchpin.rem(
        as_pandas(EVENTS), "send(size)", covariates={"size": as_pandas(size)},
        **{name: as_pandas(table) for name, table in asked.items()},
    )  # fmt: skip
    assert theirs.estimate.tolist() == ours.estimate.tolist()
    later = EVENTS.with_columns(time=pl.col("time") + 20)
    assert theirs.predict(as_pandas(later)).equals(ours.predict(later))


def test_what_is_missing_in_pandas_is_null() -> None:
    table = pd.DataFrame(
        {"n": [1.5, np.nan], "word": ["a", None], "day": pd.to_datetime(["2012-07-09", None]), "k": [1, 2]},
        index=[7, 9],
    )
    frame = as_polars(table, "events")
    assert frame.columns == ["n", "word", "day", "k"]
    assert frame.select(pl.all().is_null().sum()).row(0) == (1, 1, 1, 0)
    assert frame["day"][0].date() == date(2012, 7, 9) and frame["k"].dtype == pl.Int64


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(BadValue, match="a frame is needed, and this is of type int"):
        lynchpin.rem(3, "inertia")


def test_a_result_becomes_a_pandas_frame_and_comes_back() -> None:
    table = lynchpin.rem(EVENTS, "inertia reciprocity").to_frame()
    there = as_pandas(table)
    assert list(there.columns) == table.columns and len(there) == 2
    assert as_polars(there, "x").equals(table)


def test_the_draws_of_the_page_become_arviz_data() -> None:
    """The lines of the page run as they stand, and the draws have the mean and spread of the fit."""
    pytest.importorskip("arviz_base", reason="arviz is not installed")
    [code] = [text for text in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
              if "arviz" in text]  # fmt: skip
    names: dict[str, Any] = {"fit": lynchpin.rem(EVENTS, "inertia reciprocity")}
    exec(compile(code, "python.md", "exec"), names)
    fit, posterior = names["fit"], names["data"].posterior
    assert sorted(posterior.data_vars) == ["inertia", "reciprocity"]
    assert posterior.sizes["chain"] * posterior.sizes["draw"] == 4000
    for name, mean, spread in zip(fit.names, fit.estimate, fit.se, strict=True):
        assert float(posterior[name].mean()) == pytest.approx(mean, abs=4 * spread / 4000**0.5)
        assert float(posterior[name].std()) == pytest.approx(spread, rel=0.05)
