"""Whatever is handed in: one line of refusal, or every row counted and none altered."""

from __future__ import annotations

import csv
import importlib.util
import io
import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.errors import SourceError

for _name in ("hostile_files", "test_hostile_files"):
    _found = importlib.util.spec_from_file_location(_name, Path(__file__).with_name(f"{_name}.py"))
    _module = importlib.util.module_from_spec(_found)
    sys.modules[_name] = _module
    _found.loader.exec_module(_module)
counted = sys.modules["test_hostile_files"].counted
books = sys.modules["hostile_files"].books

HEADER = b"Customer,Date,Net\n"
CELLS = st.sampled_from(
    [
        "007",
        "7",
        "Total",
        "",
        " ",
        "2026-01-31",
        "31.01.2026",
        "12.5",
        "1,5",
        "(3)",
        "#REF!",
        "=A1",
        "© 2026 Books",
        "a\nb",
        '"',
        "NA",
        "1E+20",
        "\u22122",
        "x,y",
    ]
)
WHOLE = books.workbook({"S": [["Customer", "Date", "Net"], ["007", "2026-01-31", 12.5]] * 3})


def read_or_refused(folder, name, content):
    """The count of the file; None where it was refused, with one line that names it."""
    (folder / name).write_bytes(content)
    try:
        return counted(folder / name).read  # which asserts that every row is counted
    except SourceError as refusal:
        said = str(refusal)
    assert "\n" not in said
    assert said.startswith(name)
    return None


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", HEADER, b"\xef\xbb\xbf" + HEADER, b"PK\x03\x04", b"PAR1"]))  # fmt: skip
def test_random_bytes(tmp_path_factory, content, start):
    read_or_refused(tmp_path_factory.mktemp("bytes"), "a.csv", start + content)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=5), max_size=8), st.sampled_from(["utf-8", "utf-16"]))
def test_random_tables_are_counted_and_alike_in_csv_and_in_a_workbook(
    tmp_path_factory, rows, encoding
):
    folder = tmp_path_factory.mktemp("tables")
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\n").writerows([["Customer", "Date", "Net"], *rows])
    count = read_or_refused(folder, "a.csv", written.getvalue().encode(encoding))
    assert count is not None
    assert count.read == len(rows)
    # a sheet has no cells behind the last filled one, so only rows of three are the same in both
    square = [[*row, "", "", ""][:3] for row in rows]
    accepted = []
    for name in ("b.csv", "b.xlsx"):
        table = [["Customer", "Date", "Net"], *square]
        written = io.StringIO(newline="")
        csv.writer(written, lineterminator="\n").writerows(table)
        content = written.getvalue().encode() if name == "b.csv" else books.workbook({"S": table})
        (folder / name).write_bytes(content)
        result = counted(folder / name)
        assert result.read.read == len(rows)
        cells = result.rejects.select(["column", "value", "problem"]).to_pylist()
        found = result.typed.select(["account_id", "date", "amount"]).to_pylist()
        accepted.append((found, result.read.set_aside, cells))
    assert accepted[0] == accepted[1]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255), st.integers(0, 40))
def test_a_damaged_workbook_is_refused_or_counted(tmp_path_factory, place, byte, cut):
    content = WHOLE[:place] + bytes([byte]) + WHOLE[place + 1 + cut :]
    read_or_refused(tmp_path_factory.mktemp("books"), "a.xlsx", content)
