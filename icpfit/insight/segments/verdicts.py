"""Under which part of a profile a group belongs, and whether it passed that part's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.insight.segments.figures import GroupFigures
    from icpfit.insight.segments.found import FoundSegment, Part, Status
    from icpfit.measure.estimate import Estimate

__all__ = ["LEVEL", "group_verdict", "priorities"]

LEVEL = 0.10
"""False discovery rate among the rules of one kind shown: the good fits, or the losing."""
TURNED, STABLE = 0.05, 0.5

Verdict = tuple["Part", "Status", str]


def group_verdict(
    figures: GroupFigures,
    q: float,
    freed_q: float,
    base_fit: Estimate,
    *,
    wanted: bool,
    stability: float,
    remedial_known: bool,
) -> Verdict:
    """Return part, status and why a group is only a candidate.

    To be won: the fit rate stands out (q <= .10), and the margin per account is above zero.

    Found among the losing, it belongs under `fix` if it would be a fit without remedial cost: fit
    rate if fixed at least that of all accounts as they are today, margin per account if fixed above
    zero. It passes there if the fit rate is low today (q <= .10) and remedial cost turns more of
    its accounts than of the others (q <= .05).

    Else it belongs under `avoid`, and passes only if it loses both ways beyond doubt: the fit rate
    is low today (q <= .10), and if fixed its whole interval is below the rate of all accounts as
    they are today; the margin is below zero today, and if fixed with its whole interval.

    Under `fix` and `avoid` a rule must also have come back in half of the half-samples: who is
    turned away, or what is mended, should not hang on a few accounts.

    Parameters
    ----------
    figures : GroupFigures
        On the report part.
    q : float
        Of its fit rate, on the side looked for, among the rules found on that side.
    freed_q : float
        Of the share that would be a fit without remedial cost and is none today, among all rules
        found among the losing: which of them may be mended is read from the same accounts.
    base_fit : Estimate
        Fit rate of the whole report part, as it happened.
    wanted : bool
        Whether it was found among the good fits.
    stability : float
        Share of half-samples with about the same rule; NaN is not held against it.
    remedial_known : bool
        Whether any cost is marked as remedial.

    Returns
    -------
    part : {"segments", "fix", "avoid"}
        Where it belongs.
    status : {"segment", "candidate"}
        Whether it passed.
    note : str
        Why not, else empty.

    Notes
    -----
    Compared with today's rate, not with the rate if all were fixed: that is higher, and whoever
    reaches today's would be no worse a customer than those at hand. Nothing passes under `avoid`
    where no cost is marked as remedial: that the company itself caused the loss can't be ruled out.
    """
    if wanted:
        checks = [
            (q <= LEVEL, _luck(q)),
            (figures.margin.value > 0, "its margin per account is not above zero"),
        ]
        return _verdict("segments", checks)
    shared = [
        (q <= LEVEL, _luck(q)),
        (
            not stability < STABLE,
            f"half of the accounts led elsewhere in {100 * (1 - stability):.0f} % of the draws",
        ),
    ]
    if not remedial_known:
        why = "no cost is marked as remedial, so whether it could be fixed is unknown"
        return _verdict("avoid", [*shared, (False, why)])
    fit, margin = figures.fit_if_fixed, figures.margin_if_fixed
    if fit.value >= base_fit.value and margin.value > 0:
        turned = "that remedial cost turns more of these accounts than of others may be luck"
        return _verdict("fix", [*shared, (freed_q <= TURNED, turned)])
    checks = [
        (figures.margin.value < 0, "it leaves a margin, though few accounts like these are a fit"),
        (
            fit.high is not None and fit.high < base_fit.value,
            "without remedial cost its fit rate may be as good as usual",
        ),
        (
            margin.high is not None and margin.high < 0,
            "without remedial cost it may leave a margin",
        ),
    ]
    return _verdict("avoid", [*shared, *checks])


def _luck(q: float) -> str:
    return f"its fit rate may be luck (false discovery rate {q:.2f})"


def _verdict(part: Part, checks: list[tuple[bool, str]]) -> Verdict:
    """Give the first check that failed as the reason."""
    failed = [why for passed, why in checks if not passed]
    return (part, "candidate", failed[0]) if failed else (part, "segment", "")


def priorities(
    groups: Sequence[FoundSegment], base_margin: Estimate
) -> list[Literal["first", "second"]]:
    """Return whom to call first among the segments to be won.

    First are those whose margin per account is clearly above that of all accounts and whose lift is
    clearly above 1 (lower ends of the intervals), and that half of the half-samples led to; if
    there are none, the one with most margin per account.

    Parameters
    ----------
    groups : sequence of FoundSegment
        The segments that passed.
    base_margin : Estimate
        Of all accounts of the report part.

    Returns
    -------
    list of {"first", "second"}
        In the same order.
    """
    clear = [
        one.margin.low is not None
        and one.margin.low > base_margin.value
        and one.lift.low is not None
        and one.lift.low > 1
        and not one.stability < STABLE
        for one in groups
    ]
    if clear and not any(clear):
        best = max(range(len(groups)), key=lambda i: (groups[i].margin.value, -i))
        clear[best] = True
    return ["first" if is_clear else "second" for is_clear in clear]
