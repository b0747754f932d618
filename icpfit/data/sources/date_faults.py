"""Why a cell is no date, and which way of writing it would make it one: asked for, not guessed."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from icpfit.data.sources.lost_text import text_faults

if TYPE_CHECKING:
    from icpfit.data.sources.source_spec import Format

__all__ = ["date_fault", "date_faults"]

_DAY = dt.date(2026, 1, 31)
_LOOKS = (
    (
        r"[34]\d{4}([.,]\d+)?",
        "looks like a spreadsheet's day number",
        "set format: {dates: excel} for this source",
    ),
    (
        r"1\d{9}(\.\d+)?",
        "looks like seconds since 1970",
        "set format: {dates: unix} for this source",
    ),
    (r"\d{4}-\d\d-\d\d.*", "is no day of the calendar", "correct the cell in the source"),
)
_LONGEST_DATE = 40
_DATES = (
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d.%m.%y",
    "%d.%m.%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d %b %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%B %d, %Y",
)


def date_faults(texts: list[str], fmt: Format) -> dict[str, tuple[str, str]]:
    """Say of each text of a column why it is no date, and how to fix it.

    Parameters
    ----------
    texts : list of str
        The cells that aren't, trimmed, each once.
    fmt : Format
        How dates are declared to be written.

    Returns
    -------
    dict of str to tuple of str
        Problem and how to fix it, by text. 01/02/2026 alone is 1 February or 2 January; beside
        13/02/2026 the fix names the one way in which both are dates.

    Examples
    --------
    >>> from icpfit.data.sources.source_spec import Format
    >>> date_faults(["01/02/2026", "13/02/2026"], Format())["01/02/2026"][1]
    'set format: {dates: "%d/%m/%Y"} for this source; all such cells of the column are dates so'
    """
    fits = {text: _ways(text, fmt) for text in texts}
    read = [set(ways) for ways in fits.values() if ways]
    common = set.intersection(*read) if read else set()
    faults = {}
    for text, ways in fits.items():
        if len(ways) > 1 and len(common) == 1 and len(read) > 1:
            fix = f'set format: {{dates: "{min(common)}"}} for this source'
            problem = f"is not a date such as {_example(fmt)}"
            faults[text] = problem, f"{fix}; all such cells of the column are dates so"
        else:
            faults[text] = date_fault(text, fmt)
    return faults


def date_fault(text: str, fmt: Format) -> tuple[str, str]:
    """Say why a text is no date under `fmt`, and how to fix it.

    Parameters
    ----------
    text : str
        The cell, trimmed.
    fmt : Format
        How dates are declared to be written.

    Returns
    -------
    tuple of str
        The problem, and how to fix it; both ways of reading it where there are two.

    Examples
    --------
    >>> from icpfit.data.sources.source_spec import Format
    >>> date_fault("31.01.2026", Format())[1]
    'set format: {dates: "%d.%m.%Y"} for this source'
    """
    if re.match(r"#[A-Z#]|=", text):
        return text_faults([text])[text]
    problem = f"is not a date such as {_example(fmt)}"
    fits = _ways(text, fmt)
    if len(fits) == 1:
        return problem, f'set format: {{dates: "{fits[0]}"}} for this source'
    if fits:
        named = " or ".join(f'{{dates: "{known}"}}' for known in fits)
        return problem, f"set format: {named} for this source"
    for pattern, what, fix in _LOOKS:
        if re.fullmatch(pattern, text):
            return what, fix
    return problem, "correct the cell in the source, or leave it empty"


def _ways(text: str, fmt: Format) -> list[str]:
    return [known for known in _DATES if known != fmt.dates and _is_date(text, known)]


def _example(fmt: Format) -> str:
    return {"excel": "46053", "unix": "1769817600"}.get(fmt.dates) or _DAY.strftime(fmt.dates)


def _is_date(text: str, written: str) -> bool:
    if len(text) > _LONGEST_DATE:
        return False
    # strptime takes "2026131" as %Y%m%d too; a day number must have all its digits.
    if written == "%Y%m%d" and not re.fullmatch(r"(19|20)\d{6}", text):
        return False
    try:
        dt.datetime.strptime(text, written)  # noqa: DTZ007 - only whether it reads
    except ValueError:
        return False
    return True
