"""Every array of statistics of remstats 4.1.0 in the reference folder, column by column, to nine digits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.events import stream_of
from lynchpin.engine.rem.problem import prepare
from lynchpin.engine.rem.request import Request
from lynchpin.engine.rem.shards import blocks_of, row_numbers
from lynchpin.engine.rem.work import Work

#: Column -> effect, where they are named otherwise.
EXO = {
    "send_extraversion": "send(extraversion)",
    "receive_agreeableness": "receive(agreeableness)",
    "same_sex": "same(sex)",
    "difference_extraversion": "difference(extraversion)",
    "average_agreeableness": "average(agreeableness)",
    "minimum_extraversion": "minimum(extraversion)",
    "maximum_extraversion": "maximum(extraversion)",
    "same_age": "same(age)",
    "tie_both_male": "tie(both_male)",
}
#: The word in an array's name -> the lengths in that stream.
WINDOW = {"small": 5, "small_ties": 3, "history": 1000}
HALF_LIFE = {"small": 5, "small_ties": 3, "history": 1000, "historyw": 1000}
#: Events of an age between two, as they are said here: the lag and the window behind it.
BETWEEN = {"history": (200, 1800), "historyw": (200, 1800)}
#: Not here: a shift of undirected events.
#: These do not look at types there (see the folder's README); shifts are 0 in one array and ignore the type in the other.
IGNORES_TYPES = ("rrank", "recency", "psABBA")

ARRAYS = [
    "history_active",
    "history_activestd",
    "history_decayprop",
    "history_decaystd",
    "history_exo",
    "history_full",
    "history_interval",
    "history_prop",
    "history_tie",
    "history_und",
    "history_window",
    "historyt_extign",
    "historyt_extsep",
    "historyt_sep",
    "historyw_activestd",
    "historyw_decay",
    "historyw_decaystd",
    "historyw_interval",
    "historyw_std",
    "historyw_und",
    "negw",
    "negw_u",
    "small_activestd",
    "small_decay",
    "small_decaystd",
    "small_full",
    "small_prop",
    "small_std",
    "small_ties_activestd",
    "small_ties_decay",
    "small_ties_decaystd",
    "small_ties_full",
    "small_ties_prop",
    "small_ties_std",
    "small_ties_window",
    "small_und",
    "wtc_active",
    "wtc_full",
]


@pytest.fixture(scope="module")
def peers(shared: Path) -> Path:
    return shared / "reference" / "peers"


def events_of(peers: Path, stream: str) -> pl.DataFrame:
    files = {"negw": "small_negw", "historyt": "history", "historyw": "history"}
    frame = pl.read_csv(peers / "data" / f"{files.get(stream, stream)}.csv", infer_schema_length=0)
    return frame.with_columns(pl.col("time").cast(pl.Float64))


def effect_of(column: str, stream: str, variant: str) -> str:
    if column in EXO:
        return EXO[column]
    name, _, rest = column.partition(".")
    words = [rest] if rest == "unique" else [f"class={rest}"] if rest else []
    words += [f"window={WINDOW[stream]}"] if variant == "window" else []
    words += [f"lag={BETWEEN[stream][0]}, window={BETWEEN[stream][1]}"] if variant == "interval" else []
    words += [f"half_life={HALF_LIFE[stream]}"] if "decay" in variant and rest != "unique" else []
    words += ["scale=std"] if variant.endswith("std") else ["scale=prop"] if variant.endswith("prop") else []
    return f"{name}({', '.join(words)})"


@pytest.mark.parametrize("name", ARRAYS)
def test_every_column(peers, name):
    stream, _, variant = name.rpartition("_") if "_" in name else (name, "", "")
    right = pl.read_csv(
        peers / "statistics" / f"{name}.csv",
        infer_schema_length=None,
        schema_overrides={"sender": pl.String, "receiver": pl.String},
    )
    if "type" in right.columns:
        right = right.filter(pl.col("type") == right["type"][0])
    keys = {"time_point", "sender", "receiver", "type", "baseline"}
    columns = [c for c in right.columns if c not in keys and not c.startswith("FEtype")]
    if stream == "historyt":
        columns = [c for c in columns if not c.startswith(IGNORES_TYPES) or "." not in c]
    undirected = variant == "und"
    columns = [c for c in columns if not (undirected and c == "psABAY")]
    events = stream_of(
        events_of(peers, stream),
        weight=None if stream in ("historyw", "negw") and variant != "u" else "no",
    )
    covariates = {
        c: pl.read_csv(peers / "data" / f"info_{c}.csv", infer_schema_length=0)
        for c in ("extraversion", "agreeableness", "sex", "age")
        if variant == "exo"
    }
    if variant == "tie":
        table = pl.read_csv(peers / "data" / "both_male.csv", infer_schema_length=0)
        covariates["both_male"] = table.filter(pl.col("sender") != pl.col("receiver"))
    request = Request(
        terms=parse_effects(" ".join(effect_of(c, stream, variant) for c in columns)),
        risk_set="active" if "active" in variant else "full",
        undirected=undirected,
        decay_to="previous",
        covariates=covariates,
    )
    problem = prepare(request, events)
    work, found = Work(problem.features, problem.plan, request.model), []
    point = {time: k + 1 for k, time in enumerate(np.unique(events.when).tolist())}
    for shard in work.shards:
        for part, block in zip(shard.parts, blocks_of(shard), strict=True):
            rows, sizes = row_numbers(part), part.hi - part.lo
            at = [point[time] for time in np.repeat(part.at, sizes).tolist()]
            names = np.array(events.actors)
            found.append(
                pl.DataFrame(
                    {"time_point": at, "sender": names[part.i[rows]], "receiver": names[part.j[rows]]}
                    | dict(zip(columns, block.X, strict=True))
                )
            )
    both = right.join(pl.concat(found), on=["time_point", "sender", "receiver"], how="left", suffix="_ours")
    assert both.height == right.height > 0
    for column in columns:
        a, b = both[column].cast(pl.Float64).to_numpy(), both[f"{column}_ours"].to_numpy()
        np.testing.assert_allclose(b, a, rtol=1e-9, atol=1e-9, err_msg=column)
