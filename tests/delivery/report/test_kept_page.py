"""What comes after a page was drawn is stamped into it: standing, looks, and the verdict."""

import pytest

from icpfit.delivery.registry.promotion_log import Promotion
from icpfit.delivery.report.chapter import Chapter, Paragraph
from icpfit.delivery.report.chapters.succession import succession_chapter, verdict_on
from icpfit.delivery.report.kept_page import with_chapter
from icpfit.delivery.report.page import report_html
from icpfit.delivery.report.standing import FIRST_LOOK, stamped
from icpfit.evidence.succession.looks import look_sentence


def line(decision, version, **changes):
    values = {
        "company": "acme", "decision": decision, "from_version": 1, "to_version": version,
        "challenger_version": version, "reasons": ("It is <b>better</b>.",), "by": "mo & jo",
        "time": "2026-07-03T10:00:00",
    }  # fmt: skip
    return Promotion(**(values | changes))


@pytest.fixture(scope="module")
def page(report_facts):
    return report_html(report_facts())


def test_the_look_is_stamped_and_escaped(page):
    assert f'<li id="look">{FIRST_LOOK}</li>' in page
    shown = stamped(page, "In use.", look_sentence(4))
    assert '<li id="look">Look 4 at this hold-out: exploratory' in shown
    assert "In use.</p>" in shown
    assert "&lt;i&gt;" in stamped(page, "", "<i>")
    assert stamped(page, "", "") == page


def test_no_look_where_no_hold_out_was_kept(report_facts, a_judgement):
    page = report_html(report_facts(judgement=a_judgement(holdout=False)))
    assert 'id="look"' not in page
    assert stamped(page, "", "Look 9.") == page


def test_the_verdict_takes_the_place_of_the_chapter_drawn(page):
    assert "No verdict was asked for yet" in page
    shown = with_chapter(page, succession_chapter(line("FORCE", 2, reason="<script>x</script>")))
    assert "No verdict was asked for yet" not in shown
    assert "against the verdict" in shown
    assert "<script" not in shown
    assert "It is &lt;b&gt;better&lt;/b&gt;." in shown
    assert shown.count('<section id="succession"') == 1
    # Nothing else moves.
    head, _, tail = page.partition('<section id="succession"')
    assert shown.startswith(head)
    assert shown.endswith(tail.partition("</section>")[2])


def test_a_page_without_the_chapter_gets_it_last():
    page = "<main><section id='a'></section></main><footer></footer>"
    shown = with_chapter(page, Chapter("succession", "V", "", (Paragraph("Said."),)))
    assert shown.index("Said.") < shown.index("</main>")
    assert with_chapter("no page", Chapter("x", "X", "")) == "no page"


def test_the_last_verdict_on_a_version_counts():
    log = [line("HOLD", 2), line("PROMOTE", 2), line("ROLLBACK", 2), line("HOLD", 3)]
    assert verdict_on(log, 2).decision == "PROMOTE"
    assert verdict_on(log, 3).decision == "HOLD"
    assert verdict_on(log, 1) is None
