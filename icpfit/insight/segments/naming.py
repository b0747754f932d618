"""Names that a person would use: "Software and Fintech, 200 to 999 employees"."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from icpfit.icp.conditions import is_range

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.data.contract import Attribute

__all__ = ["segment_name", "unique_names"]

CODE = 3
"""Levels of so many characters at most, such as DE or AT, say nothing without their attribute."""
MOST_LISTED = 5


def segment_name(
    where: Mapping[str, Any], attributes: Mapping[str, Attribute], whole: frozenset[str]
) -> str:
    """Return a name for the accounts that meet some conditions.

    Parameters
    ----------
    where : Mapping
        Attribute to condition, as a profile has it.
    attributes : Mapping
        The declared attributes, for what readers call them.
    whole : frozenset of str
        Attributes whose values are whole numbers: "200 to 999" instead of "200 to below 1,000".

    Returns
    -------
    str
        Categories first, then ranges, then flags, with commas between.

    Examples
    --------
    >>> from icpfit.data.contract import Attribute
    >>> attributes = {
    ...     "employees": Attribute("employees", "number", "before_sale", unit="persons"),
    ...     "industry": Attribute("industry", "category", "before_sale"),
    ...     "has_it_team": Attribute("has_it_team", "flag", "before_sale", label="IT team"),
    ... }
    >>> where = {
    ...     "employees": {"from": 200, "below": 1000},
    ...     "has_it_team": [False],
    ...     "industry": ["Software", "Fintech"],
    ... }
    >>> segment_name(where, attributes, frozenset({"employees"}))
    'Software and Fintech, 200 to 999 employees, no IT team'
    """
    parts: list[tuple[int, str]] = []
    for name, form in where.items():
        words = attributes[name].words if name in attributes else name.replace("_", " ")
        unit = attributes[name].unit if name in attributes else ""
        if is_range(form):
            dated = any(isinstance(end, dt.date) for end in form.values())
            said = _years(words, form) if dated else _span(words, unit, form, name in whole)
            parts.append((1, said))
        elif all(value is None for value in form):
            parts.append((3, f"{words} unknown"))
        elif all(isinstance(value, bool) for value in form):
            thing = words.removeprefix("has ")
            parts.append((2, f"with {thing}" if form == [True] else f"no {thing}"))
        else:
            parts.append((0, _levels(words, form)))
    said = ", ".join(text for _, text in sorted(parts, key=lambda part: part[0]))
    return said[:1].upper() + said[1:]


def unique_names(names: list[str]) -> list[str]:
    """Return the names, each only once: a repeated one gets a number.

    Parameters
    ----------
    names : list of str
        In order.

    Returns
    -------
    list of str
        Of the same length.

    Examples
    --------
    >>> unique_names(["a", "b", "a"])
    ['a', 'b', 'a (2)']
    """
    given: list[str] = []
    for name in names:
        free, number = name, 1
        while free in given:
            number += 1
            free = f"{name} ({number})"
        given.append(free)
    return given


def _levels(words: str, form: list[Any]) -> str:
    known = [str(value) for value in form if value is not None]
    shown = known if len(known) <= MOST_LISTED else known[: MOST_LISTED - 1]
    rest = len(known) - len(shown)
    every = [*shown, f"{rest} more"] if rest else shown
    listed = every[0] if len(every) == 1 else f"{', '.join(every[:-1])} and {every[-1]}"
    if all(len(value) <= CODE or not value[:1].isalpha() for value in known):
        listed = f"{words} {listed}"
    return f"{listed} or {words} unknown" if None in form else listed


def _span(words: str, unit: str, form: Mapping[str, Any], whole: bool) -> str:
    low, high = form.get("from"), form.get("below")
    counted = whole and words.endswith("s") and _is_whole(low) and _is_whole(high)
    if counted:
        # "200 to 999 employees": a count needs no unit, its words are one.
        last = None if high is None else int(high) - 1
        if low is None:
            return f"up to {last:,} {words}"
        if last is None:
            return f"{int(low):,} or more {words}"
        span = f"{int(low):,}" if int(low) == last else f"{int(low):,} to {last:,}"
        return f"{span} {words[:-1] if span == '1' else words}"
    told = "" if not unit or unit.casefold() == words.casefold() else f" {unit}"
    if low is None:
        return f"{words} below {high:,}{told}"
    if high is None:
        return f"{words} from {low:,}{told}"
    return f"{words} from {low:,} to below {high:,}{told}"


def _is_whole(end: float | None) -> bool:
    return end is None or float(end).is_integer()


def _years(words: str, form: Mapping[str, Any]) -> str:
    low, high = form.get("from"), form.get("below")
    subject = words.removesuffix(" on")
    if low is None and high is not None:
        return f"{subject} before {high.year}"
    if low is not None and high is None:
        return f"{subject} since {low.year}"
    if low is None or high is None or high.year - low.year == 1:
        return f"{subject} in {low.year if low is not None else ''}".rstrip()
    return f"{subject} {low.year} to {high.year - 1}"
