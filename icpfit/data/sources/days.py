"""Days: the text of a cell → a day of the calendar, as the YAML declares dates to be written."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from icpfit.data.sources.source_spec import Format

__all__ = ["day_reader"]

_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})"
    r"(?:Z|[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)
_DAY_NUMBER = re.compile(r"(\d{1,7})(?:[.,]\d+)?", re.ASCII)
_SECONDS = re.compile(r"(\d{9,10})(?:\.\d+)?", re.ASCII)
_LAST_DAY_NUMBER = 2_958_465  # 9999-12-31
_LEAP_DAY = 60  # 29 February 1900, which only spreadsheets know


def day_reader(fmt: Format) -> Callable[[str], dt.date | None]:
    """Make the function that reads a day as `fmt` declares it.

    Parameters
    ----------
    fmt : Format
        Its ``dates``: a ``strptime`` format, ``excel`` or ``unix``.

    Returns
    -------
    callable
        Text to date; ``None`` where the text is none.

    Notes
    -----
    A timestamp gives its day, in UTC where it carries an offset. A spreadsheet's day 1 is 1
    January 1900, and its day 60 is none, as 1900 was no leap year.

    Examples
    --------
    >>> from icpfit.data.sources.source_spec import Format
    >>> day_reader(Format())("2026-01-31T23:30:00-02:00")
    datetime.date(2026, 2, 1)
    >>> day_reader(Format(dates="excel"))("46053")
    datetime.date(2026, 1, 31)
    >>> day_reader(Format(dates="unix"))("1769900399")
    datetime.date(2026, 1, 31)
    """
    if fmt.dates == "%Y-%m-%d":
        return _iso_day
    if fmt.dates == "excel":
        return _numbered_day
    if fmt.dates == "unix":
        return _unix_day

    def day(text: str) -> dt.date | None:
        try:
            return dt.datetime.strptime(text, fmt.dates).date()  # noqa: DTZ007 - only the day counts
        except ValueError:
            return None

    return day


def _iso_day(text: str) -> dt.date | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    day, clock, offset = match.groups()
    try:
        if clock is None:
            return dt.date.fromisoformat(day)
        if offset in ("Z", "UTC"):
            offset = None
        moment = dt.datetime.fromisoformat(f"{day}T{clock}{offset or ''}")
        if moment.tzinfo is not None:
            moment = moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
    return moment.date()


def _numbered_day(text: str) -> dt.date | None:
    match = _DAY_NUMBER.fullmatch(text)
    number = int(match[1]) if match else 0
    if not 1 <= number <= _LAST_DAY_NUMBER or number == _LEAP_DAY:
        return None
    first = dt.date(1899, 12, 31) if number < _LEAP_DAY else dt.date(1899, 12, 30)
    return first + dt.timedelta(days=number)


def _unix_day(text: str) -> dt.date | None:
    match = _SECONDS.fullmatch(text)
    return dt.datetime.fromtimestamp(int(match[1]), dt.UTC).date() if match else None
