"""Relational hyperevent models: acts of many parties at once, each one event, compared with others that could have met.

The way through: `record` reads who took part in what, `effects` the text of a model, `sample` draws the sets that an
event is compared with, `statistics` says what each set had in common before, `fit` climbs.
"""

from __future__ import annotations

from lynchpin.engine.hyper.fit import HyperFit, hyper

__all__ = ["HyperFit", "hyper"]
