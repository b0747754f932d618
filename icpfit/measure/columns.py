"""Columns of figures, checked before anything is computed from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["figures", "flags"]


def figures(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Give finite figures as floats, or say what is wrong with them.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        One figure per account; at least one, none missing.
    name : str
        What they are, for the message.

    Returns
    -------
    ndarray of float, shape (n,)
        The same figures.

    Raises
    ------
    ValueError
        If there is none, or any is missing or infinite: a ranking with holes has no meaning.

    Examples
    --------
    >>> figures([1, 2], "margin")
    array([1., 2.])
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name}: expected one figure per account, found shape {array.shape}")
    bad = int(np.count_nonzero(~np.isfinite(array)))
    if bad:
        raise ValueError(f"{name}: {bad} of {array.size} figures are missing or infinite")
    return array


def flags(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Give yes/no values as ones and zeros, or say what is wrong with them.

    Parameters
    ----------
    values : array_like of bool, shape (n,)
        True and False, or 1 and 0; none missing.
    name : str
        What they are, for the message.

    Returns
    -------
    ndarray of float, shape (n,)
        1.0 for yes, 0.0 for no.

    Raises
    ------
    ValueError
        If any is missing or neither yes nor no.

    Examples
    --------
    >>> flags([True, False], "is_fit")
    array([1., 0.])
    """
    array = figures(values, name)
    odd = int(np.count_nonzero((array != 0.0) & (array != 1.0)))
    if odd:
        raise ValueError(f"{name}: {odd} of {array.size} values are neither yes nor no")
    return array
