"""The page on a market: the answer stands first, hostile names are harmless, hidden ones gone."""

import dataclasses
import datetime as dt
import itertools
import re

import pytest

from icpfit.delivery.report.chapters.market import market_chapter
from icpfit.delivery.report.explore_page import explore_html
from icpfit.delivery.report.market_findings import (
    market_headline,
    prospect_sentences,
    unknown_sentences,
)
from icpfit.delivery.report.pilot_findings import pilot_sentences
from icpfit.delivery.report.tables import ReportTable
from icpfit.icp.profile import Profile, Segment
from icpfit.insight.market.likeness import ConditionMet
from icpfit.insight.market.market import Market, MissingFact
from icpfit.insight.market.nearest import SimilarAccount
from icpfit.insight.market.pilot import Pilot
from icpfit.insight.market.prospects import MarketProspects
from icpfit.insight.market.similar import AccountFigures, TeamLoad
from icpfit.measure.estimate import Estimate

HOSTILE = '<img src=x onerror="alert(1)"> & Söhne'


def _figures(n, margin):
    money = Estimate(margin, margin - 1_000, margin + 1_000, n=n)
    share = Estimate(0.7, 0.6, 0.8, n=n)
    return AccountFigures(n, money, money, money, money, -5e3, 2e4, 1e3, 9e3, share, share)


def _market(**changes):
    idea = Profile("Norge", 1, dt.date(2027, 1, 1), (Segment("north", {"country": ["NO"]}),))
    plain = Market(
        idea=idea,
        speaks="yes",
        basis="matching",
        n_customers=3_000,
        n_used=2_000,
        n_matching=60,
        n_matching_used=41,
        n_near=41,
        conditions=(ConditionMet("north", "country", "country is NO", 1.0, 2_990, 60),),
        impossible=(),
        missing=(MissingFact("sites", "sites", 0.45),),
        figures=_figures(41, 12_400.0),
        everyone=_figures(2_000, 3_500.0),
        exact=None,
        difference=Estimate(9_000.0, 6_000.0, 12_000.0, n=2_000),
        similar=(
            SimilarAccount(
                "A-1", HOSTILE, "2024-01-01", 0.0, (), {"country": "NO"}, 9e3, 4e3, is_fit=True
            ),
        ),
        load=(
            TeamLoad(
                "field", "site_visit", "hour", False, Estimate(210.0, 180.0, 240.0),
                Estimate(2e4, 1.8e4, 2.4e4), 300.0, 3e4,
            ),
        ),
        pilots=(
            Pilot("above zero", 12_400.0, 20_000.0, 17, 170_000.0, -20_000.0),
            Pilot("unlike the average", 8_900.0, 20_000.0, None, float("nan"), float("nan")),
        ),
        expected=None,
        model="",
        currency="EUR",
        horizon="12mo",
    )  # fmt: skip
    return dataclasses.replace(plain, **changes)


SILENT = {
    "speaks": "no",
    "basis": "all",
    "n_matching": 0,
    "n_matching_used": 0,
    "n_near": 0,
    "conditions": (
        ConditionMet("north", "country", "country is XX", 1.0, 2_990, 0, ("XX",), ("NO", "NL")),
    ),
    "impossible": ("north",),
    "figures": _figures(2_000, 3_500.0),
    "difference": None,
}


def test_the_answer_in_one_sentence():
    assert market_headline(_market()) == (
        "The 41 accounts that match it left 12.4 k EUR (90 %: 11.4–13.4 k EUR) each, 9.0 k EUR more "
        "than other accounts."
    )
    alike = _market(difference=Estimate(500.0, -900.0, 2_000.0))
    assert "can't be told from what other accounts left" in market_headline(alike)
    little = _market(speaks="a little", basis="near")
    assert market_headline(little).startswith(
        "Your data speak only a little to “Norge”: 41 accounts"
    )
    assert market_headline(_market(**SILENT)) == "Nothing in your data speaks to “Norge”."


def test_what_is_unknown_is_said():
    said = unknown_sentences(_market(**SILENT))
    assert "Values that no customer has, country: XX; is NO or NL meant?" in said
    assert "What such customers would take of each team." in said
    assert "Sites is missing of 45 % of the accounts that the figures are of." in said
    assert said[-1].startswith("How easily such companies are won")


def test_a_pilot_is_not_asked_for_what_is_known():
    first, second, last = pilot_sentences(_market())
    assert first.startswith("No pilot is needed to tell that they leave more than 0")
    assert second.startswith("No pilot is needed to tell that they are unlike the other customers")
    assert "12 months" in last
    first, second, _ = pilot_sentences(_market(speaks="a little"))
    assert "17 accounts" in first
    assert "at least half of what the average customer leaves (12.4 k EUR each)" in first
    assert "they lose 20.0 k EUR or more together" in first
    assert second.endswith("no pilot of a bearable size would.")


def test_prospects_are_counted_in_words():
    found = MarketProspects(
        "list.csv", 200, 14, 0.1, 9, Estimate(5e3), (("never served NO", 5),), "v1"
    )
    said = prospect_sentences(found, "EUR")
    assert said[0] == "14 of 200 prospects of list.csv match the idea (7 %)."
    assert "can speak of 9 of these" in said[1]
    assert said[-1] == "5 × never served NO"


@pytest.mark.parametrize(
    "market", [_market(), _market(**SILENT), _market(speaks="a little", basis="near")]
)
def test_the_page_is_harmless_and_whole(market):
    page = explore_html(
        market, company="acme", as_of=dt.date(2026, 6, 30), idea_sentences=["North."]
    )
    assert "<img" not in page
    assert "<script" not in page
    assert "&lt;img src=x" in page
    assert page.count("<h1>") == 1
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))
    assert page == explore_html(
        market, company="acme", as_of=dt.date(2026, 6, 30), idea_sentences=["North."]
    )


def test_hidden_names_are_gone():
    page = explore_html(_market(), company="acme", as_of=dt.date(2026, 6, 30), hide_names=True)
    assert "Söhne" not in page
    assert "A-1" not in page
    assert "account 1" in page


def test_no_market_says_so():
    assert market_chapter(None).lead == "No market was asked about."


def test_who_matches_to_the_letter_is_told_before_who_is_near():
    exact = dataclasses.replace(
        _figures(3, 21_000.0), margin=Estimate(21_000.0, n=3, note="insufficient: 3 accounts")
    )
    market = _market(speaks="a little", basis="near", n_matching_used=3, exact=exact)
    assert market_headline(market) == (
        "Your data speak only a little to “Norge”: the 3 that match it left 21.0 k EUR (too few"
        " to tell) each; 41 accounts near to it left 12.4 k EUR (90 %: 11.4–13.4 k EUR) each."
    )
    chapter = market_chapter(market)
    [figures] = [
        block
        for block in chapter.blocks
        if isinstance(block, ReportTable) and block.columns[0][0] == ""
    ]
    headings = [heading for heading, _ in figures.columns]
    assert headings == ["", "3 matching accounts", "41 near accounts", "All 2,000 accounts"]
    assert figures.rows[3][1].startswith("21.0 k EUR")
    assert {len(row) for row in figures.rows} == {4}
