"""The Phoenix family: CAMEO codes with a root, actors as a country or body with a role."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from lynchpin.ontology import sectors

from ._base import complete
from ._feed import code_table, code_with_root, constants, number
from ._lookup import by_value
from ._sides import code_found, side_columns

SCALE = "goldstein-icews"
#: The texts a reader of the family hands over, beside row, raw, _fields, _fields_expected, date and _date_text.
TEXTS = (
    "event_id",
    "source_name",
    "_source_root",
    "_source_role",
    "target_name",
    "_target_root",
    "_target_role",
    "_code_text",
    "_root_text",
    "_magnitude_text",
    "url",
)


def events(texts: pl.LazyFrame, dataset: str, file: Path) -> pl.LazyFrame:
    """Events from the columns in `TEXTS`.

    An actor without a country of its own is looked up by the first three letters of its code, since the lists
    behind the root column lack some states. The value that the feed ships comes from another version of the
    scale than its codes, so it is kept beside ours and not used.
    """
    typed = texts.with_columns(
        code=code_with_root(pl.col("_code_text"), pl.col("_root_text")),
        _source=code_found(_place("source"), pl.col("date")),
        _target=code_found(_place("target"), pl.col("date")),
    )
    coded = typed.join(code_table(SCALE), on="code", how="left", maintain_order="left")
    sided = coded.with_columns(
        **constants(dataset, SCALE, "cameo-1.1", file),
        **side_columns("source", pl.col("_source")),
        **side_columns("target", pl.col("_target")),
    )
    return complete(
        sided.with_columns(
            source_sector=_sector("source"),
            target_sector=_sector("target"),
            _source_place=_stranger("source"),
            _target_place=_stranger("target"),
            mode=pl.col("mode").fill_null(""),
            magnitude_shipped=number(pl.col("_magnitude_text")),
            summary=pl.col("_label").fill_null(""),
        )
    )


def _place(side: str) -> pl.Expr:
    root, whole = pl.col(f"_{side}_root"), pl.col(f"{side}_name")
    return pl.when(root == "").then(whole.str.slice(0, 3)).otherwise(root)


def _stranger(side: str) -> pl.Expr:
    """Only a root can be a name that is not known; the first letters of a code may be anything."""
    return pl.when(pl.col(f"_{side}_root") != "").then(f"_{side}_place")


def _sector(side: str) -> pl.Expr:
    return by_value(pl.col(f"_{side}_role"), _first_sector, pl.String()).fill_null("")


def _first_sector(text: str) -> str:
    codes = (part.strip() for part in text.replace(",", ";").split(";"))
    return next((ours for code in codes if (ours := sectors.from_code(code, "cameo"))), "")
