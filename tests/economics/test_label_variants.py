"""The label under other assumptions: by hand on the eight accounts, linear in every rate."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.economics.label import LabelRule
from icpfit.economics.label_variants import (
    activity_totals,
    ambiguous_accounts,
    label_variants,
    typical_margin,
)
from icpfit.economics.outcome import joined_accounts
from icpfit.economics.rate_card import scaled


@pytest.fixture(scope="module")
def joined(by_hand):
    """The eight accounts as they are; nobody changes them."""
    eight = by_hand.eight_accounts()
    return joined_accounts(eight.tables, eight.data, eight.economics)


def flips(accounts, rule, shorter=None):
    first, *others = label_variants(accounts, rule, shorter)
    assert first.name == "as defined"
    return {one.name: sorted(one.fit.index[one.fit != first.fit]) for one in others}


def test_which_labels_flip_by_hand(joined, eight):
    # Margins: anvil 1020, birch 410, cedar 500, delta 350, elm 500, fir -50, grove 400; the median
    # of their sizes (50 350 400 410 500 500 1020) is 410, so the hurdle of 405 moves by 82 to 323
    # and 487. At 487 birch falls; at 323 grove comes in (delta isn't loyal).
    # Loyal at .5 instead of .6: elm (17/36 = .472) still isn't; at .7: all of them still are.
    # Cost: ticket anvil 80, birch 40 + 60 (66 / 1.1), fir 200; visit delta 50, grove 80; return
    # birch 110 + 80, elm 22. A fifth less for tickets leaves birch 430, a fifth more 390: below
    # 405. A fifth less for visits gives grove 416: in. A fifth more for returns takes 38 from
    # birch: 372. Without remedial cost birch has 660 and elm, still not loyal, 522.
    found = flips(joined, eight.economics.label)
    first = label_variants(joined, eight.economics.label)[0]
    assert first.fit.tolist() == joined.outcomes.loc[joined.used, "fit"].tolist()
    assert found == {
        "hurdle at 323 EUR": ["grove"],
        "hurdle at 487 EUR": ["birch"],
        "loyalty threshold at 0.5": [],
        "loyalty threshold at 0.7": [],
        "cost of ticket 20 % lower": [],
        "cost of ticket 20 % higher": ["birch"],
        "cost of return 20 % lower": [],
        "cost of return 20 % higher": ["birch"],
        "cost of visit 20 % lower": ["grove"],
        "cost of visit 20 % higher": [],
        "cost of all service together 20 % lower": ["grove"],
        "cost of all service together 20 % higher": ["birch"],
        "without remedial cost": [],
    }


def test_ambiguous_accounts_by_hand(joined, eight):
    # 5 % of 410 is 20.50: birch (410) and grove (400) are that near to 405, delta (350) isn't.
    used = joined.outcomes.loc[joined.used]
    found = ambiguous_accounts(used, eight.economics.label)
    assert (found.n, found.of, found.within) == (2, 7, pytest.approx(20.5))
    # Of 10 % of the revenue: 190 160 120 50 70 110 80; nobody is within 20.50 of it.
    assert ambiguous_accounts(used, LabelRule(kind="ratio")).n == 0
    assert ambiguous_accounts(used, LabelRule(kind="quantile")) is None


def test_who_never_bought_decides_neither_the_step_nor_the_band():
    outcomes = pd.DataFrame({"margin": [0.0] * 5 + [100.0, -300.0], "revenue": [0.0] * 5 + [9, 9]})
    assert typical_margin(outcomes) == 200
    assert ambiguous_accounts(outcomes, LabelRule(kind="threshold")).n == 0


def test_a_shorter_horizon_has_its_own_label(eight):
    # Over 9 months nothing changes in money (all rows lie in months 0 to 7 and delta's churn in 5),
    # but retention does: fir declined in month 11, so over 9 months it stayed; it still lost money.
    whole = joined_accounts(eight.tables, eight.data, eight.economics)
    shorter = joined_accounts(
        eight.tables, dataclasses.replace(eight.data, horizon="9mo"), eight.economics
    )
    last = label_variants(whole, eight.economics.label, shorter)[-1]
    assert (last.name, last.assumption) == ("over 9 months instead of 12 months", "the horizon")
    assert last.margin["anvil"] == pytest.approx(1020)
    assert last.margin["fir"] == pytest.approx(-50)


@pytest.mark.parametrize("kind", ["ratio", "quantile"])
def test_rules_without_a_hurdle_vary_their_share(joined, kind):
    names = list(flips(joined, LabelRule(kind=kind)))
    assert sum(name.startswith("share of the") for name in names) == 2
    assert not any("hurdle" in name for name in names)


def test_peers_keep_their_rule(joined):
    found = label_variants(joined, LabelRule(kind="peer_relative", peers="employees"))
    assert found[1].name.startswith("cost of")
    assert found[1].fit.notna().all()


def test_totals_are_the_cost_to_serve(joined):
    totals = activity_totals(joined)
    assert list(totals.columns) == ["ticket", "return", "visit"]  # 380, 212 and 130
    assert totals.sum().tolist() == pytest.approx([380, 212, 130])
    cost = joined.outcomes.loc[joined.used, "cost_to_serve"]
    assert totals.sum(axis=1).to_numpy() == pytest.approx(cost.to_numpy())


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(["ticket", "return"]), st.floats(0, 3).map(lambda x: round(x, 2)))
def test_a_margin_is_linear_in_each_rate(by_hand, joined, activity, factor):
    """The oracle prices and joins everything again with another rate card."""
    eight, before = by_hand.eight_accounts(), joined
    card = scaled(eight.economics.rate_card, activity, factor)
    again = dataclasses.replace(eight.economics, rate_card=card)
    after = joined_accounts(eight.tables, eight.data, again)
    cost = activity_totals(before)[activity].copy()
    if activity == "ticket":
        cost["birch"] -= 60.0  # 66.00 / 1.1 that its row brought itself: no rate of the card
    expected = before.outcomes.loc[before.used, "margin"] - (factor - 1) * cost
    got = after.outcomes.loc[before.used, "margin"]
    assert np.allclose(got.to_numpy("float64"), expected.to_numpy("float64"), atol=1e-3)


def test_the_two_ways_of_a_rate_are_symmetric(joined, eight):
    variants = {one.name: one.margin for one in label_variants(joined, eight.economics.label)}
    for activity in ("ticket", "return", "visit", "all service together"):
        down, up = (variants[f"cost of {activity} 20 % {way}"] for way in ("lower", "higher"))
        assert ((down + up) / 2).to_numpy() == pytest.approx(variants["as defined"].to_numpy())
