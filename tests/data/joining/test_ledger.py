import datetime as dt
import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from icpfit.data.joining.accounts import account_rows
from icpfit.data.joining.join import account_months, join_keys
from icpfit.data.joining.ledger import CLASSES, check_ledger, join_ledger, ledger_lines
from icpfit.data.joining.mismatch import likely_cause
from icpfit.data.joining.reconciliation import PoolUse, amount_text, reconciliation
from icpfit.data.table_spec import Controls, JoinLimits, Pool
from icpfit.errors import JoinError

_place = Path(__file__).parents[2] / "economics" / "eight_accounts.py"
_found = importlib.util.spec_from_file_location("eight_accounts", _place)
hand = importlib.util.module_from_spec(_found)
_found.loader.exec_module(hand)

LIMITS = JoinLimits()


def ledger_of(account_ids, rows, *, table="revenue", money=("amount",), rejected=0, set_aside=None):
    """Ledger of a table whose rows are (account_id, amount), all in the first month."""
    spec = hand.company_spec()
    start = dt.date(2023, 1, 1)
    accounts = [{"account_id": one, "started_on": start} for one in account_ids]
    listed = [
        {"account_id": one, "date": start, "amount": amount, "kind": "nps", "value": 1.0}
        for one, amount in rows
    ]
    if not money:
        listed = [
            {name: row[name] for name in ("account_id", "date", "kind", "value")} for row in listed
        ]
    tables = hand.typed_tables(spec, {"accounts": accounts, table: listed}, rejected=rejected)
    return account_months(
        tables.typed[table], join_keys(account_rows(tables, spec)), spec,
        table=table, money=list(money), reads=tables.reads, set_aside=set_aside,
    ).ledger  # fmt: skip


def check(*ledgers, limits=LIMITS, lines=()):
    check_ledger(join_ledger(ledgers, limits, lines), limits)


def test_rows_read_are_rejected_set_aside_or_accepted():
    ledger = ledger_of(
        ["a"], [("a", 10), ("b", 20)], rejected=3, set_aside={"value out of range": 2}
    )
    # Set aside after reading: the reader had accepted them, so they are among those it read.
    ledger = replace(ledger, read=ledger.read + 2)
    assert (ledger.rejected, ledger.set_aside) == (3, {"value out of range": 2})
    assert ledger.read == ledger.rejected + sum(ledger.set_aside.values()) + ledger.accepted
    assert ledger.accepted == sum(getattr(ledger, name) for name in CLASSES)
    assert ledger.money["amount"]["read"] == sum(ledger.money["amount"][name] for name in CLASSES)


@pytest.mark.parametrize(
    ("accounts", "ids", "cause", "remedy"),
    [
        (
            ["A-1", "A-2"],
            ["a-1", "a-2"],
            "they differ in case only",
            "set data.keys.ignore_case: true",
        ),
        (["0012", "0350"], ["12", "350"], "one side has lost its leading zeros", "as text"),
        (
            ["0015g00000AbCdE"],
            ["0015g00000AbCdEAAX"],
            "Salesforce ids of 15 characters",
            "the same kind",
        ),
        (["1001", "1002"], ["1001.0", "1002.0"], "exported as a number with '.0'", "as text"),
        (["DE-77.1"], ["de 771"], "they differ in punctuation or spaces", "the same form"),
        (
            ["a", "b"],
            ["north", "south"],
            "no id of it looks like one of the accounts",
            "map account_id",
        ),
    ],
)
def test_no_match_at_all_stops_with_the_likely_cause(accounts, ids, cause, remedy):
    with pytest.raises(JoinError) as stopped:
        check(ledger_of(accounts, [(one, 10) for one in ids]))
    text = str(stopped.value)
    assert text.startswith(
        f"revenue: none of {len(ids)} rows finds an account; its ids: '{min(ids)}'"
    )
    assert f"ids of accounts: '{min(accounts)}'" in text
    assert cause in text
    assert remedy in text
    assert "\n" not in text


def test_a_salesforce_id_is_not_mistaken_for_another_of_the_same_length():
    assert likely_cause(["0015g00000ABCDE"], ["0015g00000abcdX"]).explained == 0


def test_more_money_lost_than_the_limit_stops_and_names_the_key():
    ledger = ledger_of(["a"], [("a", 940_000), ("x", 60_000)])
    with pytest.raises(JoinError) as stopped:
        check(ledger)
    text = str(stopped.value)
    assert text.startswith(
        "revenue: 6.0 % of amount (1 of 2 rows) finds no account, more than 5.0 %; its ids: 'x'"
    )
    assert text.endswith("or raise data.join.max_lost_share")
    check(ledger, limits=JoinLimits(max_lost_share=0.06))


def test_credits_do_not_hide_what_is_lost():
    # 60 in and 60 out are lost: a plain sum would say nothing.
    ledger = ledger_of(["a"], [("a", 1000), ("x", 60), ("x", -60)])
    assert ledger.money["amount"]["unmatched"] == 0.0
    assert ledger.lost_share["amount"] == pytest.approx(120 / 1120)
    with pytest.raises(JoinError, match=r"10\.7 % of amount"):
        check(ledger)


def test_a_table_without_money_counts_its_rows():
    few = ledger_of(["a"], [("a", 0)] * 99 + [("x", 0)], table="loyalty", money=())
    check(few)
    many = ledger_of(["a"], [("a", 0)] * 9 + [("x", 0)], table="loyalty", money=())
    with pytest.raises(JoinError, match=r"loyalty: 10\.0 % of rows"):
        check(many)


def test_at_most_three_ids_are_shown():
    ledger = ledger_of(["a"], [(f"x{i}", 10) for i in range(9)] + [("a", 10)])
    assert ledger.unmatched_examples == ["x0", "x1", "x2"]


def test_rows_before_the_start_are_warned_about():
    ledger = replace(ledger_of(["a"], [("a", 10)] * 10), before_start=4, in_window=6)
    joined = join_ledger([ledger], LIMITS)
    assert joined.warnings[0].startswith(
        "revenue: 40.0 % of the rows lie before their account's started_on"
    )
    assert join_ledger([replace(ledger, before_start=0, in_window=10)], LIMITS).warnings == ()


def test_revenue_against_the_books():
    lines = reconciliation(
        Controls(revenue_total=41_743_000, tolerance=0.02), 41_200_000, {}, "EUR"
    )
    assert [(line.text, line.status) for line in lines] == [
        ("revenue 41.2 M EUR = 98.7 % of the ledger", "ok")
    ]
    off = reconciliation(Controls(revenue_total=41_743_000), 41_200_000, {}, "EUR")
    with pytest.raises(
        JoinError,
        match=r"revenue 41\.2 M EUR = 98\.7 % of the ledger \(41\.7 M EUR\), off by more than 1\.0 %",
    ):
        check(lines=off)


@pytest.mark.parametrize(
    ("cost", "status", "says"),
    [
        (81, "ok", "support cost allocated 81 %"),
        (60, "ok", "support cost allocated 60 %"),
        (59, "warning", "idle capacity, or a driver of its cost is missing"),
        (100, "ok", "support cost allocated 100 %"),
        (101, "error", "lower the rates, or correct data.controls.pools.support"),
    ],
)
def test_a_pool_is_allocated_to_between_60_and_100_percent(cost, status, says):
    controls = Controls(pools={"support": Pool(cost=100.0)})
    (line,) = reconciliation(controls, 0.0, {"support": PoolUse(float(cost), {})}, "EUR")
    assert line.status == status
    assert says in line.text


def test_capacity_counts_the_unit_of_the_pool_and_unknown_pools_are_named():
    controls = Controls(
        pools={"support": Pool(cost=100.0, capacity=6_600, unit="minute"), "field": Pool(cost=10.0)}
    )
    use = {"support": PoolUse(80.0, {"minute": 4_884.0, "event": 9.0})}
    field, cost, capacity = reconciliation(controls, 0.0, use, "EUR")
    assert "no cost is served_by 'field' (known: support)" in field.text
    assert cost.share == 0.8
    assert (capacity.text, capacity.status) == (
        "support capacity used 74 % (4,884 of 6,600 minute)",
        "ok",
    )
    joined = join_ledger([], LIMITS, [field, cost, capacity])
    assert joined.warnings == (field.text,)


def test_lines_for_printing_hold_rows_and_money():
    ledger = ledger_of(["a", "b"], [("a", 940_000), ("x", 10_000)], rejected=1)
    rows, money = ledger_lines(join_ledger([ledger], LIMITS))
    assert (rows["table"], rows["column"], rows["read"], rows["rejected"], rows["in_window"]) == (
        "revenue",
        "",
        3,
        1,
        1,
    )
    assert (money["column"], money["read"], money["unmatched"], money["rejected"]) == (
        "amount",
        95.0,
        1.0,
        None,
    )
    assert (rows["accounts_with_rows"], rows["accounts_without_rows"]) == (1, 1)


def test_amounts_are_short():
    assert [amount_text(one, "EUR") for one in (0, -999.5, 1_999, 2.5e9)] == [
        "0.00 EUR", "-999.50 EUR", "1,999 EUR", "2.5 bn EUR",
    ]  # fmt: skip
