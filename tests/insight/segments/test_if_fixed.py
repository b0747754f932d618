"""The outcome without remedial cost, and its causes, by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from icpfit.economics.label import LabelRule
from icpfit.economics.rate_card import Activity, RateCard
from icpfit.insight.segments.if_fixed import both_outcomes, remedial_causes

IDS = ["a", "b", "c", "d"]


def accounts(remedial=(30.0, 30.0, 0.0, np.nan)):
    outcomes = pd.DataFrame(
        {
            "fit": [False, False, True, True],
            "margin": [-20.0, -50.0, 5.0, 7.0],
            "revenue": 100.0,
            "cost_to_serve": [60.0, 60.0, 10.0, 10.0],
            "remedial_cost": remedial,
            "retention": [1.0, 1.0, 1.0, 1.0],
            "loyalty": [0.9, 0.9, 0.9, 0.9],
        },
        index=IDS,
    )
    costs = pd.DataFrame(
        [
            ("a", "rework", True, "logistics", 20.0, 2.0, 1),
            ("a", "returns", True, "logistics", 10.0, 0.0, 3),
            ("a", "support", False, "customer", 30.0, 9.0, 1),
            ("b", "rework", True, "unknown", 30.0, 3.0, 2),
            ("c", "rework", True, "product", 99.0, 9.0, 9),
        ],
        columns=["account_id", "activity", "remedial", "caused_by", "amount", "quantity", "events"],
    )
    return SimpleNamespace(
        outcomes=outcomes,
        activity_costs=costs,
        facts=pd.DataFrame(index=IDS),
        dates=pd.DataFrame({"started_on": pd.Timestamp("2024-01-01")}, index=IDS),
        used=pd.Index(IDS),
    )


def test_both_outcomes_by_hand():
    table = both_outcomes(accounts(), LabelRule())
    # a: -20 + 30 > 0, and loyal; b: -50 + 30 < 0; c had none; of d it is unknown.
    assert table["fit_if_fixed"].tolist()[:3] == [1, 0, 1]
    assert table["margin_if_fixed"].tolist()[:3] == [10, -20, 5]
    assert table[["fit_if_fixed", "margin_if_fixed"]].iloc[3].isna().all()
    assert table["fit"].tolist() == [0, 0, 1, 1]


def test_the_disloyal_stay_disloyal():
    company = accounts()
    company.outcomes.loc["a", "loyalty"] = 0.1
    assert both_outcomes(company, LabelRule()).loc["a", "fit_if_fixed"] == 0
    assert both_outcomes(company, LabelRule(kind="threshold")).loc["a", "fit_if_fixed"] == 1


def test_where_no_cost_is_remedial_nothing_is_said():
    table = both_outcomes(accounts(remedial=(0.0, 0.0, 0.0, 0.0)), LabelRule())
    assert table[["fit_if_fixed", "margin_if_fixed"]].isna().all(axis=None)


def test_causes_by_hand():
    card = RateCard({"rework": Activity("hour", 10.0, remedial=True), "returns": Activity()})
    found = remedial_causes(accounts(), pd.Index(["a", "b"]), card)
    told = [(c.activity, c.caused_by, c.quantity, c.unit, c.amount, c.share) for c in found]
    assert told == [
        ("rework", "unknown", 1.5, "hour", 15.0, 0.5),
        ("rework", "logistics", 1.0, "hour", 10.0, 20 / 60),
        # Rows that hold amounts only are counted.
        ("returns", "logistics", 1.5, "events", 5.0, 10 / 60),
    ]
    assert remedial_causes(accounts(), pd.Index(["d"]), card) == ()
