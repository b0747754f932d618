"""The demo company: the planted groups are proposed, avoided and to be fixed."""

import datetime as dt
from pathlib import Path

import pytest

from icpfit.data.demo.companies import in_segment
from icpfit.data.demo.company import known_truth
from icpfit.data.demo.world import COSTLY_BY_NATURE, COSTLY_BY_REMEDIAL, GOOD_SEGMENTS
from icpfit.icp.profile import Profile
from icpfit.icp.selection import is_selected
from icpfit.insight.segments.proposal import proposed_profile
from icpfit.insight.segments.search import found_segments

pytestmark = pytest.mark.slow

CONF = Path(__file__).parents[3] / "conf" / "data" / "demo.yaml"
DAY = dt.date(2026, 7, 1)


@pytest.fixture(scope="module")
def demo(tried_demo):
    accounts, economics = tried_demo.accounts, tried_demo.company.economics
    found = found_segments(accounts, tried_demo.trial, economics=economics, half_samples=10)
    return accounts, found, known_truth(tried_demo.exports)


def members(accounts, groups):
    facts = accounts.facts.loc[accounts.used]
    return is_selected(
        Profile("groups", 1, DAY, tuple(one.segment for one in groups)), facts
    ).to_numpy()


def planted(accounts, where):
    return in_segment(where, accounts.facts.loc[accounts.used])


def test_the_proposal_selects_the_planted_good_segments(demo):
    accounts, found, _ = demo
    proposal = proposed_profile(found, None, effective_from=DAY)
    chosen = is_selected(proposal, accounts.facts.loc[accounts.used]).to_numpy()
    good = {name: planted(accounts, where) for name, where in GOOD_SEGMENTS.items()}
    # Who is served from the southern hub is to be fixed first, however good otherwise.
    hub = planted(accounts, COSTLY_BY_REMEDIAL)
    assert chosen[good["regulated cold chain"] & ~hub].mean() > 0.85
    assert chosen[good["single-plant makers"] & ~hub].mean() > 0.6
    assert chosen[hub].mean() < 0.2
    named = {level for one in proposal.segments for level in one.where.get("industry", [])}
    # Every industry that is named is one of the planted ones.
    meant = {i for where in GOOD_SEGMENTS.values() for i in where["industry"]}
    assert {"Pharma", "Food Production", "Machinery", "Chemicals"} <= named <= meant
    margin = accounts.outcomes.loc[accounts.used, "margin"].to_numpy()
    assert margin[chosen].mean() > 5_000 > margin.mean()


def test_the_group_that_is_costly_by_nature_is_avoided(demo):
    accounts, found, _ = demo
    avoided = members(accounts, found.of("avoid"))
    nature = planted(accounts, COSTLY_BY_NATURE)
    # Those without an IT team and the large ones; the rest are too few to be sure of.
    assert avoided[nature].mean() > 0.55
    assert any("Agency" in one.segment.where.get("industry", []) for one in found.of("avoid"))
    for where in GOOD_SEGMENTS.values():
        assert avoided[planted(accounts, where)].mean() < 0.2
    for one in found.of("avoid"):
        assert one.margin_if_fixed.high < 0
        assert one.fit_if_fixed.high < found.base_fit.value


def test_the_group_with_remedial_cost_is_to_be_fixed_and_the_cause_is_named(demo):
    accounts, found, _ = demo
    fix = found.of("fix")[0]
    assert sorted(fix.segment.where["country"]) == COSTLY_BY_REMEDIAL["country"]
    hub = planted(accounts, COSTLY_BY_REMEDIAL)
    assert members(accounts, found.of("fix"))[hub].mean() > 0.7
    # Nobody is told to leave them for what the carrier did.
    assert not any("country" in one.segment.where for one in found.of("avoid"))
    assert fix.causes[0].caused_by == "logistics"
    assert sum(c.share for c in fix.causes if c.caused_by == "logistics") > 0.8
    assert sum(c.amount for c in fix.causes) == pytest.approx(fix.remedial_cost.value, rel=0.05)
    assert fix.fit_if_fixed.low > fix.fit_rate.high


def test_what_is_reported_is_near_the_truth(demo):
    accounts, found, truth = demo
    known = truth.reindex(found.report)
    for one in found.segments:
        inside = is_selected(
            Profile("one", 1, DAY, (one.segment,)), accounts.facts.loc[found.report]
        ).to_numpy()
        expected = known["expected_margin"][inside].mean()
        half = (one.margin.high - one.margin.low) / 2
        assert abs(one.margin.value - expected) < 3 * half, one.segment.name
