"""How often chance alone, dealing the margins anew, makes as large a difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from icpfit.measure.columns import figures
from icpfit.measure.weighted import tied_order, top_membership

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["DEALS", "chance_of_difference"]

DEALS = 2000


def chance_of_difference(
    current: ArrayLike,
    proposed: ArrayLike,
    margin: ArrayLike,
    *,
    deals: int = DEALS,
    seed: int = 0,
) -> tuple[float, float]:
    """Return how often dealing the margins anew makes as large a difference at equal volume.

    With k the accounts that the smaller rule selects, and each rule's share of each account:

        a = (share proposed - share current) / k,    difference = a @ margin
        p = (1 + deals with a @ dealt >= a @ margin) / (1 + deals)

    Parameters
    ----------
    current, proposed : array_like of float, shape (n,)
        The tier of each account under each rule; higher is called earlier, 0 is not selected.
    margin : array_like of float, shape (n,)
        In currency units, all known.
    deals : int
        Random orders of the margins, at least 1.
    seed : int
        The same seed gives the same deals.

    Returns
    -------
    better, worse : float
        Share of the deals with a difference at least as high, and at least as low, above 0 and at
        most 1; NaN where a rule selects nobody.

    Notes
    -----
    If the rules know nothing of the margin, any account might have had any of the margins. Then p
    is at most .05 in at most 5 of 100 cases, however long the tail and however few are chosen,
    where a bootstrap of few accounts says less. It isn't a test that two means are equal where the
    spreads differ, so it stands beside the interval and not in its place. Margins are dealt over
    all accounts, also where they drift over time. The order of the rows changes a deal, so a caller
    puts them into a fixed one.

    References
    ----------
    Fisher (1935), The Design of Experiments; Phipson & Smyth (2010), Statistical Applications in
    Genetics and Molecular Biology 9 (one is added, or p could be 0).

    Examples
    --------
    The best two of four against all four: one of the six pairs is as good, p near 1 / 6.

    >>> better, worse = chance_of_difference([1, 1, 1, 1], [0, 0, 1, 1], [1.0, 2.0, 3.0, 4.0])
    >>> bool(0.14 < better < 0.19), worse
    (True, 1.0)
    """
    tiers = (figures(current, "current"), figures(proposed, "proposed"))
    money = figures(margin, "margin")
    k = min(int((tier > 0).sum()) for tier in tiers)
    if k == 0:
        return float("nan"), float("nan")
    before, after = (top_membership(tied_order(tier), k) for tier in tiers)
    apart = (after - before) / k
    rng = np.random.default_rng([31, seed])
    dealt = np.array([apart @ rng.permutation(money) for _ in range(deals)])
    # Summed in another order, the same difference is off by rounding.
    slack = 1e-9 * float(np.abs(apart) @ np.full(len(money), np.abs(money).max(initial=0.0)))
    found = float(apart @ money)
    as_high, as_low = (dealt >= found - slack).sum(), (dealt <= found + slack).sum()
    return float((1 + as_high) / (1 + deals)), float((1 + as_low) / (1 + deals))
