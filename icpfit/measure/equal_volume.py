"""Two choices of equally many accounts: a rule's, and the top of a ranking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from icpfit.measure.weighted import TiedOrder, ratio, weighted_gains

__all__ = ["EQUAL_VOLUME_FIGURES", "Choices", "equal_volume_figures", "rests_on_one_account"]

Floats = NDArray[np.float64]

EQUAL_VOLUME_FIGURES = (
    "icp_margin",
    "model_margin",
    "difference",
    "difference_winsorised",
    "fit_rate_icp",
    "fit_rate_model",
    "fit_rate_difference",
)
_DIFFERENCE = EQUAL_VOLUME_FIGURES.index("difference")


@dataclass(frozen=True, eq=False)
class Choices:
    """What both choices are made of, one value per account.

    Parameters
    ----------
    margin, winsorised : ndarray of float, shape (n,)
        Contribution margin in currency units, raw and with its tails pulled in.
    is_fit, rule : ndarray of float, shape (n,)
        1 for a profitable fit; 1 where the rule selects.
    score : ndarray of float, shape (n,)
        What ranks; higher is better.
    ranked : TiedOrder
        The order by score.
    """

    margin: Floats
    winsorised: Floats
    is_fit: Floats
    rule: Floats
    score: Floats
    ranked: TiedOrder


def equal_volume_figures(weights: Floats, choices: Choices) -> Floats:
    """Compute both choices' means and their differences (ranking minus rule) under each weighting.

    Parameters
    ----------
    weights : ndarray of float, shape (replicates, n)
        How often each account counts; k is the weight of what the rule selects.
    choices : Choices
        The accounts.

    Returns
    -------
    ndarray of float, shape (replicates, 7)
        The figures named in `EQUAL_VOLUME_FIGURES`; NaN where k is zero.

    Notes
    -----
    A tie on the ranking's border is taken in equal parts.

    Examples
    --------
    >>> from icpfit.measure.weighted import tied_order
    >>> margin, fit = np.array([9.0, 5.0, -3.0]), np.array([1.0, 1.0, 0.0])
    >>> rule, score = np.array([0.0, 1.0, 1.0]), np.array([3.0, 2.0, 1.0])
    >>> choices = Choices(margin, margin, fit, rule, score, tied_order(score))
    >>> equal_volume_figures(np.ones((1, 3)), choices)[0, :3]
    array([1., 7., 6.])
    """
    k = np.einsum("bi,i->b", weights, choices.rule)
    by_rule, by_model, apart = [], [], []
    for values in (choices.margin, choices.winsorised, choices.is_fit):
        taken = np.einsum("bi,i->b", weights, choices.rule * values)
        by_rule.append(ratio(taken, k))
        top = weighted_gains(weights, values, choices.ranked, k[:, None])[:, 0]
        by_model.append(ratio(top, k))
        apart.append(_unrounded(by_model[-1] - by_rule[-1], values))
    return np.stack(
        [
            by_rule[0],
            by_model[0],
            apart[0],
            apart[1],
            by_rule[2],
            by_model[2],
            apart[2],
        ],
        axis=1,
    )


def _unrounded(difference: Floats, values: Floats) -> Floats:
    """Make zero of what is but the rounding of two sums: the same choice is no improvement."""
    rounding = np.finfo(np.float64).eps * len(values) * np.abs(values).max()
    return np.where(np.abs(difference) <= rounding, 0.0, difference)


def rests_on_one_account(apart: Floats, choices: Choices) -> bool:
    """Say whether the sign of the difference changes without the largest account behind it.

    Parameters
    ----------
    apart : ndarray of float, shape (n,)
        Not zero where only one side takes the account.
    choices : Choices
        The accounts.

    Returns
    -------
    bool
        True when the difference isn't zero and dropping the account with the largest absolute
        margin among those that only one side takes turns its sign, makes it zero, or leaves nothing
        to compare.

    Notes
    -----
    Where several are equally large, one that turns the sign is enough.

    Examples
    --------
    >>> from icpfit.measure.weighted import tied_order
    >>> margin, rule = np.array([90.0, 5.0, 8.0, 1.0]), np.array([0.0, 0.0, 1.0, 1.0])
    >>> score = np.array([4.0, 3.0, 2.0, 1.0])
    >>> choices = Choices(margin, margin, rule, rule, score, tied_order(score))
    >>> rests_on_one_account(np.array([1.0, 1.0, -1.0, -1.0]), choices)
    False
    >>> margin[3] = 6.0
    >>> rests_on_one_account(np.array([1.0, 1.0, -1.0, -1.0]), choices)
    True
    """
    size = np.where(apart != 0.0, np.abs(choices.margin), -1.0)
    if size.max() <= 0.0:
        return False
    largest = np.flatnonzero(size == size.max())
    # Rows that are alike in all that matters need one look only.
    alike = np.stack(
        [column[largest] for column in (choices.score, choices.rule, choices.margin)], axis=1
    )
    largest = largest[np.unique(alike, axis=0, return_index=True)[1]]
    weights = np.ones((len(largest) + 1, len(size)))
    weights[np.arange(1, len(largest) + 1), largest] = 0.0
    differences = equal_volume_figures(weights, choices)[:, _DIFFERENCE]
    if differences[0] == 0.0:
        return False
    # Where nothing is left to compare the difference is NaN, which equals no sign.
    return bool((np.sign(differences[1:]) != np.sign(differences[0])).any())
