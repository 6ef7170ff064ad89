"""`python -m lynchpin.cli`."""

from lynchpin.cli import run

run()
