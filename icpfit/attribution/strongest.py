"""The few values of each row that say most: its largest and its smallest, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from icpfit.attribution.kernels import compiled

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Strongest", "largest", "strongest"]

Floats = npt.NDArray[np.float64]

_BLOCK = 16_384


@dataclass(frozen=True, eq=False)
class Strongest:
    """Which features raise and lower each row the most.

    Attributes
    ----------
    raising, lowering : numpy.ndarray of int16, shape (top, n)
        Columns of the features, the strongest first; -1 where there is none, or none that counts.
    """

    raising: npt.NDArray[np.int16]
    lowering: npt.NDArray[np.int16]


def strongest(
    values: Floats, order: Sequence[int], *, top: int = 3, least_share: float = 0.01
) -> Strongest:
    """Return the features with the largest and the smallest values of each row.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n, p) or wider
        One column per feature, from `shapley_values`; columns that `order` doesn't name are left
        out. Fortran order is read without a copy.
    order : sequence of int
        The columns to choose from; of two equal values the one that is named first stands first.
    top : int, default 3
        Most features on either side, at least 1.
    least_share : float, default 0.01
        What a value must be of the sum of the row's absolute values in these columns.

    Returns
    -------
    Strongest
        A row's entries depend on that row alone.

    Notes
    -----
    A value of 0 is on neither side.

    Examples
    --------
    >>> found = strongest(np.array([[3.0, -2.0, 0.01, 5.0]]), [0, 1, 2, 3], top=2)
    >>> found.raising.T.tolist(), found.lowering.T.tolist()
    ([[3, 0]], [[1, -1]])
    """
    n = len(values)
    columns = np.array(order, dtype=np.int64)
    raising = np.full((top, n), -1, dtype=np.int16)
    lowering = np.full((top, n), -1, dtype=np.int16)
    for start in range(0, n, _BLOCK):
        rows = slice(start, start + _BLOCK)
        block = np.require(values[rows].T, requirements=("C", "W"))
        total = np.zeros(block.shape[1])
        for column in columns.tolist():
            total += np.abs(block[column])
        for sign, found in ((1.0, raising), (-1.0, lowering)):
            chosen = np.full((top, block.shape[1]), -1, dtype=np.int16)
            compiled(largest)(block, columns, sign, least_share * total, chosen)
            found[:, rows] = chosen
    return Strongest(raising, lowering)


def largest(values: Any, columns: Any, sign: float, least: Any, found: Any) -> None:
    """Fill in the columns with the largest values, in falling order.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (p, n)
        One row per feature.
    columns : numpy.ndarray of int64
        The features to choose from.
    sign : float
        1, or -1 for the smallest.
    least : numpy.ndarray of float64, shape (n,)
        What counts.
    found : numpy.ndarray of int16, shape (top, n)
        Gets the columns; -1 to begin with.

    Notes
    -----
    Features are the outer loop, so that memory is read in order.
    """
    top = found.shape[0]
    for column in columns:
        for row in range(values.shape[1]):
            value = sign * values[column, row]
            if value <= 0.0 or value < least[row]:
                continue
            place = top
            while place > 0:
                above = found[place - 1, row]
                if above >= 0 and sign * values[above, row] >= value:
                    break
                place -= 1
            for below in range(top - 1, place, -1):
                found[below, row] = found[below - 1, row]
            if place < top:
                found[place, row] = column
