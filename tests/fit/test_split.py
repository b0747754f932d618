"""The hold-out: the latest accounts, whole days, or none with a reason."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.data.joining.periods import Period
from icpfit.fit.split import holdout_split, purged_training


def starts(days, fit=None):
    ids = [f"a{i:04}" for i in range(len(days))]
    dates = pd.DataFrame(
        {"started_on": pd.Timestamp("2024-01-01") + pd.to_timedelta(days, "D")}, index=ids
    )
    return dates, pd.Series(np.arange(len(days)) % 2 == 0 if fit is None else fit, index=ids)


def test_the_latest_quarter_by_hand():
    dates, is_fit = starts(list(range(800)))
    split = holdout_split(dates, is_fit)
    assert split.basis == "later"
    assert list(split.holdout) == list(is_fit.index[600:])
    assert dates.loc[split.train, "started_on"].max() < dates.loc[split.holdout, "started_on"].min()


def test_a_day_stays_whole_and_the_nearest_border_wins():
    # 240 accounts start on the last day, 30 on the day before: 30 % or 33.75 %, never 25 %.
    days = [*range(530), *[600] * 30, *[700] * 240]
    split = holdout_split(*starts(days))
    assert len(split.holdout) == 240


def test_a_tie_takes_the_larger_holdout():
    # 20 % or 30 % are equally far from 25 %.
    days = [*range(560), *[600] * 80, *[700] * 160]
    split = holdout_split(*starts(days))
    assert len(split.holdout) == 240


@pytest.mark.parametrize(
    ("n", "fit_share", "text"),
    [
        (
            480,
            0.5,
            "no hold-out: it would have 120 accounts, at least 150 are needed; figures are cross-validated",
        ),
        (
            800,
            0.125,
            "no hold-out: only 25 of its 200 accounts were a profitable fit, at least 40 are needed; figures are cross-validated",
        ),
        (
            800,
            0.875,
            "no hold-out: only 25 of its 200 accounts were not a profitable fit, at least 40 are needed; figures are cross-validated",
        ),
    ],
)
def test_too_few_give_no_holdout_with_the_reason(n, fit_share, text):
    every = round(1 / min(fit_share, 1 - fit_share))
    rarer = np.arange(n) % every == 0
    split = holdout_split(*starts(list(range(n)), rarer if fit_share <= 0.5 else ~rarer))
    assert (split.basis, split.reason, len(split.holdout), len(split.train)) == ("none", text, 0, n)


@pytest.mark.parametrize("days", [[5] * 800, [5] * 700 + [6] * 100, [5] * 420 + [6] * 380])
def test_starts_that_do_not_spread_give_a_random_holdout(days):
    dates, is_fit = starts(days)
    split = holdout_split(dates, is_fit)
    assert (split.basis, len(split.train), len(split.holdout)) == ("random", 600, 200)
    assert split.reason == (
        "random hold-out of 200 accounts (random, not later: the starts do not spread over time)"
    )
    assert split.train.union(split.holdout).equals(is_fit.index)
    # Like shares of the classes, the same accounts whatever the order of the rows.
    assert is_fit[split.holdout].sum() == 100
    again = holdout_split(dates.iloc[::-1], is_fit.iloc[::-1])
    assert again.holdout.equals(split.holdout)
    assert not holdout_split(dates, is_fit, seed=1).holdout.equals(split.holdout)


def test_a_random_holdout_keeps_groups_together():
    dates, is_fit = starts([5] * 900)
    groups = pd.Series([f"g{i // 3}" for i in range(900)], index=is_fit.index)
    split = holdout_split(dates, is_fit, groups)
    assert split.basis == "random"
    assert not set(groups[split.train]) & set(groups[split.holdout])


def test_a_random_holdout_needs_as_much_as_a_later_one():
    fit = np.arange(800) < 120  # 30 of them in a quarter
    split = holdout_split(*starts([5] * 800, fit))
    assert split.basis == "none"
    assert "only 30 of its 200 accounts were a profitable fit" in split.reason
    assert holdout_split(*starts([5] * 400)).basis == "none"


def test_purged_by_hand():
    # One start a day, the hold-out begins on day 600; mature by then: day + 100 + 20 <= 600.
    dates, is_fit = starts(list(range(800)))
    split = holdout_split(dates, is_fit)
    purged = purged_training(split, dates, is_fit, Period(100, "d"), Period(20, "d"))
    assert list(purged.train) == list(is_fit.index[:481])
    assert purged.text == (
        "481 of 600 training accounts were mature by 2025-08-23, when the hold-out began"
    )


def test_too_few_are_left_after_purging():
    dates, is_fit = starts(list(range(800)))
    split = holdout_split(dates, is_fit)
    purged = purged_training(split, dates, is_fit, Period(12, "mo"), Period(60, "d"))
    assert len(purged.train) == 0
    # 2025-08-23 less 60 days and 12 months is 2024-06-24, the 176th day of a leap year
    assert purged.text == (
        "cohort split, not purged: 176 of 600 training accounts were mature by 2025-08-23, when "
        "the hold-out began, 88 in the smaller class; at least 300 and 50 are needed"
    )


def test_without_a_later_holdout_nothing_is_purged():
    dates, is_fit = starts([5] * 800)
    split = holdout_split(dates, is_fit)
    purged = purged_training(split, dates, is_fit, Period(1, "d"), Period(0, "d"))
    assert (len(purged.train), purged.text) == (
        0,
        "cohort split, not purged: there is no later hold-out",
    )


def test_two_days_that_divide_well_are_enough():
    assert len(holdout_split(*starts([5] * 500 + [6] * 300)).holdout) == 300


def test_what_is_left_must_carry_a_model():
    # 700 accounts; the fits all started late: 60 in the hold-out, 10 before it.
    fit = np.zeros(700, dtype=bool)
    fit[[*range(10), *range(640, 700)]] = True
    split = holdout_split(*starts(list(range(700)), fit))
    assert split.basis == "none"
    assert "it would leave 525 accounts to train on, 10 in the smaller class" in split.reason


def test_a_group_goes_where_its_first_account_started():
    dates, is_fit = starts(list(range(800)))
    groups = pd.Series(is_fit.index, index=is_fit.index)
    groups.iloc[799] = groups.iloc[0]
    split = holdout_split(dates, is_fit, groups)
    assert is_fit.index[799] in split.train
    assert list(split.holdout) == list(is_fit.index[599:799])


def test_accounts_without_a_start_are_refused():
    dates, is_fit = starts(list(range(800)))
    dates.iloc[3, 0] = pd.NaT
    with pytest.raises(ValueError, match="needs a start"):
        holdout_split(dates, is_fit)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(20, 900))
def test_disjoint_whole_days_and_free_of_order(seed, span):
    draw = np.random.default_rng(seed)
    dates, is_fit = starts(draw.integers(0, span, 900).tolist(), draw.random(900) < 0.5)
    split = holdout_split(dates, is_fit)
    assert split.train.union(split.holdout).equals(is_fit.index)
    assert split.train.intersection(split.holdout).empty
    days = dates["started_on"]
    assert days[split.train].max() < days[split.holdout].min()
    order = draw.permutation(900)
    again = holdout_split(dates.iloc[order[::-1]], is_fit.iloc[order])
    assert again.train.equals(split.train)
    assert again.reason == split.reason
