"""The clock, the currency and the label, from what the mapped sources hold."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from icpfit.data.exports.activities import activity_questions
from icpfit.data.exports.draft import Question
from icpfit.data.exports.trial_read import draft_tables

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from icpfit.data.exports.draft import Draft
    from icpfit.data.tables import Tables

__all__ = ["set_clock"]

_HORIZONS = (("12mo", 365), ("6mo", 183), ("3mo", 92))
_LAG_DAYS = 60
_ENOUGH = 300
_SAME_INVOICES = 0.5


def set_clock(draft: Draft, root: Path) -> None:
    """Set as_of, horizon, lag, currency, the label and the rates of generic activities.

    Parameters
    ----------
    draft : Draft
        With its sources; receives the rest.
    root : Path
        What its folder is relative to.

    Raises
    ------
    IcpfitError
        When the sources can't be read together.
    """
    sources = draft.values["sources"]
    tables = draft_tables(draft.values, sources, root)
    for name, reason in _same_invoices(tables).items():
        draft.unused[sources.pop(name)["files"]] = reason
    _add_generic_activities(draft, tables)
    today = dt.datetime.now(tz=dt.UTC).date()
    ends = [
        min(read.last_date, today)
        for read in tables.reads
        if read.table in ("revenue", "costs") and read.last_date and read.source in sources
    ]
    as_of = max(ends)
    draft.guess(("as_of",), as_of, "the last day in the exports of revenue and cost")
    starts = [day for day in tables.typed["accounts"]["started_on"].to_pylist() if day]
    for horizon, days in _HORIZONS:
        mature = sum((as_of - day).days >= days + _LAG_DAYS for day in starts)
        if mature >= _ENOUGH or horizon == _HORIZONS[-1][0]:
            reason = f"{mature:,} of {len(starts):,} customers started early enough for it"
            draft.values["horizon"] = horizon
            draft.questions.insert(
                0,
                Question(
                    ("horizon",),
                    "Over which time from the start is a customer judged (12mo, 90d)?",
                    horizon,
                    reason,
                ),
            )
            break
    draft.guess(("lag",), f"{_LAG_DAYS}d", "credit notes and late bookings come within two months")
    currency, why = _currency(tables.typed["revenue"])
    draft.questions.insert(
        0, Question(("currency",), "In which currency are the amounts?", currency, why)
    )
    _set_label(draft, tables)


def _currency(revenue: pa.Table) -> tuple[str, str]:
    counts = Counter(c for c in revenue["currency"].to_pylist() if c)
    if not counts:
        return "EUR", "no export names it"
    top = counts.most_common(1)[0][0]
    if len(counts) == 1:
        return top, "the only one in the invoices"
    others = ", ".join(sorted(set(counts) - {top}))
    return top, f"the most frequent one; give rates for {others} under currencies:"


def _set_label(draft: Draft, tables: Tables) -> None:
    loyalty = tables.typed["loyalty"].num_rows
    lost = pc.count(tables.typed["accounts"]["churned_on"]).as_py()
    kind = "margin_and_loyalty" if lost or loyalty else "threshold"
    why = "who left is known, or what they say" if lost or loyalty else "nothing tells of loyalty"
    draft.guess(("economics", "label", "kind"), kind, why)
    draft.values["economics"]["label"]["hurdle"] = 0
    draft.questions.append(
        Question(
            ("economics", "label", "hurdle"),
            "What must a customer leave after all cost, over that time, to be a profitable fit?",
            0.0,
            "more than nothing",
        )
    )


def _add_generic_activities(draft: Draft, tables: Tables) -> None:
    costs = tables.typed["costs"]
    for name, source in draft.values["sources"].items():
        if source.get("table_is") != "costs" or "preset" in source:
            continue
        mine = costs.filter(pc.equal(costs["_source"], name))
        unit = ""
        if pc.count(mine["amount"]).as_py() == 0:
            effort = source.get("columns", {}).get("quantity", "").lower()
            unit = "minute" if "min" in effort else "hour" if "h" in effort else "event"
        for activity in sorted({one for one in mine["activity"].to_pylist() if one}):
            activity_questions(draft, activity, None, unit)


def _same_invoices(tables: Tables) -> dict[str, str]:
    """Find sources of revenue that hold what an earlier one has: account, month and amount."""
    revenue = tables.typed["revenue"]
    rows: dict[str, set[Any]] = {}
    columns = (revenue[name].to_pylist() for name in ("_source", "account_id", "date", "amount"))
    for source, account, day, amount in zip(*columns, strict=True):
        rows.setdefault(source, set()).add((account, day.year, day.month, amount))
    left_out: dict[str, str] = {}
    for name, mine in rows.items():
        for other, theirs in rows.items():
            if other == name:
                break
            shared = len(mine & theirs)
            if other not in left_out and shared >= _SAME_INVOICES * len(mine):
                left_out[name] = (
                    f"{shared:,} of its {len(mine):,} invoices are in '{other}' too; they would be"
                    " counted twice"
                )
    return left_out
