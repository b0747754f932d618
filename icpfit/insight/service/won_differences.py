"""Deals won against deals lost: in which facts who is won differs from who is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from icpfit.measure.discoveries import discoveries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.data.contract import Attribute

__all__ = ["WonDifference", "won_differences"]

LEAST_SHARE = 0.05


@dataclass(frozen=True)
class WonDifference:
    """A fact in which the deals won differ from the deals lost.

    Parameters
    ----------
    attribute : str
        Its name.
    words : str
        What readers call it.
    level : str
        The level or range in which they differ most.
    won, lost : float
        Its share among the deals won and among those lost, 0 to 1.
    """

    attribute: str
    words: str
    level: str
    won: float
    lost: float


def won_differences(
    facts: pd.DataFrame, won: npt.NDArray[np.bool_], attributes: Mapping[str, Attribute]
) -> tuple[tuple[WonDifference, ...], int]:
    """Compare deals won with deals lost, fact by fact.

    Each fact's levels (its own, or quarters of a number; those below 5 % together) are tested by
    Pearson's chi-squared; of those that differ at most one in twenty is expected to be luck.

    Parameters
    ----------
    facts : DataFrame, n rows
        The facts of each deal.
    won : ndarray of bool, shape (n,)
        Whether it was won.
    attributes : Mapping of str to Attribute
        Their kinds and words.

    Returns
    -------
    tuple of WonDifference
        Facts that differ, the largest gap first; ties in the order of their names.
    int
        Facts that were compared: those with two levels or more.

    References
    ----------
    Pearson (1900), Philosophical Magazine 50; Benjamini & Hochberg (1995).
    """
    from scipy.stats import chi2_contingency

    p_values, rows = [], []
    for name in facts.columns:
        levels = _levels(facts[name], attributes[name])
        counts = pd.crosstab(levels, won)
        if counts.shape[0] < 2 or counts.shape[1] < 2:
            continue
        shares = counts / counts.sum(axis=0)
        gap = (shares[True] - shares[False]).abs().round(9)
        level = min(gap.index[gap == gap.max()])
        p_values.append(float(chi2_contingency(counts.to_numpy(), correction=False).pvalue))
        rows.append(
            WonDifference(
                attribute=str(name),
                words=attributes[str(name)].words,
                level=str(level),
                won=float(shares.loc[level, True]),
                lost=float(shares.loc[level, False]),
            )
        )
    stands = discoveries(p_values) if p_values else np.zeros(0, dtype=bool)
    apart = [
        (-abs(row.won - row.lost), row) for row, is_so in zip(rows, stands, strict=True) if is_so
    ]
    ordered = sorted(apart, key=lambda item: (round(item[0], 9), item[1].attribute))
    return tuple(row for _, row in ordered), len(rows)


def _levels(values: pd.Series[Any], attribute: Attribute) -> pd.Series[Any]:
    """Turn a fact into a few levels: its own, or quarters of a number; rare ones together."""
    known = values.notna()
    if attribute.kind == "flag":
        text = values.map({1.0: "yes", 0.0: "no"})
    elif attribute.kind == "category":
        text = values.astype(object)
    else:
        number = values.astype("int64").where(known) if attribute.kind == "date" else values
        number = number.astype("float64")
        limits = np.unique(number[known].quantile([0.25, 0.5, 0.75]).to_numpy())
        if attribute.kind == "date":
            names = [f"quarter {at + 1} by date" for at in range(len(limits) + 1)]
        else:
            shown = [f"{limit:,.6g}" for limit in limits]
            names = [f"up to {shown[0]}", *(f"above {limit}" for limit in shown)]
        at = np.searchsorted(limits, number.to_numpy(), side="left")
        text = pd.Series([names[min(i, len(limits))] for i in at], index=values.index)
    text = text.where(known, "missing").astype(str)
    share = text.value_counts(normalize=True)
    rare = share.index[share < LEAST_SHARE]
    return text.where(~text.isin(rare), "other")
