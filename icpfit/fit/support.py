"""Support: whether accounts like this one were ever served, so that a score means anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from icpfit.fit.phrases import number_phrase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from icpfit.fit.features import Feature, FeatureContract

__all__ = ["Support", "support"]

_MISSING_SHARE = 0.4
_HARD_VIOLATIONS = 2
_DRIVER_SHARE = 0.5
_NAMED = 3


@dataclass(frozen=True, eq=False)
class Support:
    """How far the model can speak about each row.

    Attributes
    ----------
    cautions : list of str
        One text per row, empty where nothing is to be said.
    abstain : numpy.ndarray of bool, shape (n,)
        Rows that must not be rated; their caution says why.
    unknown_share : numpy.ndarray of float, shape (n,)
        Share of the drivers that the model doesn't know of the row, 0 to 1.
    """

    cautions: list[str]
    abstain: npt.NDArray[np.bool_]
    unknown_share: npt.NDArray[np.float64]


def support(
    matrix: npt.NDArray[np.float64],
    facts: pd.DataFrame,
    contract: FeatureContract,
    driver_shares: Mapping[str, float],
    absent: Sequence[str] = (),
) -> Support:
    """Return what is to be said about each row's likeness to the accounts learned from.

    A caution is given for each fact outside what was served and for rows with 40 % of their facts
    missing or more. A row is not rated when

    - facts that the model can't use (missing, or a level never served) carry more than half of its
      drivers' share, or
    - two facts or more are far outside: a level that no account learned from had, or a number that
      lies outside the training range by more than the range's own width.

    Parameters
    ----------
    matrix : numpy.ndarray, shape (n, p)
        `feature_matrix` of the rows.
    facts : pandas.DataFrame, shape (n, any)
        The same rows as read; tells a level never served from a missing one.
    contract : FeatureContract
        The model's, with levels and ranges (0.5 to 99.5 % of the accounts learned from).
    driver_shares : mapping of str to float
        Feature to its share of the mean absolute SHAP value, 0 to 1; those not named count 0.
    absent : sequence of str
        Features that the list has no column for: they are missing in every row, whatever `facts`
        holds under their name.

    Returns
    -------
    Support
        Cautions joined by ``"; "``, those that keep a row from being rated first.

    Raises
    ------
    ValueError
        When `matrix` and `facts` do not have the same rows.

    Notes
    -----
    A row's result depends on that row and the model only. An absent column and empty cells in all
    rows are the same. Values at the range's ends are inside; where the range is a single value,
    another value is outside but never far outside, since there is no width to measure by. Rare
    levels were served, so they get no caution. The density ratio of customers against prospects
    that this field also uses belongs to a list's summary: it would make a row's result depend on
    its neighbours. Texts are ASCII but for the values themselves; at most three facts of a sort
    are named, in the contract's order.

    References
    ----------
    Zadrozny (2004), Learning and evaluating classifiers under sample selection bias. ICML.

    Examples
    --------
    >>> from icpfit.fit.features import Feature, FeatureContract
    >>> contract = FeatureContract(
    ...     (
    ...         Feature("country", "category", levels=("AT", "DE")),
    ...         Feature("employees", "number", low=5.0, high=900.0, column=1),
    ...     ),
    ...     {},
    ... )
    >>> facts = pd.DataFrame({"country": ["DE", "NA"], "employees": [40.0, 90000.0]})
    >>> matrix = np.array([[1.0, 40.0], [np.nan, 90000.0]])
    >>> found = support(matrix, facts, contract, {"country": 0.3, "employees": 0.7})
    >>> found.abstain.tolist()
    [False, True]
    >>> print(found.cautions[1])
    not rated, unlike all accounts learned from: never served country 'NA';
    employees 90,000 is far outside 5 to 900
    """
    n, p = len(matrix), len(contract.features)
    if len(facts) != n:
        raise ValueError(f"facts hold {len(facts)} rows, matrix {n}")
    missing, far, outside = (np.zeros((n, p), dtype=bool) for _ in range(3))
    phrases: list[dict[int, str]] = []
    for position, feature in enumerate(contract.features):
        column = matrix[:, feature.column]
        if feature.name in absent or feature.name not in facts:
            missing[:, position] = True
            phrases.append({})
        elif feature.kind == "category":
            missing[:, position], far[:, position], said = _level_states(feature, facts)
            phrases.append(said)
        else:
            missing[:, position] = np.isnan(column)
            outside[:, position], far[:, position] = _range_states(feature, column)
            rows = np.flatnonzero(outside[:, position] | far[:, position]).tolist()
            phrases.append({i: _range_phrase(feature, column[i], far[i, position]) for i in rows})
    # To the model a level that was never served is as good as missing.
    unknown = missing | np.isnan(matrix[:, [feature.column for feature in contract.features]])
    weights = np.array([float(driver_shares.get(name, 0.0)) for name in contract.names])
    unknown_share = (unknown * weights).sum(axis=1)
    unlike = far.sum(axis=1) >= _HARD_VIOLATIONS
    blind = unknown_share > _DRIVER_SHARE
    sparse = missing.sum(axis=1) >= _MISSING_SHARE * p
    cautions = [""] * n
    for row in np.flatnonzero(far.any(axis=1) | outside.any(axis=1) | blind | sparse).tolist():
        hard = [phrases[j][row] for j in np.flatnonzero(far[row]).tolist()]
        soft = [phrases[j][row] for j in np.flatnonzero(outside[row]).tolist()]
        parts = [_listed(hard), _listed(soft)]
        if unlike[row]:
            parts[0] = f"not rated, unlike all accounts learned from: {parts[0]}"
        if blind[row]:
            parts.insert(0, _blind_phrase(contract, weights, unknown[row], unknown_share[row]))
        if sparse[row]:
            parts.append(f"{missing[row].sum()} of {p} facts missing")
        cautions[row] = "; ".join(part for part in parts if part)
    return Support(cautions, unlike | blind, unknown_share)


def _level_states(
    feature: Feature, facts: pd.DataFrame
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], dict[int, str]]:
    given = facts[feature.name]
    codes, levels = pd.factorize(given, use_na_sentinel=True)
    served = {*feature.levels, *feature.rare_levels}
    # The last element answers the code -1 of a missing level.
    new = np.array([*(level not in served for level in levels.tolist()), False], dtype=bool)[codes]
    rows = np.flatnonzero(new).tolist()
    said = {row: f"never served {feature.words} '{levels[codes[row]]}'" for row in rows}
    return codes < 0, new, said


def _range_states(
    feature: Feature, column: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return where a value is outside the range but not far, and where it is far outside."""
    if feature.low is None or feature.high is None:
        nowhere = np.zeros(len(column), dtype=bool)
        return nowhere, nowhere.copy()
    beyond = np.fmax(feature.low - column, column - feature.high)
    width = feature.high - feature.low
    far = (beyond > width) & (width > 0)
    return (beyond > 0) & ~far, far


def _range_phrase(feature: Feature, value: float, far: np.bool_) -> str:
    low, high = (number_phrase(end or 0.0) for end in (feature.low, feature.high))
    shown, unit = number_phrase(value), f" {feature.unit}" if feature.unit else ""
    if feature.kind == "date":
        low, high, shown = (f"{x:.1f}" for x in (feature.low or 0.0, feature.high or 0.0, value))
        unit = " years before"
    where = "far outside" if far else "outside"
    return f"{feature.words} {shown}{unit} is {where} {low} to {high}"


def _blind_phrase(
    contract: FeatureContract,
    weights: npt.NDArray[np.float64],
    unknown: npt.NDArray[np.bool_],
    share: float,
) -> str:
    order = sorted(np.flatnonzero(unknown).tolist(), key=lambda j: (-weights[j], contract.names[j]))
    names = _listed([contract.features[j].words for j in order], ", ")
    return (
        f"not rated, what is not known of it carries {share:.0%} of the drivers: {names}".replace(
            "%", " %"
        )
    )


def _listed(texts: list[str], separator: str = "; ") -> str:
    more = [f"{len(texts) - _NAMED} more"] if len(texts) > _NAMED else []
    return separator.join([*texts[:_NAMED], *more])
