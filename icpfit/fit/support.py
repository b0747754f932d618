"""Support: whether accounts like this one were ever served, so that a score means anything."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from icpfit.fit.phrase_codes import age_texts, number_texts
from icpfit.fit.phrases import number_phrase

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from icpfit.fit.features import Feature, FeatureContract

__all__ = ["LevelStates", "Support", "support", "support_of"]

_MISSING_SHARE = 0.4
_HARD_VIOLATIONS = 2
_DRIVER_SHARE = 0.5
_NAMED = 3

# Rows, and what is to be said of each.
_Said = tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]


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


@dataclass(frozen=True, eq=False)
class LevelStates:
    """What is to be said about a category's levels, row by row.

    Attributes
    ----------
    missing, new : numpy.ndarray of bool, shape (n,)
        Where there is none; where no account learned from had it.
    named : mapping of int to str
        Row to level, of the new ones.
    """

    missing: npt.NDArray[np.bool_]
    new: npt.NDArray[np.bool_]
    named: Mapping[int, str]


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
    if len(facts) != len(matrix):
        raise ValueError(f"facts hold {len(facts)} rows, matrix {len(matrix)}")
    given = {
        feature.name: _level_states(feature, facts)
        for feature in contract.features
        if feature.kind == "category" and feature.name in facts
    }
    gone = {*absent, *(name for name in contract.names if name not in facts)}
    return support_of(matrix, contract, driver_shares, given, gone)


def support_of(
    matrix: npt.NDArray[np.float64],
    contract: FeatureContract,
    driver_shares: Mapping[str, float],
    levels: Mapping[str, LevelStates],
    absent: Collection[str] = (),
) -> Support:
    """Return what `support` does, for categories that were looked at already.

    Parameters
    ----------
    matrix : numpy.ndarray, shape (n, p)
        `feature_matrix` of the rows.
    contract : FeatureContract
        The model's.
    driver_shares : mapping of str to float
        As for `support`.
    levels : mapping of str to LevelStates
        Of each category that has a column.
    absent : collection of str
        Features without a column.

    Returns
    -------
    Support
        A text is made only for rows that have something to say.
    """
    n, p = len(matrix), len(contract.features)
    missing, far, outside = (np.zeros((n, p), dtype=bool) for _ in range(3))
    hard: list[_Said] = []
    soft: list[_Said] = []
    for position, feature in enumerate(contract.features):
        column = matrix[:, feature.column]
        if feature.name in absent:
            missing[:, position] = True
        elif feature.kind == "category":
            seen = levels[feature.name]
            missing[:, position], far[:, position] = seen.missing, seen.new
            hard.append(_said_of_levels(feature, seen))
        else:
            missing[:, position] = np.isnan(column)
            outside[:, position], far[:, position] = _range_states(feature, column)
            soft.append(_said_of_range(feature, column, outside[:, position], ""))
            hard.append(_said_of_range(feature, column, far[:, position], "far "))
    # To the model a level that was never served is as good as missing.
    unknown = missing | np.isnan(matrix[:, [feature.column for feature in contract.features]])
    weights = np.array([float(driver_shares.get(name, 0.0)) for name in contract.names])
    unknown_share = (unknown * weights).sum(axis=1)
    unlike = far.sum(axis=1) >= _HARD_VIOLATIONS
    blind = unknown_share > _DRIVER_SHARE
    sparse = missing.sum(axis=1) >= _MISSING_SHARE * p
    lacking = _lacking_phrase(contract, weights, absent)
    cautions = np.full(n, lacking, dtype=object)
    # Most rows have nothing to say, or one thing: only of the others is a text put together.
    several = blind | sparse | (far.sum(axis=1) + outside.sum(axis=1) > 1) | bool(lacking)
    told_hard, told_soft = (_told(said, several, cautions) for said in (hard, soft))
    has_more = several & (far.any(axis=1) | outside.any(axis=1) | blind | sparse)
    for row in np.flatnonzero(has_more).tolist():
        parts = [_listed(told_hard[row]), _listed(told_soft[row])]
        if unlike[row]:
            parts[0] = f"not rated, unlike all accounts learned from: {parts[0]}"
        if blind[row]:
            parts.insert(0, _blind_phrase(contract, weights, unknown[row], unknown_share[row]))
        parts.append(lacking)
        if sparse[row]:
            parts.append(f"{missing[row].sum()} of {p} facts missing")
        cautions[row] = "; ".join(part for part in parts if part)
    return Support(cautions.tolist(), unlike | blind, unknown_share)


def _lacking_phrase(
    contract: FeatureContract, weights: npt.NDArray[np.float64], absent: Collection[str]
) -> str:
    """Say in every row what the list has no column for, the weightiest first."""
    order = sorted(
        (j for j, name in enumerate(contract.names) if name in absent),
        key=lambda j: (-weights[j], contract.names[j]),
    )
    if not order:
        return ""
    names = _listed([contract.features[j].words for j in order], ", ")
    return f"the list has no column for {names}"


def _level_states(feature: Feature, facts: pd.DataFrame) -> LevelStates:
    codes, levels = pd.factorize(facts[feature.name], use_na_sentinel=True)
    served = {*feature.levels, *feature.rare_levels}
    # The last element answers the code -1 of a missing level.
    new = np.array([*(level not in served for level in levels.tolist()), False], dtype=bool)[codes]
    named = {row: str(levels[codes[row]]) for row in np.flatnonzero(new).tolist()}
    return LevelStates(codes < 0, new, named)


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


def _told(
    said: Sequence[_Said], several: npt.NDArray[np.bool_], cautions: npt.NDArray[np.object_]
) -> defaultdict[int, list[str]]:
    """Set down what is all that is to be said of its row; return all else by row."""
    told: defaultdict[int, list[str]] = defaultdict(list)
    for rows, texts in said:
        is_one = ~several[rows]
        cautions[rows[is_one]] = texts[is_one]
        for row, text in zip(rows[~is_one].tolist(), texts[~is_one].tolist(), strict=True):
            told[row].append(text)
    return told


def _said_of_levels(feature: Feature, seen: LevelStates) -> _Said:
    """Return the rows whose level was never served, and for each that it wasn't."""
    levels = dict.fromkeys(seen.named.values())
    told = {level: f"never served {feature.words} '{level}'" for level in levels}
    texts = np.array([told[level] for level in seen.named.values()], dtype=object)
    return np.array(list(seen.named), dtype=np.int64), texts


def _said_of_range(
    feature: Feature,
    column: npt.NDArray[np.float64],
    found: npt.NDArray[np.bool_],
    where: str,
) -> _Said:
    """Return these rows, and for each that its value is outside of the range."""
    rows = np.flatnonzero(found)
    if not len(rows):
        return rows, np.empty(0, dtype=object)
    phrase, unit = number_phrase, f" {feature.unit}" if feature.unit else ""
    if feature.kind == "date":
        phrase, unit = "{:.1f}".format, " years before the sale"
    low, high = (phrase(end or 0.0) for end in (feature.low, feature.high))
    behind = f"{unit} is {where}outside {low} to {high}"
    told = age_texts if feature.kind == "date" else number_texts
    values, places = told(column[rows])
    words = feature.words
    texts = np.array([f"{words} {value}{behind}" for value in values], dtype=object)
    return rows, texts[places]


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
