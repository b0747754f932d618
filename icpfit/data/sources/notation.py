"""How numbers are written: the pattern that a whole cell must match, as the YAML declares it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icpfit.data.sources.source_spec import Format

__all__ = ["SPACES", "number_pattern"]

# A thousands space is as often a no-break or a narrow one; all of them look alike to the reader.
SPACES = " \u00a0\u202f\u2009"


def number_pattern(fmt: Format) -> str:
    """Regular expression of a number as `fmt` declares it.

    Parameters
    ----------
    fmt : Format
        The declared signs.

    Returns
    -------
    str
        Pattern that a whole cell must match.

    Examples
    --------
    >>> from icpfit.data.sources.source_spec import Format
    >>> bool(re.fullmatch(number_pattern(Format(decimal=",", thousands=".")), "1.200,50"))
    True
    >>> bool(re.fullmatch(number_pattern(Format()), "1.200,50"))
    False
    """
    decimal = re.escape(fmt.decimal)
    whole = r"[0-9]+"
    if fmt.thousands:
        sign = f"[{SPACES}]" if fmt.thousands in SPACES else re.escape(fmt.thousands)
        whole = rf"(?:[0-9]+|[0-9]{{1,3}}(?:{sign}[0-9]{{3}})+)"
    return rf"^[+-]?(?:{whole}(?:{decimal}[0-9]*)?|{decimal}[0-9]+)(?:[eE][+-]?[0-9]{{1,3}})?$"
