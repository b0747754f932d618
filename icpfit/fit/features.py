"""What may be learned from: facts known before the sale, as a numeric matrix.

The feature contract is learned on the training part only and travels with the model, so that a
prospect's row is read exactly as the customers' rows were.
"""

from __future__ import annotations

import difflib
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from icpfit.errors import FeatureError
from icpfit.fit.contract import Feature, FeatureContract
from icpfit.fit.encoding import (
    POOLED,
    ages,
    category_codes,
    category_levels,
    category_texts,
    numbers,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from icpfit.data.contract import Attribute

__all__ = ["POOLED", "Feature", "FeatureContract", "feature_contract", "feature_matrix"]

RANGE = (0.005, 0.995)


def feature_contract(
    facts: pd.DataFrame,
    dates: pd.DataFrame,
    attributes: Mapping[str, Attribute],
    features: Sequence[str] | None = None,
) -> FeatureContract:
    """Return what may be learned from these accounts, and how it becomes numbers.

    Only attributes declared ``known: before_sale`` can become features. Levels of a category held
    by fewer than ``max(5, 0.5 % of n)`` accounts are rare: they share the level "other" if together
    they reach that count (or join a frequent level of that name), else they are read as missing.
    Constant columns, columns without a value and identifiers (a category with more different values
    than half its accounts with a value) are dropped with the reason.

    Parameters
    ----------
    facts : pandas.DataFrame, shape (n, any)
        One row per account of the training part, indexed by account_id; a column per attribute.
    dates : pandas.DataFrame
        ``decided_on`` for each of these accounts, on the same index or a larger one.
    attributes : mapping of str to Attribute
        The declared attributes by name.
    features : sequence of str, optional
        The attributes to learn from; by default all that are known before the sale.

    Returns
    -------
    FeatureContract
        The features in the order of `attributes`, or of `features` when given.

    Raises
    ------
    FeatureError
        For a column of `facts` that isn't declared; for an attribute asked for that isn't declared,
        isn't among the facts, or isn't known before the sale; for a direction on a category; for
        values of the wrong kind; when nothing is left to learn from.

    Notes
    -----
    Depends on the set of rows, not on their order. A value that is the same for all accounts that
    have one is kept when others have none: whether it is known then tells something.

    Examples
    --------
    >>> import pandas as pd
    >>> from icpfit.data.contract import Attribute
    >>> facts = pd.DataFrame(
    ...     {"size": [10.0, 20.0, 30.0, 40.0, 50.0] * 3, "tickets": [1.0, 2.0, 3.0] * 5},
    ...     index=[f"a{i:02}" for i in range(15)],
    ... )
    >>> dates = pd.DataFrame({"decided_on": pd.Timestamp("2025-01-01")}, index=facts.index)
    >>> attributes = {
    ...     "size": Attribute("size", "number", "before_sale", "people"),
    ...     "tickets": Attribute("tickets", "number", "after_sale"),
    ... }
    >>> contract = feature_contract(facts, dates, attributes)
    >>> contract.names, contract.dropped
    (('size',), {'tickets': 'known after_sale, not before the sale'})
    >>> feature_contract(facts, dates, attributes, features=["tickets"])
    Traceback (most recent call last):
    ...
    icpfit.errors.FeatureError: features: 'tickets' is known after_sale, ...
    """
    undeclared = sorted(str(name) for name in facts.columns if name not in attributes)
    if undeclared:
        raise FeatureError(
            f"facts: column {_listed(undeclared)} is no declared attribute; declare it under "
            "attributes with its kind and when it is known, or leave it out"
        )
    asked = _asked(facts, attributes, features)
    decided_on = dates.loc[facts.index, "decided_on"]
    kept: list[Feature] = []
    dropped: dict[str, str] = {}
    for name, attribute in attributes.items():
        if features is None and attribute.known != "before_sale":
            dropped[name] = f"known {attribute.known}, not before the sale"
        elif features is None and name not in facts.columns:
            dropped[name] = "not among the facts"
    for name in asked:
        feature = _feature(attributes[name], name, facts[name], decided_on, len(kept))
        if isinstance(feature, str):
            dropped[name] = feature
        else:
            kept.append(feature)
    if not kept:
        why = "; ".join(f"{name}: {reason}" for name, reason in list(dropped.items())[:3])
        raise FeatureError(
            "attributes: no column is left to learn from"
            + (f" ({why})" if why else "")
            + "; declare attributes with known: before_sale"
        )
    return FeatureContract(tuple(kept), dropped)


def feature_matrix(
    facts: pd.DataFrame, decided_on: pd.Series | dt.date, contract: FeatureContract
) -> npt.NDArray[np.float64]:
    """Return the facts as numbers, one column per feature of the contract.

    Parameters
    ----------
    facts : pandas.DataFrame, shape (n, any)
        One row per account or prospect; columns that are no feature are not looked at.
    decided_on : pandas.Series of dates, or one date for all rows
        The day as of which each row is scored; a Series has the index of `facts`.
    contract : FeatureContract
        The contract learned from the training part.

    Returns
    -------
    numpy.ndarray of float64, shape (n, p)
        A category's level as its code (rare levels: that of "other"), a date as age in years
        (missing for a day after the decision), a flag as 1 or 0; NaN for missing.

    Raises
    ------
    FeatureError
        For values of the wrong kind.
    ValueError
        For a `decided_on` with another index than `facts`.

    Notes
    -----
    A feature without a column in `facts` is missing for every row. A level that the contract has
    never seen is missing. Each row depends on itself only.

    Examples
    --------
    >>> import datetime as dt
    >>> import pandas as pd
    >>> contract = FeatureContract(
    ...     (
    ...         Feature("land", "category", levels=("AT", "DE", "other"), rare_levels=("NA",)),
    ...         Feature("founded", "date", column=1),
    ...     ),
    ...     {},
    ... )
    >>> facts = pd.DataFrame(
    ...     {
    ...         "land": ["DE", "NA", "XX", None],
    ...         "founded": pd.to_datetime(["2020-01-01", None, None, None]),
    ...     }
    ... )
    >>> feature_matrix(facts, dt.date(2024, 1, 1), contract)
    array([[ 1.,  4.],
           [ 2., nan],
           [nan, nan],
           [nan, nan]])
    """
    if isinstance(decided_on, pd.Series) and not decided_on.index.equals(facts.index):
        raise ValueError("decided_on has another index than facts")
    matrix = np.full((len(facts), len(contract.features)), np.nan)
    for feature in contract.features:
        if feature.name not in facts.columns:
            continue
        column = facts[feature.name]
        if feature.kind == "category":
            matrix[:, feature.column] = category_codes(column, feature.levels, feature.rare_levels)
        elif feature.kind == "date":
            matrix[:, feature.column] = ages(column, decided_on)
        else:
            matrix[:, feature.column] = numbers(column)
    return matrix


def _asked(
    facts: pd.DataFrame, attributes: Mapping[str, Attribute], features: Sequence[str] | None
) -> list[str]:
    if features is None:
        return [
            name
            for name, attribute in attributes.items()
            if attribute.known == "before_sale"
            and not attribute.never_use
            and name in facts.columns
        ]
    for name in features:
        if name not in attributes:
            near = difflib.get_close_matches(name, list(attributes), n=1)
            hint = f"did you mean '{near[0]}'?" if near else "declare it under attributes"
            raise FeatureError(f"features: '{name}' is no declared attribute; {hint}")
        known = attributes[name].known
        if known != "before_sale":
            raise FeatureError(
                f"features: '{name}' is known {known}, and only what is known before_sale may be "
                f"learned from; take it out of features, or, if a prospect's '{name}' can be seen "
                "before the sale, declare known: before_sale with the reason"
            )
        if attributes[name].never_use:
            raise FeatureError(
                f"features: '{name}' stands under never_use; take it out of one of the two"
            )
        if name not in facts.columns:
            raise FeatureError(f"features: '{name}' is not among the facts; map a column to it")
    repeated = sorted({name for name in features if list(features).count(name) > 1})
    if repeated:
        raise FeatureError(f"features: {_listed(repeated)} is named twice; name it once")
    return list(features)


def _feature(
    attribute: Attribute, name: str, values: pd.Series, decided_on: pd.Series, column: int
) -> Feature | str:
    """Return the feature, or why there is none."""
    if attribute.kind == "category" and attribute.direction is not None:
        raise FeatureError(
            f"attributes.{name}.direction: a category has no direction, found "
            f"'{attribute.direction}'; leave it out, or declare kind: number"
        )
    missing = values.isna()
    if bool(missing.all()):
        return "no account has a value"
    told: dict[str, Any] = {
        "name": name,
        "kind": attribute.kind,
        "meaning": attribute.meaning,
        "unit": attribute.unit,
        "direction": attribute.direction,
        "missing_share": float(missing.mean()),
        "column": column,
        "label": attribute.label,
    }
    if attribute.kind == "category":
        return _category(told, values)
    column_values = ages(values, decided_on) if attribute.kind == "date" else numbers(values)
    present = column_values[~np.isnan(column_values)]
    if np.isinf(present).any():
        raise FeatureError(f"attributes.{name}: an infinite number was found; leave the cell empty")
    if len(present) == 0:
        return "no account has both a date and a day of decision"
    if len(present) == len(column_values) and present.min() == present.max():
        return f"the same for all {len(column_values)} accounts"
    if attribute.kind == "flag":
        return Feature(**told)
    low, high = np.quantile(present, RANGE)
    return Feature(**told, low=float(low), high=float(high))


def _category(told: dict[str, Any], values: pd.Series) -> Feature | str:
    n = len(values)
    present = category_texts(values).dropna()
    n_values = present.nunique()
    if n_values > 0.5 * len(present) and n_values > 2:
        return f"looks like an identifier: {n_values} different values in {len(present)} accounts"
    if n_values == 1 and len(present) == n:
        return f"the same for all {n} accounts"
    minimum = max(5.0, 0.005 * n)
    levels, rare = category_levels(values, minimum)
    if not levels:
        return f"no value is held by at least {math.ceil(minimum)} accounts"
    if len(levels) == 1 and not np.isnan(category_codes(values, levels, rare)).any():
        return f"the same for all {n} accounts once rare values are pooled"
    return Feature(**told, levels=levels, rare_levels=rare)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
