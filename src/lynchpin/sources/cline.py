"""The Cline Center's Historical Phoenix (NYT, SWB, FBIS, CIA): CSV files whose columns are found by name.

What to know:

- A spreadsheet on the way takes the zero of a code: with the root beside it, 40 under 4 is read as 040.
- The score that it ships belongs to an older list of codes than its codes do: it is kept, and ours is recomputed.
- A day contradicted by year, month and day beside it is not read.
- One line is one row; a field in quotes may hold commas, not line ends.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from . import _by_name, _cameo_feed
from ._base import Source

COLUMNS = (
    "eid",
    "story_date",
    "year",
    "month",
    "day",
    "source",
    "source_root",
    "source_agent",
    "source_others",
    "target",
    "target_root",
    "target_agent",
    "target_others",
    "code",
    "root_code",
    "quad_class",
    "goldstein",
    "joined_issues",
    "lat",
    "lon",
    "placename",
    "statename",
    "countryname",
    "aid",
    "process",
)


def matches(path: Path) -> bool:
    """Whether the first line is a header with `story_date` and the codes of the Phoenix family."""
    return {"story_date", "source", "target", "code", "root_code"} <= set(_by_name.header(path))


SOURCE = Source(
    name="cline",
    summary="Cline Center Historical Phoenix (NYT, SWB, FBIS, CIA), CSV by header name",
    citation="Althaus, Bajjalieh, Carter, Peyton, Shalmon, Cline Center Historical Phoenix Event Data, "
    "Cline Center for Advanced Social Research, University of Illinois; give the version of yours",
    licence="as stated where the Cline Center publishes it",
    columns=COLUMNS,
    scale=_cameo_feed.SCALE,
    matches=matches,
    read=partial(_by_name.read, dataset="cline"),
)
