"""Cells that came typed, as the values that a sheet holds: a day stays a day, a number a number."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from icpfit.data.prospect_source import ListPiece

__all__ = ["SheetValue", "is_same_number", "sheet_value", "typed_cells"]

SheetValue: TypeAlias = bool | float | dt.date | dt.datetime | dt.timedelta
"""What a sheet's cell can hold beside text."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d{3}(000)?)?)?")
_CLOCK = re.compile(r"(\d{1,6}):([0-5]\d):([0-5]\d)")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[-+]\d+)?")
_FIRST_YEAR = 1901  # a sheet counts a 29th of February 1900, and Parquet knows days before it


def typed_cells(piece: ListPiece) -> dict[str, list[bool]]:
    """Return which cells of a list came as numbers, days or flags, not as text.

    Parameters
    ----------
    piece : ListPiece
        Some rows of the list.

    Returns
    -------
    dict of str to list of bool
        Column to its rows; columns of text are absent, and so are all of a CSV.
    """
    text = piece.text
    if text.kind == "parquet":
        return {name: [True] * piece.rows for name in text.native}
    return {name: flags.to_pylist() for name, flags in text.typed.items()}


def sheet_value(cell: str) -> SheetValue | None:
    """Return the value of a cell that came typed.

    Parameters
    ----------
    cell : str
        In icpfit's own notation.

    Returns
    -------
    bool, float, date, datetime, timedelta or None
        None where a sheet would show or hold another one: leading zeros, more than 15 digits, parts
        of milliseconds, years before 1901. A time of the day is a span from midnight.

    Examples
    --------
    >>> [sheet_value(cell) for cell in ("0.25", "true", "007", "12345678901234567")]
    [0.25, True, None, None]
    >>> print(
    ...     sheet_value("2026-12-01"), sheet_value("2026-01-02 13:45:00"), sheet_value("30:15:00")
    ... )
    2026-12-01 2026-01-02 13:45:00 1 day, 6:15:00
    """
    if cell in ("true", "false"):
        return cell == "true"
    if _NUMBER.fullmatch(cell):
        return float(cell) if is_same_number(cell, float(cell)) else None
    if _MOMENT.fullmatch(cell):
        return _moment(cell)
    clock = _CLOCK.fullmatch(cell)
    if clock is None:
        return None
    return dt.timedelta(hours=int(clock[1]), minutes=int(clock[2]), seconds=int(clock[3]))


def _moment(cell: str) -> dt.date | None:
    try:
        found = dt.datetime.fromisoformat(cell)
    except ValueError:
        return None
    if found.year < _FIRST_YEAR:
        return None
    return found if len(cell) > len("2026-12-01") else found.date()


def is_same_number(cell: str, value: float) -> bool:
    """Return whether a cell reads as its number: 007 would lose its zeros.

    Parameters
    ----------
    cell : str
        As it stands in the list; its decimal sign may be a comma.
    value : float
        What it was read as.

    Returns
    -------
    bool
        True where the number written out again is the cell.

    Examples
    --------
    >>> is_same_number("1,50", 1.5), is_same_number("007", 7.0)
    (True, False)
    """
    digits = cell.strip().replace(",", ".")
    return digits in {f"{value:.15g}", *(f"{value:.{places}f}" for places in range(3))}
