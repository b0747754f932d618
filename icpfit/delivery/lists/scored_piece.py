"""Some rows of a list, scored: what is written at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.data.prospect_source import ListPiece

__all__ = ["ScoredPiece"]


@dataclass(frozen=True, eq=False)
class ScoredPiece:
    """Some rows of a list with what icpfit adds to them.

    Attributes
    ----------
    piece : ListPiece
        The rows.
    keys : pyarrow.RecordBatch
        What was kept of them when the list was first read, see `list_keys`.
    added : pyarrow.RecordBatch
        All added columns, in the order in which they are written.
    score_before : pyarrow.Array of float64
        Score in an earlier list; null where there was none.
    numbers : frozenset of str
        Columns that are known to hold nothing but plain numbers.
    values : dict of str to pyarrow.Array of float64
        The list's column to what it was read as, for the columns of numbers.
    """

    piece: ListPiece
    keys: pa.RecordBatch
    added: pa.RecordBatch
    score_before: pa.Array
    numbers: frozenset[str] = frozenset()
    values: dict[str, pa.Array] = field(default_factory=dict)

    def take(self, rows: pa.Array) -> ScoredPiece:
        """Return some of the rows, in any order."""
        return ScoredPiece(
            self.piece.take(rows),
            self.keys.take(rows),
            self.added.take(rows),
            self.score_before.take(rows),
            self.numbers,
            {name: values.take(rows) for name, values in self.values.items()},
        )

    @classmethod
    def joined(cls, parts: Sequence[ScoredPiece]) -> ScoredPiece:
        """Return the rows of some pieces as one."""
        first = parts[0]
        return cls(
            first.piece.joined([part.piece for part in parts]),
            pa.concat_batches([part.keys for part in parts]),
            pa.concat_batches([part.added for part in parts]),
            pa.concat_arrays([part.score_before for part in parts]),
            frozenset.intersection(*(part.numbers for part in parts)),
            {
                name: pa.concat_arrays([part.values[name] for part in parts])
                for name in first.values
            },
        )
