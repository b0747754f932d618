"""One column of facts as numbers: a category's codes, a date's age, a flag's 1 or 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from icpfit.errors import FeatureError

if TYPE_CHECKING:
    import datetime as dt

__all__ = ["POOLED", "ages", "category_codes", "category_levels", "category_texts", "numbers"]

Floats = npt.NDArray[np.float64]

POOLED = "other"
"""The level that takes the place of a category's rare levels."""

DAYS_PER_YEAR = 365.25


def category_levels(values: pd.Series, minimum: float) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the levels to learn from, and the rare ones.

    Parameters
    ----------
    values : pandas.Series of str or None
        A category of the training part.
    minimum : float
        Accounts that a level must have not to be rare.

    Returns
    -------
    levels, rare : tuple of str
        Each sorted by name. "other" closes `levels` when the rare ones reach `minimum` together;
        when "other" is itself a frequent level, they join it there.

    Examples
    --------
    >>> import pandas as pd
    >>> category_levels(pd.Series(["b", "b", "a", "a", "x", "y", None]), minimum=2)
    (('a', 'b', 'other'), ('x', 'y'))
    >>> category_levels(pd.Series(["b", "b", "a", "a", "x", None]), minimum=2)
    (('a', 'b'), ('x',))
    """
    counts = category_texts(values).dropna().value_counts()
    levels = sorted(str(level) for level in counts.index[counts >= minimum])
    rare = sorted(str(level) for level in counts.index[counts < minimum])
    if rare and POOLED not in levels and counts[rare].sum() >= minimum:
        levels.append(POOLED)
    return tuple(levels), tuple(rare)


def category_codes(values: pd.Series, levels: tuple[str, ...], rare: tuple[str, ...]) -> Floats:
    """Return the position of each text in `levels`.

    Parameters
    ----------
    values : pandas.Series of str or None, length n
        A category.
    levels, rare : tuple of str
        As `category_levels` returned them.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        Codes from 0; rare levels have that of "other", or NaN where there is none; missing and
        unseen levels are NaN.

    Raises
    ------
    FeatureError
        For values that aren't texts.

    Examples
    --------
    >>> import pandas as pd
    >>> category_codes(pd.Series(["b", "x", "new", None]), ("a", "b", "other"), ("x", "y"))
    array([ 1.,  2., nan, nan])
    """
    # A rare level may itself be called "other": the levels' own position comes first then.
    known = pd.Index(dict.fromkeys(levels + rare), dtype=object)
    texts = pd.Index(category_texts(values).to_numpy(dtype=object), dtype=object)
    position = known.get_indexer(texts)
    pooled = levels.index(POOLED) if POOLED in levels else -1
    codes: Floats = np.where(position >= len(levels), pooled, position).astype(np.float64)
    codes[codes < 0] = np.nan
    return codes


def category_texts(values: pd.Series) -> pd.Series:
    """Return the column as it is, after making sure that it holds texts.

    Parameters
    ----------
    values : pandas.Series
        A category.

    Returns
    -------
    pandas.Series
        `values`.

    Raises
    ------
    FeatureError
        For a value that is neither a text nor missing.

    Examples
    --------
    >>> import pandas as pd
    >>> category_texts(pd.Series([7, 8], name="tier"))
    Traceback (most recent call last):
    ...
    icpfit.errors.FeatureError: attributes.tier: a category holds texts, found 7; ...
    """
    if values.isna().all():
        return values.astype(object)
    if pd.api.types.infer_dtype(values, skipna=True) != "string":
        strange = next(v for v in values if not isinstance(v, str) and not pd.isna(v))
        raise FeatureError(
            f"attributes.{values.name}: a category holds texts, found {strange!r}; "
            "declare the kind that it has"
        )
    return values


def numbers(values: pd.Series) -> Floats:
    """Return a number or a flag as float64, NaN for missing.

    Parameters
    ----------
    values : pandas.Series of numbers or booleans, length n
        May be wholly missing.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        A flag is 1 or 0.

    Raises
    ------
    FeatureError
        For a column of anything else.

    Examples
    --------
    >>> import pandas as pd
    >>> numbers(pd.Series([True, None, False], dtype="boolean"))
    array([ 1., nan,  0.])
    """
    if values.isna().all():
        return np.full(len(values), np.nan)
    if not pd.api.types.is_numeric_dtype(values):
        strange = next(v for v in values if not pd.isna(v))
        raise FeatureError(
            f"attributes.{values.name}: numbers were expected, found {strange!r}; "
            "declare the kind that it has"
        )
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def ages(values: pd.Series, decided_on: pd.Series | dt.date) -> Floats:
    """Return the years from each date to the decision.

    ``age = (decided_on - date in days) / 365.25``

    Parameters
    ----------
    values : pandas.Series of dates, length n
        May be wholly missing.
    decided_on : pandas.Series of dates of the same length, or one date
        The day as of which the age counts.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        Years; NaN where either is missing, and for a date after the decision, which was not known
        then.

    Raises
    ------
    FeatureError
        For a column of numbers.

    Examples
    --------
    >>> import datetime as dt
    >>> import pandas as pd
    >>> ages(pd.Series(pd.to_datetime(["2020-01-01", "2030-01-01"])), dt.date(2024, 1, 1))
    array([ 4., nan])
    """
    if values.isna().all():
        return np.full(len(values), np.nan)
    if pd.api.types.is_numeric_dtype(values):
        raise FeatureError(
            f"attributes.{values.name}: dates were expected, found numbers; "
            "declare the kind that it has"
        )
    born = pd.to_datetime(values).to_numpy().astype("datetime64[D]")
    if isinstance(decided_on, pd.Series):
        decided = pd.to_datetime(decided_on).to_numpy().astype("datetime64[D]")
    else:
        decided = np.full(len(values), np.datetime64(decided_on, "D"))
    days = decided - born
    years: Floats = days.astype(np.float64) / DAYS_PER_YEAR
    years[np.isnat(days) | (years < 0)] = np.nan
    return years
