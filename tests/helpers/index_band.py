"""Does the band of the index hold the truth? Records made up with the days, sizes and runs of signs of a real pair.

Each made-up record keeps the days of the pair's acts. Whether acts of one sign follow each other is drawn first, from
what the record says of it (Jeffreys' beta), so that the truth is not known to be the record's own share; then the signs
one by one, and the sizes from those of the sign. The truth is the pair's balance in the long run: mean magnitude over
mean size, without doubt. A pair with fewer than five acts of one sign has no runs to speak of: its signs are drawn one
by one, from its share.
"""

from __future__ import annotations

import numpy as np

from lynchpin.answers.relations.blocks import block_weights, prior_weight, remembered_acts
from lynchpin.answers.relations.index import DOUBT_ACTS, DOUBT_SIZE, REWEIGHTINGS

FEWEST = 5
HALF_LIFE = 180.0


def made_up(magnitude, rng):
    """(magnitudes, truth) of one record like that of a pair."""
    warm = magnitude > 0.0
    n, n_warm = warm.size, int(warm.sum())
    if min(n_warm, n - n_warm) < FEWEST:
        share = rng.beta(n_warm + 0.5, n - n_warm + 0.5)
        signs = rng.random(n) < share
    else:
        before, after = warm[:-1], warm[1:]
        stays = rng.beta((before & after).sum() + 0.5, (before & ~after).sum() + 0.5)
        turns = rng.beta((~before & after).sum() + 0.5, (~before & ~after).sum() + 0.5)
        share = turns / (1.0 - stays + turns)
        signs, u = np.empty(n, dtype=bool), rng.random(n)
        signs[0] = u[0] < share
        for k in range(1, n):
            signs[k] = u[k] < (stays if signs[k - 1] else turns)
    up = magnitude[warm] if n_warm else np.array([DOUBT_SIZE])
    down = magnitude[~warm] if n_warm < n else np.array([-DOUBT_SIZE])
    made = np.where(signs, rng.choice(up, n), rng.choice(down, n))
    net, size = share * up.mean() + (1.0 - share) * down.mean(), share * up.mean() - (1.0 - share) * down.mean()
    return made, net / size


def band(magnitude, kept, remembered, rng, weigh=block_weights, prior=prior_weight):
    """Both ends of the band at each time, as the index draws them; kept (times, acts): what each act has decayed to."""
    shape = (REWEIGHTINGS + 1, magnitude.size)
    weights = weigh(magnitude, rng.standard_exponential(shape), rng.random(shape), remembered)[1:]
    doubt = rng.standard_gamma(DOUBT_ACTS / 2.0, (2, REWEIGHTINGS)) * prior(magnitude) * DOUBT_SIZE
    net = kept @ (weights * magnitude).T + doubt[0] - doubt[1]
    size = kept @ (weights * np.abs(magnitude)).T + doubt.sum(axis=0)
    return np.quantile(net / size, [0.05, 0.95], axis=1)


def decayed(days, last, step=91):
    """What each act has decayed to, from a quarter after the first to the last day: (times, acts)."""
    age = np.arange(days[0] + 91, last + 1, step)[:, None] - days
    return np.where(age > 0, 2.0 ** (-np.maximum(age, 0) / HALF_LIFE), 0.0)


def coverage(magnitude, days, last, records, seed, **other):
    """How often the band holds the truth on days that remember an act or more, how many acts they remember, and width."""
    kept, rng = decayed(days, last), np.random.default_rng(seed)
    kept = kept[kept.sum(axis=1) >= 1.0]
    held, width, remembered = [], [], remembered_acts(days.astype(float), HALF_LIFE)
    for _ in range(records):
        made, truth = made_up(magnitude, rng)
        lower, upper = band(made, kept, remembered, rng, **other)
        held.append((lower <= truth) & (truth <= upper))
        width.append(upper - lower)
    return float(np.mean(held)), float(np.median(kept.sum(axis=1))), float(np.mean(width))
