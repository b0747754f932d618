"""The trial of a challenger: columns are looked at first, and the basis is said as it is."""

from __future__ import annotations

import dataclasses
import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from icpfit.data.contract import Attribute
from icpfit.data.joining.periods import Period
from icpfit.data.typical_prospects import TypicalProspects
from icpfit.errors import FeatureError
from icpfit.evidence.learning import calibrated_model, inspected_columns
from icpfit.evidence.trial import trial

pytestmark = pytest.mark.slow


def company(n=900, days=900, seed=5, **columns):
    """Joined accounts, of what the trial reads of them."""
    rng = np.random.default_rng(seed)
    index = pd.Index([f"a{i:04}" for i in range(n)], name="account_id")
    size = np.exp(rng.normal(4, 1, n)).round()
    margin = 500 * (np.log(size) - 4 + rng.normal(0, 1, n))
    facts = pd.DataFrame(
        {"size": size, "line": rng.choice(["a", "b", "c"], n).astype(object)}, index=index
    )
    attributes = {
        "size": Attribute("size", "number", "before_sale", reason="of the register"),
        "line": Attribute("line", "category", "before_sale"),
    }
    for name, values in columns.items():
        facts[name] = values(rng, margin)
        attributes[name] = Attribute(name, "number", "before_sale")
    started = pd.Timestamp("2022-01-01") + pd.to_timedelta(np.arange(n) * days // n, "D")
    dates = pd.DataFrame({"started_on": started, "decided_on": started, "name": None}, index=index)
    outcomes = pd.DataFrame(
        {"fit": margin > 0, "margin": margin, "retained": rng.random(n) < 0.8}, index=index
    )
    return SimpleNamespace(
        dated={},
        facts=facts,
        dates=dates,
        outcomes=outcomes,
        attributes=attributes,
        used=index,
        currency="EUR",
        horizon=Period(90, "d"),
        lag=Period(14, "d"),
        as_of=dt.date(2026, 1, 1),
        label_text="Left a margin.",
    )


def gate_of(found, name):
    [gate] = [gate for gate in found.judgement.gates if gate.name == name]
    return gate


def test_full_evidence_trains_the_purged_model_too():
    said = []
    found = trial(company(), None, company="acme", evidence="full", progress=said.append)
    assert found.split.basis == "later"
    assert found.model.grading.basis == "hold-out (later)"
    # 675 train; the hold-out begins on day 675, 104 days before it is day 571.
    assert gate_of(found, "purged split").text.startswith(
        "572 of 675 training accounts were mature by 2023-11-07, when the hold-out began. A model"
    )
    assert found.purged.basis.endswith(", purged")
    assert found.purged.n == found.judgement.n == 225
    without = [gate for gate in found.judgement.gates if gate.text.startswith("Without column")]
    assert [(gate.name, gate.passed) for gate in without] == [("column size", True)]
    assert without[0].text.endswith("known before the sale: of the register")
    assert "training on what was known when the hold-out began" in said
    # A booster stopped by log-loss needs no recalibration; one three times too sure of itself does.
    assert found.model.calibration is None
    assert not found.recalibration.is_adopted
    outcome = company().outcomes.loc[found.split.train, "fit"].to_numpy()
    too_sure = dataclasses.replace(found.trained, oof_fit_raw=3 * found.trained.oof_fit_raw)
    mended, line = calibrated_model(too_sure, outcome)
    assert line.is_adopted
    assert mended.calibration.slope == line.tried.slope < 0.6
    quick = trial(company(), None, company="acme")
    assert quick.purged is None
    assert "not purged under evidence=quick" in gate_of(quick, "purged split").text
    assert quick.judgement.auc == found.judgement.auc


def test_starts_on_one_day_are_judged_at_random_and_every_figure_says_so():
    found = trial(company(days=1), None, company="acme")
    assert found.split.basis == "random"
    assert found.judgement.holdout
    assert "(random, not later" in found.judgement.basis
    assert found.model.grading.basis == "hold-out (random, not later)"
    assert "there is no later hold-out" in gate_of(found, "purged split").text


def test_a_leak_stops_before_anything_is_trained():
    said = []
    leaking = company(bonus=lambda rng, margin: margin + 0.1 * rng.normal(size=len(margin)))
    with pytest.raises(FeatureError, match="attributes: Column 'bonus' alone tells"):
        trial(leaking, None, company="acme", progress=said.append)
    assert said == ["looking at each column"]
    leaking.attributes["bonus"] = Attribute("bonus", "number", "before_sale", never_use=True)
    found = trial(leaking, None, company="acme")
    assert found.model.contract.names == ("size", "line")
    assert found.model.contract.dropped == {"bonus": "listed under never_use"}


def test_a_column_that_prospects_lack_is_not_learned_from():
    accounts = company(score=lambda rng, margin: rng.normal(size=len(margin)))
    listed = accounts.facts.head(100).assign(score=np.nan)
    found = trial(
        accounts, None, company="acme", prospects=TypicalProspects(listed, "the list 'fair'")
    )
    assert "score" not in found.model.contract.names
    assert found.model.contract.dropped["score"].startswith("filled for 100 % of the customers")
    assert gate_of(found, "column score").warned


def test_a_column_in_the_warn_band_keeps_the_gate_shut():
    accounts = company(n=700, hint=lambda rng, margin: margin + 900 * rng.normal(size=len(margin)))
    assert not gate_of(trial(accounts, None, company="acme"), "column hint").passed
    accounts.attributes["hint"] = Attribute("hint", "number", "before_sale", allow="first call")
    looked_at = inspected_columns(accounts, accounts.used)
    [gate] = [gate for gate in looked_at.gates if gate.name == "column hint"]
    assert gate.passed
    assert gate.text.endswith("known before the sale: first call")
