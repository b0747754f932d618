"""Cut points: round numbers, each between its decile's neighbours."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.insight.segments.cut_points import cut_points, round_number, year_starts

NUMBERS = st.floats(-1e9, 1e9, allow_nan=False).map(lambda x: round(x, 3))


def test_by_hand():
    # Between 157 and 214 only 200 is a whole hundred; between 115 and 157 there is none, but 150.
    assert round_number(181, 157, 214) == 200
    assert round_number(133, 115, 157) == 150
    assert round_number(0.0231, 0.0214, 0.0249) == 0.024
    # A tie of distances goes to the lower one: 2.5 lies between 2 and 3.
    assert round_number(2.5, 1.9, 3.1) == 2
    assert round_number(-181, -214, -157) == -200


@settings(max_examples=50, deadline=None)
@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_round_number_lies_between_its_borders(one, two, three):
    low, near, high = sorted((one, two, three))
    found = round_number(near, low, high)
    slack = 1e-9 * max(1.0, abs(low), abs(high))
    assert low - slack <= found <= high + slack


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.just(float("nan")), NUMBERS), max_size=60))
def test_each_cut_divides_the_accounts(values):
    found = cut_points(values)
    known = np.array([v for v in values if not np.isnan(v)])
    assert found == sorted(set(found))
    assert len(found) <= 9
    for cut in found:
        assert (known >= cut).any()
        assert (known < cut).any()
    assert cut_points(values[::-1]) == found


def test_whole_numbers_are_cut_at_whole_numbers():
    rng = np.random.default_rng(3)
    for _ in range(20):
        values = np.floor(np.exp(rng.normal(1, 0.8, 200)))
        assert all(cut.is_integer() for cut in cut_points(values))


def test_dates_are_cut_at_new_year():
    days = pd.Series(pd.to_datetime([*["2001-05-01", "2010-08-01"] * 9, *["2015-02-01"] * 9, None]))
    # August lies nearer to the next New Year, February to the last; before 2001-01-01 is nobody.
    assert [day.isoformat()[:10] for day in year_starts(days)] == ["2011-01-01", "2015-01-01"]
    assert year_starts(days[:1]) == []
    assert year_starts(days[27:]) == []
