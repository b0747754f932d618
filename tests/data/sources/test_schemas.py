"""pandera holds the typed tables to their contract."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from icpfit.data.contract import CONTRACT
from icpfit.data.sources.schemas import check_typed_table
from icpfit.data.sources.source_columns import typed_schema
from icpfit.errors import SourceError

ROW = {
    "account_id": "1",
    "date": dt.date(2026, 1, 1),
    "kind": "nps",
    "value": 9.0,
    "_source": "s",
    "_file": "f",
    "_line": 2,
}


def loyalty(**changes):
    schema = typed_schema("loyalty", {})
    return pa.table({name: [{**ROW, **changes}.get(name)] for name in schema.names}, schema=schema)


@pytest.mark.parametrize("table", sorted(CONTRACT))
def test_an_empty_table_keeps_its_contract(table):
    check_typed_table(table, typed_schema(table, {}).empty_table(), {})


def test_a_row_that_keeps_it():
    check_typed_table("loyalty", loyalty(), {})


@pytest.mark.parametrize(
    "broken",
    [
        loyalty(account_id=None),
        loyalty(account_id=""),
        loyalty(kind="NPS"),
        loyalty().drop_columns(["topic"]),
        loyalty().append_column("more", pa.array(["x"])),
        loyalty().set_column(3, "value", pa.array(["nine"])),
    ],
)
def test_a_breach_is_one_line(broken):
    with pytest.raises(SourceError, match="table loyalty: breaks its contract") as caught:
        check_typed_table("loyalty", broken, {})
    assert "\n" not in str(caught.value)
