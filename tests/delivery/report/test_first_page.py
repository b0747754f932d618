"""The first page: its sentences by hand, for each decision, and what it does without a part."""

import dataclasses
import datetime as dt
import importlib.util
from pathlib import Path

import pandas as pd
import pytest

from icpfit.delivery.report.decision_sentence import (
    chance_words,
    decision_basis,
    decision_sentence,
)
from icpfit.delivery.report.first_page_answers import load_answer, lost_answer, worth_answer
from icpfit.delivery.report.first_page_groups import choices
from icpfit.delivery.report.monday import actions
from icpfit.delivery.report.page import report_html
from icpfit.delivery.report.profile_figure import profile_figure
from icpfit.delivery.report.strategy_page import first_page as first_page_of
from icpfit.icp.profile import Profile, Segment
from icpfit.insight.redefinition.decision import Enough
from icpfit.insight.redefinition.group_outcomes import GroupOutcome
from icpfit.insight.redefinition.market import MarketCounts
from icpfit.insight.redefinition.redefinition import Redefinition
from icpfit.insight.redefinition.rule_comparison import Compared, RuleComparison
from icpfit.insight.segments.figures import GroupFigures
from icpfit.insight.segments.found import FoundSegment, FoundSegments, RemedialCause
from icpfit.insight.service.team_load import ProfileLoad, TeamLoad
from icpfit.measure.estimate import Estimate

_place = Path(__file__).with_name("page_reader.py")
_found = importlib.util.spec_from_file_location("page_reader", _place)
_reader = importlib.util.module_from_spec(_found)
_found.loader.exec_module(_reader)
Page = _reader.Page

DAY = dt.date(2025, 1, 1)
CURRENT = Profile("ICP 2025", 1, DAY, (Segment("big", {"employees": {"from": 400}}),))
PROPOSED = Profile(
    "ICP 2026", 2, DAY,
    (Segment("cold chain", {"industry": ["Pharma"]}),),
    (Segment("alpine", {"country": ["AT", "CH"]}),),
    (Segment("agencies", {"industry": ["Agency"]}),),
)  # fmt: skip


def redefined(decision="change", why="better", **changes):
    money = Compared(
        Estimate(3100.0, 1200.0, 5000.0),
        Estimate(12400.0, 9900.0, 15100.0),
        Estimate(9300.0, 6000.0, 12500.0),
    )
    moved = pd.DataFrame(
        {
            "move": ["out", "out", "in", "in", "kept"],
            "margin": [5000.0, 9000.0, -2000.0, -4000.0, 100.0],
            "fit": [True, True, False, False, True],
            "name": ["Miller", "Smith", "Jones", "Brown", "Green"],
        },
        index=pd.Index(["a1", "a2", "a3", "a4", "a5"], name="account_id"),
    )
    plain = {
        "current": CURRENT,
        "proposed": PROPOSED,
        "n": 500,
        "basis": "later hold-out of 500 accounts",
        "independent": True,
        "comparison": RuleComparison(500, 130, 150, {"margin": money}, {"margin": money}, 0.99),
        "worth": Estimate(930000.0, 600000.0, 1250000.0),
        "moved": moved,
        "groups": (
            GroupOutcome("proposed", "segments", "cold chain", 80, Estimate(0.8), Estimate(13000.0)),
            GroupOutcome("proposed", "avoid", "agencies", 40, Estimate(0.1), Estimate(-9000.0)),
        ),
        "enough": Enough(2000, 4.0, 1000.0),
    }  # fmt: skip
    return Redefinition(decision, why, **(plain | changes))


def group(name, part, margin, fixed, *, status="segment", causes=()):
    segment = next(
        s for s in (*PROPOSED.segments, *PROPOSED.fix, *PROPOSED.avoid) if s.name == name
    )
    share = Estimate(0.7, 0.6, 0.8)
    return FoundSegment(
        segment, part, status, 60, 0.1, share, share,
        Estimate(margin, margin - 1000, margin + 1000), Estimate(fixed, fixed - 1000, fixed + 1000),
        Estimate(1.0), Estimate(1.0), share, 0.001, 0.01, 0.9, causes,
    )  # fmt: skip


CAUSE = RemedialCause("returns_handling", "logistics", 6.5, "hour", 7200.0, 0.72)


def found(*groups, note=""):
    index = pd.Index(["a1"])
    one = Estimate(1.0)
    return FoundSegments(groups, index, index, "a report part", one, one, one, None, note)


EVERYTHING = found(
    group("cold chain", "segments", 14200.0, 14500.0),
    group("alpine", "fix", -2000.0, 8000.0, causes=(CAUSE,)),
    group("agencies", "avoid", -9200.0, -6000.0),
)


def team(name, capacity, loads):
    return TeamLoad(
        name, "hour", capacity, 900.0,
        tuple(
            ProfileLoad(profile, 100, Estimate(1.0), Estimate(capacity + short),
                        Estimate(short, short - 50, short + 50))
            for profile, short in loads.items()
        ),
    )  # fmt: skip


def test_a_change_says_what_each_left_and_the_interval():
    assert decision_sentence(redefined(), "12mo", "EUR") == (
        "Change the ICP: by the same number of accounts, the proposed ICP left 12.4 k EUR an account "
        "over 12 months and the current ICP (ICP 2025, version 1) 3.1 k EUR (difference 9.3 k EUR, "
        "90 %: 6.0–12.5 k EUR)."
    )


@pytest.mark.parametrize(
    ("decision", "why", "changes", "begins", "says"),
    [
        ("keep", "worse", {}, "Keep the current ICP (ICP 2025, version 1): ", "difference 9.3 k EUR"),
        ("keep", "same accounts", {}, "Keep the current ICP (ICP 2025, version 1): ", "the same accounts"),
        ("keep", "no proposal", {"proposed": None, "comparison": None}, "Keep the current ICP (ICP 2025, version 1): ",
         "no group of accounts stands out"),
        ("cannot tell", "no proposal", {"proposed": None, "comparison": None, "current": None},
         "Cannot tell yet: ", "there is no current ICP"),
        ("cannot tell", "spans zero", {}, "Cannot tell yet, so keep the current ICP (ICP 2025, version 1) for now: ",
         "may lie anywhere from 6.0–12.5 k EUR (90 % interval)"),
        ("cannot tell", "one account", {}, "Cannot tell yet, ", "rests on one account"),
        ("cannot tell", "too few", {}, "Cannot tell yet, ", "too few accounts for an interval"),
        ("cannot tell", "not independent", {"independent": False}, "Cannot tell yet, ",
         "on the very accounts that the proposal was found on"),
        ("change", "better", {"current": None}, "Take up the proposed ICP: ",
         "and taking every account 3.1 k EUR"),
    ],
)  # fmt: skip
def test_every_rule_of_the_decision_has_its_sentence(decision, why, changes, begins, says):
    sentence = decision_sentence(redefined(decision, why, **changes), "12mo", "EUR")
    assert sentence.startswith(begins)
    assert says in sentence
    assert sentence.endswith(".")
    assert "because" not in sentence


def test_where_it_cannot_tell_the_page_says_what_would_be_enough():
    said = decision_basis(redefined("cannot tell", "spans zero"), "EUR")
    assert "about 2,000 accounts judged" in said
    assert "there are 500" in said
    far = redefined("cannot tell", "spans zero", enough=Enough(None, 400.0, 1000.0))
    assert "could have shown a difference of 1.0 k EUR" in decision_basis(far, "EUR")


def test_worth_has_unit_horizon_interval_and_condition():
    worth = worth_answer(redefined(), "12mo", "EUR")
    assert worth.value == "+930 k EUR"
    assert worth.interval == "90 %: 600 k to 1.2 M EUR"
    for said in ("per 100 customers won", "over 12 months", "if win rates stay the same"):
        assert said in worth.text
    mended = worth_answer(redefined(worth_once_fixed=Estimate(7e5, 4e5, 1e6)), "12mo", "EUR")
    assert "groups to fix mended, and won as well: 700 k EUR" in mended.text
    assert not worth_answer(redefined(proposed=None), "12mo", "EUR").value
    assert not worth_answer(None, "12mo", "EUR").value


def test_the_good_that_would_be_lost_are_counted_and_not_named():
    lost = lost_answer(redefined(), "EUR")
    assert lost.value == "2 accounts"  # a1 and a2, (5,000 + 9,000) / 2
    assert "of 500 judged were a fit (7.0 k EUR each)" in lost.text
    assert "no target any more. In return" in lost.text
    assert "2 that were no fit would come in (−3.0 k EUR each)" in lost.text
    moved = redefined().moved.assign(move=["out", "to fix", "in", "in", "kept"])
    later = lost_answer(redefined(moved=moved), "EUR")
    assert later.value == lost.value
    assert "no target any more, 1 of them until their cost is fixed." in later.text
    assert "Miller" not in lost.text


def test_the_team_that_lacks_most_of_its_capacity_stands_first():
    teams = (
        team("support", 1000.0, {"proposed ICP": 200.0, "current ICP": -100.0}),
        team("field", 100.0, {"proposed ICP": 90.0, "current ICP": 60.0}),
    )
    load = load_answer(teams)
    assert load.value == "field: +90 hours"  # 90 % too little against 20 %
    assert load.interval == "90 %: 40–140"
    assert "(190 %)" in load.text
    assert "Also overloaded: support." in load.text
    assert "With the current ICP: field (160 %)." in load.text
    calm = load_answer((team("support", 1000.0, {"current ICP": -300.0}),))
    assert calm.value == "None"
    assert "70 % of its capacity" in calm.text
    unsure = load_answer((team("support", 1000.0, {"proposed ICP": 20.0}),))
    assert "not sure" in unsure.text
    assert "data.controls.pools" in load_answer(()).text


def test_groups_stand_with_margin_share_and_number():
    bring, leave, fix = choices(EVERYTHING, "12mo", "EUR")
    assert bring.groups[0].name == "cold chain"
    assert bring.groups[0].figures == (
        (
            "14.2 k EUR (90 %: 13.2–15.2 k EUR) each over 12 months; 70 % (90 %: 60–80 %) were a "
            "profitable fit; 60 accounts, chosen on these accounts, so rather too high"
        ),
    )
    assert leave.groups[0].figures[0] == (
        "−9.2 k EUR (90 %: −10.2 k to −8.2 k EUR) each; −6.0 k EUR (90 %: −7.0 k to −5.0 k EUR) "
        "with remedial cost taken out of the books; 60 accounts, chosen on these accounts, so "
        "rather too low"
    )
    assert not bring.more
    assert fix.groups[0].figures[1] == (
        "Returns handling, caused by logistics: 72 % of its remedial cost, 6.5 hours and 7.2 k EUR "
        "an account"
    )


def held_out(one, n, margin, fixed, half=500):
    """The group as the hold-out saw it, with intervals as wide as `half` on either side."""
    of = GroupFigures(
        n, 0.1, Estimate(0.6, 0.5, 0.7), Estimate(0.6, 0.5, 0.7),
        Estimate(margin, margin - half, margin + half), Estimate(fixed, fixed - half, fixed + half),
        Estimate(1.0), Estimate(1.0), Estimate(1.0),
    )  # fmt: skip
    return dataclasses.replace(one, held_out=of)


def later(*groups):
    return dataclasses.replace(found(*groups), holdout="later")


def test_figures_are_those_of_accounts_that_did_not_choose_the_group():
    cold = group("cold chain", "segments", 14200.0, 14500.0)
    bring, *_ = choices(later(held_out(cold, 34, 9100.0, 9300.0)), "12mo", "EUR")
    assert bring.groups[0].figures == (
        (
            "9.1 k EUR (90 %: 8.6–9.6 k EUR) each over 12 months; 60 % (90 %: 50–70 %) were a "
            "profitable fit; 34 later accounts"
        ),
    )
    assert bring.more == "Measured on later accounts that did not decide who stands here."
    few, *_ = choices(later(held_out(cold, 19, 9100.0, 9300.0)), "12mo", "EUR")
    assert few.groups[0].figures[0].startswith("14.2 k EUR")
    assert (
        few.groups[0]
        .figures[0]
        .endswith(
            "60 accounts, chosen on these accounts, so rather too high; too few later accounts to tell "
            "(19)"
        )
    )
    assert not few.more


def test_groups_stand_by_the_money_that_hangs_on_them_and_say_how_firmly():
    def sized(name, coverage, margin, stability):
        one = group("cold chain", "segments", margin, margin)
        return dataclasses.replace(
            one, segment=Segment(name, {"x": [name]}), coverage=coverage, stability=stability
        )

    # .1 x 9,000 = 900, .3 x 4,000 = 1,200, .02 x 20,000 = 400
    three = (sized("a", 0.1, 9e3, 0.8), sized("b", 0.3, 4e3, 0.5), sized("c", 0.02, 2e4, 0.4))
    drawn = dataclasses.replace(found(*three), half_samples=10)
    bring, *_ = choices(drawn, "12mo", "EUR")
    assert [one.name for one in bring.groups] == ["b", "a", "c"]
    assert [one.figures[-1] for one in bring.groups] == [
        "Fairly firm: 5 of 10 searches on half of the accounts lead to it again.",
        "Firm: 8 of 10 searches on half of the accounts lead to it again.",
        (
            "Confirm before relying on its borders: 4 of 10 searches on half of the accounts lead to"
            " it again."
        ),
    ]
    marketing = actions(drawn, redefined(), {}, "EUR")[0].task
    assert "Build the list for “b” and “a”;" in marketing
    assert "Confirm “c” on a few wins" in marketing


def test_the_page_counts_both_alike_and_says_so_once():
    # 130 targets of the current one, 150 of the proposed one, whose 150 left 12.4 k each.
    said = (
        "Counted alike throughout, 130 accounts each: all targets of the current ICP, and of the 150 "
        "of the proposed ICP those that it calls first (all 150 left 12.4 k EUR each). The 7 accounts "
        "that the proposal would fix are no targets of it until then."
    )
    assert said in decision_basis(redefined(n_to_fix=7), "EUR")
    assert "150" not in worth_answer(redefined(n_to_fix=7), "12mo", "EUR").text
    counts = dataclasses.replace(redefined().comparison, n_proposed=130)
    assert "Counted alike throughout: 130 targets of each." in decision_basis(
        redefined(comparison=counts), "EUR"
    )


def test_without_independence_neither_worth_nor_picture():
    same = redefined("cannot tell", "not independent", independent=False)
    worth = worth_answer(same, "12mo", "EUR")
    assert (worth.value, worth.interval) == ("", "")
    assert worth.text == (
        "Not known: measured on the accounts that chose the groups it would be told too high."
    )
    assert profile_figure(same, "12mo", "EUR") is None


@pytest.mark.parametrize(
    ("n", "margin", "fixed", "begins"),
    [
        (34, -4000.0, -3000.0, "Stop calling “agencies”: they left −4.0 k EUR"),
        (34, -400.0, -3000.0, "Watch “agencies”"),  # reaches above zero
        (34, -4000.0, -400.0, "Watch “agencies”"),
        (19, 4000.0, 5000.0, "Stop calling “agencies”: they left −9.2 k EUR"),  # too few to tell
    ],
)
def test_nobody_stops_calling_whom_the_hold_out_does_not_bear_out(n, margin, fixed, begins):
    agencies = held_out(group("agencies", "avoid", -9200.0, -6000.0), n, margin, fixed)
    [sales] = [
        it for it in actions(later(agencies), redefined(), {}, "EUR") if it.role == "Sales lead"
    ]
    assert sales.task.startswith(begins)
    assert ("too few later accounts to tell (19)" in sales.task) == (n < 20)
    assert f"{n} later accounts" in sales.task or n < 20


@pytest.mark.parametrize(
    ("margin", "fixed", "begins"),
    [
        (-1500.0, 5000.0, "In “alpine”, take the first cause in hand"),
        (-100.0, 100.0, "In “alpine”"),  # unclear, not against it
        (600.0, 5000.0, "Watch “alpine”"),  # earns as it is
        (-6000.0, -600.0, "Watch “alpine”"),  # loses whatever is mended
    ],
)
def test_nothing_is_mended_that_the_hold_out_speaks_against(margin, fixed, begins):
    alpine = held_out(group("alpine", "fix", -2000.0, 8000.0, causes=(CAUSE,)), 40, margin, fixed)
    [service] = [
        it for it in actions(later(alpine), redefined(), {}, "EUR") if it.role == "Service lead"
    ]
    assert service.task.startswith(begins)
    assert "40 later accounts" in service.task


@pytest.mark.parametrize(
    ("share", "often"),
    [(0.0005, "fewer than 1"), (0.02, "2"), (0.046, "4.6"), (0.0545, "5.5"), (0.234, "23")],
)
def test_chance_is_told_in_deals_of_100(share, often):
    plain = redefined("cannot tell", "chance")
    told = dataclasses.replace(plain.comparison, chance_better=share, chance_worse=0.9)
    sentence = decision_sentence(dataclasses.replace(plain, comparison=told), "12mo", "EUR")
    assert sentence.endswith(
        f", but so large a difference came up in {often} of 100 random deals of the margins."
    )
    assert "it chooses 130 of 500" in decision_basis(plain, "EUR")
    assert chance_words(plain) == ""


def test_candidates_are_named_as_such_and_never_listed():
    guess = group("cold chain", "segments", 14200.0, 14500.0, status="candidate")
    bring, *_ = choices(found(guess), "12mo", "EUR")
    assert not bring.groups
    assert bring.more == (
        "Candidate, to be confirmed: “cold chain” left 14.2 k EUR (90 %: 13.2–15.2 k EUR) each (60 "
        "accounts), and did not pass the test."
    )
    assert not actions(found(guess), redefined(), {}, "EUR")[0].task.startswith("Build the list")


def test_three_actions_with_a_role_each():
    market = MarketCounts(
        5000, 900, 412, 100, {"segments": 412, "fix": 30, "avoid": 9}, {"cold chain": 412}, 0.0, 0.0
    )
    marketing, service, sales = actions(EVERYTHING, redefined(market=market), {}, "EUR")
    assert marketing.role == "Marketing operations"
    assert "“cold chain”" in marketing.task
    assert "412 of the 5,000 prospects" in marketing.task
    assert service.role == "Service lead"
    assert "10.0 k EUR an account" in service.task  # 8,000 - (-2,000)
    assert sales.role == "Sales lead"
    assert "Stop calling “agencies”" in sales.task


def test_nobody_is_told_to_stop_calling_a_group_that_may_earn():
    maybe = group("agencies", "avoid", -500.0, -400.0)  # intervals reach above zero
    roles = [it.role for it in actions(found(maybe), redefined(), {}, "EUR")]
    assert "Sales lead" not in roles


def test_where_it_cannot_tell_they_collect():
    todo = actions(found(), redefined("cannot tell", "spans zero"),
                   {"not mature": 900, "cost log covers only 40 %": 90}, "EUR")  # fmt: skip
    assert [it.role for it in todo] == ["Strategy", "Data owner"]
    assert "about 2,000 accounts" in todo[0].task
    assert "90 accounts" in todo[1].task


def test_the_picture_holds_both_profiles_and_the_groups_of_the_lists():
    cold = held_out(group("cold chain", "segments", 14200.0, 14500.0), 34, 9100.0, 9300.0)
    few = held_out(group("agencies", "avoid", -9200.0, -6000.0), 19, -4000.0, -3000.0)
    figure = profile_figure(redefined(), "12mo", "EUR", later(cold, few))
    for said in ("current ICP: ICP 2025, version 1", "proposed ICP", "bring in: cold chain"):
        assert said in figure.svg
    # The list tells of the few what chose them; such a figure is not drawn beside the others.
    assert "agencies" not in figure.svg
    assert "Not drawn: 1 more." in figure.caption
    assert profile_figure(redefined(comparison=None), "12mo", "EUR") is None


@pytest.mark.parametrize("part", ["found", "redefined", "loads", "all", "none"])
def test_any_part_may_be_missing(report_facts, part):
    parts = {"found": EVERYTHING, "redefined": redefined(), "loads": ()}
    if part == "none":
        parts = {}
    elif part != "all":
        del parts[part]
    facts = report_facts()
    page = first_page_of(facts, **parts)
    html = report_html(report_facts(first=page))
    assert Page(html).text.count(page.headline) == 1
    assert page.actions
    assert "nan" not in html.lower().split("<svg")[0]
