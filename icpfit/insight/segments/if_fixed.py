"""The outcome a second time, with remedial cost gone; and where that cost comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from icpfit.economics.label import profitable_fit
from icpfit.economics.margin import without_remedial
from icpfit.insight.segments.found import RemedialCause

if TYPE_CHECKING:
    import pandas as pd

    from icpfit.economics.label import LabelRule
    from icpfit.economics.outcome import Accounts
    from icpfit.economics.rate_card import RateCard

__all__ = ["both_outcomes", "remedial_causes"]

MOST_CAUSES = 6


def both_outcomes(accounts: Accounts, rule: LabelRule) -> pd.DataFrame:
    """Return the outcome as it happened and as it would be without remedial cost.

    The margin with the remedial cost added back, and the label derived from it by the same rule.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.
    rule : LabelRule
        What makes a profitable fit.

    Returns
    -------
    DataFrame, shape (n used, 6)
        ``fit``, ``margin``, ``cost_to_serve``, ``remedial_cost``, ``fit_if_fixed``,
        ``margin_if_fixed`` of every account that a model may learn from, float64, fit as 1 and 0;
        the last two NaN where the account's remedial cost is unknown, and for all accounts where
        no cost is marked as remedial.

    Notes
    -----
    Loyalty stays as it was: that customers would have been happier is not assumed. For a label
    that compares accounts with each other, all have their remedial cost removed at once.
    """
    used = accounts.used
    outcomes = accounts.outcomes.loc[used]
    table = outcomes[["margin", "cost_to_serve", "remedial_cost"]].astype("float64")
    table.insert(0, "fit", outcomes["fit"].astype("float64"))
    known = table["remedial_cost"].notna()
    if not (table.loc[known, "remedial_cost"] != 0).any():
        return table.assign(fit_if_fixed=np.nan, margin_if_fixed=np.nan)
    mended = without_remedial(outcomes)
    peers = accounts.facts.loc[used, rule.peers] if rule.kind == "peer_relative" else None
    years = accounts.dates.loc[used, "started_on"].dt.year
    label = profitable_fit(mended, rule, cohort=years, peers=peers)
    return table.assign(
        fit_if_fixed=label.astype("Float64").to_numpy(dtype="float64", na_value=np.nan),
        margin_if_fixed=mended["margin"].astype("float64"),
    )


def remedial_causes(
    accounts: Accounts, members: pd.Index, card: RateCard
) -> tuple[RemedialCause, ...]:
    """Return where the remedial cost of a group comes from.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.
    members : Index
        The group's accounts.
    card : RateCard
        For the units.

    Returns
    -------
    tuple of RemedialCause
        By activity and group that caused it, the largest amount first, six at most; empty where
        the group has no remedial cost.
    """
    rows = accounts.activity_costs
    rows = rows[rows["remedial"].astype(bool) & rows["account_id"].isin(members)]
    total = float(rows["amount"].sum())
    if rows.empty or total <= 0:
        return ()
    sums = rows.groupby(["activity", "caused_by"], sort=True)[["amount", "quantity", "events"]]
    table = sums.sum().sort_values("amount", ascending=False, kind="stable").head(MOST_CAUSES)
    causes = []
    for row in table.reset_index().to_dict("records"):
        listed = card.activities.get(str(row["activity"]))
        counted = listed is not None and row["quantity"] > 0
        causes.append(
            RemedialCause(
                activity=str(row["activity"]),
                caused_by=str(row["caused_by"]),
                quantity=float(row["quantity" if counted else "events"]) / len(members),
                unit=listed.unit if listed is not None and counted else "events",
                amount=float(row["amount"]) / len(members),
                share=float(row["amount"]) / total,
            )
        )
    return tuple(causes)
