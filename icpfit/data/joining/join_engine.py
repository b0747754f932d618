"""What runs the join: DuckDB on this machine, or whatever else is handed down.

The rooms of the data know no cluster. Who has one hands it in as a `JoinEngine`, and the same
narwhals expressions run there.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import duckdb
import narwhals as nw
import pyarrow as pa

from icpfit.errors import IcpfitError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

__all__ = ["Answer", "DuckDBEngine", "EngineError", "JoinEngine", "one_row_per_group"]

Query: TypeAlias = Callable[[Any, Any], Any]
"""Takes the lazy narwhals frames of ledger and keys, gives that of the sums, grouped."""

Answer: TypeAlias = Callable[[Query, "Sequence[str]"], pa.Table]
"""Runs a query that groups by these columns: a row for each group, sorted by them, nulls first."""


class EngineError(IcpfitError):
    """What runs the join can't be reached, or can't do it; it says nothing about the data."""


class JoinEngine(Protocol):
    """What runs the join of a ledger.

    Attributes
    ----------
    where : str
        For words of progress, such as ``" on Spark"``; empty for this machine.
    """

    @property
    def where(self) -> str: ...  # noqa: D102

    def opened(self, ledger: pa.Table, keys: pa.Table) -> AbstractContextManager[Answer]:
        """Take a ledger and the keys that it is joined to.

        Parameters
        ----------
        ledger, keys : pyarrow Table
            What the two frames of a query are made of.

        Returns
        -------
        context manager of Answer
            Asked for sums as long as it is open; raises OverflowError where one is beyond 64 bits.
        """


@dataclass(frozen=True)
class DuckDBEngine:
    """DuckDB, over Arrow tables in the memory of this process.

    Parameters
    ----------
    threads : int, optional
        All cores by default.
    """

    threads: int | None = None

    @property
    def where(self) -> str:
        """Nothing: it is what runs the join unless something else is asked for."""
        return ""

    @contextlib.contextmanager
    def opened(self, ledger: pa.Table, keys: pa.Table) -> Iterator[Answer]:
        """Take a ledger and the keys that it is joined to, without a copy.

        Parameters
        ----------
        ledger, keys : pyarrow Table
            What the two frames of a query are made of.

        Yields
        ------
        Answer
            Asked for sums; raises OverflowError where one is beyond 64 bits.
        """
        with duckdb.connect(config={"threads": self.threads or os.cpu_count() or 1}) as engine:
            engine.register("ledger", ledger)
            engine.register("keys", keys)

            def answer(query: Query, groups: Sequence[str]) -> pa.Table:
                frames = (nw.from_native(engine.table(name)) for name in ("ledger", "keys"))
                return _collected(query(*frames).sort(*groups))

            yield answer


def one_row_per_group(pieces: Sequence[pa.Table], groups: Sequence[str]) -> pa.Table:
    """Add up the sums of a ledger that was joined in pieces.

    Parameters
    ----------
    pieces : sequence of pyarrow Table
        One at least, of the same columns: those of `groups`, and integers.
    groups : sequence of str
        The columns that the pieces are grouped by.

    Returns
    -------
    pyarrow Table
        A row for each group, sorted by them, nulls first.

    Raises
    ------
    OverflowError
        Where a sum is beyond 64 bits.

    Notes
    -----
    DuckDB does it, whichever engine the pieces are from: it adds in 128 bits, and types, order and
    the place of nulls are the same as if it had joined the ledger itself.

    Examples
    --------
    >>> piece = pa.table({"kind": ["b", None], "rows": [1, 2]})
    >>> one_row_per_group([piece, piece], ["kind"]).to_pydict()
    {'kind': [None, 'b'], 'rows': [4, 2]}
    """
    table = pa.concat_tables(pieces)
    sums = [nw.col(name).sum().cast(nw.Int64) for name in table.column_names if name not in groups]
    with duckdb.connect() as engine:
        engine.register("pieces", table)
        pieces_frame = nw.from_native(engine.table("pieces"))
        return _collected(pieces_frame.group_by(*groups).agg(*sums).sort(*groups))


def _collected(frame: Any) -> pa.Table:
    try:
        return frame.collect(backend="pyarrow").to_native()
    except (duckdb.ConversionException, duckdb.OutOfRangeException):
        # There is nothing else to convert in sums of integers.
        raise OverflowError from None
