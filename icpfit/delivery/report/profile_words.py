"""What the report calls a choice of customers, one word for one thing throughout."""

from __future__ import annotations

__all__ = ["profile_words"]

_WORDS = {
    "current ICP": "profile in use",
    "proposed ICP": "proposed profile",
}


def profile_words(choice: str) -> str:
    """Return what readers call a choice of customers.

    Parameters
    ----------
    choice : str
        As the findings call it, such as "current ICP"; anything else is its own name.

    Returns
    -------
    str
        Without an article.

    Examples
    --------
    >>> profile_words("current ICP"), profile_words("customers as won")
    ('profile in use', 'customers as won')
    """
    return _WORDS.get(choice, choice)
