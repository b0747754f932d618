"""Distances by hand and against brute force; who ever met which condition; hints for misspellings."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.errors import SettingsError
from icpfit.icp.profile import Profile, Segment
from icpfit.icp.selection import is_selected
from icpfit.insight.market.distance import condition_gaps, condition_weights
from icpfit.insight.market.likeness import likeness, require_before_sale


def test_distances_by_hand(accounts, idea):
    facts = accounts().facts
    # weights .3 and .2 for country and industry, plus 1/4 each, halved: .275 and .225
    like = likeness(
        idea({"country": ["DK"], "industry": ["Pharma"]}),
        facts,
        accounts().attributes,
        {"country": 0.3, "industry": 0.2, "employees": 0.4, "shop": 0.1},
    )
    first = facts.index[(facts["country"] == "DK") & (facts["industry"] == "Agency")][0]
    assert like.distance[first] == pytest.approx(0.225 / 0.5)
    assert like.unmet[first] == ("industry",)
    neither = facts.index[(facts["country"] == "AT") & (facts["industry"] == "Agency")][0]
    assert like.distance[neither] == 1
    assert like.unmet[neither] == ("country", "industry")
    assert [one.n_met for one in like.conditions] == [100, 133]
    assert like.impossible == ()


def test_the_nearest_of_several_groups_counts_and_avoided_ones_are_far(accounts, idea):
    facts = accounts().facts
    shown = likeness(
        idea(
            {"country": ["DK"], "shop": [True]},
            {"industry": ["Pharma"]},
            fix=(Segment("mend", {"country": ["SE"]}),),
            avoid=(Segment("no", {"country": ["AT"]}),),
        ),
        facts,
        accounts().attributes,
        {},
    )
    apart = facts["country"].isin(["AT", "SE"])
    assert (shown.distance[apart] == 1).all()
    assert not shown.is_matching[apart].any()
    assert "mend" not in {condition.segment for condition in shown.conditions}
    pharma = (facts["industry"] == "Pharma") & ~apart
    assert (shown.distance[pharma] == 0).all()
    assert shown.is_matching[pharma].all()


def test_what_nobody_ever_was_is_said_with_what_may_be_meant(accounts, idea):
    like = likeness(
        idea({"country": ["JP"], "industry": ["pharma"], "employees": {"from": 5000}}),
        accounts().facts,
        accounts().attributes,
        {},
    )
    country, industry, employees = like.conditions
    assert country.never_seen == ("JP",)
    assert country.n_met == 0
    assert industry.never_seen == ("pharma",)
    assert industry.near == ("Pharma",)
    assert employees.never_seen == ()
    assert employees.served.endswith("899") or " to " in employees.served
    assert employees.words == "employees at least 5,000 persons"
    assert like.impossible == ("group 1",)


@given(
    st.lists(st.one_of(st.none(), st.floats(-50, 50)), min_size=3, max_size=30),
    st.floats(-40, 20),
    st.floats(0.5, 30),
)
@settings(max_examples=50, deadline=None)
def test_a_gap_is_0_where_met_and_grows_with_the_way(values, low, width):
    column = pd.Series(values, dtype="float64", name="x")
    form = {"from": low, "below": low + width}
    gaps = condition_gaps(column, form)
    profile = Profile("p", 1, dt.date(2027, 1, 1), (Segment("s", {"x": form}),))
    met = is_selected(profile, column.to_frame()).to_numpy()
    assert (gaps[met] == 0).all()
    assert ((gaps >= 0) & (gaps <= 1)).all()
    assert (gaps[column.isna().to_numpy()] == 1).all()
    above = column[(column > low + width)].sort_values()
    assert (np.diff(gaps[above.index]) >= -1e-12).all()


def test_dates_have_gaps_too():
    days = pd.Series(
        pd.date_range("2020-01-01", periods=21, freq="D").astype("datetime64[s]"), name="d"
    )
    gaps = condition_gaps(days, {"from": dt.date(2020, 1, 11)})
    # from 5 % to 95 % they are 18 days apart; the 6th lies 5 before
    assert gaps[5] == pytest.approx(5 / 18)
    assert gaps[10] == 0


def test_a_missing_value_is_alike_only_where_missing_is_asked_for(accounts, idea):
    facts = accounts().facts.assign(industry=None)
    shown = likeness(idea({"industry": ["Pharma", None]}), facts, accounts().attributes, {})
    assert (shown.distance == 0).all()
    shown = likeness(idea({"industry": ["Pharma"]}), facts, accounts().attributes, {})
    assert (shown.distance == 1).all()


def test_no_condition_weighs_nothing():
    weights = condition_weights(["a", "b"], {"a": 1.0, "b": 0.0})
    assert weights == {"a": 0.75, "b": 0.25}
    assert condition_weights(["a", "b"], {}) == {"a": 1.0, "b": 1.0}


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"contry": ["DE"]}, "there is no such attribute; did you mean 'country'?"),
        ({"tickets": {"from": 3}}, "is known after_sale, so it can't tell whom to win"),
    ],
)
def test_an_idea_on_what_nobody_can_see_is_refused(accounts, idea, where, said):
    with pytest.raises(SettingsError, match=r"idea\.yaml: segment 'group 1'") as error:
        require_before_sale(idea(where), accounts().attributes, "idea.yaml")
    assert said in str(error.value)
