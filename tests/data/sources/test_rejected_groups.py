"""Rejected cells by kind, and the line for a table of which nothing could be read."""

import random

from icpfit.data.sources.rejected_groups import nothing_read, rejected_groups
from icpfit.data.sources.rejects import rejected_table
from icpfit.data.sources.source_rows import SourceRead

FIX = 'set format: {decimal: ","} for this source'


def cell(line, value="1,5", column="Amount", file="b.csv", fix=FIX):
    return ("bills", "revenue", file, line, column, value, "is not a number as declared", fix)


def test_cells_of_a_kind_are_one_group_with_the_first_line():
    cells = [cell(9), cell(4, "2,5"), cell(7, column="Cost"), cell(3, "x", fix="correct it")]
    random.Random(1).shuffle(cells)
    found = rejected_groups(rejected_table(cells))
    assert [(one.column, one.cells, one.first_line, one.example) for one in found] == [
        ("Amount", 2, 4, "2,5"),
        ("Amount", 1, 3, "x"),
        ("Cost", 1, 7, "1,5"),
    ]
    assert sum(one.cells for one in found) == len(cells)


def test_without_rejected_cells_there_is_no_group():
    assert rejected_groups(rejected_table([])) == ()


def read(rows, source="bills", table="revenue"):
    return SourceRead(source, table, rows, 0, rows, {}, [], None, None)


def test_the_line_names_file_column_cell_and_remedy():
    said = nothing_read(rejected_table([cell(2), cell(3)]), [read(2)], "revenue")
    for words in ("none of 2 rows", "b.csv", "'Amount'", "line 2", "'1,5'", FIX):
        assert words in said


def test_an_empty_or_missing_source_is_named_as_such():
    none = rejected_table([])
    assert "data.sources.bills gave no row" in nothing_read(none, [read(0)], "revenue")
    assert "no source fills it" in nothing_read(none, [], "revenue")
