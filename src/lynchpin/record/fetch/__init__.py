"""Fetches feeds from where they are published, when and only when it is asked to.

    fetch_gdelt       GDELT 2.0 by its master file list, 1.0 by its lists for the days before it
    fetch_dataverse   ICEWS and POLECAT from the Harvard Dataverse
    FetchReport       what was fetched, what was there already, what failed and why

A file stands under its own name only when it is whole: it is written to `NAME.part`, checked against its md5,
flushed to the disk and then renamed. A `.part` that was left behind is taken up where it ended. Nothing here
opens a connection on import.
"""

from __future__ import annotations

from lynchpin.record.fetch._client import Manners
from lynchpin.record.fetch.dataverse import DATASETS, fetch_dataverse
from lynchpin.record.fetch.gdelt import fetch_gdelt
from lynchpin.record.fetch.report import Fetched, FetchReport, Progress

__all__ = ["DATASETS", "FetchReport", "Fetched", "Manners", "Progress", "fetch_dataverse", "fetch_gdelt"]
