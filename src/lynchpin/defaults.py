"""Defaults that a function and the command for it share: each stands here alone, where `--help` can read it at once."""

from __future__ import annotations

CASE = "northeast-asia"  # the built-in one
DAYS = 180  # how far ahead a forecast or a scenario looks
DRAWS = 1000  # simulated paths of a forecast
PAIRS = 1000  # pairs of paths of a scenario
SHIFTS = 499  # random shifts of each cause, for the placebo of a claim
STAGE_DRAWS = 200  # draws behind the chances of an agreement
HORIZONS = "1m,3m"  # of a backtest
SHOWN = 20  # candidates for who acts next
HOST = "127.0.0.1"  # that the page is served on: this machine alone
PORT = 8642
KNOTS = 10  # of an effect that is a curve
