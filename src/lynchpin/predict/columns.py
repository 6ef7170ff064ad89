"""The statistics of a candidate, in the order of their columns, in groups that can be read.

Counts are decayed, `sum 2 ** (-age / half_life)` over the days before, and enter as log(1 + 10 count), shares as
log(1 + 300 share). s is who the question is about, r the act (one way or the other), o the candidate; "the act" is r.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HALF_LIVES = (1.0, 3.0, 10.0, 30.0, 100.0, np.inf)  # days
_H = ("1d", "3d", "10d", "30d", "100d", "ever")
#: Half-lives of the relation-pair intensity, as positions in `HALF_LIVES`.
PAIR_INTENSITY = (1, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that are read together."""

    name: str
    says: str
    columns: tuple[str, ...]


GROUPS = (
    Group("same_act", "s did the act to o before", tuple(f"same_act_{h}" for h in _H)),
    Group("same_way", "s did anything to o (in the direction of the act)", tuple(f"same_way_{h}" for h in _H)),
    Group("other_way", "o did anything to s (against the direction)", tuple(f"other_way_{h}" for h in _H)),
    Group("returned", "o did the act to s", ("returned_3d", "returned_30d", "returned_ever")),
    Group("act_on_it", "anyone did the act to o", tuple(f"act_on_it_{h}" for h in _H)),
    Group("role", "anything was done to o (in the role asked for)", tuple(f"role_{h}" for h in _H)),
    Group("other_role", "o did anything (in the other role)", ("other_role_3d", "other_role_30d", "other_role_ever")),
    Group(
        "recency",
        "one over the days since; was it yesterday",
        ("since_same_act", "since_pair", "since_act_on_it", "since_seen", "same_act_1", "pair_1", "seen_1"),
    ),
    Group(
        "shares",
        "o's share in what s did, and s's share in what was done to o",
        ("of_act_30d", "of_act_ever", "of_pair_30d", "of_pair_ever", "of_its_act", "of_its_all"),
    ),
    Group(
        "intensity",
        "the act, as it usually follows what lately passed between s and o (relation-pair matrix)",
        ("intensity_3d", "intensity_30d", "intensity_100d", "intensity_ever"),
    ),
    Group(
        "triads",
        "paths from s to o over a third",
        (
            "two_step_30d",
            "two_step_ever",
            "walk_30d",
            "walk_ever",
            "partners_do_30d",
            "partners_do_ever",
            "near_past_30d",
            "near_past_ever",
            "alike_do",
        ),
    ),
    Group("self", "o is s", ("self",)),
    Group(
        "states",
        "the states of s and o, as their names say",
        (
            "one_state",
            "two_states",
            "act_on_state_30d",
            "act_on_state_ever",
            "with_state_30d",
            "with_state_ever",
            "state_act_on_it_3d",
            "state_act_on_it_30d",
            "state_act_on_it_ever",
            "state_with_it_3d",
            "state_with_it_30d",
            "state_with_it_ever",
            "act_on_its_state",
            "state_act_on_state",
            "state_with_state",
        ),
    ),
    Group(
        "kinds",
        "the kinds of s and o, as their names say",
        ("act_on_kind", "with_kind", "act_on_its_kind", "kind_act_on_kind"),
    ),
)

COLUMNS: tuple[str, ...] = tuple(name for group in GROUPS for name in group.columns)
#: First column of each group.
START: dict[str, int] = {group.name: COLUMNS.index(group.columns[0]) for group in GROUPS}
