"""The data-quality page: the stop is its first line, hostile names are harmless, what is unknown is left out."""

import datetime as dt
import re

import pytest

from icpfit.data.contract import Attribute
from icpfit.data.joining.ledger import JoinLedger, TableLedger
from icpfit.data.sources.rejected_groups import RejectedGroup
from icpfit.data.sources.source_rows import SourceRead
from icpfit.delivery.console.quality_summary import quality_summary
from icpfit.delivery.report.chapters.quality import quality_answer, quality_chapters
from icpfit.delivery.report.charts.quality import fill_svg, maturity_svg
from icpfit.delivery.report.quality_page import quality_html
from icpfit.economics.coverage import Log
from icpfit.economics.horizon import HorizonChoice, HorizonStep
from icpfit.evidence.quality.attribute_quality import AttributeQuality
from icpfit.evidence.quality.cohorts import Cohort, Maturing
from icpfit.evidence.quality.data_quality import DataQuality
from icpfit.evidence.quality.next_steps import NextStep
from icpfit.evidence.quality.readiness import Readiness, Rule
from icpfit.measure.estimate import Estimate

HOSTILE = '<img src=x onerror="alert(1)"> & Söhne'
COHORTS = (
    Cohort("2024 Q1", 30, 30, 28, 14, Estimate(0.5, 0.35, 0.65)),
    Cohort("2024 Q2", 40, 0, 0, 0, None),
)
FILLED = (
    AttributeQuality(Attribute("sector", "category", "before_sale"), 70, 66, 5, HOSTILE, 0.4),
    AttributeQuality(
        Attribute("age", "number", "after_sale", unit="years"), 70, 7, 9, "", 0.0, "1", "4", "90"
    ),
)


def quality(**changes):
    amounts = {
        "read": 4e6,
        "unmatched": 1.2e6,
        "after_as_of": 0.0,
        "before_start": 0.0,
        "after_horizon": 0.0,
        "in_window": 2.8e6,
    }
    table = TableLedger(
        "revenue",
        1010,
        10,
        {},
        700,
        300,
        0,
        0,
        0,
        700,
        60,
        10,
        {"amount": amounts},
        {"amount": 0.3},
    )
    read = SourceRead(
        "bills",
        "revenue",
        1010,
        1000,
        10,
        {"blank line": 2},
        [],
        dt.date(2024, 1, 1),
        dt.date(2025, 1, 1),
    )
    plain = {
        "stop": "",
        "reads": (read,),
        "rejected": (RejectedGroup("bills", "revenue", "b.csv", "Amount", "correct it", 10, 7, HOSTILE, "is not a number"),),
        "covering": (Log("revenue", ((dt.date(2024, 1, 1), dt.date(2025, 1, 1)),)),),
        "ledger": JoinLedger((table,)),
        "attributes": FILLED,
        "cohorts": COHORTS,
        "young": (Maturing(dt.date(2026, 8, 1), 40),),
        "ready": Readiness((Rule("enough of both outcomes", "50 of each", "60 and 70", "met"),), ()),
        "steps": (NextStep("map 300 unmatched rows", "gain", 0.3),),
        "accounts": None,
        "currency": "EUR",
        "horizon": HorizonChoice((HorizonStep(1, 0.5, 0.4, 50),), None, 28, "28 accounts are too few"),
        "notes": ("a note",),
    }  # fmt: skip
    return DataQuality(**{**plain, **changes})


def test_the_page_needs_nothing_else_and_escapes_what_came_from_the_exports():
    page = quality_html(quality(), "acme")
    assert "<img" not in page
    assert "onerror=&#34;alert(1)&#34;" in page
    assert "<script" not in page
    assert not re.search(r"""(?:src|href)=["'](?!#|data:)""", page)
    assert page.count("<svg") == 2


def test_a_stop_is_the_first_line():
    page = quality_html(
        quality(stop="revenue: none of 300 rows finds an account", ready=None), "acme"
    )
    heading = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)[1]
    assert "Not yet: revenue: none of" in re.sub(r"<[^>]+>", "", heading)
    assert quality_summary(quality(stop="x is lost"), None)[0] == ("stops", "Not yet: x is lost")


def test_with_nothing_read_there_is_still_a_page():
    bare = quality(
        stop="nps.csv: there is no such file", reads=(), rejected=(), covering=(), ledger=None, attributes=(),
        cohorts=(), young=(), ready=None, steps=(), notes=(),
    )  # fmt: skip
    assert [chapter.name for chapter in quality_chapters(bare)] == ["enough", "next"]
    assert "nps.csv" in quality_html(bare, "acme")


@pytest.mark.parametrize(
    ("verdict", "begins"), [("met", "Yes, there is enough"), ("weaker", "Yes, there is enough")]
)
def test_the_answer_names_what_is_weaker(verdict, begins):
    rule = Rule("later accounts to judge on", "150", "only 90", verdict, "more accounts mend it")
    said = quality_answer(quality(ready=Readiness((rule,), ())))
    assert said.startswith(begins)
    assert ("only 90" in said) is (verdict == "weaker")


def test_the_figures_stand_where_they_belong():
    chapters = {chapter.name: chapter for chapter in quality_chapters(quality())}
    sources, joined, *_ = chapters["tables"].blocks
    assert sources.rows[0][1:3] == ("1,010", "10")
    assert joined.rows[0][:3] == ("revenue\nrows", "1,000", "70 %")
    assert joined.rows[1][:4] == ("revenue\namount", "4.0 M EUR", "70 %", "1.2 M EUR")
    cohorts = chapters["accounts"].blocks[1]
    assert cohorts.rows == (
        ("2024 Q1", "30", "30", "28", "14", "50 %\n35–65 %"),
        ("2024 Q2", "40", "0", "0", "–", "–"),
    )
    assert chapters["accounts"].lead.startswith("30 of 70 accounts are mature, 28")


def test_the_terminal_says_at_most_five_steps_and_numbers_them():
    many = tuple(NextStep(f"do {i}", "gain", 1 / (i + 1)) for i in range(9))
    rows = [found for _, found in quality_summary(quality(steps=many), None)]
    assert [row for row in rows if re.match(r"\d\. ", row)] == [
        f"{i + 1}. do {i}" for i in range(5)
    ]


def test_the_charts_are_the_same_each_time_and_name_what_they_show():
    assert maturity_svg(COHORTS, "m", "alt") == maturity_svg(COHORTS, "m", "alt")
    drawn = fill_svg(FILLED, "f", "alt words")
    assert "alt words" in drawn
    assert ">94 %<" in drawn  # 66 of 70
    assert ">sector<" in drawn
