"""Rejected cells: where each stands, what is wrong with it, and how to fix it."""

from __future__ import annotations

import csv
import os
import tempfile
from pathlib import Path

import pyarrow as pa

from icpfit.errors import OutputError

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
    """Write rejected cells as CSV: beside the path first, then renamed, so it is never half there.

    Text that a spreadsheet would take for a formula gets a leading ``'``.

    Parameters
    ----------
    path : Path
        The file; its folder is made if need be.
    rejected : pyarrow.Table
        The cells, with the columns of ``REJECTED``; without any, only the header is written.

    Raises
    ------
    OutputError
        When the file can't be written.
    """
    beside: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
        beside = Path(name)
        with os.fdopen(number, "w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(rejected.column_names)
            for batch in rejected.to_batches(max_chunksize=1 << 16):
                columns = [column.to_pylist() for column in batch.columns]
                writer.writerows([_harmless(c) for c in row] for row in zip(*columns, strict=True))
            handle.flush()
            os.fsync(handle.fileno())
        beside.chmod(0o644)
        beside.replace(path)
    except OSError as error:
        if beside is not None:
            beside.unlink(missing_ok=True)
        raise OutputError(
            f"{path}: can't be written ({error.strerror}); check the folder"
        ) from None


def _harmless(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return "'" + cell
    return cell
