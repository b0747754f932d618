"""Where the money is: who earns it, what takes it away, who causes that, and when it comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from icpfit.icp.selection import is_selected
from icpfit.insight.profit.causes_matrix import CausesMatrix, causes_matrix
from icpfit.insight.profit.lost_money import LossesByCause, losses_by_cause
from icpfit.insight.profit.loyalty_groups import LoyaltyGroups, loyalty_groups
from icpfit.insight.profit.months import MonthlyMargin, monthly_margin
from icpfit.insight.profit.predicted_realised import (
    FIXED_LOST,
    GOOD_LOST,
    predicted_and_realised,
)
from icpfit.insight.profit.waterfalls import GroupWaterfall, group_waterfalls
from icpfit.insight.profit.whale_band import WhaleBand, whale_band
from icpfit.insight.service.apart import accounts_apart

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from icpfit.economics.outcome import Accounts
    from icpfit.economics.spec import EconomicsSpec
    from icpfit.evidence.trial import Trial
    from icpfit.icp.profile import Profile

__all__ = ["APART", "WhereTheMoneyIs", "where_the_money_is"]

APART = "customers compared"
"""Those that took no part in finding the proposed ICP."""


@dataclass(frozen=True, eq=False)
class WhereTheMoneyIs:
    """Where the margin is made and lost.

    Parameters
    ----------
    currency, horizon : str
        As in the settings; the horizon as "12mo".
    n : int
        Accounts with a known margin.
    whale : WhaleBand
        Over them.
    waterfalls : tuple of GroupWaterfall
        Of the whole first, then of the current and the proposed ICP and any group asked for.
        Where the proposed ICP was found on some of the accounts, both profiles are taken over
        the others, which stand before them as "customers compared".
    causes, remedial_causes : CausesMatrix or None
        Of all cost to serve, and of the remedial cost alone; None where there is none.
    loyalty : LoyaltyGroups
        Margin against loyalty.
    months : tuple of MonthlyMargin
        Of the whole first, then of the same groups.
    customers : DataFrame or None
        Predicted against realised, one row per customer; None where no model may be used.
    good_lost, fixed_lost : LossesByCause or None
        Good fits that lost money, and those that would be a good fit once fixed.
    note : str
        Why there are no predictions, else "".
    """

    currency: str
    horizon: str
    n: int
    whale: WhaleBand
    waterfalls: tuple[GroupWaterfall, ...]
    causes: CausesMatrix | None
    remedial_causes: CausesMatrix | None
    loyalty: LoyaltyGroups
    months: tuple[MonthlyMargin, ...]
    customers: pd.DataFrame | None
    good_lost: LossesByCause | None
    fixed_lost: LossesByCause | None
    note: str = ""


def where_the_money_is(
    accounts: Accounts,
    trial: Trial | None,
    economics: EconomicsSpec,
    *,
    current: Profile | None = None,
    proposed: Profile | None = None,
    groups: dict[str, pd.Index] | None = None,
    reported_on: pd.Index | None = None,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> WhereTheMoneyIs | None:
    """Find where the margin is made, where it is lost, and which losses nobody saw coming.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts; those with a known margin count.
    trial : Trial or None
        For predicted against realised; without one that part is empty.
    economics : EconomicsSpec
        Label and rate card.
    current, proposed : Profile, optional
        Their accounts have waterfalls and months of their own.
    groups : dict of str to Index, optional
        Further groups, name to accounts.
    reported_on : Index, optional
        Accounts on which the proposed ICP is reported, apart from those on which it was found;
        the hold-out is added, and both profiles are taken over these. By default all.
    seed : int
        Of every bootstrap.
    progress : callable, optional
        Told what is being done.

    Returns
    -------
    WhereTheMoneyIs or None
        None where no account has a known margin.
    """
    tell = progress or (lambda _text: None)
    margin = accounts.outcomes["margin"].dropna().astype("float64")
    if margin.empty:
        return None
    tell("where the margin is made")
    facts = accounts.facts.loc[margin.index]
    named: dict[str, pd.Index] = {}
    for role, profile in (("current ICP", current), ("proposed ICP", proposed)):
        if profile is not None:
            named[role] = margin.index[is_selected(profile, facts).to_numpy(dtype=bool)]
    apart = accounts_apart(accounts, trial, reported_on) if proposed is not None else None
    if apart is not None:
        # Over the same accounts, so that what drifts over the years is not taken for a difference.
        named = {role: ids.intersection(apart) for role, ids in named.items()}
        named = {APART: margin.index.intersection(apart), **named}
    named |= groups or {}
    months = [monthly_margin(accounts, seed=seed)]
    months += [monthly_margin(accounts, ids, name=name, seed=seed) for name, ids in named.items()]
    customers = good = fixed = None
    note = _why_no_predictions(trial)
    if trial is not None and not note:
        tell("predicted against realised")
        customers = predicted_and_realised(accounts, trial, seed=seed)
        good, fixed = (
            losses_by_cause(accounts, customers, standing, economics.rate_card, seed=seed)
            for standing in (GOOD_LOST, FIXED_LOST)
        )
    return WhereTheMoneyIs(
        currency=accounts.currency,
        horizon=str(accounts.horizon),
        n=len(margin),
        whale=whale_band(margin.to_numpy(), margin.index.to_numpy(), seed=seed),
        waterfalls=group_waterfalls(accounts, named, seed=seed),
        causes=causes_matrix(accounts, seed=seed),
        remedial_causes=causes_matrix(accounts, remedial_only=True, seed=seed),
        loyalty=loyalty_groups(accounts, economics.label, seed=seed),
        months=tuple(one for one in months if one is not None),
        customers=customers,
        good_lost=good,
        fixed_lost=fixed,
        note=note,
    )


def _why_no_predictions(trial: Trial | None) -> str:
    if trial is None:
        return "no model was trained, so nothing was predicted"
    if trial.signal.tier == "none":
        return "what was known before the sale tells nothing, so nothing was predicted"
    return "" if trial.model.grading is not None else "the model has not been judged"
