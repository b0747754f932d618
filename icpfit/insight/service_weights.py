"""What each activity tells of advocacy beside the others: relative weights with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from icpfit.measure.association import rank_residuals, relative_weights
from icpfit.measure.intervals import interval, replicate_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from icpfit.economics.outcome import Accounts
    from icpfit.insight.service_items import ServiceItem
    from icpfit.measure.estimate import Estimate

__all__ = ["ServiceWeight", "service_weights"]

Floats = npt.NDArray[np.float64]

FEWEST = 60
PER_COLUMN = 10
"""Accounts that relative weights need for each item."""
_DRAWS = 500
_WEIGHTS_LEVEL = 0.01


@dataclass(frozen=True)
class ServiceWeight:
    """What one activity tells of advocacy beside the others.

    Parameters
    ----------
    item, words : str
        The activity, and what readers call it.
    share : Estimate
        Its relative weight over all, 0 to 1.
    """

    item: str
    words: str
    share: Estimate


def service_weights(
    accounts: Accounts,
    rows: pd.Index,
    items: Sequence[ServiceItem],
    given: pd.DataFrame,
    *,
    seed: int,
) -> tuple[tuple[ServiceWeight, ...], float]:
    """Return what each activity tells of advocacy beside the others.

    Parameters
    ----------
    accounts : Accounts
        Facts and outcomes, joined.
    rows : pandas.Index
        Accounts that answered and stayed for all of the horizon.
    items : sequence of ServiceItem
        Those that are activities are weighed.
    given : pandas.DataFrame
        What is held fixed, a row for each of `rows`.
    seed : int
        Of the bootstrap.

    Returns
    -------
    weights : tuple of ServiceWeight
        Largest first; empty below 60 accounts or 10 for each activity, and where all activities
        together could be luck (F test at 1 %).
    explained : float
        Share of the variance of advocacy's ranks that they tell together; NaN where too few.

    References
    ----------
    Johnson (2000), see `icpfit.measure.association.relative_weights`.
    """
    activities = [item for item in items if item.is_activity]
    answers = accounts.outcomes.loc[rows, "advocacy"].astype(float).to_numpy()
    n, p = len(rows), len(activities)
    if p < 2 or n < max(FEWEST, PER_COLUMN * p) or np.ptp(answers) == 0:
        return (), float("nan")
    fixed = [column.to_numpy() for _, column in given.items()]
    columns = [rank_residuals(one.per_account.loc[rows].to_numpy(), fixed) for one in activities]
    table = np.column_stack([*columns, rank_residuals(answers, fixed)])
    whole = _relative(np.ones((1, n)), table)[0]
    explained = float(whole.sum())
    if _luck(explained, p, n - p - given.shape[1] - 1) > _WEIGHTS_LEVEL:
        return (), explained
    drawn = np.concatenate(
        [_relative(w, table) for w in replicate_weights(range(n), n_boot=_DRAWS, seed=seed)]
    )
    shares = whole / whole.sum()
    samples = drawn / drawn.sum(axis=1, keepdims=True)
    weighed = [
        ServiceWeight(one.name, one.words, interval(float(shares[i]), samples[:, i], n=n))
        for i, one in enumerate(activities)
    ]
    ordered = sorted(weighed, key=lambda w: (-w.share.value, w.words))
    return tuple(ordered), explained


def _luck(explained: float, p: int, left: int) -> float:
    """Return how often luck alone explains as much: the F test of all activities together."""
    from scipy.stats import f

    if left < 1:
        return 1.0
    return float(f.sf(explained / p / max((1 - explained) / left, 1e-12), p, left))


def _relative(weights: Floats, table: Floats) -> Floats:
    """Return relative weights of all but the last column on the last, for each weighting."""
    found = np.empty((len(weights), table.shape[1] - 1))
    for row, w in enumerate(weights):
        centred = table - (w @ table) / w.sum()
        covariance = (centred * w[:, None]).T @ centred
        scale = np.sqrt(np.clip(np.diag(covariance), 1e-12, None))
        correlation = covariance / np.outer(scale, scale)
        found[row] = relative_weights(correlation[:-1, :-1], correlation[:-1, -1])
    return found
