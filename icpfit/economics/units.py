"""Units of time, so that minutes and hours of one team can be added up."""

from __future__ import annotations

__all__ = ["hours_per"]

_HOURS = {
    "second": 1 / 3600,
    "minute": 1 / 60,
    "min": 1 / 60,
    "hour": 1.0,
    "hr": 1.0,
    "h": 1.0,
}


def hours_per(unit: str) -> float | None:
    """Hours in one unit of time, as a rate card or a pool names it.

    Parameters
    ----------
    unit : str
        Such as ``minute``, in the singular or the plural, in any case.

    Returns
    -------
    float or None
        None for what isn't a time. A day isn't converted either: how many hours of it are worked
        differs from company to company.

    Examples
    --------
    >>> hours_per("Minutes") == 1 / 60, hours_per("hour"), hours_per("return")
    (True, 1.0, None)
    """
    name = unit.strip().casefold()
    return _HOURS.get(name, _HOURS.get(name.removesuffix("s")))
