"""One company handed in as CSV, as Parquet and as workbooks is one company."""

from __future__ import annotations

import csv
import datetime as dt
import decimal
import importlib.util
import random
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from icpfit.data.demo.company import write_demo_company
from icpfit.data.table_spec import data_spec
from icpfit.data.tables import read_tables

_place = Path(__file__).parent / "demo_copies.py"
_found = importlib.util.spec_from_file_location("demo_copies", _place)
copies = importlib.util.module_from_spec(_found)
sys.modules["demo_copies"] = copies
_found.loader.exec_module(copies)
books = copies.books


def company():
    """Two exports with every kind of value, as Python has them; some rows are to be rejected."""
    drawn = random.Random(7)
    start = dt.date(2024, 1, 1)
    crm = {
        "account_id": [f"{i:05d}" for i in range(60)],
        "started_on": [start + dt.timedelta(days=drawn.randrange(400)) for _ in range(60)],
        "industry": [drawn.choice(["NA", "Software", "Müller & Söhne", None]) for _ in range(60)],
        "employees": [drawn.choice([None, 3, 250, 12.5]) for _ in range(60)],
        "is_public": [drawn.choice([True, False, None]) for _ in range(60)],
    }
    revenue = {
        "account_id": [drawn.choice(crm["account_id"]) for _ in range(300)],
        "date": [
            drawn.choice([None, *[start + dt.timedelta(days=drawn.randrange(700))] * 20])
            for _ in range(300)
        ],
        "amount": [decimal.Decimal(drawn.randrange(-10_000, 10**7)) / 100 for _ in range(300)],
    }
    return {"crm": crm, "revenue": revenue}


def sheet_value(value):
    if isinstance(value, dt.date):
        return ((value - dt.date(1899, 12, 30)).days, books.DAY)
    return float(value) if isinstance(value, decimal.Decimal) else value


def hand_in(folder, kind):
    for name, columns in company().items():
        rows = list(zip(*columns.values(), strict=True))
        path = folder / f"{name}.{kind}"
        if kind == "csv":
            with path.open("w", encoding="utf-8", newline="") as handle:
                csv.writer(handle).writerows([list(columns), *rows])
        elif kind == "parquet":
            pq.write_table(pa.table(columns), path)
        else:
            cells = [[sheet_value(value) for value in row] for row in rows]
            path.write_bytes(books.workbook({"Export": [list(columns), *cells]}))


def read(folder, kind):
    attributes = {"industry": "category", "employees": "number", "is_public": "flag"}
    values = {
        "folder": str(folder),
        "as_of": "2026-06-30",
        "horizon": "12mo",
        "lag": "60d",
        "currency": "EUR",
        "attributes": {n: {"kind": k, "known": "before_sale"} for n, k in attributes.items()},
        "sources": {
            "crm": {"table": "accounts", "files": f"crm.{kind}"},
            "sales": {"table": "revenue", "files": f"revenue.{kind}"},
        },
    }
    return read_tables(data_spec(values), folder)


@pytest.mark.parametrize("kind", ["parquet", "xlsx"])
def test_the_same_tables_byte_for_byte(tmp_path, kind):
    hand_in(tmp_path, "csv")
    hand_in(tmp_path, kind)
    from_csv, from_other = read(tmp_path, "csv"), read(tmp_path, kind)
    for table, rows in from_csv.typed.items():
        places = ["_file", "_line"]  # where a row stands is the file's own
        one, other = (t.drop_columns(places).combine_chunks() for t in (rows, from_other.typed[table]))  # fmt: skip
        assert one.schema == other.schema
        assert one.equals(other)
    for one, other in zip(from_csv.reads, from_other.reads, strict=True):
        assert (one.read, one.accepted, one.rejected) == (other.read, other.accepted, other.rejected)  # fmt: skip
    assert from_csv.reads[1].rejected > 5
    cells = ["source", "column", "value", "problem", "how_to_fix"]
    assert from_csv.rejected.select(cells).equals(from_other.rejected.select(cells))


@pytest.mark.slow
def test_the_demo_company_is_the_same_accounts_byte_for_byte(tmp_path):
    """From CSV, Parquet and Excel; from a database and down to the model: tests/postgres."""
    folder = tmp_path / "data" / "demo"
    made = write_demo_company(folder, customers=400, prospects=100)
    values = copies.company_values(made)
    _, accounts = copies.accounts_of(values, tmp_path)
    for path in sorted(folder.glob("*.csv")):
        if path.name not in ("prospects.csv", "truth.csv"):
            written = "%d.%m.%Y" if path.name.startswith("invoices") else ""
            copies.as_parquet(path, written)
            copies.as_workbook(path, written)
    for ending in (".parquet", ".xlsx"):
        _, others = copies.accounts_of(copies.with_ending(values, ending), tmp_path)
        assert copies.accounts_bytes(others) == copies.accounts_bytes(accounts)
