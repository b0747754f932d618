"""The file of rejected cells."""

from __future__ import annotations

import csv

import pytest

from icpfit.data.sources.rejects import REJECTED, rejected_table, write_rejects
from icpfit.errors import OutputError


def test_it_is_written_whole_and_harmless(tmp_path):
    path = tmp_path / "new" / "rejects.csv"
    row = (
        "crm",
        "accounts",
        "a.csv",
        7,
        "Size",
        "=cmd|' /C calc'!A0",
        "is not a number",
        "correct it",
    )
    write_rejects(path, rejected_table([row, (*row[:5], "x" * 500, *row[6:])]))
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle))
    assert rows[0] == REJECTED.names
    assert rows[1] == [
        "crm",
        "accounts",
        "a.csv",
        "7",
        "Size",
        "'=cmd|' /C calc'!A0",
        "is not a number",
        "correct it",
    ]
    assert rows[2][5] == "x" * 200 + "…"
    assert [p.name for p in path.parent.iterdir()] == ["rejects.csv"]


def test_without_any_only_the_header_stands_there(tmp_path):
    write_rejects(tmp_path / "r.csv", rejected_table([]))
    assert (tmp_path / "r.csv").read_text(encoding="utf-8-sig") == ",".join(REJECTED.names) + "\n"


def test_a_folder_in_the_way_is_one_line(tmp_path):
    (tmp_path / "r.csv").mkdir()
    (tmp_path / "r.csv" / "x").touch()
    with pytest.raises(OutputError, match=r"r\.csv: can't be written"):
        write_rejects(tmp_path / "r.csv", rejected_table([]))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["r.csv"]
