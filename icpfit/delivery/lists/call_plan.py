"""How many calls there is time for, and the rows of a list that may be among them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from icpfit.data.sources.source_files import near_names
from icpfit.delivery.lists.call_order import call_order, draw_of, exploration_quota
from icpfit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from icpfit.delivery.lists.call_order import Calls

__all__ = ["CallPlan", "CallPool", "PlannedCalls", "call_plan", "require_owners"]

_COLUMNS = ("row", "owner", "id", "step", "margin_if_won", "fit_if_won")
_STEPS = ("call", "explore", "nurture")
# Rows that wait before those that can't be called any more are dropped.
_WAITING = 200_000


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


@dataclass(frozen=True, eq=False)
class PlannedCalls:
    """The rows of a list that are called.

    Attributes
    ----------
    rows : numpy.ndarray of int64
        Which, in the order of the list.
    calls : Calls
        Order and purpose of each of them.
    sequence : numpy.ndarray of int64
        The same rows by owner, in the order of their calls; those that nobody owns come last.
    unowned : int
        How many of them nobody owns, where each owner has calls of their own.
    """

    rows: npt.NDArray[np.int64]
    calls: Calls
    sequence: npt.NDArray[np.int64]
    unowned: int

    def columns(self, start: int, n: int) -> tuple[pa.Array, pa.Array]:
        """Return ``call_order`` and ``call_for`` of n rows from one on."""
        first, last = np.searchsorted(self.rows, (start, start + n)).tolist()
        order, purpose = np.full(n, np.nan), np.full(n, None, dtype=object)
        here = self.rows[first:last] - start
        order[here] = self.calls.order[first:last]
        purpose[here] = self.calls.call_for[first:last]
        return pa.array(order, from_pandas=True), pa.array(purpose, pa.string())


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


def require_owners(names: Sequence[str], by: str | None) -> None:
    """Refuse a plan by a column that the list doesn't have.

    Parameters
    ----------
    names : sequence of str
        The list's columns.
    by : str or None
        The column that says who calls.

    Raises
    ------
    SettingsError
        It names those that are near.
    """
    if by is not None and by not in names:
        near = near_names(by, list(names))
        raise SettingsError(f"capacity_by: the list has no column '{by}'; {near}")


class CallPool:
    """The rows that may be called, out of a list that is seen piece by piece.

    Parameters
    ----------
    plan : CallPlan
        With a capacity.
    objective : {"margin", "fit"}
        What ranks.

    Notes
    -----
    Of each owner the best rows of each step are kept, as many as there are calls, and those that
    the draw for exploration would take first: what is dropped can't be called, whatever comes.
    """

    def __init__(self, plan: CallPlan, objective: str) -> None:
        self._plan, self._objective = plan, objective
        self._quota = exploration_quota(plan.capacity or 1, plan.explore)
        self._waiting: list[pd.DataFrame] = []
        self._owners: set[str | None] = set()

    def add(
        self, start: int, ids: pa.Array, added: pa.RecordBatch, owners: pa.Array | None
    ) -> None:
        """Take in some rows.

        Parameters
        ----------
        start : int
            Rows of the list before these.
        ids : pyarrow.Array of text
            Their ids.
        added : pyarrow.RecordBatch
            Their added columns, with ``next_step``.
        owners : pyarrow.Array of text, or None
            Who calls each.
        """
        n = added.num_rows
        who = pa.nulls(n, pa.string()) if owners is None else owners
        self._owners |= set(pc.unique(who).to_pylist())
        may_be = pc.is_in(added["next_step"], pa.array(_STEPS))
        here = pc.indices_nonzero(may_be)
        columns = {
            "row": pa.array(np.arange(start, start + n)),
            "owner": who,
            "id": ids,
            "step": added["next_step"],
            "margin_if_won": added["margin_if_won"],
            "fit_if_won": added["fit_if_won"],
        }
        self._waiting.append(pa.record_batch(columns).take(here).to_pandas())
        if sum(map(len, self._waiting)) > _WAITING:
            self._drop()

    def calls(self) -> PlannedCalls:
        """Return who is called, once all rows were seen."""
        kept = self._drop().sort_values("row")
        rows = kept["row"].to_numpy(np.int64)
        ids, owners = _texts(kept["id"]), _texts(kept["owner"])
        found = call_order(
            kept,
            kept["step"].tolist(),
            ids,
            capacity=self._plan.capacity or 1,
            owners=owners,
            explore=self._plan.explore,
            objective=self._objective,
        )
        # Owners of whose rows none is worth a call have all their calls to spare.
        idle = len(self._owners - set(owners)) * (self._plan.capacity or 1)
        found = dataclasses.replace(found, spare=found.spare + idle)
        called = np.flatnonzero(~np.isnan(found.order))
        order = sorted(
            called.tolist(), key=lambda k: (not owners[k], owners[k] or "", found.order[k])
        )
        unowned = sum(not owners[k] for k in called) if self._plan.by is not None else 0
        return PlannedCalls(rows, found, rows[order], unowned)

    def _drop(self) -> pd.DataFrame:
        if not self._waiting:
            return pd.DataFrame({name: [] for name in _COLUMNS})
        rows = pd.concat(self._waiting, ignore_index=True)
        worth = rows["fit_if_won" if self._objective == "fit" else "margin_if_won"]
        rows["worth"] = -worth.to_numpy(np.float64)
        rows["named"] = [name or "" for name in _texts(rows["id"])]
        rows["who"] = pd.factorize(rows["owner"], use_na_sentinel=False)[0]
        best = rows.sort_values(["who", "step", "worth", "named", "row"])
        best = best.groupby(["who", "step"], sort=False).head(self._plan.capacity or 1)
        chosen = set(best.index[best["step"] != "nurture"])
        if self._quota:
            drawn = rows[rows["step"] != "call"].copy()
            drawn["draw"] = [draw_of(name) for name in drawn["named"]]
            drawn = drawn.sort_values(["who", "step", "draw", "row"])
            chosen |= set(drawn.groupby(["who", "step"], sort=False).head(self._quota).index)
        kept = rows.loc[sorted(chosen), list(_COLUMNS)]
        self._waiting = [kept]
        return kept


def _texts(values: pd.Series) -> list[str | None]:
    return [value if isinstance(value, str) else None for value in values.tolist()]
