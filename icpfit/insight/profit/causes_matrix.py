"""Who causes the cost to serve, and who serves: not always the same group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from icpfit.measure.group_means import figures_of_means

if TYPE_CHECKING:
    import pandas as pd

    from icpfit.economics.outcome import Accounts
    from icpfit.measure.estimate import Estimate

__all__ = ["UNKNOWN", "CausesMatrix", "causes_matrix"]

UNKNOWN = "unknown"


@dataclass(frozen=True, eq=False)
class CausesMatrix:
    """Cost by who caused it and who served, over the accounts' horizons.

    Parameters
    ----------
    amounts : DataFrame
        Who caused it (rows, the largest first, "unknown" last) by who served (columns, the largest
        first, "unknown" last); currency units in all, discounted.
    caused : dict of str to Estimate
        Share of the cost that each group causes, 0 to 1, in the order of the rows.
    crossed : Estimate
        Share of the cost that is known to be caused by another group than the one that serves.
    unknown : float
        Share of the cost without a known cause, 0 to 1.
    total : float
        Currency units.
    n : int
        Accounts.
    """

    amounts: pd.DataFrame
    caused: dict[str, Estimate]
    crossed: Estimate
    unknown: float
    total: float
    n: int


def causes_matrix(
    accounts: Accounts,
    members: pd.Index | None = None,
    *,
    remedial_only: bool = False,
    seed: int = 0,
) -> CausesMatrix | None:
    """Lay the cost to serve out by who caused it and who served.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts; those with a known margin count.
    members : Index, optional
        Only these accounts; all by default.
    remedial_only : bool
        Whether only the cost of what went wrong counts.
    seed : int
        Of the bootstrap.

    Returns
    -------
    CausesMatrix or None
        None where there is no cost.

    Notes
    -----
    Planned service counts too: it is caused by what was sold. Groups of equal cost stand in the
    order of their names.
    """
    known = accounts.outcomes.index[accounts.outcomes["margin"].notna()].sort_values()
    if members is not None:
        known = known[known.isin(members)]
    costs = accounts.activity_costs
    costs = costs[costs["account_id"].isin(known)]
    if remedial_only:
        costs = costs[costs["remedial"]]
    total = float(costs["amount"].sum())
    if total <= 0:
        return None
    amounts = costs.pivot_table(
        index="caused_by", columns="served_by", values="amount", aggfunc="sum", fill_value=0.0
    )
    amounts = amounts.loc[_ordered(amounts.sum(axis=1)), _ordered(amounts.sum(axis=0))]
    by_cause = costs.pivot_table(
        index="account_id", columns="caused_by", values="amount", aggfunc="sum", fill_value=0.0
    ).reindex(index=known, columns=list(amounts.index), fill_value=0.0)
    apart = costs[(costs["caused_by"] != UNKNOWN) & (costs["caused_by"] != costs["served_by"])]
    crossed = apart.groupby("account_id")["amount"].sum().reindex(known).fillna(0.0)
    table = np.column_stack([by_cause.to_numpy("float64"), crossed.to_numpy("float64")])
    causes = by_cause.shape[1]

    def shares(means: np.ndarray) -> np.ndarray:
        parts = means[:, 0]
        whole = parts[:, :causes].sum(axis=1, keepdims=True)
        return np.asarray(np.divide(parts, np.where(whole > 0, whole, np.nan)))

    inside = np.ones((len(known), 1), dtype=bool)
    found = figures_of_means(table, inside, known.to_numpy(), shares, n_boot=1000, seed=seed)
    unknown = float(costs.loc[costs["caused_by"] == UNKNOWN, "amount"].sum()) / total
    caused = dict(zip((str(name) for name in amounts.index), found[:-1], strict=True))
    return CausesMatrix(amounts, caused, found[-1], unknown, total, len(known))


def _ordered(sums: pd.Series) -> list[str]:
    sizes = zip(sums.to_numpy("float64").round(4).tolist(), map(str, sums.index), strict=True)
    by_size = sorted((-size, name) for size, name in sizes)
    names = [name for _, name in by_size]
    return [*(n for n in names if n != UNKNOWN), *(n for n in names if n == UNKNOWN)]
