"""The ledger benchmark: the join beside plain SQL and pandas, and a long ledger checked from CSV.

python -m benchmarks.speed_ledgers --rows 10000000 --accounts 1000000 --checked-rows 5000000
"""

from __future__ import annotations

import argparse
import datetime as dt
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from benchmarks.processes import icpfit_command, machine, process_run
from icpfit.data.joining.accounts import AccountRows
from icpfit.data.joining.join import account_months, join_keys
from icpfit.data.sources.source_spec import Source
from icpfit.data.table_spec import DataSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["checked", "joined", "main"]

AS_OF = dt.date(2026, 6, 30)
FIRST = np.datetime64("2023-01-01")
HEADER = f"{'what':<50}{'CPU s':>8}{'peak MB':>9}{'x SQL':>8}"
TARGET = 1.5

# The same aggregate, with the same classes and exact sums, as somebody would write it by hand.
SQL = """
with keyed as (
    select l.*, k._position, k._start, k._end,
        case when k._position is null then 0 when l.date > date '2026-06-30' then 1
             when l.date < k._start then 2 when l.date >= k._end then 3 else 4 end as class
    from ledger l left join keys k on l.account_id = k._key
), placed as (
    select class, amount, direct_cost,
        case when class = 4 then _position end as position,
        case when class = 4 then
            (year(date) - year(_start)) * 12 + month(date) - month(_start)
            - case when day(date) < day(_start) and day(date + interval 1 day) <> 1
                   then 1 else 0 end end as month
    from keyed
)
select class, position, month, sum(amount)::bigint as amount,
    sum(direct_cost)::bigint as direct_cost, count(*) as rows
from placed group by all order by all
"""


def joined(rows: int, accounts: int) -> list[str]:
    """Join a ledger in three ways, one thread each, and hold the sums against each other.

    Parameters
    ----------
    rows, accounts : int
        Of the ledger, and of the company.

    Returns
    -------
    list of str
        A line for each way.
    """
    spec = DataSpec(
        folder=".",
        as_of=AS_OF,
        horizon="12mo",
        lag="60d",
        currency="EUR",
        sources={"crm": Source(table="accounts", files="accounts.csv")},
    )
    draw = np.random.default_rng(0)
    starts = FIRST + draw.integers(0, 700, accounts)
    ids = np.char.add("A", np.char.zfill(np.arange(accounts).astype(str), 8)).astype(object)
    frame = pd.DataFrame(
        {
            "started_on": starts.astype("datetime64[s]"),
            "horizon_end": (
                starts.astype("datetime64[M]") + 12 + (starts - starts.astype("datetime64[M]"))
            ).astype("datetime64[s]"),
        },
        index=pd.Index(ids, name="account_id"),
    )
    ledger = pa.table(
        {
            "account_id": pa.array(ids[draw.integers(0, accounts, rows)], pa.string()),
            "date": pa.array((FIRST + draw.integers(0, 1_200, rows)).astype("datetime64[D]")),
            "amount": pa.array(draw.integers(-(10**6), 10**8, rows)),
            "direct_cost": pa.array(draw.integers(0, 10**7, rows)),
        }
    )
    keys = join_keys(AccountRows(frame, {}, {}, []))

    def ours() -> pd.DataFrame:
        found = account_months(
            ledger,
            keys,
            spec,
            table="revenue",
            money=["amount", "direct_cost"],
            threads=1,
        )
        return found.rows[["position", "month", "amount", "direct_cost", "rows"]]

    def sql() -> pd.DataFrame:
        with duckdb.connect(config={"threads": 1}) as engine:
            engine.register("ledger", ledger)
            engine.register("keys", keys.table)
            found = engine.sql(SQL).to_arrow_table().to_pandas()
        return found[found["class"] == 4].drop(columns="class").reset_index(drop=True)

    def pandas() -> pd.DataFrame:
        both = ledger.to_pandas().merge(
            keys.table.to_pandas(), left_on="account_id", right_on="_key", how="left"
        )
        date, start, end = (pd.to_datetime(both[name]) for name in ("date", "_start", "_end"))
        inside = both["_position"].notna() & (date >= start) & (date < end)
        inside &= date <= pd.Timestamp(AS_OF)
        both, date, start = both[inside], date[inside], start[inside]
        month = (date.dt.year * 12 + date.dt.month) - (start.dt.year * 12 + start.dt.month)
        month -= (date.dt.day < start.dt.day) & ~date.dt.is_month_end
        told = both.assign(position=both["_position"].astype("int64"), month=month)
        groups = told.groupby(["position", "month"])
        sums = groups[["amount", "direct_cost"]].sum()
        return sums.assign(rows=groups.size()).reset_index()

    sides: dict[str, Callable[[], pd.DataFrame]] = {"SQL": sql, "icpfit": ours, "pandas": pandas}
    cpu, truth, lines = {}, None, []
    for name, side in sides.items():
        began = time.process_time()
        found = side().astype("int64")
        cpu[name] = time.process_time() - began
        truth = found if truth is None else truth
        if not np.array_equal(found.to_numpy(), truth.to_numpy()):
            raise RuntimeError(f"{name}: other sums than those of {next(iter(sides))}")
        what = {"SQL": "plain DuckDB SQL", "icpfit": "icpfit's join", "pandas": "pandas merge"}
        ratio = cpu[name] / cpu["SQL"]
        goal = f"  (at most {TARGET})" if name == "icpfit" else ""
        shown = f"{what[name]}, {rows:,} rows to {accounts:,} accounts"
        lines.append(f"{shown:<50}{cpu[name]:>8.1f}{'':>9}{ratio:>8.2f}{goal}")
    return lines


def checked(rows: int, accounts: int, folder: Path) -> str:
    """Run `icpfit check` on a company whose ledger is long, as a process of its own.

    Parameters
    ----------
    rows, accounts : int
        Of the ledger (CSV), and of the company.
    folder : Path
        Where the exports and settings are written.

    Returns
    -------
    str
        CPU seconds and the peak of memory; both hold all that `check` does.

    Raises
    ------
    RuntimeError
        When it fails.
    """
    draw = np.random.default_rng(1)
    exports = folder / "data" / "long"
    exports.mkdir(parents=True)
    ids = np.char.add("A", np.char.zfill(np.arange(accounts).astype(str), 8)).astype(object)
    start = FIRST + draw.integers(0, 900, accounts)
    write = pyarrow.csv.write_csv
    write(
        pa.table(
            {
                "Account": pa.array(ids, pa.string()),
                "Start": pa.array(start.astype("datetime64[D]")),
                "Industry": pa.array(draw.choice(["Retail", "Food", "Chemicals"], accounts)),
                "Employees": pa.array(draw.integers(5, 2_000, accounts)),
            }
        ),
        exports / "accounts.csv",
    )
    with pyarrow.csv.CSVWriter(
        exports / "invoices.csv",
        pa.schema(
            [
                ("Account", pa.string()),
                ("Date", pa.date32()),
                ("Amount", pa.string()),
                ("Text", pa.string()),
            ]
        ),
    ) as out:
        for first in range(0, rows, 500_000):
            n = min(500_000, rows - first)
            cents = draw.integers(-(10**5), 10**7, n)
            out.write_table(
                pa.table(
                    {
                        "Account": pa.array(ids[draw.integers(0, accounts, n)], pa.string()),
                        "Date": pa.array(
                            (FIRST + draw.integers(0, 1_200, n)).astype("datetime64[D]"),
                            pa.date32(),
                        ),
                        "Amount": pa.array([f"{one / 100:.2f}" for one in cents.tolist()]),
                        "Text": pa.array(["consulting, on site"] * n),
                    }
                )
            )
    write(
        pa.table({"Account": ids[:50], "Date": ["2023-06-01"] * 50, "Ticket": ["visit"] * 50}),
        exports / "visits.csv",
    )
    (folder / "conf" / "data").mkdir(parents=True)
    (folder / "conf" / "data" / "long.yaml").write_text(
        """company: long
currency: EUR
as_of: 2026-06-30
horizon: 12mo
lag: 60d
folder: data/long
attributes:
  industry: {kind: category, known: before_sale, column: Industry, meaning: line of business}
  employees: {kind: number, known: before_sale, column: Employees, unit: persons, meaning: staff}
sources:
  crm: {table: accounts, files: accounts.csv, columns: {account_id: Account, started_on: Start}}
  books:
    table: revenue
    files: invoices.csv
    columns: {account_id: Account, date: Date, amount: Amount}
  visits:
    table: costs
    files: visits.csv
    columns: {account_id: Account, date: Date, activity: Ticket}
    constants: {quantity: "1"}
economics:
  label: {kind: threshold, hurdle: 0}
  rate_card:
    activities:
      visit: {unit: visit, rate: 200, remedial: false, served_by: field service}
""",
        encoding="utf-8",
    )
    words = ["--config-dir", str(folder / "conf"), "data=long", f"root={folder}"]
    cpu, memory = process_run(icpfit_command("check", *words), subprocess.DEVNULL)
    shown = f"icpfit check, a ledger of {rows:,} rows from CSV"
    return f"{shown:<50}{cpu:>8.1f}{memory:>9.0f}{'':>8}  (at most 2,000 MB)"


def main(given: Sequence[str] | None = None) -> int:
    """Run both and print the table.

    Parameters
    ----------
    given : sequence of str, optional
        Arguments of the command line.

    Returns
    -------
    int
        0: a target that is missed is a figure in the table, not an error.
    """
    parser = argparse.ArgumentParser(prog="benchmarks.speed_ledgers")
    parser.add_argument("--rows", type=int, default=10_000_000, help="of the ledger joined")
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--checked-rows", type=int, default=5_000_000, help="of the ledger in CSV")
    told: Any = parser.parse_args(given)
    print(f"{machine()}; one thread; CPU time; the sums of all ways are held against each other")
    print(HEADER)
    with tempfile.TemporaryDirectory() as folder:
        print(checked(told.checked_rows, told.accounts // 10, Path(folder)), flush=True)
    print("\n".join(joined(told.rows, told.accounts)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
