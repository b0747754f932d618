"""What the report calls the two ICPs, the same everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icpfit.icp.profile import Profile

__all__ = ["current_words", "icp_named"]


def icp_named(name: str, version: int) -> str:
    """Return a profile by name and version.

    Parameters
    ----------
    name : str
        Its name.
    version : int
        Its version.

    Returns
    -------
    str
        As it stands wherever one is named.

    Examples
    --------
    >>> icp_named("ICP 2025", 3)
    'ICP 2025, version 3'
    """
    return f"{name}, version {version}"


def current_words(current: Profile | None) -> str:
    """Return what a proposal is held against.

    Parameters
    ----------
    current : Profile or None
        The current ICP; without one every account won stands in its place.

    Returns
    -------
    str
        With its name, in parentheses.

    Examples
    --------
    >>> current_words(None)
    'taking every account'
    """
    if current is None:
        return "taking every account"
    return f"the current ICP ({icp_named(current.name, current.version)})"
