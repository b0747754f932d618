"""What axe-core would look at, looked at here: structure, names, tables, and contrast.

Checked on the report with every part and on the small page of chapters. Rules are those of WCAG 2.2
AA that a page without script can break; each test says which.
"""

import importlib.util
import itertools
import re
from pathlib import Path

import pytest

from icpfit.delivery.report.chapter import Bullets, Chapter, Code, Heading, Notice, Paragraph, Terms
from icpfit.delivery.report.chapter_page import chapters_html
from icpfit.delivery.report.page import report_html
from icpfit.delivery.report.tables import ReportTable

_place = Path(__file__).with_name("page_reader.py")
_found = importlib.util.spec_from_file_location("page_reader", _place)
_reader = importlib.util.module_from_spec(_found)
_found.loader.exec_module(_reader)
Page = _reader.Page

LANDMARKS = {"header", "nav", "main", "footer"}
TABLE = ReportTable("Teams", (("", False), ("Hours", True)), (("Support\nall of it", "12"),))
BLOCKS = (
    Paragraph("One."),
    Heading("Below", "below"),
    Bullets(("a", "b")),
    Bullets(("first", "second"), numbered=True),
    Notice("Mind this."),
    Notice("All is well.", "calm"),
    Terms((("margin", "what is left"),)),
    Code("employees < 10"),
    TABLE,
)


@pytest.fixture(scope="module", params=["report", "chapters", "without a model"])
def html(request, report_facts, first_page):
    if request.param == "chapters":
        return chapters_html([Chapter("tea", "Tea", "Hot.", BLOCKS)], "Tea & biscuits")
    if request.param == "without a model":
        return report_html(
            report_facts(signal=None, judgement=None, verdict=None, grading=None, drivers=None)
        )
    chapter = Chapter("service", "Ability to serve", "One team.", BLOCKS)
    return report_html(report_facts(first=first_page(), findings=(chapter,)))


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def outside_pictures(page, tag):
    return [e for e in page.elements if e[0] == tag and "svg" not in e[2]]


def test_language_title_and_one_of_each_landmark(page):
    """Language of the page (3.1.1), page titled (2.4.2), landmarks (1.3.1, best practice)."""
    assert page.open == []
    assert page.named("html")[0]["lang"] == "en"
    for once in ("main", "h1", "title", "header", "footer"):
        assert len(outside_pictures(page, once)) == 1, once
    for _, attrs, _ in outside_pictures(page, "nav"):
        assert attrs["aria-label"]


def test_everything_that_is_read_stands_in_a_landmark(page):
    for tag, attrs, above in page.elements:
        if "body" in above and attrs.get("class") != "skip" and tag not in LANDMARKS:
            assert LANDMARKS & set(above), (tag, attrs)


def test_headings_go_down_one_level_at_a_time(page):
    """Info and relationships (1.3.1)."""
    levels = [int(tag[1]) for tag, _, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), levels


def test_ids_are_unique_and_every_reference_has_its_target(page):
    ids = [attrs["id"] for _, attrs, _ in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs, _ in page.elements:
        for key in ("aria-labelledby", "href"):
            target = attrs.get(key, "").removeprefix("#")
            if target and not target.startswith("data:"):
                assert target in ids, target


def test_pictures_have_an_alternative_in_words(page, html):
    """Non-text content (1.1.1)."""
    assert all(svg["role"] == "img" and svg["aria-labelledby"] for svg in page.named("svg"))
    titles = re.findall(r"<svg[^>]*>\s*<title[^>]*>([^<]*)</title>", html)
    assert len(titles) == len(page.named("svg"))
    assert all(len(title.split()) >= 4 for title in titles)
    assert not page.named("img")
    for _, attrs, _ in page.elements:
        if attrs.get("role") == "img" and "aria-labelledby" not in attrs:
            assert attrs["aria-label"]


def test_tables_name_their_rows_and_columns(page, html):
    """Info and relationships (1.3.1): captions, scopes, no empty header, rows of one length."""
    for attrs in page.named("th"):
        assert attrs["scope"] in {"row", "col"}
    tables = re.findall(r"<table[^>]*>.*?</table>", html, re.DOTALL)
    assert tables
    for table in tables:
        assert re.search(r"<caption><span[^>]*>.+</span></caption>", table)
        assert not re.search(r"<th[^>]*>\s*</th>", table)
        rows = re.findall(r"<tr[^>]*>.*?</tr>", table, re.DOTALL)
        assert len({len(re.findall(r"<t[hd][ >]", row)) for row in rows}) == 1


def test_what_can_be_scrolled_can_be_reached_and_has_a_name_of_its_own(page):
    """Keyboard (2.1.1), focus order (2.4.3)."""
    boxes = [attrs for _, attrs, _ in page.elements if attrs.get("role") == "region"]
    assert all(box["tabindex"] == "0" and box["aria-label"] for box in boxes)
    labels = [box["aria-label"] for box in boxes]
    assert len(set(labels)) == len(labels)
    assert all(a.get("tabindex") in {None, "0", "-1"} for _, a, _ in page.elements)


def test_lists_hold_list_items(page):
    for tag, _, above in page.elements:
        if tag == "li":
            assert above[-1] in {"ul", "ol"}
        if tag in {"dt", "dd"}:
            assert "dl" in above[-2:]


def test_the_page_may_be_zoomed(page):
    """Resize text (1.4.4)."""
    viewport = next(m["content"] for m in page.named("meta") if m.get("name") == "viewport")
    assert "maximum-scale" not in viewport
    assert "user-scalable" not in viewport


def contrast(one, other):
    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def themes(html):
    found = [
        dict(re.findall(r"--([\w-]+): (#\w{3,6})", block))
        for block in re.findall(r":root \{(.*?)\}", html, re.DOTALL)
    ]
    day, night, paper = (
        {name: f"#{''.join(2 * c for c in hue[1:])}" if len(hue) == 4 else hue for name, hue in one.items()}
        for one in found
    )  # fmt: skip
    return {"day": day, "night": night, "paper": day | paper}


@pytest.mark.parametrize("theme", ["day", "night", "paper"])
def test_text_stands_out_from_its_ground(html, theme):
    """Contrast (1.4.3), 4.5 to 1, of every ink on every ground that it is set on."""
    hues = themes(html)[theme]
    for ink in ("ink", "muted", "accent"):
        for ground in ("paper", "card", "tint", "warn-tint"):
            assert contrast(hues[ink], hues[ground]) >= 4.5, (ink, ground)
    for ink in ("chart-ink", "chart-muted"):
        assert contrast(hues[ink], hues["chart-paper"]) >= 4.5, ink


@pytest.mark.parametrize("theme", ["day", "night", "paper"])
def test_marks_stand_out_from_the_picture(html, theme):
    """Non-text contrast (1.4.11), 3 to 1; the grid is decoration."""
    hues = themes(html)[theme]
    marks = [name for name in hues if name.startswith("chart-")]
    for mark in set(marks) - {"chart-grid", "chart-paper"}:
        assert contrast(hues[mark], hues["chart-paper"]) >= 3, mark


def test_every_colour_of_a_picture_has_one_for_the_night(html):
    used = set(re.findall(r"var\(--(chart-\w+)", html))
    found = themes(html)
    assert used <= set(found["day"])
    assert {n for n in found["day"] if n.startswith("chart")} <= set(found["night"])
