"""The statistics of the questions that a fit learns from: few stay in memory, many lie in a file while it lasts."""

from __future__ import annotations

import os
import tempfile
import weakref

import numpy as np
from numpy.typing import NDArray

from lynchpin.errors import BadValue

Int16 = NDArray[np.int16]

#: Bytes that stay in memory; what is larger lies in a file in the temporary folder.
IN_MEMORY = 2**26


class Kept:
    """Whole numbers, shape (questions, candidates, columns), written once in order and read by question in any.

    Parameters
    ----------
    shape : questions, candidates, columns

    Raises
    ------
    BadValue : the temporary folder has no room for them
    """

    def __init__(self, shape: tuple[int, int, int], *, in_memory: int = IN_MEMORY) -> None:
        self.shape = shape
        self._one = shape[1] * shape[2] * 2  # bytes of a question
        is_small = shape[0] * self._one <= in_memory
        self._held: Int16 | None = np.zeros(shape, np.int16) if is_small else None
        self._file = None if is_small else tempfile.TemporaryFile(prefix="lynchpin-", buffering=0)  # noqa: SIM115
        if self._file is not None:
            weakref.finalize(self, self._file.close)

    def put(self, at: int, X: Int16) -> None:
        """Keep the statistics of questions from one on."""
        if self._held is not None:
            self._held[at : at + len(X)] = X
            return
        assert self._file is not None
        left, where = np.ascontiguousarray(X).data.cast("B"), at * self._one
        try:
            while left.nbytes:
                done = os.pwrite(self._file.fileno(), left, where)
                left, where = left[done:], where + done
        except OSError as error:
            size = self.shape[0] * self._one / 2**30
            what = f"the temporary folder has no room for the statistics of {self.shape[0]:,} questions ({size:.1f} GB)"
            mend = f"set TMPDIR to a folder with room, or learn from fewer ({os.strerror(error.errno or 0)})"
            raise BadValue(what, tempfile.gettempdir(), mend) from None

    def __getitem__(self, which: NDArray[np.int64]) -> Int16:
        """The statistics of some questions, shape (which, candidates, columns); a copy."""
        if self._held is not None:
            return self._held[which]
        assert self._file is not None
        out = np.empty((len(which), *self.shape[1:]), np.int16)
        if len(which) and np.array_equal(which, np.arange(which[0], which[0] + len(which))):
            _read(self._file.fileno(), out.data.cast("B"), int(which[0]) * self._one)
            return out
        for row, q in zip(out, which.tolist(), strict=True):
            _read(self._file.fileno(), row.data.cast("B"), q * self._one)
        return out


def _read(file: int, into: memoryview, at: int) -> None:
    while into.nbytes:
        done = os.preadv(file, [into], at)
        assert done, "the file was written to its end"
        into, at = into[done:], at + done
