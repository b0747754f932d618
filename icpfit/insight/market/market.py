"""A market that is only an idea: what the accounts served so far can tell of it, and what not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from icpfit.insight.market.likeness import likeness
from icpfit.insight.market.nearest import SimilarAccount, nearest_accounts
from icpfit.insight.market.pilot import Pilot, pilot
from icpfit.insight.market.similar import account_figures, mean_estimate, team_loads
from icpfit.measure.intervals import interval, paired_bootstrap
from icpfit.measure.weighted import weighted_mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from icpfit.economics.outcome import Accounts
    from icpfit.economics.rate_card import RateCard
    from icpfit.fit.model import Model
    from icpfit.icp.profile import Profile
    from icpfit.insight.market.likeness import ConditionMet
    from icpfit.insight.market.similar import AccountFigures, TeamLoad
    from icpfit.measure.estimate import Estimate

__all__ = ["Market", "MissingFact", "explored_market"]

NEAR = 1 / 3
"""An account is near when at most a third of the weight of a group's conditions is off."""
ENOUGH, SOME = 30, 10
"""Accounts from which the data speak of a market, and from which they speak a little."""
_TOO_OFTEN_MISSING = 0.4

Speaks = Literal["yes", "a little", "no"]
Basis = Literal["matching", "near", "all"]


@dataclass(frozen=True)
class MissingFact:
    """A fact that is often missing of the accounts that speak.

    Parameters
    ----------
    attribute : str
        Its name, and `words`, what readers call it.
    words : str
        What readers call it.
    share : float
        Share of them without it, 0 to 1.
    """

    attribute: str
    words: str
    share: float


@dataclass(frozen=True, eq=False)
class Market:
    """What the data tell of a market that is only an idea.

    Parameters
    ----------
    idea : Profile
        The market.
    speaks : {"yes", "a little", "no"}
        Whether the data tell anything of it: from 30 matching accounts on; from 10 matching or near
        ones on; else not. Not either where a condition of every group was never met by anybody.
    basis : {"matching", "near", "all"}
        Which accounts the figures are of; "all" is no more than a yardstick.
    n_customers, n_used : int
        Customers ever won, and those whose outcome is known.
    n_matching, n_matching_used, n_near : int
        Customers that match, of these with a known outcome; and, of those with a known outcome,
        how many are near, matching ones included.
    conditions : tuple of ConditionMet
        Each condition, and who ever met it.
    impossible : tuple of str
        Groups of the idea with a condition that no customer meets.
    missing : tuple of MissingFact
        Facts missing of 40 % of the basis or more.
    figures, everyone : AccountFigures
        Of the basis, and of all used accounts.
    exact : AccountFigures or None
        Of the matching accounts alone, where there are any and they are too few to be the basis.
    difference : Estimate or None
        Mean margin of the basis less that of all other used accounts, per account.
    similar : tuple of SimilarAccount
        The nearest accounts with a known outcome, nearest first, then by id.
    load : tuple of TeamLoad
        Per 100 such customers.
    pilots : tuple of Pilot
        What it takes to tell.
    expected : Estimate or None
        Mean margin that the model expects of matching customers whose outcome isn't known yet.
    model : str
        The model's label, or empty.
    currency, horizon : str
        Of all money.
    """

    idea: Profile
    speaks: Speaks
    basis: Basis
    n_customers: int
    n_used: int
    n_matching: int
    n_matching_used: int
    n_near: int
    conditions: tuple[ConditionMet, ...]
    impossible: tuple[str, ...]
    missing: tuple[MissingFact, ...]
    figures: AccountFigures
    everyone: AccountFigures
    exact: AccountFigures | None
    difference: Estimate | None
    similar: tuple[SimilarAccount, ...]
    load: tuple[TeamLoad, ...]
    pilots: tuple[Pilot, ...]
    expected: Estimate | None
    model: str
    currency: str
    horizon: str


def explored_market(
    accounts: Accounts,
    idea: Profile,
    card: RateCard,
    *,
    model: Model | None = None,
    listed: int = 10,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Market:
    """Return what the accounts served so far tell of a market, and how a pilot would tell the rest.

    Parameters
    ----------
    accounts : Accounts
        Facts and outcomes, joined.
    idea : Profile
        Whom someone thinks of winning.
    card : RateCard
        Tells the activities' units.
    model : Model, optional
        The model in use: its drivers weigh the distance, and it scores matching customers whose
        outcome isn't known yet.
    listed : int
        How many of the nearest accounts are named.
    seed : int
        Of the bootstrap.
    progress : callable, optional
        Told what is being done.

    Returns
    -------
    Market
        It may well say that the data don't speak of it.

    Raises
    ------
    SettingsError
        If a condition is on an attribute that the facts don't have, or of another kind.

    Notes
    -----
    Only customers won were ever seen, so nothing here says how easily such companies are won. What
    near accounts left says what the market would leave if what is different about it didn't matter.
    """
    tell = progress or (lambda _text: None)
    tell("how like it each customer is")
    shares = {} if model is None else model.driver_shares
    like = likeness(idea, accounts.facts, accounts.attributes, shares)
    used = accounts.used.sort_values()
    matching = like.is_matching[like.is_matching].index
    matching_used = used[like.is_matching.loc[used].to_numpy(bool)]
    near = used[(like.distance.loc[used] <= NEAR).to_numpy(bool)]
    groups = len(idea.segments)
    speaks, basis = _verdict(len(matching_used), len(near), len(like.impossible) == groups)
    members = {"matching": matching_used, "near": near, "all": used}[basis]
    tell("what such accounts left")
    figures, everyone = (account_figures(accounts, rows, seed=seed) for rows in (members, used))
    exact = None
    if basis != "matching" and len(matching_used):
        exact = account_figures(accounts, matching_used, seed=seed)
    others = used.difference(members)
    return Market(
        idea=idea,
        speaks=speaks,
        basis=basis,
        n_customers=len(accounts.facts),
        n_used=len(used),
        n_matching=len(matching),
        n_matching_used=len(matching_used),
        n_near=len(near),
        conditions=like.conditions,
        impossible=like.impossible,
        missing=_missing(accounts, members),
        figures=figures,
        everyone=everyone,
        exact=exact,
        difference=_difference(accounts, members, others, seed=seed),
        similar=nearest_accounts(accounts, like, used, idea, listed),
        load=team_loads(accounts, members, card, seed=seed),
        pilots=_pilots(accounts, members, figures, everyone),
        expected=_expected(accounts, matching.difference(used), model, seed=seed),
        model="" if model is None else model.version,
        currency=accounts.currency,
        horizon=str(accounts.horizon),
    )


def _verdict(matching: int, near: int, is_impossible: bool) -> tuple[Speaks, Basis]:
    if matching >= ENOUGH:
        return "yes", "matching"
    if max(matching, near) < SOME:
        return "no", "all"
    basis: Basis = "matching" if matching >= SOME and near < ENOUGH else "near"
    return ("no" if is_impossible else "a little"), basis


def _missing(accounts: Accounts, members: pd.Index) -> tuple[MissingFact, ...]:
    found = []
    for name, attribute in accounts.attributes.items():
        if attribute.known != "before_sale" or name not in accounts.facts:
            continue
        share = float(accounts.facts.loc[members, name].isna().mean())
        if share >= _TOO_OFTEN_MISSING:
            found.append(MissingFact(name, attribute.words, share))
    return tuple(sorted(found, key=lambda one: (-one.share, one.attribute)))


def _difference(
    accounts: Accounts, members: pd.Index, others: pd.Index, *, seed: int
) -> Estimate | None:
    if min(len(members), len(others)) < SOME:
        return None
    rows = members.union(others).sort_values()
    margin = accounts.outcomes.loc[rows, "margin"].to_numpy(dtype=np.float64)
    inside = rows.isin(members).astype(np.float64)

    def gap(weights: np.ndarray) -> np.ndarray:
        own: np.ndarray = weighted_mean(weights * inside, margin)
        return own - weighted_mean(weights * (1 - inside), margin)

    value = float(gap(np.ones((1, len(rows))))[0])
    samples = paired_bootstrap(gap, range(len(rows)), seed=seed)
    return interval(value, samples, n=len(rows))


def _pilots(
    accounts: Accounts,
    members: pd.Index,
    figures: AccountFigures,
    everyone: AccountFigures,
) -> tuple[Pilot, ...]:
    """Return the two pilots, sized for half of what the average customer leaves.

    The gap that few accounts show is too large as often as too small; a pilot sized for it is far
    too small where luck made it large. So the smallest gap worth knowing counts.
    """
    margin = accounts.outcomes.loc[members, "margin"].dropna().to_numpy(dtype=np.float64)
    if len(margin) < SOME or np.ptp(margin) == 0:
        return ()
    whole = accounts.outcomes.loc[accounts.used, "margin"].dropna()
    usual = everyone.margin.value
    acquisition = accounts.outcomes.loc[members, "acquisition_cost"].fillna(0.0).mean()
    outlay = figures.cost_to_serve.value + float(acquisition)
    gap = abs(usual) / 2
    spread = float(whole.std(ddof=1))
    error = spread / np.sqrt(len(whole))
    least = spread if len(margin) < ENOUGH else 0.0

    def sized(question: Literal["above zero", "unlike the average"], against: float) -> Pilot:
        return pilot(question, margin, gap=gap, outlay=outlay, against=against, least_spread=least)

    return sized("above zero", 0.0), sized("unlike the average", error)


def _expected(
    accounts: Accounts, young: pd.Index, model: Model | None, *, seed: int
) -> Estimate | None:
    from icpfit.fit.features import feature_matrix
    from icpfit.fit.scores import scores

    if model is None or not len(young):
        return None
    facts = accounts.facts.loc[young]
    matrix = feature_matrix(facts, accounts.dates.loc[young, "decided_on"], model.contract)
    return mean_estimate(pd.Series(scores(model, matrix).margin_if_won, index=young), seed=seed)
