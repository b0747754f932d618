"""What has become of a model since its report was drawn: stamped into the kept page."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from icpfit.delivery.report.icp_words import icp_named

if TYPE_CHECKING:
    import datetime as dt

__all__ = ["FIRST_LOOK", "adopted_since", "as_trained", "stamped"]

_STANDING = re.compile(r'(<p id="standing">)[^<]*(</p>)')
_SINCE = re.compile(r'(<p id="since">)[^<]*(</p>)')
_LOOK = re.compile(r'(<li id="look">)[^<]*(</li>)')
FIRST_LOOK = "The hold-out was looked at by the training that drew this page."


def as_trained(day: dt.date) -> str:
    """Return what a page says of the model before anybody decided on it.

    Parameters
    ----------
    day : date
        Of the training.

    Returns
    -------
    str
        One sentence.
    """
    return f"As things stood on {day}, before anybody decided on putting the model in use."


def adopted_since(judged: tuple[str, int] | None, in_use: tuple[str, int] | None) -> str:
    """Return what a reader must know where another profile has come into use since.

    Parameters
    ----------
    judged, in_use : tuple of str and int, or None
        Name and version of the profile that the page's figures are against, and of the one in use
        now; None where there is none.

    Returns
    -------
    str
        One or two sentences; empty where it is the same.

    Examples
    --------
    >>> print(adopted_since(("ICP 2023", 1), ("ICP 2026", 2)))
    The current ICP is now ICP 2026, version 2. The figures below are against ICP 2023,
    version 1: train again to see the new one judged.
    """
    if judged == in_use:
        return ""
    now = "There is no current ICP now"
    if in_use is not None:
        now = f"The current ICP is now {icp_named(*in_use)}"
    against = "without one" if judged is None else f"against {icp_named(*judged)}"
    return f"{now}. The figures below are {against}: train again to see the new one judged."


def stamped(page: str, standing: str, look: str = "", since: str = "") -> str:
    """Return a kept page with what has become of its model since.

    Parameters
    ----------
    page : str
        As it was kept.
    standing : str
        One sentence; it is escaped. Empty leaves the page as it is.

    look : str
        From `icpfit.evidence.succession.looks.look_sentence`; as above.
    since : str
        What has changed since the page was drawn, to stand above everything; as above.

    Returns
    -------
    str
        The page; without a line to be stamped (an earlier version's), unchanged.

    Examples
    --------
    >>> stamped('<p id="standing">As trained.</p>', "In use since 2026-07-02 by <mo>.")
    '<p id="standing">In use since 2026-07-02 by &lt;mo&gt;.</p>'
    """
    for place, said in ((_STANDING, standing), (_LOOK, look), (_SINCE, since)):
        page = _filled(page, place, html.escape(said)) if said else page
    return page


def _filled(page: str, place: re.Pattern[str], line: str) -> str:
    return place.sub(lambda found: f"{found[1]}{line}{found[2]}", page, count=1)
