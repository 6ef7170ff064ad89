"""How warm each pair of states is, where it turned, and the lateral gap."""

from __future__ import annotations

from lynchpin.answers.relations.index import relation_index

__all__ = ["relation_index"]
