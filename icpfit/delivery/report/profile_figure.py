"""The one picture of the first page: current against proposed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from icpfit.delivery.amounts import account_count, horizon_in_words, money
from icpfit.delivery.report.figures import ReportFigure

if TYPE_CHECKING:
    from icpfit.insight.redefinition.redefinition import Redefinition

__all__ = ["profile_figure"]

MOST_SHOWN = {"segments": 3, "fix": 2, "avoid": 2}


def profile_figure(found: Redefinition, horizon: str, currency: str) -> ReportFigure | None:
    """Return current against proposed, with the groups of the proposal below.

    Parameters
    ----------
    found : Redefinition
        The comparison.
    horizon, currency : str
        As in the settings.

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
    in_use = "profile in use" if found.current is not None else "every account"
    lines = [
        ProfileMargin(in_use, margin.current, "current"),
        ProfileMargin("proposed profile", margin.proposed, "proposed"),
    ]
    proposed = [group for group in found.groups if group.profile == "proposed" and group.n]
    shown = [
        group
        for part, most in MOST_SHOWN.items()
        for group in [it for it in proposed if it.part == part][:most]
        if not math.isnan(group.margin.value)
    ]
    lines += [
        ProfileMargin(f"{_part(group.part)}: {group.name}", group.margin, group.part)
        for group in shown
    ]
    finding = (
        f"By the same number of accounts, the proposed profile left "
        f"{money(margin.proposed.value, currency)} an account, the {in_use} "
        f"{money(margin.current.value, currency)}."
    )
    if found.current is None:
        finding = finding.replace("the every account", "all accounts")
    left = len(proposed) - len(shown)
    each = account_count(found.comparison.volume)
    caption = (
        f"How to read it: dots are the margin per account over {horizon_in_words(horizon)}, bars "
        f"their 90 % intervals; above the dashed line both profiles with {each} each, below it the "
        f"proposal's groups. Basis: {found.basis}."
    )
    if shown:
        caption += (
            " An account stands here in the first group of the proposal that it meets, and in the "
            "lists above in each, so figures may differ."
        )
    if left > 0:
        caption += f" Not drawn: {left} more groups of it."
    alternative = f"Current against proposed. {finding}"
    return ReportFigure(
        "current-proposed",
        finding,
        caption,
        profiles_svg(lines, currency, "current-proposed", alternative),
    )


def _part(part: str) -> str:
    return {"segments": "bring in", "fix": "fix", "avoid": "leave"}[part]
