"""Refits find what was planted, drop what was not, and give a band that luck stays in."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from icpfit.fit.boosting import forest
from icpfit.fit.contract import Feature, FeatureContract
from icpfit.insight.contributions import contributions
from icpfit.insight.driver_groups import driver_groups
from icpfit.insight.driver_shift import shares_since
from icpfit.insight.driver_stability import driver_stability

PARAMETERS = {
    "objective": "regression", "learning_rate": 0.1, "num_leaves": 4, "verbosity": -1,
    "num_threads": 1, "deterministic": True, "force_col_wise": True, "seed": 1,
}  # fmt: skip


@dataclasses.dataclass(frozen=True, eq=False)
class SmallModel:
    """What `driver_stability` needs of a model."""

    contract: FeatureContract
    margin_boosters: tuple
    margin_engine: object = None
    objective: str = "margin"
    margin_scale: float = 1.0
    margin_shift: float = 0.0
    currency: str = "EUR"
    threads: int = 1
    trained_on: int = 600
    driver_shares: dict = dataclasses.field(default_factory=dict)


@pytest.fixture(scope="module")
def world():
    rng = np.random.default_rng(1)
    n, p = 600, 14
    facts = pd.DataFrame(
        rng.normal(size=(n, p)),
        columns=[f"x{j:02}" for j in range(p)],
        index=[f"a{i:04}" for i in range(n)],
    )
    margin = 3_000 * facts["x00"] - 2_000 * facts["x01"] + 500 * rng.normal(size=n)
    contract = FeatureContract(
        tuple(Feature(name, "number", column=j) for j, name in enumerate(facts)), {}
    )
    dates = pd.DataFrame({"decided_on": pd.Timestamp("2025-01-01")}, index=facts.index)
    accounts = SimpleNamespace(
        facts=facts,
        dates=dates,
        outcomes=pd.DataFrame({"margin": margin, "fit": margin > 0}, index=facts.index),
    )
    grown = forest(facts.to_numpy(), margin.to_numpy() / 1_000, contract, PARAMETERS, 40)
    model = SmallModel(contract, (grown,))
    matrix = facts.to_numpy()[:200]
    found = contributions(model, matrix)
    shares = np.abs(found.values).mean(axis=0)
    model = dataclasses.replace(
        model,
        driver_shares=dict(zip(contract.names, (shares / shares.sum()).tolist(), strict=True)),
    )
    trial = SimpleNamespace(model=model, split=SimpleNamespace(train=facts.index), matrix=matrix)
    return accounts, trial, driver_groups(found, matrix, contract)


@pytest.fixture(scope="module")
def stability(world):
    return driver_stability(*world, refits=12, seed=1)


def test_planted_drivers_are_stable_and_noise_is_not(stability):
    assert [one.group.words for one in stability.standings if one.is_stable] == ["x00", "x01"]
    first, second = stability.standings[:2]
    assert (first.in_top, first.same_sign) == (1.0, 1.0)
    assert first.share.low <= first.share.value <= first.share.high
    assert first.share.low > second.share.high
    assert stability.top == 8


def test_the_same_seed_gives_the_same_and_rows_in_another_order_too(world, stability):
    accounts, trial, groups = world
    shuffled = SimpleNamespace(
        facts=accounts.facts.sample(frac=1, random_state=1),
        dates=accounts.dates,
        outcomes=accounts.outcomes.sample(frac=1, random_state=2),
    )
    moved = SimpleNamespace(
        model=trial.model,
        split=SimpleNamespace(train=trial.split.train[::-1]),
        matrix=trial.matrix,
    )
    again = driver_stability(shuffled, moved, groups, refits=12, seed=1)
    np.testing.assert_array_equal(again.column_shares, stability.column_shares)


def test_only_what_leaves_the_band_of_luck_is_an_alert(world, stability):
    _, trial, _ = world
    now = trial.model.driver_shares
    same = shares_since(stability, trial.model, now, 600)
    assert not any(shift.is_outside for shift in same.shifts)
    turned = {**now, "x00": now["x01"], "x01": now["x00"]}
    changed = shares_since(stability, trial.model, turned, 600)
    assert {shift.feature for shift in changed.shifts if shift.is_outside} == {"x00", "x01"}
    # an earlier model of few accounts was itself uncertain: the band is wider
    vague = shares_since(stability, trial.model, turned, 20)
    assert (
        vague.shifts[0].high - vague.shifts[0].low > changed.shifts[0].high - changed.shifts[0].low
    )


def test_columns_that_only_one_run_has_are_named(world, stability):
    _, trial, _ = world
    before = {**trial.model.driver_shares, "gone": 0.5}
    del before["x13"]
    found = shares_since(stability, trial.model, before, 600)
    assert (found.only_before, found.only_now) == (("gone",), ("x13",))
    assert sum(shift.before for shift in found.shifts) == pytest.approx(1)


def test_one_refit_is_none(world):
    with pytest.raises(ValueError, match="2 or more"):
        driver_stability(*world, refits=1)
