import calendar
import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from icpfit.data.joining.periods import (
    Period,
    month_count,
    months_since,
    period,
    period_end,
    period_text,
)
from icpfit.errors import SettingsError

DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2030, 12, 31))


def later(day, months):
    """The same day some months on, or the last day of that month."""
    month = day.year * 12 + day.month - 1 + months
    year, month = month // 12, month % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def end(start, length):
    return period_end(pd.Series([pd.Timestamp(start)]), length)[0].date()


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        ("2023-01-31", "1mo", "2023-02-28"),
        ("2024-01-31", "1mo", "2024-02-29"),
        ("2024-02-29", "12mo", "2025-02-28"),
        ("2023-11-30", "3mo", "2024-02-29"),
        ("2023-12-15", "13mo", "2025-01-15"),
        ("2024-02-28", "2d", "2024-03-01"),
        ("2018-03-01", "90d", "2018-05-30"),
        ("2020-05-05", "0mo", "2020-05-05"),
    ],
)
def test_ends_by_hand(start, length, expected):
    assert end(start, period(length)) == dt.date.fromisoformat(expected)


@hypothesis_settings(max_examples=50, deadline=None)
@given(DAYS, st.integers(0, 40))
def test_a_period_of_months_ends_on_the_same_day_of_a_later_month(start, months):
    assert end(start, Period(months, "mo")) == later(start, months)


@hypothesis_settings(max_examples=50, deadline=None)
@given(DAYS, DAYS)
def test_months_since_is_the_largest_number_of_months_that_fits(one, other):
    start, day = min(one, other), max(one, other)
    found = months_since(pd.Series([pd.Timestamp(start)]), pd.Series([pd.Timestamp(day)]))[0]
    assert later(start, found) <= day < later(start, found + 1)


def test_a_missing_start_has_no_end_and_the_index_is_kept():
    starts = pd.Series([pd.Timestamp("2024-01-31"), pd.NaT], index=["b", "a"])
    ends = period_end(starts, Period(1, "mo"))
    assert list(ends.index) == ["b", "a"]
    assert ends["b"] == pd.Timestamp("2024-02-29")
    assert ends.isna()["a"]


@pytest.mark.parametrize("text", ["", "12", "12 months", "-3mo", "1.5mo", "mo"])
def test_anything_else_is_refused(text):
    with pytest.raises(SettingsError, match=r"data\.lag: expected days such as 90d"):
        period(text, "data.lag")


def test_words_and_lengths():
    assert [period_text(period(t)) for t in ("1mo", "12mo", "90d")] == [
        "1 month",
        "12 months",
        "90 days",
    ]
    assert str(period("90d")) == "90d"
    assert month_count(period("365d")) == pytest.approx(11.99, abs=0.01)
