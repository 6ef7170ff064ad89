"""The store: named rules on what a source read, and one DuckDB file of events that passed them.

rules       the rules: a name, one sentence, one expression each
check       a source's rows -> accepted + refused + duplicates, nothing lost
hashing     one hash for the content of an event table, whatever its order
report      what an ingestion did, as plain records
folding     from reports to episodes, by named folds
mentions    how far a report went, and how much a feed reported on each day
filters     which rows of a feed a store is to hold, and what is left out
selection   which events are wanted, for DuckDB to choose
lake        a store in parts: a folder of Parquet by feed and month; `lake_filling` fills it
upkeep      what a store holds, whether it is sound, how to make it small; Parquet out and in
asked       what an open store is asked: events, counts, what is in it
store       the file: opened, filled, checked, written out; and asked, as above
"""

from __future__ import annotations

from lynchpin.record.store._file import Stream
from lynchpin.record.store.asked import View, require_events
from lynchpin.record.store.check import NOTES, Checked, check
from lynchpin.record.store.filters import FILTERED, Filter, filter_of
from lynchpin.record.store.folding import FOLDS, Folded, clusters, fold
from lynchpin.record.store.hashing import data_hash
from lynchpin.record.store.mentions import REACH
from lynchpin.record.store.report import FileReport, IngestReport, require_whole
from lynchpin.record.store.rules import NOT_ROWS, Rule, rules
from lynchpin.record.store.selection import ORDER, Selection, selected
from lynchpin.record.store.store import Store

__all__ = [
    "FILTERED",
    "FOLDS",
    "NOTES",
    "NOT_ROWS",
    "ORDER",
    "REACH",
    "Checked",
    "FileReport",
    "Filter",
    "Folded",
    "IngestReport",
    "Rule",
    "Selection",
    "Store",
    "Stream",
    "View",
    "check",
    "clusters",
    "data_hash",
    "filter_of",
    "fold",
    "require_events",
    "require_whole",
    "rules",
    "selected",
]
