"""What is filled, with what, and whether it changed by more than luck."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.data.contract import Attribute
from icpfit.evidence.quality.attribute_quality import attribute_quality


def dates(n, per_day=1):
    starts = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(n) // per_day, unit="D")
    return pd.DataFrame({"started_on": starts, "decided_on": starts})


def described(column, kind, n=None, known="before_sale"):
    facts = pd.DataFrame({"x": column})
    [one] = attribute_quality(facts, dates(len(facts)), {"x": Attribute("x", kind, known)})
    return one


def test_a_category_by_hand():
    # 5 accounts, 4 with a value: b twice, a and c once.
    one = described(pd.Series(["b", "a", None, "b", "c"], dtype=object), "category")
    assert (one.n, one.filled, one.fill, one.levels) == (5, 4, 0.8, 3)
    assert (one.commonest, one.commonest_share) == ("b", 0.5)
    assert one.change is None  # two accounts on a side can't tell


def test_equal_counts_name_the_first_in_order():
    assert described(pd.Series(["b", "a"], dtype=object), "category").commonest == "a"


def test_a_date_and_a_flag_by_hand():
    days = pd.Series(pd.to_datetime(["2020-05-01", None, "2001-02-03"]))
    one = described(days, "date")
    assert (one.low, one.middle, one.high) == ("2001-02-03", "2001-02-03", "2020-05-01")
    one = described(pd.Series([1.0, 1.0, 0.0, np.nan]), "flag")
    assert (one.commonest, one.levels) == ("yes", 2)


def test_a_column_without_a_value_has_none():
    one = described(pd.Series([np.nan] * 4), "number")
    assert (one.fill, one.levels, one.low) == (0.0, 0, "")


def test_what_is_filled_late_only_has_changed():
    values = np.where(np.arange(400) < 200, np.nan, 5.0)
    one = described(pd.Series(values), "number")
    assert one.has_changed
    assert one.moved == "filled for 0 % of the earlier, 100 % of the later"


def test_a_planted_shift_is_found_and_its_neighbours_are_not():
    rng = np.random.default_rng(3)
    n = 800
    facts = pd.DataFrame({f"x{i}": rng.normal(size=n) for i in range(8)})
    facts["moved"] = rng.normal(size=n) + np.where(np.arange(n) < n / 2, 0.0, 1.0)
    asked = {name: Attribute(name, "number", "before_sale") for name in facts}
    found = attribute_quality(facts, dates(n), asked)
    assert [one.attribute.name for one in found if one.has_changed] == ["moved"]


def test_steady_columns_rarely_seem_to_change():
    rng = np.random.default_rng(11)
    seen = sum(
        described(pd.Series(rng.choice(list("abcde"), 300).astype(object)), "category").has_changed
        for _ in range(60)
    )
    assert seen <= 3  # 5 % at most are expected, and PSI must be above .10 too


def test_an_identifier_is_not_compared():
    one = described(pd.Series([f"id{i}" for i in range(300)], dtype=object), "category")
    assert one.change is None
    assert not one.has_changed


def test_accounts_of_a_day_stay_on_one_side():
    # 120 start on the first day, 60 on each of three more: the border after the first parts
    # 120 from 180, that after the second 180 from 120: both are as even, the first is taken.
    days = pd.to_datetime(
        ["2024-01-01"] * 120 + ["2024-01-02"] * 60 + ["2024-01-03"] * 60 + ["2024-01-04"] * 60
    )
    frame = pd.DataFrame({"started_on": days, "decided_on": days})
    facts = pd.DataFrame({"x": np.arange(300.0)})
    [one] = attribute_quality(facts, frame, {"x": Attribute("x", "number", "before_sale")})
    assert (one.change.n_reference, one.change.n_other) == (120, 180)


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_the_order_of_the_rows_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    n = 160
    facts = pd.DataFrame(
        {"a": rng.choice(["x", "y", None], n).astype(object), "b": rng.normal(size=n)}
    )
    asked = {
        "a": Attribute("a", "category", "before_sale"),
        "b": Attribute("b", "number", "at_signing"),
    }
    order = rng.permutation(n)
    when = dates(n)
    assert attribute_quality(facts, when, asked) == attribute_quality(
        facts.iloc[order], when.iloc[order], asked
    )


@pytest.mark.parametrize(
    ("known", "never", "learned"),
    [("before_sale", False, True), ("before_sale", True, False), ("at_signing", False, False)],
)
def test_only_what_is_declared_so_is_learned_from(known, never, learned):
    asked = {"x": Attribute("x", "number", known, never_use=never)}
    [one] = attribute_quality(pd.DataFrame({"x": [1.0]}), dates(1), asked)
    assert one.is_learned_from is learned
