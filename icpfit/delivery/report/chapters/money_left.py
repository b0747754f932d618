"""Where the money is, of all mature accounts: whale curve, and from revenue to margin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.report import figures
from icpfit.delivery.report.chapter import Chapter

if TYPE_CHECKING:
    from icpfit.delivery.report.chapter import Block
    from icpfit.delivery.report.facts import ReportFacts

__all__ = ["money_chapter"]


def money_chapter(facts: ReportFacts) -> Chapter:
    """Return where the money is, whatever a model says.

    Parameters
    ----------
    facts : ReportFacts
        With the whale curve and the waterfall, as far as there are any.

    Returns
    -------
    Chapter
        Named "money"; where no account is mature, it says so in one line.
    """
    blocks: list[Block] = []
    if facts.whale is not None:
        blocks.append(figures.whale_figure(facts.whale, facts.horizon, facts.currency))
    if facts.waterfall:
        whale = facts.whale
        n = facts.accounts.mature if whale is None else len(whale.share_accounts) - 1
        blocks.append(figures.waterfall_figure(facts.waterfall, n, facts.horizon, facts.currency))
    lead = (
        "All mature accounts, whatever the model says of them."
        if blocks
        else "No account is mature yet, so no margin is known."
    )
    return Chapter("money", "Where the money is", lead, tuple(blocks))
