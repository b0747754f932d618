"""Rejected cells: where each stands, what is wrong with it, and how to fix it."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from icpfit.data.sources.rejected_rows import written_beside

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["REJECTED", "rejected_table", "write_rejects"]

REJECTED = pa.schema(
    [
        ("source", pa.string()),
        ("table", pa.string()),
        ("file", pa.string()),
        ("line", pa.int64()),
        ("column", pa.string()),
        ("value", pa.string()),
        ("problem", pa.string()),
        ("how_to_fix", pa.string()),
    ]
)
_LONGEST_VALUE = 200
_ORDER = [("place", "ascending"), ("line", "ascending")]
# A spreadsheet takes a cell that starts so for a formula.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def rejected_table(rows: list[tuple[str, str, str, int, str, str, str, str]]) -> pa.Table:
    """Rejected cells as a table, in the order given.

    Parameters
    ----------
    rows : list of tuple
        Source, table, file, line, column, value, problem, how to fix.

    Returns
    -------
    pyarrow.Table
        With the columns of ``REJECTED``; values beyond 200 characters are cut.

    Examples
    --------
    >>> rejected_table([("crm", "accounts", "a.csv", 2, "id", "", "is empty", "fill it")]).num_rows
    1
    """
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(REJECTED)
    place = REJECTED.get_field_index("value")
    columns[place] = tuple(
        v if len(v) <= _LONGEST_VALUE else v[:_LONGEST_VALUE] + "…" for v in columns[place]
    )
    arrays = [pa.array(cells, kind) for cells, kind in zip(columns, REJECTED.types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=REJECTED)


def write_rejects(path: Path, rejected: pa.Table) -> None:
    """Write rejected cells as CSV, by source, file and line, for a person to work through.

    It begins with a byte-order mark, so that a spreadsheet shows every letter; text that one would
    take for a formula gets a leading ``'``.

    Parameters
    ----------
    path : Path
        The file; its folder is made if need be. It is written beside first, then renamed.
    rejected : pyarrow.Table
        The cells, with the columns of ``REJECTED``; without any, only the header is written.

    Raises
    ------
    OutputError
        When the file can't be written.
    """
    if rejected.num_rows:
        # A file stays where its source put it; within it, by line.
        order = pc.sort_indices(rejected.append_column("place", _places(rejected)), _ORDER)
        rejected = rejected.take(order)
    with written_beside(path, encoding="utf-8-sig") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(rejected.column_names)
        for batch in rejected.to_batches(max_chunksize=1 << 16):
            columns = [column.to_pylist() for column in batch.columns]
            writer.writerows([_harmless(c) for c in row] for row in zip(*columns, strict=True))


def _places(rejected: pa.Table) -> pa.Array:
    """Place of each row's source and file among all of them, in order of appearance."""
    keys = pc.binary_join_element_wise(rejected["source"], rejected["file"], "\0")
    return pc.index_in(keys, value_set=pc.unique(keys))


def _harmless(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return "'" + cell
    return cell
