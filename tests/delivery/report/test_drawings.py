"""A picture that is kept is the one that would have been drawn."""

from icpfit.delivery.report.charts.drawings import drawing, drawings_kept
from icpfit.delivery.report.page import report_html


def test_pages_of_kept_pictures_are_the_same(report_facts):
    euros, francs = (report_facts(), report_facts(currency="CHF"))
    plain = [report_html(euros), report_html(francs)]
    with drawings_kept():
        assert [report_html(facts) for facts in (euros, francs)] == plain
        assert report_html(report_facts()) == plain[0]


def test_what_can_t_be_compared_is_drawn():
    drawn = []
    draw = drawing(lambda given: str(drawn.append(given())))
    with drawings_kept():
        for value in (1, 2):
            draw(lambda value=value: value)
        draw(given=lambda: 3)
    assert drawn == [1, 2, 3]
