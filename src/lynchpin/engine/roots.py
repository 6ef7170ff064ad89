"""Where a function of one number is nothing."""

from __future__ import annotations

from collections.abc import Callable

_ABSOLUTE, _RELATIVE, _ROUNDS = 2e-12, 4 * 2.220446049250313e-16, 100


def root_between(function: Callable[[float], float], lower: float, upper: float) -> float:
    """The root of a continuous function between two numbers at which it has unlike signs.

    Brent's method, step by step that of `scipy.optimize.brentq` with its own tolerances, whose digits it gives: loading
    that takes a tenth of a second, which is more than all the roots that a brief looks for.

    Parameters
    ----------
    function : of a float, continuous
    lower, upper : float

    Returns
    -------
    float, to within 2e-12 or four roundings

    Raises
    ------
    ValueError : the function has the same sign at both ends

    References
    ----------
    Brent (1973), Algorithms for Minimization without Derivatives, ch. 4.

    Examples
    --------
    >>> round(root_between(lambda x: x * x - 2.0, 0.0, 2.0), 12)
    1.414213562373
    """
    before, at, other = lower, upper, 0.0  # the last guess, this one, and one on the other side of the root
    f_before, f_at, f_other = function(before), function(at), 0.0
    step_before = step = 0.0
    if f_before == 0.0:
        return before
    if f_at == 0.0:
        return at
    if (f_before < 0.0) == (f_at < 0.0):
        raise ValueError(f"the function has the same sign at {lower} and {upper}")
    for _ in range(_ROUNDS):
        if f_before != 0.0 and f_at != 0.0 and (f_before < 0.0) != (f_at < 0.0):
            other, f_other = before, f_before
            step_before = step = at - before
        if abs(f_other) < abs(f_at):
            before, at, other = at, other, at
            f_before, f_at, f_other = f_at, f_other, f_at
        near = (_ABSOLUTE + _RELATIVE * abs(at)) / 2.0
        half = (other - at) / 2.0
        if f_at == 0.0 or abs(half) < near:
            break
        tried = 0.0
        is_good = abs(step_before) > near and abs(f_at) < abs(f_before)
        if is_good:
            if before == other:
                tried = -f_at * (at - before) / (f_at - f_before)
            else:
                rise = (f_before - f_at) / (before - at)
                across = (f_other - f_at) / (other - at)
                tried = -f_at * (f_other * across - f_before * rise) / (across * rise * (f_other - f_before))
            is_good = 2.0 * abs(tried) < min(abs(step_before), 3.0 * abs(half) - near)
        step_before, step = (step, tried) if is_good else (half, half)
        before, f_before = at, f_at
        at += step if abs(step) > near else near if half > 0.0 else -near
        f_at = function(at)
    return at
