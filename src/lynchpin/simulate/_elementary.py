"""Logarithm and exponential of a row of numbers: arithmetic without a branch, which a compiler does many at a time.

Each splits a number into a power of two, read off its bits, and a rest near one, on which the Taylor series ends soon.
Both are within two units of the last place of the mathematical library's, and the same on every machine.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_MANTISSA, _BIAS = np.int64(52), np.int64(1023)
_ROOT_HALF = np.int64(0x3FE6A09E667F3BCD)  # the bits of the square root of one half
#: Their sum is ln 2, and the first has few enough digits that a whole number times it is exact.
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_PER_LN2 = 1.4426950408889634
_WHOLE = 6755399441055744.0  # 1.5 * 2 ** 52: added, it leaves a number's whole part in the last bits
_WHOLE_BITS = np.int64(0x4338000000000000)
_LARGEST = 700.0


@njit(cache=True, nogil=True, error_model="numpy")  # a division that is tested for zero is done one at a time
def log1p(values, row, out, work, bits):  # pragma: no cover - measured uncompiled
    """Row out = log(1 + row), each > -1; values: (rows, lanes), work: (2, lanes), bits: its memory as whole numbers"""
    lanes = values.shape[1]
    for i in range(lanes):
        work[0, i] = 1.0 + values[row, i]
    for i in range(lanes):
        power = (bits[0, i] - _ROOT_HALF) >> _MANTISSA
        bits[1, i] = bits[0, i] - (power << _MANTISSA)  # between the roots of one half and of two
        values[out, i] = np.float64(power)
    for i in range(lanes):
        s = (work[1, i] - 1.0) / (work[1, i] + 1.0)
        z = s * s
        p = 1.0 / 19.0 + z * (1.0 / 21.0)
        p = 1.0 / 15.0 + z * (1.0 / 17.0 + z * p)
        p = 1.0 / 11.0 + z * (1.0 / 13.0 + z * p)
        p = 1.0 / 7.0 + z * (1.0 / 9.0 + z * p)
        p = 1.0 / 3.0 + z * (1.0 / 5.0 + z * p)
        power = values[out, i]
        values[out, i] = power * _LN2_HIGH + (2.0 * s + (2.0 * s * z * p + power * _LN2_LOW))


@njit(cache=True, nogil=True)
def exp(values, row, work, bits):  # pragma: no cover - measured uncompiled
    """A row x becomes exp(x), x held within 700 of zero; values: (rows, lanes), work and bits as in `log1p`"""
    lanes = values.shape[1]
    for i in range(lanes):
        x = min(max(values[row, i], -_LARGEST), _LARGEST)
        values[row, i] = x
        work[0, i] = x * _PER_LN2 + _WHOLE
    for i in range(lanes):
        bits[1, i] = (bits[0, i] - _WHOLE_BITS + _BIAS) << _MANTISSA
    for i in range(lanes):
        power = work[0, i] - _WHOLE
        r = (values[row, i] - power * _LN2_HIGH) - power * _LN2_LOW
        p = 1.0 / 479001600.0 + r * (1.0 / 6227020800.0)
        p = 1.0 / 3628800.0 + r * (1.0 / 39916800.0 + r * p)
        p = 1.0 / 40320.0 + r * (1.0 / 362880.0 + r * p)
        p = 1.0 / 720.0 + r * (1.0 / 5040.0 + r * p)
        p = 1.0 / 24.0 + r * (1.0 / 120.0 + r * p)
        p = 0.5 + r * (1.0 / 6.0 + r * p)
        values[row, i] = (1.0 + (r + r * r * p)) * work[1, i]
