"""What a reader of simulated paths is warned of. May import: nothing."""

from __future__ import annotations

#: When a path has run away.
RUN_AWAY = "a step more than three times as full as any of the record"

#: Above this share of values that were held at the end of their range, the paths are where the record never was.
MOST_HELD = 0.05


def beware(runaway: float, held: float) -> tuple[str, ...]:
    """Warnings about paths, in plain words; none where they stay near what the record has shown.

    Parameters
    ----------
    runaway : float, share of paths that ran away
    held : float, share of values of statistics that left their range in the record and were held at its end

    Examples
    --------
    >>> beware(0.0, 0.013)
    ()
    """
    said = []
    if runaway > 0.0:
        said.append(f"Beware: {max(runaway, 0.001):.1%} of the paths run away: {RUN_AWAY}.")
    if held > MOST_HELD:
        said.append(
            f"Beware: {held:.1%} of the values of statistics left the range of the record and were held at its end: "
            "the paths go where the record has never been, and acts that feed one another would run away there."
        )
    return tuple(said)
