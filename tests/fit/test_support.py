"""Support: cautions and abstention, row by row."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.fit.features import Feature, FeatureContract, feature_matrix
from icpfit.fit.support import support

CONTRACT = FeatureContract(
    (
        Feature(
            "country", "category", levels=("AT", "DE", "other"), rare_levels=("Malta",), column=0
        ),
        Feature("industry", "category", levels=("Food", "Software"), column=1),
        Feature("employees", "number", unit="people", low=5.0, high=900.0, column=2),
        Feature("founded", "date", low=1.0, high=40.0, column=3),
        Feature("has_webshop", "flag", column=4),
    ),
    {},
)
SHARES = {"country": 0.1, "industry": 0.2, "employees": 0.4, "founded": 0.2, "has_webshop": 0.1}
DAY = dt.date(2026, 1, 1)
USUAL = {
    "country": "DE",
    "industry": "Food",
    "employees": 100.0,
    "founded": pd.Timestamp("2010-01-01"),
    "has_webshop": 1.0,
}


def listed(*rows):
    frame = pd.DataFrame([{**USUAL, **given_facts} for given_facts in rows])
    return frame.astype({"country": object, "industry": object})


def found_for(facts, shares=SHARES, absent=()):
    return support(feature_matrix(facts, DAY, CONTRACT), facts, CONTRACT, shares, absent)


def one(**given_facts):
    found = found_for(listed(given_facts))
    return found.cautions[0], bool(found.abstain[0])


def test_an_account_like_those_served_gets_no_caution():
    assert one() == ("", False)


def test_a_rare_level_was_served():
    assert one(country="Malta") == ("", False)


@pytest.mark.parametrize(
    ("facts", "caution"),
    [
        ({"country": "NA"}, "never served country 'NA'"),
        ({"employees": 5.0}, ""),
        ({"employees": 900.0}, ""),
        ({"employees": 901.0}, "employees 901 people is outside 5 to 900"),
        ({"employees": 4.0}, "employees 4 people is outside 5 to 900"),
        # The range is 895 wide: far is beyond 900 + 895 = 1795.
        ({"employees": 1795.0}, "employees 1795 people is outside 5 to 900"),
        ({"employees": 1796.0}, "employees 1796 people is far outside 5 to 900"),
        (
            {"founded": pd.Timestamp("1976-01-01")},
            "founded 50.0 years before the sale is outside 1.0 to 40.0",
        ),
    ],
)
def test_one_strange_fact_is_a_caution_but_rated(facts, caution):
    assert one(**facts) == (caution, False)


def test_country_and_industry_never_sold_to_are_not_rated():
    rows = [{"country": "NA", "industry": "Mining"}, {"country": "JP", "industry": "Mining"}, {}]
    found = found_for(listed(*rows))
    assert found.abstain.tolist() == [True, True, False]
    start = "not rated, unlike all accounts learned from: never served country"
    assert found.cautions == [
        f"{start} 'NA'; never served industry 'Mining'",
        f"{start} 'JP'; never served industry 'Mining'",
        "",
    ]


def test_a_level_never_served_and_a_number_far_outside_are_not_rated():
    caution, abstain = one(country="NA", employees=90_000.0)
    assert abstain
    assert caution == (
        "not rated, unlike all accounts learned from: never served country 'NA'; "
        "employees 90,000 people is far outside 5 to 900"
    )


def test_two_numbers_just_outside_are_rated():
    caution, abstain = one(employees=950.0, founded=pd.Timestamp("1976-01-01"))
    assert not abstain
    assert caution.count("is outside") == 2


def test_missing_facts_from_forty_per_cent_on():
    # 1 of 5 is 20 %, 2 of 5 are 40 %.
    assert one(has_webshop=np.nan) == ("", False)
    assert one(has_webshop=np.nan, country=None) == ("2 of 5 facts missing", False)


def test_more_than_half_of_the_drivers_unknown_is_not_rated():
    # employees .4 + country .1 are .5, not more than half; with the web shop they are .6.
    assert one(employees=np.nan, country=None) == ("2 of 5 facts missing", False)
    assert one(employees=np.nan, country=None, has_webshop=np.nan) == (
        "not rated, what is not known of it carries 60 % of the drivers: employees, country, has webshop; 3 of 5 facts missing",
        True,
    )


def test_a_level_never_served_counts_as_unknown_but_not_as_missing():
    # employees .4 missing, industry .2 never served: .6 unknown, one fact missing, one violation.
    caution, abstain = one(employees=np.nan, industry="Mining")
    assert abstain
    assert caution == (
        "not rated, what is not known of it carries 60 % of the drivers: employees, industry; never served industry 'Mining'"
    )


def test_absent_columns_that_carry_more_than_half_leave_every_row_unrated():
    facts = listed({}, {"country": "AT"}).drop(columns=["employees", "industry"])
    found = found_for(facts, absent=["employees", "industry"])
    assert found.abstain.all()
    np.testing.assert_allclose(found.unknown_share, 0.6)
    # The same cells empty give the same rating; but that the list lacks columns is said in each row.
    empty = listed(
        {"employees": np.nan, "industry": None},
        {"country": "AT", "employees": np.nan, "industry": None},
    )
    lacks = "the list has no column for employees, industry; "
    assert all(lacks in said for said in found.cautions)
    assert found_for(empty).cautions == [said.replace(lacks, "") for said in found.cautions]


def test_a_list_without_a_column_says_so_in_every_row():
    facts = listed({}, {"country": "AT"}).drop(columns=["founded"])
    found = found_for(facts, absent=["founded"])
    assert found.cautions == ["the list has no column for founded"] * 2
    assert not found.abstain.any()


def test_without_shares_only_strange_facts_keep_a_row_from_being_rated():
    facts = listed({"employees": np.nan, "industry": None, "founded": pd.NaT})
    found = found_for(facts, shares={})
    assert not found.abstain.any()
    assert found.cautions == ["3 of 5 facts missing"]


def test_outside_a_range_of_one_value_is_never_far():
    contract = FeatureContract((Feature("sites", "number", low=1.0, high=1.0),), {})
    facts = pd.DataFrame({"sites": [1.0, 2.0, 500.0]})
    found = support(facts.to_numpy(), facts, contract, {})
    assert found.cautions == ["", "sites 2 is outside 1 to 1", "sites 500 is outside 1 to 1"]


def test_many_strange_facts_are_counted_not_listed():
    names = ["a", "b", "c", "d", "e"]
    features = [
        Feature(name, "category", levels=("x", "y"), column=j) for j, name in enumerate(names)
    ]
    facts = pd.DataFrame({name: pd.Series(["new"], dtype=object) for name in names})
    contract = FeatureContract(tuple(features), {})
    found = support(feature_matrix(facts, DAY, contract), facts, contract, {})
    assert found.cautions[0].endswith(
        "never served a 'new'; never served b 'new'; never served c 'new'; 2 more"
    )


def test_an_empty_list_has_no_cautions():
    found = found_for(listed({}).iloc[:0])
    assert found.cautions == []
    assert found.abstain.shape == (0,)


def test_rows_that_do_not_match_are_refused():
    facts = listed({}, {})
    with pytest.raises(ValueError, match="facts hold 2 rows, matrix 1"):
        support(feature_matrix(facts, DAY, CONTRACT)[:1], facts, CONTRACT, SHARES)


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "country": st.sampled_from(["AT", "Malta", "NA", "None", None]),
            "industry": st.sampled_from(["Food", "Mining", None]),
            "employees": st.sampled_from([np.nan, -1e9, 4.0, 100.0, 901.0, 5000.0]),
            "founded": st.sampled_from(
                [pd.NaT, pd.Timestamp("1900-01-01"), pd.Timestamp("2027-01-01")]
            ),
            "has_webshop": st.sampled_from([0.0, 1.0, np.nan]),
        }
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_a_row_does_not_depend_on_its_neighbours(rows):
    found = found_for(listed(*rows))
    alone = [found_for(listed(row)) for row in rows]
    assert found.cautions == [each.cautions[0] for each in alone]
    assert found.abstain.tolist() == [bool(each.abstain[0]) for each in alone]
    for caution, abstain in zip(found.cautions, found.abstain, strict=True):
        assert ("not rated" in caution) == abstain
