"""What the machine-coded feeds share: lines taken apart, columns by name, codes, and the constant columns."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import polars as pl

from lynchpin.errors import BadData, UnknownName, suggest
from lynchpin.record.ontology import cameo, contexts, plover, scales
from lynchpin.record.sources._sides import by_value

MISSING = ("NA", "NULL", "None", "nan", "NaN")


def split_lines(lines: pl.LazyFrame, separator: str, *, quoted: bool = False) -> pl.LazyFrame:
    """Lines taken apart.

    Parameters
    ----------
    lines : LazyFrame of `row` and `raw`, as `line_blocks` gives it
    separator : str, one sign
    quoted : bool, whether a field in double quotes may hold the separator; one line is one row all the same

    Returns
    -------
    LazyFrame of `row`, `raw`, `_split` (list of String) and `_fields` (Int64)
    """
    plain = pl.col("raw").str.split(separator)

    has_quotes = pl.col("raw").str.contains('"', literal=True)
    split = pl.when(has_quotes).then(_quoted(has_quotes, separator)).otherwise(plain) if quoted else plain
    return lines.with_columns(_split=split).with_columns(_fields=pl.col("_split").list.len().cast(pl.Int64))


def _quoted(asked: pl.Expr, separator: str) -> pl.Expr:
    """Take only the lines with quotes apart the slow way."""

    def answer(texts: pl.Series) -> pl.Series:
        rows = [_fields(text, separator) if text is not None else None for text in texts]
        return pl.Series(texts.name, rows, dtype=pl.List(pl.String))

    return pl.when(asked).then(pl.col("raw")).map_batches(answer, return_dtype=pl.List(pl.String), is_elementwise=True)


def _fields(text: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=separator), [""])
    except csv.Error:
        return [text]


def header_fields(line: str, separator: str) -> list[str]:
    """The names of a header line, without blanks or quotes around them."""
    return [name.strip() for name in _fields(line, separator)]


def cell(at: int | None) -> pl.Expr:
    """One field as text, trimmed: "" when the line is too short, the column lacks, or the feed says so."""
    if at is None:
        return pl.lit("")
    text = pl.col("_split").list.get(at, null_on_oob=True).fill_null("").str.strip_chars()
    return pl.when(text.is_in(MISSING)).then(pl.lit("")).otherwise(text)


def key_cell(at: int | None) -> pl.Expr:
    """One field as it stands, for keys and codes."""
    return pl.lit("") if at is None else pl.col("_split").list.get(at, null_on_oob=True).fill_null("")


def places(
    header: list[str], aliases: Mapping[str, Iterable[str]], needed: Iterable[str], file: Path
) -> dict[str, int | None]:
    """Where each column stands, by any of its names; None where it lacks.

    Raises
    ------
    BadData : a needed column lacks
    """
    plain = [name.casefold() for name in header]
    found = {
        ours: next((plain.index(name.casefold()) for name in names if name.casefold() in plain), None)
        for ours, names in aliases.items()
    }
    lacking = [ours for ours in needed if found[ours] is None]
    if lacking:
        said = ", ".join(" or ".join(aliases[ours]) for ours in lacking)
        near = suggest(next(iter(aliases[lacking[0]])), header)
        hint = f"; {near}" if near.startswith("did") else ""
        raise BadData(
            f"columns are missing: {said}", f"{file}, line 1", f"give the file as published, with its header{hint}"
        )
    return found


#: The ways in which feeds write a day: what such a text looks like, and the format that reads it.
DAY_FORMS = {
    "YYYY-MM-DD": (r"^\d{4}-\d{2}-\d{2}$", "%Y-%m-%d"),
    "YYYYMMDD": (r"^\d{8}$", "%Y%m%d"),
    "m/d/YYYY": (r"^\d{1,2}/\d{1,2}/\d{4}$", "%m/%d/%Y"),
}


def day(text: pl.Expr, forms: Iterable[str] = DAY_FORMS) -> pl.Expr:
    """A day written in one of some forms; null for anything else."""
    looks_and_formats = [DAY_FORMS[form] for form in forms]
    read = [
        pl.when(text.str.contains(look)).then(text).str.to_date(form, strict=False) for look, form in looks_and_formats
    ]
    return calendar(pl.coalesce(read))


def calendar(when: pl.Expr) -> pl.Expr:
    """Only days of the years 1000 to 9999: of other years four digits tell nothing, and Python's own end there."""
    return pl.when(when.dt.year().is_between(1000, 9999)).then(when)


def number(text: pl.Expr) -> pl.Expr:
    """A number, or null."""
    return text.cast(pl.Float64, strict=False)


def code_of_label(label: pl.Expr) -> pl.Expr:
    """The CAMEO 1.1 code behind a label, or null."""
    return by_value(label, _code_of_label, pl.String())


def code_with_root(code: pl.Expr, root: pl.Expr) -> pl.Expr:
    """A CAMEO 1.1 code, with the zero put back that a spreadsheet took, where the root column says so.

    "40" under root 4 is 040 and "10" under root 10 is 10; null when the code is unknown or is not under its root.
    """
    both = pl.format("{}|{}", code.fill_null(""), root.fill_null(""))
    return by_value(both, _code_with_root, pl.String())


@cache
def _code_of_label(label: str) -> str | None:
    try:
        return cameo.from_label(label).code
    except UnknownName:
        return None


def _code_with_root(both: str) -> str | None:
    code, _, root = both.partition("|")
    if not root:
        return code if len(code) > 2 and cameo.find(code) else None
    top = root.zfill(2)
    fitting = [text for text in (code, f"0{code}") if text.startswith(top) and cameo.find(text)]
    return fitting[0] if fitting else None


def code_table(scale: str, version: str = "1.1") -> pl.LazyFrame:
    """What each CAMEO code is: `code`, `type`, `mode`, `contexts` in our tags, and `magnitude` under a scale."""
    rows = [
        (
            code.code,
            code.type,
            code.mode,
            list(contexts.to_ours(code.contexts)),
            scales.magnitude(scale, code=code.code),
            code.label,
        )
        for code in cameo.codes(version).values()
    ]
    texts: dict[str, pl.DataType] = {name: pl.String() for name in ("code", "type", "mode")}
    schema = {**texts, "contexts": pl.List(pl.String()), "magnitude": pl.Float64(), "_label": pl.String()}
    return pl.LazyFrame(rows, schema=schema, orient="row")


def plover_type(text: pl.Expr) -> pl.Expr:
    """One of PLOVER's types, whatever its case; null for anything else."""
    upper = text.str.strip_chars().str.to_uppercase()
    return pl.when(upper.is_in(list(plover.names()))).then(upper)


def plover_magnitude(kind: pl.Expr, mode: pl.Expr) -> pl.Expr:
    """The score of a type and mode under plover-2.0."""

    def score(both: str) -> float | None:
        name, _, detail = both.partition("|")
        return scales.magnitude("plover-2.0", type=name, mode=detail)

    return by_value(pl.format("{}|{}", kind, mode), score, pl.Float64())


def our_contexts(text: pl.Expr) -> pl.Expr:
    """Contexts in one field, parted by ";" or ",", in our tags."""

    def tags(said: str) -> list[str]:
        words = [word.strip().casefold().replace(" ", "_") for word in said.replace(",", ";").split(";")]
        return list(contexts.to_ours(words))

    return by_value(text, tags, pl.List(pl.String()))


def constants(dataset: str, scale: str, scheme: str, file: Path) -> dict[str, pl.Expr]:
    """The columns that are the same for each row of a machine-coded feed; those it ships go over them."""
    return {
        "precision": pl.lit("day"),
        "code_scheme": pl.lit(scheme),
        "scale": pl.lit(scale),
        "agreement": pl.lit(""),
        "status": pl.lit("coded"),
        "dataset": pl.lit(dataset),
        "file": pl.lit(file.name),
    }
