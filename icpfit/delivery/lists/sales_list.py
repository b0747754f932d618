"""A scored list as sales works with it: next steps, relations, the order of calls, what changed."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from icpfit.data.sources.source_files import near_names
from icpfit.delivery.lists.call_order import call_order
from icpfit.delivery.lists.next_step import next_steps
from icpfit.delivery.lists.relation import list_texts, relations, repeated_ids
from icpfit.errors import SettingsError

if TYPE_CHECKING:
    from icpfit.data.known_companies import KnownCompanies
    from icpfit.data.prospect_list import ProspectList
    from icpfit.delivery.lists.changes import Changes
    from icpfit.delivery.lists.relation import Identity

__all__ = ["CallPlan", "SalesList", "call_plan", "owner_texts", "sales_list"]


@dataclass(frozen=True)
class CallPlan:
    """How many calls there is time for.

    Parameters
    ----------
    capacity : int or None
        Calls, for each owner where there are owners; None gives no order.
    by : str or None
        The list's column that says who calls.
    explore : float
        Share of the calls that is for exploration, 0 to 1.
    sort : {"call_order"} or None
        Whether the rows are written in the order of the calls.
    """

    capacity: int | None = None
    by: str | None = None
    explore: float = 0.1
    sort: Literal["call_order"] | None = None

    def __post_init__(self) -> None:
        if self.capacity is not None and self.capacity < 1:
            raise ValueError(f"capacity: expected 1 or more calls, found {self.capacity}")
        if not 0 <= self.explore <= 1:
            raise ValueError(f"explore: expected a share of 0 to 1, found {self.explore:g}")
        for key, value in (("capacity_by", self.by), ("sort", self.sort)):
            if value is not None and self.capacity is None:
                raise ValueError(f"{key}: needs capacity=, the number of calls there is time for")


@dataclass(frozen=True)
class SalesList:
    """A scored list, ready to be written.

    Parameters
    ----------
    listed : ProspectList
        The list, its rows in the order in which they are written.
    added : pandas.DataFrame
        All added columns, row for row.
    notes : tuple of str
        What a reader should know of the list as a whole.
    score_before : numpy.ndarray of float
        Score in the earlier list; NaN where there was none.
    """

    listed: ProspectList
    added: pd.DataFrame
    notes: tuple[str, ...] = ()
    score_before: np.ndarray[tuple[int], np.dtype[np.float64]] = field(
        default_factory=lambda: np.empty(0)
    )


def call_plan(
    capacity: int | None, by: str | None, explore: float, sort: Literal["call_order"] | None
) -> CallPlan:
    """Return how many calls there is time for, by what the settings of a job say.

    Parameters
    ----------
    capacity : int or None
        Calls.
    by : str or None
        The column that says who calls.
    explore : float
        Share of the calls for exploration.
    sort : {"call_order"} or None
        The order of the rows.

    Returns
    -------
    CallPlan
        The same.

    Raises
    ------
    SettingsError
        For a number that can't be, or an order without calls; it names the key.

    Examples
    --------
    >>> call_plan(None, None, 0.1, "call_order")
    Traceback (most recent call last):
    ...
    icpfit.errors.SettingsError: sort: needs capacity=, the number of calls there is time for
    """
    try:
        return CallPlan(capacity, by, explore, sort)
    except ValueError as error:
        raise SettingsError(str(error)) from None


def owner_texts(listed: ProspectList, by: str | None) -> list[str | None] | None:
    """Return who calls each row.

    Parameters
    ----------
    listed : ProspectList
        The list.
    by : str or None
        The column that says it.

    Returns
    -------
    list of str or None, or None
        None without such a column being asked for.

    Raises
    ------
    SettingsError
        When the list has no such column.
    """
    if by is None:
        return None
    names = listed.original.column_names
    if by not in names:
        raise SettingsError(f"capacity_by: the list has no column '{by}'; {near_names(by, names)}")
    return list_texts(listed, by)


def sales_list(
    listed: ProspectList,
    scored: pd.DataFrame,
    *,
    identity: Identity,
    known: KnownCompanies | None,
    ignore_case: bool = False,
    plan: CallPlan | None = None,
    objective: str = "margin",
    changed: Changes | None = None,
) -> SalesList:
    """Return a scored list with what sales needs around it.

    Parameters
    ----------
    listed : ProspectList
        The list as it was read.
    scored : pandas.DataFrame
        From `scored_frame`, for the same rows.
    identity : Identity
        From `list_identity`.
    known : KnownCompanies or None
        Accounts and open deals; None where they couldn't be read.
    ignore_case : bool
        Whether ids are compared without case.
    plan : CallPlan, optional
        Gives ``call_order`` and ``call_for``.
    objective : {"margin", "fit"}
        What ranks.
    changed : Changes, optional
        Gives ``grade_before`` and ``changed_because``.

    Returns
    -------
    SalesList
        The added columns of `scored` as they are, but that ``caution`` also names an id that
        stands in several rows; behind them ``next_step``, ``relation`` and what was asked for.

    Raises
    ------
    SettingsError
        When the plan's column isn't in the list.
    """
    plan = plan or CallPlan()
    owners = owner_texts(listed, plan.by)
    related = relations(identity, known, ignore_case=ignore_case)
    steps = next_steps(scored, related)
    added = scored.assign(caution=_cautions(scored["caution"], listed.ids))
    added["next_step"] = pd.Series(steps, index=added.index, dtype="object")
    added["relation"] = pd.Series(related, index=added.index, dtype="object")
    notes = []
    order = np.arange(len(scored))
    if plan.capacity is not None:
        calls = call_order(
            scored,
            steps.tolist(),
            listed.ids,
            capacity=plan.capacity,
            owners=owners,
            explore=plan.explore,
            objective=objective,
        )
        added["call_order"] = calls.order
        added["call_for"] = pd.Series(calls.call_for, index=added.index, dtype="object")
        if calls.spare:
            notes.append(
                f"{calls.spare:,} more calls would be possible than the list has rows to call or"
                " to explore"
            )
        if plan.sort is not None:
            order = _sorted_rows(calls.order, owners)
    before = np.full(len(scored), np.nan)
    if changed is not None:
        added["grade_before"] = pd.Series(changed.grade_before, index=added.index, dtype="object")
        because = pd.Series(changed.changed_because, index=added.index, dtype="object")
        added["changed_because"] = because
        before = changed.score_before
    if plan.sort is not None:
        listed, added, before = _taken(listed, order), added.iloc[order], before[order]
        added = added.reset_index(drop=True)
    return SalesList(listed, added, tuple(notes), before)


def _cautions(cautions: pd.Series, ids: list[str | None]) -> pd.Series:
    said = cautions.tolist()
    for row, repeat in repeated_ids(ids).items():
        said[row] = "; ".join([*([said[row]] if isinstance(said[row], str) else []), repeat])
    return pd.Series(said, index=cautions.index, dtype="object")


def _sorted_rows(
    order: np.ndarray[tuple[int], np.dtype[np.float64]], owners: list[str | None] | None
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the rows by owner in the order of their calls, the others behind as they came."""
    who = owners or [None] * len(order)
    called = [row for row in range(len(order)) if not np.isnan(order[row])]
    called.sort(key=lambda row: (who[row] or "", order[row]))
    rest = [row for row in range(len(order)) if np.isnan(order[row])]
    return np.array([*called, *rest], dtype=np.int64)


def _taken(listed: ProspectList, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> ProspectList:
    places = {int(row): place for place, row in enumerate(rows)}
    opened = listed.opened_on
    return dataclasses.replace(
        listed,
        original=listed.original.take(rows),
        ids=[listed.ids[row] for row in rows],
        names=[listed.names[row] for row in rows],
        facts=listed.facts.iloc[rows].reset_index(drop=True),
        opened_on=None if opened is None else opened.iloc[rows].reset_index(drop=True),
        unreadable=dict(sorted((places[r], said) for r, said in listed.unreadable.items())),
    )
