"""Do the same facts tell accounts apart as before? Two models, against what luck alone moves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from icpfit.fit.model import trained_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from icpfit.fit.contract import FeatureContract
    from icpfit.fit.model import Model
    from icpfit.fit.reference import Reference

__all__ = ["DriverDrift", "DriverShift", "driver_drift", "null_spread"]

Floats = npt.NDArray[np.float64]

HALF_ROWS, HALF_OF_EACH_CLASS = 200, 50
LEVEL = 0.05
_PRIOR = 5.0


@dataclass(frozen=True)
class DriverShift:
    """One driver in both models.

    Parameters
    ----------
    feature : str
        Its name, and `words`: what readers call it.
    words : str
        What readers call it.
    before, now : float
        Its share of the mean absolute SHAP value in each, 0 to 1.
    low, high : float
        Where `now` lies by luck alone, in 95 of 100 comparisons for all drivers together.
    """

    feature: str
    words: str
    before: float
    now: float
    low: float
    high: float

    @property
    def is_outside(self) -> bool:
        """Whether luck alone doesn't move it so far."""
        return not self.low <= self.now <= self.high


@dataclass(frozen=True)
class DriverDrift:
    """The drivers of two models side by side.

    Parameters
    ----------
    shifts : tuple of DriverShift
        The strongest before first.
    only_before, only_now : tuple of str
        Features that only one of the models has; shares are of what both have.
    refits : int
        Models that the band rests on; 0 where there were too few accounts for one.
    note : str
        Why there is no band, or empty.
    """

    shifts: tuple[DriverShift, ...]
    only_before: tuple[str, ...]
    only_now: tuple[str, ...]
    refits: int
    note: str


def driver_drift(
    before: Model,
    now: Model,
    kept: Reference,
    *,
    refits: int = 10,
    seed: int = 0,
    progress: Callable[[str | float], None] | None = None,
) -> DriverDrift:
    """Hold the drivers of a model against those of an earlier one.

    The earlier model's accounts are cut into random halves, a model is trained on each, and how
    far the two halves' shares lie apart says how far luck alone moves them.

    Parameters
    ----------
    before, now : Model
        The earlier and the later model.
    kept : Reference
        What was kept of the accounts that `before` learned from.
    refits : int
        Models trained for the band, two for each cut, at least 4.
    seed : int
        Of the cuts and forests.
    progress : callable, optional
        Told which refit is under way.

    Returns
    -------
    DriverDrift
        Without a band where half of the accounts can't train a model.

    Notes
    -----
    The band is that of two samples that share no account; two models a quarter apart share most of
    theirs, so it errs on the side of silence.
    """
    both = [name for name in before.contract.names if name in now.contract.names]
    words = {feature.name: feature.words for feature in now.contract.features}
    shares = [_shares(model.driver_shares, both) for model in (before, now)]
    learned = kept.rows(kept.is_learned)
    n = len(learned.is_fit)
    fewest = int(min(learned.is_fit.sum(), (~learned.is_fit).sum()))
    note = ""
    if n < 2 * HALF_ROWS + 1 or fewest < 2 * HALF_OF_EACH_CLASS + 1:
        note = (
            f"no band: {n} accounts, {fewest} of the smaller class; half of them must train a "
            f"model, which needs {HALF_ROWS} and {HALF_OF_EACH_CLASS}"
        )
    reach = np.full(len(both), math.inf)
    if not note and both:
        gaps, middle = _half_gaps(
            before, learned, both, cuts=max(2, refits // 2), seed=seed, progress=progress
        )
        # Halves of n accounts lie apart by 2/n + 2/n; the two models by 1/n1 + 1/n2.
        sizes = (1 / before.trained_on + 1 / now.trained_on) / (4 / n)
        reach = null_spread(gaps, middle) * math.sqrt(sizes)
    shifts = [
        DriverShift(
            name,
            words[name],
            float(shares[0][i]),
            float(shares[1][i]),
            max(0.0, float(shares[0][i] - reach[i])),
            min(1.0, float(shares[0][i] + reach[i])),
        )
        for i, name in enumerate(both)
    ]
    return DriverDrift(
        tuple(sorted(shifts, key=lambda s: (-s.before, s.feature))),
        tuple(sorted(set(before.contract.names) - set(both))),
        tuple(sorted(set(now.contract.names) - set(both))),
        0 if note else 2 * max(2, refits // 2),
        note,
    )


def null_spread(gaps: Floats, middle: Floats, level: float = LEVEL) -> Floats:
    """Return how far luck alone moves each share, all drivers together.

    A handful of refits can't tell each driver's variance, so each is averaged with what its size
    lets expect, ``v_j = (d s_j^2 + 5 c m_j) / (d + 5)``, where c is fitted over all drivers; the
    reach is ``t sqrt(v_j)`` at ``level / p``, two-sided, with d + 5 degrees of freedom.

    Parameters
    ----------
    gaps : numpy.ndarray of float64, shape (d, p)
        Differences of the shares between the halves of each cut.
    middle : numpy.ndarray of float64, shape (p,)
        Mean share of each driver over all refits.
    level : float
        How often luck alone takes any driver out of its band, between 0 and 1.

    Returns
    -------
    numpy.ndarray of float64, shape (p,)
        Half the width of the band of such a difference.

    References
    ----------
    Smyth (2004), Statistical Applications in Genetics and Molecular Biology 3, for variances that
    borrow from each other. Bonferroni's rule for the drivers.

    Examples
    --------
    Two drivers, one cut each of .1 and -.1: both variances are .01, so is what their size lets
    expect; t at .975 / 1 with 1 + 5 degrees is 2.97 when halved for two drivers.

    >>> null_spread(np.array([[0.1, -0.1]]), np.array([0.5, 0.5])).round(3).tolist()
    [0.297, 0.297]
    """
    from scipy.stats import t

    cuts, p = gaps.shape
    own = (gaps**2).mean(axis=0)
    # A driver that no half used still may come in with a small share.
    size = middle + 0.01
    expected = size * float(own.sum() / size.sum())
    variance = (cuts * own + _PRIOR * expected) / (cuts + _PRIOR)
    reach: Floats = t.ppf(1 - level / (2 * p), cuts + _PRIOR) * np.sqrt(variance)
    return reach


def _half_gaps(
    before: Model,
    learned: Reference,
    both: list[str],
    *,
    cuts: int,
    seed: int,
    progress: Callable[[str | float], None] | None,
) -> tuple[Floats, Floats]:
    draw = np.random.default_rng(seed)
    gaps, total = np.empty((cuts, len(both))), np.zeros(len(both))
    for cut in range(cuts):
        # Each class is halved by itself, so that both halves can train.
        is_first = np.zeros(len(learned.is_fit), dtype=bool)
        for kind in (True, False):
            rows = draw.permutation(np.flatnonzero(learned.is_fit == kind))
            is_first[rows[: len(rows) // 2]] = True
        shares = []
        for number, half in enumerate((is_first, ~is_first)):
            if progress is not None:
                progress(f"refit {2 * cut + number + 1} of {2 * cuts}")
            refitted = _refit(before, learned.rows(half), seed + cut)
            shares.append(_shares(refitted.driver_shares, both))
        gaps[cut] = shares[0] - shares[1]
        total += shares[0] + shares[1]
    return gaps, total / (2 * cuts)


def _refit(before: Model, half: Reference, seed: int) -> Model:
    return trained_model(
        _read_by_model(half.columns, before.contract),
        half.is_fit,
        half.margin,
        None,
        before.contract,
        account_ids=[f"{i:06}" for i in range(len(half.is_fit))],
        objective=before.objective,
        currency=before.currency,
        horizon=before.horizon,
        as_of=before.as_of,
        company=before.company,
        label_text=before.label_text,
        seed=seed,
    ).model


def _read_by_model(columns: Floats, contract: FeatureContract) -> Floats:
    matrix = columns.copy()
    for feature in contract.features:
        if feature.kind == "category":
            column = matrix[:, feature.column]
            column[column >= len(feature.levels)] = np.nan
    return matrix


def _shares(shares: dict[str, float], names: list[str]) -> Floats:
    values = np.array([shares.get(name, 0.0) for name in names])
    total = float(values.sum())
    return values / total if total > 0 else values
