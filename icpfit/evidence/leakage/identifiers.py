"""Columns that name a row instead of describing it, and what such a name gives away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from icpfit.evidence.leakage.gates import Gate
from icpfit.evidence.leakage.telling_names import words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.data.contract import Attribute

__all__ = ["identifier_gates"]

_MANY, _UNIQUE = 0.5, 0.99
_ORDERED = 0.8
_FEWEST = 30
_ID_WORDS = frozenset(
    {"id", "ids", "uuid", "guid", "key", "nr", "no", "num", "identifier", "serial"}
)


def identifier_gates(
    facts: pd.DataFrame, started_on: pd.Series, attributes: Mapping[str, Attribute]
) -> tuple[Gate, ...]:
    """Look for identifiers, also numeric ones, and for numbers that run with the start date.

    Parameters
    ----------
    facts : DataFrame
        The attributes that a model would learn from.
    started_on : Series of dates
        Start of each account, on the same index.
    attributes : Mapping of str to Attribute
        As declared.

    Returns
    -------
    tuple of Gate
        A category with more different values than half the accounts that have one is never
        learned from (`icpfit.fit.features`): passed and warned. A whole number, or the digits of
        such a category, that is different for more than half of them and has a rank correlation
        of .8 or more with the start: a number of it needs a written reason, as the order in which
        accounts were entered tells how long each has been there. So does a whole number that is
        different for 99 % of them and named as an identifier.

    Notes
    -----
    Below 30 accounts with a value nothing is said. Spearman's correlation, ties at their mean rank.

    References
    ----------
    Spearman (1904), American Journal of Psychology 15; Kaufman, Rosset, Perlich & Stitelman
    (2012), ACM TKDD 6, on identifiers that leak.

    Examples
    --------
    >>> from icpfit.data.contract import Attribute
    >>> facts = pd.DataFrame({"record": np.arange(4000.0, 4060.0)})
    >>> starts = pd.Series(pd.date_range("2024-01-01", periods=60))
    >>> asked = {"record": Attribute("record", "number", "before_sale")}
    >>> print(identifier_gates(facts, starts, asked)[0].text)
    Column 'record' looks like an identifier with order in it: 60 different whole numbers in 60
    accounts, rank correlation 1.00 with the start: leave it out, or write under data.allow what it
    tells of a company before the sale.
    """
    gates = []
    for name in facts.columns:
        attribute = attributes[str(name)]
        present = facts[name].dropna()
        n, many = len(present), present.nunique()
        if n < _FEWEST or many <= _MANY * n:
            continue
        starts = started_on.loc[present.index]
        title, counted = f"column {name}", f"different {{}} in {n:,} accounts"
        if attribute.kind == "category":
            digits = present.astype(str).str.replace(r"\D", "", regex=True).str[-15:]
            ordered = _order(pd.to_numeric(digits, errors="coerce"), starts)
            order = f", its digits run with the start ({ordered:+.2f})" if ordered else ""
            text = (
                f"Column '{name}' looks like an identifier: {many:,} "
                f"{counted.format('values')}{order}; it is not learned from."
            )
            gates.append(Gate(title, True, text, warned=True))
            continue
        if attribute.kind != "number" or not _whole(present):
            continue
        ordered = _order(present, starts)
        named = many >= _UNIQUE * n and bool(
            _ID_WORDS & {*words_of(attribute.name), *words_of(attribute.source_column)}
        )
        if not ordered and not named:
            continue
        told = " with order in it" if ordered else ""
        said = (
            f"Column '{name}' looks like an identifier{told}: {many:,} "
            f"{counted.format('whole numbers')}"
        )
        if ordered:
            said += f", rank correlation {ordered:.2f} with the start"
        if attribute.written_reason:
            text = f"{said}; known before the sale: {attribute.written_reason}"
            gates.append(Gate(title, True, text, warned=True))
            continue
        advice = (
            "leave it out, or write under data.allow what it tells of a company before the sale"
        )
        gates.append(Gate(title, False, f"{said}: {advice}.", warned=True))
    return tuple(gates)


def _whole(present: pd.Series[Any]) -> bool:
    numbers = present.to_numpy(dtype=np.float64)
    return bool(np.isfinite(numbers).all() and (numbers == np.floor(numbers)).all())


def _order(values: pd.Series[Any], starts: pd.Series) -> float:
    """Return the rank correlation with the start where it is an order, else 0."""
    both = values.notna() & starts.notna()
    if int(both.sum()) < _FEWEST:
        return 0.0
    ranks, days = values[both].rank(), starts[both].rank()
    if ranks.nunique() < 2 or days.nunique() < 2:
        return 0.0
    found = float(np.corrcoef(ranks.to_numpy(), days.to_numpy())[0, 1])
    return found if abs(found) >= _ORDERED else 0.0
