"""What the pictures of the drivers show, as sentences computed from the same SHAP values.

"Associated with", never "because": nothing here says what would happen if a fact were changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from icpfit.delivery.amounts import figure, money, percent
from icpfit.delivery.report.driver_rows import level_means

if TYPE_CHECKING:
    import pandas as pd

    from icpfit.delivery.report.driver_rows import DriverRows

__all__ = ["beeswarm_finding", "dependence_finding", "drivers_finding"]

ENOUGH_OF_A_LEVEL = 5


def drivers_finding(drivers: pd.DataFrame) -> str:
    """Return how much of what the model uses comes from the first drivers.

    Parameters
    ----------
    drivers : DataFrame
        feature, share; the strongest first.

    Returns
    -------
    str
        Naming at most three.
    """
    used = drivers[drivers["share"] > 0]
    if used.empty:
        return "The model uses none of the facts."
    first = list(used["label"].head(3))
    names = " and ".join([", ".join(first[:-1]), first[-1]] if len(first) > 1 else first)
    verb = "make" if len(first) > 1 else "makes"
    share = float(used["share"].head(3).sum())
    return (
        f"{names} {verb} up {percent(min(share, 1.0))} of what the model tells accounts apart by."
    )


def beeswarm_finding(rows: DriverRows) -> str:
    """Return how far single facts move single accounts.

    Parameters
    ----------
    rows : DriverRows
        All accounts explained, not only those drawn.

    Returns
    -------
    str
        The largest step up and the largest step down.
    """
    values, unit = rows.shap_values, rows.unit
    up = np.unravel_index(int(np.argmax(values)), values.shape)
    down = np.unravel_index(int(np.argmin(values)), values.shape)
    return (
        f"A single fact moves a single account by as much as {_step(values[up], unit)} "
        f"({rows.features[int(up[1])].words}) and {_step(values[down], unit)} "
        f"({rows.features[int(down[1])].words})."
    )


def dependence_finding(rows: DriverRows, feature: str) -> str:
    """Return what high and low values of a fact are associated with.

    Parameters
    ----------
    rows : DriverRows
        The accounts.
    feature : str
        The fact.

    Returns
    -------
    str
        Means over the highest and lowest third, or over the best and worst level.
    """
    column = rows.column(feature)
    kind, unit, fact = rows.features[column].kind, rows.unit, rows.features[column].words
    if kind in ("category", "flag"):
        means = level_means(rows, feature)
        means = means[means["n"] >= ENOUGH_OF_A_LEVEL] if len(means) > 1 else means
        if len(means) < 2:
            return f"{fact}: too few accounts on each level to compare them."
        best, worst = means.iloc[0], means.iloc[-1]
        return (
            f"{fact}: {best['level']} is associated with {_step(best['mean'], unit)} on "
            f"average, {worst['level']} with {_step(worst['mean'], unit)}."
        )
    facts, values = rows.matrix[:, column], rows.shap_values[:, column]
    known = np.isfinite(facts)
    facts, values = facts[known], values[known]
    if len(facts) < 3 * ENOUGH_OF_A_LEVEL or facts.min() == facts.max():
        return f"{fact}: too few different values to compare."
    low, high = np.quantile(facts, [1 / 3, 2 / 3])
    lowest, highest = facts <= low, facts >= high
    thirds = "third"
    if low == high:
        lowest, highest, thirds = facts < high, facts > low, "values"
        if not lowest.any() or not highest.any():
            lowest, highest = facts == facts.min(), facts == facts.max()
    words = ("longest ago", "most recent") if kind == "date" else ("highest", "lowest")
    return (
        f"{fact}: the {words[0]} {thirds} {'is' if thirds == 'third' else 'are'} associated "
        f"with {_step(values[highest].mean(), unit)} on average, the {words[1]} {thirds} with "
        f"{_step(values[lowest].mean(), unit)}."
    )


def _step(value: float, unit: str) -> str:
    if unit == "log-odds":
        return f"{'+' if value > 0 else ''}{figure(float(value))} log-odds"
    return money(float(value), unit, signed=True)
