"""The part of a score that is a sum of one curve per fact: plain numbers, exact reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Curve", "Curves", "curve_steps", "curve_sums", "curves_from", "merged_curves"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """What one fact adds to a score.

    Parameters
    ----------
    at : tuple of float
        Ascending values of a number, a flag or an age at which the curve is told; between them it
        is straight, beyond the first and the last it is level. Empty for a category.
    values : tuple of float
        The curve there; for a category, at each level in the order of its codes.
    missing : float
        Where the fact is missing, or its level was never served.
    """

    at: tuple[float, ...]
    values: tuple[float, ...]
    missing: float


@dataclass(frozen=True)
class Curves:
    """A score that is a sum: ``base + sum of the curves``, and its share in the blend.

    Parameters
    ----------
    base : float
        The score's mean over the training accounts; each curve has the mean 0 over them.
    share : float
        Weight in the blend, 0 to 1; the forests have the rest.
    curves : tuple of Curve
        One for each feature, in the order of the matrix.
    """

    base: float
    share: float
    curves: tuple[Curve, ...]


def curve_steps(curves: Curves, matrix: Floats) -> Floats:
    """Return what each fact adds to the sum: linear SHAP values, against the training mean.

    Parameters
    ----------
    curves : Curves
        The additive part of a model.
    matrix : numpy.ndarray of float64, shape (n, p)
        Features; NaN for missing.

    Returns
    -------
    numpy.ndarray of float64, shape (n, p)
        In the score's unit; a row's values depend on that row only.

    Raises
    ------
    ValueError
        For another number of columns than there are curves.

    References
    ----------
    Strumbelj and Kononenko (2014), Explaining prediction models and individual predictions with
    feature contributions. For a sum of curves the Shapley value is the curve less its mean.

    Examples
    --------
    >>> size = Curve((1.0, 3.0), (-1.0, 1.0), missing=0.25)
    >>> land = Curve((), (-0.5, 0.5), missing=0.0)
    >>> curve_steps(
    ...     Curves(0.0, 0.5, (size, land)), np.array([[2.0, 1.0], [9.0, 0.0], [np.nan, np.nan]])
    ... )
    array([[ 0.  ,  0.5 ],
           [ 1.  , -0.5 ],
           [ 0.25,  0.  ]])
    """
    if matrix.shape[1] != len(curves.curves):
        raise ValueError(f"matrix has {matrix.shape[1]} columns, {len(curves.curves)} curves")
    steps = np.empty(matrix.shape)
    for column, curve in enumerate(curves.curves):
        steps[:, column] = _curve(curve, np.ascontiguousarray(matrix[:, column]))
    return steps


def curve_sums(curves: Curves, matrix: Floats) -> Floats:
    """Return the score of each row, ``base + sum of the curves``.

    Parameters
    ----------
    curves : Curves
        The additive part of a model.
    matrix : numpy.ndarray of float64, shape (n, p)
        Features; NaN for missing.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        Added up feature by feature, so that a row's bytes don't depend on its neighbours.
    """
    total = np.full(len(matrix), curves.base)
    steps = curve_steps(curves, matrix)
    for column in range(steps.shape[1]):
        total += steps[:, column]
    return total


def merged_curves(parts: Sequence[Curves], share: float) -> Curves:
    """Return the mean of several sums as one sum.

    Parameters
    ----------
    parts : sequence of Curves
        Their curves are told at the same values.
    share : float
        Weight of the result in the blend.

    Returns
    -------
    Curves
        Base and curves averaged.

    Examples
    --------
    >>> one, two = (Curves(b, 1.0, (Curve((), (b, -b), 0.0),)) for b in (1.0, 3.0))
    >>> merged_curves([one, two], share=0.5)
    Curves(base=2.0, share=0.5, curves=(Curve(at=(), values=(2.0, -2.0), missing=0.0),))
    """
    curves = []
    for same in zip(*(part.curves for part in parts), strict=True):
        values = np.mean([curve.values for curve in same], axis=0)
        missing = float(np.mean([curve.missing for curve in same]))
        curves.append(Curve(same[0].at, tuple(float(v) for v in values), missing))
    return Curves(float(np.mean([part.base for part in parts])), share, tuple(curves))


def curves_from(record: Mapping[str, Any]) -> Curves:
    """Return the sum that was written as plain values.

    Parameters
    ----------
    record : mapping
        As of ``dataclasses.asdict``, lists in place of tuples.

    Returns
    -------
    Curves
        Equal to the one written.
    """
    curves = tuple(
        Curve(tuple(c["at"]), tuple(c["values"]), float(c["missing"])) for c in record["curves"]
    )
    return Curves(float(record["base"]), float(record["share"]), curves)


def _curve(curve: Curve, column: Floats) -> Floats:
    missing = np.isnan(column)
    values = np.array(curve.values)
    if not curve.at:
        # A code that the contract doesn't have (-1, or beyond the levels) is as good as missing.
        missing |= ~((column >= 0) & (column < len(values)))
        codes = np.where(missing, 0, column).astype(np.intp)
        return np.where(missing, curve.missing, np.append(values, 0.0)[codes])
    at = np.array(curve.at)
    if len(at) == 1:
        return np.where(missing, curve.missing, values[0])
    # numpy's interp chooses its arithmetic by the number of rows; these steps don't.
    slopes = np.diff(values) / np.diff(at)
    inside = np.clip(np.where(missing, at[0], column), at[0], at[-1])
    segment = np.clip(np.searchsorted(at, inside, side="right") - 1, 0, len(at) - 2)
    steps = slopes[segment] * (inside - at[segment])
    return np.where(missing, curve.missing, values[segment] + steps)
