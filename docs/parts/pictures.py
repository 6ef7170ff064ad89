"""Pictures of the run: their figures, and how they are drawn. A picture carries a hash of its figures."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import polars as pl

from lynchpin.report.plots import fade, lateral_gap, ledger, relation_index, what_if
from lynchpin.report.plots.theme import pair_name
from parts.runs import run
from parts.whatif import played

PICTURE_WIDTH = 760

#: What stands above a picture, for who meets it without its page.
TITLES = {
    "what-if.svg": "What differs when the push is doubled: expected acts with the scenario minus without it",
    "fade.svg": "How a push comes and goes: shared threat, northeast-asia, to 9 July 2012",
    "claims.svg": "What the record of 9 July 2012 says of each claim: 90 % intervals, the expected side shaded",
    "relation-index.svg": "How warm Japan and South Korea were, from −1, all conflict, to +1, all cooperation",
    "lateral-gap.svg": "The lateral gap of Japan and South Korea: their own tie less those with the United States",
}


def pictures() -> dict[str, tuple[pl.DataFrame, Callable[[], object]]]:
    """File -> its figures and how it is drawn."""
    brief = run()
    start, end = brief.provenance.first_event_date, brief.provenance.origin
    pair = brief.index.gap_pair
    claims = ledger.data(brief.claims)
    index = relation_index.line(brief.index.series, pair)
    turns = relation_index.turns(brief.index.change_points, pair, start=start, end=end)
    gap = lateral_gap.line(brief.index.gap)
    name = pair_name(pair, brief.actors)
    levels = max((level + 1 for level in turns["level"]), default=0)
    differences = what_if.data(played())
    push = brief.fade
    assert push is not None
    curve, acts = fade.data(push)
    return {
        "what-if.svg": (differences, lambda: what_if.draw(differences)),
        "fade.svg": (curve, lambda: fade.draw((curve, acts), fade.heading(push), origin=push.origin)),
        "claims.svg": (claims, lambda: ledger.draw(claims)),
        "relation-index.svg": (
            index,
            lambda: relation_index.draw(index, turns, name, start=start, end=end, levels=levels),
        ),
        "lateral-gap.svg": (gap, lambda: lateral_gap.draw(gap, start=start, end=end)),
    }


def figures_hash(figures: pl.DataFrame) -> str:
    """Of the figures to three significant digits: what a reader of the picture could tell apart."""
    rounded = figures.with_columns(
        pl.col(name).round_sig_figs(3) for name, kind in figures.schema.items() if kind.is_float()
    )
    return hashlib.sha256(rounded.write_csv().encode()).hexdigest()[:16]


def draw(file: Path, figures: pl.DataFrame, chart: object) -> None:
    """Write a picture as SVG on white, with the hash of its figures on its last line."""
    import vl_convert

    spec = chart.properties(width=PICTURE_WIDTH, background="white").to_dict(validate=False)  # type: ignore[attr-defined]
    if file.name in TITLES:
        spec["title"] = {"text": TITLES[file.name], "anchor": "start", "frame": "group", "fontSize": 13, "offset": 12}
    svg = vl_convert.vegalite_to_svg(spec)
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{svg}\n<!-- figures {figures_hash(figures)} -->\n", encoding="utf-8")
