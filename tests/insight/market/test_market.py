"""What is said of an idea: much where many match, a little where some are near, else nothing."""

import numpy as np
import pandas as pd
import pytest

from icpfit.insight.market.market import explored_market
from icpfit.insight.market.prospects import market_prospects
from icpfit.insight.market.similar import mean_estimate, team_loads


def test_a_market_that_was_served_speaks(accounts, card, idea):
    known = accounts()
    found = explored_market(known, idea({"country": ["DK"]}), card)
    assert (found.speaks, found.basis) == ("yes", "matching")
    assert (found.n_matching, found.n_matching_used) == (100, 80)
    assert found.exact is None  # they are the basis
    rows = known.outcomes.loc[known.used][lambda o: known.facts.loc[o.index, "country"] == "DK"]
    assert found.figures.margin.value == pytest.approx(rows["margin"].mean())
    assert found.figures.margin.low < 9_000 < found.figures.margin.high
    assert found.difference.low < 8_000 < found.difference.high
    assert found.figures.margin_low == pytest.approx(rows["margin"].quantile(0.1))
    assert all(one.distance == 0 and not one.unmet for one in found.similar)
    assert [one.account_id for one in found.similar] == sorted(
        one.account_id for one in found.similar
    )


def test_a_market_that_was_never_served_does_not(accounts, card, idea):
    found = explored_market(accounts(), idea({"country": ["JP"]}), card)
    assert (found.speaks, found.basis) == ("no", "all")
    assert found.impossible == ("group 1",)
    assert found.similar == ()
    assert found.difference is None
    # nothing of this market is known, so the yardstick is everybody
    assert found.figures.margin == found.everyone.margin


def test_near_ones_never_speak_for_what_was_never_seen(accounts, card, idea):
    shares = {"country": 0.02, "industry": 0.5, "employees": 0.48}
    model = type("Model", (), {"driver_shares": shares, "version": "v1"})()
    known = accounts(400)
    known.used = known.facts.index  # so that no young account asks for a score
    known.outcomes["margin"] = known.outcomes["margin"].fillna(0.0)
    found = explored_market(
        known, idea({"country": ["JP"], "industry": ["Pharma"]}), card, model=model
    )
    # weights (.02 + 1/3) / 2 and (.5 + 1/3) / 2: the country counts .298, so Pharma is near
    assert found.n_near == 133
    assert (found.speaks, found.basis) == ("no", "near")


def test_few_that_match_speak_a_little(accounts, card, idea):
    known = accounts(120)
    where = {"country": ["DK"], "industry": ["Pharma"], "shop": [True]}
    found = explored_market(known, idea(where), card)
    assert found.n_matching_used < 30
    assert found.speaks == "a little"


def test_those_that_match_to_the_letter_have_figures_before_those_that_are_near(
    accounts, card, idea
):
    known = accounts(400)
    where = {"country": ["DK"], "industry": ["Pharma"], "shop": [False], "employees": {"from": 500}}
    found = explored_market(known, idea(where), card)
    assert (found.basis, found.exact.n) == ("near", found.n_matching_used)
    facts = known.facts.loc[known.used]
    rows = facts["country"].eq("DK") & facts["industry"].eq("Pharma") & facts["employees"].ge(500)
    exact = known.outcomes.loc[known.used[rows.to_numpy(bool)], "margin"]
    assert found.exact.margin.value == pytest.approx(exact.mean())
    assert found.figures.n > found.exact.n


def test_hardly_any_that_match_do_not_speak(accounts, card, idea):
    where = {"country": ["DK"], "industry": ["Pharma"], "shop": [True]}
    few = explored_market(accounts(60), idea({**where, "employees": {"from": 895}}), card)
    assert few.speaks != "yes"


def test_a_pilot_is_sized_for_what_is_worth_knowing_not_for_what_few_accounts_left(
    accounts, card, idea
):
    known = accounts(200)
    where = {"country": ["DK"], "industry": ["Pharma"]}
    found = explored_market(known, idea(where), card)
    assert (found.speaks, found.basis) == ("a little", "matching")
    usual = known.outcomes.loc[known.used, "margin"]
    assert [one.gap for one in found.pilots] == pytest.approx([usual.mean() / 2] * 2)
    assert all(one.spread >= usual.std(ddof=1) for one in found.pilots)
    # Had the few left nothing at all, hardly anything would change: luck sizes no pilot.
    members = known.used[(known.facts.loc[known.used, list(where)] == ["DK", "Pharma"]).all(axis=1)]
    assert 10 <= len(members) < 30
    known.outcomes.loc[members, "margin"] -= known.outcomes.loc[members, "margin"].mean()
    other = explored_market(known, idea(where), card)
    assert other.pilots[0].gap == pytest.approx(known.outcomes["margin"].mean() / 2)


def test_one_possible_group_keeps_the_idea_possible(accounts, card, idea):
    found = explored_market(accounts(), idea({"country": ["JP"]}, {"country": ["DK"]}), card)
    assert found.speaks == "yes"
    assert found.impossible == ("group 1",)


def test_the_load_is_the_mean_of_such_accounts_those_without_counted_as_none(accounts, card):
    known = accounts()
    danes = known.used[known.facts.loc[known.used, "country"] == "DK"]
    loads = {one.activity: one for one in team_loads(known, danes, card)}
    assert loads["rework"].quantity.value == 200  # 2 hours each, per 100
    assert loads["rework"].usual_quantity == pytest.approx(50)  # a quarter of all are Danes
    assert loads["rework"].remedial
    assert loads["visit"].unit == "hour"
    others = team_loads(known, known.used.difference(danes), card)
    assert {one.activity: one.quantity.value for one in others} == {"visit": 200.0, "rework": 0.0}


def test_the_order_of_rows_changes_nothing(accounts, card, idea):
    known, other = accounts(), accounts()
    order = np.random.default_rng(1).permutation(len(other.facts))
    for name in ("facts", "dates", "outcomes"):
        setattr(other, name, getattr(other, name).iloc[order])
    other.used = other.used[np.random.default_rng(2).permutation(len(other.used))]
    where = idea({"country": ["DK"], "employees": {"from": 300}})
    one, two = explored_market(known, where, card), explored_market(other, where, card)
    assert one.figures == two.figures
    assert one.similar == two.similar
    assert one.load == two.load
    assert one.difference == two.difference


def test_below_10_accounts_a_mean_has_no_interval():
    few = mean_estimate(pd.Series([1.0, 2.0, np.nan]))
    assert (few.value, few.low, few.n) == (1.5, None, 2)
    assert np.isnan(mean_estimate(pd.Series([], dtype=float)).value)


def test_prospects_are_counted_also_those_of_whom_it_is_open(idea):
    facts = pd.DataFrame({"country": pd.Series(["DK", "JP", None, "DK"], dtype=object)})
    found = market_prospects(idea({"country": ["DK"]}), facts, name="list.csv")
    assert (found.n, found.n_matching, found.open_share) == (4, 2, 0.25)
    assert found.n_supported is None
