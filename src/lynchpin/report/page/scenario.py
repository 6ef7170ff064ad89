"""A scenario against its baseline as one HTML file that asks nothing of anyone."""

from __future__ import annotations

from typing import Any

import polars as pl
from markupsafe import Markup

from lynchpin.report.page import figures, page, words
from lynchpin.report.page.packing import script_json
from lynchpin.report.plots import lateral_gap, theme, what_if
from lynchpin.results import Provenance, WhatIf

#: Yardsticks that are drawn month by month.
_DRAWN = 4

_SCENARIO_KEY = (
    figures.Key("line", what_if.WITHOUT, "without"),
    figures.Key("line", what_if.WITH, "with the scenario"),
)


def render_scenario(made_from: Provenance, found: WhatIf) -> str:
    """The comparison as one self-contained HTML file.

    Parameters
    ----------
    made_from : Provenance, of the fit
    found : WhatIf

    Returns
    -------
    str, the whole text of the file; write it as UTF-8
    """
    scripts = page.scripts()
    return page.template("scenario.html").render(
        made_from=made_from,
        found=found,
        policy=page.policy(scripts),
        style=Markup(page.style({})),
        scripts=[Markup(script) for script in scripts],
        config=script_json(theme.config()),
        **parts(found),
    )


def parts(found: WhatIf) -> dict[str, Any]:
    """What the page of a comparison is filled from: the differences, the months and the gap drawn, and the table."""
    rows = what_if.data(found)
    differences = figures.figure(
        "differences",
        what_if.draw(rows),
        "What differs",
        "Expected acts with the scenario minus without it: mean of the pairs of paths, and the bar that holds 90 % of "
        "them. Coloured where the bar leaves out no difference. Acts that the scenario puts in are not counted.",
    )
    return {
        "differences": differences,
        "headline": headline(rows),
        "months": [*(_months(found, name, k) for k, name in enumerate(_names(found))), *_gap(found)],
        "rows": _rows(found),
    }


def headline(rows: pl.DataFrame) -> str:
    """What the comparison comes to, in a sentence: what differs clearly, or that nothing does.

    Parameters
    ----------
    rows : DataFrame, from `what_if.data`
    """
    clear = rows.filter("clear").select("label", "text").rows()
    if not clear:
        return "Nothing differs clearly: every 90 % interval holds no difference."
    told = [f"{label}: {text}" for label, text in clear[:2]]
    more = f", and {len(clear) - 2} more" if len(clear) > 2 else ""
    return words.typeset(f"What differs clearly, in acts: {'; '.join(told)}{more}.")


def _names(found: WhatIf) -> list[str]:
    return found.monthly["name"].unique(maintain_order=True).to_list()[:_DRAWN]


def _months(found: WhatIf, name: str, number: int) -> figures.Figure:
    chart = what_if.draw_months(what_if.months(found, name))
    return figures.figure(
        f"months-{number}", chart, words.typeset(name), "Bands hold 90 % of the paths.", key=_SCENARIO_KEY
    )


def _gap(found: WhatIf) -> list[figures.Figure]:
    """The lateral gap, where the case has one."""
    frame = lateral_gap.data_ahead(found)
    if frame.is_empty():
        return []
    caption = (
        "How close the two allies stand, less how close the patron stands to them. The acts that the scenario puts in "
        "count here. The band holds the difference in 90 % of the pairs, around the line without the scenario."
    )
    return [figures.figure("gap", lateral_gap.draw_ahead(frame), "The lateral gap", caption, key=_SCENARIO_KEY)]


def _rows(found: WhatIf) -> list[dict[str, Any]]:
    """Dyads and classes that differ, the largest first."""
    moved = found.table.filter((found.table["difference"].abs() >= 0.005) | (found.table["put_in"] > 0))
    return moved.with_columns(size=moved["difference"].abs()).sort("size", descending=True).to_dicts()
