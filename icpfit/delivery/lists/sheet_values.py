"""Cells that came typed, as the values that a sheet holds: a day stays a day, a number a number."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from icpfit.data.prospect_source import ListPiece

__all__ = ["SheetValue", "is_same_number", "sheet_value", "typed_cells"]

SheetValue: TypeAlias = bool | float | dt.date | dt.datetime | dt.timedelta
"""What a sheet's cell can hold beside text."""

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:( \d\d:\d\d:\d\d(?:\.\d{3})?)0*)?")
_CLOCK = re.compile(r"(\d{1,6}):([0-5]\d):([0-5]\d)")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[-+]\d+)?")
_DIGITS = 15  # as many a sheet keeps of a number
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
        None where a sheet can't hold it: whole numbers and decimals of more than 15 digits, parts
        of milliseconds, a time zone, years before 1901. A fraction that a computer keeps with 17
        digits, such as a third, is a number with the 15 that every sheet has. A time of the day
        is a span from midnight.

    Examples
    --------
    >>> [sheet_value(cell) for cell in ("0.25", "true", "12.5000", "12345678901234567")]
    [0.25, True, 12.5, None]
    >>> print(
    ...     sheet_value("2026-12-01"), sheet_value("2026-01-02 13:45:00"), sheet_value("30:15:00")
    ... )
    2026-12-01 2026-01-02 13:45:00 1 day, 6:15:00
    """
    if cell in ("true", "false"):
        return cell == "true"
    if _NUMBER.fullmatch(cell):
        return _number(cell)
    moment = _MOMENT.fullmatch(cell)
    if moment is not None:
        return _moment(moment[1], moment[2])
    clock = _CLOCK.fullmatch(cell)
    if clock is None:
        return None
    return dt.timedelta(hours=int(clock[1]), minutes=int(clock[2]), seconds=int(clock[3]))


def _number(cell: str) -> float | None:
    exact, value = Decimal(cell), float(cell)
    if not math.isfinite(value):
        return None
    if _significant(exact) <= _DIGITS:
        return value
    # Of a float the digits beyond are noise; of a whole number or a decimal they are the value.
    is_fraction = exact != exact.to_integral_value()
    return value if is_fraction and exact == Decimal(repr(value)) else None


def _significant(number: Decimal) -> int:
    return len("".join(map(str, number.as_tuple().digits)).strip("0"))


def _moment(day: str, time: str | None) -> dt.date | None:
    try:
        found = dt.datetime.fromisoformat(day + time) if time else dt.date.fromisoformat(day)
    except ValueError:
        return None
    return None if found.year < _FIRST_YEAR else found


def is_same_number(cell: str, value: float) -> bool:
    """Return whether a text reads as its number: 007 would lose its zeros, and long ids digits.

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
    if sum(map(str.isdigit, digits)) > _DIGITS:
        return False
    return digits in {f"{value:.15g}", *(f"{value:.{places}f}" for places in range(3))}
