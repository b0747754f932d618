"""A kept page as it is handed out later: with the verdict that came after it was drawn."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from icpfit.delivery.report.page import page_environment

if TYPE_CHECKING:
    from icpfit.delivery.report.chapter import Chapter

__all__ = ["with_chapter"]


def with_chapter(page: str, chapter: Chapter) -> str:
    """Return a page with one chapter in place of the one of the same name.

    Parameters
    ----------
    page : str
        As it was kept. Chapters hold no section of their own, so the first end of one is theirs.
    chapter : Chapter
        Every text of it is escaped.

    Returns
    -------
    str
        The page; without a chapter of that name (an earlier version's), it is set last.
    """
    template = page_environment().get_template("_chapter.html.j2")
    said = str(template.module.chapter(chapter)).strip()  # type: ignore[attr-defined]
    opening = f'<section id="{re.escape(chapter.name)}" class="chapter"'
    kept = re.compile(rf"{opening}.*?</section>", re.DOTALL)
    if kept.search(page):
        return kept.sub(lambda _: said, page, count=1)
    head, end, foot = page.rpartition("</main>")
    return f"{head}{said}\n{end}{foot}" if end else page
