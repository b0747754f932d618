"""Rejected cells by what is wrong with them: a thousand of a kind are mended as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from icpfit.data.sources.source_rows import SourceRead

__all__ = ["RejectedGroup", "nothing_read", "rejected_groups"]


@dataclass(frozen=True)
class RejectedGroup:
    """Cells of one column of one file that are rejected for the same reason.

    Parameters
    ----------
    source, table, file, column : str
        Where they stand.
    how_to_fix : str
        What to do.
    cells : int
        How many.
    first_line : int
        Line of the first.
    example, problem : str
        The first one's text, and what is wrong with it.
    """

    source: str
    table: str
    file: str
    column: str
    how_to_fix: str
    cells: int
    first_line: int
    example: str
    problem: str


def rejected_groups(rejected: pa.Table) -> tuple[RejectedGroup, ...]:
    """Group rejected cells by file, column and how to fix them.

    Parameters
    ----------
    rejected : pyarrow.Table
        With the columns of `icpfit.data.sources.rejects.REJECTED`.

    Returns
    -------
    tuple of RejectedGroup
        The largest first, equal ones by file and column.

    Examples
    --------
    >>> from icpfit.data.sources.rejects import rejected_table
    >>> cell = ("bills", "revenue", "b.csv", 2, "Amount", "x", "is not a number", "correct it")
    >>> [(one.column, one.cells) for one in rejected_groups(rejected_table([cell, cell]))]
    [('Amount', 2)]
    """
    if rejected.num_rows == 0:
        return ()
    frame = rejected.to_pandas()
    by = ["source", "table", "file", "column", "how_to_fix"]
    frame = frame.sort_values([*by, "line"], kind="stable")
    groups = []
    for key, cells in frame.groupby(by, sort=True, dropna=False):
        first = cells.iloc[0]
        source, table, file, column, how_to_fix = map(str, key)
        groups.append(
            RejectedGroup(
                source,
                table,
                file,
                column,
                how_to_fix,
                cells=len(cells),
                first_line=int(first["line"]),
                example=str(first["value"]),
                problem=str(first["problem"]),
            )
        )
    return tuple(sorted(groups, key=lambda one: (-one.cells, one.file, one.column)))


def nothing_read(rejected: pa.Table, reads: Sequence[SourceRead], table: str) -> str:
    """Say why no row of a table could be read: which file, which column, and what to do.

    Parameters
    ----------
    rejected : pyarrow.Table
        All rejected cells.
    reads : sequence of SourceRead
        What the reader did with each source.
    table : str
        The table without a row.

    Returns
    -------
    str
        One line without the table's name; where no row was rejected it says so.

    Examples
    --------
    >>> from icpfit.data.sources.rejects import rejected_table
    >>> from icpfit.data.sources.source_rows import SourceRead
    >>> fix = 'set format: {dates: "%d.%m.%Y"} for this source'
    >>> cell = ("bills", "revenue", "b.csv", 2, "Date", "31.12.2025", "is not a date", fix)
    >>> read = SourceRead("bills", "revenue", 1, 0, 1, {}, [], None, None)
    >>> print(nothing_read(rejected_table([cell]), [read], "revenue"))
    none of 1 row could be read, 1 for column 'Date' of b.csv (line 2: '31.12.2025' is not a date);
    set format: {dates: "%d.%m.%Y"} for this source
    """
    mine = [read for read in reads if read.table == table]
    rows = sum(read.read for read in mine)
    worst = next((one for one in rejected_groups(rejected) if one.table == table), None)
    if worst is None:
        named = " and ".join(f"data.sources.{read.source}" for read in mine)
        held = f"{named} gave no row of data" if named else "no source fills it"
        return f"{held}; map a source with table: {table}, or look whether its file is empty"
    return (
        f"none of {rows:,} row{'' if rows == 1 else 's'} could be read, {worst.cells:,} for column"
        f" {worst.column!r} of {worst.file} (line {worst.first_line}: {worst.example!r}"
        f" {worst.problem}); {worst.how_to_fix}"
    )
