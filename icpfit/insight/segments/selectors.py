"""What a rule may ask of one attribute: ranges between human cut points, levels, flags, missing."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from icpfit.insight.segments.cut_points import cut_points, year_starts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from icpfit.fit.contract import Feature

__all__ = ["Selectors", "selectors"]

Bools = npt.NDArray[np.bool_]
Form = list[Any] | dict[str, Any]

MOST_LEVELS = 60
"""Single levels of a category that are tried, the most frequent ones."""
FEWEST_IN_A_LEVEL = 5


@dataclass(frozen=True, eq=False)
class Selectors:
    """Every condition that a rule may be made of, with the accounts that meet it.

    Parameters
    ----------
    names : tuple of str
        The attribute of each.
    forms : tuple of list or dict
        Each condition, as a profile has it.
    holds : ndarray of float64, shape (n, selectors)
        1 where the account meets it, else 0: counts are products of matrices of whole numbers,
        which come out the same in any order of rows and with any number of threads.
    attribute : ndarray of int, shape (selectors,)
        Number of its attribute.
    levels : tuple of ndarray of int
        For each category the positions of its single levels, which may be merged into sets.
    """

    names: tuple[str, ...]
    forms: tuple[Form, ...]
    holds: npt.NDArray[np.float64]
    attribute: npt.NDArray[np.int64]
    levels: tuple[npt.NDArray[np.int64], ...]


def selectors(
    facts: pd.DataFrame, features: Sequence[Feature], *, wanted: bool, fewest: int
) -> Selectors:
    """Return the conditions that rules about these accounts may be made of.

    Numbers: from and below each cut point, and every range between two. Flags: yes, no. Dates: the
    same as numbers, cut at New Year. Categories: each level that five accounts hold. Each: missing.

    Parameters
    ----------
    facts : DataFrame, shape (n, any)
        The accounts in which rules are looked for.
    features : sequence of Feature
        What the model was allowed to learn from.
    wanted : bool
        Whether groups of good fits are looked for; else of losing accounts. A declared direction
        leaves only the end at which such accounts can lie.
    fewest : int
        Accounts that must meet a condition, but for a level, which may be merged with others.

    Returns
    -------
    Selectors
        In the order of the features. Conditions that all accounts meet are left out.

    Notes
    -----
    A feature's direction is that of its age for a date: "+" leaves those founded before a day.
    """
    names: list[str] = []
    forms: list[Form] = []
    columns: list[Bools] = []
    attribute: list[int] = []
    levels: list[npt.NDArray[np.int64]] = []
    for number, feature in enumerate(features):
        values = facts[feature.name]
        missing = values.isna().to_numpy(dtype=bool)
        found: list[tuple[Form, Bools]] = []
        if feature.kind == "category":
            found = list(_levels(values))
            levels.append(np.arange(len(columns), len(columns) + len(found), dtype=np.int64))
        else:
            every = _flags(values) if feature.kind == "flag" else _ranges(values, feature.kind)
            found = [
                (form, met)
                for form, met in every
                if _allowed(form, feature, wanted=wanted) and fewest <= met.sum() < len(met)
            ]
        if fewest <= missing.sum() < len(missing):
            found.append(([None], missing))
        for form, met in found:
            names.append(feature.name)
            forms.append(form)
            columns.append(met)
            attribute.append(number)
    holds = np.stack(columns, axis=1).astype(np.float64) if columns else np.zeros((len(facts), 0))
    return Selectors(
        tuple(names), tuple(forms), holds, np.array(attribute, dtype=np.int64), tuple(levels)
    )


def _levels(values: pd.Series) -> Iterator[tuple[Form, Bools]]:
    counts = values.dropna().value_counts()
    counts = counts[counts >= FEWEST_IN_A_LEVEL]
    # Equally frequent levels by name, or the rows' order would choose.
    most = sorted(counts.index, key=lambda level: (-counts[level], str(level)))[:MOST_LEVELS]
    for level in sorted(most, key=str):
        yield [level], (values == level).to_numpy(dtype=bool)


def _flags(values: pd.Series) -> Iterator[tuple[Form, Bools]]:
    known = values.to_numpy(dtype=np.float64)
    for flag in (True, False):
        yield [flag], known == float(flag)


def _ranges(values: pd.Series, kind: str) -> Iterator[tuple[Form, Bools]]:
    ends: list[tuple[Any, Bools]]
    if kind == "date":
        known = values.notna().to_numpy(dtype=bool)
        ends = [(day.date(), (values >= day).to_numpy(dtype=bool)) for day in year_starts(values)]
    else:
        numbers = values.to_numpy(dtype=np.float64)
        known = ~np.isnan(numbers)
        ends = [(_plain(cut), numbers >= cut) for cut in cut_points(numbers)]
    for end, reached in ends:
        yield {"from": end}, reached
        yield {"below": end}, known & ~reached
    for (low, from_low), (high, from_high) in itertools.combinations(ends, 2):
        yield {"from": low, "below": high}, from_low & ~from_high


def _plain(cut: float) -> int | float:
    return int(cut) if cut.is_integer() and abs(cut) < 2**53 else cut


def _allowed(form: Form, feature: Feature, *, wanted: bool) -> bool:
    if feature.direction is None:
        return True
    upwards = (feature.direction == "+") == wanted
    if feature.kind == "date":
        upwards = not upwards
    if isinstance(form, dict):
        return set(form) == ({"from"} if upwards else {"below"})
    return form == [upwards]
