"""`python -m lynchpin.cli`."""

from lynchpin.cli import main

main()
