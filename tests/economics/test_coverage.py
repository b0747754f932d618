import datetime as dt

import pandas as pd
import pytest

from icpfit.data.tables import SourceRead
from icpfit.economics.coverage import Log, covered_shares, logs


def read(source, table, first=None, last=None):
    days = [None if one is None else dt.date.fromisoformat(one) for one in (first, last)]
    return SourceRead(source, table, 1, 1, 0, {}, [], *days)


def test_a_log_covers_its_rows_unless_it_says_otherwise(by_hand):
    spec = by_hand.company_spec()
    found = logs(
        [
            read("tickets", "costs", "2023-03-01", "2024-02-01"),
            read("returns", "costs"),
            read("costs", "costs", "2024-01-01", "2024-01-02"),  # covers: is declared
            read("old", "revenue", "2022-01-01", "2022-12-31"),
            read("new", "revenue", "2023-06-01", "2023-12-31"),
            read("nps", "loyalty", "2023-01-01", "2023-12-31"),
        ],
        spec,
    )
    assert [log.name for log in found] == ["revenue", "costs", "returns", "tickets"]
    assert found[0].spans == (
        (dt.date(2022, 1, 1), dt.date(2022, 12, 31)),
        (dt.date(2023, 6, 1), dt.date(2023, 12, 31)),
    )
    assert found[1].spans == ((dt.date(2023, 1, 1), dt.date(2025, 6, 30)),)
    assert found[2].spans == ()
    assert found[3].spans == ((dt.date(2023, 3, 1), dt.date(2024, 2, 1)),)


@pytest.mark.parametrize(
    ("spans", "share"),
    [
        ([("2024-01-01", "2024-01-10")], 1.0),
        ([("2023-01-01", "2025-01-01")], 1.0),
        ([("2024-01-10", "2024-12-31")], 0.1),
        ([("2023-01-01", "2023-12-31")], 0.0),
        ([("2024-01-11", "2024-12-31")], 0.0),
        ([("2024-01-01", "2024-01-03"), ("2024-01-08", "2024-02-01")], 0.6),
        ([("2024-01-01", "2024-01-05"), ("2024-01-03", "2024-01-08")], 0.8),  # twice counts once
        ([("2024-01-01", "2024-01-08"), ("2024-01-03", "2024-01-05")], 0.8),
        ([], 0.0),
    ],
)
def test_shares_by_hand(spans, share):
    # Ten days: 1 to 10 January.
    log = Log("log", tuple(tuple(dt.date.fromisoformat(d) for d in span) for span in spans))
    starts = pd.Series(pd.to_datetime(["2024-01-01"]), index=["a"])
    found = covered_shares(starts, starts + pd.Timedelta(days=10), [log])
    assert found.loc["a", "log"] == pytest.approx(share)
