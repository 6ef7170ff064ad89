"""Relational event models of any stream of dated, directed events: the engine for who does what to whom, and when.

The way through: `events` reads a stream (`times`, `names` say what columns mean), `effects` reads the text of a model,
`risk` and `plan` lay out who is compared with whom at which instant, `waits` where rates are looked at between events,
`covariates` and `features` compute the columns block by block, `work` adds up a likelihood here or on workers, `layout`
says where a climb starts and what holds it, `fit` climbs, `result` is what comes out. The array of events x dyads x
statistics is never made.
"""

from __future__ import annotations

from lynchpin.engine.rem.api import rem
from lynchpin.engine.rem.result import RemFit, load_rem

__all__ = ["RemFit", "load_rem", "rem"]
