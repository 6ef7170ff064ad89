"""The command line, run as a person would."""

from __future__ import annotations

import sys

import pytest

from lynchpin import cli


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command line in this process: words -> exit code, standard output, standard error."""

    def command(*words):
        monkeypatch.setattr(sys, "argv", ["lynchpin", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        shown = capsys.readouterr()
        return left.value.code or 0, shown.out, shown.err

    return command
