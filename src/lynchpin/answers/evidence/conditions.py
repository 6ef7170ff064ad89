"""Reading a product: what a mechanism does where its condition is absent, average and strong.

A product `condition * mechanism` has a coefficient of its own, on the product of the two statistics, each measured from
its mean. So the effect of the mechanism is its own coefficient where the condition is at its mean, and that plus the
product's times the distance from the mean anywhere else.
"""

from __future__ import annotations

import numpy as np

from lynchpin.account.cases import Mechanism
from lynchpin.account.theory import CheckedCause, CheckedEdge, CheckedProduct, CheckedRef
from lynchpin.answers.evidence.claims import per_doubling
from lynchpin.answers.evidence.sides import count_cause, count_target
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadValue
from lynchpin.model import Fit
from lynchpin.numbers import Z90
from lynchpin.results import Condition, Interaction, InteractionLedger

#: The strong condition: nine in ten of the steps of a dyad have less of it.
STRONG = 0.9

METHOD = (
    "Where the condition is average, the ratio is that of the mechanism in the ledger. Least: the least of it that was "
    "seen; strong: nine in ten of the steps have less. The trace is the decayed number of its acts. The three ratios "
    "are not independent: whether they differ is said by the last line, whose interval is clear of 1 or not. "
    "Association in time is not called cause."
)


def by_condition(fit: Fit) -> InteractionLedger:
    """Every product of a fit that refers to a mechanism, read as that mechanism by condition.

    Raises
    ------
    BadValue : the case has no such product, or the record holds no act of any
    """
    texts = {c.id: c.text for c in fit.case.claims}
    found = [
        _interaction(fit, mechanism, part, texts.get(mechanism.claim, ""))
        for mechanism in fit.case.mechanisms
        if isinstance(cause := mechanism.checked.cause, CheckedProduct) and not cause.summed and len(cause.parts) == 2
        for part, one in enumerate(cause.parts)
        if isinstance(one, CheckedRef)
        and count_cause(fit.design.layers.acts, fit.case, mechanism)
        and count_target(fit.design.layers.acts, mechanism)
    ]
    if not found:
        raise BadValue(
            "no mechanism of the case is a product of a condition and a mechanism with acts in the record",
            "--by condition",
            'write says = "a -- b : grievance * patron_push => a -> b : cooperation"',
        )
    return InteractionLedger(tuple(found), METHOD)


def _interaction(fit: Fit, product: Mechanism, part: int, text: str) -> Interaction:
    design, cause = fit.design, product.checked.cause
    assert isinstance(cause, CheckedProduct)
    referred, other = cause.parts[part], 1 - part
    assert isinstance(referred, CheckedRef)
    fitted = slice(design.steps.burn_in, design.steps.count)
    values = np.concatenate(
        [design.evaluator.factors(product.name, dyad, design.layers)[other][fitted] for dyad in product.checked.dyads]
    )
    mean = design.evaluator.centres[product.name, other]
    at = [design.position(referred.mechanism), design.position(product.name)]
    strengths = {"least": float(values.min()), "average": mean, "strong": float(np.quantile(values, STRONG))}
    conditions = []
    for name, value in strengths.items():
        ratio, lower, upper = _ratios(fit, at, np.array([1.0, value - mean]))
        conditions.append(Condition(name, float(np.expm1(value)), float(np.mean(values <= value)), ratio, lower, upper))
    change, low, high = _ratios(fit, at, np.array([0.0, np.log(2.0)]))
    return Interaction(
        id=product.claim,
        claim=text,
        product=product.name,
        says=product.says,
        expect=product.expect,
        mechanism=referred.mechanism,
        condition=_said(cause.parts[other]),
        change=change,
        change_lower=low,
        change_upper=high,
        conditions=tuple(conditions),
    )


def _ratios(fit: Fit, at: list[int], weights: Floats) -> tuple[float, float, float]:
    """Rate ratio per doubling of a weighted sum of two coefficients, with its 90 % interval."""
    inside = np.ix_(at, at)
    value = float(weights @ fit.estimate[at])
    spread = [float(weights @ matrix[inside] @ weights) for matrix in (fit.covariance, fit.clustered)]
    reach = Z90 * float(np.sqrt(max(spread)))
    return per_doubling(value), per_doubling(value - reach), per_doubling(value + reach)


def _said(cause: CheckedCause) -> str:
    """The part of a product as text."""
    if isinstance(cause, CheckedEdge):
        return str(cause) + (f"[{', '.join(cause.contexts)}]" if cause.contexts else "")
    if isinstance(cause, CheckedRef):
        return cause.mechanism
    return f" {cause.symbol} ".join(_said(part) for part in cause.parts)
