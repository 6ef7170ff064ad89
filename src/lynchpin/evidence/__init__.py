"""What the record says of each claim. May import: everything up to models, and results."""

from __future__ import annotations

from lynchpin.evidence.attribution import attribution
from lynchpin.evidence.claims import claims
from lynchpin.evidence.fade import fade
from lynchpin.evidence.placebo import SHIFTS
from lynchpin.evidence.verdict import RULE

__all__ = ["RULE", "SHIFTS", "attribution", "claims", "fade"]
