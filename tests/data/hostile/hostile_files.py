"""Files as people really hand them in, each with what must come of it.

Every one is an export of revenue with the columns Customer, Date and Net. `came` says which rows
are accepted (customer, day, amount), how many are rejected and set aside, and what is said; or
`refused` says why the file is not read at all.
"""

from __future__ import annotations

import datetime as dt
import decimal
import importlib.util
import io
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

_found = importlib.util.spec_from_file_location(
    "workbooks", Path(__file__).with_name("workbooks.py")
)
books = importlib.util.module_from_spec(_found)
_found.loader.exec_module(books)

HEADER = ["Customer", "Date", "Net"]
ONE = [("007", "2026-01-31", "12.5")]
TWO = [("007", "2026-01-31", "12.5"), ("Müller €", "2026-02-01", "-3")]
TWO_CSV = "Customer,Date,Net\n007,2026-01-31,12.5\nMüller €,2026-02-01,-3\n"
DAY = 46053  # 2026-01-31


@dataclass(frozen=True)
class HostileFile:
    """One file, how it is declared, and what must come of it."""

    name: str
    content: bytes
    rows: list = field(default_factory=list)
    rejected: int = 0
    aside: dict = field(default_factory=dict)
    says: str = ""  # in a note, a problem or how to fix it
    refused: str = ""
    format: dict = field(default_factory=dict)
    columns: dict = field(default_factory=dict)


def text(name, content, rows=(), encoding="utf-8", **more):
    return HostileFile(name, content.encode(encoding), list(rows), **more)


def book(name, sheets, rows=(), **more):
    parts = {key: more.pop(key) for key in ("strings", "epoch_1904") if key in more}
    if isinstance(sheets, list):
        sheets = {"Sheet1": sheets}
    return HostileFile(f"{name}.xlsx", books.workbook(sheets, **parts), list(rows), **more)


def parquet(name, columns, rows=(), **more):
    packed = io.BytesIO()
    pq.write_table(pa.table(columns), packed)
    return HostileFile(f"{name}.parquet", packed.getvalue(), list(rows), **more)


def rows_of(lines):
    return "Customer,Date,Net\n" + "".join(f"{line}\n" for line in lines)


def csv_files():
    yield text("plain.csv", TWO_CSV, TWO)
    yield text("bom.csv", TWO_CSV, TWO, encoding="utf-8-sig")
    yield text("utf16.csv", TWO_CSV, TWO, encoding="utf-16")
    yield HostileFile("utf16be.csv", b"\xfe\xff" + TWO_CSV.encode("utf-16-be"), TWO)
    yield text("cp1252.csv", TWO_CSV, TWO, encoding="cp1252", says="read as cp1252")
    yield text("cp1250.csv", "Customer,Date,Net\nŁódź,2026-01-31,1\n", [("Łódź", "2026-01-31", "1")], encoding="cp1250", format={"encoding": "cp1250"})  # fmt: skip
    yield text("utf16_without_mark.csv", TWO_CSV, encoding="utf-16-le", refused="holds a NUL byte")
    yield text("nul.csv", "Customer,Date,Net\n0\x0007,2026-01-31,1\n", refused="line 2: holds a NUL byte")  # fmt: skip
    yield HostileFile("no_such_letter.csv", b"Customer,Date,Net\n\x81,2026-01-31,1\n", refused="is not cp1252")  # fmt: skip
    for mark, name in ((";", "semicolon"), ("\t", "tab"), ("|", "pipe"), ("^", "caret"), ("`", "backquote")):  # fmt: skip
        yield text(f"{name}.csv", TWO_CSV.replace(",", mark), TWO)
    yield text("sep_line.csv", "sep=;\n" + TWO_CSV.replace(",", ";"), TWO)
    yield text("two_delimiters.csv", "Customer,Date;Net\n1,2;3\n", refused="fit its header as well")
    yield text("old_mac_lines.csv", TWO_CSV.replace("\n", "\r"), TWO)
    yield text("no_last_line_end.csv", TWO_CSV.rstrip("\n"), TWO)
    yield text("titles.csv", "Revenue, by customer\nExported 2026-03-01\n\n" + TWO_CSV, TWO, says="2 lines above the header")  # fmt: skip
    footer = "\nGrand Totals (2 records)\nConfidential Information - Do Not Distribute\nCopyright (c) 2000-2026 salesforce.com, inc. All rights reserved.\n"
    yield text("salesforce_report.csv", TWO_CSV + footer, TWO, aside={"blank line": 1, "footer line": 2, "total line": 1})  # fmt: skip
    quoted = '"Customer","Date","Net"\n"007","2026-01-31","12.5"\n"Total for 007","","12.5"\n"© 2026 Books Ltd","",""\n'
    yield text("footer_at_full_width.csv", quoted, ONE, aside={"footer line": 1, "total line": 1})
    grouped = ",Customer,Date,Net\nAcme Ltd,,,\n,007,2026-01-31,12.5\nTotal for Acme Ltd,,,12.5\nTOTAL,,,12.5\n"
    yield text("accounting_report.csv", grouped, ONE, aside={"heading line": 1, "total line": 2})
    yield text("customer_called_total.csv", rows_of(["Total,2026-01-31,1"]), [("Total", "2026-01-31", "1")])  # fmt: skip
    yield text("three_header_rows.csv", 'Customer,Date,Net\nWho?,When?,How much?\n"{""ImportId"":1}","{""ImportId"":2}",x\n007,2026-01-31,12.5\n', ONE, format={"header_rows": 3})  # fmt: skip
    yield text("two_header_rows.csv", "Customer,Date,Which?,\nResponse,,Net,Other\n007,2026-01-31,12.5,1\n", ONE, format={"header_rows": 2}, columns={"amount": "Which? / Net"})  # fmt: skip
    yield text("header_twice.csv", "Customer,Date,Net,Net\n1,2026-01-31,1,2\n", refused="the header has 'Net' 2 times (columns 3, 4)")  # fmt: skip
    yield text("no_such_column.csv", "Customer,Date,Nett\n1,2026-01-31,1\n", refused="did you mean 'Nett'?")  # fmt: skip
    yield text("empty.csv", "", refused="is empty")
    yield text("only_blank_lines.csv", "\n  \n\n", refused="is empty")
    yield text("only_a_header.csv", "Customer,Date,Net\n", says="has a header and no rows")
    yield text("ragged.csv", rows_of(["007,2026-01-31,12.5", "1,2", "3,2026-01-31,1,200"]), ONE, rejected=2, says="has 4 cells where the header has 3")  # fmt: skip
    yield text("line_ends_in_cells.csv", 'Customer,Date,Net\n"a\r\nb\nc",2026-01-31,1\n', [("a\r\nb\nc", "2026-01-31", "1")])  # fmt: skip
    yield text("open_quote.csv", rows_of(["007,2026-01-31,1", '"Acme,2026-01-31,1', "x,2026-01-31,1"]), refused="line 3: opens a quote that is never closed")  # fmt: skip
    yield text("quote_in_cell.csv", rows_of(['"Acme" Inc,2026-01-31,1']), refused="line 2: has a quote inside a quoted cell")  # fmt: skip
    yield text("delimiter_at_line_ends.csv", "Customer,Date,Net,\n007,2026-01-31,12.5,\n", ONE)
    comma = rows_of(["007;31.01.2026;1.234,50"]).replace(",", ";", 2)
    german = [("007", "2026-01-31", "1234.5")]
    yield text("decimal_comma.csv", comma, rejected=1, says='set format: {decimal: ",", thousands: "."}')  # fmt: skip
    yield text("decimal_comma_declared.csv", comma, german, format={"decimal": ",", "thousands": ".", "dates": "%d.%m.%Y"})  # fmt: skip
    yield text("currency.csv", rows_of(["007,2026-01-31,$12.50"]), rejected=1, says='{currency_sign: "$"}')  # fmt: skip
    yield text("currency_declared.csv", rows_of(["007,2026-01-31,$12.50", "8,2026-01-31,€1"]), ONE, rejected=1, says="is in €, not in $", format={"currency_sign": "$"})  # fmt: skip
    yield text("thousands.csv", rows_of(['007,2026-01-31,"1,200"']), rejected=1, says="if it is the thousands sign")  # fmt: skip
    yield text("parentheses.csv", rows_of(["007,2026-01-31,(12.50)"]), rejected=1, says="{negatives: parentheses}")  # fmt: skip
    yield text("parentheses_declared.csv", rows_of(['007,2026-01-31,"($1,012.50)"']), [("007", "2026-01-31", "-1012.5")], format={"negatives": "parentheses", "thousands": ",", "currency_sign": "$"})  # fmt: skip
    yield text("percent.csv", rows_of(["007,2026-01-31,12.5 %"]), rejected=1, says="carries a percent sign")  # fmt: skip
    yield text("day_numbers.csv", rows_of([f"007,{DAY},12.5"]), rejected=1, says="{dates: excel}")
    yield text("day_numbers_declared.csv", rows_of([f"007,{DAY}.75,12.5"]), ONE, format={"dates": "excel"})  # fmt: skip
    yield text("ambiguous_dates.csv", rows_of(["007,01/02/2026,1"]), rejected=1, says='{dates: "%d/%m/%Y"} or {dates: "%m/%d/%Y"}')  # fmt: skip
    yield text("dates_told_by_the_column.csv", rows_of(["007,01/02/2026,1", "007,13/02/2026,1"]), rejected=2, says="all such cells of the column are dates so")  # fmt: skip
    yield text("no_such_day.csv", rows_of(["007,2026-02-30,1"]), rejected=1, says="is no day of the calendar")  # fmt: skip
    long_id = "12345678901234567890"
    yield text("twenty_digits.csv", rows_of([f"{long_id},2026-01-31,1", f"{long_id[:-1]}1,2026-01-31,1"]), [(long_id, "2026-01-31", "1"), (f"{long_id[:-1]}1", "2026-01-31", "1")])  # fmt: skip
    yield text("shortened_id.csv", rows_of(["1.23457E+19,2026-01-31,1"]), rejected=1, says="is an id that a spreadsheet has shortened")  # fmt: skip
    yield text("mixed_ids.csv", rows_of(["007,2026-01-31,12.5", "7,2026-01-31,1", "A7,2026-01-31,1"]), [*ONE, ("7", "2026-01-31", "1"), ("A7", "2026-01-31", "1")])  # fmt: skip
    yield text("country_na.csv", rows_of(["NA,2026-01-31,1"]), [("NA", "2026-01-31", "1")])
    yield text("formula_around_an_id.csv", 'Customer;Date;Net\n"=""007""";2026-01-31;1\n', rejected=1, says="is a formula without its result")  # fmt: skip
    yield text("not_finite.csv", rows_of(["a,2026-01-31,NaN", "b,2026-01-31,inf", "c,2026-01-31,1e400"]), rejected=3, says="is not a finite number")  # fmt: skip
    yield HostileFile("packed.csv", b"\x1f\x8b\x08rest", refused="is compressed; unpack it first")
    yield HostileFile("old.xls", b"\xd0\xcf\x11\xe0rest", refused="an old workbook, or one with a password")  # fmt: skip


def workbook_files():
    header = [HEADER]
    good = ["007", (DAY, books.DAY), 12.5]
    yield book("plain", [*header, good], ONE)
    yield book("moment", [*header, ["007", (DAY + 0.75, books.MOMENT), 12.5]], ONE)
    yield book("epoch_1904", [*header, ["007", (DAY - 1462, books.DAY), 12.5]], ONE, epoch_1904=True)  # fmt: skip
    shared = [b'<c r="PLACE" t="s"><v>1</v></c>', (DAY, books.DAY), 12.5]
    yield book("shared_texts", [*header, shared], ONE, strings=["<t>x</t>", "<r><t>0</t></r><r><t>07</t></r><rPh><t>read so</t></rPh>"])  # fmt: skip
    yield book("escaped", [*header, ["a_x000A_b _x005F_x000A_", *good[1:]]], [("a\nb _x000A_", *ONE[0][1:])])  # fmt: skip
    numbers = [[(7, books.FIVE_DIGITS), *good[1:]], [7, *good[1:]], ["7a", *good[1:]], [7.0, good[1], 1]]  # fmt: skip
    yield book("mixed_ids", [*header, *numbers], [*((name, *ONE[0][1:]) for name in ("00007", "7", "7a")), ("7", "2026-01-31", "1")])  # fmt: skip
    yield book("long_ids", [*header, [12345678901234567890, *good[1:]]], [("12345678901234567890", *ONE[0][1:])])  # fmt: skip
    yield book("text_beside_numbers", [*header, good, ["008", "31.01.2026", "12,5"]], [*ONE, ("008", *ONE[0][1:])], format={"decimal": ",", "dates": "%d.%m.%Y"})  # fmt: skip
    yield book("title_and_total", [["Revenue 2026"], [], HEADER, good, ["Total", None, 12.5]], ONE, aside={"total line": 1}, says="1 line above the header")  # fmt: skip
    merged = books.sheet([["Revenue 2026"], HEADER, good, [None, good[1], 1]], '<mergeCells><mergeCell ref="A1:C1"/><mergeCell ref="A3:A4"/></mergeCells>')  # fmt: skip
    yield book("merged", {"S": merged}, ONE, rejected=1, says="1 merged cell below the header (such as A3:A4)")  # fmt: skip
    yield book("several_sheets", {"Notes": [["x"]], "Orders": [HEADER, good]}, refused="has 2 sheets ('Notes', 'Orders')")  # fmt: skip
    yield book("named_sheet", {"Notes": [["x"]], "Orders": [HEADER, good]}, ONE, format={"sheet": "orders"})  # fmt: skip
    yield book("no_such_sheet", {"Orders": [HEADER, good]}, refused="has no sheet 'Order'", format={"sheet": "Order"})  # fmt: skip
    yield book("empty_sheets_beside", {"Orders": [HEADER, good], "Sheet2": [], "Sheet3": []}, ONE)
    yield book("all_empty", {"Sheet1": []}, refused="is empty")
    errors = [[b'<c r="PLACE" t="e"><v>#REF!</v></c>', *good[1:]], [*good[:2], b'<c r="PLACE" t="e"><v>#DIV/0!</v></c>']]  # fmt: skip
    yield book("error_cells", [*header, *errors], rejected=2, says="is an error of the spreadsheet")
    computed = [*good[:2], b'<c r="PLACE"><f>A1*2</f><v>12.5</v></c>']
    yield book("computed", [*header, computed], ONE)
    yield book("never_computed", [*header, [*good[:2], b'<c r="PLACE"><f>A1*2</f></c>']], rejected=1, says="is a formula without its result")  # fmt: skip
    yield book("span_of_time", [*header, [*good[:2], (1.5, books.SPAN)]], rejected=1, says="is not a number")  # fmt: skip
    yield book("cell_beyond", [*header, [*good, *[None] * 2000, "x"]], refused="a cell beyond column 2,000")  # fmt: skip
    far = books.sheet([HEADER, good, [None, None, 1]], numbers=[1, 2, 1 << 20])
    yield book("last_row_of_all", {"S": far}, ONE, rejected=1)
    corner = f'<worksheet xmlns="{books.MAIN}"><dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    yield book("bomb_by_corner", {"S": corner}, refused="has a cell beyond column 2,000")
    zeros = f'<worksheet xmlns="{books.MAIN}"><sheetData>' + "<row/>" * 5_000_000
    yield book("bomb_by_size", {"S": zeros}, refused="unpacks from")
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + books.sheet([HEADER, good])
    yield book("bomb_by_entities", {"S": laughs}, refused="declares a document type")
    endless = f'<worksheet xmlns="{books.MAIN}"><sheetData><row x="' + "x" * 8_000_000
    yield book("bomb_by_one_mark", {"S": endless}, refused="holds a mark without an end")
    backwards = books.sheet([HEADER, good], numbers=[2, 1])
    yield book("rows_out_of_order", {"S": backwards}, refused="row 1 is out of order")
    missing = [b'<c r="PLACE" t="s"><v>9</v></c>', *good[1:]]
    yield book("missing_text", [*header, missing], refused="refers to a text that isn't there")
    whole = books.workbook({"S": [HEADER, good]})
    yield HostileFile("half.xlsx", whole[: len(whole) // 2], refused="can't be read as a workbook")
    yield HostileFile("text.xlsx", TWO_CSV.encode(), refused="is no workbook, or a damaged one")
    yield HostileFile("macros.xlsm", whole, ONE)


def parquet_files():
    day = [dt.date(2026, 1, 31)]
    yield parquet("decimals", {"Customer": ["007"], "Date": day, "Net": [decimal.Decimal("12.5000")]}, ONE)  # fmt: skip
    late = pa.array([dt.datetime(2026, 1, 31, 23, 30, tzinfo=dt.UTC)], pa.timestamp("us", tz="Asia/Tokyo"))  # fmt: skip
    yield parquet("time_zone", {"Customer": ["007"], "Date": late, "Net": [12.5]}, ONE)
    yield parquet("dictionary", {"Customer": pa.array(["007"]).dictionary_encode(), "Date": day, "Net": pa.array([12.5], pa.float32())}, ONE)  # fmt: skip
    yield parquet("float_ids", {"Customer": [7.0], "Date": day, "Net": [12.5]}, [("7", *ONE[0][1:])])  # fmt: skip
    yield parquet("nested", {"Customer": [["007"]], "Date": day, "Net": [1.0]}, refused="column 'Customer' holds list")  # fmt: skip
    yield parquet("nan", {"Customer": ["007"], "Date": day, "Net": [float("nan")]}, rejected=1, says="1 NaN in column 'Net'")  # fmt: skip
    yield HostileFile("text.parquet", TWO_CSV.encode(), refused="is no Parquet file")
    yield HostileFile("half.parquet", b"PAR1" + b"x" * 40, refused="can't be read as Parquet")


HOSTILE = (*csv_files(), *workbook_files(), *parquet_files())


def write_hostile_files(folder):
    """Write all of them into a folder, and return them by name."""
    for file in HOSTILE:
        (folder / file.name).write_bytes(file.content)
    return {file.name: file for file in HOSTILE}
