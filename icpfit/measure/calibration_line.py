"""The straight line on the log-odds that would calibrate probabilities: its intercept and slope."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from icpfit.measure.columns import figures, flags
from icpfit.measure.weighted import ratio

__all__ = [
    "AS_IT_IS",
    "CalibrationLine",
    "fitted_intercept",
    "fitted_line",
    "log_odds",
    "weighted_intercepts",
    "weighted_slopes",
]

Floats = NDArray[np.float64]

# Beyond this a probability is 0 or 1 for every purpose, and its log-odds must stay finite.
_SURE = 1e-6
_STEPS = 60


@dataclass(frozen=True)
class CalibrationLine:
    """A line on the log-odds: ``log-odds = intercept + slope * (log-odds as predicted)``.

    Parameters
    ----------
    intercept : float
        In log-odds; above zero raises every probability.
    slope : float
        Below one pulls the probabilities together, above one pushes them apart.

    Examples
    --------
    >>> CalibrationLine(0.0, 1.0) == AS_IT_IS
    True
    """

    intercept: float
    slope: float

    def applied(self, log_odds: Floats) -> Floats:
        """Return the calibrated log-odds.

        Parameters
        ----------
        log_odds : ndarray of float, shape (n,)
            As predicted.

        Returns
        -------
        ndarray of float, shape (n,)
            ``intercept + slope * log_odds``.

        Examples
        --------
        >>> CalibrationLine(0.5, 0.5).applied(np.array([-1.0, 1.0]))
        array([0., 1.])
        """
        return self.intercept + self.slope * log_odds


#: The line that changes nothing.
AS_IT_IS = CalibrationLine(0.0, 1.0)


def log_odds(probability: ArrayLike) -> Floats:
    """Give the log-odds of probabilities: log(p / (1 - p)).

    Parameters
    ----------
    probability : array_like of float, shape (n,)
        From 0 to 1; kept a millionth off both ends, so that the log-odds are finite.

    Returns
    -------
    ndarray of float, shape (n,)
        In nats.

    Raises
    ------
    ValueError
        If a value is missing.

    Examples
    --------
    >>> log_odds([0.5, 0.75, 1.0]).round(3)
    array([ 0.   ,  1.099, 13.816])
    """
    p = np.clip(figures(probability, "probability"), _SURE, 1.0 - _SURE)
    return np.asarray(np.log(p / (1.0 - p)))


def fitted_line(
    is_fit: ArrayLike, predicted: ArrayLike, *, slope_spread: float = math.inf
) -> CalibrationLine:
    """Fit intercept a and slope b of ``log-odds = a + b z`` by maximum likelihood.

    With `slope_spread` s the slope is shrunk towards one by a prior N(1, s^2), and
    ``sum(log-loss) + (b - 1)^2 / (2 s^2)`` is minimised; the intercept stays free.

    Parameters
    ----------
    is_fit : array_like of bool, shape (n,)
        Whether the account was a profitable fit.
    predicted : array_like of float, shape (n,)
        Predicted log-odds z, in nats.
    slope_spread : float
        Standard deviation of the slope's prior, above 0; infinite for no prior.

    Returns
    -------
    CalibrationLine
        NaN both where it doesn't exist: all log-odds equal and no prior, one class only, or
        log-odds that separate the classes.

    Raises
    ------
    ValueError
        If a value is missing.

    Notes
    -----
    Newton's method, with steps halved until the likelihood rises. Rows are ordered by their values
    first, so that not even the last bit depends on their order.

    References
    ----------
    Cox (1958), Biometrika 45; Platt (1999), Advances in Large Margin Classifiers.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> z = rng.normal(0, 1.5, 4000)
    >>> fit = rng.random(4000) < 1 / (1 + np.exp(-(0.3 + 0.6 * z)))
    >>> line = fitted_line(fit, z)
    >>> round(line.intercept, 1), round(line.slope, 1)
    (0.2, 0.6)
    >>> fitted_line(fit[:50], z[:50], slope_spread=0.01).slope.__round__(2)
    1.0
    """
    fit, z = flags(is_fit, "is_fit"), figures(predicted, "predicted")
    order = np.lexsort([fit, z])
    fit, z = fit[order], z[order]
    if fit.min() == fit.max() or (math.isinf(slope_spread) and _is_separated(fit, z)):
        return CalibrationLine(math.nan, math.nan)
    pull = 0.0 if math.isinf(slope_spread) else 1.0 / slope_spread**2

    def loss(line: Floats) -> float:
        eta = line[0] + line[1] * z
        return float(np.sum(np.logaddexp(0.0, eta) - fit * eta) + 0.5 * pull * (line[1] - 1) ** 2)

    line = np.array([0.0, 1.0])
    now = loss(line)
    for _ in range(_STEPS):
        slopes, curvature = _derivatives(fit, z, line, pull)
        if np.linalg.det(curvature) <= 1e-12 * curvature[0, 0] ** 2:
            return CalibrationLine(math.nan, math.nan)
        step, size = np.linalg.solve(curvature, slopes), 1.0
        while size > 1e-6 and not (after := loss(line + size * step)) <= now:
            size /= 2
        if size <= 1e-6 or now - after <= 1e-12 * (1.0 + abs(now)):
            break
        line, now = line + size * step, after
    return CalibrationLine(float(line[0]), float(line[1]))


def _is_separated(fit: Floats, z: Floats) -> bool:
    # Then the likelihood rises for ever with the slope; so it does where all values are equal.
    fits, others = z[fit == 1.0], z[fit == 0.0]
    return bool(others.max() <= fits.min() or fits.max() <= others.min())


def _derivatives(fit: Floats, z: Floats, line: Floats, pull: float) -> tuple[Floats, Floats]:
    """Give the log-likelihood's slopes and its curvature, the latter with its sign turned."""
    p = _probability(line[0] + line[1] * z)
    error, spread = fit - p, p * (1.0 - p)
    slopes = np.array([error.sum(), (error * z).sum() - pull * (line[1] - 1.0)])
    mixed = (spread * z).sum()
    return slopes, np.array([[spread.sum(), mixed], [mixed, (spread * z * z).sum() + pull]])


def fitted_intercept(is_fit: ArrayLike, predicted: ArrayLike) -> float:
    """Fit the intercept alone, with a slope of one: calibration in the large.

    Parameters
    ----------
    is_fit : array_like of bool, shape (n,)
        Whether the account was a profitable fit.
    predicted : array_like of float, shape (n,)
        Predicted log-odds, in nats.

    Returns
    -------
    float
        Log-odds that would make predicted and actual fit rate equal; NaN for one class only.

    Raises
    ------
    ValueError
        If a value is missing.

    Notes
    -----
    The equation ``mean(1 / (1 + exp(-(a + z)))) = fit rate`` has one root, found by bisection.

    Examples
    --------
    >>> round(fitted_intercept([True, True, True, False], np.zeros(4)), 4)
    1.0986
    """
    fit, z = flags(is_fit, "is_fit"), np.sort(figures(predicted, "predicted"))
    rate = float(fit.mean())
    if rate in (0.0, 1.0):
        return math.nan
    middle = math.log(rate / (1.0 - rate))
    low, high = middle - float(z[-1]), middle - float(z[0])
    for _ in range(100):
        guess = (low + high) / 2
        if float(_probability(guess + z).mean()) < rate:
            low = guess
        else:
            high = guess
    return (low + high) / 2


def weighted_intercepts(
    weights: Floats, is_fit: Floats, predicted: Floats, intercept: float
) -> Floats:
    """Give the intercept alone under each weighting, one Newton step from the unweighted one.

    Parameters
    ----------
    weights : ndarray of float, shape (replicates, n)
        How often each account counts.
    is_fit : ndarray of float, shape (n,)
        1 for a profitable fit, 0 for none.
    predicted : ndarray of float, shape (n,)
        Predicted log-odds.
    intercept : float
        From `fitted_intercept`.

    Returns
    -------
    ndarray of float, shape (replicates,)
        NaN where all weights are zero.

    References
    ----------
    Shao & Tu (1995), The Jackknife and Bootstrap, chapter 5 (one-step bootstrap).

    Examples
    --------
    >>> fit = np.array([1.0, 1.0, 1.0, 0.0])
    >>> weighted_intercepts(np.ones((1, 4)), fit, np.zeros(4), np.log(3)).round(4)
    array([1.0986])
    """
    p = _probability(intercept + predicted)
    return intercept + ratio(_total(weights, is_fit - p), _total(weights, p * (1.0 - p)))


def weighted_slopes(
    weights: Floats, is_fit: Floats, predicted: Floats, line: CalibrationLine
) -> Floats:
    """Give the line's slope under each weighting, one Newton step from the unweighted line.

    Parameters
    ----------
    weights : ndarray of float, shape (replicates, n)
        How often each account counts.
    is_fit : ndarray of float, shape (n,)
        1 for a profitable fit, 0 for none.
    predicted : ndarray of float, shape (n,)
        Predicted log-odds.
    line : CalibrationLine
        From `fitted_line`, without a prior.

    Returns
    -------
    ndarray of float, shape (replicates,)
        NaN where it is not determined.

    References
    ----------
    Shao & Tu (1995), The Jackknife and Bootstrap, chapter 5 (one-step bootstrap).

    Examples
    --------
    >>> z = np.array([-1.0, 0.0, 1.0, 2.0, -2.0, 0.5])
    >>> fit = np.array([0.0, 1.0, 0.0, 1.0, 0.0, 1.0])
    >>> line = fitted_line(fit, z)
    >>> found = weighted_slopes(np.ones((1, 6)), fit, z, line)
    >>> bool(np.isclose(found[0], line.slope, atol=1e-4))
    True
    """
    p = _probability(line.intercept + line.slope * predicted)
    error, spread = is_fit - p, p * (1.0 - p)
    information = _total(weights, spread)
    middle = ratio(_total(weights, spread * predicted), information)
    tilt = _total(weights, error * predicted) - middle * _total(weights, error)
    width = _total(weights, spread * predicted**2) - middle**2 * information
    return line.slope + ratio(tilt, width)


def _probability(eta: Floats) -> Floats:
    from scipy.special import expit

    return np.asarray(expit(eta), dtype=np.float64)


def _total(weights: Floats, values: Floats) -> Floats:
    # Not a matrix product: its sums may depend on the number of threads.
    return np.asarray(np.einsum("bi,i->b", weights, values))
