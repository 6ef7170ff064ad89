"""A track record as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lynchpin.track import Issued, Track


def issued_answer(issued: Issued) -> dict[str, Any]:
    """One forecast as it was issued."""
    return issued.to_dict()


def track_answer(track: Track) -> dict[str, Any]:
    """All that was issued and scored."""
    return {
        "file": track.file,
        "issued": [one.to_dict() for one in track.issued],
        "means": track.to_frame(),
        "scores": track.scores,
    }
