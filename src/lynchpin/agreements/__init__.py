"""The life of an agreement: its parties, its stages and its history. May import: errors, events, results."""

from __future__ import annotations

from lynchpin.agreements.reading import read_agreements

__all__ = ["read_agreements"]
