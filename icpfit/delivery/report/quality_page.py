"""How good a company's data are, as a page that opens offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.report.chapter_page import chapters_html
from icpfit.delivery.report.chapters.quality import quality_answer, quality_chapters
from icpfit.delivery.whole_file import whole_file

if TYPE_CHECKING:
    from pathlib import Path

    from icpfit.evidence.quality.data_quality import DataQuality

__all__ = ["quality_html", "write_quality"]


def quality_html(quality: DataQuality, company: str) -> str:
    """Return what is known of a company's data as one HTML page that needs nothing else.

    Parameters
    ----------
    quality : DataQuality
        What was found.
    company : str
        Whose data they are.

    Returns
    -------
    str
        HTML without script or links to elsewhere; what came from the exports is escaped. Its first
        line says what stops, where something does.
    """
    return chapters_html(quality_chapters(quality), f"{company}: {quality_answer(quality)}")


def write_quality(page: str, out: Path) -> None:
    """Write the page, whole or not at all.

    Parameters
    ----------
    page : str
        From `quality_html`.
    out : Path
        The file; its folder must exist.

    Raises
    ------
    OutputError
        If it can't be written; what stood there before is untouched.
    """
    with whole_file(out) as part:
        part.write_text(page, encoding="utf-8", newline="\n")
