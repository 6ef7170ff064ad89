"""TERRIER, and the real-time Phoenix as UT Dallas serves it: files whose columns are found by name.

What to know:

- TERRIER's test release has no places.
- A code whose zero was lost is mended by the root beside it, as in `cline`.
- The score that it ships is kept, and ours is recomputed.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from . import _by_name, _cameo_feed
from ._base import Source

COLUMNS = (
    "event_id",
    "date8",
    "year",
    "month",
    "day",
    "source",
    "src_actor",
    "src_agent",
    "src_other_agent",
    "target",
    "tgt_actor",
    "tgt_agent",
    "tgt_other_agent",
    "code",
    "root_code",
    "quad_class",
    "goldstein",
    "latitude",
    "longitude",
    "geoname",
    "country_code",
    "admin_info",
    "id",
    "url",
    "source_text",
)


def matches(path: Path) -> bool:
    """Whether the first line is a header with `date8` and the actors of TERRIER."""
    return {"date8", "src_actor", "tgt_actor", "code"} <= set(_by_name.header(path))


SOURCE = Source(
    name="terrier",
    summary="TERRIER and UT Dallas real-time Phoenix, by header name",
    citation="TERRIER, Temporally Extended, Regular, Reproducible International Event Records, University of "
    "Oklahoma; cite the page that yours came from",
    licence="as stated where yours came from; the files state none here",
    columns=COLUMNS,
    scale=_cameo_feed.SCALE,
    matches=matches,
    read=partial(_by_name.read, dataset="terrier", aliases=_by_name.ALIASES | {"id": ("event_id", "id")}),
)
