"""Sentences are true: worked out by hand, or recomputed from the data that they speak of."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.delivery.report.driver_findings import (
    beeswarm_finding,
    dependence_finding,
    drivers_finding,
)
from icpfit.delivery.report.findings import (
    choices_finding,
    deciles_finding,
    headline,
    margin_curve_finding,
    waterfall_finding,
    whale_finding,
)
from icpfit.economics.margin import whale_curve
from icpfit.economics.waterfall import MarginStep
from icpfit.evidence.signal import Signal
from icpfit.measure.estimate import Estimate


def spoken(judgement, signal=None, refusal=""):
    return headline(judgement, signal, refusal=refusal, used=2310, horizon="12mo", currency="EUR")


def test_the_headline_when_the_model_is_better(a_judgement, an_icp):
    assert spoken(a_judgement(an_icp())) == (
        "On 500 later accounts, the model's choice earned 12.4 k EUR an account over 12 months, against "
        "3.1 k EUR for the current ICP at the same volume (difference 9.3 k EUR, 90 %: 6.0–12.5 k EUR)."
    )


def test_the_headline_when_nobody_can_tell(a_judgement, an_icp):
    icp = an_icp(difference=Estimate(900.0, -1200.0, 3100.0), verdict="cannot tell yet")
    assert spoken(a_judgement(icp)) == (
        "Cannot tell yet: on 500 later accounts, the model's choice earned 12.4 k EUR an account and that of "
        "the current ICP 3.1 k EUR over 12 months; at the same volume the difference may lie anywhere from −1.2 k to "
        "3.1 k EUR (90 % interval)."
    )


def test_the_headline_without_an_interval_claims_nothing(a_judgement, an_icp):
    icp = an_icp(difference=Estimate(900.0), verdict="cannot tell yet")
    assert spoken(a_judgement(icp)).endswith(
        "the difference rests on too few accounts for an interval."
    )


def test_the_headline_when_the_rule_is_better(a_judgement, an_icp):
    icp = an_icp(difference=Estimate(-4000.0, -6000.0, -2000.0), verdict="ICP better")
    said = spoken(a_judgement(icp))
    assert "earned only 12.4 k EUR" in said
    assert "difference −4.0 k EUR, 90 %: −6.0 k to −2.0 k EUR" in said


def test_the_headline_without_a_rule_or_a_hold_out(a_judgement):
    # 1.1 M on 500 accounts are 2.2 k each
    assert spoken(a_judgement(None, holdout=False)) == (
        "On 500 accounts, by cross-validation, the fifth that the model ranks first earned 12.7 k EUR an account "
        "over 12 months (90 %: 10.2–15.3 k EUR), against 2.2 k EUR for all of them."
    )


def test_no_signal_and_no_model_are_said_before_any_figure(a_judgement, an_icp):
    none = Signal("none", 0.4, 0.69, 0.69, 500)
    assert spoken(a_judgement(an_icp()), none).startswith("No signal: among 500 accounts")
    assert "EUR" not in spoken(a_judgement(an_icp()), none)
    weak = Signal("weak", 0.85, 0.68, 0.69, 500)
    assert spoken(a_judgement(an_icp()), weak).startswith("A weak signal only. On 500")
    assert (
        spoken(None, refusal="3 % are a fit, 5 % are needed.")
        == "Cannot tell yet: 3 % are a fit, 5 % are needed."
    )
    assert (
        spoken(None)
        == "Cannot tell yet: no model was judged on the 2,310 accounts that could be used."
    )


def test_the_whale_by_hand():
    # 10 accounts: two earn 80, one earns 0, seven lose 10 to 20; in all 160 - 90 = 70
    curve = whale_curve([80, 80, 0, -10, -10, -10, -10, -10, -20, -20])
    assert whale_finding(curve, "EUR") == (
        "The most profitable 20 % of the accounts earn 229 % of the margin; the last 80 % give 129 % of it back."
    )


def test_the_whale_when_nobody_loses():
    assert whale_finding(whale_curve([50, 20, 10, 10, 10]), "EUR") == (
        "No account loses money; the most profitable 20 % of them earn 50 % of the margin."
    )


def test_the_whale_when_all_is_lost_speaks_of_money():
    assert whale_finding(whale_curve([3000, -2000, -4000]), "EUR") == (
        "33 % of the accounts earn 3.0 k EUR, the others lose 6.0 k EUR: 3.0 k EUR is lost in all."
    )
    assert (
        whale_finding(whale_curve([-1, -1]), "EUR")
        == "No account earns anything; together they lose 2 EUR."
    )
    assert whale_finding(whale_curve([5, -5]), "EUR").endswith(": nothing is left.")
    assert whale_finding(whale_curve([]), "EUR") == "There is no mature account yet."


@settings(max_examples=50)
@given(
    st.lists(st.integers(-1000, 1000), min_size=1, max_size=60).filter(
        lambda m: sum(m) > 0 and min(m) < 0
    )
)
def test_the_shares_of_the_whale_are_those_of_the_accounts(margins):
    said = whale_finding(whale_curve(margins), "EUR")
    first, earned, last, back = (
        float(x.replace(",", "")) for x in re.findall(r"([\d.,]+) %", said)
    )
    ordered = sorted(margins, reverse=True)
    k = round(first / 100 * len(ordered))
    total, gained = sum(ordered), sum(m for m in ordered if m > 0)
    losers = sum(m <= 0 for m in ordered)
    if "less than" not in said:
        assert earned == pytest.approx(100 * sum(ordered[:k]) / total, abs=0.51, rel=0.001)
        assert back == pytest.approx(100 * (gained / total - 1), abs=0.51, rel=0.001)
        assert last == pytest.approx(100 * losers / len(ordered), abs=0.51)


def test_the_waterfall_by_hand():
    steps = [
        MarginStep("revenue", "revenue", 20000, 0),
        MarginStep("direct cost", "direct", -8000, 0),
        MarginStep("onboarding", "planned", -3000, 0),
        MarginStep("complaint", "remedial", -2000, 0),
        MarginStep("margin", "margin", 7000, 0),
    ]
    assert waterfall_finding(steps, "EUR") == (
        "Of every 100 EUR of revenue, 25 go into serving, 10 of them to make up for what went wrong; 35 are left."
    )
    without = [step for step in steps if step.kind != "remedial"]
    assert "make up" not in waterfall_finding(without, "EUR")
    lost = [*steps[:-1], MarginStep("margin", "margin", -1000, 0)]
    assert waterfall_finding(lost, "EUR").endswith("; 5 more go out than came in.")
    nothing = [MarginStep("revenue", "revenue", 0, 0), MarginStep("margin", "margin", -300, 0)]
    assert waterfall_finding(nothing, "EUR") == "An account leaves −300 EUR on average."


def test_the_order_is_worth_what_the_curve_says(a_judgement, an_icp):
    # 130 × 12.4 k = 1.6 M, 130 × 3.1 k = 403 k; perfect at .26: 286 k + 5.6 M × .26 × .74 × 2 = 2.4 M
    assert margin_curve_finding(a_judgement(an_icp()), "EUR") == (
        "With 26 % of the accounts, the model's order collects 1.6 M EUR, the current ICP 403 k EUR, the best order "
        "there could be 2.4 M EUR."
    )
    # at .2: 220 k + 2.4 M × .2 × .8 × 2 = 988 k
    assert margin_curve_finding(a_judgement(None), "EUR") == (
        "The first 20 % in the model's order collect 988 k EUR; 20 % taken without any order, 220 k EUR."
    )


def test_choices_and_tenths(a_judgement, an_icp):
    assert choices_finding(a_judgement(an_icp()), "EUR") == (
        "The model's choice earned 12.4 k EUR an account, that of the current ICP 3.1 k EUR, all accounts 2.2 k EUR."
    )
    uncompared = a_judgement(an_icp(comparable=False))
    assert choices_finding(uncompared, "EUR") == (
        "The first 10 % in the model's order earned 14.0 k EUR an account, all accounts 2.2 k EUR."
    )
    assert deciles_finding(a_judgement(None).deciles, "EUR") == (
        "The tenth that the model ranks first earned 14.0 k EUR an account, the last tenth lost 9.6 k EUR."
    )
    assert "part" in deciles_finding(a_judgement(None).deciles.head(4), "EUR")


def test_drivers_name_what_they_add_up(driver_rows, drivers_of):
    drivers = drivers_of(driver_rows())
    share = drivers["share"].head(3).sum()
    assert drivers_finding(drivers) == (
        f"industry, employees and has shop make up {share:.0%}".replace("%", " %")
        + " of what the model tells accounts apart by."
    )
    one = drivers.assign(share=[1.0, 0, 0, 0])
    assert (
        drivers_finding(one) == "industry makes up 100 % of what the model tells accounts apart by."
    )
    assert drivers_finding(drivers.assign(share=0.0)) == "The model uses none of the facts."


def test_dependence_compares_the_thirds(driver_rows):
    rows = driver_rows()
    employees, effect = rows.matrix[:, 1], rows.contributions.values[:, 1]
    order = np.argsort(employees)
    top, bottom = effect[order[-30:]].mean(), effect[order[:30]].mean()
    assert dependence_finding(rows, "employees") == (
        f"employees: the highest third is associated with +{top:.0f} EUR on average, "
        f"the lowest third with −{-bottom:.0f} EUR."
    )
    assert dependence_finding(rows, "industry") == (
        "industry: Software is associated with +4.0 k EUR on average, Agency with −3.0 k EUR."
    )
    assert dependence_finding(rows, "has_shop").startswith(
        "has shop: yes is associated with +300 EUR"
    )
    assert "longest ago third" in dependence_finding(rows, "founded_on")
    assert "log-odds" in dependence_finding(driver_rows(unit="log-odds"), "employees")


def test_dependence_claims_nothing_from_a_handful(driver_rows):
    few = driver_rows(n=6)
    assert dependence_finding(few, "employees") == "employees: too few different values to compare."
    assert (
        dependence_finding(few, "industry")
        == "industry: too few accounts on each level to compare them."
    )


def test_the_widest_steps_are_named(driver_rows):
    assert beeswarm_finding(driver_rows()) == (
        "A single fact moves a single account by as much as +4.0 k EUR (industry) and −3.0 k EUR (industry)."
    )
