"""Two rules, each with its own order of calling, at equal volume and at each one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from icpfit.measure.columns import figures
from icpfit.measure.intervals import REPLICATES, interval, paired_bootstrap
from icpfit.measure.weighted import TiedOrder, ratio, tied_order, top_membership, weighted_gains

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from icpfit.measure.estimate import Estimate

__all__ = [
    "Compared",
    "RuleComparison",
    "membership",
    "rule_comparison",
    "turns_on_one_account",
]

Floats = NDArray[np.float64]
Volume = Literal["equal", "own"]


@dataclass(frozen=True)
class Compared:
    """One figure of what each rule chose, and proposed minus current.

    Parameters
    ----------
    current, proposed, difference : Estimate
        Means per account chosen, in the figure's own unit; the intervals come from the same
        resamples, so the difference's is the paired one.
    """

    current: Estimate
    proposed: Estimate
    difference: Estimate


@dataclass(frozen=True)
class RuleComparison:
    """Both rules at both volumes.

    Parameters
    ----------
    n, n_current, n_proposed : int
        Accounts compared, and how many of them each rule selects.
    equal, own : Mapping of str to Compared
        The figures at equal volume, and over all that each rule selects.
    p_better : float
        Share of resamples in which the first figure's difference at equal volume is above zero;
        NaN where the accounts are too few.
    chance_better, chance_worse : float
        Share of random deals of the first figure with a difference at equal volume at least as
        high, or as low; see `chance_of_difference`. NaN where it was not looked into.
    """

    n: int
    n_current: int
    n_proposed: int
    equal: Mapping[str, Compared]
    own: Mapping[str, Compared]
    p_better: float
    chance_better: float = float("nan")
    chance_worse: float = float("nan")

    @property
    def volume(self) -> int:
        """How many accounts each takes at equal volume: as many as the smaller rule selects."""
        return min(self.n_current, self.n_proposed)


def rule_comparison(
    current: ArrayLike,
    proposed: ArrayLike,
    values: Mapping[str, ArrayLike],
    *,
    group: ArrayLike | None = None,
    note: str = "",
    level: float = 0.9,
    n_boot: int = REPLICATES,
    seed: int = 0,
) -> RuleComparison:
    """Compare what two rules chose, figure by figure.

    At equal volume k is the number of accounts that the smaller rule selects. The larger one is
    thinned to k in its own order of calling: whole tiers from the best down, and of the tier on the
    border an equal share of each account, which is what a draw by lot gives on average.

        figure of a choice = sum(share taken * value) / sum(share taken), over the known values

    Parameters
    ----------
    current, proposed : array_like of float, shape (n,)
        The tier of each account under each rule; higher is called earlier, 0 is not selected.
    values : Mapping of str to array_like of float, shape (n,)
        The figures by name; NaN where one is not known of an account. At least one.
    group : array_like, shape (n,), optional
        The parent of each account, drawn together; by default each is its own.
    note : str
        A text that starts with "insufficient" withholds every interval.
    level : float
        Coverage of the intervals, between 0 and 1.
    n_boot : int
        Resamples; in each of them k is counted anew.
    seed : int
        The same seed gives the same intervals.

    Returns
    -------
    RuleComparison
        NaN where a rule selects nobody.

    Notes
    -----
    The order of the rows changes a resample, so a caller puts them into a fixed one.

    References
    ----------
    Efron (1979), Annals of Statistics 7.

    Examples
    --------
    >>> found = rule_comparison([1, 1, 0, 0], [0, 2, 1, 1], {"margin": [1.0, 5.0, 2.0, 4.0]})
    >>> found.volume, found.equal["margin"].current.value  # of three proposed, two are taken
    (2, 3.0)
    >>> found.equal["margin"].proposed.value  # the first, and half of each of the others
    4.0
    """
    tiers = (figures(current, "current"), figures(proposed, "proposed"))
    columns = {name: np.asarray(column, dtype=np.float64) for name, column in values.items()}
    n = len(tiers[0])
    members = np.arange(n) if group is None else np.asarray(group)
    statistic = _statistic(tiers, columns)
    found = statistic(np.ones((1, n)))[0]
    samples = np.full((1, len(found)), np.nan)
    if not note.startswith("insufficient"):
        samples = paired_bootstrap(statistic, members, n_boot=n_boot, seed=seed)
    sizes = [int((tier > 0).sum()) for tier in tiers]

    def compared(volume: Volume, place: int) -> Compared:
        counts = [min(sizes)] * 2 if volume == "equal" else sizes
        estimates = [
            interval(found[i], samples[:, i], level=level, n=count, note=note)
            for i, count in zip(range(place, place + 3), [*counts, min(counts)], strict=True)
        ]
        return Compared(*estimates)

    names = list(columns)
    by_volume: dict[Volume, dict[str, Compared]] = {
        "equal": {name: compared("equal", 3 * i) for i, name in enumerate(names)},
        "own": {name: compared("own", 3 * (len(names) + i)) for i, name in enumerate(names)},
    }
    better = samples[:, 2]
    return RuleComparison(
        n=n,
        n_current=sizes[0],
        n_proposed=sizes[1],
        equal=by_volume["equal"],
        own=by_volume["own"],
        p_better=float((better > 0).mean()) if not np.isnan(better).all() else float("nan"),
    )


def _statistic(
    tiers: tuple[Floats, Floats], columns: Mapping[str, Floats]
) -> Callable[[Floats], Floats]:
    """Return what gives, per weighting, current, proposed and difference of each figure."""
    rules = [(tier > 0).astype(np.float64) for tier in tiers]
    orders = [tied_order(tier) for tier in tiers]
    known = {name: (~np.isnan(column)).astype(np.float64) for name, column in columns.items()}
    filled = {name: np.nan_to_num(column) for name, column in columns.items()}

    def statistic(weights: Floats) -> Floats:
        volumes = [np.einsum("bi,i->b", weights, rule) for rule in rules]
        least = np.minimum(*volumes)
        taken: list[Floats] = []
        for name in columns:
            pair = [
                _mean_of_first(weights, filled[name], known[name], order, least) for order in orders
            ]
            taken += [*pair, pair[1] - pair[0]]
        for name in columns:
            pair = [
                ratio(
                    np.einsum("bi,i->b", weights, rule * filled[name]),
                    np.einsum("bi,i->b", weights, rule * known[name]),
                )
                for rule in rules
            ]
            taken += [*pair, pair[1] - pair[0]]
        return np.stack(taken, axis=1)

    return statistic


def _mean_of_first(
    weights: Floats, values: Floats, known: Floats, order: TiedOrder, k: Floats
) -> Floats:
    total = weighted_gains(weights, values, order, k[:, None])[:, 0]
    if known.all():
        return ratio(total, k)
    counted = weighted_gains(weights, known, order, k[:, None])[:, 0]
    # Of what remains after cutting a tie, rounding is not an account.
    return ratio(total, np.where(counted > 1e-9, counted, 0.0))


def membership(tier: ArrayLike, volume: float) -> Floats:
    """Give the share of each account that a rule takes at a volume.

    Parameters
    ----------
    tier : array_like of float, shape (n,)
        Higher is called earlier, 0 is not selected.
    volume : float
        How many accounts are taken, at most as many as the rule selects.

    Returns
    -------
    ndarray of float, shape (n,)
        Between 0 and 1; they sum to the volume.

    Examples
    --------
    >>> membership([0, 2, 1, 1], 2)
    array([0. , 1. , 0.5, 0.5])
    """
    return top_membership(tied_order(tier), volume)


def turns_on_one_account(current: ArrayLike, proposed: ArrayLike, margin: ArrayLike) -> bool:
    """Say whether the sign of the difference at equal volume hangs on a single account.

    Parameters
    ----------
    current, proposed : array_like of float, shape (n,)
        Tiers, as `rule_comparison` takes them.
    margin : array_like of float, shape (n,)
        What is compared, in currency units.

    Returns
    -------
    bool
        True when the difference isn't zero, and without the account with the largest absolute
        margin among those that the rules take to different shares it has another sign, is zero, or
        can't be formed. Where several are equally large, one that turns the sign is enough.

    Examples
    --------
    >>> turns_on_one_account([1, 1, 0, 0], [0, 0, 1, 1], [1.0, 2.0, 1.5, 900.0])
    True
    >>> turns_on_one_account([1, 1, 0, 0], [0, 0, 1, 1], [1.0, 2.0, 5.0, 900.0])
    False
    """
    tiers = (figures(current, "current"), figures(proposed, "proposed"))
    money = figures(margin, "margin")
    volume = min((tier > 0).sum() for tier in tiers)
    apart = membership(tiers[1], volume) - membership(tiers[0], volume)
    size = np.where(np.abs(apart) > 1e-12, np.abs(money), -1.0)
    if size.max(initial=-1.0) <= 0.0:
        return False
    largest = np.flatnonzero(size == size.max())
    # Rows that are alike in all that matters need one look only.
    alike = np.stack([column[largest] for column in (*tiers, money)], axis=1)
    largest = largest[np.unique(alike, axis=0, return_index=True)[1]]
    weights = np.ones((len(largest) + 1, len(money)))
    weights[np.arange(1, len(largest) + 1), largest] = 0.0
    differences = _statistic(tiers, {"margin": money})(weights)[:, 2]
    if differences[0] == 0.0:
        return False
    # Where nothing is left to compare the difference is NaN, which equals no sign.
    return bool((np.sign(differences[1:]) != np.sign(differences[0])).any())
