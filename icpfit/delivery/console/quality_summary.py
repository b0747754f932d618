"""The page that `icpfit check` ends with: what stops, what is good, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.amounts import count, percent
from icpfit.delivery.console.summary import check_summary
from icpfit.delivery.report.chapters.quality import quality_answer

if TYPE_CHECKING:
    from icpfit.evidence.quality.data_quality import DataQuality
    from icpfit.icp.profile import Profile

__all__ = ["quality_summary"]

MOST_STEPS = 5

Rows = list[tuple[str, str]]


def quality_summary(quality: DataQuality, profile: Profile | None) -> Rows:
    """Say in a page what a company's exports hold, and what to do next.

    Parameters
    ----------
    quality : DataQuality
        What was found.
    profile : Profile or None
        The current ICP.

    Returns
    -------
    list of tuple of str
        Rows of the closing table, the answer first.
    """
    rows = [("stops" if quality.stop else "enough to train?", quality_answer(quality))]
    if quality.accounts is not None:
        rows += check_summary(quality.accounts, profile)
    rows += [("good" if i == 0 else "", text) for i, text in enumerate(_good(quality))]
    steps = [step for step in quality.steps if step.kind != "stop"][:MOST_STEPS]
    rows += [("do next" if i == 0 else "", f"{i + 1}. {step.text}") for i, step in enumerate(steps)]
    return rows


def _good(quality: DataQuality) -> list[str]:
    good = []
    read = sum(one.read for one in quality.reads)
    rejected = sum(one.rejected for one in quality.reads)
    if read and not rejected:
        good.append(f"all {count(read)} rows could be read")
    for table in quality.ledger.tables if quality.ledger is not None else ():
        if table.table != "accounts" and table.accepted:
            share = percent(table.matched / table.accepted)
            if table.matched / table.accepted >= 0.99:
                good.append(f"{share} of the rows of {table.table} find their account")
    learned = [one for one in quality.attributes if one.is_learned_from]
    if learned:
        full = sum(one.fill >= 0.9 for one in learned)
        good.append(f"{count(full)} of {count(len(learned))} attributes are filled for nine in ten")
    return good
