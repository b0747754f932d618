"""A ledger joined on Spark: the same sums, row by row, as DuckDB's."""

import datetime as dt
import importlib.util
import random
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from icpfit.data.joining.accounts import account_rows
from icpfit.data.joining.join import account_months, join_keys
from icpfit.delivery.cluster.cluster_join import ClusterJoin, cluster_join
from icpfit.delivery.cluster.engine import Engine
from icpfit.errors import JoinError

_place = Path(__file__).parents[1] / "economics" / "eight_accounts.py"
_found = importlib.util.spec_from_file_location("eight_accounts", _place)
hand = importlib.util.module_from_spec(_found)
_found.loader.exec_module(hand)

CASES = 24
# Ids that differ in case, in final sigmas, in marks, in blanks, and in nothing that one can see.
IDS = [
    "acme", "ACME", "Acme ", "0017", "17", "ΑΣ", "ας", "ασ", "İx", "i̇x", "ix", "STRASSE", "straße",
    "STRAẞE", "o'neill \"&\" co", "a\tb\nc", "名前", "🙂", "é", "e\u0301", "\u200bacme", "\\N", "null", "",
]  # fmt: skip
DAYS = [
    dt.date(2023, 1, 31), dt.date(2023, 2, 28), dt.date(2024, 2, 28), dt.date(2024, 2, 29),
    dt.date(2024, 3, 1), dt.date(2023, 12, 31), dt.date(2024, 1, 30), dt.date(2025, 6, 30),
    dt.date(2025, 7, 1), dt.date(2024, 3, 31), dt.date(2024, 10, 27), dt.date(1969, 12, 31),
]  # fmt: skip


@pytest.fixture(scope="module")
def on_spark(tmp_path_factory):
    root = tmp_path_factory.mktemp("root")
    few = {"spark.sql.shuffle.partitions": 3}
    with cluster_join(Engine("spark", "local[2]", conf=few), root) as joins:
        yield joins


def _day(random, known=DAYS):
    if random.random() < 0.6:
        return random.choice(known)
    return dt.date(2023, 1, 1) + dt.timedelta(days=random.randrange(1000))


def _company(random):
    """A few accounts, one of them below another, and a ledger that mostly fits them."""
    ids = random.sample([one for one in IDS if one.strip()], random.randrange(1, 9))
    folded = {}
    for one in ids:
        folded.setdefault(one.strip().lower(), one)
    ids = [*folded.values()]
    accounts = [
        {"account_id": one, "started_on": _day(random, DAYS[:7]), **_parent(random, ids, place)}
        for place, one in enumerate(ids)
    ]
    strange = random.random() * 0.5
    rows = [
        {
            "account_id": random.choice([*IDS, None] if random.random() < strange else ids),
            "date": _day(random),
            "amount": random.choice([None, 0, random.randrange(-(10**9), 10**15)]),
            "direct_cost": random.choice([None, None, random.randrange(10**6)]),
            "kind": random.choice(["x", "y", "X", "", None]),
            "currency": random.choice(["EUR", "USD", None]),
        }
        for _ in range(random.choice([0, 1, 7, 60, 300]))
    ]
    if random.random() < 0.3:
        rows = [{**row, "amount": None} for row in rows]  # groups without any amount
    return accounts, rows


def _parent(random, ids, place):
    return {"parent_id": random.choice(ids[:place])} if place and random.random() < 0.3 else {}


def test_the_join_is_that_of_one_machine(on_spark):
    differing = set()
    for seed in range(CASES):
        chance = random.Random(seed)
        accounts, rows = _company(chance)
        spec = hand.company_spec(
            currencies={"USD": 0.9173}, keys={"ignore_case": chance.random() < 0.5}
        )
        tables = hand.typed_tables(spec, {"accounts": accounts, "revenue": rows})
        ledger = tables.typed["revenue"]
        if chance.random() < 0.5:
            ledger = ledger.drop_columns("currency")
        if chance.random() < 0.5:
            place = ledger.column_names.index("kind")
            ledger = ledger.set_column(place, "kind", ledger["kind"].dictionary_encode())
        told = {
            "table": "revenue",
            "money": ["amount", "direct_cost"],
            "by": chance.choice([["kind"], []]),
            "reads": tables.reads,
        }
        keys = join_keys(account_rows(tables, spec))
        # Whole, or in three pieces.
        piece = chance.choice([on_spark.piece, ledger.nbytes // 3 + 1])
        engine = ClusterJoin(on_spark.cluster, piece)
        one = account_months(ledger, keys, spec, **told)
        spark = account_months(ledger, keys, spec, **told, engine=engine)
        pd.testing.assert_frame_equal(spark.rows, one.rows, check_exact=True, obj=f"rows, {seed}")
        pd.testing.assert_frame_equal(spark.totals, one.totals, check_exact=True)
        assert spark.ledger == one.ledger
        differing |= {name for name in ("unmatched", "in_window", "after_as_of", "before_start")
                      if getattr(one.ledger, name)}  # fmt: skip
        differing |= {f"ignoring case {spec.keys.ignore_case}", f"{ledger.num_rows} rows"}
    # The cases are what they were made for.
    assert len(differing) == 4 + 2 + 5


def test_ledgers_beyond_what_spark_keeps_in_one_place(on_spark):
    """Enough rows that Spark shuffles both sides, and enough bytes for several pieces."""
    chance = random.Random(5)
    count, accounts = 60_000, 2_000
    spec = hand.company_spec()
    tables = hand.typed_tables(
        spec,
        {
            "accounts": [
                {"account_id": f"a{number}", "started_on": DAYS[number % 7]}
                for number in range(accounts)
            ]
        },
    )
    ledger = pa.table(
        {
            "account_id": [f"a{chance.randrange(accounts + 50)}" for _ in range(count)],
            "date": [_day(chance) for _ in range(count)],
            "amount": [chance.randrange(-(10**12), 10**12) for _ in range(count)],
        }
    )
    keys = join_keys(account_rows(tables, spec))
    session = on_spark.cluster.session
    session.conf.set("spark.sql.autoBroadcastJoinThreshold", "-1")
    session.conf.set("spark.sql.session.timeZone", "Europe/Berlin")
    try:
        one, spark = (
            account_months(ledger, keys, spec, table="revenue", money=["amount"], engine=engine)
            for engine in (None, ClusterJoin(on_spark.cluster, 2**20))
        )
        assert session.conf.get("spark.sql.session.timeZone") == "Europe/Berlin"
    finally:
        session.conf.unset("spark.sql.autoBroadcastJoinThreshold")
        session.conf.unset("spark.sql.session.timeZone")
    assert len(one.rows) > 10_000
    assert spark.rows.equals(one.rows)
    assert spark.totals.equals(one.totals)
    assert spark.ledger == one.ledger


@pytest.mark.parametrize("piece", [2**20, 1])
def test_a_sum_beyond_64_bits_is_one_line(on_spark, piece, capfd):
    spec = hand.company_spec()
    account = {"account_id": "a", "started_on": dt.date(2023, 1, 1)}
    rows = [{"account_id": "a", "date": dt.date(2023, 1, 2), "amount": 2**62}] * 2
    tables = hand.typed_tables(spec, {"accounts": [account], "revenue": rows})
    keys = join_keys(account_rows(tables, spec))
    for engine in (None, ClusterJoin(on_spark.cluster, piece)):
        with pytest.raises(JoinError) as stopped:
            account_months(
                tables.typed["revenue"],
                keys,
                spec,
                table="revenue",
                money=["amount"],
                engine=engine,
            )
        assert str(stopped.value) == (
            "revenue: amount adds up to more than 922,337,203,685,477, which no company books;"
            " correct it in the exports"
        )
    assert "ARITHMETIC" not in "".join(capfd.readouterr())
