"""Sources to typed tables: every row is accepted, rejected or set aside, and none is lost."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.data.contract import CONTRACT
from icpfit.data.table_spec import data_spec
from icpfit.data.tables import read_tables
from icpfit.errors import SettingsError, SourceError

CRM = {
    "table": "accounts",
    "files": "crm.csv",
    "columns": {"account_id": "Account ID", "started_on": "Start"},
}
REVENUE = {
    "table": "revenue",
    "files": "revenue.csv",
    "columns": {"account_id": "Customer", "date": "Date", "amount": "Net"},
}
CRM_CSV = "Account ID,Start,Industry,Employees\n001,2024-01-01,NA,12\n002,2024-02-01,Agency,\n"
ATTRIBUTES = {
    "industry": {"kind": "category", "known": "before_sale", "column": "Industry"},
    "employees": {"kind": "number", "known": "before_sale", "column": "Employees"},
}


def tables(folder, files, sources=None, attributes=None, **more):
    data = folder / "data"
    data.mkdir(exist_ok=True)
    for name, content in {"crm.csv": CRM_CSV, **files}.items():
        (data / name).write_text(content, encoding="utf-8", newline="")
    values = {
        "folder": "data",
        "as_of": "2026-06-30",
        "horizon": "12mo",
        "lag": "60d",
        "currency": "EUR",
        "attributes": ATTRIBUTES if attributes is None else attributes,
        "sources": {"crm": CRM, **(sources or {})},
    }
    return read_tables(data_spec(values), folder, **more)


def revenue(folder, content, **changes):
    """Read of one revenue file, its accepted rows and its rejects."""
    result = tables(folder, {"revenue.csv": content}, {"sales": {**REVENUE, **changes}})
    read = result.reads[-1]
    assert read.read == read.accepted + read.rejected + sum(read.set_aside.values())
    return read, result.typed["revenue"].to_pylist(), result.rejected.to_pylist()


def test_every_table_has_every_column(tmp_path):
    result = tables(tmp_path, {})
    assert set(result.typed) == set(CONTRACT)
    for table, columns in CONTRACT.items():
        names = result.typed[table].column_names
        assert names[: len(columns)] == [column.name for column in columns]
        assert names[-3:] == ["_source", "_file", "_line"]
    accounts = result.typed["accounts"].select(
        ["account_id", "started_on", "name", "attr:industry", "attr:employees", "_file", "_line"]
    )
    assert accounts.to_pylist() == [
        {"account_id": "001", "started_on": dt.date(2024, 1, 1), "name": None, "attr:industry": "NA", "attr:employees": 12.0, "_file": "data/crm.csv", "_line": 2},
        {"account_id": "002", "started_on": dt.date(2024, 2, 1), "name": None, "attr:industry": "Agency", "attr:employees": None, "_file": "data/crm.csv", "_line": 3},
    ]  # fmt: skip
    assert result.digests == {"data/crm.csv": hashlib.sha256(CRM_CSV.encode()).hexdigest()}
    assert result.reads[0].first_date == dt.date(2024, 1, 1)
    assert result.reads[0].last_date == dt.date(2024, 2, 1)


def test_a_bad_cell_of_a_ledger_rejects_its_row(tmp_path):
    """By hand: 5 data lines, 2 good; the others lack a date, an id, or a readable amount."""
    read, rows, rejected = revenue(
        tmp_path, 'Customer,Date,Net\n1,2024-01-01,10\n1,,20\n,2024-01-01,30\n2,2024-01-02,"1.200,50"\n2,2024-01-03,-5.25\n'
    )  # fmt: skip
    assert (read.read, read.accepted, read.rejected, read.set_aside) == (5, 2, 3, {})
    assert [row["amount"] for row in rows] == [100_000, -52_500]
    assert [(r["line"], r["column"], r["value"], r["problem"]) for r in rejected] == [
        (3, "Date", "", "is empty"),
        (4, "Customer", "", "is empty"),
        (5, "Net", "1.200,50", "is not a number as declared"),
    ]
    assert rejected[2]["how_to_fix"] == 'set format: {decimal: ",", thousands: "."} for this source'
    assert rejected[0]["how_to_fix"] == "fill it in; a row of revenue needs its date"
    assert "the money of 3 rejected rows is unknown" in read.notes


def test_a_bad_fact_is_missing_and_its_account_stays(tmp_path):
    content = (
        "Account ID,Start,Industry,Employees\n"
        "1,2024-01-01,A,many\n"  # a bad fact: the account stays
        "2,2024-02-30,B,few\n"  # no such day: the account is rejected, with both cells listed
        ",2024-01-01,C,3\n"  # no id
    )
    result = tables(tmp_path, {"crm.csv": content})
    read = result.reads[0]
    assert (read.read, read.accepted, read.rejected) == (3, 1, 2)
    assert result.typed["accounts"]["attr:employees"].to_pylist() == [None]
    assert [(r["line"], r["column"]) for r in result.rejected.to_pylist()] == [
        (2, "Employees"),
        (3, "Start"),
        (3, "Employees"),
        (4, "Account ID"),
    ]
    assert read.notes == ["1 fact could not be read and is taken as missing"]


def test_a_bad_churn_date_rejects_the_account(tmp_path):
    """Taken as missing it would say that the customer stayed."""
    crm = {**CRM, "columns": {**CRM["columns"], "churned_on": "Left"}}
    content = "Account ID,Start,Industry,Employees,Left\n1,2024-01-01,A,1,last summer\n"
    result = tables(tmp_path, {"crm.csv": content}, {"crm": crm})
    assert (result.reads[0].accepted, result.reads[0].rejected) == (0, 1)


def test_total_and_blank_lines_are_set_aside(tmp_path):
    content = (
        "Customer,Date,Net\n"
        "Total,2024-01-01,1\n"  # complete: a customer of that name
        "1,2024-01-01,2\n"
        "\n"
        ",,\n"
        "Total,,3\n"
        "Grand Total:,,3\n"
        "Summe\n"  # too short for a row, and still no reject
        "Zwischensumme,2024-01-01,9\n"  # only as declared
    )
    read, rows, rejected = revenue(tmp_path, content, total_rows=["zwischensumme"])
    assert read.set_aside == {"blank line": 2, "total line": 4}
    assert (read.read, read.accepted, read.rejected) == (8, 2, 0)
    assert [row["account_id"] for row in rows] == ["Total", "1"]
    assert rejected == []


def test_ragged_rows_are_rejected_with_their_line(tmp_path):
    read, _, rejected = revenue(tmp_path, "Customer,Date,Net\n1,2024-01-01,1,200\n1,2024-01-01,5\n")
    assert (read.accepted, read.rejected) == (1, 1)
    assert rejected[0]["line"] == 2
    assert rejected[0]["problem"] == "has 4 cells where the header has 3"


def test_repeats_of_a_line_id_are_set_aside(tmp_path):
    content = "Customer,Date,Net,No\n1,2024-01-01,1,a\n1,2024-01-01,1,a\n1,2024-01-01,7,a\n1,2024-01-01,1,\n1,2024-01-01,1,\n"
    columns = {**REVENUE["columns"], "line_id": "No"}
    read, rows, _ = revenue(tmp_path, content, columns=columns)
    assert read.set_aside == {"repeated line_id": 2}
    assert [row["_line"] for row in rows] == [2, 5, 6]
    assert read.notes == [
        "1 rows repeat a line_id with other values; the first one was kept",
        "1 rows identical to another: kept; set duplicates: drop or map line_id if they are repeats",
    ]


def test_identical_rows_are_kept_and_noted_or_dropped(tmp_path):
    # Line 4 differs in a column that isn't even mapped: it is another row.
    content = "Customer,Date,Net,Note\n1,2024-01-01,1,x\n1,2024-01-01,1,x\n1,2024-01-01,1,y\n"
    read, rows, _ = revenue(tmp_path, content)
    assert (read.accepted, read.set_aside) == (3, {})
    assert "1 rows identical to another: kept" in read.notes[0]
    read, rows, _ = revenue(tmp_path, content, duplicates="drop")
    assert (read.accepted, read.set_aside) == (2, {"identical row": 1})
    assert [row["_line"] for row in rows] == [2, 4]


def test_a_cost_needs_amount_or_quantity(tmp_path):
    costs = {
        "table": "costs",
        "files": "tickets.csv",
        "columns": {"account_id": "Company", "date": "Created at", "quantity": "Minutes"},
        "constants": {"activity": "support_ticket", "remedial": "yes"},
    }
    content = (
        "Company,Created at,Minutes\n1,2024-01-01 10:15:00,30\n1,2024-01-02,\n1,2024-01-02,long\n"
    )
    result = tables(tmp_path, {"tickets.csv": content}, {"tickets": costs})
    read = result.reads[1]
    assert (read.read, read.accepted, read.rejected) == (3, 1, 2)
    row = result.typed["costs"].to_pylist()[0]
    assert (row["activity"], row["remedial"], row["quantity"], row["amount"]) == (
        "support_ticket",
        True,
        30.0,
        None,
    )
    assert row["date"] == dt.date(2024, 1, 1)
    assert [r["problem"] for r in result.rejected.to_pylist()] == [
        "neither amount nor quantity",
        "is not a number",
    ]


def test_kinds_of_loyalty_are_those_of_the_contract(tmp_path):
    loyalty = {"table": "loyalty", "files": "nps.csv"}  # columns bear the contract's own names
    content = "account_id,date,kind,value\n1,2024-01-01,NPS,9\n1,2024-01-01,mood,3\n"
    result = tables(tmp_path, {"nps.csv": content}, {"nps": loyalty})
    assert result.typed["loyalty"]["kind"].to_pylist() == ["nps"]
    assert result.rejected["problem"].to_pylist() == [
        "is none of nps, csat, renewal, expansion, referral, churn, expectation, reality"
    ]


def test_open_deals_are_set_aside(tmp_path):
    deals = {"table": "opportunities", "files": "deals.csv"}
    content = "account_id,opened_on,closed_on,won\n1,2024-01-01,2024-02-01,yes\n2,2024-01-01,,\n3,2024-01-01,2024-02-01,\n"
    read = tables(tmp_path, {"deals.csv": content}, {"deals": deals}).reads[1]
    assert (read.accepted, read.rejected, read.set_aside) == (1, 1, {"deal still open": 1})


def test_a_glob_reads_its_files_by_name(tmp_path):
    files = {
        "inv_2.csv": "Customer;Date;Net\n2;2024-01-02;2\n",
        "inv_10.csv": "Net,More,Date,Customer\n10,x,2024-01-10,10\n",
    }
    said = []
    result = tables(
        tmp_path, files, {"sales": {**REVENUE, "files": "inv_*.csv"}}, progress=said.append
    )
    rows = result.typed["revenue"].to_pylist()
    assert [(r["account_id"], r["_file"]) for r in rows] == [
        ("10", "data/inv_10.csv"),
        ("2", "data/inv_2.csv"),
    ]
    assert said[:3] == ["reading data/crm.csv", "reading data/inv_10.csv", "reading data/inv_2.csv"]
    assert list(result.digests) == ["data/crm.csv", "data/inv_10.csv", "data/inv_2.csv"]


def test_a_file_that_is_named_like_a_glob(tmp_path):
    name = "Q3 [EMEA], v2 (ü).csv"
    read = tables(
        tmp_path,
        {name: "Customer,Date,Net\n1,2024-01-01,1\n"},
        {"sales": {**REVENUE, "files": name}},
    ).reads[1]
    assert read.accepted == 1


def test_a_select_is_parsed_like_any_file(tmp_path):
    files = {
        "orders.csv": "order,seller,day\no1,1,2024-01-05\no2,2,2024-01-06\no3\n\n",
        "items.csv": "order,price\no1,10.50\no1,0.10\no2,abc\n",
    }
    select = (
        "SELECT o.seller, o.day, CASE WHEN i.price = 'abc' THEN i.price "
        "ELSE (i.price::DECIMAL(9, 2) * 0.15)::VARCHAR END AS amount, i._file, i._line "
        "FROM items i JOIN orders o ON i.order = o.order ORDER BY i._line"
    )
    source = {
        "table": "revenue",
        "select": select,
        "tables": {"orders": "orders.csv", "items": "items.csv"},
        "columns": {"account_id": "seller", "date": "day", "amount": "amount"},
    }
    result = tables(tmp_path, files, {"sales": source})
    read = result.reads[1]
    # 3 rows of the result, 1 ragged row and 1 empty line of the files below it
    assert (read.read, read.accepted, read.rejected, read.set_aside) == (5, 2, 2, {"blank line": 1})
    assert result.typed["revenue"]["amount"].to_pylist() == [15_750, 150]
    rejects = [(r["file"], r["line"], r["value"]) for r in result.rejected.to_pylist()]
    assert rejects == [("data/items.csv", 4, "abc"), ("data/orders.csv", 4, "o3")]
    assert set(result.digests) == {"data/crm.csv", "data/items.csv", "data/orders.csv"}


def test_a_select_without_places_is_named_after_its_source(tmp_path):
    source = {
        "table": "revenue",
        "select": "SELECT a AS account_id, DATE '2024-01-01' AS date, sum(n::DOUBLE) AS amount FROM v GROUP BY a ORDER BY a",
        "tables": {"v": "v.csv"},
    }
    result = tables(tmp_path, {"v.csv": "a,n\nx,1.25\nx,2.5\ny,1\n"}, {"sales": source})
    rows = result.typed["revenue"].to_pylist()
    assert [(r["account_id"], r["amount"], r["_file"], r["_line"]) for r in rows] == [
        ("x", 37_500, "sales", 1),
        ("y", 10_000, "sales", 2),
    ]


def test_parquet_is_plain_whatever_the_format_says(tmp_path):
    """12.125 in Parquet is 12.125, also where the CSV beside it writes a thousand as 1.000."""
    (tmp_path / "data").mkdir()
    table = pa.table(
        {"Customer": [1], "Date": [dt.datetime(2024, 1, 5, 10, tzinfo=dt.UTC)], "Net": [12.125]}
    )
    pq.write_table(table, tmp_path / "data" / "a.parquet")
    files = {"b.csv": "Customer;Date;Net\n2;06.01.2024;12.125\n"}
    fmt = {"decimal": ",", "thousands": ".", "dates": "%d.%m.%Y"}
    result = tables(tmp_path, files, {"sales": {**REVENUE, "files": "[ab].*", "format": fmt}})
    rows = [
        (r["account_id"], r["date"].day, r["amount"]) for r in result.typed["revenue"].to_pylist()
    ]
    assert rows == [("1", 5, 121_250), ("2", 6, 121_250_000)]
    mixed = {
        "table": "revenue",
        "select": "SELECT * FROM v",
        "tables": {"v": "a.parquet"},
        "format": fmt,
    }
    with pytest.raises(SettingsError, match="'v' is Parquet, whose numbers and dates are plain"):
        tables(tmp_path, files, {"sales": mixed})


@pytest.mark.parametrize(
    ("files", "changes", "said"),
    [
        ({}, {}, "data.sources.sales.files: no file 'revenue.csv' in data; it has 'crm.csv'"),
        ({"revenues.csv": "a\n"}, {}, "no file 'revenue.csv' in data; did you mean 'revenues.csv'?"),
        ({}, {"files": "inv_*.csv"}, "no file 'inv_*.csv' in data"),
        ({}, {"files": "/nowhere/x.csv"}, "there is no file '/nowhere/x.csv'"),
        ({}, {"files": "."}, "'.' is a folder"),
        ({"revenue.csv": "Customer,Date,Nett\n"}, {}, "data/revenue.csv: has no column 'Net' (data.sources.sales.columns.amount); did you mean 'Nett'?"),
        ({"revenue.csv": "a,b,c,d,e\n"}, {}, "has no column 'Customer' (data.sources.sales.columns.account_id); it has 'a', 'b', 'c' and 2 more"),
        ({"revenue.csv": ""}, {}, "data/revenue.csv: is empty"),
        ({"revenue.csv": "Customer,Date,Net,Net\n1,2,3,4\n"}, {}, "the header has 'Net' 2 times"),
        ({"revenue.csv": "Customer,Date,Net\n"}, {"columns": {"account_id": "Customer", "date": "Date"}}, "data.sources.sales.columns.amount: is missing"),
        ({"revenue.csv": "Customer,Date,Net\n"}, {"constants": {"direct_cost": "ten"}}, "data.sources.sales.constants.direct_cost: 'ten' is not a number"),
        ({"revenue.csv": "date,amount\n"}, {"columns": {}}, "has no column 'account_id' (data.sources.sales.columns.account_id)"),
        ({"v.csv": "a\n"}, {"files": None, "select": "SELECT b FROM v", "tables": {"v": "v.csv"}}, "data.sources.sales.select: the SELECT failed"),
        ({"v.csv": "_line\n1\n"}, {"files": None, "select": "SELECT 1", "tables": {"v": "v.csv"}}, "has a column '_line'"),
    ],
)  # fmt: skip
def test_refused_in_one_line(tmp_path, files, changes, said):
    with pytest.raises((SourceError, SettingsError)) as caught:
        tables(tmp_path, files, {"sales": {**REVENUE, **changes}})
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_attribute_column_is_named(tmp_path):
    with pytest.raises(
        SourceError, match=r"data/crm\.csv: has no column 'Branch' \(data\.attributes\.branch\)"
    ):
        tables(
            tmp_path,
            {},
            attributes={"branch": {"kind": "category", "known": "before_sale", "column": "Branch"}},
        )


def test_a_missing_folder_is_named(tmp_path):
    values = {
        "folder": "nowhere",
        "as_of": "2026-06-30",
        "horizon": "12mo",
        "lag": "0d",
        "currency": "EUR",
        "sources": {"crm": CRM},
    }
    with pytest.raises(
        SourceError, match=r"there is no folder 'nowhere' for 'crm\.csv'; check data\.folder"
    ):
        read_tables(data_spec(values), tmp_path)


def test_a_slip_in_the_mapping_shows_before_any_file_is_read(tmp_path):
    said = []
    with pytest.raises(SettingsError, match="costs need one of them"):
        tables(
            tmp_path,
            {},
            {
                "c": {
                    "table": "costs",
                    "files": "c.csv",
                    "columns": {"account_id": "a", "date": "b", "activity": "c"},
                }
            },
            progress=said.append,
        )
    assert said == []


CELLS = st.sampled_from(
    [
        "",
        " ",
        "1",
        "Total",
        "2024-01-01",
        "2024-02-30",
        "01.02.2024",
        "10",
        "1.200,50",
        "-0.00005",
        "1e400",
        "nan",
        "NA",
        "a,b",
        'q"q',
        "two\nlines",
        "ü",
    ]
)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.lists(CELLS, max_size=6), max_size=12),
    st.sampled_from(["keep", "drop"]),
    st.booleans(),
)
def test_read_is_accepted_rejected_and_set_aside(tmp_path_factory, rows, duplicates, with_line_id):
    folder = tmp_path_factory.mktemp("t")
    header = ["Customer", "Date", "Net", "No"]
    with (folder / "rows.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(header)
        writer.writerows(rows)
    content = (folder / "rows.csv").read_text(encoding="utf-8")
    columns = {**REVENUE["columns"], **({"line_id": "No"} if with_line_id else {})}
    read, accepted, rejected = revenue(folder, content, columns=columns, duplicates=duplicates)
    assert read.read == len(rows)
    assert read.accepted == len(accepted)
    # Every rejected row shows at least one cell, and no accepted row shows any.
    lines = {r["line"] for r in rejected}
    assert len(lines) == read.rejected
    assert not lines & {row["_line"] for row in accepted}
    for row in accepted:
        assert row["account_id"] is not None
        assert row["date"] == dt.date(2024, 1, 1)
        assert row["amount"] is not None
