"""Gates: what a leak looks like, and that honest columns pass."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from icpfit.evidence.leakage.gates import class_gate, column_gates, too_good_gate


@pytest.mark.parametrize(
    ("n_fit", "n", "passed"), [(40, 80, True), (39, 90, False), (60, 99, False)]
)
def test_forty_of_each_class(n_fit, n, passed):
    assert class_gate(n_fit, n).passed is passed


@pytest.mark.parametrize(
    ("auc", "passed", "warned"),
    [(0.7, True, False), (0.9, True, True), (0.97, False, True), (math.nan, True, False)],
)
def test_too_good(auc, passed, warned):
    gate = too_good_gate(auc)
    assert (gate.passed, gate.warned) == (passed, warned)
    assert ("check that every attribute" in gate.text) is warned


def company(n=600, seed=1):
    rng = np.random.default_rng(seed)
    margin = rng.normal(size=n)
    facts = pd.DataFrame(
        {
            "employees": np.exp(0.3 * margin + rng.normal(size=n)),
            "industry": rng.choice(["a", "b", "c", None], n).astype(object),
            "many_levels": np.array([f"level {i}" for i in rng.integers(0, 300, n)], object),
            "founded": pd.to_datetime("2000-01-01")
            + pd.to_timedelta(rng.integers(0, 7000, n), "D"),
            "has_shop": np.where(rng.random(n) < 0.1, np.nan, rng.random(n) < 0.5),
            "nothing": np.full(n, np.nan),
        }
    )
    outcomes = {"is a fit": (margin + rng.normal(size=n)) > 0.5, "margin above zero": margin > 0}
    return facts, outcomes, margin, rng


def test_honest_columns_pass():
    for seed in range(10):
        facts, outcomes, _, _ = company(seed=seed)
        [gate] = column_gates(facts, outcomes)
        assert gate.passed, gate.text
        assert gate.text == "None of 6 columns tells the outcome alone or by being missing."


def test_a_copy_of_the_margin_shows_against_the_margin():
    facts, outcomes, margin, _ = company()
    facts["bonus"] = -margin
    [gate] = column_gates(facts, outcomes, reasons={"bonus": "we say so"})
    assert not gate.passed
    assert gate.text.startswith(
        "Column 'bonus' alone tells \"margin above zero\" with an AUC of 1.00"
    )


def test_a_category_in_disguise_and_a_missing_value_that_tells():
    facts, outcomes, margin, rng = company()
    facts["tier"] = np.where(margin + 0.2 * rng.normal(size=600) > 0, "gold", "bronze").astype(
        object
    )
    facts["survey"] = np.where(margin > 0, rng.normal(size=600), np.nan)
    gates = column_gates(facts, outcomes)
    assert [gate.name for gate in gates] == ["column tier", "column survey"]
    assert not any(gate.passed for gate in gates)
    assert "Whether 'survey' is missing tells" in gates[1].text


def test_a_conspicuous_column_needs_a_written_reason():
    facts, outcomes, margin, rng = company()
    facts["specialty"] = margin + 0.9 * rng.normal(size=600)
    [gate] = column_gates(facts, outcomes)
    assert (gate.passed, gate.warned) == (False, True)
    assert "write down in `reason`" in gate.text
    [gate] = column_gates(facts, outcomes, reasons={"specialty": "asked at the first call."})
    assert (gate.passed, gate.warned) == (True, True)
    assert gate.text.endswith("known before the sale: asked at the first call.")
