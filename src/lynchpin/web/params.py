"""One parameter of a question over HTTP: how it is read from a request, and how it is described."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from starlette.requests import Request

from lynchpin import limits
from lynchpin.errors import BadValue

Kind = Literal["text", "day", "whole", "yes", "texts"]
#: Letters of a text: all of them, written out for an address, are fewer than an address may have (`guard.ADDRESS`).
LETTERS = 2_000

_SCHEMA: Mapping[Kind, dict[str, Any]] = {
    "text": {"type": "string", "maxLength": LETTERS},
    "day": {"type": "string", "format": "date"},
    "whole": {"type": "integer"},
    "yes": {"type": "boolean"},
    "texts": {"type": "array", "items": {"type": "string", "maxLength": LETTERS}, "maxItems": 50},
}


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a question: its name, what it is, and what it stands for."""

    name: str
    kind: Kind = "text"
    means: str = ""
    usual: Any = None
    required: bool = False
    limit: str = ""  # the row of `limits.NUMBERS` that a whole number keeps to; its name where it is empty

    def read(self, request: Request) -> Any:
        """Its value in a request; what is usual where it is not given."""
        if self.kind == "texts":
            given = [one for one in request.query_params.getlist(self.name) if one.strip()]
            for one in given:
                self._checked(one)
            if len(given) > 50:
                raise BadValue(f"{self.name} is given {len(given)} times", self.name, "give it at most 50 times")
            return given or (self.usual or [])
        text = request.query_params.get(self.name)
        if text is None or (text == "" and not self.required):
            if self.required:
                raise BadValue(f"{self.name} is missing", self.name, self.means)
            return self.usual
        if self.kind == "whole":
            try:
                value = int(text[:50])
            except ValueError:
                raise BadValue(f"{text[:40]!r} is no whole number", self.name, "write digits alone") from None
            return limits.whole(self.name, value, kind=self.limit or self.name)
        if self.kind == "yes":
            if text not in ("true", "false", "1", "0"):
                raise BadValue(f"{text[:40]!r} is neither true nor false", self.name, "write true or false")
            return text in ("true", "1")
        return self._checked(text)

    def _checked(self, text: str) -> str:
        if len(text) > LETTERS or "\x00" in text:
            raise BadValue(f"{self.name} is no text that can be read", self.name, "make it shorter, and of letters")
        return text

    def schema(self) -> dict[str, Any]:
        shape: dict[str, Any] = dict(_SCHEMA[self.kind])
        if self.kind == "whole" and (span := limits.NUMBERS.get(self.limit or self.name)) and span.high < 2**63:
            shape |= {"minimum": int(span.low), "maximum": int(span.high)}
        if self.usual is not None:
            shape["default"] = self.usual
        return {"name": self.name, "in": "query", "required": self.required, "description": self.means, "schema": shape}
