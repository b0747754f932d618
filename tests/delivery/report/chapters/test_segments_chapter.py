"""The chapter on segments: every figure with its interval, plain words, harmless names."""

import dataclasses
import datetime as dt
from xml.etree import ElementTree as ET

import pandas as pd

from icpfit.delivery.report.chapter import Bullets, Heading, Notice
from icpfit.delivery.report.chapters.segments import segments_chapter
from icpfit.delivery.report.figures import ReportFigure
from icpfit.delivery.report.tables import ReportTable
from icpfit.icp.profile import Segment
from icpfit.insight.segments.figures import GroupFigures
from icpfit.insight.segments.found import FoundSegment, FoundSegments, RemedialCause
from icpfit.insight.segments.proposal import proposed_profile
from icpfit.measure.estimate import Estimate

HOSTILE = "</svg><script>alert(1)</script>"


def group(name, part="segments", status="segment", **changes):
    plain = FoundSegment(
        segment=Segment(name, {"industry": [name]}),
        part=part,
        status=status,
        n=120,
        coverage=0.2,
        fit_rate=Estimate(0.71, 0.64, 0.77, n=120),
        fit_if_fixed=Estimate(0.76, 0.69, 0.81, n=120),
        margin=Estimate(12_100.0, 9_900.0, 14_300.0, n=120),
        margin_if_fixed=Estimate(15_400.0, 13_300.0, 17_600.0, n=120),
        cost_to_serve=Estimate(12_000.0, 10_000.0, 14_000.0, n=120),
        remedial_cost=Estimate(3_300.0, 2_000.0, 4_000.0, n=120),
        lift=Estimate(1.59, 1.45, 1.75, n=120),
        p=0.0001,
        q=0.001,
        stability=0.9,
        note="" if status == "segment" else "its fit rate may be luck",
    )
    return dataclasses.replace(plain, **changes)


FIX = group(
    "Hub",
    "fix",
    margin=Estimate(-6_800.0, -12_000.0, -2_300.0),
    causes=(RemedialCause("rework_visit", "logistics", 43.1, "hour", 3_800.0, 0.27),),
)
AVOID = group(
    "Agency",
    "avoid",
    margin=Estimate(-21_000.0, -32_000.0, -11_000.0),
    margin_if_fixed=Estimate(-18_000.0, -28_000.0, -8_000.0),
    stability=0.6,
)


def found(*groups, **changes):
    plain = FoundSegments(
        segments=groups,
        find=pd.Index([f"a{i}" for i in range(900)]),
        report=pd.Index([f"b{i}" for i in range(600)]),
        basis="600 training accounts on which nothing was looked for",
        base_fit=Estimate(0.45, 0.41, 0.48, n=600),
        base_margin=Estimate(836.0, -636.0, 2_257.0, n=600),
        base_cost=Estimate(19_000.0, 17_500.0, 20_600.0, n=600),
        explained=Estimate(0.9, 0.77, 1.06, n=600),
        note="",
        half_samples=30,
    )
    return dataclasses.replace(plain, **changes)


def words(chapter):
    return repr((chapter.lead, chapter.blocks))


def of_kind(chapter, kind):
    return [block for block in chapter.blocks if isinstance(block, kind)]


def test_the_lead_says_how_many_of_each_and_what_the_best_left():
    chapter = segments_chapter(found(group("Farm"), FIX, AVOID), "12mo", "EUR")
    assert chapter.lead == (
        "One group of accounts stood out as a profitable fit; the one with most margin, Farm, left "
        "12.1 k EUR per account, against 836 EUR over all (chosen on these accounts, so rather too "
        "high). With remedial cost taken out of the books, one losing group counts as a fit, and "
        "one group still lost money."
    )
    assert [one.text for one in of_kind(chapter, Heading)] == [
        "Whom to win", "Fix before dropping", "Whom to leave",
    ]  # fmt: skip


def test_beside_stands_what_the_hold_out_says():
    def of(n, margin):
        share = Estimate(0.6, 0.5, 0.7)
        money = Estimate(margin, margin - 500, margin + 500)
        return GroupFigures(n, 0.1, share, share, money, money, money, money, share)

    farm, hub = group("Farm", held_out=of(34, 9_100.0)), dataclasses.replace(FIX, held_out=of(7, 0))
    told = found(farm, hub, holdout="later", base_held_out=of(300, 1_000.0))
    chapter = segments_chapter(told, "12mo", "EUR")
    assert (
        "the one with most margin where they were chosen, Farm, left 9.1 k EUR (90 %: 8.6–9.6 k "
        "EUR) per account on 34 later accounts that did not decide this, against 1.0 k EUR over "
        "all of these. "
    ) in chapter.lead
    beside = of_kind(chapter, ReportTable)[0]
    assert "later accounts that did not decide who stands here" in beside.caption
    assert beside.rows[0][:2] == ("Farm\nto win, first priority", "34")
    assert beside.rows[0][3] == "9.1 k EUR\n8.6–9.6 k EUR"
    assert beside.rows[1] == ("Hub\nto fix", "7", "too few to tell", "–", "–")
    assert beside.rows[2][:2] == ("All accounts", "300")
    few = found(dataclasses.replace(farm, held_out=of(7, 0.0)), holdout="later",
                base_held_out=of(300, 1_000.0))  # fmt: skip
    assert "too few later accounts to tell (7)" in segments_chapter(few, "12mo", "EUR").lead


def test_tables_carry_intervals_and_causes():
    chapter = segments_chapter(found(group("Farm"), FIX, AVOID), "12mo", "EUR")
    win, fix, causes, avoid = of_kind(chapter, ReportTable)
    assert win.rows[0] == (
        "Farm\nfirst priority", "120\n20 %", "71 %\n64–77 %", "1.59\n1.45–1.75",
        "12.1 k EUR\n9.9–14.3 k EUR", "12.0 k EUR\n10.0–14.0 k EUR",
    )  # fmt: skip
    assert win.rows[-1][0] == "All accounts"
    assert causes.rows == (("rework visit", "logistics", "43 hours", "3.8 k EUR", "27 %"),)
    assert fix.rows[0][4:] == (
        "−6.8 k EUR\n−12.0 k to −2.3 k EUR", "15.4 k EUR\n13.3–17.6 k EUR",
    )  # fmt: skip
    assert avoid.rows[0][0] == "Agency"
    for table in of_kind(chapter, ReportTable):
        assert {len(row) for row in table.rows} == {len(table.columns)}


def test_the_words_claim_no_cause():
    said = words(segments_chapter(found(group("Farm"), FIX, AVOID), "12mo", "EUR")).casefold()
    for word in ("because", "increases", "psi", "gini", "leads to", "nan"):
        assert word not in said.replace("finance", ""), word
    assert "90 % (77–106 %) of the model's advantage" in said


def test_candidates_stand_apart_and_the_picture_leaves_them_out():
    chapter = segments_chapter(
        found(group("Farm"), group("Luck", status="candidate")), "12mo", "EUR"
    )
    assert of_kind(chapter, ReportTable)[-1].rows[0][0] == "Luck\nto win"
    [figure] = of_kind(chapter, ReportFigure)
    assert "Luck" not in figure.svg
    assert "Luck" not in repr(of_kind(chapter, Bullets))
    only = segments_chapter(
        found(group("Luck", status="candidate"), note="Candidates only."), "12mo", "EUR"
    )
    assert only.lead == "Candidates only."
    assert of_kind(only, ReportFigure) == []


def test_what_was_left_out_is_said():
    loose = found(group("Farm", stability=0.1), half_samples=10, remedial_known=False)
    said = [one.text for one in of_kind(segments_chapter(loose, "12mo", "EUR"), Notice)]
    assert any("No cost is marked as remedial" in one for one in said)
    assert any("Farm (10 %)" in one for one in said)
    assert any("10 draws instead of 30" in one for one in said)


def test_nothing_found_is_one_line():
    assert segments_chapter(None, "12mo", "EUR").blocks == ()
    empty = found(explained=None, note="The model found no signal.")
    assert segments_chapter(empty, "12mo", "EUR").lead == "The model found no signal."


def test_a_hostile_name_is_text_and_the_same_bytes_come_again():
    told = found(group(HOSTILE), FIX, AVOID)
    [one] = of_kind(segments_chapter(told, "12mo", "EUR"), ReportFigure)
    [again] = of_kind(segments_chapter(told, "12mo", "EUR"), ReportFigure)
    assert one.svg == again.svg
    root = ET.fromstring(one.svg)  # noqa: S314 - drawn a line above
    assert not [e for e in root.iter() if e.tag.endswith("script")]
    texts = "".join(e.text or "" for e in root.iter() if e.tag.endswith("text"))
    assert "71 %" in texts
    assert "margin per account (EUR)" in texts


def test_the_proposal_puts_first_priorities_first():
    second = group("Mill")
    second = dataclasses.replace(
        second, segment=dataclasses.replace(second.segment, priority="second")
    )
    made = proposed_profile(
        found(second, group("Farm"), FIX, AVOID, group("Luck", status="candidate")),
        None,
        effective_from=dt.date(2027, 1, 1),
    )
    assert [one.name for one in made.segments] == ["Farm", "Mill"]
    assert ([one.name for one in made.fix], [one.name for one in made.avoid]) == (
        ["Hub"],
        ["Agency"],
    )
    assert proposed_profile(found(FIX, AVOID), None, effective_from=dt.date(2027, 1, 1)) is None
