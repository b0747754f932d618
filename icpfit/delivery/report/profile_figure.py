"""The one picture of the first page: current against proposed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from icpfit.delivery.amounts import account_count, count, horizon_in_words, money
from icpfit.delivery.report.figures import ReportFigure
from icpfit.delivery.report.first_page_groups import shown_groups
from icpfit.delivery.report.held_out_words import enough_held_out, told_figures
from icpfit.delivery.report.icp_words import icp_named

if TYPE_CHECKING:
    from icpfit.delivery.report.first_page_groups import Part
    from icpfit.insight.redefinition.redefinition import Redefinition
    from icpfit.insight.segments.found import FoundSegment, FoundSegments

__all__ = ["profile_figure"]

PARTS: tuple[tuple[Part, str], ...] = (
    ("segments", "bring in"),
    ("fix", "fix"),
    ("avoid", "leave"),
)


def profile_figure(
    found: Redefinition, horizon: str, currency: str, groups: FoundSegments | None = None
) -> ReportFigure | None:
    """Return current against proposed, with the groups of the proposal below.

    Parameters
    ----------
    found : Redefinition
        The comparison.
    horizon, currency : str
        As in the settings.
    groups : FoundSegments, optional
        The groups found. Drawn are those that stand in the lists above it, with the same figures,
        where enough accounts that did not choose them are in them.

    Returns
    -------
    ReportFigure or None
        Named "current-proposed"; None where there is nothing to compare, or only on the accounts
        that chose the groups: a picture would tell too much.
    """
    from icpfit.delivery.report.charts.profiles import ProfileMargin, profiles_svg

    if found.comparison is None or not found.independent:
        return None
    margin = found.comparison.equal["margin"]
    if math.isnan(margin.proposed.value) or math.isnan(margin.current.value):
        return None
    in_use = "every account"
    if found.current is not None:
        in_use = f"current ICP: {icp_named(found.current.name, found.current.version)}"
    lines = [
        ProfileMargin(in_use, margin.current, "current"),
        ProfileMargin("proposed ICP", margin.proposed, "proposed"),
    ]
    shown = [(words, group) for part, words in PARTS for group in _drawn(groups, part)]
    lines += [
        ProfileMargin(f"{words}: {group.segment.name}", told_figures(group).margin, group.part)
        for words, group in shown
    ]
    against = "the current ICP" if found.current is not None else "all accounts"
    finding = (
        f"By the same number of accounts, the proposed ICP left "
        f"{money(margin.proposed.value, currency)} an account, {against} "
        f"{money(margin.current.value, currency)}."
    )
    each = account_count(found.comparison.volume)
    caption = (
        f"How to read it: dots are the margin per account over {horizon_in_words(horizon)}, bars "
        f"their 90 % intervals; above the dashed line both ICPs with {each} each. Basis: "
        f"{found.basis}."
    )
    if shown:
        caption += (
            " Below the line stand the groups of the lists above, with the same figures: all "
            "accounts that meet the rule, whatever other group they are in."
        )
    left = 0 if groups is None else sum(len(groups.of(part)) for part, _ in PARTS) - len(shown)
    if left > 0:
        caption += f" Not drawn: {count(left)} more."
    alternative = f"Current against proposed. {finding}"
    return ReportFigure(
        "current-proposed",
        finding,
        caption,
        profiles_svg(lines, currency, "current-proposed", alternative),
    )


def _drawn(groups: FoundSegments | None, part: Part) -> list[FoundSegment]:
    if groups is None:
        return []
    return [group for group in shown_groups(groups, part) if enough_held_out(group) is not None]
