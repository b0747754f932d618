"""Chapters as a small page of their own, such as a finding that is looked at by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.report.page import page_environment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from icpfit.delivery.report.chapter import Chapter

__all__ = ["chapters_html"]


def chapters_html(chapters: Iterable[Chapter], title: str) -> str:
    """Return chapters as one HTML page that needs nothing else.

    Parameters
    ----------
    chapters : iterable of Chapter
        In their order; their names are the targets of links and must differ.
    title : str
        The page's heading: its answer in a sentence.

    Returns
    -------
    str
        HTML without script or links to elsewhere; every text is escaped.

    Examples
    --------
    >>> from icpfit.delivery.report.chapter import Chapter, Paragraph
    >>> page = chapters_html([Chapter("tea", "Tea", "", (Paragraph("A < B"),))], "Tea")
    >>> "<p>A &lt; B</p>" in page
    True
    """
    template = page_environment().get_template("chapters.html.j2")
    return template.render(chapters=tuple(chapters), title=title)
