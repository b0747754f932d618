"""Facts as of the decision, by hand."""

from __future__ import annotations

import datetime as dt
import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd

from icpfit.data.joining.accounts import account_rows

_place = Path(__file__).parents[2] / "economics" / "eight_accounts.py"
_found = importlib.util.spec_from_file_location("eight_accounts", _place)
hand = importlib.util.module_from_spec(_found)
_found.loader.exec_module(hand)


def account(name, opened, employees=None, **more):
    return {
        "account_id": name,
        "started_on": dt.date(2024, 1, 1),
        "opened_on": dt.date.fromisoformat(opened),
        "attr:employees": employees,
        **more,
    }


def change(name, attribute, day, value):
    return {
        "account_id": name,
        "attribute": attribute,
        "valid_from": dt.date.fromisoformat(day),
        "value": value,
    }


def rows(accounts, history, **more):
    spec = hand.company_spec(sources=("accounts", "attribute_history"), **more)
    return account_rows(
        hand.typed_tables(spec, {"accounts": accounts, "attribute_history": history}), spec
    )


def test_the_last_record_on_or_before_the_decision_counts():
    found = rows(
        [account(name, "2023-06-15", 900.0) for name in ("a", "b", "c", "d", "e")],
        [
            # a: 10, then 20 on the day of the decision, then 500 after it
            change("a", "employees", "2023-09-01", "500"),
            change("a", "employees", "2023-01-01", "10"),
            change("a", "employees", "2023-06-15", "20"),
            # b: only later, so that what held then isn't known; c: removed before; d: no record
            change("b", "employees", "2023-06-16", "30"),
            change("c", "employees", "2023-01-01", "40"),
            change("c", "employees", "2023-02-01", None),
            # e: two of one day, the last line counts
            change("e", "employees", "2023-03-01", "7"),
            change("e", "employees", "2023-03-01", "8"),
            # another account's record is nobody's here
            change("x", "employees", "2023-01-01", "1"),
        ],
    )
    employees = found.frame["attr:employees"]
    np.testing.assert_array_equal(employees, [20.0, np.nan, np.nan, 900.0, 8.0])
    assert employees.dtype == "float64"
    assert list(found.dated) == ["employees"]
    told = found.dated["employees"]
    assert (told.accounts, told.dated, told.later_only) == (5, 3, 1)
    assert found.notes[-1] == (
        "employees: as of the decision, from attribute_history, for 3 of 5 accounts; missing for 1"
        " whose first record is later"
    )


def test_kinds_columns_and_what_cannot_be_read():
    found = rows(
        [account("a", "2023-06-15", **{"attr:industry": "Food", "attr:has_shop": True})],
        [
            change("a", "Branch", "2023-01-01", "Retail"),
            change("a", "has_shop", "2023-01-01", "no"),
            change("a", "employees", "2023-01-01", "about ten"),
            change("a", "colour", "2023-01-01", "blue"),
        ],
        attributes={
            "industry": {"kind": "category", "known": "before_sale", "column": "Branch"},
            "employees": {"kind": "number", "known": "before_sale"},
            "has_shop": {"kind": "flag", "known": "before_sale"},
            "founded": {"kind": "date", "known": "before_sale"},
        },
    )
    frame = found.frame
    assert frame.loc["a", "attr:industry"] == "Retail"
    assert frame.loc["a", "attr:has_shop"] == 0.0
    assert np.isnan(frame.loc["a", "attr:employees"])
    assert any("1 values of employees can't be read" in note for note in found.notes)
    assert any("1 records of attributes that aren't declared ('colour')" in n for n in found.notes)


def test_dates_stay_dates_and_a_later_one_is_missing():
    attributes = {"founded": {"kind": "date", "known": "before_sale"}}
    days = {"attr:founded": dt.date(2001, 1, 1)}
    accounts = [account(name, "2023-06-15", **days) for name in ("a", "b")]
    for one in accounts:
        del one["attr:employees"]
    found = rows(
        accounts,
        [
            change("a", "founded", "2023-01-01", "1999-05-04"),
            change("b", "founded", "2024-01-01", "1999-05-04"),
        ],
        attributes=attributes,
    )
    assert found.frame["attr:founded"].dtype == "datetime64[s]"
    assert found.frame.loc["a", "attr:founded"] == pd.Timestamp("1999-05-04")
    assert pd.isna(found.frame.loc["b", "attr:founded"])


def test_the_history_of_the_member_whose_facts_are_taken():
    # p has no row of its own: the facts are those of m1, which started first.
    accounts = [
        account("m1", "2023-06-15", 5.0, parent_id="p"),
        account("m2", "2023-06-15", 6.0, parent_id="p"),
    ]
    accounts[1]["started_on"] = dt.date(2024, 3, 1)
    history = [
        change("m2", "employees", "2023-01-01", "66"),
        change("m1", "employees", "2023-01-01", "55"),
    ]
    found = rows(accounts, history)
    assert found.frame["attr:employees"].to_dict() == {"p": 55.0}
    assert "facts_of" not in found.frame


def test_case_is_ignored_where_it_is_elsewhere():
    accounts = [account("Ab", "2023-06-15", 5.0)]
    history = [change("aB", "employees", "2023-01-01", "55")]
    assert rows(accounts, history).frame["attr:employees"].tolist() == [5.0]
    found = rows(accounts, history, keys={"ignore_case": True})
    assert found.frame["attr:employees"].tolist() == [55.0]


def test_without_a_history_nothing_is_dated():
    found = rows([account("a", "2023-06-15", 5.0)], [])
    assert (found.dated, found.frame["attr:employees"].tolist()) == ({}, [5.0])
