"""Reasons as Arrow columns: what `reasons` says, a column at a time instead of a row."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from icpfit.attribution.strongest import strongest
from icpfit.fit.arrow_matrix import level_states
from icpfit.fit.phrase_codes import age_texts, number_texts, rounded_texts
from icpfit.fit.phrases import amount_phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.fit.contract import Feature, FeatureContract
    from icpfit.fit.support import LevelStates
    from icpfit.insight.contributions import Contributions

__all__ = ["reason_columns"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_NEGLIGIBLE = 0.01
# Log-odds from which the odds are about 1.65 and 1.2 times those of an account without the fact.
_STRENGTHS = ((0.5, "strongly"), (0.2, "somewhat"), (0.0, "slightly"))


def reason_columns(
    contributions: Contributions,
    facts: pa.RecordBatch,
    matrix: Floats,
    contract: FeatureContract,
    *,
    top: int = 3,
    levels: Mapping[str, LevelStates] | None = None,
) -> tuple[pa.Array, pa.Array]:
    """Return the strongest reasons for and against each account, as two columns.

    Parameters
    ----------
    contributions : Contributions
        Of the number that ranks.
    facts : pyarrow.RecordBatch
        The rows' categories as text, by attribute; a category without a column is missing in
        every row. Other columns are not looked at.
    matrix : numpy.ndarray of float64, shape (n, p)
        Features of the same rows.
    contract : FeatureContract
        What its columns are.
    top : int, default 3
        Most reasons on each side, at least 1.
    levels : mapping of str to LevelStates, optional
        Of categories that were looked at already.

    Returns
    -------
    tuple of pyarrow.Array of text
        For and against: reasons separated by ``"; "``, the strongest first; null where there is
        none. `icpfit.insight.reasons.reasons` has the rules, and the same texts.

    Raises
    ------
    ValueError
        When the three do not have the same rows.

    Notes
    -----
    No Python runs per row: each distinct fact and each distinct rounded amount of the batch is put
    into words once, and Arrow joins them by their places.

    Examples
    --------
    >>> from icpfit.fit.contract import Feature, FeatureContract
    >>> from icpfit.insight.contributions import Contributions
    >>> contract = FeatureContract((Feature("employees", "number", unit="people"),), {})
    >>> found = Contributions(np.array([[3412.0], [-800.0]]), 500.0, "EUR", "margin")
    >>> facts = pa.record_batch({"employees": [240.0, None]})
    >>> [c.to_pylist() for c in reason_columns(found, facts, np.array([[240], [np.nan]]), contract)]
    [['employees 240 people: +3,400 EUR', None], [None, 'employees not known: -800 EUR']]
    """
    n = len(matrix)
    if not facts.num_rows == n == len(contributions.values):
        counts = f"{facts.num_rows}, {n} and {len(contributions.values)}"
        raise ValueError(f"facts, matrix and contributions hold {counts} rows")
    features = sorted(contract.features, key=lambda feature: feature.name)
    found = strongest(
        _without_unknown(contributions, features, facts, matrix, levels or {}),
        [feature.column for feature in features],
        top=top,
        least_share=_NEGLIGIBLE,
    )
    # Both sides at once: a feature's phrases are made for all rows that name it.
    chosen = np.vstack([found.raising, found.lowering]).ravel()
    phrase_at = np.full(len(chosen), -1, dtype=np.int64)
    amounts = np.zeros(len(chosen))
    phrases: list[pa.Array] = [pa.array([], pa.string())]
    said_before = 0
    for feature in features:
        places = np.flatnonzero(chosen == feature.column)
        if len(places) == 0:
            continue
        rows = places % n
        texts, where = _fact_texts(feature, facts, matrix, rows)
        phrase_at[places] = where + said_before
        phrases.append(texts)
        said_before += len(texts)
        amounts[places] = contributions.values[rows, feature.column]
    given = np.flatnonzero(phrase_at >= 0)
    said, where = _amount_texts(amounts[given], contributions.unit)
    amount_at = np.full(len(chosen), -1, dtype=np.int64)
    amount_at[given] = where
    sides = np.split(phrase_at.reshape(2 * top, n), 2), np.split(amount_at.reshape(2 * top, n), 2)
    words = pc.binary_join_element_wise(pa.concat_arrays(phrases), ": ", "")
    further = pc.binary_join_element_wise("; ", words, "")
    money = pa.array(said, pa.string())
    first, second = (_joined(words, further, money, *side) for side in zip(*sides, strict=True))
    return first, second


def _without_unknown(
    contributions: Contributions,
    features: list[Feature],
    facts: pa.RecordBatch,
    matrix: Floats,
    levels: Mapping[str, LevelStates],
) -> Floats:
    """Return the SHAP values, 0 where what is not known, or was never served, would speak for."""
    values: Floats = contributions.values.copy(order="K")
    for feature in features:
        unknown = np.isnan(matrix[:, feature.column])
        if feature.kind == "category":
            states = levels.get(feature.name)
            if states is None:
                there = feature.name in facts.schema.names
                given = facts.column(feature.name) if there else pa.nulls(len(matrix))
                states = level_states(feature, given)
            # A rare level without a pool has no code either: to the model it is what is missing.
            unknown |= states.missing | states.new
        column = values[:, feature.column]
        column[unknown & (column > 0)] = 0.0
    return values


def _joined(
    words: pa.Array, further: pa.Array, money: pa.Array, phrase_at: Ints, amount_at: Ints
) -> pa.Array:
    parts: list[pa.Array] = []
    for rank, (phrases, amounts) in enumerate(zip(phrase_at, amount_at, strict=True)):
        nothing = phrases < 0
        parts.append((further if rank else words).take(pa.array(phrases, mask=nothing)))
        parts.append(money.take(pa.array(amounts, mask=nothing)))
    # Not "skip": it drops rows of which every part is null.
    texts = pc.binary_join_element_wise(*parts, "", null_handling="replace", null_replacement="")
    # A row's first reason is there, or none is.
    return pc.if_else(pa.array(phrase_at[0] >= 0), texts, pa.scalar(None, pa.string()))


def _amount_texts(amounts: Floats, unit: str) -> tuple[list[str], Ints]:
    if unit != "log-odds":
        said = partial(_amount, unit)
        return rounded_texts(amounts, 2, said, name=f"amount in {unit}")
    size = np.abs(amounts)
    kinds = sum(((size < start).astype(np.int64) for start, _ in _STRENGTHS), np.int64(0))
    return rounded_texts(amounts, 2, _strength, np.asarray(kinds), name="strength")


def _amount(unit: str, amount: float) -> str:
    return f"{amount_phrase(amount, signed=True)} {unit}"


def _strength(amount: float) -> str:
    word = next(word for start, word in _STRENGTHS if abs(amount) >= start)
    return f"{word} ({amount_phrase(amount, signed=True)} log-odds)"


def _fact_texts(
    feature: Feature, facts: pa.RecordBatch, matrix: Floats, rows: Ints
) -> tuple[pa.Array, Ints]:
    if feature.kind == "category":
        return _level_texts(feature, facts, rows)
    values = matrix[rows, feature.column]
    known = ~np.isnan(values)
    texts, where = _value_texts(feature, values[known])
    place = np.full(len(rows), len(texts), dtype=np.int64)
    place[known] = where
    missing = pa.array([f"{feature.words} not known"])
    return pa.concat_arrays([texts, missing]), place


def _value_texts(feature: Feature, values: Floats) -> tuple[pa.Array, Ints]:
    words = feature.words
    if feature.kind == "flag":
        return pa.array([f"{words} no", f"{words} yes"]), (values > 0.5).astype(np.int64)
    if feature.kind == "date":
        texts, where = age_texts(values)
        return _joined_texts(f"{words} ", texts, " years before the sale"), where
    unit = feature.unit if feature.unit.casefold() not in words.casefold() else ""
    texts, where = number_texts(values)
    return _joined_texts(f"{words} ", texts, f" {unit}".rstrip()), where


def _joined_texts(before: str, texts: list[str], behind: str) -> pa.Array:
    return pc.binary_join_element_wise(before, pa.array(texts, pa.string()), behind, "")


def _level_texts(feature: Feature, facts: pa.RecordBatch, rows: Ints) -> tuple[pa.Array, Ints]:
    words = feature.words
    missing = f"{words} not known"
    if feature.name not in facts.schema.names:
        return pa.array([missing]), np.zeros(len(rows), dtype=np.int64)
    given = facts.column(feature.name).take(pa.array(rows))
    is_encoded = pa.types.is_dictionary(given.type)
    encoded = given if is_encoded else given.cast(pa.string()).dictionary_encode()
    kinds = dict.fromkeys(feature.levels, "") | dict.fromkeys(feature.rare_levels, " (rare)")
    levels = encoded.dictionary.to_pylist()
    texts = [f"{words} {level}{kinds.get(level, ' (never served)')}" for level in levels]
    where = pc.fill_null(encoded.indices, len(texts)).to_numpy(zero_copy_only=False)
    return pa.array([*texts, missing]), where.astype(np.int64)
