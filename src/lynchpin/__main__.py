"""`python -m lynchpin`."""

from lynchpin.cli import run

run()
