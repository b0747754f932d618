"""Hostile files: read rightly, refused, or rejected with what to do; nothing altered in silence."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from icpfit.data.sources.reader import text_pieces
from icpfit.data.sources.rejected_rows import write_rejected_rows
from icpfit.data.sources.source_columns import fields
from icpfit.data.sources.source_rows import source_rows
from icpfit.data.sources.source_spec import Format, Source
from icpfit.data.sources.text_parts import file_part
from icpfit.data.table_spec import data_spec
from icpfit.data.tables import read_tables
from icpfit.errors import SourceError

_found = importlib.util.spec_from_file_location(
    "hostile_files", Path(__file__).with_name("hostile_files.py")
)
hostile = importlib.util.module_from_spec(_found)
sys.modules[_found.name] = hostile  # dataclasses look their module up there
_found.loader.exec_module(hostile)
COLUMNS = {"account_id": "Customer", "date": "Date", "amount": "Net"}


def read(folder, name, fmt=None, columns=None):
    """Read one file as revenue, beside a customer list; its rows, count and all that is said."""
    (folder / "crm.csv").write_text("account_id,started_on\n007,2024-01-01\n", encoding="utf-8")
    sales = {"table": "revenue", "files": name, "format": fmt or {}}
    sales["columns"] = {**COLUMNS, **(columns or {})}
    values = {
        "folder": str(folder),
        "as_of": "2026-06-30",
        "horizon": "12mo",
        "lag": "60d",
        "currency": "EUR",
        "sources": {"crm": {"table": "accounts", "files": "crm.csv"}, "sales": sales},
    }
    tables = read_tables(data_spec(values), folder)
    count = tables.reads[-1]
    assert count.read == count.accepted + count.rejected + sum(count.set_aside.values())
    rows = [
        (row["account_id"], f"{row['date']}", f"{row['amount'] / 10_000:.10g}")
        for row in tables.typed["revenue"].to_pylist()
    ]
    cells = tables.rejected.to_pylist()
    said = [*count.notes, *(f"{cell['problem']}; {cell['how_to_fix']}" for cell in cells)]
    return rows, count, said, tables


def counted(path, fmt=None):
    """Read one file as `read` does, but for the tables around it: what it takes in milliseconds."""
    source = Source("revenue", files=path.name, columns=COLUMNS, format=fmt or Format())
    asked = fields(source, {}, "data.sources.sales")
    pieces = text_pieces(path, source.format, path.name, list(COLUMNS.values()))
    result = source_rows("sales", source, asked, (file_part(piece) for piece in pieces))
    count = result.read
    assert count.read == count.accepted + count.rejected + sum(count.set_aside.values())
    assert count.accepted == result.typed.num_rows
    assert count.rejected == sum(r.rows.num_rows + len(r.ragged) for r in result.rejected_rows)
    return result


def test_there_are_enough_of_them():
    assert len({file.name for file in hostile.HOSTILE}) == len(hostile.HOSTILE) >= 90


@pytest.mark.parametrize("name", [file.name for file in hostile.HOSTILE])
def test_what_comes_of_it(tmp_path, name):
    file = next(file for file in hostile.HOSTILE if file.name == name)
    (tmp_path / name).write_bytes(file.content)
    if file.refused:
        with pytest.raises(SourceError) as caught:
            read(tmp_path, name, file.format, file.columns)
        line = str(caught.value)
        assert file.refused in line
        assert "\n" not in line
        assert name in line
        return
    rows, count, said, _ = read(tmp_path, name, file.format, file.columns)
    assert rows == file.rows
    assert count.rejected == file.rejected
    assert count.set_aside == file.aside
    assert any(file.says in one for one in said) or not file.says, said
    if not file.rejected and not file.says:
        assert said == []


MEND = [
    # file, format, what is mended in the file that was handed back
    ("ragged.csv", {}, [("1,2\n", "1,2026-01-31,2\n"), ("1,200", "1.2")]),
    ("decimal_comma.csv", {"dates": "%d.%m.%Y"}, [("1.234,50", "1234.50")]),
    ("cp1252_bad.csv", {}, [("many", "5")]),
    ("utf16_bad.csv", {}, [("many", "5")]),
    ("three.csv", {"header_rows": 3}, [("many", "5")]),
    (
        "error_cells.xlsx",
        {"decimal": ","},
        [("#REF!", "8"), ("#DIV/0!", "9,5"), (";12,5", ";13,5")],
    ),
]
BAD = {
    "cp1252_bad.csv": "Title\n\nCustomer;Date;Net\nMüller €;2026-01-31;many\n".encode("cp1252"),
    "utf16_bad.csv": 'Customer\tDate\tNet\n"a\nb"\t2026-01-31\tmany\n'.encode("utf-16"),
    "three.csv": b"Customer,Date,Net\na,b,c\nd,e,f\n007,2026-01-31,many\n",
}  # fmt: skip


@pytest.mark.parametrize(("name", "fmt", "mends"), MEND)
def test_mended_rows_are_accepted_when_handed_in_again(tmp_path, name, fmt, mends):
    content = next((f.content for f in hostile.HOSTILE if f.name == name), BAD.get(name))
    (tmp_path / name).write_bytes(content)
    _, count, _, tables = read(tmp_path, name, fmt)
    assert count.rejected
    (back,) = write_rejected_rows(tmp_path / "back", tables.rejected_rows)
    assert back.name == "sales_rejected_rows.csv"
    # as it was handed back, it is rejected for the same reasons
    (tmp_path / "again.csv").write_bytes(back.read_bytes())
    _, again, _, _ = read(tmp_path, "again.csv", fmt)
    assert (again.read, again.rejected) == (count.rejected, count.rejected)
    encoding = tables.rejected_rows[0].layout.encoding or "utf-8-sig"
    mended = back.read_bytes().decode(encoding)
    for was, becomes in mends:
        assert was in mended
        mended = mended.replace(was, becomes)
    (tmp_path / "again.csv").write_bytes(mended.encode(encoding))
    _, again, _, _ = read(tmp_path, "again.csv", fmt)
    assert (again.accepted, again.rejected) == (count.rejected, 0)


def test_a_select_hands_back_the_rows_of_its_files_and_finds_the_header_below_a_title(tmp_path):
    content = (
        "Sales, by customer\n\ncustomer;Net Amount;Day\n007;1;2026-01-31\n8;many;2026-01-31\n9;x\n"
    )
    (tmp_path / "a.csv").write_text(content, encoding="cp1252")
    (tmp_path / "crm.csv").write_text("account_id,started_on\n007,2024-01-01\n", encoding="utf-8")
    select = (
        'SELECT customer AS account_id, "Day" AS date, "Net Amount" AS amount, _file, _line FROM v'
    )
    sales = {"table": "revenue", "select": select, "tables": {"v": "a.csv"}}
    values = {
        "folder": str(tmp_path),
        "as_of": "2026-06-30",
        "horizon": "12mo",
        "lag": "60d",
        "currency": "EUR",
        "sources": {"crm": {"table": "accounts", "files": "crm.csv"}, "sales": sales},
    }
    tables = read_tables(data_spec(values), tmp_path)
    assert (tables.reads[-1].accepted, tables.reads[-1].rejected) == (1, 2)
    (back,) = write_rejected_rows(tmp_path / "back", tables.rejected_rows)
    assert back.read_text(encoding="utf-8") == ("customer;Net Amount;Day\n8;many;2026-01-31\n9;x\n")
    assert write_rejected_rows(tmp_path / "back", []) == []
    assert list((tmp_path / "back").iterdir()) == []
