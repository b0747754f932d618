"""How much of each activity an account needs over its horizon, and what of it can be foreseen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from icpfit.economics.units import hours_per
from icpfit.insight.service.foresight import foreseen
from icpfit.measure.estimate import Estimate
from icpfit.measure.group_means import group_means

if TYPE_CHECKING:
    import pandas as pd

    from icpfit.economics.outcome import Accounts
    from icpfit.economics.rate_card import RateCard
    from icpfit.evidence.trial import Trial

__all__ = ["ServedActivity", "ServiceQuantities", "service_quantities"]


@dataclass(frozen=True)
class ServedActivity:
    """One activity as one team gives it.

    Parameters
    ----------
    activity, served_by : str
        What is done, and by whom.
    remedial : bool
        Whether most of it makes up for something that went wrong.
    unit : str
        Of the quantity: ``hour`` for every unit of time, else the rate card's.
    counted : {"quantity", "events"}
        Whether its quantity was given, or only its rows could be counted.
    mean : Estimate
        Quantity of an account over the horizon, measured.
    skill : Estimate
        Share of the deviance around the mean that the facts known before the sale take away.
    basis : {"model", "group mean"}
        What is expected of a group: the mean of its predictions, where these beat the mean on
        accounts not seen, else the mean of what it was seen to need.
    """

    activity: str
    served_by: str
    remedial: bool
    unit: str
    counted: Literal["quantity", "events"]
    mean: Estimate
    skill: Estimate
    basis: Literal["model", "group mean"]


@dataclass(frozen=True, eq=False)
class ServiceQuantities:
    """Needed and expected quantities, account by account.

    Parameters
    ----------
    activities : tuple of ServedActivity
        By team and activity.
    accounts : Index, length n
        In plain string order.
    needed, expected : ndarray of float64, shape (n, activities)
        What was needed over the horizon, and what was expected by models that had not seen the
        account (equal to `needed` where the basis is the group mean).
    """

    activities: tuple[ServedActivity, ...]
    accounts: pd.Index
    needed: npt.NDArray[np.float64]
    expected: npt.NDArray[np.float64]


def service_quantities(
    accounts: Accounts, trial: Trial | None, card: RateCard, *, seed: int = 0
) -> ServiceQuantities:
    """Measure what each account needed of every activity, and expect it from what was known before.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts; those that a model may learn from count.
    trial : Trial or None
        Its features; without one nothing is foreseen and every basis is the group mean.
    card : RateCard
        Units of the activities.
    seed : int
        Of folds, forests and bootstrap.

    Returns
    -------
    ServiceQuantities
        Quantities are not discounted. An account without a row needed none: its logs cover its
        horizon.

    Notes
    -----
    An activity whose rows bring no quantity is counted in rows, so that a return counts as one.
    """
    used = accounts.used.sort_values()
    costs = accounts.activity_costs
    costs = costs[costs["account_id"].isin(used)]
    told: list[ServedActivity] = []
    needed: list[npt.NDArray[np.float64]] = []
    expected: list[npt.NDArray[np.float64]] = []
    for key, mine in costs.groupby(["served_by", "activity"], sort=True):
        team, activity = (str(part) for part in key)
        listed = card.activities.get(activity)
        given = "event" if listed is None else listed.unit
        counted: Literal["quantity", "events"]
        counted = "quantity" if float(mine["quantity"].sum()) > 0 else "events"
        hours = hours_per(given) if counted == "quantity" else None
        unit = given if hours is None else "hour"
        summed = mine.groupby("account_id")[counted].sum().reindex(used).fillna(0.0)
        quantity = summed.astype("float64") * (1.0 if hours is None else hours)
        none = Estimate(float("nan"), n=len(used), note="no model was trained")
        skill, basis, ahead = none, "group mean", quantity.to_numpy("float64")
        if trial is not None:
            found = foreseen(accounts, trial, quantity, seed=seed)
            skill = found.skill
            if found.beats_the_mean:
                basis, ahead = "model", found.expected
        money = mine.groupby("remedial")["amount"].sum()
        [mean] = group_means(
            quantity.to_numpy("float64")[:, None], used.to_numpy(), n_boot=1000, seed=seed
        )
        told.append(
            ServedActivity(
                activity=activity,
                served_by=team,
                remedial=float(money.get(True, 0.0)) > float(money.get(False, 0.0)),
                unit=unit,
                counted=counted,
                mean=mean,
                skill=skill,
                basis="model" if basis == "model" else "group mean",
            )
        )
        needed.append(np.asarray(quantity, dtype=np.float64))
        expected.append(np.asarray(ahead, dtype=np.float64))
    return ServiceQuantities(
        tuple(told), used, _side_by_side(needed, len(used)), _side_by_side(expected, len(used))
    )


def _side_by_side(columns: list[npt.NDArray[np.float64]], rows: int) -> npt.NDArray[np.float64]:
    table = np.zeros((rows, len(columns)))
    for at, column in enumerate(columns):
        table[:, at] = column
    return table
