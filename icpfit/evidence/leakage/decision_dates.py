"""What a column knows of the time after the decision, by its dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from icpfit.evidence.leakage.gates import Gate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.data.contract import Attribute
    from icpfit.data.joining.history import DatedFact

__all__ = ["date_gates", "dated_gates"]

_BLOCKS = 0.01


def date_gates(
    facts: pd.DataFrame, decided_on: pd.Series, attributes: Mapping[str, Attribute]
) -> tuple[Gate, ...]:
    """Look for dates that lie after the decision: nobody could know them then.

    Parameters
    ----------
    facts : DataFrame
        The attributes that a model would learn from.
    decided_on : Series of dates
        The day of each account's decision, on the same index.
    attributes : Mapping of str to Attribute
        As declared.

    Returns
    -------
    tuple of Gate
        One for each date with at least one such row: above 1 % of the rows that have one it stops,
        up to that a written reason is needed.

    Notes
    -----
    A date on the day of the decision is not after it. Rows without either day don't count.

    Examples
    --------
    >>> from icpfit.data.contract import Attribute
    >>> facts = pd.DataFrame({"audited_on": pd.to_datetime(["2024-01-01", "2024-06-01"])})
    >>> decided = pd.Series(pd.to_datetime(["2024-03-01", "2024-03-01"]))
    >>> asked = {"audited_on": Attribute("audited_on", "date", "before_sale")}
    >>> print(date_gates(facts, decided, asked)[0].text)
    Column 'audited_on' lies after the decision in 1 of 2 accounts (50.0 %): nobody could know it;
    declare when it is known, or leave it out (more than 1 % stops).
    """
    gates = []
    for name in facts.columns:
        if attributes[str(name)].kind != "date":
            continue
        days = pd.to_datetime(facts[name])
        both = days.notna() & decided_on.notna()
        late = int((days[both] > decided_on[both]).sum())
        if not late:
            continue
        n = int(both.sum())
        said = (
            f"Column '{name}' lies after the decision in {late:,} of {n:,} accounts "
            f"({100 * late / n:.1f} %)"
        )
        reason = attributes[str(name)].written_reason
        title = f"column {name}"
        if late > _BLOCKS * n:
            advice = "declare when it is known, or leave it out (more than 1 % stops)"
            gates.append(Gate(title, False, f"{said}: nobody could know it; {advice}."))
        elif reason:
            gates.append(Gate(title, True, f"{said}; known before the sale: {reason}", warned=True))
        else:
            advice = "correct those dates, or write under data.allow why it was known"
            gates.append(Gate(title, False, f"{said}: {advice}.", warned=True))
    return tuple(gates)


def dated_gates(
    names: list[str], attributes: Mapping[str, Attribute], dated: Mapping[str, DatedFact]
) -> tuple[Gate, ...]:
    """Say of which columns the value is today's, and of which that of the day of the decision.

    Parameters
    ----------
    names : list of str
        The attributes that a model would learn from.
    attributes : Mapping of str to Attribute
        As declared; ``current_only`` says that the export holds today's value.
    dated : Mapping of str to DatedFact
        Those with a history, by `icpfit.data.joining.history.facts_at_decision`.

    Returns
    -------
    tuple of Gate
        Warned for each ``current_only`` column without a history; for each with one where more
        than 1 % of the accounts have only later records, without a written reason not passed.

    Notes
    -----
    What is recorded only after the decision is missing, so nothing later is learned from but that
    there was a record: an account that left early has none.

    Examples
    --------
    >>> from icpfit.data.contract import Attribute
    >>> asked = {"staff": Attribute("staff", "number", "before_sale", current_only=True)}
    >>> print(dated_gates(["staff"], asked, {})[0].text)
    Column 'staff' holds today's value, not that of the decision: growth since then may tell the
    outcome; bring its attribute_history.
    """
    gates = []
    for name in names:
        attribute, found = attributes[name], dated.get(name)
        if found is None:
            if attribute.current_only:
                text = (
                    f"Column '{name}' holds today's value, not that of the decision: growth since "
                    "then may tell the outcome; bring its attribute_history."
                )
                gates.append(Gate(f"column {name}", True, text, warned=True))
            continue
        said = (
            f"Column '{name}' is as of the decision for {found.dated:,} of {found.accounts:,} "
            f"accounts, by its history; for {found.later_only:,} the first record is later, and it "
            "is missing"
        )
        if found.later_only <= _BLOCKS * found.accounts:
            text = f"{said}."
            gates.append(Gate(f"column {name}", True, text, warned=found.later_only > 0))
        elif attribute.written_reason:
            text = f"{said}; known before the sale: {attribute.written_reason}"
            gates.append(Gate(f"column {name}", True, text, warned=True))
        else:
            advice = "bring the earlier records, or write under data.allow why that tells nothing"
            gates.append(Gate(f"column {name}", False, f"{said}: {advice}.", warned=True))
    return tuple(gates)
