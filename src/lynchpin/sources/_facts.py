"""The benchmark facts drawn from ICEWS: who, a label, whom, a day; one fact to a row."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from ._base import complete
from ._feed import code_of_label, code_table, constants
from ._sides import name_found, side_columns

SCALE = "goldstein-icews"


def facts(texts: pl.LazyFrame, dataset: str, file: Path) -> pl.LazyFrame:
    """Events from `row`, `raw`, `_fields`, `_fields_expected`, `event_id`, `source_name`, `target_name`,
    `_code_text` (a label), `date` and `_date_text`.
    """
    typed = texts.with_columns(
        code=code_of_label(pl.col("_code_text")),
        _source=name_found(pl.col("source_name"), pl.col("date")),
        _target=name_found(pl.col("target_name"), pl.col("date")),
    )
    coded = typed.join(code_table(SCALE), on="code", how="left", maintain_order="left")
    return complete(
        coded.with_columns(
            **constants(dataset, SCALE, "cameo-icews", file),
            **side_columns("source", pl.col("_source")),
            **side_columns("target", pl.col("_target")),
            mode=pl.col("mode").fill_null(""),
            summary=pl.col("_code_text"),
            url=pl.lit(""),
            _magnitude_text=pl.lit(""),  # the feed ships none
        )
    )
