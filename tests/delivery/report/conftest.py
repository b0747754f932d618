"""Facts for a report, made up by formulas: nothing here moves when another room computes better."""

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest

from icpfit.delivery.report.charts.drawings import drawings_kept
from icpfit.delivery.report.driver_rows import DriverRows
from icpfit.delivery.report.facts import AccountCounts, ReportFacts
from icpfit.delivery.report.first_page import Action, Answer, Choice, FirstPage, Group
from icpfit.economics.margin import whale_curve
from icpfit.economics.waterfall import MarginStep
from icpfit.evidence.current_icp import IcpComparison
from icpfit.evidence.judgement import Judgement
from icpfit.evidence.leakage.gates import Gate
from icpfit.evidence.promotion import Verdict
from icpfit.evidence.signal import Signal
from icpfit.fit.contract import Feature
from icpfit.fit.grading import GradeEvidence, Grading
from icpfit.insight.contributions import Contributions
from icpfit.measure.estimate import Estimate
from icpfit.measure.ranking import MarginCurve

# Files whose tests look at the page around the pictures, which most of them share.
ABOUT_THE_PAGE = (
    "test_accessibility",
    "test_drivers_chapter",
    "test_first_page",
    "test_kept_page",
    "test_label_tables",
    "test_report",
)


@pytest.fixture(scope="module", autouse=True)
def drawn_once(request):
    """Draw what is the same value by value one time for all tests of these files."""
    if request.path.stem not in ABOUT_THE_PAGE:
        yield
        return
    with drawings_kept():
        yield


def _rows(n=90, levels=("Agency", "Health", "Software"), unit="EUR"):
    i = np.arange(n)
    industry = (i % 3).astype(float)
    employees = 10.0 * (i + 1)
    flag = (i % 4 == 0).astype(float)
    age = np.where(i % 10 == 0, np.nan, (i % 13) / 2)
    values = np.column_stack(
        [
            np.array([-3000.0, 500.0, 4000.0])[i % 3],
            2000 * (employees / employees.max()) - 1000,
            np.where(flag == 1, 300.0, -100.0),
            np.where(np.isnan(age), -40.0, 80 * (np.nan_to_num(age) - 3)),
        ]
    )
    if unit == "log-odds":
        values = values / 4000
    features = (
        Feature("industry", "category", meaning="what they live by", levels=levels, column=0),
        Feature("employees", "number", unit="people", column=1),
        Feature("has_shop", "flag", column=2),
        Feature("founded_on", "date", column=3),
    )
    which = "fit" if unit == "log-odds" else "margin"
    found = Contributions(values, 1200.0, unit, which)
    return DriverRows(
        found, np.column_stack([industry, employees, flag, age]), features, f"{n:,} later accounts"
    )


def _drivers(rows):
    size = np.abs(rows.contributions.values).mean(axis=0)
    frame = pd.DataFrame(
        {
            "feature": [f.name for f in rows.features],
            "label": [f.words for f in rows.features],
            "mean_abs": size,
            "share": size / size.sum(),
        }
    )
    frame["sentence"] = [
        f"{f.words} (10 % of the weight): among accounts like these, some values are associated with more margin."
        for f in rows.features
    ]
    return frame.sort_values("mean_abs", ascending=False, ignore_index=True)


def _icp(**changes):
    plain = IcpComparison(
        profile_name="ICP 2025",
        n=500,
        n_selected=130,
        share=0.26,
        icp_margin=Estimate(3100.0, 1200.0, 5000.0),
        model_margin=Estimate(12400.0, 9900.0, 15100.0),
        difference=Estimate(9300.0, 6000.0, 12500.0),
        difference_winsorised=Estimate(8800.0, 5900.0, 11600.0),
        per_100_won=Estimate(930000.0, 600000.0, 1250000.0),
        fit_rate_icp=Estimate(0.44, 0.37, 0.51),
        fit_rate_model=Estimate(0.71, 0.64, 0.77),
        fit_rate_difference=Estimate(0.27, 0.18, 0.36),
        p_better=0.999,
        overlap=0.31,
        n_apart=68.0,
        only_icp_margin=-1900.0,
        only_model_margin=15900.0,
        one_account=False,
        undefined_share=0.0,
        comparable=True,
        approximate=True,
        verdict="model better",
    )
    return dataclasses.replace(plain, **changes)


def _judgement(icp=None, holdout=True, gates=None, scale=1.0):
    share = np.linspace(0, 1, 101)
    total = 1_100_000.0 * scale
    curve = MarginCurve(
        share=share,
        cumulative=total * share + 2_400_000.0 * scale * share * (1 - share) * 2,
        random=total * share,
        perfect=total * share + 5_600_000.0 * scale * share * (1 - share) * 2,
    )
    mean = scale * np.linspace(14000, -9600, 10)
    deciles = pd.DataFrame(
        {
            "decile": range(1, 11),
            "n": 50,
            "fit_rate": np.linspace(0.8, 0.2, 10),
            "fit_low": np.linspace(0.7, 0.1, 10),
            "fit_high": np.linspace(0.9, 0.3, 10),
            "margin_mean": mean,
            "margin_low": mean - 3000,
            "margin_high": mean + 3100,
            "margin_total": mean * 50,
            "cumulative_margin": np.cumsum(mean) * 50,
            "cumulative_share": np.cumsum(mean) * 50 / total,
        }
    )
    capacities = pd.DataFrame(
        {
            "share": [0.1, 0.2, 0.3],
            "n": [50.0, 100.0, 150.0],
            "margin_mean": [14000.0 * scale, 12700.0 * scale, 11400.0 * scale],
            "margin_low": [11000.0, 10200.0, 9300.0],
            "margin_high": [17100.0, 15300.0, 13600.0],
            "fit_rate": 0.7,
            "fit_low": 0.6,
            "fit_high": 0.8,
        }
    )
    return Judgement(
        basis="later hold-out of 500 accounts, 2025-03-20 to 2025-06-24"
        if holdout
        else "5x5 cross-validation of 500 accounts",
        holdout=holdout,
        n=500,
        n_fit=240,
        currency="EUR",
        auc=Estimate(0.74, 0.7, 0.78),
        log_loss=Estimate(0.58, 0.55, 0.61),
        brier=Estimate(0.2, 0.18, 0.22),
        ranking_auc=Estimate(0.72, 0.68, 0.76),
        prevalence=Estimate(0.48, 0.44, 0.52),
        train_prevalence=0.46,
        prevalence_log_loss=0.69,
        p_beats_prevalence=0.999,
        profit_gini=Estimate(0.43, 0.33, 0.52),
        margin_curve=curve,
        deciles=deciles,
        capacities=capacities,
        against_icp=icp,
        gates=(
            Gate("enough accounts", True, "Judged on 240 profitable fits and 260 others."),
            Gate("not too good to be true", True, "AUC is 0.740.", warned=True),
        )
        if gates is None
        else gates,
    )


def _facts(**changes):
    rows = _rows()
    n = np.arange(2400)
    plain = ReportFacts(
        company="acme",
        currency="EUR",
        horizon="12mo",
        as_of=dt.date(2026, 6, 30),
        generated_on=dt.date(2026, 7, 2),
        objective="margin",
        label_text="A profitable fit left a margin of more than 0 EUR over 12 months.",
        accounts=AccountCounts(
            3000, 2400, 2310, {"not mature": 600, "cost log covers only 40 % of its horizon": 90}
        ),
        # 70 % earn 10,000 down to 0, then 30 % lose more and more.
        whale=whale_curve(np.where(n < 1680, 10000 * (1 - n / 1680), -20 * (n - 1680) / 3)),
        waterfall=[
            MarginStep("revenue", "revenue", 20000.0, 4.8e7),
            MarginStep("direct cost", "direct", -8000.0, -1.92e7),
            MarginStep("onboarding", "planned", -3000.0, -7.2e6),
            MarginStep("complaint", "remedial", -2000.0, -4.8e6),
            MarginStep("margin", "margin", 7000.0, 1.68e7),
        ],
        model_version="3",
        run_id="0123abcd",
        signal=Signal("signal", 0.999, 0.58, 0.69, 2310),
        judgement=_judgement(_icp()),
        verdict=Verdict("PROMOTE", ("It beats the plain fit rate and the current ICP.",)),
        grading=Grading(
            (9000.0, 2000.0, -1000.0),
            np.linspace(-9000, 15000, 11),
            {
                "A": GradeEvidence(
                    100, Estimate(0.71, 0.63, 0.78), Estimate(14200.0, 11000.0, 17400.0)
                ),
                "D": GradeEvidence(
                    100, Estimate(0.2, 0.14, 0.28), Estimate(-5200.0, -8000.0, -2300.0), ("C",)
                ),
            },
            "hold-out (later)",
        ),
        drivers=_drivers(rows),
        driver_rows=rows,
        dropped={"vat_number": "every account has its own value"},
        icp_name="ICP 2025",
        icp_sentences=("First: employees from 200.",),
        ledger_lines=[
            {"table": "revenue", "column": "", "read": 48211, "rejected": 12, "in_window": 36840},
            {
                "table": "revenue",
                "column": "amount",
                "read": 61234567.2,
                "rejected": None,
                "in_window": 50015567.0,
            },
        ],
        notes=("Revenue in the ledgers is 98.7 % of the books.",),
    )
    return dataclasses.replace(plain, **changes)


@pytest.fixture(scope="session")
def report_facts():
    """A maker of the facts of a report; give what is to be different."""
    return _facts


@pytest.fixture(scope="session")
def a_judgement():
    """A maker of a judgement."""
    return _judgement


@pytest.fixture(scope="session")
def an_icp():
    """A maker of a comparison with the current ICP."""
    return _icp


@pytest.fixture(scope="session")
def driver_rows():
    """A maker of SHAP values and facts."""
    return _rows


@pytest.fixture(scope="session")
def drivers_of():
    """The drivers of such rows."""
    return _drivers


def _first_page(**changes):
    plain = FirstPage(
        decision="change",
        headline="Change the profile: the proposed one left 12.4 k EUR an account.",
        basis="Measured on 500 later accounts.",
        choices=(
            Choice(
                "Bring in",
                "bring",
                (Group("200 or more employees", ("14.2 k EUR each",)),),
            ),
            Choice("Leave", "leave", (), "No group loses money both ways."),
            Choice("Fix before dropping", "fix", (), "None.", "1 candidate did not pass."),
        ),
        answers=(
            Answer("worth", "What the change is worth", "+930 k EUR", "90 %: 600 k to 1.2 M EUR", "per 100."),
            Answer("load", "Which team is overloaded", "None", "", "Support is the tightest."),
        ),
        trust=("2,310 of 3,000 accounts read were used.",),
        actions=(Action("Marketing operations", "Build the list."),),
    )  # fmt: skip
    return dataclasses.replace(plain, **changes)


@pytest.fixture(scope="session")
def first_page():
    """A maker of a first page."""
    return _first_page
