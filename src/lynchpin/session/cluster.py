"""A dask scheduler as one who does the work: `--scheduler ADDRESS`."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from lynchpin.crew import hands as local_hands
from lynchpin.errors import BadValue, MissingExtra

#: Seconds that a scheduler has to answer, and to have a first worker.
ANSWERS_WITHIN, WORKERS_WITHIN = 10, 60


@contextmanager
def hands(workers: int = 1, scheduler: str | None = None) -> Iterator[Executor | None]:
    """Who does the work: the workers of a scheduler where one is named, else so many processes of this machine.

    Parameters
    ----------
    workers : int, 1 or more
    scheduler : str or None, as "tcp://10.0.0.5:8786"; not beside more than one worker

    Yields
    ------
    Executor, or None where this process does the work by itself

    Raises
    ------
    BadValue : both are asked for, no scheduler answers there, or none of its workers comes
    MissingExtra : dask is not installed
    """
    if scheduler is None:
        with local_hands(workers) as crew:
            yield crew
        return
    if workers > 1:
        raise BadValue(
            "--workers are of this machine, --scheduler has its own", "--scheduler", "leave one of the two away"
        )
    with at(scheduler) as crew:
        yield crew


@contextmanager
def at(address: str) -> Iterator[Executor]:
    """The executor of a scheduler; what is still to do when it is left is taken back.

    Errors as for `hands`.
    """
    try:
        from distributed import Client
    except ImportError:
        raise MissingExtra("dask is not installed", "--scheduler", "pip install 'lynchpin[cluster]'") from None
    for name in ("distributed", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is said by the error, once
    try:
        client: Any = Client(address, timeout=ANSWERS_WITHIN, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise BadValue(
            f"no scheduler answers at {address}: {str(error).splitlines()[0]}",
            "--scheduler",
            "start one with `dask scheduler`, and `dask worker ADDRESS --nthreads 1` on each machine",
        ) from None
    try:
        try:
            client.wait_for_workers(1, timeout=WORKERS_WITHIN)
        except TimeoutError:
            raise BadValue(
                f"the scheduler at {address} has no worker",
                "--scheduler",
                f"start some: OPENBLAS_NUM_THREADS=1 dask worker {address} --nthreads 1",
            ) from None
        yield client.get_executor(pure=False)  # tasks are not hashed: none comes twice
    finally:
        client.close()
