"""Numbers as phrases by the column: each distinct rounded value is put into words once."""

from __future__ import annotations

import threading
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
# Whole numbers below this are written without signs for thousands.
_PLAIN_BELOW = 10_000


class _Said:
    """What was said of each code so far: batches that come later need not say it again.

    The text follows from the code alone, so that no batch depends on those before it.
    """

    def __init__(self, n_codes: int) -> None:
        self.place = np.full(n_codes, -1, dtype=np.int64)
        self.texts: list[str] = []
        self.lock = threading.Lock()

    def places(self, codes: Ints, values: Floats, phrase: Callable[[float], str]) -> Ints:
        """Return the place of each code's text, once it was said."""
        found = self.place[codes]
        new = np.flatnonzero(found < 0)
        if len(new):
            with self.lock:
                distinct, first = np.unique(codes[new], return_index=True)
                for code, at in zip(distinct.tolist(), new[first].tolist(), strict=True):
                    if self.place[code] < 0:
                        self.texts.append(phrase(float(values[at])))
                        self.place[code] = len(self.texts) - 1
            found = self.place[codes]
        return found


# By the name of the phrase; there are some ten thousand codes of each.
_KNOWN: dict[tuple[str, int], _Said] = {}


def rounded_texts(
    values: Floats,
    digits: int,
    phrase: Callable[[float], str],
    kinds: npt.NDArray[np.int64] | None = None,
    *,
    name: str,
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
    name : str
        The phrase's own name, under which what it said is remembered.

    Returns
    -------
    tuple of list of str and numpy.ndarray of int64
        ``texts[place[i]] == phrase(values[i])`` for every i.

    Examples
    --------
    >>> texts, place = rounded_texts(np.array([3.4, 3.41, -3.4]), 2, "{:.2g}".format, name="short")
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
    return _told_once(values, codes, n_codes, is_sure, (name, phrase))


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
    is_large = size >= _PLAIN_BELOW
    is_whole = (values == whole) | (size >= 1_000) | ~np.isfinite(values)
    is_small = is_whole & ~is_large
    place = np.empty(len(values), dtype=np.int64)
    texts: list[str] = []
    for chosen, rounded in (
        (is_large, whole),
        (is_small, whole),
        (~is_whole & ~is_large, None),
    ):
        if not chosen.any():
            continue
        if rounded is None:
            said, where = rounded_texts(values[chosen], 3, number_phrase, name="number")
        elif chosen is is_small:
            given = whole[chosen]
            is_sure = np.abs(given) <= _PLAIN_BELOW
            codes = np.where(is_sure, given, 0).astype(np.int64) + _PLAIN_BELOW
            said, where = _told_once(
                values[chosen], codes, 2 * _PLAIN_BELOW + 1, is_sure, ("whole", number_phrase)
            )
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
    return _told_once(values, steps, 10 * _MOST_YEARS + 1, is_sure, ("age", "{:.1f}".format))


def _told_once(
    values: Floats,
    codes: Ints,
    n_codes: int,
    is_sure: npt.NDArray[np.bool_],
    said: tuple[str, Callable[[float], str]],
) -> Told:
    """Put one value of each code into words, and each that has no sure code."""
    name, phrase = said
    key = (name, n_codes)
    if key not in _KNOWN:
        _KNOWN.setdefault(key, _Said(n_codes))
    known = _KNOWN[key]
    place = np.empty(len(values), dtype=np.int64)
    sure = known.places(codes[is_sure], values[is_sure], phrase)
    texts = known.texts.copy()
    if len(sure) < len(texts):
        # A short list need not carry what long ones have said.
        used, sure = np.unique(sure, return_inverse=True)
        texts = [texts[k] for k in used.tolist()]
    place[is_sure] = sure
    if not is_sure.all():
        # Minus zero would be said as "-0.0", or not, by who stands beside it.
        distinct, where = np.unique(values[~is_sure] + 0.0, return_inverse=True)
        place[~is_sure] = where.ravel() + len(texts)
        texts += [phrase(value) for value in distinct.tolist()]
    return texts, place
