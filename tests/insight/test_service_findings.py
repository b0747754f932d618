"""Planted service effects are found, and what only looks like one is not."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from icpfit.economics.rate_card import Activity, RateCard
from icpfit.fit.contract import Feature, FeatureContract
from icpfit.insight.service_findings import service_findings
from icpfit.insight.service_items import months_served, service_items

CARD = RateCard({"rework": Activity(unit="hour"), "onboarding": Activity(unit="hour")})
LEVELS = ("AT", "DE")


def _world(n=900, seed=1, annoyance=0.04):
    """Make accounts whose rework annoys (truth), whose onboarding only goes with the country."""
    rng = np.random.default_rng(seed)
    ids = pd.Index([f"a{i:04}" for i in range(n)], name="account_id")
    austrian = rng.random(n) < 0.5
    rework = rng.poisson(2 + 3 * austrian).astype(float)
    onboarding = rng.poisson(5 + 10 * austrian).astype(float)
    support = rng.poisson(6, n).astype(float)
    advocacy = 0.6 - 0.2 * austrian - annoyance * rework + 0.1 * rng.normal(size=n)
    # a sixth leave after a quarter of the year, and so have a quarter of the support
    left = rng.random(n) < 1 / 6
    support[left] = rng.binomial(support[left].astype(int), 0.25)
    advocacy[left | (rng.random(n) < 0.2)] = np.nan
    margin = 5_000 - 3_000 * austrian + 2_000 * rng.normal(size=n)
    start = pd.Timestamp("2024-01-01")
    end = start + pd.Timedelta(days=366)
    dates = pd.DataFrame({"started_on": start, "decided_on": start, "horizon_end": end}, index=ids)
    outcomes = pd.DataFrame(
        {
            "margin": margin,
            "cost_to_serve": 10 * (rework + onboarding + support),
            "retention": np.where(left, 0.0, 1.0),
            "retained": pd.Series(~left, index=ids, dtype=object),
            "advocacy": advocacy,
            "fit": pd.Series((margin > 2_000) & ~left, index=ids, dtype=object),
            "lost_on": pd.Series(np.where(left, start + pd.Timedelta(days=91), pd.NaT), index=ids),
        },
        index=ids,
    )
    outcomes["lost_on"] = pd.to_datetime(outcomes["lost_on"])
    parts = []
    for name, amount, remedial in (
        ("rework", rework, True), ("onboarding", onboarding, False), ("support", support, False)
    ):  # fmt: skip
        had = amount > 0
        parts.append(
            pd.DataFrame(
                {
                    "account_id": ids[had],
                    "activity": name,
                    "remedial": remedial,
                    "caused_by": "logistics" if remedial else "contract",
                    "served_by": "field",
                    "amount": 10 * amount[had],
                    "quantity": amount[had],
                    "events": 1,
                }
            )
        )
    contract = FeatureContract((Feature("country", "category", levels=LEVELS, column=0),), {})
    truth = np.where(austrian, 2_000.0, 5_000.0)
    accounts = SimpleNamespace(
        facts=pd.DataFrame({"country": np.where(austrian, "AT", "DE").astype(object)}, index=ids),
        dates=dates,
        outcomes=outcomes,
        activity_costs=pd.concat(parts, ignore_index=True),
    )
    trial = SimpleNamespace(
        model=SimpleNamespace(contract=contract),
        trained=SimpleNamespace(
            oof_margin=truth + 100 * rng.normal(size=n),
            oof_fit=np.where(austrian, 0.4, 0.8) + 0.01 * rng.normal(size=n),
        ),
        split=SimpleNamespace(train=ids),
    )
    return accounts, trial


@pytest.fixture(scope="module")
def found():
    accounts, trial = _world()
    return service_findings(accounts, trial, CARD)


def _of(found, item, outcome):
    return next(f for f in found.findings if (f.item, f.outcome) == (item, outcome))


def test_what_annoys_is_found_and_shared_out_to_it(found):
    rework = _of(found, "rework", "advocacy")
    assert rework.stands
    assert rework.rho.high < -0.3
    assert rework.words == "rework (hour)"
    assert found.weights[0].item == "rework"
    assert found.weights[0].share.low > 0.8
    assert sum(w.share.value for w in found.weights) == pytest.approx(1)


def test_what_only_goes_with_the_country_is_not(found):
    # raw, onboarding and advocacy go together: both hang on the country
    accounts, _ = _world()
    known = accounts.outcomes["advocacy"].dropna().index
    spent = accounts.activity_costs.query("activity == 'onboarding'").set_index("account_id")
    raw = np.corrcoef(
        spent["quantity"].reindex(known, fill_value=0), accounts.outcomes.loc[known, "advocacy"]
    )[0, 1]
    assert raw < -0.3
    assert not _of(found, "onboarding", "advocacy").stands


def test_leaving_early_does_not_make_support_look_good(found):
    # raw, support goes with staying: who leaves after a quarter has a quarter of it
    support = _of(found, "support", "retention")
    assert not support.stands
    assert not any(one.stands for one in found.findings if one.outcome == "retention")


def test_the_margin_is_taken_before_the_cost_of_service(found):
    # margin plus cost to serve is a sum that holds each activity's cost, so it isn't less for more
    assert _of(found, "rework", "margin").rho.value > -0.1


@pytest.mark.slow
def test_of_pure_luck_few_stand():
    standing = 0
    for seed in range(12):
        accounts, trial = _world(n=300, seed=100 + seed, annoyance=0.0)
        found = service_findings(accounts, trial, CARD, seed=seed)
        standing += any(f.stands for f in found.findings if f.outcome == "advocacy")
    assert standing <= 2


def test_rows_in_another_order_give_the_same(found):
    accounts, trial = _world()
    order = np.random.default_rng(1).permutation(len(accounts.facts))
    ids = trial.split.train
    accounts.outcomes = accounts.outcomes.iloc[order]
    accounts.activity_costs = accounts.activity_costs.sample(frac=1, random_state=1)
    trial.split.train = ids[order]
    trial.trained.oof_margin = trial.trained.oof_margin[order]
    trial.trained.oof_fit = trial.trained.oof_fit[order]
    again = service_findings(accounts, trial, CARD)
    assert [(f.item, f.outcome, f.stands) for f in again.findings] == [
        (f.item, f.outcome, f.stands) for f in found.findings
    ]
    assert again.findings[0].rho.value == pytest.approx(found.findings[0].rho.value)


def test_months_and_items_by_hand():
    accounts, trial = _world(n=200)
    ids = trial.split.train
    months = months_served(accounts, ids)
    stayed = accounts.outcomes["retained"].astype(bool)
    assert months[stayed].unique().round(2).tolist() == [12.02]
    assert months[~stayed].unique().round(2).tolist() == [2.99]
    items = {item.name: item for item in service_items(accounts, ids, CARD)}
    first = ids[0]
    rows = accounts.activity_costs.query("account_id == @first")
    remedial = rows.query("remedial")
    assert items["remedial share"].per_account[first] == len(remedial) / len(rows)
    assert items["remedial cost"].per_account[first] == remedial["amount"].sum()
    assert items["remedial cost caused by logistics"].n_with == items["rework"].n_with


def test_few_accounts_say_why_there_is_nothing():
    accounts, trial = _world(n=40)
    found = service_findings(accounts, trial, CARD)
    assert found.findings == ()
    assert "60 are needed" in found.note
