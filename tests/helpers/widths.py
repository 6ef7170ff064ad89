"""What a screen may be held to at any width: lines that fit, and words and numbers that are whole."""

from __future__ import annotations

import re


def words(text: str) -> set[str]:
    """Words and numbers, without the commas that join them in rows of lines."""
    return {word.strip(",") for word in text.split()} - {""}


def numbers(text: str) -> set[str]:
    return {word for word in words(text) if re.search(r"\d", word)}


def too_wide(text: str, width: int) -> list[str]:
    """Lines wider than the terminal, but for one whose single word is: a hash is never broken."""
    return [
        line for line in text.split("\n") if len(line.rstrip()) > width and len(max(line.split(), key=len)) <= width - 4
    ]
