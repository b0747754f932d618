"""The horizon under test: whether a shorter one would rank the accounts alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from icpfit.data.joining.periods import DAYS_PER_MONTH, Period, month_count, period, period_end
from icpfit.economics.outcome import joined_accounts
from icpfit.economics.top_lists import list_overlap, top_shares

if TYPE_CHECKING:
    from icpfit.data.joining.join_engine import JoinEngine
    from icpfit.data.table_spec import DataSpec
    from icpfit.data.tables import Tables
    from icpfit.economics.outcome import Accounts
    from icpfit.economics.spec import EconomicsSpec

__all__ = [
    "HorizonChoice",
    "HorizonStep",
    "accounts_over_shorter_horizon",
    "choose_horizon",
    "shorter_horizon",
]

LEAST_CORRELATION, LEAST_OVERLAP = 0.85, 0.6
TOP = 1 / 3
FEWEST = 30
SHORTER = 0.75


@dataclass(frozen=True)
class HorizonStep:
    """How well the margin over fewer months stands for that over the whole horizon.

    Parameters
    ----------
    months : int
        The shorter horizon.
    correlation : float
        Spearman's, of the two margins; NaN where one of them doesn't vary.
    overlap : float
        Jaccard index of the two best thirds, 0 to 1.
    mature : int
        Accounts that would be mature over this horizon.
    """

    months: int
    correlation: float
    overlap: float
    mature: int

    @property
    def stands_for_the_whole(self) -> bool:
        """Whether both figures reach their limits (.85 and .6)."""
        return self.correlation >= LEAST_CORRELATION and self.overlap >= LEAST_OVERLAP


@dataclass(frozen=True)
class HorizonChoice:
    """The curve over the months, and the shortest horizon that would do.

    Parameters
    ----------
    steps : tuple of HorizonStep
        From one month to the whole horizon.
    shortest : int or None
        Months from which on every longer horizon stands for the whole; None where there are too
        few accounts to tell.
    n : int
        Accounts that the curve rests on.
    text : str
        The finding in a sentence or two.
    """

    steps: tuple[HorizonStep, ...]
    shortest: int | None
    n: int
    text: str


def choose_horizon(accounts: Accounts) -> HorizonChoice:
    """Find the shortest horizon whose margin ranks the accounts as the whole one does.

    On accounts old enough for the whole horizon, the smallest H such that from it on
    ``Spearman(CM(H), CM(H_max)) >= .85`` and the Jaccard index of the best thirds is at least .6.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts, with their margin by month.

    Returns
    -------
    HorizonChoice
        Below 30 accounts without a choice.

    Notes
    -----
    Both margins bear the whole acquisition cost. Whether the first renewal lies within a shorter
    horizon is for the reader to judge: what happens at it can't be seen in the months before.

    References
    ----------
    Spearman (1904), The proof and measurement of association between two things.
    """
    outcomes = accounts.outcomes
    known = outcomes.index[outcomes["excluded_because"].isna() & outcomes["margin"].notna()]
    longest = max(1, int(np.ceil(month_count(accounts.horizon) - 1e-9)))
    spent = outcomes.loc[known, "acquisition_cost"].fillna(0.0).to_numpy("float64")
    running = _running_margins(accounts, known, longest) - spent[:, None]
    whole = running[:, -1]
    steps = tuple(
        HorizonStep(
            months,
            _rank_correlation(running[:, months - 1], whole),
            list_overlap(top_shares(running[:, months - 1], TOP), top_shares(whole, TOP)),
            _mature(accounts, months if months < longest else None),
        )
        for months in range(1, longest + 1)
    )
    if len(known) < FEWEST:
        text = f"{len(known)} accounts are too few to choose a horizon on; {FEWEST} are needed"
        return HorizonChoice(steps, None, len(known), text)
    failing = [step.months for step in steps if not step.stands_for_the_whole]
    shortest = min(max(failing, default=0) + 1, longest)
    return HorizonChoice(steps, shortest, len(known), _text(steps, shortest, longest))


def _text(steps: tuple[HorizonStep, ...], shortest: int, longest: int) -> str:
    if shortest == longest:
        return f"no horizon below {longest} months would rank the accounts as the whole one does"
    step = steps[shortest - 1]
    return (
        f"{shortest} of {longest} months rank the accounts much as the whole horizon does (rank"
        f" correlation {step.correlation:.2f}, overlap of the best third {step.overlap:.2f}) and"
        f" would leave {step.mature:,} accounts mature instead of {steps[-1].mature:,}; a horizon"
        " must still contain the first renewal"
    )


def shorter_horizon(horizon: Period) -> Period:
    """Three quarters of a horizon: in months where they are whole, else in days.

    Parameters
    ----------
    horizon : Period
        Days or months.

    Returns
    -------
    Period
        At least a day.

    Examples
    --------
    >>> str(shorter_horizon(Period(12, "mo"))), str(shorter_horizon(Period(90, "d")))
    ('9mo', '68d')
    """
    length = SHORTER * horizon.count
    if horizon.unit == "mo" and length == round(length):
        return Period(round(length), "mo")
    days = length if horizon.unit == "d" else length * DAYS_PER_MONTH
    return Period(max(1, round(days)), "d")


def accounts_over_shorter_horizon(
    tables: Tables, data: DataSpec, economics: EconomicsSpec, engine: JoinEngine | None = None
) -> Accounts:
    """Derive the outcomes over three quarters of the horizon, from tables that are in memory.

    Parameters
    ----------
    tables : Tables
        The typed tables; no file is read again.
    data : DataSpec
        The settings of the company's data.
    economics : EconomicsSpec
        The settings of its economics.
    engine : JoinEngine, optional
        What runs the joins; DuckDB by default.

    Returns
    -------
    Accounts
        Loyalty too is what could be seen by then.

    Raises
    ------
    IcpfitError
        As `icpfit.economics.outcome.joined_accounts`.
    """
    horizon = str(shorter_horizon(period(data.horizon)))
    return joined_accounts(tables, replace(data, horizon=horizon), economics, engine=engine)


def _running_margins(accounts: Accounts, known: pd.Index, longest: int) -> np.ndarray:
    """Margin of each account by the end of each month, before acquisition cost."""
    rows = accounts.monthly
    place = known.get_indexer(pd.Index(rows["account_id"]))
    # The last days of a horizon in days may begin another month.
    month = np.minimum(rows["month"].to_numpy("int64"), longest - 1)
    inside = place >= 0
    table = np.zeros((len(known), longest))
    np.add.at(table, (place[inside], month[inside]), rows["margin"].to_numpy("float64")[inside])
    return table.cumsum(axis=1).round(6)


def _rank_correlation(one: np.ndarray, other: np.ndarray) -> float:
    first, second = (pd.Series(values).rank().to_numpy() for values in (one, other))
    if len(first) < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])


def _mature(accounts: Accounts, months: int | None) -> int:
    if months is None:
        return int(accounts.dates["is_mature"].sum())
    ends = period_end(accounts.dates["started_on"], Period(months, "mo"))
    return int((period_end(ends, accounts.lag) <= pd.Timestamp(accounts.as_of)).sum())
