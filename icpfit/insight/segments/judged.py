"""Each rule with its figures: part, status, name and priority."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from icpfit.icp.profile import Segment
from icpfit.insight.segments.found import FoundSegment, FoundSegments, RemedialCause
from icpfit.insight.segments.if_fixed import remedial_causes
from icpfit.insight.segments.naming import segment_name, unique_names
from icpfit.insight.segments.verdicts import group_verdict, priorities

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from icpfit.economics.outcome import Accounts
    from icpfit.economics.spec import EconomicsSpec
    from icpfit.insight.segments.figures import GroupFigures
    from icpfit.insight.segments.selectors import Form
    from icpfit.measure.estimate import Estimate

__all__ = ["TriedRule", "judged_groups"]

PARTS = ("segments", "fix", "avoid")


@dataclass(frozen=True, eq=False)
class TriedRule:
    """A rule with all that was measured of it.

    Parameters
    ----------
    where : dict of str to list or dict
        Its conditions.
    wanted : bool
        Whether it was found among the good fits.
    stability : float
        Share of half-samples that led to about the same rule.
    figures : GroupFigures
        On the report part.
    members : ndarray of bool, shape (n,)
        Which accounts of the report part are in it.
    p, q, freed_q : float
        See `group_verdict`.
    held_out : GroupFigures or None
        On the hold-out, which decides nothing here.
    """

    where: dict[str, Form]
    wanted: bool
    stability: float
    figures: GroupFigures
    members: npt.NDArray[np.bool_]
    p: float
    q: float
    freed_q: float
    held_out: GroupFigures | None = None


def judged_groups(
    accounts: Accounts, economics: EconomicsSpec, result: FoundSegments, tried: Sequence[TriedRule]
) -> tuple[FoundSegment, ...]:
    """Return each rule with its part, status, name and priority.

    Parameters
    ----------
    accounts : Accounts
        For names, units and causes.
    economics : EconomicsSpec
        Its rate card.
    result : FoundSegments
        The report part and its base figures.
    tried : sequence of TriedRule
        In the order found.

    Returns
    -------
    tuple of FoundSegment
        Whom to win, to fix, to avoid; within each those that passed first, then as found.
    """
    whole = _whole_numbers(accounts)
    names = unique_names([segment_name(one.where, accounts.attributes, whole) for one in tried])
    judged: list[FoundSegment] = []
    for name, one in zip(names, tried, strict=True):
        part, status, note = group_verdict(
            one.figures,
            one.q,
            one.freed_q,
            result.base_fit,
            wanted=one.wanted,
            stability=one.stability,
            remedial_known=result.remedial_known,
        )
        causes: tuple[RemedialCause, ...] = ()
        if part == "fix":
            causes = remedial_causes(accounts, result.report[one.members], economics.rate_card)
        figures = {f.name: getattr(one.figures, f.name) for f in dataclasses.fields(one.figures)}
        judged.append(
            FoundSegment(
                segment=Segment(name, one.where),
                part=part,
                status=status,
                **figures,
                p=one.p,
                q=one.q,
                stability=one.stability,
                causes=causes,
                note=note,
                held_out=one.held_out,
            )
        )
    judged.sort(key=lambda one: (PARTS.index(one.part), one.status != "segment"))
    return tuple(_prioritised(judged, result.base_margin))


def _prioritised(judged: list[FoundSegment], base_margin: Estimate) -> list[FoundSegment]:
    passed = [one for one in judged if one.part == "segments" and one.status == "segment"]
    given = dict(
        zip(
            (one.segment.name for one in passed),
            priorities(passed, base_margin),
            strict=True,
        )
    )
    return [
        dataclasses.replace(
            one,
            segment=dataclasses.replace(
                one.segment,
                priority=given.get(one.segment.name, "second")
                if one.part == "segments"
                else "first",
            ),
        )
        for one in judged
    ]


def _whole_numbers(accounts: Accounts) -> frozenset[str]:
    """Return the numbers that only have whole values."""
    names = [n for n, a in accounts.attributes.items() if a.kind == "number"]
    known = {n: accounts.facts[n].dropna() for n in names if n in accounts.facts}
    return frozenset(n for n, values in known.items() if (values % 1 == 0).all())
