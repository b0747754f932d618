"""The figures of groups on the part that they were not found on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from icpfit.measure.estimate import Estimate
from icpfit.measure.intervals import REPLICATES, interval, paired_bootstrap, wilson
from icpfit.measure.weighted import ratio, tied_order, weighted_gains

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["GroupFigures", "explained_share", "group_figures", "one_sided_p", "whole"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

FEWEST = 20
MONEY = ("margin", "margin_if_fixed", "cost_to_serve", "remedial_cost")
UNMARKED = "no cost is marked as remedial"


@dataclass(frozen=True)
class GroupFigures:
    """Figures of one group.

    Parameters
    ----------
    n : int
        Accounts.
    coverage : float
        Their share of all.
    fit_rate, fit_if_fixed : Estimate
        Shares, with Wilson's intervals.
    margin, margin_if_fixed, cost_to_serve, remedial_cost : Estimate
        Per account, bootstrapped.
    lift : Estimate
        Fit rate over that of all accounts, both drawn anew together.
    """

    n: int
    coverage: float
    fit_rate: Estimate
    fit_if_fixed: Estimate
    margin: Estimate
    margin_if_fixed: Estimate
    cost_to_serve: Estimate
    remedial_cost: Estimate
    lift: Estimate


def group_figures(
    table: pd.DataFrame, groups: Sequence[Bools], *, seed: int, n_boot: int = REPLICATES
) -> list[GroupFigures]:
    """Return the figures of several groups of the same accounts.

    Parameters
    ----------
    table : DataFrame, shape (n, ...)
        The report part's rows of `both_outcomes`, in account_id order.
    groups : sequence of ndarray of bool, shape (n,)
        Who is in each.
    seed : int
        Of the bootstrap; all figures come from the same replicates.
    n_boot : int
        Replicates.

    Returns
    -------
    list of GroupFigures
        Figures of fewer than 20 accounts have no interval. What is unknown of an account leaves it
        out of that figure, and the note says how many; where nobody's is known, it is NaN.
    """
    n = len(table)
    fit = table["fit"].to_numpy(dtype=np.float64)
    money = table[list(MONEY)].to_numpy(dtype=np.float64)
    known = ~np.isnan(money)
    inside = np.stack([np.ones(n, dtype=bool), *groups], axis=1)
    # Columns of sums: whose fit counts, then each kind of money, and who is counted in it.
    parts = [inside * fit[:, None], inside.astype(np.float64)]
    parts += [inside * np.nan_to_num(money[:, [j]]) for j in range(len(MONEY))]
    parts += [inside * known[:, [j]] for j in range(len(MONEY))]
    columns = np.concatenate(parts, axis=1)
    shape = (len(parts), inside.shape[1])

    def means(sums: Floats) -> tuple[Floats, Floats]:
        table_of = sums.reshape(-1, *shape)
        rates = ratio(table_of[:, 0], table_of[:, 1])
        lifts = ratio(rates, np.repeat(rates[:, :1], shape[1], axis=1))
        return lifts, ratio(table_of[:, 2 : 2 + len(MONEY)], table_of[:, 2 + len(MONEY) :])

    def drawn(weights: Floats) -> Floats:
        return np.asarray(np.einsum("bi,ij->bj", weights, columns), dtype=np.float64)

    lift_samples, money_samples = means(
        paired_bootstrap(drawn, np.arange(n), n_boot=n_boot, seed=seed)
    )
    lift_values, money_values = means(columns.sum(axis=0)[None, :])
    found = []
    for g in range(1, shape[1]):
        member = inside[:, g]
        size = int(member.sum())
        few = f"insufficient: {size} accounts, {FEWEST} are needed" if size < FEWEST else ""
        amounts = {}
        for j, name in enumerate(MONEY):
            told = int((member & known[:, j]).sum())
            note = few or _unknown_note(name, size - told, size)
            value, samples = float(money_values[0, j, g]), money_samples[:, j, g]
            amounts[name] = interval(value, samples, n=told, note=note)
        found.append(
            GroupFigures(
                n=size,
                coverage=size / n if n else 0.0,
                fit_rate=_rate(fit, member),
                fit_if_fixed=_rate(table["fit_if_fixed"].to_numpy(dtype=np.float64), member),
                lift=interval(
                    float(lift_values[0, g]) if size else np.nan,
                    lift_samples[:, g],
                    n=size,
                    note=few,
                ),
                **amounts,
            )
        )
    return found


def whole(table: pd.DataFrame, *, seed: int) -> GroupFigures:
    """Return the figures of all accounts of a part.

    Parameters
    ----------
    table : DataFrame
        As `group_figures` takes it.
    seed : int
        Of the bootstrap.

    Returns
    -------
    GroupFigures
        Its lift is 1.
    """
    return group_figures(table, [np.ones(len(table), dtype=bool)], seed=seed)[0]


def one_sided_p(is_fit: Bools, member: Bools, *, low: bool) -> float:
    """Return how likely chance gives a group a fit rate as high as this, or as low.

    The exact hypergeometric tail: of N accounts with K fits, n drawn without replacement hold k or
    more (or k or fewer).

    Parameters
    ----------
    is_fit : ndarray of bool, shape (N,)
        The outcome of the report part.
    member : ndarray of bool, shape (N,)
        Who is in the group.
    low : bool
        Whether a low rate is looked for.

    Returns
    -------
    float
        0 to 1; 1 for an empty group.

    References
    ----------
    Fisher (1935), The Design of Experiments.

    Examples
    --------
    Both of two accounts, where half of four are a fit: one of six draws.

    >>> fit = np.array([True, True, False, False])
    >>> round(one_sided_p(fit, fit, low=False), 4)
    0.1667
    """
    from scipy.stats import hypergeom

    n, fits = len(is_fit), int(is_fit.sum())
    size, hits = int(member.sum()), int((is_fit & member).sum())
    if size == 0:
        return 1.0
    law = hypergeom(n, fits, size)
    return float(min(1.0, law.cdf(hits) if low else law.sf(hits - 1)))


def explained_share(
    is_fit: Bools, score: Floats, union: Bools, *, seed: int, n_boot: int = REPLICATES
) -> Estimate:
    """Return the share of the model's advantage that a union of rules explains.

    ``(lift of the union - 1) / (lift of as many accounts that the model ranks first - 1)``

    Parameters
    ----------
    is_fit : ndarray of bool, shape (n,)
        The outcome.
    score : ndarray of float, shape (n,)
        Of models that have not seen the account; higher is better, ties share.
    union : ndarray of bool, shape (n,)
        Who is in any of the rules.
    seed, n_boot : int
        Of the bootstrap.

    Returns
    -------
    Estimate
        Above 1 where the rules do better than the model. NaN where the model's first are no better
        than all, without an interval where that happens in more than 1 of 20 resamples.
    """
    fit, inside, ranked = is_fit.astype(np.float64), union.astype(np.float64), tied_order(score)

    def share(weights: Floats) -> Floats:
        mass = np.einsum("bi,i->b", weights, inside)
        rate = ratio(np.einsum("bi,i->b", weights, fit), weights.sum(axis=1))
        own = ratio(np.einsum("bi,i->b", weights, inside * fit), mass)
        first = ratio(weighted_gains(weights, fit, ranked, mass[:, None])[:, 0], mass)
        lead = first - rate
        # Next to nothing to be explained would be divided by.
        return np.asarray(np.where(lead > 0.01 * rate, ratio(own - rate, lead), np.nan))

    samples = paired_bootstrap(share, np.arange(len(fit)), n_boot=n_boot, seed=seed)
    value = float(share(np.ones((1, len(fit))))[0])
    return interval(value, samples, n=len(fit))


def _rate(values: Floats, member: Bools) -> Estimate:
    told = values[member & ~np.isnan(values)]
    if len(told) == 0 and member.any():
        return Estimate(float("nan"), note=UNMARKED)
    return wilson(float(told.sum()), len(told))


def _unknown_note(name: str, unknown: int, size: int) -> str:
    if unknown == 0:
        return ""
    if unknown == size:
        return f"insufficient: {UNMARKED}"
    what = "remedial cost" if name in ("remedial_cost", "margin_if_fixed") else name
    return f"the {what.replace('_', ' ')} of {unknown:,} of {size:,} accounts is unknown"
