"""The accounts by the quarter of their start: how many can be judged yet, and how they came out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from icpfit.measure.intervals import wilson

if TYPE_CHECKING:
    import datetime as dt

    from icpfit.measure.estimate import Estimate

__all__ = ["Cohort", "Maturing", "cohorts", "maturing"]


@dataclass(frozen=True)
class Cohort:
    """The accounts that started in one quarter.

    Parameters
    ----------
    quarter : str
        Such as "2024 Q1".
    accounts, mature, used : int
        All of them; those whose horizon and lag are over; those that a model may learn from.
    fits : int
        Profitable fits among those used.
    share : Estimate or None
        ``fits / used`` with Wilson's interval; None where none is used.
    """

    quarter: str
    accounts: int
    mature: int
    used: int
    fits: int
    share: Estimate | None

    @property
    def young(self) -> int:
        """Accounts whose horizon or lag is not over yet."""
        return self.accounts - self.mature


@dataclass(frozen=True)
class Maturing:
    """How many more accounts are mature by a day.

    Parameters
    ----------
    on : date
        The first of a month.
    accounts : int
        That become mature after the day of the exports and not after this one.
    """

    on: dt.date
    accounts: int


def cohorts(started_on: pd.Series, is_mature: pd.Series, fit: pd.Series) -> tuple[Cohort, ...]:
    """Count the accounts by the quarter of their start.

    Parameters
    ----------
    started_on : Series of datetime64, shape (n,)
        Starts, indexed by account_id.
    is_mature : Series of bool, shape (n,)
        Whether the horizon and the lag are over, on the same index.
    fit : Series of bool, shape (m,)
        The outcome of the accounts that are used, indexed by account_id.

    Returns
    -------
    tuple of Cohort
        From the first quarter to the last; quarters without a start are left out.

    Examples
    --------
    >>> starts = pd.Series(pd.to_datetime(["2024-01-05", "2024-03-31", "2024-04-01"]))
    >>> found = cohorts(starts, starts < "2024-03-01", pd.Series([True]))
    >>> [(one.quarter, one.accounts, one.mature, one.fits) for one in found]
    [('2024 Q1', 2, 1, 1), ('2024 Q2', 1, 0, 0)]
    """
    frame = pd.DataFrame(
        {
            "quarter": started_on.dt.year * 4 + started_on.dt.quarter - 1,
            "mature": is_mature.to_numpy(bool),
            "used": started_on.index.isin(fit.index),
        },
        index=started_on.index,
    )
    frame["fit"] = fit.astype(bool).reindex(frame.index, fill_value=False)
    found = []
    for quarter, mine in frame.groupby("quarter", sort=True):
        used, fits = int(mine["used"].sum()), int(mine["fit"].sum())
        year, number = divmod(int(str(quarter)), 4)
        found.append(
            Cohort(
                f"{year} Q{number + 1}",
                len(mine),
                int(mine["mature"].sum()),
                used,
                fits,
                wilson(fits, used) if used else None,
            )
        )
    return tuple(found)


def maturing(ready_on: pd.Series, as_of: dt.date, months: int = 24) -> tuple[Maturing, ...]:
    """Count how many accounts more are mature by the first of each coming month.

    Parameters
    ----------
    ready_on : Series of datetime64, shape (n,)
        Start + horizon + lag of each account.
    as_of : date
        The day of the exports.
    months : int
        How far to look.

    Returns
    -------
    tuple of Maturing
        Up to the month by which all are mature; empty where all are mature.

    Examples
    --------
    >>> import datetime as dt
    >>> ready = pd.Series(pd.to_datetime(["2026-06-30", "2026-07-01", "2026-08-15"]))
    >>> [(str(one.on), one.accounts) for one in maturing(ready, dt.date(2026, 6, 30))]
    [('2026-07-01', 1), ('2026-08-01', 1), ('2026-09-01', 2)]
    """
    days = np.sort(ready_on.to_numpy(dtype="datetime64[D]"))
    days = days[days > np.datetime64(as_of, "D")]
    found: list[Maturing] = []
    month = np.datetime64(as_of, "M")
    for step in range(1, months + 1):
        if found and found[-1].accounts == len(days):
            break
        if not len(days):
            break
        first = (month + np.timedelta64(step, "M")).astype("datetime64[D]")
        count = int(np.searchsorted(days, first, side="right"))
        found.append(Maturing(first.item(), count))
    return tuple(found)
