"""Reasons for and against an account, in words with values, from the number that ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from icpfit.fit.phrases import amount_phrase, number_phrase

if TYPE_CHECKING:
    from icpfit.fit.features import Feature, FeatureContract
    from icpfit.insight.contributions import Contributions

__all__ = ["reasons"]

# What a contribution must be of the sum of all absolute contributions to be worth a reader's time.
_NEGLIGIBLE = 0.01
_SEPARATOR = "; "
# Log-odds from which the odds are about 1.65 and 1.2 times those of an account without the fact.
_STRENGTHS = ((0.5, "strongly"), (0.2, "somewhat"), (0.0, "slightly"))


def reasons(
    contributions: Contributions,
    facts: pd.DataFrame,
    matrix: npt.NDArray[np.float64],
    contract: FeatureContract,
    top: int = 3,
) -> tuple[list[str], list[str]]:
    """Return the strongest reasons for and against each account.

    The largest positive and the largest negative SHAP values of a row, each beside the fact that it
    belongs to. All SHAP values of the row and the base add up to the number; the reasons are
    the largest of these terms.

    Parameters
    ----------
    contributions : Contributions
        Of the number that ranks.
    facts : pandas.DataFrame
        The rows' facts, as read; a feature without a column there is missing in every row.
    matrix : numpy.ndarray, shape (n, p)
        `feature_matrix` of the same rows.
    contract : FeatureContract
        What its columns are.
    top : int
        Most reasons on each side, at least 1.

    Returns
    -------
    tuple of list of str
        For and against, one text per row: reasons separated by ``"; "``, the strongest first; empty
        where there is none.

    Raises
    ------
    ValueError
        When the three do not have the same rows.

    Notes
    -----
    What is not known of a row never speaks for it, nor does a level that was never served, whatever
    the model makes of that; either may speak against it. A contribution below 1 % of the sum of the
    absolute ones left is no reason. Ties are in the order of the features' names. Amounts are
    rounded to two significant digits; log-odds carry a word: "strongly" from .5, "somewhat" from
    .2. A fact reads

    - ``employees 240 people``, ``has_webshop yes``, ``industry Software``;
    - ``founded 12.3 years before the sale`` for a date's age at the decision;
    - ``country Malta (rare)`` where too few accounts had the level to be told apart;
    - ``country NA (never served)`` where none had, and ``employees not known`` where it is missing.

    The texts are ASCII but for what the facts hold themselves.

    Examples
    --------
    >>> from icpfit.fit.features import Feature, FeatureContract
    >>> from icpfit.insight.contributions import Contributions
    >>> contract = FeatureContract((Feature("employees", "number", unit="people"),), {})
    >>> found = Contributions(np.array([[3412.0], [-800.0]]), 500.0, "EUR", "margin")
    >>> facts = pd.DataFrame({"employees": [240.0, np.nan]})
    >>> reasons(found, facts, facts.to_numpy(), contract)
    (['employees 240 people: +3,400 EUR', ''], ['', 'employees not known: -800 EUR'])
    """
    if not len(facts) == len(matrix) == len(contributions.values):
        counts = f"{len(facts)}, {len(matrix)} and {len(contributions.values)}"
        raise ValueError(f"facts, matrix and contributions hold {counts} rows")
    features = sorted(contract.features, key=lambda feature: feature.name)
    values = _without_unknown(contributions, features, facts, matrix)
    ordered = values[:, [feature.column for feature in features]]
    least = _NEGLIGIBLE * np.abs(ordered).sum(axis=1)
    sides = []
    for sign in (1.0, -1.0):
        signed = sign * ordered
        ranked = np.argsort(-signed, axis=1, kind="stable")[:, :top]
        amounts = np.take_along_axis(signed, ranked, axis=1)
        given = (amounts > 0) & (amounts >= least[:, None])
        chosen = np.where(given, ranked, -1)
        phrases = _phrases(chosen, features, facts, matrix)
        texts = phrases + ": " + _amount_texts(sign * amounts, contributions.unit)
        sides.append(_joined(texts, given))
    return sides[0], sides[1]


def _without_unknown(
    contributions: Contributions,
    features: list[Feature],
    facts: pd.DataFrame,
    matrix: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Return the SHAP values, 0 where what is not known, or was never served, would speak for."""
    values = contributions.values.copy()  # noqa: PD011 - SHAP values, no Series
    for feature in features:
        unknown = np.isnan(matrix[:, feature.column])
        if feature.kind == "category":
            served = [*feature.levels, *feature.rare_levels]
            if feature.name in facts:
                unknown |= ~facts[feature.name].isin(served).to_numpy()
            else:
                unknown[:] = True
        column = values[:, feature.column]
        column[unknown & (column > 0)] = 0.0
    return values


def _joined(texts: npt.NDArray[np.object_], given: npt.NDArray[np.bool_]) -> list[str]:
    # Amounts fall from left to right, so those given are always the first ones of a row.
    counts = given.sum(axis=1).tolist()
    rows = texts.tolist()
    return [_SEPARATOR.join(row[:count]) for row, count in zip(rows, counts, strict=True)]


def _amount_texts(amounts: npt.NDArray[np.float64], unit: str) -> npt.NDArray[np.object_]:
    distinct, where = np.unique(amounts, return_inverse=True)
    if unit == "log-odds":
        said = [_strength(amount) for amount in distinct.tolist()]
    else:
        said = [f"{amount_phrase(amount, signed=True)} {unit}" for amount in distinct.tolist()]
    texts: npt.NDArray[np.object_] = np.array(said, dtype=object)[where.reshape(amounts.shape)]
    return texts


def _strength(amount: float) -> str:
    word = next(word for start, word in _STRENGTHS if abs(amount) >= start)
    return f"{word} ({amount_phrase(amount, signed=True)} log-odds)"


def _phrases(
    chosen: npt.NDArray[np.intp],
    features: list[Feature],
    facts: pd.DataFrame,
    matrix: npt.NDArray[np.float64],
) -> npt.NDArray[np.object_]:
    texts: npt.NDArray[np.object_] = np.full(chosen.shape, "", dtype=object)
    for position, feature in enumerate(features):
        rows, ranks = np.nonzero(chosen == position)
        if len(rows) == 0:
            continue
        if feature.kind == "category":
            given = facts[feature.name].iloc[rows] if feature.name in facts else None
            texts[rows, ranks] = _level_phrases(feature, given, len(rows))
        else:
            texts[rows, ranks] = _value_phrases(feature, matrix[rows, feature.column])
    return texts


def _value_phrases(feature: Feature, column: npt.NDArray[np.float64]) -> npt.NDArray[np.object_]:
    distinct, where = np.unique(column, return_inverse=True)
    said = [_value_phrase(feature, value) for value in distinct.tolist()]
    return np.array(said, dtype=object)[where]


def _value_phrase(feature: Feature, value: float) -> str:
    if np.isnan(value):
        return f"{feature.words} not known"
    if feature.kind == "flag":
        return f"{feature.words} {'yes' if value > 0.5 else 'no'}"
    if feature.kind == "date":
        return f"{feature.words} {value:.1f} years before the sale"
    unit = feature.unit if feature.unit.casefold() not in feature.words.casefold() else ""
    return f"{feature.words} {number_phrase(value)} {unit}".rstrip()


def _level_phrases(feature: Feature, given: pd.Series | None, n: int) -> npt.NDArray[np.object_]:
    missing = f"{feature.words} not known"
    if given is None:
        return np.full(n, missing, dtype=object)
    codes, levels = pd.factorize(given, use_na_sentinel=True)
    kinds = dict.fromkeys(feature.levels, "") | dict.fromkeys(feature.rare_levels, " (rare)")
    said = [
        f"{feature.words} {level}{kinds.get(level, ' (never served)')}" for level in levels.tolist()
    ]
    # The last element answers the code -1 of a missing level.
    texts: npt.NDArray[np.object_] = np.array([*said, missing], dtype=object)[codes]
    return texts
