"""Pictures drawn once for two pages: most name no account, so hiding names changes nothing."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import pickle
from contextvars import ContextVar
from typing import TYPE_CHECKING, ParamSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["drawing", "drawings_kept"]

Given = ParamSpec("Given")
_KEPT: ContextVar[dict[bytes, str] | None] = ContextVar("kept", default=None)


@contextlib.contextmanager
def drawings_kept() -> Iterator[None]:
    """Draw a picture a second time only where what it shows is not the same.

    Yields
    ------
    None
        Nothing is kept after it.
    """
    before = _KEPT.set({})
    try:
        yield
    finally:
        _KEPT.reset(before)


def drawing(draw: Callable[Given, str]) -> Callable[Given, str]:
    """Let what a function draws be kept while `drawings_kept` lasts.

    Parameters
    ----------
    draw : callable
        Its picture hangs on what it is given alone.

    Returns
    -------
    callable
        The same function. Two calls are the same where all that is given is, value by value.

    Examples
    --------
    >>> drawn = []
    >>> draw = drawing(lambda values: str(drawn.append(values)))
    >>> _ = draw([1.0]), draw([1.0])
    >>> with drawings_kept():
    ...     _ = draw([1.0]), draw([1.0]), draw([2.0])
    >>> drawn
    [[1.0], [1.0], [1.0], [2.0]]
    """

    @functools.wraps(draw)
    def drawn(*given: Given.args, **named: Given.kwargs) -> str:
        kept = _KEPT.get()
        if kept is None:
            return draw(*given, **named)
        try:
            values = pickle.dumps((draw.__module__, draw.__qualname__, given, named))
        except (
            pickle.PicklingError,
            AttributeError,
            TypeError,
        ):  # can't be compared
            return draw(*given, **named)
        key = hashlib.sha256(values).digest()
        if key not in kept:
            kept[key] = draw(*given, **named)
        return kept[key]

    return drawn
