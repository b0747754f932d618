"""Two models on the same accounts, in the same bootstrap replicates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from icpfit.measure.accuracy import account_log_loss
from icpfit.measure.columns import figures, flags
from icpfit.measure.intervals import REPLICATES, interval, paired_bootstrap, shortage
from icpfit.measure.recalibration import miscalibration_p_value, weighted_miscalibration
from icpfit.measure.weighted import (
    TiedOrder,
    ratio,
    tied_order,
    top_membership,
    weighted_gains,
    weighted_mean,
    weighted_profit_gini,
)

if TYPE_CHECKING:
    from icpfit.measure.estimate import Estimate

__all__ = ["NON_INFERIOR", "USUAL_VOLUME", "Contender", "PairedComparison", "paired_comparison"]

Floats = NDArray[np.float64]

USUAL_VOLUME = 0.20
# A challenger that costs less than this in log-loss, in nats, is as good for every purpose.
NON_INFERIOR = 0.005
_WINSORISED = 0.02
# What a sum of zeros may come out as.
_ROUNDING = 1e-12
_NAMES = (
    "log_loss",
    "margin",
    "margin_winsorised",
    "margin_by_money",
    "profit_gini",
    "miscalibration",
)


@dataclass(frozen=True, eq=False)
class Contender:
    """What one of the two models says of each account.

    Parameters
    ----------
    fit_if_won : ndarray of float, shape (n,)
        Probability of a profitable fit, 0 to 1.
    margin_if_won : ndarray of float, shape (n,)
        Expected margin, in currency units.
    ranking : ndarray of float, shape (n,)
        The number that ranks by the model's own objective; higher is better.
    """

    fit_if_won: Floats
    margin_if_won: Floats
    ranking: Floats


@dataclass(frozen=True)
class PairedComparison:
    """Two models' figures and their differences, challenger minus champion.

    Parameters
    ----------
    n, n_fit : int
        Accounts compared on, and profitable fits among them.
    k : float
        How many of them each model chooses.
    volume : str
        Why that many.
    log_loss_champion, log_loss_challenger, log_loss_difference : Estimate
        Of `fit_if_won`, nats per account; lower is better.
    p_log_loss_lower : float
        Share of replicates in which the challenger's is lower; NaN where the data are too few, as
        for every share of replicates.
    p_not_inferior : float
        Share of replicates in which it is lower, or higher by less than .005.
    margin_champion, margin_challenger, margin_difference, margin_difference_winsorised : Estimate
        Mean margin of the k accounts that each ranks first, in currency units.
    p_margin_higher : float
        Share of replicates in which the winsorised difference is above zero; where it is zero, as
        for two models with the same choice, a replicate counts half.
    money_difference : Estimate
        Difference in mean margin of the first k when both rank by `margin_if_won`.
    gini_champion, gini_challenger, gini_difference : Estimate
        Profit-Gini of `margin_if_won`.
    miscalibration_champion, miscalibration_challenger : Estimate
        Nats per account that a new intercept and slope would save.
    p_calibration_worse : float
        Share of replicates in which the challenger's is the larger one.
    calibration_p_champion, calibration_p_challenger : float
        Chance that a perfect scorer looks at least as miscalibrated.
    overlap : float
        Jaccard index of the two choices; NaN where there is none.
    note : str
        Starts with "insufficient" where there are too few accounts for intervals.
    """

    n: int
    n_fit: int
    k: float
    volume: str
    log_loss_champion: Estimate
    log_loss_challenger: Estimate
    log_loss_difference: Estimate
    p_log_loss_lower: float
    p_not_inferior: float
    margin_champion: Estimate
    margin_challenger: Estimate
    margin_difference: Estimate
    margin_difference_winsorised: Estimate
    p_margin_higher: float
    money_difference: Estimate
    gini_champion: Estimate
    gini_challenger: Estimate
    gini_difference: Estimate
    miscalibration_champion: Estimate
    miscalibration_challenger: Estimate
    p_calibration_worse: float
    calibration_p_champion: float
    calibration_p_challenger: float
    overlap: float
    note: str = ""


@dataclass(frozen=True, eq=False)
class _Sides:
    """What the replicates are computed from."""

    fit: Floats
    money: Floats
    winsorised: Floats
    rule: Floats
    loss: tuple[Floats, Floats]
    probability: tuple[Floats, Floats]
    ranked: tuple[TiedOrder, TiedOrder]
    by_money: tuple[TiedOrder, TiedOrder]
    best: TiedOrder


def paired_comparison(
    champion: Contender,
    challenger: Contender,
    *,
    account_id: ArrayLike,
    is_fit: ArrayLike,
    margin: ArrayLike,
    icp_selected: ArrayLike | None = None,
    profile_name: str = "the current ICP",
    level: float = 0.9,
    n_boot: int = REPLICATES,
    seed: int = 0,
) -> PairedComparison:
    """Hold two models against each other on accounts that neither learned from.

    Each bootstrap replicate draws accounts with replacement, ranks them anew by both models and
    takes both models' figures, so that what the accounts have in common cancels out.

    Parameters
    ----------
    champion, challenger : Contender
        What the two models say of the accounts.
    account_id : array_like of str, shape (n,)
        Each once; a parent with its subsidiaries is one account.
    is_fit : array_like of bool, shape (n,)
        Whether the account was a profitable fit.
    margin : array_like of float, shape (n,)
        Contribution margin over the horizon, in currency units.
    icp_selected : array_like of bool, shape (n,), optional
        What the current ICP selects: as many accounts are taken. Where there is none, or it
        selects none or all, 20 % of the accounts are.
    profile_name : str
        The rule's name.
    level : float
        Coverage of the intervals, between 0 and 1.
    n_boot : int
        Bootstrap replicates.
    seed : int
        The same seed gives the same replicates, whoever is called champion.

    Returns
    -------
    PairedComparison
        Without intervals and shares of replicates where a class has fewer than 40 accounts.

    Raises
    ------
    ValueError
        If a value is missing.

    Notes
    -----
    Ties on the border of a choice are taken in equal parts. Margins are winsorised at 2 % on
    either side, at the quantiles of all accounts. The order of the rows doesn't matter.

    References
    ----------
    Efron (1979), Annals of Statistics 7.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> known = rng.normal(size=400)
    >>> margin = known + rng.normal(size=400)
    >>> def contender(noise):
    ...     score = known + noise * rng.normal(size=400)
    ...     return Contender(1 / (1 + np.exp(-score / (1 + noise**2))), score, score)
    >>> found = paired_comparison(
    ...     contender(2.0),
    ...     contender(0.2),
    ...     account_id=np.arange(400).astype(str),
    ...     is_fit=margin > 0,
    ...     margin=margin,
    ... )
    >>> found.k, found.p_log_loss_lower, found.p_margin_higher > 0.9
    (80.0, 1.0, True)
    """
    names = np.asarray(account_id)
    order = np.argsort(names, kind="stable")
    names, fit = names[order], flags(is_fit, "is_fit")[order]
    money = figures(margin, "margin")[order]
    n = len(names)
    rule, volume = np.full(n, USUAL_VOLUME), f"{USUAL_VOLUME:.0%} of them"
    if icp_selected is not None and 0 < flags(icp_selected, "icp_selected").sum() < n:
        rule = flags(icp_selected, "icp_selected")[order]
        volume = f"as many as {profile_name} selects"
    sides = _sides(champion, challenger, order=order, fit=fit, money=money, rule=rule)
    note = shortage(fit, names)
    values = _replicate_figures(np.ones((1, n)), sides)[0]
    samples = np.full((1, *values.shape), np.nan)
    if not note:
        samples = paired_bootstrap(
            lambda weights: _replicate_figures(weights, sides), names, n_boot=n_boot, seed=seed
        )
    found = {
        name: [
            interval(values[i, j], samples[:, i, j], level=level, n=n, note=note) for j in range(3)
        ]
        for i, name in enumerate(_NAMES)
    }
    apart = {name: samples[:, i, 2] for i, name in enumerate(_NAMES)}

    def share(condition: NDArray[np.bool_]) -> float:
        return math.nan if note else float(condition.mean())

    k = float(rule.sum())
    first = [top_membership(ranked, k) for ranked in sides.ranked]
    money_apart = apart["margin_winsorised"]
    miscalibrated = [found["miscalibration"][side].value for side in (0, 1)]
    return PairedComparison(
        n=n,
        n_fit=int(fit.sum()),
        k=k,
        volume=volume,
        log_loss_champion=found["log_loss"][0],
        log_loss_challenger=found["log_loss"][1],
        log_loss_difference=found["log_loss"][2],
        p_log_loss_lower=share(apart["log_loss"] < -_ROUNDING),
        p_not_inferior=share(apart["log_loss"] < NON_INFERIOR),
        margin_champion=found["margin"][0],
        margin_challenger=found["margin"][1],
        margin_difference=found["margin"][2],
        margin_difference_winsorised=found["margin_winsorised"][2],
        p_margin_higher=share(money_apart > 0) + 0.5 * share(money_apart == 0),
        money_difference=found["margin_by_money"][2],
        gini_champion=found["profit_gini"][0],
        gini_challenger=found["profit_gini"][1],
        gini_difference=found["profit_gini"][2],
        miscalibration_champion=found["miscalibration"][0],
        miscalibration_challenger=found["miscalibration"][1],
        p_calibration_worse=share(apart["miscalibration"] > _ROUNDING),
        calibration_p_champion=miscalibration_p_value(miscalibrated[0], n),
        calibration_p_challenger=miscalibration_p_value(miscalibrated[1], n),
        overlap=float(np.minimum(*first).sum() / np.maximum(*first).sum()) if n else math.nan,
        note=note,
    )


def _sides(
    champion: Contender,
    challenger: Contender,
    *,
    order: NDArray[np.intp],
    fit: Floats,
    money: Floats,
    rule: Floats,
) -> _Sides:
    low, high = np.quantile(money, [_WINSORISED, 1 - _WINSORISED])
    one, two = (
        Contender(
            *(
                figures(column, name)[order]
                for name, column in (
                    ("fit_if_won", side.fit_if_won),
                    ("margin_if_won", side.margin_if_won),
                    ("ranking", side.ranking),
                )
            )
        )
        for side in (champion, challenger)
    )
    return _Sides(
        fit=fit,
        money=money,
        winsorised=np.clip(money, low, high),
        rule=rule,
        loss=(account_log_loss(fit, one.fit_if_won), account_log_loss(fit, two.fit_if_won)),
        probability=(one.fit_if_won, two.fit_if_won),
        ranked=(tied_order(one.ranking, money, fit), tied_order(two.ranking, money, fit)),
        by_money=(tied_order(one.margin_if_won, money), tied_order(two.margin_if_won, money)),
        best=tied_order(money),
    )


def _replicate_figures(weights: Floats, sides: _Sides) -> Floats:
    """Give champion, challenger and difference of every figure: (replicates, figures, 3)."""
    k = np.einsum("bi,i->b", weights, sides.rule)

    def chosen(values: Floats, ranked: TiedOrder) -> Floats:
        return ratio(weighted_gains(weights, values, ranked, k[:, None])[:, 0], k)

    pairs = [
        [weighted_mean(weights, loss) for loss in sides.loss],
        [chosen(sides.money, ranked) for ranked in sides.ranked],
        [chosen(sides.winsorised, ranked) for ranked in sides.ranked],
        [chosen(sides.money, ranked) for ranked in sides.by_money],
        [weighted_profit_gini(weights, sides.money, one, sides.best) for one in sides.by_money],
        [weighted_miscalibration(weights, sides.fit, p) for p in sides.probability],
    ]
    stacked = np.stack([np.stack(pair, axis=1) for pair in pairs], axis=1)
    apart = stacked[:, :, 1] - stacked[:, :, 0]
    # The same choice summed in another order is no improvement.
    sums = np.abs(sides.money).max(initial=0.0) * np.finfo(np.float64).eps * len(sides.money)
    apart[:, 1:4] = np.where(np.abs(apart[:, 1:4]) <= sums, 0.0, apart[:, 1:4])
    return np.concatenate([stacked, apart[:, :, None]], axis=2)
