"""The judgement on a model: every figure that its report and its promotion rest on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from icpfit.evidence.calibration import Calibration, calibration
from icpfit.evidence.current_icp import APPROXIMATE_BELOW, IcpComparison, icp_comparison
from icpfit.evidence.leakage.gates import Gate, class_gate, too_good_gate
from icpfit.evidence.resampled import resampled_figures
from icpfit.measure.columns import figures, flags
from icpfit.measure.deciles import decile_table
from icpfit.measure.intervals import REPLICATES, wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from icpfit.measure.estimate import Estimate
    from icpfit.measure.ranking import MarginCurve

__all__ = ["Judgement", "judgement"]


@dataclass(frozen=True, eq=False)
class Judgement:
    """What a model's scores were worth on accounts that it did not see.

    Parameters
    ----------
    basis : str
        Which accounts: "later hold-out of 162 accounts, 2018-03-20 to 2018-05-24", or
        "5x5 cross-validation".
    holdout : bool
        Whether they are a hold-out (else out-of-fold predictions).
    n, n_fit : int
        Accounts judged, and profitable fits among them.
    currency : str
        Unit of the margins.
    auc, log_loss, brier : Estimate
        Of `fit_if_won`; log-loss in nats.
    ranking_auc : Estimate
        AUC of the number that ranks (the same when that is `fit_if_won`).
    prevalence : Estimate
        Fit rate of the accounts judged.
    train_prevalence, prevalence_log_loss : float
        Fit rate of the accounts learned from, and its log-loss as the only prediction.
    p_beats_prevalence : float
        Share of bootstrap replicates in which the model's log-loss is below it; NaN where the data
        are too few.
    profit_gini : Estimate
        Share of the best order's advantage that the ranking finds.
    margin_curve : MarginCurve
        Of the ranking.
    deciles : DataFrame
        See `icpfit.measure.deciles.decile_table`.
    capacities : DataFrame
        Columns share, n, margin_mean, margin_low, margin_high, fit_rate, fit_low, fit_high, for
        the top 10, 20 and 30 % of the ranking.
    against_icp : IcpComparison or None
        None where there is no current ICP.
    gates : tuple of Gate
        Checks that the model had to pass.
    approximate : bool
        Intervals of money are approximate below 1,000 accounts.
    calibration : Calibration or None
        Of `fit_if_won`; None in what an earlier icpfit recorded.
    """

    basis: str
    holdout: bool
    n: int
    n_fit: int
    currency: str
    auc: Estimate
    log_loss: Estimate
    brier: Estimate
    ranking_auc: Estimate
    prevalence: Estimate
    train_prevalence: float
    prevalence_log_loss: float
    p_beats_prevalence: float
    profit_gini: Estimate
    margin_curve: MarginCurve
    deciles: pd.DataFrame
    capacities: pd.DataFrame
    against_icp: IcpComparison | None = None
    gates: tuple[Gate, ...] = field(default=())
    approximate: bool = True
    calibration: Calibration | None = None


def judgement(
    *,
    ranking: ArrayLike,
    fit_probability: ArrayLike,
    is_fit: ArrayLike,
    margin: ArrayLike,
    basis: str,
    holdout: bool,
    train_prevalence: ArrayLike,
    group: ArrayLike | None = None,
    icp_selected: ArrayLike | None = None,
    profile_name: str = "the current ICP",
    undefined_share: float = 0.0,
    currency: str = "",
    gates: Sequence[Gate] = (),
    level: float = 0.9,
    n_boot: int = REPLICATES,
    seed: int = 0,
) -> Judgement:
    """Judge a model's scores on accounts that it did not see.

    Parameters
    ----------
    ranking : array_like of float, shape (n,)
        The number that ranks: expected margin in currency units, or a score of the fit.
    fit_probability : array_like of float, shape (n,)
        Probability of a profitable fit, 0 to 1.
    is_fit : array_like of bool, shape (n,)
        Whether the account was a profitable fit.
    margin : array_like of float, shape (n,)
        Contribution margin over the horizon, in currency units.
    basis : str
        Which accounts these are, in words.
    holdout : bool
        Whether they are a hold-out; False for out-of-fold predictions.
    train_prevalence : array_like of float, scalar or shape (n,)
        Fit rate of the accounts that the model learned from, 0 to 1 (or that of each account's
        fold).
    group : array_like, shape (n,), optional
        The parent of each account; by default each is its own.
    icp_selected : array_like of bool, shape (n,), optional
        What the current ICP rule selects; None where there is no rule.
    profile_name : str
        The rule's name.
    undefined_share : float
        For which share of the accounts missing facts leave the rule open, 0 to 1.
    currency : str
        Unit of the margins.
    gates : sequence of Gate
        Checks made elsewhere; the class sizes and a suspiciously high AUC are added here.
    level : float
        Coverage of the intervals, between 0 and 1.
    n_boot : int
        Bootstrap replicates.
    seed : int
        The same seed gives the same judgement.

    Returns
    -------
    Judgement
        Without intervals where there are fewer than 40 accounts of a class.

    Raises
    ------
    ValueError
        If a value is missing, or a probability lies outside 0 to 1.

    Notes
    -----
    Every figure is the expectation under a random tie-break, and accounts are put in an order of
    their own first: not even the last bit of a figure depends on the order of the rows.

    References
    ----------
    Hanley & McNeil (1982), Radiology 143 (AUC); Brier (1950); Wilson (1927); Efron (1979).

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> margin = rng.normal(0, 100, 300)
    >>> score = margin + rng.normal(0, 100, 300)
    >>> found = judgement(
    ...     ranking=score,
    ...     fit_probability=1 / (1 + np.exp(-score / 80)),
    ...     is_fit=margin > 0,
    ...     margin=margin,
    ...     basis="later hold-out of 300 accounts",
    ...     holdout=True,
    ...     train_prevalence=0.5,
    ... )
    >>> round(found.auc.value, 2), found.p_beats_prevalence, len(found.deciles)
    (0.82, 1.0, 10)
    """
    score, money = figures(ranking, "ranking"), figures(margin, "margin")
    fit, p = flags(is_fit, "is_fit"), figures(fit_probability, "fit_probability")
    plain = np.broadcast_to(np.asarray(train_prevalence, dtype=np.float64), fit.shape)
    rule = None if icp_selected is None else flags(icp_selected, "icp_selected")
    keys: list[NDArray[np.generic]] = [plain, fit, money, p, score]
    keys += [] if rule is None else [rule]
    keys += [] if group is None else [np.unique(np.asarray(group), return_inverse=True)[1]]
    order = np.lexsort(keys)
    members = np.arange(len(order)) if group is None else keys[-1][order]
    score, money, fit, p, plain = (column[order] for column in (score, money, fit, p, plain))
    against_icp = None
    if rule is not None:
        against_icp = icp_comparison(
            ranking=score,
            is_fit=fit,
            margin=money,
            icp_selected=rule[order],
            group=members,
            profile_name=profile_name,
            undefined_share=undefined_share,
            level=level,
            n_boot=n_boot,
            seed=seed,
        )
    found = resampled_figures(
        ranking=score,
        fit_probability=p,
        is_fit=fit,
        margin=money,
        train_prevalence=plain,
        group=members,
        level=level,
        n_boot=n_boot,
        seed=seed,
    )
    n, n_fit = len(fit), int(fit.sum())
    return Judgement(
        basis=basis,
        holdout=holdout,
        n=n,
        n_fit=n_fit,
        currency=currency,
        auc=found.auc,
        log_loss=found.log_loss,
        brier=found.brier,
        ranking_auc=found.ranking_auc,
        prevalence=wilson(n_fit, n, level),
        train_prevalence=float(plain.mean()),
        prevalence_log_loss=found.prevalence_log_loss,
        p_beats_prevalence=found.p_beats_prevalence,
        profit_gini=found.profit_gini,
        margin_curve=found.margin_curve,
        deciles=decile_table(score, fit, money, members, level=level, n_boot=n_boot, seed=seed),
        capacities=found.capacities,
        against_icp=against_icp,
        gates=(*gates, class_gate(n_fit, n), too_good_gate(found.auc.value)),
        approximate=n < APPROXIMATE_BELOW,
        calibration=calibration(
            fit, p, train_prevalence=plain, group=members, level=level, n_boot=n_boot, seed=seed
        ),
    )
