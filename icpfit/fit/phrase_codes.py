"""Numbers as phrases by the column: each distinct rounded value is put into words once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from icpfit.fit.phrases import number_phrase

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["age_texts", "number_texts", "rounded_texts"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Told = tuple[list[str], Ints]
"""Texts, and for each value the place of its text among them."""

_MOST_EXPONENT = 20
# So close to the middle of two rounded values, only exact decimal arithmetic says which it is.
_UNSURE = 1e-6
_MOST_YEARS = 1_000


def rounded_texts(
    values: Floats,
    digits: int,
    phrase: Callable[[float], str],
    kinds: npt.NDArray[np.int64] | None = None,
) -> Told:
    """Return each value's phrase, where the phrase follows from so many significant digits.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n,)
        Any numbers.
    digits : int
        Significant digits that the phrase shows, 1 to 6.
    phrase : callable
        What a number is called.
    kinds : numpy.ndarray of int64, shape (n,), optional
        Small whole numbers from 0: values of different kinds never share a phrase.

    Returns
    -------
    tuple of list of str and numpy.ndarray of int64
        ``texts[place[i]] == phrase(values[i])`` for every i.

    Examples
    --------
    >>> texts, place = rounded_texts(np.array([3.4, 3.41, -3.4]), 2, "{:.2g}".format)
    >>> [texts[i] for i in place]
    ['3.4', '3.4', '-3.4']
    """
    size = np.abs(values)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        exponent = np.floor(np.log10(size))
        scaled = size * np.power(10.0, digits - 1 - exponent)
        is_sure = np.abs(scaled - np.floor(scaled) - 0.5) > _UNSURE
        is_sure &= np.abs(exponent) <= _MOST_EXPONENT
    span = 10**digits + 1
    steps = np.rint(np.where(is_sure, scaled, 0.0)).astype(np.int64)
    place = np.where(is_sure, exponent, 0.0).astype(np.int64) + _MOST_EXPONENT
    codes = 2 * (place * span + steps) + (values < 0)
    n_codes = 2 * span * (2 * _MOST_EXPONENT + 1)
    if kinds is not None:
        codes += kinds * n_codes
        n_codes *= int(kinds.max(initial=0)) + 1
    return _told_once(values, codes, n_codes, is_sure, phrase)


def number_texts(values: Floats) -> Told:
    """Return `number_phrase` of each value.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n,)
        Any numbers.

    Returns
    -------
    tuple of list of str and numpy.ndarray of int64
        As of `rounded_texts`.

    Examples
    --------
    >>> texts, place = number_texts(np.array([240.0, 0.5, 1234567.2, 240.0]))
    >>> [texts[i] for i in place]
    ['240', '0.5', '1,234,567', '240']
    """
    size, whole = np.abs(values), np.rint(values)
    is_large = size >= 10_000
    is_whole = (values == whole) | (size >= 1_000) | ~np.isfinite(values)
    place = np.empty(len(values), dtype=np.int64)
    texts: list[str] = []
    for chosen, rounded in (
        (is_large, whole),
        (is_whole & ~is_large, whole),
        (~is_whole & ~is_large, None),
    ):
        if not chosen.any():
            continue
        if rounded is None:
            said, where = rounded_texts(values[chosen], 3, number_phrase)
        else:
            # Of all values that round to this one, any has its text; -0 and 0 are one.
            _, first, where = np.unique(
                rounded[chosen] + 0.0, return_index=True, return_inverse=True
            )
            said = [number_phrase(value) for value in values[chosen][first].tolist()]
        place[chosen] = where.ravel() + len(texts)
        texts += said
    return texts, place


def age_texts(values: Floats) -> Told:
    """Return each age to one decimal.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n,)
        Years.

    Returns
    -------
    tuple of list of str and numpy.ndarray of int64
        As of `rounded_texts`.

    Examples
    --------
    >>> texts, place = age_texts(np.array([4.0, 12.34, 4.04]))
    >>> [texts[i] for i in place]
    ['4.0', '12.3', '4.0']
    """
    tenths = 10 * np.where((values > 0) & (values < _MOST_YEARS), values, 0.0)
    steps = np.rint(tenths).astype(np.int64)
    is_sure = (np.abs(tenths - np.floor(tenths) - 0.5) > _UNSURE) & (steps > 0)
    return _told_once(values, steps, 10 * _MOST_YEARS + 1, is_sure, "{:.1f}".format)


def _told_once(
    values: Floats,
    codes: Ints,
    n_codes: int,
    is_sure: npt.NDArray[np.bool_],
    phrase: Callable[[float], str],
) -> Told:
    """Put one value of each code into words, and each that has no sure code."""
    sure, unsure = np.flatnonzero(is_sure), np.flatnonzero(~is_sure)
    example = np.full(n_codes, -1, dtype=np.int64)
    example[codes[sure]] = sure
    used = np.flatnonzero(example >= 0)
    order = np.empty(n_codes, dtype=np.int64)
    order[used] = np.arange(len(used))
    place = np.empty(len(values), dtype=np.int64)
    place[sure] = order[codes[sure]]
    texts = [phrase(value) for value in values[example[used]].tolist()]
    if len(unsure):
        # Minus zero would be said as "-0.0", or not, by who stands beside it.
        distinct, where = np.unique(values[unsure] + 0.0, return_inverse=True)
        place[unsure] = where.ravel() + len(texts)
        texts += [phrase(value) for value in distinct.tolist()]
    return texts, place
