"""Numbers by address: SplitMix64's own, the same compiled and in numpy, evenly spread, unlike between neighbours."""

from __future__ import annotations

import numpy as np

from lynchpin.answers.simulate.uniforms import child, children, seed_key, uniform, uniforms


def test_the_stream_is_splitmix64():
    """The first numbers of seed 1234567, as the reference implementation of Vigna prints them."""
    known = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821]
    found = children(np.full(5, 1234567, dtype=np.uint64), np.arange(5))
    assert [int(x) for x in found] == known


def test_compiled_and_plain_agree():
    keys, places = np.arange(40, dtype=np.uint64) * np.uint64(2**58), np.arange(40)
    with np.errstate(over="ignore"):
        compiled = [child(key, place) for key, place in zip(keys, places, strict=True)]
    assert [int(x) for x in compiled] == [int(x) for x in children(keys, places)]
    assert [uniform(np.uint64(x)) for x in compiled] == uniforms(children(keys, places)).tolist()


def test_numbers_are_even_and_neighbours_unlike():
    key = children(np.full(200, seed_key(7)), np.arange(200))
    u = uniforms(children(key[:, None], np.arange(500)[None]))
    assert u.min() >= 0.0 and u.max() < 1.0
    shares = np.histogram(u, bins=20, range=(0, 1))[0] / u.size
    assert abs(shares - 0.05).max() < 5 * np.sqrt(0.05 * 0.95 / u.size)
    for left, right in ((u[1:], u[:-1]), (u[:, 1:], u[:, :-1])):
        assert abs(np.corrcoef(left.ravel(), right.ravel())[0, 1]) < 0.01


def test_seeds_differ():
    assert len({int(seed_key(seed)) for seed in (0, 1, 2, 20120709, -1)}) == 5


def test_every_digit_of_a_seed_counts():
    small = [0, 1, 2**53, 2**53 + 1, 2**63 - 1]
    large = [2**63, 2**63 + 1, 2**64 + 1, 99999999999999999999999999999, 99999999999999999999999999998, 2**127]
    assert len({int(seed_key(seed)) for seed in small + large}) == len(small + large)
    assert int(seed_key(1)) == int(children(np.zeros(1, np.uint64), np.array([1]))[0])  # as it always was
