"""A track record: forecasts as they were issued, never changed, and scored when the events have come."""

from __future__ import annotations

from lynchpin.results.track import Issued, Track
from lynchpin.session.track.record import issue, listed, score

__all__ = ["Issued", "Track", "issue", "listed", "score"]
