"""A profile as the three texts that people get: YAML for icpfit, SQL and plain words for a CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from icpfit.icp.wording import segment_case, sentence, sql_where

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from icpfit.data.contract import Attribute
    from icpfit.icp.profile import Profile, Segment
    from icpfit.icp.selection import Part

__all__ = ["profile_list_view", "profile_sql", "profile_yaml"]

_QUERIES: tuple[tuple[Part, str], ...] = (
    ("segments", "Targets: in a segment, and in no group to fix or to avoid."),
    ("fix", "To fix: they lose money only because of remedial cost, no targets until then."),
    ("avoid", "To avoid: they lose money also without remedial cost."),
)
_FIX, _LEAVE = "Fix what makes them costly, then win", "Leave"
_SIGN_OFF = ("approved_by", "evidence_run", "reason")


def profile_yaml(
    profile: Profile,
    head: Sequence[str] = (),
    comments: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Write a profile in the form of ``conf/icp/<company>.yaml``.

    Parameters
    ----------
    profile : Profile
        The profile.
    head : sequence of str
        Comments that stand before everything, one line each.
    comments : Mapping of str to sequence of str, optional
        Name of a group to the comments above it, such as the figures that speak for it.

    Returns
    -------
    str
        YAML that `icpfit.icp.profile.read_profile` reads as an equal profile, whatever the comments
        say: what would end a comment's line is made a space.

    Examples
    --------
    >>> import datetime as dt
    >>> from icpfit.icp.profile import Profile, Segment
    >>> segment = Segment("mid", {"industry": ["Software", None], "employees": {"from": 200}})
    >>> profile = Profile("ICP", 1, dt.date(2027, 1, 1), (segment,))
    >>> print(profile_yaml(profile, ["proposed"], {"mid": ["61 accounts"]}), end="")
    # proposed
    name: ICP
    version: 1
    effective_from: 2027-01-01
    segments:
      # 61 accounts
      - name: mid
        priority: first
        where:
          industry: [Software, null]
          employees: {from: 200}
    """
    values: dict[str, Any] = {
        "name": profile.name,
        "version": profile.version,
        "effective_from": profile.effective_from,
    }
    for key in _SIGN_OFF:
        if getattr(profile, key) is not None:
            values[key] = getattr(profile, key)
    lines = [_comment(text) for text in head] + _dumped(values)
    for part in ("segments", "fix", "avoid"):
        groups: tuple[Segment, ...] = getattr(profile, part)
        if groups:
            lines.append(f"{part}:")
        for group in groups:
            lines += [f"  {_comment(text)}" for text in (comments or {}).get(group.name, ())]
            item = _plain(group, prioritised=part == "segments")
            lines += [f"  {line}" if line else "" for line in _dumped([item])]
    return "\n".join(lines) + "\n"


def _dumped(values: Any) -> list[str]:
    import yaml

    # Lists and ranges within a group stand on one line; what isn't nested would come in braces.
    style = False if isinstance(values, dict) else None
    text: str = yaml.safe_dump(
        values, sort_keys=False, allow_unicode=True, width=96, default_flow_style=style
    )
    return text.rstrip("\n").split("\n")


def _plain(segment: Segment, *, prioritised: bool) -> dict[str, Any]:
    values: dict[str, Any] = {"name": segment.name}
    # Priority says nothing of whom to avoid or fix, unless somebody gave it there.
    if prioritised or segment.priority != "first":
        values["priority"] = segment.priority
    values["where"] = dict(segment.where)
    return values


def profile_sql(profile: Profile, table: str = "accounts") -> str:
    """Write queries that list a profile's accounts with the group that each falls in.

    Parameters
    ----------
    profile : Profile
        The profile.
    table : str
        The table's name, put into double quotes.

    Returns
    -------
    str
        One SELECT of the targets with all columns and ``icp_group``, then, where there are such
        groups, one of those to fix and one of those to avoid; for a table with one column per
        attribute and NULL for missing. Names are quoted as in standard SQL, texts compared as they
        stand.

    Examples
    --------
    >>> import datetime as dt
    >>> from icpfit.icp.profile import Profile, Segment
    >>> profile = Profile("ICP", 1, dt.date(2027, 1, 1), (Segment("DACH", {"country": ["DE"]}),))
    >>> print(profile_sql(profile), end="")
    -- ICP, version 1. One column per attribute, NULL for missing; flags are booleans. Compare texts
    -- exactly: some databases ignore case unless told otherwise. Put the name of your own table
    -- behind FROM.
    <BLANKLINE>
    -- Targets: in a segment, and in no group to fix or to avoid.
    SELECT *,
    CASE
    WHEN (("country" IN ('DE'))) THEN 'DACH'
    END AS icp_group
    FROM "accounts"
    WHERE ((("country" IN ('DE'))));
    """
    escaped = table.replace('"', '""')
    name = _one_line(profile.name)
    head = (
        f"-- {name}, version {profile.version}. One column per attribute, NULL for missing; flags"
        " are booleans. Compare texts\n"
        "-- exactly: some databases ignore case unless told otherwise. Put the name of your own"
        " table\n"
        "-- behind FROM.\n"
    )
    queries = [
        f"\n-- {said}\nSELECT *,\n{segment_case(profile)} AS icp_group\n"
        f'FROM "{escaped}"\nWHERE {sql_where(profile, part)};\n'
        for part, said in _QUERIES
        if getattr(profile, part)
    ]
    return head + "".join(queries)


def profile_list_view(profile: Profile, attributes: Mapping[str, Attribute] | None = None) -> str:
    """Write a profile as words from which a list view can be set up in any CRM.

    Parameters
    ----------
    profile : Profile
        The profile.
    attributes : Mapping, optional
        The declared attributes, for their units.

    Returns
    -------
    str
        The rule in a sentence, then one numbered line for each group.

    Examples
    --------
    >>> import datetime as dt
    >>> from icpfit.icp.profile import Profile, Segment
    >>> profile = Profile("ICP", 1, dt.date(2027, 1, 1), (Segment("DACH", {"country": ["DE"]}),))
    >>> print(profile_list_view(profile), end="")
    ICP, version 1, from 2027-01-01
    <BLANKLINE>
    An account is a target when it meets every condition of one numbered line.
    <BLANKLINE>
    Win, first priority
      1. DACH: Country is DE.
    """
    rule = "An account is a target when it meets every condition of one numbered line"
    last = [title for title, groups in ((_FIX, profile.fix), (_LEAVE, profile.avoid)) if groups]
    rule += f' above "{last[0]}",\nand not every condition of a line below it.' if last else "."
    dated = profile.effective_from.isoformat()
    lines = [f"{_one_line(profile.name)}, version {profile.version}, from {dated}", "", rule]
    parts = (
        ("Win, first priority", [s for s in profile.segments if s.priority == "first"]),
        ("Win, second priority", [s for s in profile.segments if s.priority == "second"]),
        (_FIX, list(profile.fix)),
        (_LEAVE, list(profile.avoid)),
    )
    number = 0
    for title, groups in parts:
        if groups:
            lines += ["", title]
        for group in groups:
            number += 1
            said = _one_line(f"{group.name}: {sentence(group, attributes)}")
            lines.append(f"  {number}. {said}")
    return "\n".join(lines) + "\n"


def _comment(text: str) -> str:
    return f"# {_one_line(text)}".rstrip()


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
