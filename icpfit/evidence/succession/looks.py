"""Looks at a hold-out: each one after the first wears it out a little."""

from __future__ import annotations

__all__ = ["look_sentence"]


def look_sentence(look: int) -> str:
    """Say how often a hold-out has been looked at.

    Parameters
    ----------
    look : int
        This look's number, from 1 on.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> look_sentence(4)
    'Look 4 at this hold-out: exploratory, as every further look makes a lucky result likelier.'
    """
    if look <= 1:
        return "Look 1 at this hold-out."
    if look == 2:
        return "Look 2 at this hold-out: the first was the challenger's training."
    return (
        f"Look {look:,} at this hold-out: exploratory, as every further look makes a lucky result "
        "likelier."
    )
