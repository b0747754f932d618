"""The current ICP rule against the model, at the same volume."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from icpfit.measure.columns import figures, flags
from icpfit.measure.equal_volume import (
    EQUAL_VOLUME_FIGURES,
    Choices,
    equal_volume_figures,
    rests_on_one_account,
)
from icpfit.measure.estimate import Estimate
from icpfit.measure.intervals import REPLICATES, interval, paired_bootstrap, shortage
from icpfit.measure.weighted import tied_order, top_membership

__all__ = ["APPROXIMATE_BELOW", "IcpComparison", "icp_comparison"]

Floats = NDArray[np.float64]

# With the heavy tails of real margins a nominal 95 % interval covers .88 to .95 below this.
APPROXIMATE_BELOW = 1000
# A difference between fewer accounts than this is an anecdote.
_FEWEST_CHOSEN = 10
_WINSORISED = 0.02


@dataclass(frozen=True)
class IcpComparison:
    """What the rule's choice and the model's choice of equally many accounts turned out to leave.

    Parameters
    ----------
    profile_name : str
        The rule's name.
    n, n_selected : int
        Accounts judged, and how many of them the rule selects.
    share : float
        What the rule selects, n_selected / n.
    icp_margin, model_margin, difference, difference_winsorised : Estimate
        Mean contribution margin in currency units per account chosen; the difference is model minus
        rule, raw and with margins winsorised at 2 % on either side.
    per_100_won : Estimate
        100 times the difference: currency units per 100 customers won of the model's choice
        instead of as many of the rule's.
    fit_rate_icp, fit_rate_model, fit_rate_difference : Estimate
        Shares between 0 and 1.
    p_better : float
        Share of bootstrap replicates in which the difference is above zero; NaN where the data are
        too few.
    overlap : float
        Jaccard index of the two choices.
    n_apart : float
        Accounts that only the model takes (and as many that only the rule takes).
    only_icp_margin, only_model_margin : float
        Mean margin of those that only one of them takes; NaN where there are none.
    one_account : bool
        The sign of the difference rests on one account.
    undefined_share : float
        Share of accounts for which missing facts leave the rule open; they count as not selected.
    comparable : bool
        False when the rule selects none or all of the accounts.
    approximate : bool
        Intervals of money are approximate below 1,000 accounts.
    verdict : {"model better", "cannot tell yet", "ICP better"}
        By whether the difference's interval includes zero.
    note : str
        What a reader must know beside the figures.
    """

    profile_name: str
    n: int
    n_selected: int
    share: float
    icp_margin: Estimate
    model_margin: Estimate
    difference: Estimate
    difference_winsorised: Estimate
    per_100_won: Estimate
    fit_rate_icp: Estimate
    fit_rate_model: Estimate
    fit_rate_difference: Estimate
    p_better: float
    overlap: float
    n_apart: float
    only_icp_margin: float
    only_model_margin: float
    one_account: bool
    undefined_share: float
    comparable: bool
    approximate: bool
    verdict: Literal["model better", "cannot tell yet", "ICP better"]
    note: str = ""


def icp_comparison(
    *,
    ranking: ArrayLike,
    is_fit: ArrayLike,
    margin: ArrayLike,
    icp_selected: ArrayLike,
    group: ArrayLike | None = None,
    profile_name: str = "the current ICP",
    undefined_share: float = 0.0,
    level: float = 0.9,
    n_boot: int = REPLICATES,
    seed: int = 0,
) -> IcpComparison:
    """Compare the rule's choice with the model's first k, k being what the rule selects.

    difference = (margin of the model's top k - margin of the rule's k) / k, so only the accounts
    that one of them takes and the other doesn't contribute.

    Parameters
    ----------
    ranking : array_like of float, shape (n,)
        The model's score; higher is better.
    is_fit : array_like of bool, shape (n,)
        Whether the account was a profitable fit.
    margin : array_like of float, shape (n,)
        Contribution margin per account, in currency units.
    icp_selected : array_like of bool, shape (n,)
        What the rule selects. Where missing facts leave it open: False.
    group : array_like, shape (n,), optional
        The parent of each account; by default each is its own.
    profile_name : str
        The rule's name.
    undefined_share : float
        For which share of the accounts missing facts leave the rule open, 0 to 1.
    level : float
        Coverage of the intervals, between 0 and 1.
    n_boot : int
        Bootstrap replicates; in each the accounts are ranked anew and k is counted anew.
    seed : int
        The same seed gives the same intervals.

    Returns
    -------
    IcpComparison
        With NaN figures where the rule selects nobody, and no verdict but "cannot tell yet"
        where it selects nobody or everybody, or the data are too few for an interval.

    Raises
    ------
    ValueError
        If a value is missing.

    Notes
    -----
    A tie on the model's border is taken in equal parts; the overlap is then expected accounts in
    both over expected accounts in either. The result doesn't depend on the order of the rows.

    References
    ----------
    Efron (1979), Annals of Statistics 7; Dixon & Tukey (1968), Technometrics 10 (winsorising);
    Jaccard (1912), New Phytologist 11.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> margin = rng.normal(0, 100, 400)
    >>> found = icp_comparison(
    ...     ranking=margin + rng.normal(0, 50, 400),
    ...     is_fit=margin > 0,
    ...     margin=margin,
    ...     icp_selected=rng.random(400) < 0.3,
    ... )
    >>> found.verdict, found.approximate, found.one_account
    ('model better', True, False)
    """
    score, money = figures(ranking, "ranking"), figures(margin, "margin")
    fit, rule = flags(is_fit, "is_fit"), flags(icp_selected, "icp_selected")
    keys: list[NDArray[np.generic]] = [fit, rule, money, score]
    if group is not None:
        keys.append(np.unique(np.asarray(group), return_inverse=True)[1])
    order = np.lexsort(keys)
    score, money, fit, rule = (column[order] for column in (score, money, fit, rule))
    members = np.arange(len(order)) if group is None else keys[-1][order]
    n, k = len(rule), int(rule.sum())
    ranked = tied_order(score, money, fit)
    low, high = np.quantile(money, [_WINSORISED, 1 - _WINSORISED])
    choices = Choices(money, np.clip(money, low, high), fit, rule, score, ranked)

    def both(weights: Floats) -> Floats:
        return equal_volume_figures(weights, choices)

    values = both(np.ones((1, n)))[0]
    comparable = 0 < k < n
    note = _why_no_interval(k, n, fit, members)
    samples = np.full((1, len(EQUAL_VOLUME_FIGURES)), np.nan)
    if not note:
        samples = paired_bootstrap(both, members, n_boot=n_boot, seed=seed)
    found = {
        name: interval(values[i], samples[:, i], level=level, n=k, note=note)
        for i, name in enumerate(EQUAL_VOLUME_FIGURES)
    }
    difference = found["difference"]
    apart = top_membership(ranked, k) - rule
    only_model, only_icp = np.maximum(apart, 0.0), np.maximum(-apart, 0.0)
    n_apart, shared = float(only_model.sum()), k - float(only_icp.sum())
    return IcpComparison(
        profile_name=profile_name,
        n=n,
        n_selected=k,
        share=k / n,
        **found,
        per_100_won=_scaled(difference, 100.0),
        p_better=math.nan if note else float((samples[:, 2] > 0).mean()),
        overlap=shared / (2 * k - shared) if k else math.nan,
        n_apart=n_apart,
        only_icp_margin=float((only_icp * money).sum() / n_apart) if n_apart else math.nan,
        only_model_margin=float((only_model * money).sum() / n_apart) if n_apart else math.nan,
        one_account=comparable and rests_on_one_account(apart, choices),
        undefined_share=undefined_share,
        comparable=comparable,
        approximate=n < APPROXIMATE_BELOW,
        verdict=_verdict(difference),
        note=_notes(k, n, note, undefined_share),
    )


def _why_no_interval(k: int, n: int, fit: Floats, members: ArrayLike) -> str:
    if k in (0, n):
        return "insufficient: the rule separates nobody"
    if min(k, n - k) < _FEWEST_CHOSEN:
        return f"insufficient: the rule selects {k:,} of {n:,} accounts"
    return shortage(fit, members)


def _notes(k: int, n: int, note: str, undefined_share: float) -> str:
    notes = []
    if k == 0:
        notes.append(
            f"The rule selects none of the {n:,} accounts, so there is nothing to compare."
        )
    elif k == n:
        notes.append(
            f"The rule selects all {n:,} accounts, so any choice of as many is the same choice."
        )
    elif note:
        notes.append(f"No interval ({note}).")
    if undefined_share > 0.10:
        notes.append(
            f"For {undefined_share:.0%} of the accounts missing facts leave the rule open; they "
            f"count as not selected."
        )
    return " ".join(notes)


def _scaled(estimate: Estimate, factor: float) -> Estimate:
    low, high = (None if end is None else end * factor for end in (estimate.low, estimate.high))
    return Estimate(estimate.value * factor, low, high, estimate.level, estimate.n, estimate.note)


def _verdict(
    difference: Estimate,
) -> Literal["model better", "cannot tell yet", "ICP better"]:
    if difference.low is not None and difference.low > 0:
        return "model better"
    if difference.high is not None and difference.high < 0:
        return "ICP better"
    return "cannot tell yet"
