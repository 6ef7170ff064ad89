"""From a dated sentence to a proposed row of a chronology: who, to whom, what kind of act, and what about.

names      the states that a sentence names, in their order
features   a sentence as the marks that the models weigh
standing   the marks of how named states stand to one another
softmax    a multinomial logistic regression on sparse marks
coder      the models of a record, and the proposals they make
accuracy   how often they are right on sentences that they were not fitted to
"""

from __future__ import annotations

from lynchpin.answers.coding.accuracy import held_out, score, tried
from lynchpin.answers.coding.coder import Coder, learn

__all__ = ["Coder", "held_out", "learn", "score", "tried"]
