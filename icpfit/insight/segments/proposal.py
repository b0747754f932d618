"""The profile that the segments propose, in the form that a person would write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.icp.profile import Profile

if TYPE_CHECKING:
    import datetime as dt

    from icpfit.insight.segments.found import FoundSegments

__all__ = ["proposed_profile"]


def proposed_profile(
    found: FoundSegments, current: Profile | None, *, effective_from: dt.date
) -> Profile | None:
    """Return the profile made of all groups that passed their tests.

    Parameters
    ----------
    found : FoundSegments
        From `found_segments`.
    current : Profile or None
        The current ICP: the proposal has the next version. Nothing else is taken from it.
    effective_from : date
        First day of use, if it is adopted.

    Returns
    -------
    Profile or None
        First priorities before second ones, then in the order found. None where no segment to be
        won passed: then there is nothing to change to.
    """
    passed = [one.segment for one in found.of("segments")]
    if not passed:
        return None
    return Profile(
        name=f"ICP {effective_from.year}",
        version=1 if current is None else current.version + 1,
        effective_from=effective_from,
        segments=tuple(sorted(passed, key=lambda segment: segment.priority != "first")),
        fix=tuple(one.segment for one in found.of("fix")),
        avoid=tuple(one.segment for one in found.of("avoid")),
    )
