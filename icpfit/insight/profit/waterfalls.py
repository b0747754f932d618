"""The way from revenue to margin for any group of accounts, with the luck in every step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from icpfit.economics.waterfall import MarginStep, margin_waterfall
from icpfit.measure.group_means import group_means

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    import pandas as pd

    from icpfit.economics.outcome import Accounts
    from icpfit.measure.estimate import Estimate

__all__ = ["GroupWaterfall", "group_waterfall", "group_waterfalls"]

_COLUMNS = {"revenue": 1.0, "direct_cost": -1.0, "acquisition_cost": -1.0, "margin": 1.0}


@dataclass(frozen=True)
class GroupWaterfall:
    """One group's way from revenue to margin.

    Parameters
    ----------
    name : str
        Of the group; "all customers" for the whole.
    n : int
        Its accounts with a known margin.
    steps : tuple of MarginStep
        As `icpfit.economics.waterfall.margin_waterfall`.
    amounts : tuple of Estimate
        Average of an account in each step, currency units; what is taken away is negative.
    """

    name: str
    n: int
    steps: tuple[MarginStep, ...]
    amounts: tuple[Estimate, ...]


def group_waterfall(
    accounts: Accounts,
    members: pd.Index | None = None,
    *,
    name: str = "all customers",
    seed: int = 0,
) -> GroupWaterfall:
    """Walk from revenue to margin over a group, with an interval for every step.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts; those with a margin count.
    members : Index, optional
        The group's accounts; all by default.
    name : str
        What readers call the group.
    seed : int
        Of the bootstrap.

    Returns
    -------
    GroupWaterfall
        The amounts but the last add up to the last.
    """
    steps = tuple(margin_waterfall(accounts, members))
    known = accounts.outcomes[accounts.outcomes["margin"].notna()].sort_index()
    if members is not None:
        known = known[known.index.isin(members)]
    table = np.column_stack([_per_account(accounts, known, step) for step in steps])
    amounts = group_means(table, known.index.to_numpy(), seed=seed)
    return GroupWaterfall(name, len(known), steps, amounts)


def group_waterfalls(
    accounts: Accounts, groups: Mapping[str, pd.Index], *, seed: int = 0
) -> tuple[GroupWaterfall, ...]:
    """Walk from revenue to margin over the whole and over each group.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.
    groups : Mapping of str to Index
        Name to accounts.
    seed : int
        Of the bootstrap.

    Returns
    -------
    tuple of GroupWaterfall
        The whole first; groups without an account are left out.
    """
    whole = group_waterfall(accounts, seed=seed)
    parts = [
        group_waterfall(accounts, members, name=name, seed=seed) for name, members in groups.items()
    ]
    return (whole, *(part for part in parts if part.n))


def _per_account(
    accounts: Accounts, known: pd.DataFrame, step: MarginStep
) -> npt.NDArray[np.float64]:
    column = {"direct": "direct_cost", "acquisition": "acquisition_cost"}.get(step.kind, step.kind)
    if column in _COLUMNS:
        values = known[column].fillna(0.0).to_numpy("float64")
        return np.asarray(_COLUMNS[column] * values)
    costs = accounts.activity_costs
    mine = costs[
        (costs["activity"] == step.label) & (costs["remedial"] == (step.kind == "remedial"))
    ]
    amount = mine.groupby("account_id")["amount"].sum()
    return -amount.reindex(known.index).fillna(0.0).to_numpy("float64")
