import datetime as dt

import pytest

from icpfit.economics.rate_card import Activity, CausedBy, Rate, RateCard, scaled
from icpfit.economics.spec import EconomicsSpec
from icpfit.errors import SettingsError
from icpfit.settings import settings


def test_dated_rates_are_sorted_and_a_single_rate_has_none():
    late, early = Rate(2.0, dt.date(2024, 1, 1)), Rate(1.0, dt.date(2023, 1, 1))
    assert Activity(rate=[late, early]).rates == [early, late]
    assert Activity(rate=3.0).rates == []


@pytest.mark.parametrize(
    ("rate", "found"),
    [
        (-1, "rate: expected a cost of 0 or more, found -1"),
        ([], "rate: the list is empty"),
        ([{"rate": 1, "valid_from": "2023-01-01"}] * 2, "two rates are valid from 2023-01-01"),
        ([{"rate": 1, "from": "2023-01-01"}], "there is no such key"),
        ("cheap", "rate"),
    ],
)
def test_a_rate_that_means_nothing_is_refused_with_its_path(rate, found):
    values = {"rate_card": {"activities": {"ticket": {"rate": rate}}}}
    with pytest.raises(
        SettingsError, match=r"data\.economics\.rate_card\.activities\.ticket"
    ) as refused:
        settings(EconomicsSpec, values, "data.economics")
    assert found in str(refused.value)


def test_a_cause_of_the_map_stands_for_the_activity_s_own():
    card = RateCard(
        {"a": Activity(caused_by="own"), "b": Activity()}, CausedBy(activity={"a": "map"})
    )
    assert [card.cause_of(name) for name in ("a", "b", "stranger")] == ["map", "unknown", "unknown"]


def test_scaling_all_rates_or_one():
    card = RateCard(
        {
            "a": Activity(rate=2.0),
            "b": Activity(rate=[Rate(3.0, dt.date(2023, 1, 1))]),
            "c": Activity(),
        }
    )
    every = scaled(card, None, 1.2).activities
    assert (every["a"].rate, every["b"].rates[0].rate, every["c"].rate) == (
        2.4,
        pytest.approx(3.6),
        None,
    )
    one = scaled(card, "b", 0.0).activities
    assert (one["a"].rate, one["b"].rates[0].rate) == (2.0, 0.0)
    with pytest.raises(SettingsError, match="there is no activity 'd'; known: a, b, c"):
        scaled(card, "d", 2)
