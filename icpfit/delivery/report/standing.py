"""What has become of a model since its report was drawn: stamped into the kept page."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

__all__ = ["FIRST_LOOK", "as_trained", "stamped"]

_STANDING = re.compile(r'(<p id="standing">)[^<]*(</p>)')
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


def stamped(page: str, standing: str, look: str = "") -> str:
    """Return a kept page with what has become of its model since.

    Parameters
    ----------
    page : str
        As it was kept.
    standing : str
        One sentence; it is escaped. Empty leaves the page as it is.

    look : str
        How often the hold-out has been looked at; as above.

    Returns
    -------
    str
        The page; without a line to be stamped (an earlier version's), unchanged.

    Examples
    --------
    >>> stamped('<p id="standing">As trained.</p>', "In use since 2026-07-02 by <mo>.")
    '<p id="standing">In use since 2026-07-02 by &lt;mo&gt;.</p>'
    """
    for place, said in ((_STANDING, standing), (_LOOK, look)):
        page = _filled(page, place, html.escape(said)) if said else page
    return page


def _filled(page: str, place: re.Pattern[str], line: str) -> str:
    return place.sub(lambda found: f"{found[1]}{line}{found[2]}", page, count=1)
