"""The whole search on a small company with a planted group of each part."""

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from icpfit.data.contract import Attribute
from icpfit.economics.label import LabelRule
from icpfit.economics.rate_card import Activity, RateCard
from icpfit.economics.spec import EconomicsSpec
from icpfit.fit.features import feature_contract
from icpfit.icp.profile import Profile, Segment, read_profile, write_profile
from icpfit.icp.selection import is_selected
from icpfit.insight.segments import search
from icpfit.insight.segments.proposal import proposed_profile
from icpfit.insight.segments.search import found_segments
from icpfit.measure.discoveries import q_values

ECONOMICS = EconomicsSpec(
    rate_card=RateCard({"rework": Activity("hour", 10.0, remedial=True)}),
    label=LabelRule(kind="threshold"),
)
ATTRIBUTES = {
    "line": Attribute("line", "category", "before_sale", label="line of business"),
    "country": Attribute("country", "category", "before_sale"),
    "size": Attribute("size", "number", "before_sale", label="employees"),
    "tickets": Attribute("tickets", "number", "after_sale"),
}
DAY = dt.date(2027, 1, 1)


def company(n=1_200, seed=0, *, tier="signal"):
    """Farms earn, agencies lose, Austria and Norway lose by rework only; a fifth is held out."""
    rng = np.random.default_rng(seed)
    index = pd.Index([f"a{i:04}" for i in range(n)])
    facts = pd.DataFrame(
        {
            "line": rng.choice(["Agency", "Farm", "Mill", "Shop", "Yard"], n).astype(object),
            "country": rng.choice(["AT", "NO", "DE", "FR", "IT", "ES"], n).astype(object),
            "size": np.round(np.exp(rng.normal(4, 1, n))),
            "tickets": rng.normal(size=n),
        },
        index=index,
    )
    farm, agency = (facts["line"] == "Farm").to_numpy(), (facts["line"] == "Agency").to_numpy()
    rework = np.where(facts["country"].isin(["AT", "NO"]), 30.0, 0.0) * (rng.random(n) < 0.9)
    margin = rng.normal(0, 20, n) + 22 * farm - 40 * agency - rework
    outcomes = pd.DataFrame(
        {
            "fit": margin > 0,
            "margin": margin,
            "revenue": 300.0,
            "cost_to_serve": 50 + rework,
            "remedial_cost": rework,
        },
        index=index,
    )
    started = pd.Timestamp("2022-01-01") + pd.to_timedelta(np.arange(n), "D")
    dates = pd.DataFrame({"started_on": started, "decided_on": started}, index=index)
    costs = pd.DataFrame(
        {
            "account_id": index,
            "activity": "rework",
            "remedial": True,
            "caused_by": "logistics",
            "amount": rework,
            "quantity": rework / 10,
            "events": 1,
        }
    )[rework > 0]
    accounts = SimpleNamespace(
        facts=facts,
        dates=dates,
        outcomes=outcomes,
        activity_costs=costs,
        attributes=ATTRIBUTES,
        used=index,
    )
    train = index[: n * 4 // 5]
    contract = feature_contract(facts.loc[train], dates, ATTRIBUTES)
    score = (farm * 0.3 - agency * 0.5 - rework / 60)[: len(train)]
    trial = SimpleNamespace(
        split=SimpleNamespace(train=train, holdout=index[len(train) :], basis="later"),
        signal=SimpleNamespace(tier=tier),
        model=SimpleNamespace(contract=contract),
        trained=SimpleNamespace(oof_fit=score),
    )
    return accounts, trial


@pytest.fixture(scope="module")
def found():
    accounts, trial = company()
    return accounts, trial, found_segments(accounts, trial, economics=ECONOMICS, half_samples=4)


@pytest.mark.slow
def test_each_planted_group_comes_under_its_part(found):
    _, _, groups = found
    [win, *_] = groups.of("segments")
    assert win.segment.where["line"] == ["Farm"]
    [fix, *_] = groups.of("fix")
    assert sorted(fix.segment.where["country"]) == ["AT", "NO"]
    # Agencies there lose both ways: they may be left out.
    assert "Agency" not in fix.segment.where.get("line", [])
    assert any(one.segment.where.get("line") == ["Agency"] for one in groups.of("avoid"))
    assert [one.part for one in groups.segments] == sorted(
        (one.part for one in groups.segments), key=["segments", "fix", "avoid"].index
    )
    [cause] = fix.causes
    assert (cause.activity, cause.caused_by, cause.unit) == ("rework", "logistics", "hour")
    assert cause.amount == pytest.approx(fix.remedial_cost.value)
    assert cause.share == pytest.approx(1.0)


@pytest.mark.slow
def test_all_figures_can_be_found_again_on_the_report_part_alone(found):
    accounts, trial, groups = found
    assert groups.find.union(groups.report).equals(trial.split.train)
    assert not groups.find.intersection(groups.report).size
    assert not groups.report.intersection(trial.split.holdout).size
    outcomes = accounts.outcomes.loc[groups.report]
    assert groups.base_fit.value == pytest.approx(outcomes["fit"].mean())
    for one in groups.segments:
        inside = is_selected(
            Profile("one", 1, DAY, (one.segment,)), accounts.facts.loc[groups.report]
        ).to_numpy()
        rows = outcomes[inside]
        assert one.n == len(rows)
        assert one.fit_rate.value == pytest.approx(rows["fit"].mean())
        assert one.margin.value == pytest.approx(rows["margin"].mean())
        mended = rows["margin"] + rows["remedial_cost"]
        assert one.margin_if_fixed.value == pytest.approx(mended.mean())
        assert one.fit_if_fixed.value == pytest.approx((mended > 0).mean())
        assert "tickets" not in one.segment.where


@pytest.mark.slow
def test_the_hold_out_is_measured_by_each_group_s_own_rule(found):
    accounts, trial, groups = found
    outcomes = accounts.outcomes.loc[trial.split.holdout]
    facts = accounts.facts.loc[trial.split.holdout]
    assert groups.holdout == "later"
    assert groups.base_held_out.n == len(outcomes)
    assert groups.base_held_out.margin.value == pytest.approx(outcomes["margin"].mean())
    for one in groups.segments:
        rows = outcomes[is_selected(Profile("one", 1, DAY, (one.segment,)), facts).to_numpy()]
        of = one.held_out
        assert of.n == len(rows)
        assert of.margin.value == pytest.approx(rows["margin"].mean())
        assert of.fit_rate.value == pytest.approx(rows["fit"].mean())
        mended = (rows["margin"] + rows["remedial_cost"]).mean()
        assert of.margin_if_fixed.value == pytest.approx(mended)
        # Of fewer than 20 there is no interval.
        assert of.margin.has_interval == (len(rows) >= 20)


@pytest.mark.slow
def test_luck_is_allowed_for_among_rules_of_one_kind(found):
    _, _, groups = found
    for parts in (("segments",), ("fix", "avoid")):
        kind = [one for one in groups.segments if one.part in parts]
        assert [one.q for one in kind] == q_values([one.p for one in kind])
    assert {one.part for one in groups.segments} == {"segments", "fix", "avoid"}


@pytest.mark.slow
def test_without_a_hold_out_nothing_is_held_out(monkeypatch):
    accounts, trial = company(600)
    trial.split.holdout, trial.split.basis = accounts.used[:0], "none"
    one_rule = SimpleNamespace(where={"line": ["Farm"]})
    monkeypatch.setattr(search, "_searched", lambda *_a, **_k: [(one_rule, True, 1.0)])
    groups = found_segments(accounts, trial, economics=ECONOMICS)
    assert (groups.holdout, groups.base_held_out) == ("none", None)
    assert groups.segments[0].held_out is None


@pytest.mark.slow
def test_neither_the_hold_out_nor_the_rows_order_nor_reported_outcomes_reach_a_rule(found):
    _, _, groups = found
    again, trial = company()
    order = np.random.default_rng(5).permutation(len(again.facts))
    for name in ("facts", "dates", "outcomes"):
        setattr(again, name, getattr(again, name).iloc[order])
    again.used = again.facts.index
    outside = again.outcomes.index.difference(groups.find)
    again.outcomes.loc[outside, ["margin", "fit"]] = [-1.0, False]
    other = found_segments(again, trial, economics=ECONOMICS, half_samples=0)
    rules = {str(one.segment.where) for one in groups.segments}
    assert {str(one.segment.where) for one in other.segments} == rules


@pytest.mark.slow
def test_the_proposal_stands_by_itself_and_survives_its_file(found, tmp_path):
    accounts, _, groups = found
    current = Profile("ICP 2027", 3, dt.date(2026, 1, 1), (Segment("old", {"country": ["FR"]}),))
    proposal = proposed_profile(groups, current, effective_from=DAY)
    assert (proposal.name, proposal.version) == ("ICP 2027", 4)
    assert proposed_profile(groups, None, effective_from=DAY).name == "ICP 2027"
    assert "old" not in [one.name for one in proposal.segments]
    write_profile(proposal, tmp_path / "proposed.yaml")
    assert read_profile(tmp_path / "proposed.yaml") == proposal
    chosen = is_selected(proposal, accounts.facts)
    assert accounts.outcomes["margin"][chosen].mean() > accounts.outcomes["margin"].mean()
    assert not (accounts.facts.loc[chosen, "line"] == "Agency").any()


def test_without_a_signal_nothing_is_looked_for(monkeypatch):
    monkeypatch.setattr(search, "_searched", lambda *_a, **_k: pytest.fail("it looked"))
    accounts, trial = company(tier="none")
    groups = found_segments(accounts, trial, economics=ECONOMICS)
    assert groups.segments == ()
    assert groups.note.startswith("The model found no signal")
    assert groups.explained is None
    assert groups.base_fit.has_interval
    assert proposed_profile(groups, None, effective_from=DAY) is None


def test_too_few_accounts_say_so():
    accounts, trial = company(60)
    groups = found_segments(accounts, trial, economics=ECONOMICS, half_samples=2)
    assert groups.segments == ()
    assert "24 accounts" in groups.note
