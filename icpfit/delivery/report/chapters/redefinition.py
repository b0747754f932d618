"""The chapter on the profile: the current ICP against the proposed one, and who would move."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from icpfit.delivery.amounts import (
    account_count,
    count,
    horizon_in_words,
    money,
    money_interval,
    percent,
)
from icpfit.delivery.report.chapter import Bullets, Chapter, Code, Heading, Notice, Paragraph
from icpfit.delivery.report.chapters.redefinition_tables import (
    accounts_table,
    compared_table,
    groups_table,
    market_table,
    moves_table,
)
from icpfit.delivery.report.decision_sentence import (
    chance_words,
    decision_basis,
    decision_sentence,
)
from icpfit.delivery.report.figures import ReportFigure
from icpfit.delivery.report.first_page_answers import WITHOUT_INDEPENDENCE
from icpfit.delivery.report.icp_words import icp_named
from icpfit.icp.wording import sentences, sql_where
from icpfit.insight.redefinition.chance import DEALS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.data.contract import Attribute
    from icpfit.delivery.report.chapter import Block
    from icpfit.evidence.signal import Signal
    from icpfit.icp.selection import Part
    from icpfit.insight.redefinition.redefinition import Redefinition

__all__ = ["redefinition_chapter", "redefinition_figure"]

_TITLE = "The current ICP against the proposed one"
_AMOUNTS = (
    ("margin", "margin"),
    ("cost_to_serve", "cost to serve"),
    ("remedial_cost", "of it remedial"),
)
_CHANCE = (
    "A deal gives every account judged the margin of another at random, so that neither profile can"
    " know anything. A difference counts only if at most 5 of 100 deals make as large a one."
)
_APART: tuple[tuple[Part, str], ...] = (
    ("fix", "To fix before they are won"),
    ("avoid", "To avoid"),
)
_SHARES = (("fit", "profitable fits"), ("retained", "stayed"), ("loyalty", "loyalty"))


def redefinition_chapter(
    found: Redefinition | None,
    *,
    horizon: str,
    currency: str,
    attributes: Mapping[str, Attribute] | None = None,
    hide_names: bool = False,
    signal: Signal | None = None,
) -> Chapter:
    """Return the comparison of the current ICP with the one proposed.

    Parameters
    ----------
    found : Redefinition or None
        The comparison; None where none was made.
    horizon, currency : str
        As in the settings.
    attributes : Mapping, optional
        The declared attributes, for their units.
    hide_names : bool
        Whether accounts bear numbers instead of names and ids.
    signal : Signal, optional
        Whether the model that looked for groups knows anything.

    Returns
    -------
    Chapter
        Named "redefinition"; where there is nothing to compare, it says so in one line.
    """
    if found is None:
        return Chapter("redefinition", _TITLE, "No profiles were compared: no model was trained.")
    said = decision_sentence(found, horizon, currency, signal)
    lead = f"{said} {decision_basis(found, currency, signal)}"
    blocks: list[Block] = []
    figure = redefinition_figure(found, horizon, currency)
    if figure is not None:
        blocks.append(figure)
    if found.comparison is not None:
        blocks += _compared(found, horizon, currency)
        blocks += _who_moves(found, currency, hide_names=hide_names)
    if found.groups:
        blocks += [Heading("What became of each group"), groups_table(found, currency)]
    if found.market is not None:
        blocks += [Heading("The market that is left"), *_market(found)]
    blocks += _rules(found, attributes)
    return Chapter("redefinition", _TITLE, lead, tuple(blocks))


def redefinition_figure(found: Redefinition, horizon: str, currency: str) -> ReportFigure | None:
    """Return both profiles' margin, cost, fits and loyalty at equal volume.

    Parameters
    ----------
    found : Redefinition
        The comparison.
    horizon, currency : str
        As in the settings.

    Returns
    -------
    ReportFigure or None
        Named "redefinition-pairs"; None where there is nothing to compare.
    """
    from icpfit.delivery.report.charts.redefinition import Pair, pairs_svg

    compared = found.comparison
    if compared is None or math.isnan(compared.equal["margin"].difference.value):
        return None

    def pairs(names: tuple[tuple[str, str], ...]) -> list[Pair]:
        known = [(words, compared.equal[name]) for name, words in names if name in compared.equal]
        return [
            Pair(words, one.current, one.proposed)
            for words, one in known
            if not (math.isnan(one.current.value) and math.isnan(one.proposed.value))
        ]

    margin, cost = (compared.equal[name].difference for name in ("margin", "cost_to_serve"))
    left, spent = (
        _each(margin.value, currency, "margin"),
        _each(cost.value, currency, "cost to serve"),
    )
    finding = f"{left} and {spent} with the proposed ICP, by the same number of accounts."
    if not found.independent:
        finding = f"on the accounts that chose its groups, so rather too good: {finding}"
    caption = (
        f"How to read it: means per account over {horizon_in_words(horizon)}, dots for"
        f" {_in_use(found)}, diamonds for the proposed ICP; a bar is the 90 % interval, the"
        f" range that luck leaves. {account_count(compared.volume)} by each, of"
        f" {count(compared.n)} judged. Loyalty is a composite from 0 to 100 %. Basis:"
        f" {found.basis}."
    )
    svg = pairs_svg(
        pairs(_AMOUNTS),
        pairs(_SHARES),
        (_in_use(found), "the proposed ICP"),
        currency,
        name="redefinition-pairs",
        alternative=f"Current against proposed at equal volume. {finding}",
    )
    return ReportFigure("redefinition-pairs", _capital(finding), caption, svg)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _each(amount: float, currency: str, what: str) -> str:
    more = "more" if amount >= 0 else "less"
    return f"{money(abs(amount), currency)} an account {more} {what}"


def _in_use(found: Redefinition) -> str:
    return "every account won" if found.current is None else "the current ICP"


def _compared(found: Redefinition, horizon: str, currency: str) -> list[Block]:
    compared = found.comparison
    assert compared is not None  # noqa: S101 - the caller looked
    blocks: list[Block] = [
        Paragraph(
            "At equal volume both take as many targets as the smaller ICP has"
            f" ({count(compared.volume)}). The larger one is thinned in its own order of calling:"
            " first priority, then second; of the tier on the border each account counts an equal"
            " share, as in a draw by lot. The model's score plays no part. A target is in a"
            " segment, and in no group to fix or to avoid."
        ),
        compared_table(found, "equal", currency),
    ]
    said = chance_words(found)
    if said:
        blocks.append(Paragraph(f"{_capital(said)}: dealt anew {count(DEALS)} times. {_CHANCE}"))
    if not math.isnan(found.worth.value) and not found.independent:
        blocks.append(
            Paragraph(f"Worth: {WITHOUT_INDEPENDENCE[0].lower()}{WITHOUT_INDEPENDENCE[1:]}")
        )
    elif not math.isnan(found.worth.value):
        instead = "the current ICP" if found.current is not None else "anybody"
        said = (
            f"Worth, per 100 customers won by the proposed ICP instead of {instead}, over"
            f" {horizon_in_words(horizon)}, if win rates stay the same:"
            f" {money_interval(found.worth, currency)}."
        )
        if found.worth_once_fixed is not None:
            fixed = money_interval(found.worth_once_fixed, currency)
            said += (
                f" With the {account_count(found.n_to_fix)} to fix mended, and won as well:"
                f" {fixed}; the current ICP gains by the repair too."
            )
        blocks.append(Paragraph(said))
    if found.one_account:
        blocks.append(Notice("The sign of the difference rests on one account."))
    blocks.append(compared_table(found, "own", currency))
    undefined = [
        f"For {percent(share)} of the accounts judged, facts are missing that the {whose}"
        " asks for; they count as not selected."
        for whose, share in (
            ("current ICP", found.undefined.get("current", 0.0)),
            ("proposed ICP", found.undefined.get("proposed", 0.0)),
        )
        if share > 0
    ]
    blocks += [Paragraph(" ".join(undefined))] if undefined else []
    return blocks


def _who_moves(found: Redefinition, currency: str, *, hide_names: bool) -> list[Block]:
    blocks: list[Block] = [Heading("Who comes in, who leaves"), moves_table(found, currency)]
    lists = (
        (found.lost_good, "Would leave, and was a profitable fit"),
        (found.gained_bad, "Would come in, and was no profitable fit"),
    )
    for accounts, caption in lists:
        if len(accounts):
            blocks.append(accounts_table(accounts, caption, currency, hide_names=hide_names))
        else:
            blocks.append(Paragraph(f"{caption}: nobody."))
    return blocks


def _market(found: Redefinition) -> list[Block]:
    market = found.market
    assert market is not None  # noqa: S101 - the caller looked
    blocks: list[Block] = [market_table(market)]
    if market.by_part.get("fix"):
        blocks.append(
            Paragraph(
                f"The {count(market.by_part['fix'])} to fix are worth winning once the cause of"
                " their remedial cost is gone, and lose money until then."
            )
        )
    if market.absent:
        named = ", ".join(name.replace("_", " ") for name in market.absent)
        blocks.append(
            Notice(f"The list has no column for {named}; nobody in it meets such a condition.")
        )
    shares = [
        (whose, share)
        for whose, share in (
            ("current ICP", market.current_undefined),
            ("proposed ICP", market.proposed_undefined),
        )
        if share > 0
    ]
    if shares:
        said = " and ".join(f"{percent(share)} for the {whose}" for whose, share in shares)
        blocks.append(
            Paragraph(
                f"Facts are missing that decide whether a prospect is in: {said}. They are not"
                " counted; finding these facts out may bring more."
            )
        )
    return blocks


def _rules(found: Redefinition, attributes: Mapping[str, Attribute] | None) -> list[Block]:
    blocks: list[Block] = []
    if found.proposed is not None:
        blocks += [
            Heading(
                f"The proposed ICP, {icp_named(found.proposed.name, found.proposed.version)}, in"
                " words"
            ),
            Bullets(tuple(sentences(found.proposed, attributes))),
            Paragraph(
                "Kept with this run as proposal.yaml for icpfit adopt, proposal.sql and"
                " proposal.txt. Its targets as a WHERE clause for a database or a CRM's list view:"
            ),
            Code(sql_where(found.proposed)),
        ]
        for part, whom in _APART:
            if getattr(found.proposed, part):
                blocks += [Paragraph(f"{whom}:"), Code(sql_where(found.proposed, part))]
    if found.current is not None:
        current = found.current
        signed = f", signed off by {current.approved_by}" if current.approved_by else ""
        blocks += [
            Heading(
                f"The current ICP, {icp_named(current.name, current.version)}, from"
                f" {current.effective_from}{signed}"
            ),
            Bullets(tuple(sentences(current, attributes))),
        ]
    return blocks
