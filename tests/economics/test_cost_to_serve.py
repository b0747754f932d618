import datetime as dt

import pytest

from icpfit.economics.cost_to_serve import priced_costs
from icpfit.economics.rate_card import Activity, CausedBy, Rate, RateCard
from icpfit.errors import SettingsError, SourceError

CARD = RateCard(
    {
        "ticket": Activity(
            unit="minute", served_by="support", caused_by="product",
            rate=[Rate(2.0, dt.date(2024, 1, 1)), Rate(1.0, dt.date(2023, 1, 1))],
        ),
        "return": Activity(rate=22.5, remedial=True, served_by="warehouse"),
        "visit": Activity(),
    },
    CausedBy(topic={"billing": "finance"}, activity={"return": "logistics"}),
)  # fmt: skip


@pytest.fixture
def priced(by_hand):
    def price(*rows, card=CARD):
        spec = by_hand.company_spec()
        default = {"account_id": "a", "date": dt.date(2023, 6, 1), "activity": "ticket"}
        tables = by_hand.typed_tables(
            spec, {"accounts": [], "costs": [{**default, **row} for row in rows]}
        )
        return priced_costs(tables.typed["costs"], card)

    return price


def column(result, name):
    return result.rows[name].to_pylist()


def test_quantity_times_the_rate_of_the_day(priced):
    rows = [
        {"quantity": 3.0, "date": dt.date(2023, 1, 1)},
        {"quantity": 3.0, "date": dt.date(2023, 12, 31)},
        {"quantity": 3.0, "date": dt.date(2024, 1, 1)},
        {"quantity": 2.0, "activity": "return"},
        {"quantity": 0.5, "activity": "return"},
        {"quantity": 0.0, "activity": "return"},
    ]
    assert column(priced(*rows), "amount") == [30_000, 30_000, 60_000, 450_000, 112_500, 0]


def test_the_amount_of_a_row_wins_and_needs_no_rate(priced):
    result = priced(
        {"amount": 777, "quantity": 9.0},
        {"amount": -5, "activity": "visit"},
        {"amount": 1, "activity": "new"},
    )
    assert column(result, "amount") == [777, -5, 1]
    assert column(result, "quantity") == [90_000, 0, 0]
    assert result.notes[0].startswith("activities new are not on the rate card")


def test_the_row_beats_the_card(priced):
    result = priced(
        {"quantity": 1.0},
        {
            "quantity": 1.0,
            "remedial": True,
            "served_by": "partner",
            "caused_by": "customer",
            "topic": "billing",
        },
        {"quantity": 1.0, "activity": "return", "remedial": False},
        {"quantity": 1.0, "activity": "return"},
        {"quantity": 1.0, "topic": "billing"},
        {"quantity": 1.0, "topic": "unheard of"},
        {"amount": 1, "activity": "visit"},
    )
    assert column(result, "remedial") == [False, True, False, True, False, False, False]
    assert column(result, "served_by") == [
        "support",
        "partner",
        "warehouse",
        "warehouse",
        "support",
        "support",
        "unknown",
    ]
    # Row, else topic, else activity, else unknown.
    assert column(result, "caused_by") == [
        "product",
        "customer",
        "logistics",
        "logistics",
        "finance",
        "product",
        "unknown",
    ]


def test_rates_are_in_the_company_s_currency(priced):
    result = priced({"quantity": 1.0, "currency": "USD"}, {"amount": 5, "currency": "USD"})
    assert column(result, "currency") == [None, "USD"]


def test_an_activity_without_a_rate_is_named_with_its_line(priced):
    with pytest.raises(SettingsError) as stopped:
        priced(
            {"quantity": 1.0},
            {"quantity": 1.0, "activity": "visit"},
            {"quantity": 1.0, "activity": "visit"},
        )
    assert str(stopped.value) == (
        "data.economics.rate_card.activities.visit: activity 'visit' has no rate, and 2 rows have no amount"
        " (first costs.csv line 3); give it a rate"
    )
    with pytest.raises(SettingsError, match="activity 'call' is not on the card, and 1 rows"):
        priced({"quantity": 1.0, "activity": "call"})


def test_a_date_before_the_first_rate_is_named(priced):
    with pytest.raises(SettingsError) as stopped:
        priced({"quantity": 1.0, "date": dt.date(2022, 12, 31)})
    assert str(stopped.value) == (
        "data.economics.rate_card.activities.ticket.rate: activity 'ticket' has no rate yet on 2022-12-31"
        " (costs.csv line 2); its first is valid from 2023-01-01; add the one before"
    )


def test_neither_amount_nor_quantity_is_refused(priced):
    with pytest.raises(
        SourceError, match=r"1 rows have neither amount nor quantity, first costs\.csv line 3"
    ):
        priced({"quantity": 1.0}, {})


def test_no_rows_are_no_cost(priced):
    result = priced()
    assert result.rows.num_rows == 0
    assert result.notes == []
