"""The inspection of the columns before any model is trained on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from icpfit.errors import FeatureError
from icpfit.evidence.leakage.decision_dates import date_gates, dated_gates
from icpfit.evidence.leakage.empty_for_prospects import empty_for_prospects
from icpfit.evidence.leakage.gates import Gate, column_gates
from icpfit.evidence.leakage.identifiers import identifier_gates
from icpfit.evidence.leakage.personal_data import personal_gates
from icpfit.evidence.leakage.telling_names import name_gates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from icpfit.data.contract import Attribute
    from icpfit.data.joining.history import DatedFact
    from icpfit.data.typical_prospects import TypicalProspects

__all__ = ["LeftOut", "check_inspection", "inspection", "left_out"]


@dataclass(frozen=True)
class LeftOut:
    """The columns that are not learned from although they were known before the sale.

    Parameters
    ----------
    columns : dict of str to str
        Column to why.
    gates : tuple of Gate
        The same as sentences, and what the columns were compared with.
    """

    columns: dict[str, str]
    gates: tuple[Gate, ...]


def left_out(
    facts: pd.DataFrame,
    attributes: Mapping[str, Attribute],
    features: Sequence[str] | None = None,
    prospects: TypicalProspects | None = None,
) -> LeftOut:
    """Return the columns to leave out: listed as never to be used, or empty for prospects.

    Parameters
    ----------
    facts : DataFrame
        Of the training part, a column per attribute.
    attributes : Mapping of str to Attribute
        As declared.
    features : sequence of str, optional
        The attributes asked for; by default all that are known before the sale.
    prospects : TypicalProspects, optional
        The list that looks like those to be scored.

    Returns
    -------
    LeftOut
        With a gate for each column, passed and warned.

    Raises
    ------
    FeatureError
        When a column is asked for that is never to be used.
    """
    columns: dict[str, str] = {}
    gates = []
    for name, attribute in attributes.items():
        if not attribute.never_use:
            continue
        if features is not None and name in features:
            raise FeatureError(
                f"features: '{name}' is listed under data.never_use; take it out of one of them"
            )
        columns[name] = "listed under never_use"
        text = f"Column '{name}' is listed under data.never_use: it is not learned from."
        gates.append(Gate(f"column {name}", True, text))
    asked = _candidates(facts, attributes, features)
    compared = "no list of prospects was given" if prospects is None else prospects.note
    if prospects is None or prospects.facts is None:
        gates.append(Gate("filled for prospects too", True, f"Not checked: {compared}."))
        return LeftOut(columns, tuple(gates))
    empty = empty_for_prospects(facts[asked], prospects.facts)
    for name, why in empty.items():
        columns[name] = why
        text = f"Column '{name}' is {why} ({compared}): it is not learned from."
        gates.append(Gate(f"column {name}", True, text, warned=True))
    if not empty:
        text = f"No column is filled for customers only, compared with {compared}."
        gates.append(Gate("filled for prospects too", True, text))
    return LeftOut(columns, tuple(gates))


def inspection(
    facts: pd.DataFrame,
    dates: pd.DataFrame,
    outcomes: pd.DataFrame,
    attributes: Mapping[str, Attribute],
    features: Sequence[str] | None = None,
    *,
    dated: Mapping[str, DatedFact] | None = None,
    seed: int = 0,
) -> tuple[Gate, ...]:
    """Look at each column that a model would learn from, before it does.

    Names, data of persons, dates after the decision, values of today, identifiers, and each column
    and its missing values alone against the label and against what the label is made of.

    Parameters
    ----------
    facts : DataFrame
        Of the training part, without the columns left out.
    dates : DataFrame
        ``started_on`` and ``decided_on``, on the same index.
    outcomes : DataFrame
        ``fit``, ``margin`` and ``retained``, on the same index.
    attributes : Mapping of str to Attribute
        As declared.
    features : sequence of str, optional
        The attributes asked for; by default all that are known before the sale.
    dated : Mapping of str to DatedFact, optional
        Attributes whose values are as of the decision.
    seed : int
        Which folds the levels of a category are rated in.

    Returns
    -------
    tuple of Gate
        A gate not passed and not warned stops the training (`check_inspection`); one not passed
        and warned needs a written reason, without which no model of these columns is promoted.
        Every ``allow`` stands in one of them.
    """
    names = _candidates(facts, attributes, features)
    columns = facts[names]
    told = {
        "is a fit": outcomes["fit"].astype(bool),
        "margin above zero": outcomes["margin"] > 0,
        "retained": outcomes["retained"].astype(bool),
    }
    gates = [
        *name_gates([attributes[name] for name in names]),
        *personal_gates(columns, attributes),
        *date_gates(columns, dates["decided_on"], attributes),
        *dated_gates(names, attributes, dated or {}),
        *identifier_gates(columns, dates["started_on"], attributes),
        *column_gates(
            columns,
            {name: values for name, values in told.items() if values.nunique() == 2},
            reasons={name: attributes[name].written_reason for name in names},
            seed=seed,
        ),
    ]
    spoken = {gate.name for gate in gates}
    for name in names:
        allowed = attributes[name].allow.strip()
        if allowed and f"column {name}" not in spoken:
            text = f"Column '{name}' is allowed, and no check spoke against it: {allowed}"
            gates.append(Gate(f"column {name}", True, text))
    return tuple(gates)


def check_inspection(gates: Sequence[Gate]) -> None:
    """Stop the training where a gate says so.

    Parameters
    ----------
    gates : sequence of Gate
        From `inspection`.

    Raises
    ------
    FeatureError
        With the column, the figure and what to do of the first that stops; the others by name.

    Examples
    --------
    >>> check_inspection([Gate("column a", False, "Column 'a' tells all: leave it out.")])
    Traceback (most recent call last):
    ...
    icpfit.errors.FeatureError: attributes: Column 'a' tells all: leave it out
    """
    stopping = [gate for gate in gates if not gate.passed and not gate.warned]
    if not stopping:
        return
    first = stopping[0]
    also = sorted({gate.name for gate in stopping} - {first.name})
    more = f"; also stopped: {', '.join(also[:3])}" if also else ""
    more += f" and {len(also) - 3} more" if len(also) > 3 else ""
    raise FeatureError(f"attributes: {first.text.rstrip('.')}{more}")


def _candidates(
    facts: pd.DataFrame, attributes: Mapping[str, Attribute], features: Sequence[str] | None
) -> list[str]:
    """Return what may be learned from; what is asked for wrongly is refused by the contract."""
    asked = list(attributes) if features is None else [str(name) for name in features]
    return [
        name
        for name in asked
        if name in attributes and name in facts.columns and attributes[name].known == "before_sale"
    ]
