"""One row per account: identical rows dropped, subsidiaries rolled up, the clock set.

An account is the ultimate parent. Its relationship begins with its first member's contract, and is
lost when every member that belonged to it within the horizon has left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from icpfit.data.fact_values import fact_values
from icpfit.data.joining.history import DatedFact, facts_at_decision
from icpfit.data.joining.periods import period, period_end
from icpfit.data.joining.roll_up import root_of
from icpfit.data.sources.rejected_groups import nothing_read
from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.data.table_spec import DataSpec
    from icpfit.data.tables import Tables

__all__ = ["AccountRows", "account_rows"]

SALES_CYCLE_DAYS = 90
"""Days from opening to contract where no account and no deal says how long it takes."""

_PLACES = ("_source", "_file", "_line")
_DATES = ("started_on", "opened_on", "churned_on", "contract_end")


@dataclass(frozen=True)
class AccountRows:
    """The accounts, one row each, before any ledger is joined to them.

    Parameters
    ----------
    frame : DataFrame, shape (accounts, ...)
        Indexed by account_id in plain string order: ``started_on``, ``opened_on``,
        ``decided_on``, ``horizon_end``, ``churned_on``, ``lost_on``, ``contract_end``
        (datetime64[s]), ``name``, ``domain`` (text or None), ``acquisition_cost`` (currency
        units, NaN when not given), ``members`` (rows rolled up), and the facts as ``attr:...``.
    parent_of : dict of str to str
        Every account that rolls up to another, to its ultimate parent.
    set_aside : dict of str to int
        Rows of the export that did not become a member, by reason.
    notes : list of str
        What was decided on the way.
    dated : dict of str to DatedFact
        Attributes with a history: their values are those of the day of the decision.
    """

    frame: pd.DataFrame
    parent_of: dict[str, str]
    set_aside: dict[str, int]
    notes: list[str]
    dated: dict[str, DatedFact] = field(default_factory=dict)


def account_rows(tables: Tables, spec: DataSpec) -> AccountRows:
    """Roll the rows of the CRM up to one row per account.

    Dates are those of the member that started first; name, domain and facts are the parent's own,
    where it has a row, else those of the member that started first. ``decided_on`` is
    ``opened_on``, else the start less the median sales cycle (of accounts that tell it, else of
    deals won, else 90 days). ``lost_on`` is the earlier of ``churned_on`` and the first `churn`
    observation after the start; with several members, the last of these dates once all members
    that started before ``horizon_end`` have left. ``acquisition_cost`` is the sum over those.
    Facts with an ``attribute_history`` are those of ``decided_on``.

    Parameters
    ----------
    tables : Tables
        The typed tables; ``accounts``, ``loyalty`` and ``opportunities`` are used.
    spec : DataSpec
        The settings of the company's data.

    Returns
    -------
    AccountRows
        One row per account.

    Raises
    ------
    SourceError
        For two rows of one account that differ, a parent that is its own ancestor, or an export
        without any account.

    Notes
    -----
    Ties in ``started_on`` go to the smaller account_id. An account that names itself as parent
    has none.
    """
    table = tables.typed["accounts"]
    if table.num_rows == 0:
        why = nothing_read(tables.rejected, tables.reads, "accounts")
        raise SourceError(f"accounts: no row could be read; {why}")
    table, identical = _without_identical_rows(table)
    ids = table["account_id"].to_pylist()
    if spec.keys.ignore_case:
        _check_case(ids)
    parents = {
        child: parent
        for child, parent in zip(ids, table["parent_id"].to_pylist(), strict=True)
        if parent is not None and parent != child
    }
    roots = root_of(ids, parents, ignore_case=spec.keys.ignore_case)
    rows = _typed_rows(table, spec)
    rows["lost_on"] = _lost_on(rows, tables.typed["loyalty"], spec)
    rows["root"] = [roots.get(child, child) for child in ids]
    frame = _rolled_up(rows, spec) if roots else _alone(rows, spec)
    facts_of = frame.pop("facts_of")
    notes: list[str] = []
    frame.insert(3, "decided_on", _decided_on(frame, tables.typed["opportunities"], notes))
    set_aside = {"identical to another row": identical} if identical else {}
    if roots:
        notes.append(
            f"{len(roots):,} of {len(ids):,} rows of accounts roll up to a parent, which leaves"
            f" {len(frame):,} accounts"
        )
    known = facts_at_decision(frame, facts_of, tables.typed["attribute_history"], spec)
    return AccountRows(known.frame, roots, set_aside, [*notes, *known.notes], known.dated)


def _without_identical_rows(table: pa.Table) -> tuple[pa.Table, int]:
    """Keep the first of identical rows; two rows of one account that differ are an error."""
    ids = pd.Series(table["account_id"].to_pylist(), dtype=object)
    repeated = np.flatnonzero(ids.duplicated(keep=False).to_numpy())
    if len(repeated) == 0:
        return table, 0
    content = [name for name in table.column_names if name not in _PLACES]
    first: dict[str, dict[str, Any]] = {}
    dropped = []
    for position, row in zip(repeated, table.take(repeated).to_pylist(), strict=True):
        kept = first.setdefault(row["account_id"], row)
        if kept is row:
            continue
        differing = [name for name in content if kept[name] != row[name]]
        if differing:
            column = differing[0].removeprefix("attr:")
            raise SourceError(
                f"{row['_file']}: account_id {row['account_id']!r} stands in {_place(kept, row)}"
                f" with different {column} ({kept[differing[0]]!s} and {row[differing[0]]!s});"
                " keep one of them"
            )
        dropped.append(position)
    keep = np.ones(table.num_rows, dtype=bool)
    keep[dropped] = False
    return table.filter(pa.array(keep)), len(dropped)


def _place(kept: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    if kept["_file"] == row["_file"]:
        return f"lines {kept['_line']} and {row['_line']}"
    return f"line {row['_line']} and in {kept['_file']} line {kept['_line']}"


def _check_case(ids: list[str]) -> None:
    seen: dict[str, str] = {}
    for account in sorted(ids):
        other = seen.setdefault(account.lower(), account)
        if other != account:
            raise SourceError(
                f"accounts: account_id {other!r} and {account!r} are the same when case is"
                " ignored; set data.keys.ignore_case: false, or correct one of them"
            )


def _typed_rows(table: pa.Table, spec: DataSpec) -> pd.DataFrame:
    columns: dict[str, pd.Series] = {"account_id": fact_values(table["account_id"], "id")}
    for name in _DATES:
        columns[name] = fact_values(table[name], "date")
    for name in ("name", "domain"):
        columns[name] = fact_values(table[name], "text")
    columns["acquisition_cost"] = fact_values(table["acquisition_cost"], "number")
    for name, attribute in spec.attributes.items():
        columns[f"attr:{name}"] = fact_values(table[f"attr:{name}"], attribute.kind)
    return pd.DataFrame(columns)


def _lost_on(rows: pd.DataFrame, loyalty: pa.Table, spec: DataSpec) -> pd.Series:
    """Earlier of churned_on and the first churn observed from the start to as_of, row by row."""
    known = pc.and_(
        pc.equal(loyalty["kind"], "churn"),
        pc.less_equal(loyalty["date"], pa.scalar(spec.as_of, pa.date32())),
    )
    churn = loyalty.filter(known)
    if churn.num_rows == 0:
        return rows["churned_on"].copy()
    events = pd.DataFrame(
        {
            "account_id": fact_values(churn["account_id"], "id"),
            "event_on": fact_values(churn["date"], "date"),
            "value": fact_values(churn["value"], "number"),
        }
    )
    events = events[events["value"] != 0]
    left = rows[["account_id", "started_on"]].copy()
    if spec.keys.ignore_case:
        events["account_id"] = events["account_id"].str.lower()
        left["account_id"] = left["account_id"].str.lower()
    left["row"] = np.arange(len(left))
    both = left.merge(events, on="account_id")
    first = both[both["event_on"] >= both["started_on"]].groupby("row")["event_on"].min()
    event = pd.Series(np.datetime64("NaT", "s"), index=rows.index, dtype="datetime64[s]")
    event.loc[first.index] = first
    return pd.concat([rows["churned_on"], event], axis=1).min(axis=1).astype("datetime64[s]")


def _alone(rows: pd.DataFrame, spec: DataSpec) -> pd.DataFrame:
    frame = rows.drop(columns="root").sort_values("account_id").set_index("account_id")
    frame["facts_of"] = frame.index
    frame["members"] = 1
    frame["acquisition_cost"] = frame["acquisition_cost"] / 10_000
    return _ordered(frame, spec)


def _rolled_up(rows: pd.DataFrame, spec: DataSpec) -> pd.DataFrame:
    rows = rows.assign(own=rows["account_id"] == rows["root"])
    by_start = rows.sort_values(["root", "started_on", "account_id"], kind="stable")
    first = by_start.drop_duplicates("root").set_index("root")
    by_own = by_start.sort_values(["root", "own"], ascending=[True, False], kind="stable")
    frame = by_own.drop_duplicates("root").set_index("root")
    frame["started_on"] = first["started_on"]
    frame["opened_on"] = first["opened_on"]
    ends = period_end(first["started_on"], period(spec.horizon))
    within = by_start[by_start["started_on"] < by_start["root"].map(ends)].groupby("root")
    everyone = by_start.groupby("root")
    frame["members"] = everyone.size()
    for name in ("churned_on", "lost_on"):
        all_left = within[name].count() == within[name].size()
        frame[name] = within[name].max().where(all_left).astype("datetime64[s]")
    frame["contract_end"] = everyone["contract_end"].max()
    # Whole ten-thousandths are exact in float64 up to 900 billion currency units.
    frame["acquisition_cost"] = within["acquisition_cost"].sum(min_count=1) / 10_000
    frame.index.name = "account_id"
    return _ordered(frame.rename(columns={"account_id": "facts_of"}), spec)


def _ordered(frame: pd.DataFrame, spec: DataSpec) -> pd.DataFrame:
    frame["horizon_end"] = period_end(frame["started_on"], period(spec.horizon))
    first = [
        *("started_on", "horizon_end", "opened_on", "churned_on", "lost_on", "contract_end"),
        *("name", "domain", "acquisition_cost", "members", "facts_of"),
    ]
    return frame[[*first, *(f"attr:{name}" for name in spec.attributes)]]


def _decided_on(frame: pd.DataFrame, opportunities: pa.Table, notes: list[str]) -> pd.Series:
    cycle = (frame["started_on"] - frame["opened_on"]).dropna()
    late = int((cycle < pd.Timedelta(0)).sum())
    if late:
        notes.append(f"{late:,} accounts were opened after they started; their start counts")
    missing = int(frame["opened_on"].isna().sum())
    cycle = cycle[cycle >= pd.Timedelta(0)]
    origin = "the median of the accounts"
    if cycle.empty:
        won = opportunities.filter(pc.fill_null(opportunities["won"], False))
        deals = fact_values(won["closed_on"], "date") - fact_values(won["opened_on"], "date")
        cycle = deals[deals >= pd.Timedelta(0)]
        origin = "the median of deals won"
    days = SALES_CYCLE_DAYS if cycle.empty else int(cycle.dt.days.median())
    origin = "no export tells it" if cycle.empty else origin
    if missing:
        notes.append(
            f"{missing:,} accounts without opened_on: decided {days} days before the start"
            f" ({origin})"
        )
    guess = frame["started_on"] - pd.Timedelta(days=days)
    decided = frame["opened_on"].fillna(guess)
    return decided.where(decided <= frame["started_on"], frame["started_on"])
