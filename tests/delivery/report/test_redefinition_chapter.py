"""The chapter on the profile: its words, tables and picture, also where there is little to say."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from icpfit.data.contract import Attribute
from icpfit.delivery.registry.proposal_record import redefinition_record, with_proposal
from icpfit.delivery.registry.training_record import TrainingRecord, json_text
from icpfit.delivery.report.chapter import Bullets, Notice, Paragraph
from icpfit.delivery.report.chapter_page import chapters_html
from icpfit.delivery.report.chapters.redefinition import redefinition_chapter, redefinition_figure
from icpfit.delivery.report.figures import ReportFigure
from icpfit.delivery.report.tables import ReportTable
from icpfit.icp.profile import Profile, Segment, read_profile
from icpfit.insight.redefinition.redefinition import redefinition
from icpfit.measure.estimate import Estimate

DAY = dt.date(2027, 1, 1)
CURRENT = Profile("by <size>", 3, DAY, (Segment("large", {"employees": {"from": 500}}),))
PROPOSED = Profile(
    "makers",
    4,
    DAY,
    (Segment("makers & co", {"industry": ["Makers"], "south": [False]}),),
    (Segment("southern makers", {"industry": ["Makers"], "south": [True]}),),
    (Segment("agencies", {"industry": ["Agency"]}),),
)
WORDS = {"horizon": "12mo", "currency": "EUR"}


@pytest.fixture(scope="module")
def company():
    """300 accounts by formula: makers leave 10,000, agencies lose as much."""
    i = np.arange(300)
    industry = np.array(["Makers", "Trade", "Agency"], dtype=object)[i % 3]
    south = (i % 5 == 0).astype(float)
    margin = np.where(i % 3 == 0, 10_000.0, np.where(i % 3 == 1, 500.0, -10_000.0))
    margin = margin - 15_000 * south + 97 * (i % 11) - 400
    ids = [f"id-{k:03}" for k in i]
    facts = pd.DataFrame({"industry": industry, "south": south, "employees": (i * 7 % 1000) * 1.0})
    outcomes = pd.DataFrame(
        {
            "margin": margin,
            "cost_to_serve": 2_000 + 15_000 * south,
            "remedial_cost": 15_000 * south,
            "retained": (i % 7 > 0).astype(object),
            "loyalty": np.nan,
            "fit": (margin > 0).astype(object),
        }
    )
    names = [f"<b>Firm {k}</b>" for k in i]
    accounts = SimpleNamespace(
        facts=facts.set_axis(ids),
        outcomes=outcomes.set_axis(ids),
        dates=pd.DataFrame({"name": names}, index=ids),
        horizon="12mo",
        currency="EUR",
        attributes={"employees": Attribute("employees", "number", "before_sale", unit="people")},
    )
    split = SimpleNamespace(basis="later", reason="later hold-out of 300 accounts")
    return accounts, SimpleNamespace(split=split, judged=accounts.facts.index)


@pytest.fixture(scope="module")
def found(company):
    accounts, trial = company
    return redefinition(
        accounts, trial, CURRENT, PROPOSED, prospects=accounts.facts.head(50), n_boot=200
    )


def words_of(chapter):
    said = [chapter.lead]
    for block in chapter.blocks:
        if isinstance(block, Paragraph | Notice):
            said.append(block.text)
        elif isinstance(block, Bullets):
            said += block.items
        elif isinstance(block, ReportTable):
            said += [block.caption, *(cell for row in block.rows for cell in row)]
        elif isinstance(block, ReportFigure):
            said += [block.finding, block.caption]
        else:
            said.append(block.text)
    return "\n".join(said)


def table(chapter, start):
    return next(
        block
        for block in chapter.blocks
        if isinstance(block, ReportTable) and block.caption.startswith(start)
    )


def test_the_answer_comes_first_and_worth_has_unit_horizon_and_condition(found):
    chapter = redefinition_chapter(found, **WORDS)
    assert chapter.name == "redefinition"
    assert chapter.lead.startswith("Change the ICP: by the same number of accounts")
    said = words_of(chapter)
    assert (
        "Worth, per 100 customers won by the proposed ICP instead of the current ICP, over"
        " 12 months, if win rates stay the same:" in said
    )
    assert re.search(r"With the 20 accounts to fix mended, and won as well: [\d.,]+ [kM] EUR", said)
    assert "The model's score plays no part" in said
    assert (
        "So large a difference came up in fewer than 1 of 100 random deals of the margins" in said
    )
    assert "because" not in said


def test_without_independence_no_worth_is_told(found):
    same = dataclasses.replace(found, decision="cannot tell", why="not independent",
                               independent=False)  # fmt: skip
    chapter = redefinition_chapter(same, **WORDS)
    said = words_of(chapter)
    assert "Worth: not known: measured on the accounts that chose the groups" in said
    assert "customers won by the proposed ICP" not in said
    assert "rather too good" in redefinition_figure(same, "12mo", "EUR").finding


def test_the_tables_hold_the_figures(found):
    chapter = redefinition_chapter(found, **WORDS)
    equal = table(chapter, "At equal volume")
    assert [row[0].partition("\n")[0] for row in equal.rows] == [
        "Accounts", "Margin per account", "The same", "The same", "Cost to serve per account",
        "of it remedial", "Profitable fits", "Stayed",
    ]  # fmt: skip
    # Nobody's loyalty is known, so there is no such row. 80 of 300 are makers in the north.
    assert equal.rows[0][1:] == ("80", "80", "0")
    # They leave 10,000, and 85 of the last digits.
    assert equal.rows[1][2].startswith("10.1 k EUR\n")
    # Mended, the 20 in the south are targets as well, and leave as much.
    assert equal.rows[3][2].startswith("10.1 k EUR\n")
    own = table(chapter, "Each at its own volume")
    assert own.rows[0][1:] == ("142", "80", "−62")  # 72 to 142 and 215 to 285 are large
    market = table(chapter, "The prospect list")
    assert market.rows[0] == ("All prospects of the list", "50", "100 %")
    # Every third of 50 is a maker, and every fifth of those is in the south; 2, 5, 8 to 47 are
    # agencies, 1, 4, 7 to 49 are in trade.
    assert market.rows[-4:] == (
        ("makers & co\nproposed: targets", "13", "26 %"),
        ("To fix, no targets until then\nproposed", "4", "8 %"),
        ("To avoid\nproposed", "16", "32 %"),
        ("In no group of it\nproposed", "17", "34 %"),
    )
    assert "The 4 to fix are worth winning once" in words_of(chapter)


def test_who_is_lost_is_named_or_numbered(found):
    lost = table(redefinition_chapter(found, **WORDS), "Would leave, and was a profitable fit")
    first = found.lost_good.iloc[0]
    assert lost.rows[0][0] == f"{first['name']}\n{found.lost_good.index[0]}"
    assert len(lost.rows) == 10
    assert lost.caption.endswith(f"(10 of {len(found.lost_good)})")
    hidden = redefinition_chapter(found, **WORDS, hide_names=True)
    said = words_of(hidden)
    assert "Firm" not in said
    assert "id-" not in said
    assert table(hidden, "Would leave").rows[0][0] == "account 1"


def test_the_rules_stand_in_words_and_as_sql(found, company):
    said = words_of(redefinition_chapter(found, **WORDS, attributes=company[0].attributes))
    assert "agencies (avoid): Industry is Agency." in said
    assert "large (first priority): Employees at least 500 people." in said
    assert "\"industry\" IN ('Makers')" in said


def test_the_page_holds_hostile_names_harmlessly(found):
    page = chapters_html([redefinition_chapter(found, **WORDS)], "Profiles")
    assert "<b>Firm" not in page
    assert "&lt;b&gt;Firm" in page
    assert "by &lt;size&gt;" in page


def test_the_picture_is_the_same_each_time_and_says_what_it_shows(found):
    figure = redefinition_figure(found, "12mo", "EUR")
    assert figure.svg == redefinition_figure(found, "12mo", "EUR").svg
    assert re.match(r"[\d.]+ k EUR an account more margin and ", figure.finding)
    assert "How to read it" in figure.caption
    assert "later hold-out of 300 accounts" in figure.caption
    root = ET.fromstring(figure.svg)  # noqa: S314 - ours
    texts = " ".join(root.itertext())
    for words in ("margin", "cost to serve", "profitable fits", "stayed", "EUR per account"):
        assert words in texts
    assert "loyalty" not in texts
    assert root.get("role") == "img"


def test_the_smaller_ones_sign_is_said(found):
    other = dataclasses.replace(
        found.comparison,
        equal={
            **found.comparison.equal,
            "cost_to_serve": dataclasses.replace(
                found.comparison.equal["cost_to_serve"], difference=Estimate(3000.0)
            ),
        },
    )
    figure = redefinition_figure(dataclasses.replace(found, comparison=other), "12mo", "EUR")
    assert "3.0 k EUR an account more cost to serve" in figure.finding


def test_little_to_say_is_said(company, found):
    accounts, trial = company
    assert "No profiles were compared" in redefinition_chapter(None, **WORDS).lead
    nothing = redefinition(accounts, trial, CURRENT, None)
    chapter = redefinition_chapter(nothing, **WORDS)
    assert chapter.lead.startswith(
        "Keep the current ICP (by <size>, version 3): no group of accounts stands out"
    )
    assert redefinition_figure(nothing, "12mo", "EUR") is None
    neither = redefinition_chapter(redefinition(accounts, trial, None, None), **WORDS)
    assert neither.lead.startswith("Cannot tell yet: there is no current ICP")
    first = redefinition_chapter(redefinition(accounts, trial, None, PROPOSED, n_boot=200), **WORDS)
    assert "instead of anybody" in words_of(first)
    assert table(first, "At equal volume").columns[1][0] == "Every account won"
    one = redefinition_chapter(dataclasses.replace(found, one_account=True), **WORDS)
    assert "The sign of the difference rests on one account." in words_of(one)


def test_nobody_lost_is_a_sentence_not_an_empty_table(found):
    kept = found.moved[found.moved["move"] == "kept"]
    said = words_of(redefinition_chapter(dataclasses.replace(found, moved=kept), **WORDS))
    assert "Would leave, and was a profitable fit: nobody." in said
    assert "Would come in, and was no profitable fit: nobody." in said


def test_a_training_keeps_the_proposal_with_what_speaks_for_it(found, company, tmp_path):
    accounts, _ = company
    group = SimpleNamespace(
        segment=PROPOSED.segments[0],
        n=80,
        fit_rate=Estimate(0.9, 0.8, 0.95),
        margin=Estimate(9_000.0, 8_000.0, 10_000.0),
        margin_if_fixed=Estimate(9_500.0, 8_500.0, 10_500.0),
        cost_to_serve=Estimate(2_000.0, 1_500.0, 2_500.0),
        held_out=None,
        causes=(
            SimpleNamespace(
                activity="rework_visit", caused_by="logistics", quantity=12.0, unit="hour",
                amount=1_104.0, share=0.6,
            ),
        ),
    )  # fmt: skip
    kept = with_proposal(TrainingRecord("x", texts={"a": "b"}), found, accounts, [group])
    assert set(kept.texts) == {
        "a", "redefinition.json", "proposal.yaml", "proposal.sql", "proposal.txt",
    }  # fmt: skip
    text = kept.texts["proposal.yaml"]
    assert "  # 80 accounts (chosen on these accounts): 90 % (90 %: 80–95 %) were a fit\n" in text
    assert "# first cause: rework visit, caused by logistics: 60 % of its remedial cost" in text
    assert "# Change the ICP: by the same number of accounts" in text
    path = tmp_path / "proposal.yaml"
    path.write_text(text, encoding="utf-8")
    assert read_profile(path) == PROPOSED
    record = json.loads(kept.texts["redefinition.json"])
    assert (record["decision"], record["n"]) == ("change", 300)
    assert record["worth"]["value"] == pytest.approx(found.worth.value)
    assert record["comparison"]["equal"]["margin"]["difference"]["low"] == pytest.approx(
        found.comparison.equal["margin"].difference.low
    )
    assert record["comparison"]["chance_better"] == found.comparison.chance_better < 0.01
    assert "Firm" not in kept.texts["redefinition.json"]
    assert kept.tags["icpfit.redefinition"] == "change"


def test_without_a_proposal_only_the_comparison_is_kept(company):
    accounts, trial = company
    nothing = redefinition(accounts, trial, CURRENT, None)
    kept = with_proposal(TrainingRecord("x"), nothing, accounts)
    assert set(kept.texts) == {"redefinition.json"}
    assert (
        json.loads(json_text(redefinition_record(nothing, "12mo", "EUR")))["worth"]["value"] is None
    )
