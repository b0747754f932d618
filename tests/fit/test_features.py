"""Features: only what was known before the sale, as numbers that a prospect gets in the same way."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.data.contract import Attribute
from icpfit.errors import FeatureError
from icpfit.fit.features import POOLED, Feature, FeatureContract, feature_contract, feature_matrix

DAY = pd.Timestamp("2025-01-01")


def contract_of(values, kind, name="x", **declared):
    facts = pd.DataFrame({name: values})
    facts.index = [f"a{i:04}" for i in range(len(facts))]
    dates = pd.DataFrame({"decided_on": DAY}, index=facts.index)
    other = pd.Series(np.arange(len(facts), dtype=float), facts.index)
    attributes = {
        name: Attribute(name, kind, "before_sale", **declared),
        "row": Attribute("row", "number", "before_sale"),
    }
    return feature_contract(facts.assign(row=other), dates, attributes), facts


def feature_of(values, kind, **declared):
    contract, _ = contract_of(values, kind, **declared)
    return next(f for f in contract.features if f.name == "x")


# ---- the rule of the house: nothing from after the sale


@pytest.mark.parametrize("known", ["at_signing", "after_sale"])
def test_a_later_column_is_refused_when_asked_for(accounts, known):
    attributes = {
        **accounts.attributes,
        "tickets": replace(accounts.attributes["tickets"], known=known),
    }
    with pytest.raises(
        FeatureError, match=f"features: 'tickets' is known {known}.*take it out of features"
    ):
        feature_contract(accounts.facts, accounts.dates, attributes, features=["growth", "tickets"])


def test_a_later_column_is_left_out_and_never_reaches_the_matrix(accounts):
    contract = feature_contract(accounts.facts, accounts.dates, accounts.attributes)
    assert contract.names == ("employees", "growth", "noise", "industry", "has_shop", "founded")
    assert contract.dropped == {"tickets": "known after_sale, not before the sale"}
    smuggled = accounts.facts.assign(tickets=1e9)
    before = feature_matrix(accounts.facts, accounts.dates["decided_on"], contract)
    after = feature_matrix(smuggled, accounts.dates["decided_on"], contract)
    np.testing.assert_array_equal(before, after)


def test_an_outcome_smuggled_into_the_facts_is_refused(accounts):
    smuggled = accounts.facts.assign(margin=accounts.margin)
    with pytest.raises(FeatureError, match="column 'margin' is no declared attribute"):
        feature_contract(smuggled, accounts.dates, accounts.attributes)


def test_at_most_three_undeclared_columns_are_listed(accounts):
    smuggled = accounts.facts.assign(z=1, y=1, w=1, v=1)
    with pytest.raises(FeatureError, match="'v', 'w', 'y' and 1 more is"):
        feature_contract(smuggled, accounts.dates, accounts.attributes)


def test_an_unknown_feature_gets_a_hint(accounts):
    with pytest.raises(
        FeatureError, match="'employes' is no declared attribute; did you mean 'employees'"
    ):
        feature_contract(accounts.facts, accounts.dates, accounts.attributes, features=["employes"])


def test_features_asked_for_keep_their_order_and_positions(accounts):
    contract = feature_contract(
        accounts.facts, accounts.dates, accounts.attributes, features=["industry", "growth"]
    )
    assert [(f.name, f.column) for f in contract.features] == [("industry", 0), ("growth", 1)]
    assert contract.category_columns == [0]
    assert contract.directions == [0, 1]


def test_a_feature_named_twice_or_without_a_column_is_refused(accounts):
    with pytest.raises(FeatureError, match="'growth' is named twice"):
        feature_contract(
            accounts.facts, accounts.dates, accounts.attributes, features=["growth", "growth"]
        )
    with pytest.raises(FeatureError, match="'growth' is not among the facts"):
        feature_contract(
            accounts.facts.drop(columns="growth"),
            accounts.dates,
            accounts.attributes,
            features=["growth"],
        )


# ---- what is dropped, and why


@pytest.mark.parametrize(
    ("values", "kind", "why"),
    [
        ([1.0] * 20, "number", "the same for all 20 accounts"),
        ([None] * 20, "category", "no account has a value"),
        ([np.nan] * 20, "number", "no account has a value"),
        ([pd.NaT] * 20, "date", "no account has a value"),
        (
            [f"c{i}" for i in range(20)],
            "category",
            "looks like an identifier: 20 different values in 20 accounts",
        ),
        (["A"] * 20, "category", "the same for all 20 accounts"),
        (
            ["A", "B", "C", "D"] + [None] * 16,
            "category",
            "looks like an identifier: 4 different values in 4 accounts",
        ),
        (["A", "A", "B", "B"] + [None] * 16, "category", "no value is held by at least 5 accounts"),
        (
            ["A", "B", "C", "D", "E"] * 4,
            "category",
            "the same for all 20 accounts once rare values are pooled",
        ),
    ],
)
def test_dropped_with_the_reason(values, kind, why):
    contract, _ = contract_of(values, kind)
    assert contract.names == ("row",)
    assert contract.dropped == {"x": why}


def test_a_single_value_is_kept_where_others_have_none():
    assert feature_of([1.0] * 10 + [np.nan] * 10, "number").missing_share == 0.5


def test_nothing_left_to_learn_from_is_refused():
    facts = pd.DataFrame({"x": [1.0] * 9}, index=list("abcdefghi"))
    dates = pd.DataFrame({"decided_on": DAY}, index=facts.index)
    with pytest.raises(
        FeatureError, match=r"no column is left to learn from \(x: the same for all 9 accounts\)"
    ):
        feature_contract(facts, dates, {"x": Attribute("x", "number", "before_sale")})


def test_a_direction_on_a_category_is_refused():
    # The settings refuse it too; this is the last door before the model.
    attribute = Attribute("x", "number", "before_sale", direction="+")
    object.__setattr__(attribute, "kind", "category")
    facts = pd.DataFrame({"x": ["A", "B"] * 10})
    dates = pd.DataFrame({"decided_on": DAY}, index=facts.index)
    with pytest.raises(
        FeatureError, match=r"attributes\.x\.direction: a category has no direction, found '\+'"
    ):
        feature_contract(facts, dates, {"x": attribute})


@pytest.mark.parametrize(
    ("values", "kind", "found"),
    [
        ([1, 2] * 10, "category", "a category holds texts, found 1"),
        (["1", "2"] * 10, "number", "numbers were expected, found '1'"),
        ([1.0, 2.0] * 10, "date", "dates were expected, found numbers"),
        ([1.0, np.inf] * 10, "number", "an infinite number was found"),
    ],
)
def test_values_of_the_wrong_kind_are_refused(values, kind, found):
    with pytest.raises(FeatureError, match=rf"attributes\.x: {found}"):
        contract_of(values, kind)


# ---- levels


def test_rare_levels_are_pooled_and_unseen_ones_missing():
    # 100 accounts: rare is below 5. Malta 3 + Chad 2 = 5 reach the count together.
    values = ["DE"] * 60 + ["AT"] * 35 + ["Malta"] * 3 + ["Chad"] * 2
    contract, facts = contract_of(values, "category")
    feature = contract.features[0]
    assert feature.levels == ("AT", "DE", "other")
    assert feature.rare_levels == ("Chad", "Malta")
    codes = feature_matrix(facts, DAY.date(), contract)[:, 0]
    assert np.bincount(codes.astype(int)).tolist() == [35, 60, 5]
    seen = pd.DataFrame({"x": ["Malta", "Norway", None, "AT", "NA"]})
    np.testing.assert_array_equal(
        feature_matrix(seen, DAY.date(), contract)[:, 0], [2, np.nan, np.nan, 0, np.nan]
    )


def test_rare_levels_too_few_to_pool_are_missing():
    feature = feature_of(["DE"] * 60 + ["AT"] * 36 + ["Malta"] * 4, "category")
    assert feature.levels == ("AT", "DE")
    assert feature.rare_levels == ("Malta",)
    matrix = feature_matrix(
        pd.DataFrame({"x": ["Malta"]}), DAY.date(), FeatureContract((feature,), {})
    )
    assert np.isnan(matrix[0, 0])


def test_half_a_percent_counts_from_a_thousand_rows_on():
    # 2,000 rows: rare is below 10, so 9 are rare and 10 are not.
    feature = feature_of(["DE"] * 1981 + ["AT"] * 10 + ["Malta"] * 9, "category")
    assert feature.levels == ("AT", "DE")
    assert feature.rare_levels == ("Malta",)


def test_a_real_level_called_other_takes_in_the_rare_ones():
    feature = feature_of(["a"] * 50 + [POOLED] * 40 + ["rare"] * 2, "category")
    assert feature.levels == ("a", POOLED)
    matrix = feature_matrix(
        pd.DataFrame({"x": [POOLED, "rare"]}), DAY.date(), FeatureContract((feature,), {})
    )
    assert matrix[:, 0].tolist() == [1, 1]


def test_a_rare_level_called_other_is_pooled_with_the_rest():
    feature = feature_of(["a"] * 90 + [POOLED] * 2 + ["rare"] * 4, "category")
    assert feature.levels == ("a", POOLED)
    assert feature.rare_levels == (POOLED, "rare")
    matrix = feature_matrix(
        pd.DataFrame({"x": [POOLED, "rare"]}), DAY.date(), FeatureContract((feature,), {})
    )
    assert matrix[:, 0].tolist() == [1, 1]


# ---- numbers, flags, dates


def test_ranges_and_missing_share():
    # 201 numbers 0..200: the 0.5 and 99.5 % quantiles are 1 and 199.
    feature = feature_of([*map(float, range(201)), np.nan], "number")
    assert (feature.low, feature.high) == (1.0, 199.0)
    assert feature.missing_share == pytest.approx(1 / 202)


def test_a_date_is_an_age_at_each_rows_own_decision():
    contract = FeatureContract((Feature("born", "date"),), {})
    facts = pd.DataFrame({"born": pd.to_datetime(["2020-01-01", "2020-01-01", None, "2026-01-01"])})
    decided = pd.Series(
        pd.to_datetime(["2024-01-01", "2020-01-02", "2024-01-01", "2025-01-01"])
    ) + pd.Timedelta("13h")
    ages = feature_matrix(facts, decided, contract)[:, 0]
    np.testing.assert_allclose(ages, [4.0, 1 / 365.25, np.nan, np.nan])
    undecided = decided.where(decided < DAY)
    np.testing.assert_array_equal(
        np.isnan(feature_matrix(facts, undecided, contract)[:, 0]), [False, False, True, True]
    )


def test_decisions_of_other_rows_are_refused():
    contract = FeatureContract((Feature("born", "date"),), {})
    facts = pd.DataFrame({"born": pd.to_datetime(["2020-01-01"])}, index=["a"])
    with pytest.raises(ValueError, match="another index"):
        feature_matrix(facts, pd.Series([DAY], index=["b"]), contract)


def test_an_absent_column_is_missing_for_every_row(accounts):
    contract = feature_contract(accounts.facts, accounts.dates, accounts.attributes)
    matrix = feature_matrix(accounts.facts[["growth"]], dt.date(2025, 1, 1), contract)
    assert np.isnan(np.delete(matrix, 1, axis=1)).all()
    np.testing.assert_array_equal(matrix[:, 1], accounts.facts["growth"])


def test_an_empty_list_has_an_empty_matrix(accounts):
    contract = feature_contract(accounts.facts, accounts.dates, accounts.attributes)
    assert feature_matrix(accounts.facts.iloc[:0], dt.date(2025, 1, 1), contract).shape == (0, 6)


# ---- properties


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(60)))
def test_neither_contract_nor_rows_depend_on_order(order):
    draw = np.random.default_rng(1)
    facts = pd.DataFrame(
        {
            "x": draw.choice(
                ["a", "b", "c", "d", "e", None], 60, p=[0.4, 0.3, 0.1, 0.05, 0.05, 0.1]
            ),
            "y": draw.normal(size=60),
        },
        index=[f"a{i:02}" for i in range(60)],
    )
    dates = pd.DataFrame({"decided_on": DAY}, index=facts.index)
    attributes = {
        "x": Attribute("x", "category", "before_sale"),
        "y": Attribute("y", "number", "before_sale"),
    }
    contract = feature_contract(facts, dates, attributes)
    shuffled = facts.iloc[list(order)]
    assert feature_contract(shuffled, dates, attributes) == contract
    whole = feature_matrix(facts, DAY.date(), contract)
    np.testing.assert_array_equal(
        feature_matrix(shuffled, DAY.date(), contract), whole[list(order)]
    )


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.sampled_from(["a", "b", "c", "d", "other", "NA", None]), min_size=12, max_size=80)
)
def test_codes_are_those_of_the_levels_or_missing(values):
    contract, facts = contract_of(values, "category")
    feature = next((f for f in contract.features if f.name == "x"), None)
    if feature is None:
        assert "x" in contract.dropped
        return
    codes = feature_matrix(facts, DAY.date(), contract)[:, feature.column]
    for value, code in zip(values, codes, strict=True):
        if value in feature.levels:
            assert feature.levels[int(code)] == value
        elif value in feature.rare_levels and POOLED in feature.levels:
            assert feature.levels[int(code)] == POOLED
        else:
            assert np.isnan(code)
