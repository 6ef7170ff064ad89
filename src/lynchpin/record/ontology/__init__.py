"""The words that events are coded in, as versioned tables of our own, and the look-ups on them.

    plover      the sixteen types of act, their modes, and OTHER
    contexts    what an act is about: our issue tags and PLOVER's contexts
    sectors     who inside a state acts: ours, CAMEO's, PLOVER's, and ICEWS' phrases
    cameo       every CAMEO code by version, with its label, PLOVER type, contexts and scores
    scales      what an act counts for, under a named, versioned scale
    quad        verbal or material, cooperation or conflict: the published mappings by name
    countries   states with ISO3, COW, GW, FIPS and CAMEO codes, names, and the days on which they hold
    actors      what a name in a feed stands for on a day: leaders, organisations, phrases with a country
    conflict    what the feeds of armed conflict call an act, and which of their groups act for a state
    offices     who held an office, from which day to which

The tables are in `tables/`, one CSV file each, written from public lists of codes and tested against real
feeds. They are read on first use.
"""

from __future__ import annotations

from lynchpin.record.ontology.actors import Actor
from lynchpin.record.ontology.cameo import CameoCode
from lynchpin.record.ontology.countries import Country

__all__ = [
    "Actor",
    "CameoCode",
    "Country",
    "actors",
    "cameo",
    "conflict",
    "contexts",
    "countries",
    "offices",
    "plover",
    "quad",
    "scales",
    "sectors",
]
