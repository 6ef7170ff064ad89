"""Whether what is installed works: versions, extras, a browser, and a small run whose answer is known."""

from __future__ import annotations

import platform
import shutil
import time
from importlib import metadata, util
from typing import Any

from lynchpin._version import __version__
from lynchpin.defaults import CASE
from lynchpin.session.facade import fit

#: The packages that everything needs, and those of each extra by the module that they bring.
NEEDED = ("altair", "duckdb", "jinja2", "numba", "numpy", "polars", "rich", "scipy", "typer", "urllib3")
EXTRAS = {
    "pictures": {"vl-convert-python": "vl_convert"},
    "web": {"starlette": "starlette", "uvicorn": "uvicorn", "python-multipart": "python_multipart"},
    "cluster": {"distributed": "distributed"},
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "firefox")
#: The run: the embedded case on a day, and how many events were known then.
_DAY = "2012-07-09"


def examine() -> dict[str, Any]:
    """Look at what is installed, and fit the embedded case.

    Returns
    -------
    dict: version, python, platform, packages (name -> version, None where it is missing), extras (name -> whether all
    of it is there), browser (path or None), self_test (seconds, events, converged), sound (whether all needed works)
    """
    packages = {name: _version(name) for name in NEEDED}
    extras = {name: all(util.find_spec(module) for module in needs.values()) for name, needs in EXTRAS.items()}
    start = time.perf_counter()
    fitted = fit(CASE, as_of=_DAY)
    seconds = time.perf_counter() - start
    test = {"seconds": seconds, "events": fitted.made_from.events_used, "converged": fitted.converged}
    return {
        "version": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": packages,
        "extras": extras,
        "browser": next((path for name in BROWSERS if (path := shutil.which(name))), None),
        "self_test": test,
        "sound": all(packages.values()) and fitted.converged and fitted.made_from.events_used > 0,
    }


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
