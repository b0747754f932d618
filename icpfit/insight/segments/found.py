"""What was found: segments, groups to fix and to avoid, each with its figures and intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

    from icpfit.icp.profile import Segment
    from icpfit.insight.segments.figures import GroupFigures
    from icpfit.measure.estimate import Estimate

__all__ = ["FoundSegment", "FoundSegments", "Part", "RemedialCause", "Status"]

Part = Literal["segments", "fix", "avoid"]
Status = Literal["segment", "candidate"]


@dataclass(frozen=True)
class RemedialCause:
    """One cause of a group's remedial cost.

    Parameters
    ----------
    activity : str
        What was done to make up for it.
    caused_by : str
        The group that caused it, "unknown" where nobody noted it.
    quantity : float
        Per account, over the horizon.
    unit : str
        Of the quantity: the activity's, or "events" where its rows hold amounts only.
    amount : float
        Per account, currency units, discounted.
    share : float
        Of the group's remedial cost, 0 to 1.
    """

    activity: str
    caused_by: str
    quantity: float
    unit: str
    amount: float
    share: float


@dataclass(frozen=True)
class FoundSegment:
    """A rule, and what its accounts were worth on the part that it was not found on.

    Parameters
    ----------
    segment : Segment
        Name, conditions and priority.
    part : {"segments", "fix", "avoid"}
        Whom to win; who loses now and would be a fit without remedial cost; who loses both ways.
    status : {"segment", "candidate"}
        Only a "segment" passed the tests of its part.
    n : int
        Accounts of the report part in it.
    coverage : float
        Their share of the report part, 0 to 1.
    fit_rate, fit_if_fixed : Estimate
        Share that was a profitable fit, and that would be one without any remedial cost (Wilson).
    margin, margin_if_fixed, cost_to_serve, remedial_cost : Estimate
        Per account, currency units over the horizon (bootstrap).
    lift : Estimate
        Fit rate over that of the whole report part.
    p, q : float
        One-sided exact p-value of the fit rate against that of the others, and the false discovery
        rate at which it stands among all rules of its kind shown: those found among the good fits,
        or those found among the losing.
    stability : float
        Share of half-samples that led to about the same rule; NaN where none was drawn.
    causes : tuple of RemedialCause
        For "fix": where the remedial cost comes from, the largest first.
    note : str
        Why it is only a candidate, else empty.
    held_out : GroupFigures or None
        The same figures on the hold-out, whose accounts decided neither the rule nor its part,
        status or priority; None without one. The figures above are of the accounts that decided
        which groups passed, so they rather flatter the choice.
    """

    segment: Segment
    part: Part
    status: Status
    n: int
    coverage: float
    fit_rate: Estimate
    fit_if_fixed: Estimate
    margin: Estimate
    margin_if_fixed: Estimate
    cost_to_serve: Estimate
    remedial_cost: Estimate
    lift: Estimate
    p: float
    q: float
    stability: float
    causes: tuple[RemedialCause, ...] = ()
    note: str = ""
    held_out: GroupFigures | None = None


@dataclass(frozen=True, eq=False)
class FoundSegments:
    """All rules shown, and what they rest on.

    Parameters
    ----------
    segments : tuple of FoundSegment
        Whom to win first, then whom to fix, then whom to avoid, in the order found; candidates
        among them.
    find, report : Index
        Accounts that rules were found on, and those that they are reported on.
    basis : str
        What those are, for a reader.
    base_fit, base_margin, base_cost : Estimate
        Fit rate, margin and cost to serve per account of the whole report part.
    explained : Estimate or None
        Share of the model's advantage that the segments explain,
        ``(lift of the segments - 1) / (lift of the model's first as many - 1)``; None without
        segments.
    note : str
        Why there are no segments, else empty.
    half_samples : int
        Behind each stability.
    remedial_known : bool
        Whether any cost is marked as remedial: else nothing can be said of a group if it were
        fixed.
    holdout : {"later", "random", "none"}
        Which accounts the figures of ``held_out`` are of.
    base_held_out : GroupFigures or None
        Of all accounts of the hold-out; None without one.
    """

    segments: tuple[FoundSegment, ...]
    find: pd.Index
    report: pd.Index
    basis: str
    base_fit: Estimate
    base_margin: Estimate
    base_cost: Estimate
    explained: Estimate | None
    note: str
    half_samples: int = 0
    remedial_known: bool = True
    holdout: Literal["later", "random", "none"] = "none"
    base_held_out: GroupFigures | None = None

    def of(self, part: Part, *, passed: bool = True) -> tuple[FoundSegment, ...]:
        """Return the groups of one part: those that passed, or the candidates."""
        status = "segment" if passed else "candidate"
        return tuple(s for s in self.segments if s.part == part and s.status == status)
