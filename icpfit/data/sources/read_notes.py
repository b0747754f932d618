"""What a reader should know of a source, beside its counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.data.contract import LEDGERS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["column_notes", "count_notes"]

_WHOLE_COLUMN = 10  # fewer bad cells are seen at a glance


def count_notes(table: str, counts: Mapping[str, int]) -> list[str]:
    """Say what the counts of a source mean.

    Parameters
    ----------
    table : str
        The table that it fills.
    counts : Mapping of str to int
        ``read``, ``rejected``, ``facts`` (bad cells of attributes), ``rounded`` (amounts).

    Returns
    -------
    list of str
        One line each; none where all is well.
    """
    notes = []
    if table in LEDGERS and table != "loyalty" and counts["rejected"]:
        n = counts["rejected"]
        notes.append(f"the money of {n:,} rejected row{'' if n == 1 else 's'} is unknown")
    if counts["facts"]:
        n = counts["facts"]
        facts, verb = ("1 fact", "is") if n == 1 else (f"{n:,} facts", "are")
        notes.append(f"{facts} could not be read and {verb} taken as missing")
    if counts["rounded"]:
        notes.append(f"{counts['rounded']:,} amounts rounded to 4 decimals, half to even")
    if counts["read"] == 0:
        notes.append("has a header and no rows")
    return notes


def column_notes(faults: Mapping[tuple[str, str, str], int], read: int) -> list[str]:
    """Say where a whole column can't be read: that is a setting, not the rows' own affair.

    Parameters
    ----------
    faults : Mapping of (column, problem, how to fix) to int
        How many cells.
    read : int
        Rows of the source.

    Returns
    -------
    list of str
        One line per column of which over half is rejected, with its most frequent fault.

    Examples
    --------
    >>> column_notes({("Net", "is not a number as declared", "set format"): 90}, 100)
    ["column 'Net': 90 of 100 cells rejected; is not a number as declared: set format"]
    """
    by_column: dict[str, int] = {}
    for (column, _, _), n in faults.items():
        by_column[column] = by_column.get(column, 0) + n
    notes = []
    for column, n in by_column.items():
        ways = [(m, problem, fix) for (c, problem, fix), m in faults.items() if c == column]
        most, problem, fix = max(ways, key=lambda way: way[0])
        if column and n > read / 2 and most >= _WHOLE_COLUMN:
            notes.append(f"column '{column}': {n:,} of {read:,} cells rejected; {problem}: {fix}")
    return notes
