"""What accounts like those on a shifted list have earned: the hold-out, weighted to be like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from icpfit.measure.intervals import REPLICATES, interval, paired_bootstrap, shortage
from icpfit.measure.weighted import tied_order, weighted_auc, weighted_mean

if TYPE_CHECKING:
    from icpfit.measure.estimate import Estimate

__all__ = ["FEWEST_EFFECTIVE", "ShiftedEstimate", "shifted_estimate"]

Floats = npt.NDArray[np.float64]

FEWEST_EFFECTIVE = 100.0
_CLIP = 0.95
_MOST_WITHOUT_LIKE = 0.2
_NAMES = ("fit_rate", "margin", "auc")


@dataclass(frozen=True, eq=False)
class ShiftedEstimate:
    """What the judged accounts earned, each counted as often as its like stands on the list.

    Parameters
    ----------
    n : int
        Accounts judged.
    n_effective : float
        How many equally weighted accounts tell as much: (sum w)^2 / sum w^2.
    plain : dict of str to Estimate
        ``fit_rate``, ``margin`` (per account, currency units) and ``auc`` (of the ranking for the
        fit), as judged.
    weighted : dict of str to Estimate
        The same for a list like this; empty where refused.
    refused : str
        Why there is no estimate, or empty.
    """

    n: int
    n_effective: float
    plain: dict[str, Estimate]
    weighted: dict[str, Estimate]
    refused: str


def shifted_estimate(
    is_fit: npt.NDArray[np.bool_],
    margin: Floats,
    ranking: Floats,
    ratio: Floats,
    *,
    without_like: float = 0.0,
    seed: int = 0,
    n_boot: int = REPLICATES,
) -> ShiftedEstimate:
    """Weight the judged accounts by how usual their like is on the list.

    Weights are `ratio` clipped at its 95th percentile.

    Parameters
    ----------
    is_fit : numpy.ndarray of bool, shape (n,)
        Whether the account was a profitable fit.
    margin, ranking : numpy.ndarray of float64, shape (n,)
        Its margin in currency units, and what the model said of it.
    ratio : numpy.ndarray of float64, shape (n,)
        How much more usual its like is on the list than among the accounts learned from.
    without_like : float
        Share of the list that no account served is like: levels never served, rows not rated.
    seed, n_boot : int
        Of the bootstrap.

    Returns
    -------
    ShiftedEstimate
        Refused where the weights leave less than 100 accounts' worth, or more than one row in five
        has no like.

    Notes
    -----
    It mends what can be seen in the facts, not what made these companies differ otherwise: where
    the list holds companies like none served, no weighting can tell. The intervals take the
    weights as given.

    References
    ----------
    Shimodaira (2000), Journal of Statistical Planning and Inference 90. Kish (1965), Survey
    Sampling, for the effective number.

    Examples
    --------
    >>> fit = np.tile([True, False, False], 100)
    >>> found = shifted_estimate(fit, fit * 9.0, fit * 1.0, np.where(fit, 2.0, 1.0))
    >>> round(found.plain["fit_rate"].value, 3), found.weighted["fit_rate"].value
    (0.333, 0.5)
    """
    n = len(ratio)
    if n == 0:
        return ShiftedEstimate(0, 0.0, {}, {}, "no judged accounts were kept with the model")
    weights = np.minimum(ratio, np.quantile(ratio, _CLIP))
    effective = float(weights.sum() ** 2 / (weights**2).sum())
    groups = np.arange(n)
    fit = is_fit.astype(np.float64)
    note = shortage(fit, groups)
    ranked = tied_order(ranking, margin, fit)

    def figures(drawn: Floats) -> Floats:
        return np.column_stack(
            [
                weighted_mean(drawn, fit),
                weighted_mean(drawn, margin),
                weighted_auc(drawn, fit, ranked),
            ]
        )

    def estimates(counted: Floats) -> dict[str, Estimate]:
        values = figures(counted[None, :])[0]
        samples = paired_bootstrap(lambda w: figures(w * counted), groups, n_boot=n_boot, seed=seed)
        return {
            name: interval(float(values[i]), samples[:, i], n=n, note=note)
            for i, name in enumerate(_NAMES)
        }

    refused = ""
    if without_like > _MOST_WITHOUT_LIKE:
        refused = f"cannot be told: {without_like:.0%} of the rows are like no account ever served"
        refused = refused.replace("%", " %")
    elif effective < FEWEST_EFFECTIVE:
        refused = (
            f"cannot be told: weighted to be like this list, the {n} accounts judged tell as much "
            f"as {effective:.0f}, and {FEWEST_EFFECTIVE:.0f} are needed"
        )
    return ShiftedEstimate(
        n, effective, estimates(np.ones(n)), {} if refused else estimates(weights), refused
    )
