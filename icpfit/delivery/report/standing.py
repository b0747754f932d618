"""What has become of a model since its report was drawn: a line stamped into the kept page."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

__all__ = ["as_trained", "stamped"]

_LINE = re.compile(r'(<p id="standing">)[^<]*(</p>)')


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


def stamped(page: str, standing: str) -> str:
    """Return a kept page with what has become of its model since.

    Parameters
    ----------
    page : str
        As it was kept.
    standing : str
        One sentence; it is escaped. Empty leaves the page as it is.

    Returns
    -------
    str
        The page; without the line to be stamped (an earlier version's), unchanged.

    Examples
    --------
    >>> stamped('<p id="standing">As trained.</p>', "In use since 2026-07-02 by <mo>.")
    '<p id="standing">In use since 2026-07-02 by &lt;mo&gt;.</p>'
    """
    if not standing:
        return page
    line = html.escape(standing)
    return _LINE.sub(lambda found: f"{found[1]}{line}{found[2]}", page, count=1)
