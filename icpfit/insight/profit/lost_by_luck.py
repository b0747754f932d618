"""How much higher a cost stands among accounts that lost money when it went to anybody by luck.

Losses are made of costs: whoever is picked for a low margin has higher costs than others, cost by
cost, even where no cost has anything to do with the account. What stands out goes beyond that.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["excess_by_luck", "luck_reaches"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

DRAWS, DRAWS_OF_MANY, MANY = 999, 199, 20_000
_AT_ONCE = 2_000_000


def excess_by_luck(
    costs: npt.ArrayLike,
    margin: npt.ArrayLike,
    *,
    may_lose: npt.ArrayLike,
    may_earn: npt.ArrayLike,
    seed: int = 0,
) -> Floats:
    """Deal each cost out anew among the accounts and say by how much the losers then exceed.

    In each draw one cost is permuted; margin, who lost, who earned, and the excess (mean of that
    cost among those that lost, less that among those that earned) are computed anew. All other
    costs stay where they are.

    Parameters
    ----------
    costs : array_like of float, shape (n, k)
        Each account's costs that its margin contains, currency units.
    margin : array_like of float, shape (n,)
        As it came, currency units.
    may_lose, may_earn : array_like of bool, shape (n,)
        Who counts among those that lost where its margin is below 0, and among those that earned
        where it isn't.
    seed : int
        Of the draws.

    Returns
    -------
    ndarray of float64, shape (draws, k)
        999 draws, 199 above 20,000 accounts. NaN in a draw where nobody lost or nobody earned.

    Notes
    -----
    The order of the rows counts: sort them by id.

    References
    ----------
    Good (2005), Permutation, Parametric and Bootstrap Tests of Hypotheses, chapter 3.

    Examples
    --------
    One account has all of it. Whoever gets it loses: 100 among those that lost, 0 elsewhere.

    >>> cost, margin = np.zeros((5, 1)), np.full(5, 10.0)
    >>> cost[2], margin[2] = 100, -90
    >>> everyone = np.ones(5, dtype=bool)
    >>> drawn = excess_by_luck(cost, margin, may_lose=everyone, may_earn=everyone)
    >>> np.unique(drawn).tolist()
    [100.0]
    """
    table, left = np.asarray(costs, dtype=np.float64), np.asarray(margin, dtype=np.float64)
    losers, earners = np.asarray(may_lose, dtype=bool), np.asarray(may_earn, dtype=bool)
    n, k = table.shape
    rng = np.random.default_rng([31, seed])
    draws = DRAWS if n <= MANY else DRAWS_OF_MANY
    found = np.empty((draws, k))
    step = max(1, _AT_ONCE // max(n, 1))
    for start in range(0, draws, step):
        size = min(step, draws - start)
        dealt = rng.permuted(np.tile(np.arange(n), (size, 1)), axis=1)
        for at in range(k):
            cost = table[:, at]
            given = cost[dealt]
            below = left + cost - given < 0
            lost, earned = below & losers, ~below & earners
            found[start : start + size, at] = _mean(given, lost) - _mean(given, earned)
    return found


def luck_reaches(drawn: Floats, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the usual excess by luck, and how far luck reaches.

    Parameters
    ----------
    drawn : ndarray of float64, shape (draws, k)
        As `excess_by_luck`.
    level : float
        In this share of companies luck takes none of the k costs further, between 0 and 1.

    Returns
    -------
    usual, reach : ndarray of float64, shape (k,)
        The mean, and the quantile ``1 - (1 - level) / k``. Where a tenth of the draws or more tell
        nothing the reach is infinite.

    Examples
    --------
    >>> usual, reach = luck_reaches(np.arange(999.0)[:, None])
    >>> usual.tolist(), reach.tolist()
    ([499.0], [949.0])
    """
    draws, k = drawn.shape
    open_draws = np.isnan(drawn)
    known = np.where(open_draws, 0.0, drawn)
    counts = (~open_draws).sum(axis=0)
    usual = np.divide(known.sum(axis=0), counts, out=np.full(k, np.nan), where=counts > 0)
    # Draws that tell nothing stand at the top: they can't make a cost stand out.
    ranked = np.sort(np.where(open_draws, np.inf, drawn), axis=0)
    place = min(draws - 1, int(np.ceil((draws + 1) * (1 - (1 - level) / max(k, 1)) - 1e-9)) - 1)
    reach = np.where(counts > 0.9 * draws, ranked[place], np.inf)
    return usual, reach


def _mean(values: Floats, inside: Flags) -> Floats:
    sizes = inside.sum(axis=1)
    sums = np.where(inside, values, 0.0).sum(axis=1)
    mean: Floats = np.divide(sums, sizes, out=np.full(len(sizes), np.nan), where=sizes > 0)
    return mean
