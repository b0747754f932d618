import datetime as dt
import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from icpfit.data.joining.accounts import account_rows
from icpfit.data.joining.roll_up import root_of
from icpfit.errors import SourceError

_place = Path(__file__).parents[2] / "economics" / "eight_accounts.py"
_found = importlib.util.spec_from_file_location("eight_accounts", _place)
hand = importlib.util.module_from_spec(_found)
_found.loader.exec_module(hand)


def day(text):
    return dt.date.fromisoformat(text)


def row(account, start="2023-01-01", **more):
    for name in ("opened_on", "churned_on", "contract_end"):
        if name in more:
            more[name] = day(more[name])
    if "acquisition_cost" in more:
        more["acquisition_cost"] = hand.money(more["acquisition_cost"])
    return {"account_id": account, "started_on": day(start), **more}


def churn(account, date, value=1.0):
    return {"account_id": account, "date": day(date), "kind": "churn", "value": value}


def rolled(accounts, loyalty=(), opportunities=(), **more):
    spec = hand.company_spec(**more)
    rows = {"accounts": accounts, "loyalty": list(loyalty), "opportunities": list(opportunities)}
    return account_rows(hand.typed_tables(spec, rows), spec)


def test_accounts_are_in_plain_string_order_with_typed_facts():
    rows = rolled(
        [
            row("b"),
            row("a10", **{"attr:employees": 5.0}),
            row("a9", **{"attr:has_shop": False}),
            row("B"),
        ]
    )
    assert list(rows.frame.index) == ["B", "a10", "a9", "b"]
    assert rows.frame["attr:employees"].dtype == "float64"
    assert rows.frame.loc["a9", "attr:has_shop"] == 0.0
    assert np.isnan(rows.frame.loc["b", "attr:has_shop"])
    assert rows.frame.loc["b", "attr:industry"] is None
    assert rows.frame["started_on"].dtype == "datetime64[s]"
    assert rows.parent_of == {}


def test_identical_rows_are_dropped_and_counted():
    rows = rolled([row("a", name="A"), row("b"), row("a", name="A"), row("a", name="A")])
    assert list(rows.frame.index) == ["a", "b"]
    assert rows.set_aside == {"identical to another row": 2}


def test_rows_that_differ_are_refused_with_file_lines_and_column():
    with pytest.raises(SourceError) as refused:
        rolled(
            [
                row("a", **{"attr:industry": "Retail"}),
                row("b"),
                row("a", **{"attr:industry": "Agency"}),
            ]
        )
    assert str(refused.value) == (
        "accounts.csv: account_id 'a' stands in lines 2 and 4 with different industry (Retail and Agency);"
        " keep one of them"
    )


def test_a_chain_of_subsidiaries_rolls_up_to_its_root():
    accounts = [
        row(
            "leaf",
            "2023-06-01",
            parent_id="branch",
            **{"attr:industry": "Leaf"},
            acquisition_cost=5,
        ),
        row("branch", "2023-03-01", parent_id="root", opened_on="2023-02-01", acquisition_cost=7),
        row("root", "2023-05-01", opened_on="2023-04-20", name="Root", **{"attr:industry": "Root"}),
        row("other", "2023-01-01"),
    ]
    rows = rolled(accounts)
    assert rows.parent_of == {"branch": "root", "leaf": "root"}
    assert list(rows.frame.index) == ["other", "root"]
    root = rows.frame.loc["root"]
    # The relationship began with the branch; facts are the parent's own.
    assert (root["started_on"], root["opened_on"]) == (
        pd.Timestamp("2023-03-01"),
        pd.Timestamp("2023-02-01"),
    )
    assert (root["name"], root["attr:industry"]) == ("Root", "Root")
    assert (root["members"], root["acquisition_cost"]) == (3, 12.0)
    assert np.isnan(rows.frame.loc["other", "acquisition_cost"])


def test_a_parent_without_a_row_takes_the_facts_of_its_first_account():
    accounts = [
        row("z", "2023-02-01", parent_id="group", **{"attr:industry": "Z"}),
        row("m", "2023-02-01", parent_id="group", **{"attr:industry": "M"}),
        row("a", "2023-03-01", parent_id="group", **{"attr:industry": "A"}),
    ]
    frame = rolled(accounts).frame
    assert list(frame.index) == ["group"]
    assert frame.loc["group", "attr:industry"] == "M"


def test_an_account_that_names_itself_has_no_parent():
    assert rolled([row("a", parent_id="a")]).parent_of == {}


def test_parents_in_a_circle_are_refused():
    with pytest.raises(SourceError, match=r"parent_id runs in a circle \(a -> b -> c -> a\)"):
        rolled(
            [
                row("x", parent_id="a"),
                row("a", parent_id="b"),
                row("b", parent_id="c"),
                row("c", parent_id="a"),
            ]
        )


def test_case_of_a_parent_matters_unless_it_is_ignored():
    accounts = [row("Root"), row("leaf", parent_id="ROOT")]
    assert rolled(accounts).parent_of == {"leaf": "ROOT"}
    assert rolled(accounts, keys={"ignore_case": True}).parent_of == {"leaf": "Root"}


def test_ids_that_differ_only_in_case_are_refused_when_case_is_ignored():
    accounts = [row("0015a"), row("0015A")]
    assert len(rolled(accounts).frame) == 2
    with pytest.raises(SourceError, match="'0015A' and '0015a' are the same when case is ignored"):
        rolled(accounts, keys={"ignore_case": True})


def test_a_long_chain_is_no_recursion():
    parents = {f"n{i}": f"n{i + 1}" for i in range(5_000)}
    assert set(root_of(list(parents), parents).values()) == {"n5000"}


@pytest.mark.parametrize(
    ("churned_on", "events", "lost_on"),
    [
        ("2023-08-01", [], "2023-08-01"),
        ("2023-08-01", ["2023-06-01"], "2023-06-01"),
        ("2023-08-01", ["2023-09-01"], "2023-08-01"),
        (None, ["2023-09-01", "2023-07-01"], "2023-07-01"),
        (None, ["2022-12-31"], None),  # before the start: an earlier relationship
        (None, ["2025-07-01"], None),  # after as_of
        (None, [], None),
    ],
)
def test_lost_at_the_earlier_of_churned_on_and_a_churn_event(churned_on, events, lost_on):
    given = {} if churned_on is None else {"churned_on": churned_on}
    frame = rolled([row("a", **given), row("b")], [churn("a", one) for one in events]).frame
    expected = pd.NaT if lost_on is None else pd.Timestamp(lost_on)
    assert frame.loc["a", "lost_on"] is expected or frame.loc["a", "lost_on"] == expected
    assert frame["lost_on"].isna()["b"]


def test_a_churn_event_of_value_zero_is_none():
    assert rolled([row("a")], [churn("a", "2023-05-01", 0.0)]).frame["lost_on"].isna().all()


def test_a_group_is_lost_with_its_last_member():
    accounts = [
        row("a", churned_on="2023-05-01", parent_id="g"),
        row("b", "2023-02-01", parent_id="g"),
    ]
    assert rolled(accounts).frame["lost_on"].isna().all()
    left = rolled(accounts, [churn("b", "2023-07-01")])
    assert left.frame.loc["g", "lost_on"] == pd.Timestamp("2023-07-01")


def test_a_member_that_started_after_the_horizon_saves_nobody():
    accounts = [
        row("a", churned_on="2023-05-01", parent_id="g", acquisition_cost=10),
        row("b", "2024-02-01", parent_id="g", acquisition_cost=99),
    ]
    group = rolled(accounts).frame.loc["g"]
    assert group["lost_on"] == pd.Timestamp("2023-05-01")
    assert group["acquisition_cost"] == 10.0


def test_decided_on_is_opened_on_or_a_median_cycle_before_the_start():
    accounts = [
        row("a", "2023-03-01", opened_on="2023-02-19"),  # 10 days
        row("b", "2023-03-01", opened_on="2023-01-28"),  # 32 days
        row("c", "2023-03-01", opened_on="2023-02-09"),  # 20 days: the median
        row("d", "2023-03-01"),
        row("e", "2023-03-01", opened_on="2023-03-05"),  # after the start: the start counts
    ]
    rows = rolled(accounts)
    assert rows.frame["decided_on"].dt.strftime("%m-%d").tolist() == [
        "02-19",
        "01-28",
        "02-09",
        "02-09",
        "03-01",
    ]
    assert any(
        "1 accounts without opened_on: decided 20 days before the start" in note
        for note in rows.notes
    )


def test_without_opened_on_deals_won_tell_the_sales_cycle_and_else_90_days():
    deals = [
        {
            "account_id": "x",
            "opened_on": day("2023-01-01"),
            "closed_on": day("2023-01-31"),
            "won": True,
        },
        {
            "account_id": "y",
            "opened_on": day("2023-01-01"),
            "closed_on": day("2023-01-02"),
            "won": False,
        },
    ]
    assert rolled([row("a", "2023-03-31")], opportunities=deals).frame.loc[
        "a", "decided_on"
    ] == pd.Timestamp("2023-03-01")
    assert rolled([row("a", "2023-03-31")]).frame.loc["a", "decided_on"] == pd.Timestamp(
        "2022-12-31"
    )


def test_no_account_at_all_is_refused():
    with pytest.raises(SourceError, match="accounts: no row could be read"):
        rolled([])
