"""Checks that a model must pass before its figures mean anything."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from icpfit.measure.intervals import FEWEST_PER_CLASS
from icpfit.measure.ranking import auc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

__all__ = ["Gate", "class_gate", "column_gates", "too_good_gate"]

# A legitimate column of twenty reached .68 at most on worlds whose best possible AUC is .80.
_COLUMN_WARNS, _COLUMN_BLOCKS = 0.75, 0.90
_MISSING_WARNS, _MISSING_BLOCKS = 0.62, 0.80
_MODEL_WARNS, _MODEL_BLOCKS = 0.90, 0.97
_FOLDS = 5
# How many rows' worth of the overall rate a level's own rate is pulled towards it.
_PRIOR_ROWS = 10.0


@dataclass(frozen=True)
class Gate:
    """One check and what it found.

    Parameters
    ----------
    name : str
        A few words.
    passed : bool
        Whether the model may go on.
    text : str
        A full sentence with figures.
    warned : bool
        Passed, but a reader should look at it.
    """

    name: str
    passed: bool
    text: str
    warned: bool = False


def class_gate(n_fit: int, n: int) -> Gate:
    """Ask for at least 40 accounts of each class to judge on.

    Parameters
    ----------
    n_fit, n : int
        Profitable fits, and accounts in all.

    Returns
    -------
    Gate
        With the counts.

    Examples
    --------
    >>> class_gate(12, 162).text
    'Judged on 12 profitable fits and 150 others; at least 40 of each are needed.'
    """
    return Gate(
        "enough accounts",
        min(n_fit, n - n_fit) >= FEWEST_PER_CLASS,
        f"Judged on {n_fit:,} profitable fits and {n - n_fit:,} others; at least "
        f"{FEWEST_PER_CLASS} of each are needed.",
    )


def too_good_gate(model_auc: float) -> Gate:
    """Stop a model that is too good to be true: something known after the sale got in.

    Parameters
    ----------
    model_auc : float
        AUC on accounts that the model did not see, 0 to 1; NaN where it is unknown.

    Returns
    -------
    Gate
        Warned from .90 on, not passed from .97 on.

    Examples
    --------
    >>> too_good_gate(0.98).passed, too_good_gate(0.93).warned, too_good_gate(0.75).warned
    (False, True, False)
    """
    advice = (
        ""
        if model_auc < _MODEL_WARNS or math.isnan(model_auc)
        else "; check that every attribute was known before the sale"
    )
    return Gate(
        "not too good to be true",
        not model_auc >= _MODEL_BLOCKS,
        f"AUC is {model_auc:.3f}; {_MODEL_WARNS:.2f} and more is rare without a leak, "
        f"{_MODEL_BLOCKS:.2f} and more stops{advice}.",
        warned=model_auc >= _MODEL_WARNS,
    )


def column_gates(
    facts: pd.DataFrame,
    outcomes: Mapping[str, ArrayLike],
    *,
    reasons: Mapping[str, str] | None = None,
    seed: int = 0,
) -> tuple[Gate, ...]:
    """Look for single columns that tell the outcome, alone or by being missing.

    Parameters
    ----------
    facts : DataFrame, n rows
        The attributes that the model learns from, in the order of account_id.
    outcomes : Mapping
        Name -> array_like of bool, shape (n,): the label and what it is made of ("is a fit",
        "margin above zero", "retained"); a copy of the margin shows against the second only.
    reasons : Mapping, optional
        Attribute -> why it was known before the sale, as somebody wrote it down.
    seed : int
        Which folds the levels of a category are rated in.

    Returns
    -------
    tuple of Gate
        One for each conspicuous column, in the order of `facts`; one that passes when there is
        none.

    Notes
    -----
    A number's AUC counts in either direction, over rows where it is known. A level's fit rate
    comes from the other folds (else a column of rare levels would always be conspicuous).
    From .75 on (.62 for being missing) a written reason is needed, from .90 (.80) on none helps.
    The thresholds prompt a person to look; honest columns reach .92, leaks stay below .90.

    References
    ----------
    Kaufman, Rosset, Perlich & Stitelman (2012), ACM TKDD 6, on leakage; Micci-Barreca (2001),
    SIGKDD Explorations 3, on rates for levels.

    Examples
    --------
    >>> fit = np.arange(200) % 3 == 0
    >>> facts = pd.DataFrame({"tickets": fit * 2.0, "size": np.arange(200.0)})
    >>> for gate in column_gates(facts, {"is a fit": fit}):
    ...     print(gate.passed, gate.text)
    False Column 'tickets' alone tells "is a fit" with an AUC of 1.00: declare when it is known, or
    leave it out (0.90 and more stops).
    """
    folds = np.random.default_rng(seed).permutation(np.arange(len(facts)) % _FOLDS)
    gates: list[Gate] = []
    for name in facts.columns:
        reason = (reasons or {}).get(str(name), "")
        column = facts[name]
        told = {
            outcome: _column_auc(column, np.asarray(values, dtype=bool), folds)
            for outcome, values in outcomes.items()
        }
        absent = {
            outcome: _either_way(
                np.asarray(values, dtype=bool), column.isna().to_numpy().astype(np.float64)
            )
            for outcome, values in outcomes.items()
        }
        alone = (f"Column '{name}' alone tells", _COLUMN_WARNS, _COLUMN_BLOCKS)
        missing = (f"Whether '{name}' is missing tells", _MISSING_WARNS, _MISSING_BLOCKS)
        for figures, (text, warns, blocks) in ((told, alone), (absent, missing)):
            gates.extend(_conspicuous(str(name), figures, text, warns, blocks, reason=reason))
    if gates:
        return tuple(gates)
    text = f"None of {len(facts.columns)} columns tells the outcome alone or by being missing."
    return (Gate("no column tells the outcome", True, text),)


def _conspicuous(
    name: str, figures: Mapping[str, float], text: str, warns: float, blocks: float, *, reason: str
) -> list[Gate]:
    outcome, found = max(figures.items(), key=lambda item: item[1])
    if found < warns:
        return []
    said = f'{text} "{outcome}" with an AUC of {found:.2f}'
    if found >= blocks:
        advice = f"declare when it is known, or leave it out ({blocks:.2f} and more stops)"
        return [Gate(f"column {name}", False, f"{said}: {advice}.")]
    if reason:
        return [Gate(f"column {name}", True, f"{said}; known before the sale: {reason}", True)]
    advice = "write down in `reason` why it is known before the sale, or leave it out"
    return [Gate(f"column {name}", False, f"{said}: {advice}.", True)]


def _column_auc(
    column: pd.Series[Any], outcome: NDArray[np.bool_], folds: NDArray[np.intp]
) -> float:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        column = (column - pd.Timestamp(0)) / pd.Timedelta(days=1)
    if pd.api.types.is_numeric_dtype(column.dtype):
        known = column.notna().to_numpy()
        values = column[known].to_numpy(dtype=np.float64)
        return _either_way(outcome[known], values)
    levels = pd.factorize(column, use_na_sentinel=False)[0]
    rate = np.empty(len(column))
    for fold in range(_FOLDS):
        rest = folds != fold
        n = np.bincount(levels[rest], minlength=levels.max() + 1)
        hits = np.bincount(levels[rest], outcome[rest], minlength=levels.max() + 1)
        base = outcome[rest].mean()
        shrunken = (hits + _PRIOR_ROWS * base) / (n + _PRIOR_ROWS)
        rate[~rest] = shrunken[levels[~rest]]
    found = auc(outcome, rate)
    return 0.0 if math.isnan(found) else found


def _either_way(outcome: NDArray[np.bool_], values: NDArray[np.float64]) -> float:
    # Fewer of a class reach any AUC by luck.
    if min(outcome.sum(), (~outcome).sum()) < FEWEST_PER_CLASS:
        return 0.0
    found = auc(outcome, values)
    return max(found, 1.0 - found)
