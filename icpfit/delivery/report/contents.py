"""The report's chapters in their order: from the answer down, what is technical last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.report.chapters.method import method_chapter
from icpfit.delivery.report.chapters.money_left import money_chapter
from icpfit.delivery.report.chapters.order import order_chapter
from icpfit.delivery.report.chapters.succession import succession_chapter
from icpfit.delivery.report.chapters.tells_apart import tells_apart_chapter
from icpfit.delivery.report.chapters.trust import trust_chapter

if TYPE_CHECKING:
    from icpfit.delivery.report.chapter import Chapter
    from icpfit.delivery.report.facts import ReportFacts

__all__ = ["ORDER", "contents"]

# Chapters of findings take their place by name; one that is not named here comes before "order".
ORDER = (
    "redefinition",
    "segments",
    "service",
    "money",
    "profit",
    "what-tells",
    "market",
    "order",
    "trust",
    "calibration",
    "succession",
    "looks",
    "method",
)


def contents(facts: ReportFacts) -> tuple[Chapter, ...]:
    """Return the report's chapters.

    Parameters
    ----------
    facts : ReportFacts
        With the chapters of the findings, as far as there are any.

    Returns
    -------
    tuple of Chapter
        In the order in which a strategy team reads. A finding's own chapter on money or drivers
        takes the place of the plain one.
    """
    found = {chapter.name: chapter for chapter in facts.findings}
    plain = [order_chapter(facts), trust_chapter(facts), method_chapter(facts)]
    if not {"profit", "money"} & set(found):
        plain.append(money_chapter(facts))
    if "what-tells" not in found:
        plain.append(tells_apart_chapter(facts))
    if facts.judgement is not None and not facts.is_silent:
        plain.append(succession_chapter(None))
    found = {chapter.name: chapter for chapter in plain} | found
    last = ORDER.index("order")
    places = {name: (place, "") for place, name in enumerate(ORDER)}
    return tuple(sorted(found.values(), key=lambda it: places.get(it.name, (last - 0.5, it.name))))
