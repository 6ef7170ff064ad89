"""Pictures of results: one file per picture, figure data first, drawing second.

Each module has data functions, which turn a result into a small tidy frame (tested on numbers), and ``draw``, which
turns such frames into an altair chart. Charts take the width of their container, carry a text alternative in
``description``, count days in UTC, and never ask the network for anything. May import: errors, events, results.

    timeline         what happened: one lane per pair, one row per class, one dot per event
    relation_index   how warm a pair is, with its 90 % band and the days on which it turned
    lateral_gap      the allies' tie to each other against their ties to the patron
    ledger           what moves the rates: a forest of rate ratios on a log axis
    triads           one mechanism in many triads, and what they say together
    fan              months behind as bars, months ahead as a fan
    totals           one horizon, every model: ours beside the baselines
    swimlanes        the lives of agreements, one lane each
    what_if          a scenario against its baseline: differences, and both sides month by month
    staircase        the life of one agreement, stage by stage
"""
