"""Columns that customers have and prospects don't: filled in on the way to the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["empty_for_prospects"]

_FILLED, _EMPTY = 0.50, 0.10
_FEWEST = 30


def empty_for_prospects(customers: pd.DataFrame, prospects: pd.DataFrame) -> dict[str, str]:
    """Return the columns to leave out: filled for half the customers, for a tenth of the prospects.

    Parameters
    ----------
    customers : DataFrame
        The attributes that a model would learn from.
    prospects : DataFrame
        The same attributes of a list that looks like those to be scored.

    Returns
    -------
    dict of str to str
        Column to why it is left out, with both figures. Empty for a list of fewer than 30 rows.

    Notes
    -----
    A column that the list doesn't have is filled for none of it. Such a column tells who became a
    customer, and is missing for everyone who is scored.

    Examples
    --------
    >>> import pandas as pd
    >>> customers = pd.DataFrame({"size": [1.0] * 50, "segment": ["a"] * 40 + [None] * 10})
    >>> prospects = pd.DataFrame({"size": [2.0] * 50, "segment": [None] * 50})
    >>> empty_for_prospects(customers, prospects)
    {'segment': 'filled for 80 % of the customers and 0 % of the prospects'}
    """
    if len(prospects) < _FEWEST or len(customers) == 0:
        return {}
    left_out = {}
    for name in customers.columns:
        here = float(customers[name].notna().mean())
        there = float(prospects[name].notna().mean()) if name in prospects.columns else 0.0
        if here >= _FILLED and there <= _EMPTY:
            left_out[str(name)] = (
                f"filled for {100 * here:.0f} % of the customers and {100 * there:.0f} % of the "
                "prospects"
            )
    return left_out
