"""How good a company's data are, as a page that opens offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.report.chapter_page import chapters_html
from icpfit.delivery.report.chapters.quality import quality_answer, quality_chapters

if TYPE_CHECKING:
    from icpfit.evidence.quality.data_quality import DataQuality

__all__ = ["quality_html"]


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
