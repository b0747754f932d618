"""Periods such as ``90d`` and ``12mo``, and the calendar arithmetic that the clock rests on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from icpfit.errors import SettingsError

__all__ = ["Period", "month_count", "months_since", "period", "period_end", "period_text"]

DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Period:
    """A number of days (``d``) or of calendar months (``mo``)."""

    count: int
    unit: Literal["d", "mo"]

    def __str__(self) -> str:
        """Write it as the YAML does."""
        return f"{self.count}{self.unit}"


def period(text: str, where: str = "data.horizon") -> Period:
    """Read a period.

    Parameters
    ----------
    text : str
        Days such as ``90d``, or calendar months such as ``12mo``.
    where : str
        Key of the settings, for the message.

    Returns
    -------
    Period
        The period.

    Raises
    ------
    SettingsError
        When the text is no such period.

    Examples
    --------
    >>> period("12mo")
    Period(count=12, unit='mo')
    """
    match = re.fullmatch(r"\s*(\d{1,5})\s*(d|mo)\s*", text)
    if match is None:
        raise SettingsError(
            f"{where}: expected days such as 90d or months such as 12mo, found {text!r}"
        )
    return Period(int(match[1]), "d" if match[2] == "d" else "mo")


def period_end(starts: pd.Series, length: Period) -> pd.Series:
    """First day after a period that begins on each start.

    Months are calendar months: the same day of a later month, or its last day when that month
    has no such day (31 January + 1 month = 28 February).

    Parameters
    ----------
    starts : Series of datetime64, shape (n,)
        First days; NaT gives NaT.
    length : Period
        How long.

    Returns
    -------
    Series of datetime64[s], shape (n,)
        The ends, exclusive, with the index of `starts`.

    Examples
    --------
    >>> starts = pd.Series(pd.to_datetime(["2024-01-31", "2024-02-29"]))
    >>> [str(day.date()) for day in period_end(starts, Period(12, "mo"))]
    ['2025-01-31', '2025-02-28']
    """
    days = starts.to_numpy(dtype="datetime64[D]")
    if length.unit == "d":
        ends = days + np.timedelta64(length.count, "D")
    else:
        months = days.astype("datetime64[M]")
        day_of_month = days - months.astype("datetime64[D]")
        later = months + np.timedelta64(length.count, "M")
        first = later.astype("datetime64[D]")
        last = (later + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
        ends = np.minimum(first + day_of_month, last)
    return pd.Series(ends.astype("datetime64[s]"), index=starts.index, name=starts.name)


def months_since(starts: pd.Series, days: pd.Series) -> pd.Series:
    """Whole calendar months from each start to each day: 0 in the first month.

    It is the largest m for which ``period_end(start, m months) <= day``, so the last day of a
    short month completes a month that began on a later day of the month.

    Parameters
    ----------
    starts, days : Series of datetime64, shape (n,)
        Neither may hold NaT.

    Returns
    -------
    Series of int64, shape (n,)
        Months, negative before the start.

    Examples
    --------
    >>> starts = pd.Series(pd.to_datetime(["2023-01-31", "2023-01-31", "2023-01-15"]))
    >>> days = pd.Series(pd.to_datetime(["2023-02-27", "2023-02-28", "2022-12-31"]))
    >>> months_since(starts, days).tolist()
    [0, 1, -1]
    """
    start = starts.dt
    day = days.dt
    months = (day.year * 12 + day.month) - (start.year * 12 + start.month)
    incomplete = (day.day < start.day) & ~day.is_month_end
    whole = months.to_numpy(dtype="int64") - incomplete.to_numpy(dtype="int64")
    return pd.Series(whole, index=days.index)


def month_count(length: Period) -> float:
    """Length of a period in months; a month of days counts 30.4375 of them.

    Parameters
    ----------
    length : Period
        Days or months.

    Returns
    -------
    float
        Months.

    Examples
    --------
    >>> month_count(Period(12, "mo")), round(month_count(Period(90, "d")), 2)
    (12.0, 2.96)
    """
    return float(length.count) if length.unit == "mo" else length.count / DAYS_PER_MONTH


def period_text(length: Period) -> str:
    """Write a period in words.

    Parameters
    ----------
    length : Period
        Days or months.

    Returns
    -------
    str
        Such as ``"12 months"``.

    Examples
    --------
    >>> period_text(Period(12, "mo")), period_text(Period(1, "d"))
    ('12 months', '1 day')
    """
    word = "day" if length.unit == "d" else "month"
    return f"{length.count} {word}{'' if length.count == 1 else 's'}"
