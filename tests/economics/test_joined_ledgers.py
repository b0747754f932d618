"""The joined ledgers by themselves: unchecked, and the same as those the outcome rests on."""

import dataclasses

import pyarrow as pa
import pytest

from icpfit.economics.joined_ledgers import joined_ledgers
from icpfit.economics.outcome import joined_accounts
from icpfit.economics.rate_card import CausedBy
from icpfit.errors import JoinError, OutcomeError


def test_the_ledger_is_the_one_that_the_outcome_rests_on(eight):
    assert (
        joined_ledgers(eight.tables, eight.data, eight.economics).ledger
        == joined_accounts(eight.tables, eight.data, eight.economics).ledger
    )


def test_what_stops_a_join_is_in_the_ledger_all_the_same(eight):
    revenue = eight.tables.typed["revenue"]
    place = revenue.column_names.index("account_id")
    odd = revenue.set_column(place, "account_id", pa.array(["?"] * revenue.num_rows, pa.string()))
    tables = dataclasses.replace(eight.tables, typed={**eight.tables.typed, "revenue": odd})
    with pytest.raises(JoinError):
        joined_accounts(tables, eight.data, eight.economics)
    table = joined_ledgers(tables, eight.data, eight.economics).ledger.tables[1]
    assert (table.table, table.matched, table.unmatched) == ("revenue", 0, revenue.num_rows)


def test_without_revenue_there_is_nothing_to_join(eight):
    empty = eight.tables.typed["revenue"].slice(0, 0)
    tables = dataclasses.replace(eight.tables, typed={**eight.tables.typed, "revenue": empty})
    with pytest.raises(OutcomeError, match="revenue: no row could be read"):
        joined_ledgers(tables, eight.data, eight.economics)


def test_where_every_cause_is_known_no_note_says_so(eight):
    card = eight.economics.rate_card
    named = dataclasses.replace(card, caused_by=CausedBy({}, dict.fromkeys(card.activities, "us")))
    economics = dataclasses.replace(eight.economics, rate_card=named)
    notes = " ".join(joined_accounts(eight.tables, eight.data, economics).notes)
    assert "no known cause" not in notes
