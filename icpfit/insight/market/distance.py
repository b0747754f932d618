"""How far accounts are from a condition of an idea, and what each condition counts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from icpfit.icp.conditions import is_range
from icpfit.icp.profile import Profile, Segment
from icpfit.icp.selection import is_selected

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["condition_gaps", "condition_weights"]

Floats = npt.NDArray[np.float64]

_ANY_DAY = dt.date(2000, 1, 1)
# The middle 90 % of what was served is the yardstick of a number or a date.
_SPREAD = (0.05, 0.95)


def condition_weights(names: Sequence[str], shares: Mapping[str, float]) -> dict[str, float]:
    """Return what each attribute counts in the distance.

    ``w_a = (share_a + 1 / p) / 2``: half by what the model goes by, half alike, so that no
    condition counts nothing. Without a model all count alike.

    Parameters
    ----------
    names : sequence of str
        Attributes that the idea asks for.
    shares : mapping of str to float
        Share of each of the model's p features in the mean absolute SHAP value; empty without one.

    Returns
    -------
    dict of str to float
        Above 0; an attribute that the model doesn't know has share 0.

    Examples
    --------
    >>> condition_weights(["country", "colour"], {"country": 0.6, "size": 0.4})
    {'country': 0.55, 'colour': 0.25}
    """
    if not shares:
        return dict.fromkeys(names, 1.0)
    return {name: (shares.get(name, 0.0) + 1 / len(shares)) / 2 for name in names}


def condition_gaps(column: pd.Series, form: Any) -> Floats:
    """Return how far each value is from meeting a condition, 0 (met) to 1.

    A category or a listed value is met or not, 0 or 1. Outside a range the gap is the way to its
    nearer end, divided by the width of the middle 90 % of the column, at most 1.

    Parameters
    ----------
    column : pandas.Series
        One attribute of all accounts, as the facts hold it.
    form : list or dict
        A condition from `icpfit.icp.conditions.condition`.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        A missing value is 1, unless the condition asks for missing ones: what isn't known of an
        account doesn't make it alike.

    References
    ----------
    Gower (1971), A general coefficient of similarity and some of its properties. Biometrics 27.

    Examples
    --------
    From 5 % to 95 % the column is 36 wide; 30 is 20 above the range, 20 / 36 off.

    >>> sizes = pd.Series([0.0, 10.0, 20.0, 30.0, 40.0, np.nan])
    >>> condition_gaps(sizes, {"from": 5, "below": 10}).round(3).tolist()
    [0.139, 0.0, 0.278, 0.556, 0.833, 1.0]
    """
    name = str(column.name or "value")
    segment = Segment(name, {name: form})
    one = Profile(name, 1, _ANY_DAY, (segment,))
    met = is_selected(one, column.to_frame(name)).to_numpy(dtype=bool)
    gaps = np.where(met, 0.0, 1.0)
    if not is_range(form):
        return gaps
    dated = pd.api.types.is_datetime64_any_dtype(column.dtype)
    known = column.notna().to_numpy(dtype=bool)
    values = column.astype("datetime64[s]").astype("int64") if dated else column.astype("float64")
    numbers = values.to_numpy(dtype=np.float64)
    if not known.any():
        return gaps
    low, high = np.quantile(numbers[known], _SPREAD)
    width = high - low
    ends = {
        key: float(pd.Timestamp(end).timestamp()) if dated else float(end)
        for key, end in form.items()
    }
    beyond = np.zeros(len(numbers))
    if "from" in ends:
        beyond = np.fmax(beyond, ends["from"] - numbers)
    if "below" in ends:
        beyond = np.fmax(beyond, numbers - ends["below"])
    off = known & ~met & (width > 0)
    # `below` is exclusive, so the value on that end is off by nothing, and is met by the next one.
    # Cut off before it is divided: a width may be so small that the quotient is beyond all numbers.
    gaps[off] = np.minimum(beyond[off], width) / (width or 1.0)
    return gaps
