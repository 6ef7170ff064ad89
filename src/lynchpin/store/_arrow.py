"""Nothing but the Arrow stream of a table, so that DuckDB and polars take each other's without pyarrow.

DuckDB asks for pyarrow when it sees a polars frame, but not when it sees only a stream. polars keeps the
types of what it was handed until the end; were that a type of DuckDB, DuckDB would complain of leaks at every
exit. So this module must not import duckdb.
"""

from __future__ import annotations

from typing import Protocol


class HasStream(Protocol):
    """A table of either library."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The table as an Arrow C stream, to be read once."""


class Stream:
    """The stream of a table, and nothing else of it."""

    def __init__(self, table: HasStream) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The table as an Arrow C stream, to be read once."""
        return self._table.__arrow_c_stream__(requested_schema)
