"""The brief: one self-contained HTML file, and its summary for a terminal.

``render`` fills the template and inlines the pictures, the style and the scripts; ``terminal`` says the same in a
screenful of text. Every number comes from the results; none is typed by hand.
"""

from __future__ import annotations

from lynchpin.report.page.page import render
from lynchpin.report.page.terminal import terminal

__all__ = ["render", "terminal"]
