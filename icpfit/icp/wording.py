"""A profile as SQL for the people who keep the CRM, and as sentences for everybody else."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from icpfit.icp.conditions import is_range
from icpfit.icp.selection import PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.data.contract import Attribute
    from icpfit.icp.profile import Profile, Segment
    from icpfit.icp.selection import Part

__all__ = ["segment_case", "sentence", "sentences", "sql_where"]


def sql_where(profile: Profile, part: Part = "segments") -> str:
    """Give the condition that picks the accounts of one part of a profile, to stand behind WHERE.

    Parameters
    ----------
    profile : Profile
        The profile.
    part : {"segments", "fix", "avoid"}
        Its targets, whom to fix, or whom to avoid.

    Returns
    -------
    str
        True for exactly the accounts that `icpfit.icp.selection.parted` puts into that part (those
        of "segments" are the ones that `icpfit.icp.selection.is_selected` selects), in a table with
        one column per attribute, NULL for missing; FALSE where the profile has no such group.

    Notes
    -----
    A missing value in a group to fix or to avoid must not make the whole condition NULL: hence the
    CASE.

    Examples
    --------
    >>> from icpfit.icp.profile import Profile, Segment
    >>> profile = Profile(
    ...     "ICP",
    ...     1,
    ...     dt.date(2025, 1, 1),
    ...     segments=(
    ...         Segment("mid", {"industry": ["Software", None], "employees": {"from": 200}}),
    ...     ),
    ...     avoid=(Segment("agencies", {"has_shop": [False]}),),
    ... )
    >>> print(sql_where(profile))
    ((("industry" IN ('Software') OR "industry" IS NULL) AND ("employees" >= 200)))
    AND CASE WHEN ((("has_shop" IN (FALSE)))) THEN 0 ELSE 1 END = 1
    >>> sql_where(profile, "avoid"), sql_where(profile, "fix")
    ('((("has_shop" IN (FALSE))))', 'FALSE')
    """
    groups: tuple[Segment, ...] = getattr(profile, part)
    if not groups:
        return "FALSE"
    wanted = " OR ".join(_segment_sql(segment) for segment in groups)
    later = PARTS[PARTS.index(part) + 1 :]
    taken_out = [segment for other in later for segment in getattr(profile, other)]
    if not taken_out:
        return f"({wanted})"
    avoided = " OR ".join(_segment_sql(segment) for segment in taken_out)
    return f"({wanted})\nAND CASE WHEN ({avoided}) THEN 0 ELSE 1 END = 1"


def segment_case(profile: Profile) -> str:
    """Give the SQL expression that says where each account stands in a profile.

    Parameters
    ----------
    profile : Profile
        The profile.

    Returns
    -------
    str
        A CASE that gives for each account what `icpfit.icp.selection.listed` gives, NULL where
        that is None.

    Examples
    --------
    >>> from icpfit.icp.profile import Profile, Segment
    >>> profile = Profile(
    ...     "ICP",
    ...     1,
    ...     dt.date(2025, 1, 1),
    ...     (Segment("DACH", {"country": ["DE"]}),),
    ...     avoid=(Segment("agencies", {"industry": ["Agency"]}),),
    ... )
    >>> print(segment_case(profile))
    CASE
    WHEN (("industry" IN ('Agency'))) THEN 'avoid: agencies'
    WHEN (("country" IN ('DE'))) THEN 'DACH'
    END
    """
    parts: tuple[tuple[Part, str], ...] = (("avoid", "avoid: "), ("fix", "fix: "), ("segments", ""))
    lines = [
        f"WHEN {_segment_sql(segment)} THEN {_literal(f'{before}{segment.name}')}"
        for part, before in parts
        for segment in getattr(profile, part)
    ]
    return "\n".join(["CASE", *lines, "END"])


def _segment_sql(segment: Segment) -> str:
    parts = [_condition_sql(attribute, form) for attribute, form in segment.where.items()]
    return f"({' AND '.join(parts)})"


def _condition_sql(attribute: str, form: Any) -> str:
    escaped = attribute.replace('"', '""')
    column = f'"{escaped}"'
    if is_range(form):
        signs = {"from": ">=", "below": "<"}
        ends = [f"{column} {signs[key]} {_literal(end)}" for key, end in form.items()]
        return f"({' AND '.join(ends)})"
    known = [_literal(value) for value in form if value is not None]
    listed = [f"{column} IN ({', '.join(known)})"] if known else []
    missing = [f"{column} IS NULL"] if None in form else []
    return f"({' OR '.join(listed + missing)})"


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, str):
        escaped = value.replace("'", "''")
        return f"'{escaped}'"
    if isinstance(value, int) and abs(value) < 2**53:
        return str(value)
    # The exponent makes it a floating-point literal, compared as the float that it is.
    return f"{float(value):.17e}"


def sentences(profile: Profile, attributes: Mapping[str, Attribute] | None = None) -> list[str]:
    """Put a profile into words, one sentence for each of its groups.

    Parameters
    ----------
    profile : Profile
        The profile.
    attributes : Mapping, optional
        The declared attributes, for their units.

    Returns
    -------
    list of str
        Segments first, then those to fix, then those to avoid, each in the profile's order.

    Examples
    --------
    >>> from icpfit.icp.profile import Profile, Segment
    >>> profile = Profile(
    ...     "ICP",
    ...     1,
    ...     dt.date(2025, 1, 1),
    ...     segments=(Segment("mid-market", {"employees": {"from": 200, "below": 1000}}),),
    ...     avoid=(Segment("agencies", {"industry": ["Agency"]}),),
    ... )
    >>> for line in sentences(profile):
    ...     print(line)
    mid-market (first priority): Employees from 200 to below 1,000.
    agencies (avoid): Industry is Agency.
    """
    groups = [(segment, f"{segment.priority} priority") for segment in profile.segments]
    groups += [(segment, "fix first, no target until then") for segment in profile.fix]
    groups += [(segment, "avoid") for segment in profile.avoid]
    return [f"{group.name} ({role}): {sentence(group, attributes)}" for group, role in groups]


def sentence(segment: Segment, attributes: Mapping[str, Attribute] | None = None) -> str:
    """Put a segment's conditions into one sentence.

    Parameters
    ----------
    segment : Segment
        The segment.
    attributes : Mapping, optional
        The declared attributes, for their units.

    Returns
    -------
    str
        The sentence.

    Examples
    --------
    >>> from icpfit.icp.profile import Segment
    >>> where = {"industry": ["Software", "Fintech"], "employees": {"from": 200, "below": 1000}}
    >>> sentence(Segment("mid-market software", where))
    'Industry is Software or Fintech, and employees from 200 to below 1,000.'
    """
    units = {name: attribute.unit for name, attribute in (attributes or {}).items()}
    words = {name: attribute.words for name, attribute in (attributes or {}).items()}
    parts = [
        _phrase(words.get(name, name.replace("_", " ")), form, units.get(name, ""))
        for name, form in segment.where.items()
    ]
    text = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])}, and {parts[-1]}"
    return f"{text[:1].upper()}{text[1:]}."


def _phrase(name: str, form: Any, unit: str) -> str:
    if not is_range(form):
        words = [_word(value) for value in form]
        listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
        return f"{name} is {listed}"
    dated = any(isinstance(end, dt.date) for end in form.values())
    low, high = (_word(form[key]) if key in form else "" for key in ("from", "below"))
    if dated:
        # Nothing is "below" a date, and a date has no unit.
        if not high:
            return f"{name} from {low} on"
        return f"{name} from {low} to before {high}" if low else f"{name} before {high}"
    said = f"from {low} to below {high}" if low and high else f"below {high}" if high else ""
    told = "" if unit.casefold() == name.casefold() else unit
    return f"{name} {said or f'at least {low}'} {told}".rstrip()


def _word(value: Any) -> str:
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int | float):
        return f"{value:,}"
    return str(value)
