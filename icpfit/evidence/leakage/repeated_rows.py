"""Accounts that stand twice under two ids: one may train what the other is judged by."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from icpfit.evidence.leakage.gates import Gate

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["repeated_rows_gate"]

_SHARE = 0.01
_TIMES_LUCK = 5.0
_ALIKE = 0.8
# Of one name no more are compared with each other: their pairs grow with the square.
_MOST = 20
_LEGAL_FORMS = re.compile(
    r"\b(gmbh|ag|kg|co|ltd|limited|inc|llc|corp|sa|sas|sarl|srl|spa|bv|nv|ab|oy|as|plc|sp|oo|z)\b"
)


def repeated_rows_gate(facts: pd.DataFrame, names: pd.Series, folds: NDArray[np.int64]) -> Gate:
    """Look for the same company twice: near-duplicate rows that stand in different folds.

    Two accounts are taken for one where they have the same name (case, signs and legal form left
    out) and the same facts in four of five columns, numbers to two digits, or the same facts in
    every column. Facts that are the same by chance are allowed for: the pairs that independent
    columns would give.

    Parameters
    ----------
    facts : DataFrame, n rows
        The features.
    names : Series of str or None, n rows
        Name of each account.
    folds : ndarray of int, shape (n,)
        Fold of each account.

    Returns
    -------
    Gate
        Always passed: it rests on no column. Warned where more than 1 % of the accounts have such
        a twin in another fold, and for facts, more than five times as many pairs as by chance.

    Notes
    -----
    Missing values are equal to each other. Rows are compared in no order.

    Examples
    --------
    >>> facts = pd.DataFrame({"size": np.arange(200.0) ** 3})
    >>> names = pd.Series([f"Firm {'abcdefghij'[i // 20]}{i % 20}" for i in range(200)])
    >>> names[:10], facts[:10] = names[100:110].str.upper() + " GmbH", facts[100:110].to_numpy()
    >>> print(repeated_rows_gate(facts, names, np.arange(200) // 100).text)
    20 of 200 accounts have a twin in another fold (the same name and facts, such as 'firm f0'),
    10.0 %: give one company one parent_id, or the figures flatter the model.
    """
    n = len(facts)
    said = []
    coarse = facts.apply(_coarse).reset_index(drop=True)
    plain = names.astype(object).map(_plain_name).reset_index(drop=True)
    twins = _name_twins(plain, coarse, folds)
    if len(twins) > _SHARE * n:
        said.append(
            f"{len(twins):,} of {n:,} accounts have a twin in another fold (the same name and "
            f"facts, such as '{min(plain[sorted(twins)])}'), {100 * len(twins) / n:.1f} %"
        )
    key = pd.Series(pd.util.hash_pandas_object(coarse, index=False).to_numpy())
    twin_facts = _across_folds(key, folds)
    sizes = key.value_counts().to_numpy(dtype=np.float64)
    pairs = float((sizes * (sizes - 1) / 2).sum())
    if len(twin_facts) > _SHARE * n and pairs > _TIMES_LUCK * _pairs_by_luck(coarse):
        said.append(
            f"{len(twin_facts):,} of {n:,} accounts have a twin in another fold (the same facts in "
            f"all {facts.shape[1]} columns), {100 * len(twin_facts) / n:.1f} %"
        )
    if not said:
        text = f"None to speak of among {n:,} accounts, by name and by facts."
        return Gate("no company twice", True, text)
    advice = "give one company one parent_id, or the figures flatter the model"
    return Gate("no company twice", True, f"{'; '.join(said)}: {advice}.", warned=True)


def _plain_name(name: object) -> str:
    if not isinstance(name, str):
        return ""
    words = re.sub(r"[^\w\s]", "", name.lower())
    return " ".join(_LEGAL_FORMS.sub(" ", words).split())


def _name_twins(plain: pd.Series, coarse: pd.DataFrame, folds: NDArray[np.int64]) -> set[int]:
    """Return the rows that have another of their name, alike in facts, in another fold."""
    cells = coarse.to_numpy(dtype=object)
    twins: set[int] = set()
    named = plain[plain != ""]
    for _, rows in named.groupby(named):
        for one, other in itertools.combinations(rows.index[:_MOST], 2):
            alike = float((cells[one] == cells[other]).mean())
            if folds[one] != folds[other] and alike >= _ALIKE:
                twins |= {int(one), int(other)}
    return twins


def _coarse(column: pd.Series[Any]) -> pd.Series[Any]:
    known = column.notna()
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        texts = column.dt.strftime("%Y-%m")
    elif pd.api.types.is_numeric_dtype(column.dtype):
        texts = column.map(lambda value: f"{value:.1e}")
    else:
        texts = column
    coarse: pd.Series[Any] = texts.astype(object).where(known, "")
    return coarse


def _across_folds(keys: pd.Series, folds: NDArray[np.int64]) -> list[object]:
    """Return the key of each row that has another one with it in another fold."""
    spread = pd.Series(folds, index=keys.index).groupby(keys.to_numpy()).transform("nunique")
    return list(keys[(spread > 1).to_numpy()])


def _pairs_by_luck(coarse: pd.DataFrame) -> float:
    """Return how many pairs of rows would be alike if the columns were independent."""
    n = len(coarse)
    alike = 1.0
    for name in coarse.columns:
        share = coarse[name].value_counts(normalize=True, dropna=False).to_numpy()
        alike *= float((share**2).sum())
    return alike * n * (n - 1) / 2
