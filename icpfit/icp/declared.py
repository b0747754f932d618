"""Whether a profile asks only for what a company declares, and can know before the sale."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from icpfit.errors import SettingsError
from icpfit.icp.conditions import check_kind, is_range

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.data.contract import Attribute
    from icpfit.icp.profile import Profile

__all__ = ["check_declared"]

_KINDS = {"category": "a text", "number": "a number", "flag": "a number", "date": "a date"}


def check_declared(profile: Profile, attributes: Mapping[str, Attribute]) -> None:
    """Refuse a profile that the company's prospects can't be held against.

    Parameters
    ----------
    profile : Profile
        The profile.
    attributes : Mapping of str to Attribute
        What the company declares.

    Raises
    ------
    SettingsError
        If a condition is on an attribute that isn't declared, is known only later than before the
        sale, or is of another kind; it names the group and the attribute.

    Examples
    --------
    >>> import datetime as dt
    >>> from icpfit.data.contract import Attribute
    >>> from icpfit.icp.profile import Profile, Segment
    >>> profile = Profile("ICP", 1, dt.date(2027, 1, 1), (Segment("DACH", {"contry": ["DE"]}),))
    >>> check_declared(profile, {"country": Attribute("country", "category", "before_sale")})
    Traceback (most recent call last):
    ...
    icpfit.errors.SettingsError: segment 'DACH', where.contry: no such attribute is declared; did
    you mean 'country'?
    """
    for segment in (*profile.segments, *profile.fix, *profile.avoid):
        for name, form in segment.where.items():
            where = f"segment '{segment.name}', where.{name}"
            found = attributes.get(name)
            if found is None:
                near = difflib.get_close_matches(name, list(attributes), n=1, cutoff=0.6)
                known = f"declared are {', '.join(sorted(attributes)[:12])}"
                hint = f"did you mean '{near[0]}'?" if near else known
                raise SettingsError(f"{where}: no such attribute is declared; {hint}")
            if found.known != "before_sale":
                raise SettingsError(
                    f"{where}: is known {found.known.replace('_', ' ')}, so no prospect can be"
                    " chosen by it; use what is known before the sale"
                )
            values = form.values() if is_range(form) else form
            for value in values:
                if value is not None:
                    check_kind(value, _KINDS[found.kind], where, ranged=is_range(form))
