"""What the record says of each claim."""

from __future__ import annotations

from lynchpin.answers.evidence.attribution import attribution
from lynchpin.answers.evidence.claims import claims
from lynchpin.answers.evidence.fade import fade
from lynchpin.answers.evidence.verdict import RULE

__all__ = ["RULE", "attribution", "claims", "fade"]
