"""What each choice of customers asks of a team, by hand.

Four accounts need 10, 20, 30 and 40 hours: 25 on average. The first two average 15, the last two
35. The pool: 6,000 minutes over two years = 50 hours a year, 4,800 used = 40 hours a year. Two
customers are won in a year, so that the first two's kind makes 40 + 2 x (15 - 25) = 20 hours a
year, 30 to spare; the last two's 40 + 2 x (35 - 25) = 60, 10 too many.
"""

import numpy as np
import pandas as pd
import pytest

from icpfit.data.joining.reconciliation import ReconcileLine
from icpfit.data.table_spec import Controls, Pool
from icpfit.economics.company_ledger import _pool_use
from icpfit.economics.rate_card import Activity, RateCard
from icpfit.economics.units import hours_per
from icpfit.insight.service.quantities import ServedActivity, ServiceQuantities, service_quantities
from icpfit.insight.service.team_load import team_loads
from icpfit.measure.estimate import Estimate

ANY = Estimate(float("nan"))


def activity(name="visit", team="field", unit="hour"):
    return ServedActivity(name, team, False, unit, "quantity", ANY, ANY, "group mean")


def quantities(needed, expected=None, activities=None):
    needed = np.asarray(needed, dtype=float)
    expected = needed if expected is None else np.asarray(expected, dtype=float)
    ids = pd.Index([f"a{at:03d}" for at in range(len(needed))])
    return ServiceQuantities(activities or (activity(),), ids, needed, expected)


def used(found, capacity, team="field"):
    share = found / capacity
    return ReconcileLine(
        team, f"{team} capacity used {share:.0%} (...)", found, capacity, share, "ok"
    )


FIRST = np.array([True, True, False, False])
POOL = Controls(pools={"field": Pool(cost=1.0, capacity=6000.0, unit="minute")})


def test_the_load_by_hand():
    told = quantities([[10], [20], [30], [40]])
    [team] = team_loads(
        told, {"current ICP": ~FIRST, "proposed ICP": FIRST}, POOL, [used(4800.0, 6000.0)],
        years=2.0, intake=2.0,
    )  # fmt: skip
    assert (team.unit, team.capacity, team.used) == ("hour", 50.0, 40.0)
    loads = {one.profile: one for one in team.loads}
    assert [round(one.per_100.value, 6) for one in team.loads] == [2500, 3500, 1500]
    assert loads["proposed ICP"].per_year.value == pytest.approx(20)
    assert loads["proposed ICP"].short.value == pytest.approx(-30)
    assert not loads["proposed ICP"].is_overloaded
    assert loads["current ICP"].short.value == pytest.approx(10)
    assert loads["current ICP"].is_overloaded
    assert loads["customers as won"].per_year.value == pytest.approx(40)
    assert loads["customers as won"].is_sure  # the ledger's own figure


def test_where_the_model_is_better_its_mean_counts():
    # Expected 12 of the first two, who needed 15: the figure is what was expected.
    told = quantities([[10], [20], [30], [40]], [[12], [12], [38], [38]])
    [team] = team_loads(told, {"proposed ICP": FIRST}, POOL, [], years=2.0, intake=2.0)
    assert team.loads[1].per_100.value == pytest.approx(1200)
    assert team.note == "what is used of it is not in the ledger"
    assert np.isnan(team.loads[1].short.value)


def test_the_interval_bears_the_luck_of_the_residuals():
    rng = np.random.default_rng(3)
    needed = rng.gamma(2.0, 10.0, (300, 1))
    sure = team_loads(
        quantities(needed, np.full((300, 1), needed.mean())), {}, POOL, [], years=1.0, intake=1.0
    )
    plain = team_loads(quantities(needed), {}, POOL, [], years=1.0, intake=1.0)
    one, other = sure[0].loads[0].per_100, plain[0].loads[0].per_100
    # All foreseen alike: what luck leaves must still be that of what was needed.
    assert one.high - one.low == pytest.approx(other.high - other.low, rel=1e-9)
    half = 100 * 1.645 * needed.std() / np.sqrt(300)
    assert (one.high - one.low) / 2 == pytest.approx(half, rel=0.1)


def test_no_capacity_says_so_and_units_that_dont_add_up_too():
    [team] = team_loads(quantities([[1], [2]]), {}, Controls(), [], years=1.0, intake=1.0)
    assert team.capacity is None
    assert "name no capacity" in team.note
    mixed = quantities([[1, 1], [2, 2]], activities=(activity(), activity("return", unit="return")))
    [team] = team_loads(mixed, {}, POOL, [], years=1.0, intake=1.0)
    assert team.note == "its activities are counted in hour and return, which don't add up"
    other = Controls(pools={"field": Pool(1.0, 10.0, "pallet")})
    [team] = team_loads(quantities([[1], [2]]), {}, other, [], years=1.0, intake=1.0)
    assert team.note == "its capacity is in pallet, its activities in hour"


def test_hours_that_drift_over_the_years_make_no_difference_between_profiles():
    """One rule as both profiles; hours per account rise by 40 %, the newest took part in no search.

    Truth: no difference. All over the same accounts, the proposed one's change is exactly 0, where
    over the reported 40 % of the older ones alone it would be far below.
    """
    rng = np.random.default_rng(4)
    n = 600
    hours = rng.gamma(2.0, 2.5, (n, 1)) * np.linspace(1, 1.4, n)[:, None]
    told, member = quantities(hours), rng.random(n) < 0.4
    apart = (np.arange(n) >= 450) | (rng.random(n) < 0.4)
    pool = Controls(pools={"field": Pool(cost=1.0, capacity=1000.0, unit="hour")})
    both = {"current ICP": member, "proposed ICP": member}
    [team] = team_loads(
        told, both, pool, [used(1000.0, 1000.0)], years=1.0, intake=100.0, among=apart
    )
    won, current, proposed = team.loads
    assert (current.per_year, current.n) == (proposed.per_year, proposed.n)
    assert (won.n, proposed.n) == (apart.sum(), (member & apart).sum())
    assert proposed.per_year.low < 1000 < proposed.per_year.high


def test_the_order_of_rows_changes_nothing():
    rng = np.random.default_rng(5)
    needed, chosen = rng.gamma(1.0, 9.0, (80, 1)), rng.random(80) < 0.5
    told = quantities(needed)
    back = ServiceQuantities(told.activities, told.accounts[::-1], needed[::-1], needed[::-1])
    one = team_loads(told, {"p": chosen}, POOL, [], years=1.0, intake=9.0)
    other = team_loads(back, {"p": chosen[::-1]}, POOL, [], years=1.0, intake=9.0)
    assert one[0].loads[1].per_100.value == pytest.approx(other[0].loads[1].per_100.value)


def test_quantities_of_the_eight_by_hand(eight):
    # Tickets in minutes: anvil 30 + 44, birch 40 (its 66.00 came without), fir 160. Visits came
    # without a quantity, so their rows count. Returns: birch 5 + 4, elm 1.
    found = service_quantities(eight.accounts, None, eight.economics.rate_card)
    at = {(one.served_by, one.activity): i for i, one in enumerate(found.activities)}
    by_account = {
        key: dict(zip(found.accounts, found.needed[:, i], strict=True)) for key, i in at.items()
    }
    assert by_account["support", "ticket"] == pytest.approx(
        {
            "anvil": 74 / 60,
            "birch": 40 / 60,
            "cedar": 0,
            "delta": 0,
            "elm": 0,
            "fir": 160 / 60,
            "grove": 0,
        }
    )
    assert sum(by_account["warehouse", "return"].values()) == 10
    assert by_account["field", "visit"]["grove"] == 1
    assert [one.counted for one in found.activities] == ["events", "quantity", "quantity"]
    assert {one.basis for one in found.activities} == {"group mean"}
    assert (found.expected == found.needed).all()


def test_a_pool_adds_up_minutes_and_hours():
    # 90 minutes of calls and 2 hours of visits are 3.5 hours, or 210 minutes; 4 returns are neither.
    totals = pd.DataFrame(
        {
            "activity": ["call", "visit", "return"],
            "served_by": ["field"] * 3,
            "amount": [10_000, 20_000, 30_000],
            "quantity": [900_000, 20_000, 40_000],
        }
    )
    units = {"call": "minute", "visit": "hour", "return": "return"}
    card = RateCard({name: Activity(unit=unit) for name, unit in units.items()})
    for unit, size in (("hour", 3.5), ("minute", 210.0), ("return", 4.0)):
        pools = Controls(pools={"field": Pool(1.0, 9.0, unit)})
        assert _pool_use(totals, card, pools)["field"].quantity[unit] == pytest.approx(size)


@pytest.mark.parametrize(
    ("unit", "hours"),
    [("minute", 1 / 60), ("Minutes ", 1 / 60), ("h", 1), ("s", None), ("day", None)],
)
def test_units_of_time(unit, hours):
    assert hours_per(unit) == hours
