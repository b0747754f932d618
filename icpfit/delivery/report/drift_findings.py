"""Drift in words: what was found, what it means, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from icpfit.delivery.amounts import (
    count,
    figure,
    interval,
    money_interval,
    percent,
    percent_interval,
)

if TYPE_CHECKING:
    from icpfit.evidence.drift.column_drift import ColumnDrift
    from icpfit.evidence.drift.drift import Drift, Unseen
    from icpfit.measure.estimate import Estimate

__all__ = ["column_rows", "drift_findings", "drift_headline"]

_NAMED = 3
_STATES = {"steady": "steady", "warn": "warn", "alert": "ALERT"}


def drift_headline(found: Drift) -> str:
    """Return the answer in one sentence.

    Parameters
    ----------
    found : Drift
        What was found.

    Returns
    -------
    str
        May this list be scored as it is?
    """
    told = found.likeness
    alerts = sum(column.state == "alert" for column in found.columns)
    if found.n_rows == 0:
        said = "no rows, so there is nothing to compare."
    elif found.unrated == found.n_rows:
        said = "no row can be rated, see why below."
    elif told is None:
        said = "too few rows to say whether they are like the accounts learned from."
    elif told.band == "unlike":
        said = (
            "unlike the accounts that the model learned from. Its order is a guess to be tried "
            "out, not a plan."
        )
    elif told.band == "differs":
        said = (
            "different from the accounts that the model learned from. Read below what moved "
            "before relying on the order."
        )
    elif alerts:
        said = f"alike on the whole, but {_columns(alerts)} moved further than luck explains."
    else:
        said = "like the accounts that the model learned from. Scores mean what they say."
    return f"{found.what[:1].upper()}{found.what[1:]}: {said}"


def drift_findings(found: Drift) -> list[tuple[str, str]]:
    """Return the findings, each with a name.

    Parameters
    ----------
    found : Drift
        What was found.

    Returns
    -------
    list of (str, str)
        Name and sentence, from the answer down.
    """
    rows = [
        (
            "compared",
            (
                f"{count(found.n_rows)} rows with {count(found.n_learned)} accounts learned from, "
                f"{found.model}"
            ),
        )
    ]
    if found.n_rows == 0:
        return rows
    rows += _likeness_rows(found)
    rows.append(("columns", _moved_columns(found.columns)))
    if found.absent:
        named = ", ".join(f"{words} ({percent(share)})" for words, share in found.absent)
        total = percent(sum(share for _, share in found.absent))
        rows.append(("no column for", f"{named}; together {total} of what moves the ranking"))
    rows += [(f"{unseen.words} never served", _levels(unseen)) for unseen in found.unseen]
    rated = found.n_rows - found.cautioned - found.unrated
    rows.append(
        (
            "row by row",
            (
                f"{_of(rated, found.n_rows)} rated without a caution, "
                f"{_of(found.cautioned, found.n_rows)} with one, "
                f"{_of(found.unrated, found.n_rows)} not rated"
            ),
        )
    )
    rows += _estimate_rows(found)
    strange = found.cautioned + found.unrated
    if strange and found.is_list:
        rows.append(
            (
                "explore",
                (
                    f"of every 100 companies approached, take 3 to 5 from the {count(strange)} "
                    "that are cautioned or not rated: nobody learns about companies nobody tries"
                ),
            )
        )
    rows.append(("what to do", _advice(found)))
    return rows


def column_rows(found: Drift) -> list[dict[str, Any]]:
    """Return each column's stability index beside its null, for a table.

    Parameters
    ----------
    found : Drift
        What was found.

    Returns
    -------
    list of dict
        The furthest moved first.
    """
    return [
        {
            "column": column.words,
            "state": _STATES[column.state],
            "PSI": figure(column.psi.value),
            "by luck up to": figure(column.psi.null_95),
            "what moved most": column.moved,
            "share of the ranking": percent(column.share),
        }
        for column in found.columns
    ]


def _likeness_rows(found: Drift) -> list[tuple[str, str]]:
    told = found.likeness
    if told is None:
        return [("told apart", "too few rows, 50 are needed on either side")]
    said = (
        f"AUC {figure(told.auc)} (by luck up to {figure(told.null_95)}; fine below 0.60, another "
        "population above 0.75)"
    )
    rows = [("told apart", said)]
    if told.band != "alike":
        words = {column.feature: column.words for column in found.columns}
        named = ", ".join(
            f"{words.get(name, name)} ({percent(share)})" for name, share in told.columns[:_NAMED]
        )
        rows.append(("mostly by", named))
    return rows


def _moved_columns(columns: tuple[ColumnDrift, ...]) -> str:
    parts = []
    for state, said in (("alert", "moved far beyond luck"), ("warn", "moved beyond luck")):
        named = [f"{c.words} ({c.moved})" for c in columns if c.state == state]
        if named:
            more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
            parts.append(f"{said}: {'; '.join(named[:_NAMED])}{more}")
    return ". ".join(parts) or f"none of {len(columns)} moved beyond luck"


def _levels(unseen: Unseen) -> str:
    named = ", ".join(f"{level} {count(n)}" for level, n in unseen.levels[:5])
    more = f" and {count(len(unseen.levels) - 5)} more" if len(unseen.levels) > 5 else ""
    return f"{count(unseen.rows)} rows: {named}{more}"


def _estimate_rows(found: Drift) -> list[tuple[str, str]]:
    estimate = found.estimate
    if estimate is None:
        return []
    if estimate.refused:
        return [("worth of such accounts", estimate.refused)]
    plain, weighted = estimate.plain, estimate.weighted
    return [
        (
            "fit rate of such accounts",
            (
                f"{percent_interval(weighted['fit_rate'])}, {percent(plain['fit_rate'].value)} of "
                f"all judged; rests on {estimate.n_effective:.0f} accounts' worth "
                f"of {count(estimate.n)}"
            ),
        ),
        (
            "margin of such accounts",
            (
                f"{money_interval(weighted['margin'], found.currency)} each if won, "
                f"{money_interval(plain['margin'], found.currency)} of all judged"
            ),
        ),
        (
            "does the order hold?",
            f"AUC {_auc(weighted['auc'])} among such accounts, {_auc(plain['auc'])} among all",
        ),
    ]


def _advice(found: Drift) -> str:
    told = found.likeness
    if found.absent and sum(share for _, share in found.absent) > 0.25:
        return "get the absent columns filled: the model ranks by facts that the list doesn't have"
    if told is not None and told.band == "unlike":
        return (
            "check first that each column means what it meant before (units, codes, source); if it "
            "does, approach a sample, see what comes of it, and train again when it is mature"
        )
    if told is not None and told.band == "differs":
        return (
            "check that the columns above mean what they meant before; use the order inside groups "
            "that were served, and leave out what is not rated"
        )
    if any(column.state in ("alert", "warn") for column in found.columns):
        return "check that the columns above mean what they meant before; the order may be used"
    if not found.is_list:
        return "nothing"
    return "nothing; these are figures of the whole, a row's own caution stands in the scored list"


def _auc(estimate: Estimate) -> str:
    level = f"{percent(estimate.level)}: " if estimate.low is not None else ""
    return f"{figure(estimate.value)} ({level}{interval(estimate.low, estimate.high, figure)})"


def _of(n: int, total: int) -> str:
    return f"{count(n)} ({percent(n / total)})"


def _columns(n: int) -> str:
    return "1 column" if n == 1 else f"{n} columns"
