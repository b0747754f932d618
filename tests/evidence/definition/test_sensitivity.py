"""The label under test: companies whose label hinges on one rate, and one that stands firm."""

import dataclasses
import datetime as dt
import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from icpfit.data.contract import Attribute
from icpfit.data.joining.periods import Period
from icpfit.economics.label import LabelRule
from icpfit.errors import SettingsError
from icpfit.evidence.definition.budget import evidence_budget
from icpfit.evidence.definition.definition import VariantFinding, definition_banner
from icpfit.evidence.definition.sensitivity import sensitivity
from icpfit.fit.features import feature_contract
from icpfit.fit.folds import account_folds
from icpfit.measure.estimate import Estimate
from icpfit.measure.ranking import auc

RULE = LabelRule(kind="threshold")
QUICK, FULL = evidence_budget("quick"), evidence_budget("full")


def company(visit_sd, visits=5000, n=400, seed=1):
    """Accounts whose revenue follows the cost of visits: with a large one, margins hinge on it."""
    rng = np.random.default_rng(seed)
    ids = pd.Index([f"a{i:04d}" for i in range(n)], name="account_id")
    need, size = rng.normal(size=n), rng.normal(size=n)
    visits = np.abs(visits + visit_sd * need)
    support = np.abs(40 + 5 * rng.normal(size=n))
    margin = 500 * (size + 0.6 * rng.normal(size=n))
    outcomes = pd.DataFrame(
        {
            "revenue": margin + visits + support,
            "direct_cost": 0.0,
            "planned_cost": visits + support,
            "remedial_cost": 0.0,
            "cost_to_serve": visits + support,
            "acquisition_cost": np.nan,
            "margin": margin,
            "excluded_because": None,
            "fit": pd.Series(margin > 0, index=ids).astype(object).to_numpy(),
        },
        index=ids,
    )
    costs = pd.DataFrame(
        {
            "account_id": [*ids, *ids],
            "activity": ["site_visits"] * n + ["support"] * n,
            "amount": [*visits, *support],
        }
    )
    days = pd.Series(pd.Timestamp("2024-05-01"), index=ids).astype("datetime64[s]")
    return SimpleNamespace(
        facts=pd.DataFrame({"need": need, "size": size}, index=ids),
        dates=pd.DataFrame({"started_on": days, "decided_on": days}),
        outcomes=outcomes,
        activity_costs=costs,
        attributes={
            name: Attribute(name=name, kind="number", known="before_sale")
            for name in ("need", "size")
        },
        currency="EUR",
        horizon=Period(12, "mo"),
        as_of=dt.date(2026, 1, 1),
        used=ids,
    )


def trial_of(accounts, tier="signal", trained_on=None):
    ids = accounts.used if trained_on is None else accounts.used[:trained_on]
    contract = feature_contract(
        accounts.facts.loc[ids], accounts.dates.loc[ids], accounts.attributes, None
    )
    is_fit = accounts.outcomes.loc[ids, "fit"].to_numpy(bool)
    return SimpleNamespace(
        split=SimpleNamespace(train=ids),
        model=SimpleNamespace(contract=contract),
        signal=SimpleNamespace(tier=tier),
        trained=SimpleNamespace(
            folds=account_folds(is_fit, np.array(ids, dtype=object), 1),
            iterations={"fit_if_won": 60, "margin_if_won": 60},
            oof_fit_raw=accounts.facts.loc[ids, "size"].to_numpy(),
        ),
    )


@pytest.fixture(scope="module")
def hinged():
    return company(visit_sd=3000, visits=1500, n=600)


@pytest.fixture(scope="module")
def firm():
    return company(visit_sd=50)


def test_the_banner_names_the_rate_that_the_label_hinges_on(hinged):
    found = sensitivity(hinged, RULE, QUICK, trial=trial_of(hinged))
    assert found.banner.startswith(
        "Definition-sensitive: the list hinges on the cost of site visits."
    )
    by_name = {one.name: one for one in found.variants}
    down = by_name["cost of site visits 20 % lower"]
    # By brute force: margin + .2 x visits.
    cost = hinged.activity_costs[hinged.activity_costs["activity"] == "site_visits"]
    margin = hinged.outcomes["margin"].to_numpy()
    other = margin + 0.2 * cost["amount"].to_numpy()
    assert down.flipped == int(((margin > 0) != (other > 0)).sum())
    best, then = (set(np.argsort(-values)[:120]) for values in (margin, other))
    assert down.earned_overlap == pytest.approx(len(best & then) / len(best | then))
    assert down.prevalence == pytest.approx((other > 0).mean())
    assert by_name["cost of support 20 % higher"].earned_overlap > 0.95


def test_no_banner_where_the_definition_hardly_matters():
    # The same margins, with costs that are small beside them.
    accounts = company(visit_sd=50)
    accounts.activity_costs["amount"] /= 100
    found = sensitivity(accounts, RULE, QUICK, trial=trial_of(accounts))
    assert found.banner == ""
    assert min(one.earned_overlap for one in found.variants) > 0.9


def test_what_moves_all_alike_flips_labels_and_leaves_the_list(firm):
    # Visits cost everybody about 5,000: a fifth more takes 1,000 off every margin alike.
    found = sensitivity(firm, RULE, QUICK, trial=trial_of(firm))
    up = next(one for one in found.variants if one.name == "cost of site visits 20 % higher")
    assert up.flipped_share > 0.4
    assert up.earned_overlap > 0.9
    # The order by margin stands, what is called a fit does not.
    assert found.banner.startswith("Definition-sensitive: what counts as a profitable fit hinges")
    assert "The list" not in found.banner


@pytest.mark.slow
def test_full_evidence_trains_on_the_variants_that_move(hinged):
    found = sensitivity(hinged, RULE, FULL, trial=trial_of(hinged))
    assert "the cost of site visits" in found.banner
    by_name = {one.name: one for one in found.variants}
    assert by_name["cost of site visits 20 % higher"].model_overlap < 0.7
    assert by_name["cost of site visits 20 % higher"].retrained
    assert by_name["cost of support 20 % higher"].model_overlap is None
    assert not by_name["as defined"].retrained
    assert 0 < found.seed_overlap <= 1
    again = sensitivity(hinged, RULE, FULL, trial=trial_of(hinged))
    assert again == found


@pytest.mark.slow
def test_with_objective_fit_the_list_is_that_of_the_fits(hinged):
    found = sensitivity(hinged, RULE, FULL, trial=trial_of(hinged), objective="fit")
    down = next(one for one in found.variants if one.name == "cost of site visits 20 % lower")
    assert down.earned_overlap == pytest.approx(
        1 - down.flipped / (down.prevalence * down.n)
    )  # a lower cost only adds fits: Jaccard = before / after
    assert down.model_overlap is not None


def test_without_a_clear_signal_nothing_is_trained(hinged):
    found = sensitivity(hinged, RULE, FULL, trial=trial_of(hinged, tier="weak"))
    assert found.seed_overlap is None
    assert all(one.model_overlap is None and not one.retrained for one in found.variants)
    assert "no clear signal" in found.notes[0]


def test_the_auc_is_that_of_the_training_accounts_only(hinged):
    trial = trial_of(hinged, trained_on=500)
    # A hold-out whose facts are gone would change the figure if anything looked at it.
    blind = SimpleNamespace(**vars(hinged))
    blind.facts = hinged.facts.copy()
    blind.facts.iloc[500:] = np.nan
    found, same = (sensitivity(one, RULE, QUICK, trial=trial) for one in (hinged, blind))
    assert found == same
    own = found.variants[0].auc
    label = hinged.outcomes["margin"].to_numpy()[:500] > 0
    assert own.value == pytest.approx(auc(label, trial.trained.oof_fit_raw))
    assert own.low < own.value < own.high


def test_a_one_sided_variant_has_no_interval_and_no_model(firm):
    rule = LabelRule(kind="threshold", hurdle=-1_000_000)
    firm = SimpleNamespace(**vars(firm))
    found = sensitivity(firm, rule, FULL, trial=trial_of(firm, tier="weak"))
    assert not found.variants[1].auc.has_interval
    assert math.isnan(found.variants[1].auc.value)


def finding(name, overlap, flipped=20, model=None):
    return VariantFinding(
        name, f"the {name}", 200, flipped, 0.4, Estimate(0.7), False, overlap, model
    )


def test_a_model_that_wavers_is_no_matter_of_the_definition():
    base = finding("as defined", 1.0, 0)
    # The accounts stayed as they were (1 % of the labels, .97 of the list): the model is unsteady.
    assert definition_banner([base, finding("x", 0.97, 2, model=0.3)], luck=0.9) == ""
    # Two seeds differ by more than the variant does.
    assert definition_banner([base, finding("x", 0.8, model=0.65)], luck=0.6) == ""
    assert "hinges on the x" in definition_banner([base, finding("x", 0.8, model=0.55)], luck=0.6)


def test_the_shakiest_comes_first_and_the_others_are_named():
    base = finding("as defined", 1.0, 0)
    said = definition_banner([base, finding("b", 0.6), finding("a", 0.5), finding("c", 0.9)])
    assert "hinges on the a." in said
    assert "It depends on the b as well." in said
    assert "only 67 % of the best fifth would stay in it (overlap 0.50)" in said


def test_a_label_that_flips_is_told_though_the_list_stands():
    base = finding("as defined", 1.0, 0)
    # 80 + 80 labels as fits, f flip: (160 - f) / (160 + f) falls below .7 from f = 29 on.
    assert definition_banner([base, finding("x", 1.0, 28)]) == ""
    said = definition_banner([base, finding("x", 1.0, 29), finding("y", 1.0, 40)])
    assert "what counts as a profitable fit hinges on the y. With the y 20 % of the labels" in said
    # Whichever overlaps least is told first, the other is not dropped.
    both = definition_banner([base, finding("x", 0.6, 12), finding("y", 1.0, 100)])
    assert both.index("hinges on the y") < both.index("The list hinges on the x as well")
    assert "the list hinges on the x" in definition_banner([base, finding("x", 0.2, 40)])


def test_a_budget_says_what_it_leaves_out():
    assert FULL.left_out == ()
    assert (QUICK.variant_models, QUICK.shorter_horizon) == (False, False)
    for field in dataclasses.fields(QUICK):
        same = getattr(QUICK, field.name) == getattr(FULL, field.name)
        assert same is False, f"{field.name}: quick leaves nothing out here"
    with pytest.raises(SettingsError, match="quick or full"):
        evidence_budget("some")
