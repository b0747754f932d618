"""What stands out among losses: never a cost that went to anybody, always one that did not."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from icpfit.economics.rate_card import Activity, RateCard
from icpfit.insight.profit.lost_by_luck import excess_by_luck, luck_reaches
from icpfit.insight.profit.lost_money import losses_by_cause

ACTIVITIES = {"support": False, "rework": True, "visits": False, "credits": True}
CARD = RateCard({name: Activity("hour", 10.0, remedial=r) for name, r in ACTIVITIES.items()})


def made_up(seed, planted=0.0, short=0.0, n=300):
    """Accounts with four costs drawn alike.

    `planted`: a tenth, which also brings less, has so much more rework. `short`: a tenth brings so
    much less revenue than was expected.
    """
    rng = np.random.default_rng(seed)
    ids = pd.Index([f"a{at:03d}" for at in range(n)], name="account_id")
    costs = rng.gamma(1.0, 10.0, (n, 4))
    costs[: n // 10, 1] += planted
    expected = rng.normal(70, 10, n)
    brought = expected + rng.normal(0, 20, n)
    brought[: n // 10] -= short + (40 if planted else 0)
    margin = brought - costs.sum(axis=1)
    frame = pd.DataFrame(
        {
            "name": ids,
            "standing": np.where(margin < 0, "good fit, lost money", "good fit, earned money"),
            "margin": margin,
            "margin_if_won": 30.0,
            "remedial_cost": costs[:, 1] + costs[:, 3],
            "revenue_after_direct_cost": brought,
            "expected_after_direct_cost": expected,
        },
        index=ids,
    )
    rows = pd.DataFrame(
        {
            "account_id": np.repeat(ids, 4),
            "activity": np.tile(list(ACTIVITIES), n),
            "remedial": np.tile(list(ACTIVITIES.values()), n),
            "caused_by": "sales",
            "amount": costs.ravel(),
            "quantity": costs.ravel() / 10,
        }
    )
    return SimpleNamespace(activity_costs=rows), frame


def causes(seed, **planted):
    accounts, frame = made_up(seed, **planted)
    return losses_by_cause(accounts, frame, "good fit, lost money", CARD, seed=seed).causes


def test_costs_that_went_to_anybody_do_not_stand_out():
    """Every cost is higher among those that lost, far beyond its interval; that is construction."""
    found = [
        [one for one in causes(seed) if one.activity != "revenue below expected"]
        for seed in range(25)
    ]
    above = np.mean([one.excess.low > 0 for row in found for one in row])
    assert above > 0.9
    assert sum(any(one.stands_out for one in row) for row in found) <= 3
    usual = [one.excess.value / one.usual for row in found for one in row]
    assert np.mean(usual) == pytest.approx(1, abs=0.1)


def test_a_cost_that_went_to_some_stands_out_and_first():
    found = causes(1, planted=30.0)
    assert [one.activity for one in found if one.stands_out and one.remedial] == ["rework"]
    assert found[0].activity == "rework"
    assert found[0].hours == pytest.approx(found[0].total / 10 / _n(1, planted=30.0))


def _n(seed, **planted):
    return int((made_up(seed, **planted)[1]["margin"] < 0).sum())


def test_revenue_that_did_not_come_has_a_row_of_its_own():
    found = {one.activity: one for one in causes(2, short=60.0)}
    short = found["revenue below expected"]
    assert (short.caused_by, short.remedial, short.hours) == ("", False, None)
    assert short.excess.value > max(
        one.excess.value for name, one in found.items() if name != "revenue below expected"
    )


def test_the_order_of_rows_changes_nothing():
    accounts, frame = made_up(3, planted=30.0)
    mixed = accounts.activity_costs.sample(frac=1, random_state=1)
    one = losses_by_cause(accounts, frame, "good fit, lost money", CARD)
    other = losses_by_cause(
        SimpleNamespace(activity_costs=mixed), frame.iloc[::-1], "good fit, lost money", CARD
    )
    assert [(c.activity, c.usual, c.reach) for c in one.causes] == [
        (c.activity, c.usual, c.reach) for c in other.causes
    ]


def test_the_null_against_a_plain_loop():
    """The same draws, one account at a time."""
    rng = np.random.default_rng(5)
    costs, rest = rng.gamma(1.0, 10.0, (12, 2)), rng.normal(15, 10, 12)
    margin = rest - costs.sum(axis=1)
    may_lose, may_earn = np.arange(12) >= 2, np.arange(12) < 10
    drawn = excess_by_luck(costs, margin, may_lose=may_lose, may_earn=may_earn, seed=3)
    dealt = np.random.default_rng([31, 3]).permuted(np.tile(np.arange(12), (999, 1)), axis=1)
    for draw in (0, 500, 998):
        for at in (0, 1):
            lost, earned = [], []
            for account in range(12):
                given = costs[dealt[draw, account], at]
                left = margin[account] + costs[account, at] - given
                if left < 0 and may_lose[account]:
                    lost.append(given)
                if left >= 0 and may_earn[account]:
                    earned.append(given)
            expected = np.mean(lost) - np.mean(earned) if lost and earned else np.nan
            assert drawn[draw, at] == pytest.approx(expected, nan_ok=True)


def test_where_luck_tells_nothing_nothing_stands_out():
    drawn = np.full((999, 2), np.nan)
    drawn[:, 1] = 1.0
    usual, reach = luck_reaches(drawn)
    assert np.isnan(usual[0])
    assert reach.tolist() == [np.inf, 1.0]
