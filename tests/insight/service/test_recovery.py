"""What is planted in the demo company is found again: the teams, the causes, what to fix."""

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from icpfit.data.demo.truth import first_year
from icpfit.data.demo.world import COSTLY_BY_NATURE, COSTLY_BY_REMEDIAL, GOOD_SEGMENTS, WORLD
from icpfit.delivery.report.chapters.profit import profit_chapter
from icpfit.delivery.report.chapters.service import service_chapter
from icpfit.icp.profile import Profile, Segment
from icpfit.insight.profit.money import where_the_money_is
from icpfit.insight.profit.predicted_realised import as_written
from icpfit.insight.service.ability import ability_to_serve

pytestmark = pytest.mark.slow
CONF = Path(__file__).parents[3] / "conf"


@pytest.fixture(scope="module")
def demo(tried_demo):
    """What serving the demo company's accounts takes, by its current profile and by the planted one."""
    planted = Profile(
        "planted",
        1,
        dt.date(2026, 7, 1),
        tuple(Segment(name, where) for name, where in GOOD_SEGMENTS.items()),
        (Segment("south", COSTLY_BY_REMEDIAL),),
        (Segment("agencies", COSTLY_BY_NATURE),),
    )
    accounts, tried, company = tried_demo.accounts, tried_demo.trial, tried_demo.company
    both = {"current": tried_demo.current, "proposed": planted}
    return SimpleNamespace(
        accounts=accounts,
        ability=ability_to_serve(
            accounts, tried, tried_demo.tables, company.data, company.economics, **both
        ),
        money=where_the_money_is(accounts, tried, company.economics, **both),
    )


def test_the_group_with_remedial_cost_is_to_be_fixed_and_logistics_is_why(demo):
    [found] = demo.ability.drop_or_fix
    assert (found.name, found.advice) == ("south", "fix")
    first = found.causes[0]
    assert (first.activity, first.caused_by, first.remedial) == (
        "returns_handling",
        "logistics",
        True,
    )
    logistics = sum(c.amount for c in found.causes if c.remedial and c.caused_by == "logistics")
    assert logistics > 0.8 * found.remedial_cost.value
    assert found.fix_less_drop.low > 0
    assert found.margin.high < 0 < found.margin_if_fixed.low


def test_the_current_profile_strains_the_teams_and_the_planted_one_doesnt(demo):
    loads = {
        (team.team, load.profile): load
        for team in demo.ability.teams
        if team.capacity
        for load in team.loads
    }
    for team in ("field service", "support desk"):
        current, planted = loads[team, "current ICP"], loads[team, "proposed ICP"]
        assert current.is_overloaded
        assert current.is_sure
        assert planted.short.high < 0
    assert demo.ability.years == pytest.approx(4, abs=0.01)
    assert demo.ability.intake == pytest.approx(750, rel=0.02)


def test_hours_are_foreseen_as_planted(demo):
    by_name = {one.activity: one for one in demo.ability.activities}
    assert {one.basis for one in demo.ability.activities} == {"model"}
    assert by_name["rework_visit"].remedial
    assert not by_name["onboarding"].remedial
    # Planted: 16 hours of onboarding, 7 more a site, more where an integration is asked for.
    facts = demo.accounts.facts.loc[demo.accounts.used].dropna(
        subset=["industry", "country", "employees", "sites", "systems", "has_it_team",
                "custom_integration", "lead_source"]
    )  # fmt: skip
    planted = first_year(facts, WORLD).onboarding_hours.mean()
    assert by_name["onboarding"].mean.value == pytest.approx(planted, rel=0.08)


def test_good_fits_that_lost_money_point_to_logistics(demo):
    for losses in (demo.money.good_lost, demo.money.fixed_lost):
        first = losses.causes[0]
        assert (first.caused_by, first.remedial) == ("logistics", True)
        assert first.stands_out
    south = demo.accounts.facts["country"].isin(COSTLY_BY_REMEDIAL["country"])
    customers = demo.money.customers
    fixed = customers.index[customers["standing"] == "good fit once fixed, lost money"]
    base = south.loc[customers.index].mean()
    assert south.loc[fixed].mean() > 4 * base
    assert demo.money.fixed_lost.saved > 0.4 * demo.money.fixed_lost.n


def test_no_prediction_is_in_sample(demo):
    customers = demo.money.customers
    assert set(customers["predicted_by"]) == {"out-of-fold", "hold-out"}
    assert sorted(customers.index) == sorted(demo.accounts.used)
    # In-sample predictions would follow the outcome much more closely.
    r = customers.groupby("predicted_by")[["margin", "margin_if_won"]].corr().iloc[0::2, 1]
    assert abs(r.iloc[0] - r.iloc[1]) < 0.12


def test_the_chapters_say_it_and_can_be_shared_without_names(demo):
    service = service_chapter(demo.ability)
    assert "overload field service by" in service.lead
    assert "hours a year" in service.lead
    assert "Fix before dropping: south." in service.lead
    lost = [one for part in (demo.money.good_lost, demo.money.fixed_lost) for one in part.accounts]
    listed = [text for one in lost for text in (one.name, one.account_id)]
    others = demo.accounts.dates.iloc[::40]
    listed += [*others["name"].dropna().astype(str), *others.index]
    shown, hidden = (repr(profit_chapter(demo.money, names=how)) for how in ("show", "hide"))
    assert lost[0].name in shown
    assert not [text for text in listed if text in hidden]
    assert len(as_written(demo.money.customers)) == len(demo.accounts.used)


def test_every_figure_is_a_sentence_with_a_caption(demo):
    blocks = [*profit_chapter(demo.money).blocks, *service_chapter(demo.ability).blocks]
    figures = [block for block in blocks if hasattr(block, "svg")]
    assert len(figures) >= 9
    assert len({one.name for one in figures}) == len(figures)
    for one in figures:
        assert one.finding.endswith(".")
        assert any(sign.isdigit() for sign in one.finding)
        assert "How to read it:" in one.caption
        assert one.svg.startswith("<svg")
        assert len(one.svg) < 250_000
    assert sum(len(one.svg) for one in figures) < 600_000
    assert np.isfinite(demo.money.whale.low).all()
