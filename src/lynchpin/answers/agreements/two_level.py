"""Who at home would let an agreement pass: ratification as a two-level game.

Putnam, R. D. (1988), Diplomacy and domestic politics: the logic of two-level games, International Organization 42(3):
governments bargain with each other (level I), and each must get the bargain past its own (level II). A side's *win-set*
is all that its own would ratify. An agreement is possible where the win-sets overlap, and the side with the smaller one
binds.

The spatial form is the common one in one dimension (Milner 1997, Interests, Institutions, and Information, Princeton
University Press; Tarar 2001, International bargaining with two-sided domestic constraints, Journal of Conflict
Resolution 45(3)):

    0 -------------------- r ------------ 1 ----------- 2 r          depth of cooperation
    status quo        ratifier        the text     limit of the win-set

    The ratifier of a side is its median domestic actor, with ideal point r, and likes a point the less the further it
    is from r. It takes x rather than the status quo if |x - r| < |0 - r|, that is if 0 < x < 2 r. So the win-set is (0,
    2 r), and the text on the table, at 1, passes if r > 1/2. All sides can live with (0, 2 min r).

What is observed are acts of domestic actors, each for or against. With ideal points spread around the median as a
Gaussian of standard deviation SPREAD, the share that takes the text is p = Phi((r - 1/2) / SPREAD), so

    r = 1/2 + SPREAD * Phi^-1(p),        p ~ Beta(1 + acts for, 1 + acts against)

an act counting one half after a year. A side passes the text with the chance P(p > 1/2).

Assumed, and not tested here: acts in the record are a fair draw of the domestic actors' views (the loud ones are heard
more, which lowers p); every domestic actor counts the same, whatever its veto; the sides' views are independent; a side
of which nothing is recorded is as likely to pass as not, so that two silent sides sign with a chance of one in four.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np
import polars as pl
from scipy.special import betainc, betaincinv, ndtri

from lynchpin.answers.agreements.spells import known
from lynchpin.days import day_number
from lynchpin.events import before
from lynchpin.results import AgreementLife, Ratification, Side

#: Sectors whose acts tell what those at home want; the government and the forces bargain.
DOMESTIC: Final = ("LEG", "OPP", "JUD", "CVL")

HALF_LIFE_DAYS: Final = 365.0
SPREAD: Final = 0.25

_AGAINST: Final = ("setback", "suspended", "termination_notice", "ended")
_MOST_ACTS = 1000


def two_level(life: AgreementLife, events: pl.DataFrame, origin: date) -> Ratification:
    """Each side's support at home, its win-set, which side binds, and what would have to change.

    Parameters
    ----------
    life : AgreementLife
    events : DataFrame in the columns of `lynchpin.events.SCHEMA`
    origin : date; nothing that became known on or after it is used

    Returns
    -------
    Ratification, the binding side first among its sides
    """
    life = known(life, origin)
    record = before(events, origin)
    sides = [_side(party, *_acts(life, record, party, origin)) for party in life.parties]
    sides.sort(key=lambda side: (side.ideal, side.party))
    chance = float(np.prod([side.passes for side in sides]))
    return Ratification(
        sides=tuple(sides),
        binds=sides[0].party,
        chance=chance,
        chance_if_binding_side_agreed=float(np.prod([side.passes for side in sides[1:]])),
        needed=tuple(_needed(sides)),
    )


def _acts(life: AgreementLife, record: pl.DataFrame, party: str, origin: date) -> tuple[float, float, int]:
    """Weight of a side's domestic acts for and against the agreement, and their number.

    Counted: acts toward another party; acts at home on the agreement or on one of its issues; and what the stage file
    says its domestic actors did to the agreement itself, unless the record holds that act too.
    """
    others = [other for other in life.parties if other != party]
    about = (pl.col("agreement") == life.id) | (
        pl.col("contexts").list.set_intersection(list(life.contexts)).list.len() > 0
    )
    mine = record.filter(
        (pl.col("source").list.len() == 1)
        & (pl.col("source").list.first() == party)
        & pl.col("source_sector").is_in(DOMESTIC)
        & (pl.col("magnitude").fill_null(0.0) != 0.0)
        & (
            (pl.col("target").list.set_intersection(others).list.len() > 0)
            | (pl.col("target").list.contains(party) & about)
        )
    )
    views = [
        (day, sector, magnitude > 0)
        for day, sector, magnitude in mine.select("date", "source_sector", "magnitude").iter_rows()
    ]
    seen = {(day, sector) for day, sector, _ in views}
    for act in life.history:
        state, _, sector = act.actor.partition(".")
        if state == party and sector in DOMESTIC and (act.date, sector) not in seen:
            views.append((act.date, sector, act.stage not in _AGAINST))
    weight = [2.0 ** (-(day_number(origin) - day_number(day)) / HALF_LIFE_DAYS) for day, *_ in views]
    favour = sum(w for w, (*_, is_for) in zip(weight, views, strict=True) if is_for)
    return favour, sum(weight) - favour, len(views)


def _side(party: str, favour: float, against: float, n_acts: int) -> Side:
    """A side from the weight of its acts."""
    a, b = 1.0 + favour, 1.0 + against
    support = a / (a + b)
    lower, upper = (float(betaincinv(a, b, q)) for q in (0.05, 0.95))
    return Side(
        party=party,
        acts=n_acts,
        favour=favour,
        against=against,
        support=support,
        support_lower=lower,
        support_upper=upper,
        ideal=_ideal(support),
        ideal_lower=_ideal(lower),
        ideal_upper=_ideal(upper),
        win_set=max(2.0 * _ideal(support), 0.0),
        passes=float(1.0 - betainc(a, b, 0.5)),
    )


def _ideal(support: float) -> float:
    """The median's ideal point from the share that takes the text."""
    return float(0.5 + SPREAD * ndtri(support))


def _needed(sides: list[Side]) -> list[tuple[str, int]]:
    """Fewest further acts for the agreement, and on which side, that make signing more likely than not.

    One at a time to the side that is least likely to pass: the product gains most there.
    """
    now, added = list(sides), dict.fromkeys((side.party for side in sides), 0)
    while np.prod([side.passes for side in now]) <= 0.5 and sum(added.values()) < _MOST_ACTS:
        at = min(range(len(now)), key=lambda k: (now[k].passes, now[k].party))
        side = now[at]
        added[side.party] += 1
        now[at] = replace(_side(side.party, side.favour + 1.0, side.against, side.acts + 1), party=side.party)
    return [(party, count) for party, count in added.items() if count]
