"""Column by column: how a list, or a new quarter, differs from the accounts learned from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from icpfit.fit.phrases import number_phrase
from icpfit.measure.discoveries import discoveries
from icpfit.measure.psi import Psi, psi

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from icpfit.fit.contract import Feature, FeatureContract

__all__ = ["ALERT_PSI", "ColumnDrift", "column_drift"]

Floats = npt.NDArray[np.float64]

ALERT_PSI = 0.25
_ALERT_LEVEL = 0.01


@dataclass(frozen=True)
class ColumnDrift:
    """How far one column has moved.

    Parameters
    ----------
    feature : str
        Its name, and `words`: what readers call it.
    words : str
        What readers call it.
    state : {"steady", "warn", "alert"}
        "warn": the index is above .10 and above what luck gives in 95 of 100 cases; "alert": above
        .25, above what it gives in 99 of 100, and still so among all columns looked at.
    psi : Psi
        The index beside its null.
    moved : str
        What moved most, such as "median 120 before, 310 now".
    share : float
        Its share of what moves the ranking (mean absolute SHAP value), 0 to 1.
    """

    feature: str
    words: str
    state: Literal["steady", "warn", "alert"]
    psi: Psi
    moved: str
    share: float


def column_drift(
    before: Floats,
    now: Floats,
    contract: FeatureContract,
    driver_shares: Mapping[str, float],
    absent: Collection[str] = (),
) -> tuple[ColumnDrift, ...]:
    """Return the stability index of each column against its null.

    Parameters
    ----------
    before, now : numpy.ndarray of float64, shape (n, p) and (m, p)
        Accounts learned from, and those to compare, as `compared_columns` gives them.
    contract : FeatureContract
        What the columns are.
    driver_shares : mapping of str to float
        Feature to its share of the mean absolute SHAP value; those not named count 0.
    absent : collection of str
        Features that the list has no column for; they can't drift and are left out.

    Returns
    -------
    tuple of ColumnDrift
        Alerts first, then warnings, the largest index first.

    Raises
    ------
    ValueError
        If one side has no rows.

    Notes
    -----
    A missing value and a level never served are bins of their own. The rule of
    Benjamini and Hochberg, at .01, runs over all columns that are there.

    References
    ----------
    Yurdakul (2018), Statistical Properties of Population Stability Index.
    Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57.

    Examples
    --------
    >>> from icpfit.fit.contract import Feature, FeatureContract
    >>> contract = FeatureContract((Feature("employees", "number"),), {})
    >>> sizes = np.arange(400.0)[:, None]
    >>> [found] = column_drift(sizes, sizes + 300, contract, {})
    >>> found.state, found.moved
    ('alert', 'median 200 before, 500 now')
    """
    looked_at = [feature for feature in contract.features if feature.name not in absent]
    indices = [
        psi(*(_binned(feature, side[:, feature.column]) for side in (before, now)))
        for feature in looked_at
    ]
    stands = discoveries([index.p_value for index in indices], _ALERT_LEVEL)
    found = []
    for feature, index, stands_out in zip(looked_at, indices, stands.tolist(), strict=True):
        state: Literal["steady", "warn", "alert"] = "warn" if index.warns else "steady"
        if stands_out and index.value > max(ALERT_PSI, index.null_99):
            state = "alert"
        sides = (before[:, feature.column], now[:, feature.column])
        found.append(
            ColumnDrift(
                feature.name,
                feature.words,
                state,
                index,
                _moved(feature, *sides),
                float(driver_shares.get(feature.name, 0.0)),
            )
        )
    order = {"alert": 0, "warn": 1, "steady": 2}
    return tuple(sorted(found, key=lambda c: (order[c.state], -c.psi.value, c.feature)))


def _binned(feature: Feature, column: Floats) -> npt.NDArray[np.object_] | Floats:
    """Give a category's codes as texts, so that each is a bin of its own."""
    if feature.kind != "category":
        return column
    named = np.array([None, *(f"{i:06}" for i in range(len(feature.levels) + 1))], dtype=object)
    codes: npt.NDArray[np.object_] = named[np.where(np.isnan(column), -1, column).astype(int) + 1]
    return codes


def _moved(feature: Feature, before: Floats, now: Floats) -> str:
    missing = [float(np.isnan(side).mean()) for side in (before, now)]
    known = [side[~np.isnan(side)] for side in (before, now)]
    gap = abs(missing[1] - missing[0])
    if not all(map(len, known)) or gap > 0.2:
        return _shares("not known for", *missing)
    if feature.kind == "category":
        names = [*feature.levels, "a level never served"]
        shares = [np.bincount(side.astype(int), minlength=len(names)) / len(side) for side in known]
        most = int(np.argmax(np.abs(shares[1] - shares[0])))
        return _shares(names[most], float(shares[0][most]), float(shares[1][most]))
    if feature.kind == "flag":
        return _shares("yes for", *(float(side.mean()) for side in known))
    what, ends = "median", [float(np.median(side)) for side in known]
    if ends[0] == ends[1]:
        what, ends = "mean", [float(side.mean()) for side in known]
    first, second = (number_phrase(round(end, 1)) for end in ends)
    noun = f"{what} age" if feature.kind == "date" else what
    unit = " years" if feature.kind == "date" else f" {feature.unit}" if feature.unit else ""
    return f"{noun} {first}{unit} before, {second} now"


def _shares(what: str, before: float, now: float) -> str:
    return f"{what} {100 * before:.0f} % before, {100 * now:.0f} % now"
