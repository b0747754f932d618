"""Drop it or fix it, by hand on the eight accounts.

Retail is birch and elm: margin (410 + 500) / 2 = 455, cost to serve (290 + 22) / 2 = 156, remedial
(250 + 22) / 2 = 136, one of two a fit (all: 3 of 7). The five others: margin 2220 / 5 = 444, cost
(80 + 0 + 50 + 200 + 80) / 5 = 82, no remedial cost. Per 100: fixing is worth 13,600, dropping for
others 100 x (444 - 455) = -1,100, dropping for nobody -45,500.
"""

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from icpfit.economics.rate_card import RateCard
from icpfit.icp.profile import Profile, Segment
from icpfit.insight.service.ability import ability_to_serve
from icpfit.insight.service.drop_or_fix import drop_or_fix

RETAIL = Segment("retail", {"industry": ["Retail"]})


def group(segment, part="segments", status="segment"):
    return SimpleNamespace(segment=segment, part=part, status=status)


def test_both_prices_by_hand(eight):
    [found] = drop_or_fix(eight.accounts, [group(RETAIL)], eight.economics.rate_card)
    assert (found.n, found.fit_rate, found.base_fit) == (2, 0.5, pytest.approx(3 / 7))
    values = {
        "margin": 455, "margin_if_fixed": 591, "cost_to_serve": 156, "cost_elsewhere": 82,
        "extra_cost": 74, "remedial_cost": 136, "fix": 13_600, "fix_all": 13_600, "drop": -1_100,
        "drop_alone": -45_500, "fix_less_drop": 14_700,
    }  # fmt: skip
    assert {name: getattr(found, name).value for name in values} == pytest.approx(values)
    assert found.advice == "cannot tell"  # two accounts
    assert [(c.activity, c.caused_by, c.remedial, round(c.amount, 6)) for c in found.causes] == [
        ("return", "customer", True, 55.0),
        ("return", "logistics", True, 51.0),
        ("ticket", "finance", True, 30.0),
        ("ticket", "unknown", False, 20.0),
    ]
    assert sum(c.share for c in found.causes) == pytest.approx(1)


def test_who_is_left_out(eight):
    card, accounts = eight.economics.rate_card, eight.accounts
    avoided = group(RETAIL, "avoid")
    cheap = group(Segment("software", {"industry": ["Software"]}))  # 160 / 3 a piece, below others
    nobody = group(Segment("moon", {"industry": ["Moon"]}))
    agencies = Segment("agency", {"industry": ["Agency"]})  # dear and no fit among them
    assert drop_or_fix(accounts, [avoided, cheap, nobody, group(agencies)], card) == ()
    # The same agencies, once the proposal says that they are to be fixed.
    [found] = drop_or_fix(accounts, [group(agencies, "fix")], card)
    assert (found.name, found.advice) == ("agency", "nothing to fix")


def made_up(remedial, planned, other_margin, n=200, seed=1):
    """Half of the accounts, `in`, cost that much more; all else alike."""
    rng = np.random.default_rng(seed)
    ids = pd.Index([f"a{at:04d}" for at in range(n)], name="account_id")
    inside = np.arange(n) % 2 == 0
    noise = rng.normal(0, 10, n)
    frame = pd.DataFrame(index=ids)
    frame["remedial_cost"] = np.where(inside, remedial, 0.0) + np.abs(noise)
    frame["cost_to_serve"] = frame["remedial_cost"] + np.where(inside, planned, 0.0)
    frame["margin"] = np.where(inside, 500.0, other_margin + 500.0) - frame["cost_to_serve"] + noise
    frame["fit"] = (np.arange(n) % 4 < 2) | inside
    facts = pd.DataFrame({"where": np.where(inside, "in", "out").astype(object)}, index=ids)
    costs = pd.DataFrame(
        columns=[
            "account_id",
            "activity",
            "remedial",
            "caused_by",
            "served_by",
            "amount",
            "quantity",
        ]
    )
    return SimpleNamespace(
        outcomes=frame, facts=facts, used=ids, activity_costs=costs, as_of=dt.date(2026, 1, 1)
    )


@pytest.mark.parametrize(
    ("remedial", "planned", "other_margin", "advice"),
    [
        (300.0, 0.0, 0.0, "fix, not sure"),  # both are worth 300: remedial cost first
        (300.0, 0.0, -200.0, "fix, sure"),  # once fixed it leaves more than the others
        (100.0, 400.0, 0.0, "drop"),  # mostly planned service
        (0.0, 400.0, -600.0, "nothing to fix"),  # dear, but it leaves more than the others
    ],
)
def test_the_advice_follows_the_prices(remedial, planned, other_margin, advice):
    accounts = made_up(remedial, planned, other_margin)
    segment = Segment("in", {"where": ["in"]})
    [found] = drop_or_fix(accounts, [group(segment, "fix")], RateCard())
    if advice == "nothing to fix":
        assert found.drop.high < 0
        assert found.advice == "nothing to fix"
    else:
        assert found.advice == advice.split(",")[0]
        assert found.is_sure == ("not sure" not in advice)


def test_what_was_found_is_reported_on_the_other_part_and_candidates_are_not(eight):
    # Reported on anvil, birch and cedar only: retail is birch, 290 against (80 + 0) / 2.
    report = pd.Index(["anvil", "birch", "cedar"])
    agencies = Segment("agency", {"industry": ["Agency"]})
    segments = (group(RETAIL, "fix"), group(agencies, "fix", "candidate"))
    found = ability_to_serve(
        eight.accounts,
        None,
        eight.tables,
        eight.data,
        eight.economics,
        proposed=Profile("new", 2, dt.date(2025, 7, 1), (RETAIL,)),
        found=SimpleNamespace(segments=segments, report=report),
    )
    [only] = found.drop_or_fix
    assert (only.name, only.n) == ("retail", 1)
    assert only.extra_cost.value == pytest.approx(290 - 40)
    loads = {load.profile: load.n for team in found.teams for load in team.loads}
    assert loads == {"customers as won": 3, "proposed ICP": 1}
    assert (found.n, found.n_apart) == (7, 3)


def test_ability_to_serve_of_the_eight(eight):
    profile = Profile("now", 1, dt.date(2025, 1, 1), (RETAIL,))
    found = ability_to_serve(
        eight.accounts, None, eight.tables, eight.data, eight.economics, current=profile
    )
    assert found.note.startswith("no capacity is given")
    assert {team.team for team in found.teams} == {"field", "support", "warehouse"}
    assert found.deals.note == "the settings name no source with table: opportunities"
    assert [one.name for one in found.drop_or_fix] == ["retail"]
    # Every log covers 2023-01-01 to 2025-06-30, in which all eight started.
    assert found.intake * found.years == pytest.approx(8)
