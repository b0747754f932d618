"""The chapters on service and profit: empty, hostile and hidden."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from icpfit.delivery.report.chapter_page import chapters_html
from icpfit.delivery.report.chapters.profit import profit_chapter
from icpfit.delivery.report.chapters.service import service_chapter
from icpfit.economics.margin import whale_curve
from icpfit.economics.waterfall import MarginStep
from icpfit.insight.profit.lost_money import LossCause, LossesByCause, LostAccount
from icpfit.insight.profit.loyalty_groups import LoyaltyGroups
from icpfit.insight.profit.money import WhereTheMoneyIs
from icpfit.insight.profit.months import MonthlyMargin
from icpfit.insight.profit.waterfalls import GroupWaterfall
from icpfit.insight.profit.whale_band import WhaleBand
from icpfit.insight.service.ability import AbilityToServe
from icpfit.insight.service.deals import DealPanel
from icpfit.insight.service.quantities import ServedActivity
from icpfit.insight.service.team_load import ProfileLoad, TeamLoad
from icpfit.measure.estimate import Estimate

HOSTILE = "<script>alert(1)</script>\u202e & Söhne"


def money_found():
    """Two accounts, one of them with a hostile name, which lost 50."""
    e = Estimate(10.0, 8.0, 12.0, n=2)
    margin = np.array([100.0, -50.0])
    customers = pd.DataFrame(
        {
            "name": ["A", HOSTILE],
            "standing": ["good fit, earned money", "good fit, lost money"],
            "predicted_by": ["hold-out", "out-of-fold"],
            "margin_if_won": [80.0, 60.0],
            "margin": margin,
            "remedial_cost": [0.0, 70.0],
        },
        index=pd.Index(["id-one", "id-two"], name="account_id"),
    )
    lost = LossesByCause(
        "good fit, lost money", 1, 50.0, 1,
        (LossCause("returns", HOSTILE, True, 70.0, e, 1, None),),
        (LostAccount("id-two", HOSTILE, 60.0, -50.0, 70.0, "returns", "logistics", 70.0),),
    )  # fmt: skip
    steps = (
        MarginStep("revenue", "revenue", 25.0, 50.0),
        MarginStep("margin", "margin", 25.0, 50.0),
    )
    return WhereTheMoneyIs(
        currency="EUR",
        horizon="12mo",
        n=2,
        whale=WhaleBand(whale_curve(margin), np.linspace(0, 1, 51), None, None, e, e, e),
        waterfalls=(GroupWaterfall("all customers", 2, steps, (e, e)),),
        causes=None,
        remedial_causes=None,
        loyalty=LoyaltyGroups((), pd.Series(dtype=object), "", "no source tells of loyalty"),
        months=(MonthlyMargin("all customers", 2, (e, e), 0),),
        customers=customers,
        good_lost=lost,
        fixed_lost=None,
    )


def ability_found():
    e = Estimate(10.0, 8.0, 12.0, n=40)
    none = Estimate(float("nan"))
    load = ProfileLoad(
        "proposed ICP", 40, e, Estimate(120.0, 90.0, 130.0, n=40), Estimate(20.0, -10.0, 30.0, n=40)
    )
    return AbilityToServe(
        currency="EUR",
        horizon="12mo",
        n=40,
        years=2.0,
        intake=20.0,
        activities=(
            ServedActivity("visit", HOSTILE, False, "hour", "quantity", e, none, "group mean"),
        ),
        teams=(TeamLoad(HOSTILE, "hour", 100.0, 80.0, (load,)),),
        deals=DealPanel((), (), 0, "the settings name no source with table: opportunities"),
        drop_or_fix=(),
    )


def test_nothing_found_is_one_line():
    for chapter in (service_chapter(None), profit_chapter(None)):
        assert chapter.lead.endswith(".")
        assert chapter.blocks == ()


def test_hostile_names_do_no_harm():
    page = chapters_html([profit_chapter(money_found()), service_chapter(ability_found())], "x")
    assert "<script" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("how", ["show", "hide"])
def test_names_are_shown_or_hidden(how):
    found = dataclasses.replace(
        money_found(), good_lost=dataclasses.replace(money_found().good_lost, causes=())
    )
    told = repr(profit_chapter(found, names=how))
    assert ("id-two" in told) == (how == "show")
    assert ("alert(1)" in told) == (how == "show")


def test_an_overload_is_named_in_hours_and_doubt_is_said():
    lead = service_chapter(ability_found()).lead
    assert "by 20 hours a year (90 %: −10 to 30 hours), though that isn't sure" in lead


def _with_causes(*causes):
    lost = dataclasses.replace(money_found().good_lost, causes=causes)
    blocks = profit_chapter(dataclasses.replace(money_found(), good_lost=lost)).blocks
    return next(one for one in blocks if getattr(one, "name", "") == "good-fit-lost-money-causes")


def test_a_cost_is_named_in_the_title_only_where_it_stands_out():
    e = Estimate(100.0, 80.0, 120.0, n=40)
    returns = LossCause("returns", "logistics", True, 70.0, e, 1, None, usual=30.0, reach=60.0)
    short = LossCause("revenue below expected", "", False, 9.0, e, 1, None, usual=50.0, reach=150.0)
    figure = _with_causes(returns, short)
    assert figure.finding == (
        "Returns caused by logistics: 100 EUR more an account than among the good fits that earned"
        " money, where luck alone reaches 60 EUR."
    )
    assert "Each cost is higher among accounts that lost, since losses are made of costs" in (
        figure.caption
    )
    figure = _with_causes(short, dataclasses.replace(returns, reach=110.0, excess=Estimate(90.0)))
    assert figure.finding == (
        "None of 2 causes stands out, luck alone reaches as far; the largest is revenue below"
        " expected, 100 EUR more an account than among the good fits that earned money."
    )


def test_captions_say_over_which_accounts_choices_are_compared():
    told = repr(service_chapter(dataclasses.replace(ability_found(), n_apart=25)))
    assert "25 accounts that took no part in finding the proposed ICP, out of 40" in told
    assert "took no part" not in repr(service_chapter(ability_found()))
    whole = money_found().waterfalls[0]
    apart = dataclasses.replace(whole, name="customers compared", n=1)
    found = dataclasses.replace(money_found(), waterfalls=(whole, apart))
    assert "The profiles are taken over the 1 customers compared" in repr(profit_chapter(found))


def test_panels_without_data_say_why():
    told = repr(
        profit_chapter(
            dataclasses.replace(money_found(), customers=None, note="no model was trained")
        )
    )
    assert "This panel is empty: no model was trained." in told
    assert "This panel is empty: no source tells of loyalty." in told
    service = repr(
        service_chapter(dataclasses.replace(ability_found(), teams=(), note="no capacity is given"))
    )
    assert "Mind: no capacity is given." in service
    assert "This panel is empty: the settings name no source with table: opportunities." in service
