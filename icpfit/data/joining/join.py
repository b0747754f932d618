"""The join: the rows of a ledger, summed exactly per account and month of its horizon.

One pass over the ledger sums what lies in the window and counts what doesn't, so that the join
ledger costs nothing extra. The expressions are narwhals': DuckDB runs them over Arrow tables in
memory, unless another engine is handed down.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from icpfit.data.joining.currency import conversion_rates, converted
from icpfit.data.joining.join_engine import DuckDBEngine
from icpfit.data.joining.joined_rows import IN_WINDOW, UNMATCHED, joined_rows
from icpfit.data.joining.ledger import CLASSES, TableLedger
from icpfit.data.joining.mismatch import Unmatched
from icpfit.data.joining.row_classes import UNITS, table_ledger
from icpfit.errors import JoinError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from icpfit.data.joining.accounts import AccountRows
    from icpfit.data.joining.join_engine import Answer, JoinEngine
    from icpfit.data.table_spec import DataSpec
    from icpfit.data.tables import SourceRead

__all__ = ["AccountMonths", "JoinKeys", "account_months", "join_keys"]

_MOST = np.iinfo("int64").max // UNITS


@dataclass(frozen=True)
class JoinKeys:
    """What a ledger is joined to.

    Parameters
    ----------
    table : pyarrow Table
        ``_key`` (an id that a ledger may use, a subsidiary's among them), ``_position`` (row of
        its account), ``_start`` and ``_end`` (first day of the horizon, first day after it).
    account_ids : ndarray of str
        The accounts in order.
    """

    table: pa.Table
    account_ids: np.ndarray[Any, Any]


@dataclass(frozen=True)
class AccountMonths:
    """What one ledger holds of every account.

    Parameters
    ----------
    rows : DataFrame
        ``position`` (row of the account), ``account_id``, ``month`` (0 is the first since the
        start), the columns summed by, the money columns (int64 ten-thousandths of the company's
        currency), ``rows`` (how many rows of the ledger). Sorted by account_id, month and the
        columns summed by.
    totals : DataFrame
        The same sums by ``class`` of row and the columns summed by, over every row of the ledger.
    ledger : TableLedger
        What became of every row of the table.
    """

    rows: pd.DataFrame
    totals: pd.DataFrame
    ledger: TableLedger


def join_keys(rows: AccountRows) -> JoinKeys:
    """List every id that a ledger may use, with the window of the account it belongs to.

    Parameters
    ----------
    rows : AccountRows
        The accounts.

    Returns
    -------
    JoinKeys
        The account's own id, and those of the subsidiaries that roll up to it.
    """
    frame = rows.frame
    position = pd.Series(np.arange(len(frame)), index=frame.index)
    keys = [*frame.index, *rows.parent_of]
    places = np.concatenate(
        [position.to_numpy(), position.loc[list(rows.parent_of.values())].to_numpy()]
    ).astype("int64")
    days = {
        name: pa.array(frame[column].to_numpy()[places].astype("datetime64[D]"), pa.date32())
        for name, column in (("_start", "started_on"), ("_end", "horizon_end"))
    }
    table = pa.table({"_key": pa.array(keys, pa.string()), "_position": pa.array(places), **days})
    return JoinKeys(table, np.array(frame.index, dtype=object))


def account_months(
    ledger: pa.Table,
    keys: JoinKeys,
    spec: DataSpec,
    *,
    table: str,
    money: Sequence[str],
    by: Sequence[str] = (),
    quantities: Sequence[str] = (),
    reads: Sequence[SourceRead] = (),
    set_aside: Mapping[str, int] | None = None,
    threads: int | None = None,
    engine: JoinEngine | None = None,
) -> AccountMonths:
    """Sum a ledger per account and month over [start, start + horizon), up to as_of.

    Every row falls in one class: ``unmatched`` (no such account), else ``after_as_of``, else
    ``before_start``, else ``after_horizon``, else ``in_window``. Amounts in another currency are
    converted after they are summed.

    Parameters
    ----------
    ledger : pyarrow Table
        ``account_id``, ``date`` (date32), the columns named in `money` (int64 ten-thousandths)
        and in `by`, and ``currency`` where the table has one.
    keys : JoinKeys
        The accounts.
    spec : DataSpec
        as_of, currency, currencies and keys are used.
    table : str
        Name of the table, for the ledger and for messages.
    money, by : sequence of str
        The columns to sum, and those to sum by.
    quantities : sequence of str
        Further int64 columns to sum, which aren't money.
    reads : sequence of SourceRead
        What the reader did; those of `table` are used.
    set_aside : mapping of str to int, optional
        Further rows that were set aside after reading, by reason.
    threads : int, optional
        DuckDB's threads, all cores by default. The sums are of integers, so that they don't
        depend on it.
    engine : JoinEngine, optional
        What runs the join; DuckDB by default. Nothing of the result depends on it.

    Returns
    -------
    AccountMonths
        The sums, the totals by class, and the ledger of the table.

    Raises
    ------
    JoinError
        For a currency without a rate, a row without a date, or a sum beyond 64 bits.
    EngineError
        When the engine that was handed down can't do it.

    Notes
    -----
    A missing amount adds nothing: a group in which all are missing sums to 0.
    """
    if ledger["date"].null_count:
        raise JoinError(
            f"{table}: {ledger['date'].null_count:,} rows have no date; correct its column"
        )
    rates = conversion_rates(ledger, table, spec.currency, spec.currencies)
    split = [*by, *(["currency"] if rates else [])]
    summed = [*money, *quantities]
    used = ledger.select(["account_id", "date", *summed, *split])
    keyed, on = keys.table, "account_id"
    if spec.keys.ignore_case:
        # Here, on both sides, and as the accounts are: engines don't agree on exotic letters.
        used, on = used.append_column("_on", _lower_case(used["account_id"])), "_on"
        keyed = keyed.set_column(0, "_key", _lower_case(keyed["_key"]))
    joined = partial(joined_rows, as_of=spec.as_of, on=on)
    try:
        with (engine or DuckDBEngine(threads)).opened(used, keyed) as answer:
            sums = _sums(answer, joined, summed, split)
            unmatched = _unmatched(answer, joined, keys, sums, money=money, rates=rates)
    except OverflowError:
        raise JoinError(
            f"{table}: {' or '.join(summed)} adds up to more than {_MOST:,}, which no company"
            " books; correct it in the exports"
        ) from None
    if rates:
        sums = converted(sums, money, rates)
        order = ["class", "position", "month", *by]
        sums = _regrouped(sums, order, summed).sort_by([(name, "ascending") for name in order])
    inside = sums.filter(pc.equal(sums["class"], IN_WINDOW)).drop_columns(["class"])
    rows = inside.to_pandas()
    rows = rows.astype(dict.fromkeys(("position", "month", *summed, "rows"), "int64"))
    rows.insert(1, "account_id", keys.account_ids[rows["position"].to_numpy()])
    totals = _totals(sums, summed, by)
    return AccountMonths(
        rows,
        totals,
        table_ledger(
            table,
            totals,
            money,
            reads=[read for read in reads if read.table == table],
            set_aside=set_aside or {},
            accounts_with_rows=int(rows["position"].nunique()),
            accounts=len(keys.account_ids),
            unmatched=unmatched,
        ),
    )


def _lower_case(ids: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return ids as `str.lower` writes them, each distinct one once."""
    lower = []
    for chunk in ids.cast(pa.string()).chunks:
        told = chunk.dictionary_encode()
        names = [name.lower() for name in told.dictionary.to_pylist()]
        lower.append(pa.array(names, pa.string()).take(told.indices))
    return pa.chunked_array(lower, pa.string())


def _sums(
    answer: Answer, joined: Callable[..., Any], summed: Sequence[str], split: Sequence[str]
) -> pa.Table:
    whole = [nw.col(name).sum().cast(nw.Int64) for name in summed]
    groups = ["class", "position", "month", *split]
    return answer(
        lambda ledger, keys: joined(ledger, keys).group_by(*groups).agg(*whole, rows=nw.len()),
        groups,
    )


def _unmatched(
    answer: Answer,
    joined: Callable[..., Any],
    keys: JoinKeys,
    sums: pa.Table,
    *,
    money: Sequence[str],
    rates: Mapping[str, float],
) -> Unmatched | None:
    """Sum what finds no account, by id; asked for only when there is any."""
    if not pc.any(pc.equal(sums["class"], UNMATCHED)).as_py():
        return None
    absolute = [nw.col(name).abs().sum().cast(nw.Int64).alias(f"abs:{name}") for name in money]
    whole = [nw.col(name).sum().cast(nw.Int64) for name in money]
    groups = ["lost", "account_id", *(["currency"] if rates else [])]

    def lost(ledger: Any, keys: Any) -> Any:
        rows = joined(ledger, keys).with_columns(lost=nw.col("class") == UNMATCHED)
        rows = rows.with_columns(
            account_id=nw.when(nw.col("lost")).then(nw.col("account_id").fill_null(""))
        )
        return rows.group_by(*groups).agg(*whole, *absolute, rows=nw.len())

    table = answer(lost, groups)
    names = [*money, *(f"abs:{name}" for name in money)]
    if rates:
        table = converted(table, names, rates)
        table = _regrouped(table, ["lost", "account_id"], names)
    frame = table.to_pandas()
    by_id = frame[frame["lost"]].drop(columns="lost").sort_values("account_id", ignore_index=True)
    everything = {name: int(frame[f"abs:{name}"].sum()) for name in money}
    return Unmatched(by_id, everything, keys.table["_key"].to_pylist())


def _regrouped(table: pa.Table, groups: list[str], sums: Sequence[str]) -> pa.Table:
    names = [*sums, "rows"]
    grouped = table.group_by(groups).aggregate([(name, "sum") for name in names])
    return grouped.rename_columns(
        [name.removesuffix("_sum") if name not in groups else name for name in grouped.column_names]
    )


def _totals(sums: pa.Table, money: Sequence[str], by: Sequence[str]) -> pd.DataFrame:
    grouped = _regrouped(sums, ["class", *by], money)
    grouped = grouped.sort_by([(name, "ascending") for name in ("class", *by)])
    totals: pd.DataFrame = grouped.to_pandas().astype(dict.fromkeys((*money, "rows"), "int64"))
    totals["class"] = [CLASSES[number] for number in totals["class"]]
    return totals.reindex(columns=["class", *by, *money, "rows"])
