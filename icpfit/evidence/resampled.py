"""The figures of a judgement that are computed in one set of bootstrap replicates."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from icpfit.measure.accuracy import account_log_loss
from icpfit.measure.intervals import (
    REPLICATES,
    interval,
    paired_bootstrap,
    shortage,
    wilson,
)
from icpfit.measure.ranking import MarginCurve, margin_curve
from icpfit.measure.weighted import (
    tied_order,
    weighted_auc,
    weighted_gains,
    weighted_mean,
    weighted_profit_gini,
)

if TYPE_CHECKING:
    from icpfit.measure.estimate import Estimate

__all__ = ["CAPACITIES", "Resampled", "resampled_figures"]

Floats = NDArray[np.float64]

CAPACITIES = (0.1, 0.2, 0.3)
_NAMES = ("auc", "ranking_auc", "log_loss", "brier", "profit_gini")


@dataclass(frozen=True, eq=False)
class Resampled:
    """Figures and their intervals; see `icpfit.evidence.judgement.Judgement` for each.

    Parameters
    ----------
    auc, ranking_auc, log_loss, brier, profit_gini : Estimate
        Of the probabilities and of the ranking.
    prevalence_log_loss : float
        Log-loss of the training fit rate as the only prediction.
    p_beats_prevalence : float
        Share of replicates in which the model's log-loss is below it; NaN where too few accounts.
    margin_curve : MarginCurve
        Of the ranking, with its band.
    capacities : DataFrame
        Margin and fit rate of the top 10, 20 and 30 %.
    """

    auc: Estimate
    ranking_auc: Estimate
    log_loss: Estimate
    brier: Estimate
    profit_gini: Estimate
    prevalence_log_loss: float
    p_beats_prevalence: float
    margin_curve: MarginCurve
    capacities: pd.DataFrame


def resampled_figures(
    *,
    ranking: Floats,
    fit_probability: Floats,
    is_fit: Floats,
    margin: Floats,
    train_prevalence: Floats,
    group: ArrayLike,
    level: float = 0.9,
    n_boot: int = REPLICATES,
    seed: int = 0,
) -> Resampled:
    """Compute a judgement's figures, all in the same replicates.

    Parameters
    ----------
    ranking, fit_probability, is_fit, margin, train_prevalence : ndarray of float, shape (n,)
        As `icpfit.evidence.judgement.judgement` takes them, checked.
    group : array_like, shape (n,)
        The parent of each account.
    level : float
        Coverage of the intervals, between 0 and 1.
    n_boot : int
        Bootstrap replicates.
    seed : int
        The same seed gives the same intervals.

    Returns
    -------
    Resampled
        Without intervals where there are fewer than 40 accounts of a class.

    References
    ----------
    Efron (1979), Annals of Statistics 7.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> p = rng.random(200)
    >>> fit = (rng.random(200) < p).astype(float)
    >>> found = resampled_figures(
    ...     ranking=p,
    ...     fit_probability=p,
    ...     is_fit=fit,
    ...     margin=fit - 0.5,
    ...     train_prevalence=np.full(200, 0.5),
    ...     group=np.arange(200),
    ... )
    >>> found.auc == found.ranking_auc, found.p_beats_prevalence
    (True, 1.0)
    """
    n = len(is_fit)
    by_ranking = tied_order(ranking, margin, is_fit)
    by_probability = tied_order(fit_probability, is_fit)
    best = tied_order(margin)
    loss = account_log_loss(is_fit, fit_probability)
    plain_loss = account_log_loss(is_fit, train_prevalence)
    error = (fit_probability - is_fit) ** 2
    curve = margin_curve(margin, ranking)
    cuts = np.concatenate([curve.share, CAPACITIES])

    def all_figures(weights: Floats) -> Floats:
        k = cuts * weights.sum(axis=1, keepdims=True)
        return np.column_stack(
            [
                weighted_auc(weights, is_fit, by_probability),
                weighted_auc(weights, is_fit, by_ranking),
                weighted_mean(weights, loss),
                weighted_mean(weights, error),
                weighted_profit_gini(weights, margin, by_ranking, best),
                weighted_mean(weights, plain_loss - loss),
                weighted_gains(weights, margin, by_ranking, k),
            ]
        )

    values = all_figures(np.ones((1, n)))[0]
    note = shortage(is_fit, group)
    samples = np.full((1, len(values)), np.nan)
    if not note:
        samples = paired_bootstrap(all_figures, group, n_boot=n_boot, seed=seed)
    estimates = {
        name: interval(values[i], samples[:, i], level=level, n=n, note=note)
        for i, name in enumerate(_NAMES)
    }
    collected = samples[:, len(_NAMES) + 1 :]
    if not note:
        ends = [0.5 - level / 2, 0.5 + level / 2]
        low, high = np.quantile(collected[:, : len(curve.share)], ends, axis=0)
        curve = dataclasses.replace(curve, low=low, high=high)
    ones = np.ones((1, n))
    hits = weighted_gains(ones, is_fit, by_ranking, n * np.array([CAPACITIES]))[0]
    rows = []
    for i, share in enumerate(CAPACITIES):
        k = share * n
        column = len(curve.share) + i
        total = values[len(_NAMES) + 1 + column]
        money = interval(total / k, collected[:, column] / k, level=level, n=round(k), note=note)
        rate = wilson(hits[i], k, level)
        rows.append(
            {
                "share": share,
                "n": k,
                "margin_mean": money.value,
                "margin_low": math.nan if money.low is None else money.low,
                "margin_high": math.nan if money.high is None else money.high,
                "fit_rate": rate.value,
                "fit_low": rate.low,
                "fit_high": rate.high,
            }
        )
    return Resampled(
        **estimates,
        prevalence_log_loss=float(plain_loss.mean()),
        p_beats_prevalence=math.nan if note else float((samples[:, len(_NAMES)] > 1e-12).mean()),
        margin_curve=curve,
        capacities=pd.DataFrame(rows),
    )
