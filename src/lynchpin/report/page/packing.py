"""Pictures as the text that the page carries: small, and safe inside a script block."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
from markupsafe import Markup

from lynchpin.report.plots import theme

_ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


def script_json(value: Any) -> Markup:
    """A value as JSON that cannot end or open a script block, whatever its strings say.

    Examples
    --------
    >>> print(script_json({"a": "</script>"}))
    {"a":"\\u003c/script\\u003e"}
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.translate(_ESCAPES))


def columns(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Rows turned on their side: each name once, and each text of a column that repeats its texts once.

    A column is a list, or {"of": texts, "at": numbers into them}. `page.js` turns it back.

    Examples
    --------
    >>> columns([{"a": 1}, {"a": 2}])
    {'n': 2, 'of': {'a': [1, 2]}}
    """
    turned: dict[str, Any] = {}
    for name in rows[0] if rows else ():
        values = [row.get(name) for row in rows]
        texts = list(dict.fromkeys(values)) if all(isinstance(value, str) for value in values) else []
        if texts and len(texts) * 2 <= len(values):
            at = {text: number for number, text in enumerate(texts)}
            turned[name] = {"of": texts, "at": [at[value] for value in values]}
        else:
            turned[name] = values
    return {"n": len(rows), "of": turned}


def unpacked(text: str) -> dict[str, Any]:
    """The specification of a `Figure` as altair gave it: its data in rows, with the configuration of all pictures."""
    spec: dict[str, Any] = json.loads(text)
    spec["datasets"] = {name: _rows(table) for name, table in spec["datasets"].items()}
    return spec | {"$schema": alt.SCHEMA_URL, "config": theme.config()}


def _rows(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Columns as `columns` packs them, turned back."""
    whole = {name: c if isinstance(c, list) else [c["of"][at] for at in c["at"]] for name, c in table["of"].items()}
    return [{name: values[k] for name, values in whole.items()} for k in range(table["n"])]


def packed(whole: Mapping[str, Any], *, without: Sequence[str] = ()) -> dict[str, Any]:
    """A specification with its data in columns, and without what all pictures share.

    Parameters
    ----------
    whole : the specification of a chart, as altair gives it
    without : data columns that the page fills in from its list of sources
    """
    spec = {key: value for key, value in whole.items() if key not in ("$schema", "config")}
    spec["datasets"] = {
        name: columns([{key: row[key] for key in row if key not in without} for row in rows])
        for name, rows in spec["datasets"].items()
    }
    return spec
