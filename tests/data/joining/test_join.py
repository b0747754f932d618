import calendar
import contextlib
import datetime as dt
import importlib.util
from collections import defaultdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from icpfit.data.joining.accounts import account_rows
from icpfit.data.joining.join import account_months, join_keys
from icpfit.data.joining.join_engine import DuckDBEngine, one_row_per_group
from icpfit.data.joining.ledger import CLASSES
from icpfit.errors import JoinError

_place = Path(__file__).parents[2] / "economics" / "eight_accounts.py"
_found = importlib.util.spec_from_file_location("eight_accounts", _place)
hand = importlib.util.module_from_spec(_found)
_found.loader.exec_module(hand)


def day(text):
    return dt.date.fromisoformat(text)


def invoice(account, date, amount, **more):
    return {"account_id": account, "date": day(date), "amount": amount, **more}


def months(accounts, revenue, by=(), threads=None, spec=None, **more):
    """Join revenue to accounts given as {id: start} or as rows."""
    spec = spec or hand.company_spec(**more)
    if isinstance(accounts, dict):
        accounts = [
            {"account_id": name, "started_on": day(start)} for name, start in accounts.items()
        ]
    tables = hand.typed_tables(spec, {"accounts": accounts, "revenue": revenue})
    return account_months(
        tables.typed["revenue"], join_keys(account_rows(tables, spec)), spec,
        table="revenue", money=["amount", "direct_cost"], by=by, reads=tables.reads, threads=threads,
    )  # fmt: skip


def listed(joined, *columns):
    return [tuple(row) for row in joined.rows[list(columns)].itertuples(index=False)]


def test_every_row_falls_in_the_class_and_month_of_its_date():
    revenue = [
        invoice("a", "2023-01-30", 1),  # the day before the start
        invoice("a", "2023-01-31", 2),  # the start
        invoice("a", "2023-02-27", 4),
        invoice("a", "2023-02-28", 8),  # month 1 begins on the last day of a short month
        invoice("a", "2023-03-30", 16),
        invoice("a", "2023-03-31", 32),
        invoice("a", "2024-01-30", 64),  # the last day of the horizon
        invoice("a", "2024-01-31", 128),  # the first day after it
        invoice("a", "2025-07-01", 256),  # after as_of
        invoice("nobody", "2023-02-01", 512),
    ]
    joined = months({"a": "2023-01-31", "b": "2023-01-01"}, revenue)
    assert listed(joined, "account_id", "month", "amount", "rows") == [
        ("a", 0, 6, 2), ("a", 1, 24, 2), ("a", 2, 32, 1), ("a", 11, 64, 1),
    ]  # fmt: skip
    ledger = joined.ledger
    assert [getattr(ledger, name) for name in CLASSES] == [1, 1, 1, 1, 6]
    assert ledger.money["amount"] == {
        "read": 0.1023, "unmatched": 0.0512, "after_as_of": 0.0256, "before_start": 0.0001,
        "after_horizon": 0.0128, "in_window": 0.0126,
    }  # fmt: skip
    assert (ledger.accounts_with_rows, ledger.accounts_without_rows) == (1, 1)
    assert (ledger.read, ledger.accepted, ledger.matched) == (10, 10, 9)


def test_a_young_account_has_its_rows_in_the_window_too():
    joined = months(
        {"a": "2025-06-01"}, [invoice("a", "2025-06-30", 5), invoice("a", "2025-07-01", 7)]
    )
    assert (joined.ledger.in_window, joined.ledger.after_as_of) == (1, 1)


def test_rows_of_subsidiaries_count_for_the_root():
    accounts = [
        {"account_id": "root", "started_on": day("2023-02-01")},
        {"account_id": "leaf", "started_on": day("2023-03-01"), "parent_id": "branch"},
        {"account_id": "branch", "started_on": day("2023-03-01"), "parent_id": "root"},
    ]
    revenue = [invoice(name, "2023-03-15", 10) for name in ("root", "leaf", "branch")]
    assert listed(months(accounts, revenue), "account_id", "month", "amount") == [("root", 1, 30)]
    # A parent that has no row of its own still gets what is booked on it.
    headless = [row for row in accounts if row["account_id"] != "root"]
    assert listed(months(headless, revenue), "account_id", "month", "amount") == [("root", 0, 30)]


def test_a_missing_amount_adds_nothing():
    revenue = [invoice("a", "2023-01-02", 70), invoice("a", "2023-01-03", 30, direct_cost=4)]
    assert listed(months({"a": "2023-01-01"}, revenue), "amount", "direct_cost") == [(100, 4)]
    assert listed(months({"a": "2023-01-01"}, revenue[:1]), "amount", "direct_cost") == [(70, 0)]


def test_sums_are_exact_beyond_what_a_float_can_hold():
    huge = 2**53
    revenue = [
        invoice("a", "2023-01-02", huge),
        invoice("a", "2023-01-03", 1),
        invoice("a", "2023-01-04", 1),
    ]
    assert listed(months({"a": "2023-01-01"}, revenue), "amount") == [(huge + 2,)]


def test_a_sum_beyond_64_bits_stops():
    revenue = [invoice("a", "2023-01-02", 2**62), invoice("a", "2023-01-03", 2**62)]
    with pytest.raises(
        JoinError, match=r"^revenue: amount or direct_cost adds up to more than 922,"
    ):
        months({"a": "2023-01-01"}, revenue)


class InPieces:
    """An engine as somebody else might hand it down: it takes a ledger row by row."""

    where = " elsewhere"

    @contextlib.contextmanager
    def opened(self, ledger, keys):
        def answer(query, groups):
            pieces = []
            for row in range(max(1, ledger.num_rows)):
                with DuckDBEngine(1).opened(ledger.slice(row, 1), keys) as one:
                    pieces.append(one(query, groups))
            return one_row_per_group(pieces, groups)

        yield answer


def test_another_engine_may_run_it_in_pieces():
    revenue = [
        invoice("A", "2023-01-02", 10, currency="USD", kind="x"),
        invoice("a", "2023-01-02", None, kind="x"),
        invoice("a", "2023-01-02", -3, direct_cost=2),
        invoice("a", "2025-08-02", 5, kind="y"),
        invoice("ΑΣ", "2023-03-02", 5, kind="y"),
        invoice("b", "2023-03-02", 5, kind="y"),
        invoice(None, "2023-03-02", 7, kind="y"),
    ]
    spec = hand.company_spec(currencies={"USD": 0.5}, keys={"ignore_case": True})
    accounts = [{"account_id": name, "started_on": day("2023-01-01")} for name in ("a", "ας", "ασ")]
    tables = hand.typed_tables(spec, {"accounts": accounts, "revenue": revenue})
    told = {"table": "revenue", "money": ["amount", "direct_cost"], "by": ["kind"]}
    keys = join_keys(account_rows(tables, spec))
    for ledger in (tables.typed["revenue"], tables.typed["revenue"].slice(0, 0)):
        one = account_months(ledger, keys, spec, **told)
        other = account_months(ledger, keys, spec, **told, engine=InPieces())
        assert other.rows.equals(one.rows)
        assert other.totals.equals(one.totals)
        assert other.ledger == one.ledger
    assert account_months(tables.typed["revenue"], keys, spec, **told).ledger.unmatched == 2


def test_a_currency_without_a_rate_stops_and_names_the_key():
    revenue = [
        invoice("a", "2023-01-02", 10),
        invoice("a", "2023-01-02", 10, currency="USD"),
        invoice("a", "2023-01-02", 10, currency="USD"),
        invoice("a", "2023-01-02", 10, currency="CHF"),
        invoice("a", "2023-01-02", 10, currency="EUR"),
    ]
    with pytest.raises(JoinError) as stopped:
        months({"a": "2023-01-01"}, revenue, currencies={"CHF": 0.95})
    assert str(stopped.value) == (
        "revenue: amounts in USD (2 rows) beside EUR, and no rate for them;"
        " add data.currencies: {USD: <EUR per USD>}"
    )
    joined = months({"a": "2023-01-01"}, revenue, currencies={"CHF": 0.5, "USD": 0.25}, by=["kind"])
    # 10 + 10 (EUR) + 20 x .25 (USD) + 10 x .5 (CHF); converted after they were summed.
    assert listed(joined, "amount", "rows") == [(30, 5)]
    assert joined.ledger.money["amount"]["read"] == 0.003
    assert months({"a": "2023-01-01"}, [revenue[4]]).rows["amount"].tolist() == [10]


def test_ignoring_case_is_noted_and_done_when_asked_for():
    revenue = [
        invoice("ACME", "2023-01-02", 1_203_500),
        invoice("acme", "2023-01-02", 100_000),
        invoice("b", "2023-01-02", 1),
    ]
    accounts = {"acme": "2023-01-01"}
    exact = months(accounts, revenue).ledger
    assert exact.unmatched == 2
    assert exact.notes == [
        "1 rows, amount 120.35 would find an account if case were ignored; data.keys.ignore_case: true does that"
    ]
    folded = months(accounts, revenue, keys={"ignore_case": True})
    assert folded.ledger.unmatched == 1
    assert folded.ledger.notes == []
    assert listed(folded, "account_id", "amount") == [("acme", 1_303_500)]


def test_letters_that_engines_fold_differently_join_once():
    # Python writes the capital of the dotted i as two letters, Arrow as one: two accounts would share a row.
    joined = months(
        {"İST-1": "2023-01-01", "IST-1": "2023-01-01", "ΑΣ": "2023-01-01"},
        [
            invoice("IST-1", "2023-01-02", 100),
            invoice("ασ", "2023-01-02", 7),
            invoice("ας", "2023-01-02", 9),
        ],
        keys={"ignore_case": True},
    )
    assert joined.ledger.read == joined.ledger.matched + joined.ledger.unmatched == 3
    assert listed(joined, "account_id", "amount") == [("IST-1", 100), ("ΑΣ", 9)]


def test_a_row_without_account_or_amount_is_counted():
    joined = months(
        {"a": "2023-01-01"}, [invoice(None, "2023-01-02", 5), invoice("a", "2023-01-02", 5)]
    )
    assert joined.ledger.unmatched == 1
    assert "1 rows have no account_id" in joined.ledger.notes


def test_a_row_without_a_date_stops():
    with pytest.raises(JoinError, match="revenue: 1 rows have no date"):
        months({"a": "2023-01-01"}, [{"account_id": "a", "amount": 1}])


def test_an_empty_ledger_has_no_months():
    joined = months({"a": "2023-01-01"}, [], by=["kind"])
    assert len(joined.rows) == 0
    assert list(joined.rows) == [
        "position",
        "account_id",
        "month",
        "kind",
        "amount",
        "direct_cost",
        "rows",
    ]
    assert (joined.ledger.accepted, joined.ledger.money["amount"]["read"]) == (0, 0.0)


def later(start, count):
    month = start.year * 12 + start.month - 1 + count
    year, month = month // 12, month % 12 + 1
    return dt.date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


DATES = st.dates(dt.date(2022, 11, 1), dt.date(2025, 9, 1))
COMPANIES = st.tuples(
    st.dictionaries(
        st.sampled_from("abcdef"), st.dates(dt.date(2023, 1, 1), dt.date(2025, 1, 31)), min_size=1
    ),
    st.lists(
        st.tuples(
            st.sampled_from("abcdefgh"),
            DATES,
            st.integers(-(10**9), 10**9),
            st.sampled_from(["x", "y", None]),
        ),
        max_size=40,
    ),
)


def by_loops(accounts, rows, as_of):
    """The same join as nested loops, with no library at all."""
    sums, classes = defaultdict(int), defaultdict(lambda: [0, 0])
    for account, date, amount, kind in rows:
        start = accounts.get(account)
        if start is None:
            where = "unmatched"
        elif date > as_of:
            where = "after_as_of"
        elif date < start:
            where = "before_start"
        elif date >= later(start, 12):
            where = "after_horizon"
        else:
            where = "in_window"
            month = max(m for m in range(13) if later(start, m) <= date)
            sums[account, month, kind] += amount
        classes[where][0] += 1
        classes[where][1] += amount
    return sums, classes


@hypothesis_settings(max_examples=40, deadline=None)
@given(COMPANIES, st.randoms())
def test_the_join_agrees_with_loops_and_its_classes_add_up(company, random):
    accounts, rows = company
    sums, classes = by_loops(accounts, rows, dt.date(2025, 6, 30))
    shuffled = rows[:]
    random.shuffle(shuffled)
    revenue = [{"account_id": a, "date": d, "amount": m, "kind": k} for a, d, m, k in shuffled]
    joined = months(
        {name: str(start) for name, start in accounts.items()}, revenue, by=["kind"], threads=2
    )
    kinds = joined.rows["kind"].astype(object).where(joined.rows["kind"].notna(), None)
    found = dict(
        zip(
            zip(joined.rows["account_id"], joined.rows["month"], kinds, strict=True),
            joined.rows["amount"],
            strict=True,
        )
    )
    assert found == dict(sums)
    ledger = joined.ledger
    assert sum(getattr(ledger, name) for name in CLASSES) == ledger.accepted == len(rows)
    for name in CLASSES:
        count, amount = classes[name]
        assert getattr(ledger, name) == count
        assert ledger.money["amount"][name] == amount / 10_000
    assert ledger.read == ledger.rejected + sum(ledger.set_aside.values()) + ledger.accepted


@hypothesis_settings(max_examples=20, deadline=None)
@given(COMPANIES)
def test_splitting_every_row_in_two_changes_no_sum(company):
    accounts, rows = company
    starts = {name: str(start) for name, start in accounts.items()}
    whole = [{"account_id": a, "date": d, "amount": m, "kind": k} for a, d, m, k in rows]
    halves = [
        {**row, "amount": part}
        for row in whole
        for part in (row["amount"] // 2, row["amount"] - row["amount"] // 2)
    ]
    one, two = months(starts, whole, by=["kind"]), months(starts, halves, by=["kind"])
    assert one.rows.drop(columns="rows").equals(two.rows.drop(columns="rows"))
    assert one.ledger.money == two.ledger.money


def test_threads_change_nothing():
    rng = np.random.default_rng(3)
    n = 20_000
    spec = hand.company_spec()
    accounts = [
        {"account_id": f"a{i:04d}", "started_on": day("2023-01-01") + dt.timedelta(days=i)}
        for i in range(500)
    ]
    tables = hand.typed_tables(spec, {"accounts": accounts})
    ledger = pa.table(
        {
            "account_id": [f"a{i:04d}" for i in rng.integers(0, 520, n)],
            "date": pa.array(rng.integers(19300, 20300, n).astype("int32")).cast(pa.date32()),
            "amount": rng.integers(-(10**8), 10**8, n),
            "kind": [f"k{i}" for i in rng.integers(0, 5, n)],
        }
    )
    keys = join_keys(account_rows(tables, spec))
    one, two = (
        account_months(
            ledger, keys, spec, table="revenue", money=["amount"], by=["kind"], threads=threads
        )
        for threads in (1, 2)
    )
    assert one.rows.equals(two.rows)
    assert one.totals.equals(two.totals)
    order = one.rows[["position", "month", "kind"]]
    assert order.equals(order.sort_values(["position", "month", "kind"], ignore_index=True))
