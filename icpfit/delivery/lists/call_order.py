"""In which order a list is called when there is time for so many calls."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd

__all__ = ["BEST", "EXPLORATION", "Calls", "call_order", "draw_of", "exploration_quota"]

BEST, EXPLORATION = "best", "exploration"


@dataclass(frozen=True, eq=False)
class Calls:
    """The calls that a list's capacity allows.

    Parameters
    ----------
    order : numpy.ndarray of float, shape (n,)
        1 for the first call of each owner, 2 for the next; NaN where nobody calls.
    call_for : numpy.ndarray of str or None, shape (n,)
        ``"best"`` or ``"exploration"``; None where nobody calls.
    spare : int
        Calls that the capacity would have allowed, and no row was worth.
    """

    order: npt.NDArray[np.float64]
    call_for: npt.NDArray[np.object_]
    spare: int


def call_order(
    scored: pd.DataFrame,
    steps: Sequence[str],
    ids: Sequence[str | None],
    *,
    capacity: int,
    owners: Sequence[str | None] | None = None,
    explore: float = 0.1,
    objective: str = "margin",
) -> Calls:
    """Return which rows are called, and in which order.

    Each owner has `capacity` calls. ``round(explore * capacity)`` of them are for exploration,
    drawn by chance from the rows to explore, then from those to nurture; the others go to the best
    rows to call. Calls that one part can't use go to the other: to more rows to call, or to rows
    to explore, best first. Exploration is spread evenly over the order, so that a week that ends
    early has had its share.

    Parameters
    ----------
    scored : pandas.DataFrame, n rows
        From `scored_frame`; ``margin_if_won`` and ``fit_if_won`` are read.
    steps : sequence of str, length n
        From `next_steps`. Only rows to call, explore or nurture are ever called.
    ids : sequence of str or None, length n
        Break ties, and draw.
    capacity : int
        Calls for each owner, at least 1.
    owners : sequence of str or None, length n, optional
        Who calls each row; rows without one share a capacity of their own. By default all rows
        are one owner's.
    explore : float
        Share of the calls that is for exploration, 0 to 1.
    objective : {"margin", "fit"}
        What ranks.

    Returns
    -------
    Calls
        Figures of the list: they change when a row is added to it.

    Notes
    -----
    A model learns only from those who were won, and those were chosen: without calls that it
    would not have chosen, its blind spots stay. The draw is by the SHA-256 of the id, so that the
    same list has the same draw in any order of its rows. Ties are broken by id. Rows without an id
    that tie keep the order of the list.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"margin_if_won": [5.0, 9.0, 7.0, 1.0], "fit_if_won": [0.5] * 4})
    >>> steps = ["call", "call", "explore", "leave"]
    >>> found = call_order(rows, steps, ["a", "b", "c", "d"], capacity=3, explore=0.34)
    >>> found.order.tolist(), found.call_for.tolist()
    ([2.0, 1.0, 3.0, nan], ['best', 'best', 'exploration', None])
    """
    worth = scored["fit_if_won" if objective == "fit" else "margin_if_won"].to_numpy(np.float64)
    n = len(scored)
    order, call_for = np.full(n, np.nan), np.full(n, None, dtype=object)
    spare = 0
    quota = exploration_quota(capacity, explore)
    groups: dict[str | None, list[int]] = {}
    for row in range(n):
        groups.setdefault(owners[row] if owners is not None else None, []).append(row)
    for rows in groups.values():
        best = _ranked([row for row in rows if steps[row] == "call"], worth, ids)
        curious = [row for row in rows if steps[row] == "explore"]
        drawn = [
            *sorted(curious, key=lambda row: draw_of(ids[row])),
            *sorted((r for r in rows if steps[r] == "nurture"), key=lambda r: draw_of(ids[r])),
        ]
        tried = drawn[:quota]
        chosen = best[: capacity - len(tried)]
        # Calls to spare go to what is worth exploring, best first.
        taken = set(tried)
        left = _ranked([row for row in curious if row not in taken], worth, ids)
        tried += left[: capacity - len(tried) - len(chosen)]
        spare += capacity - len(tried) - len(chosen)
        for place, (row, what) in enumerate(_mixed(chosen, tried), start=1):
            order[row], call_for[row] = place, what
    return Calls(order, call_for, spare)


def _ranked(
    rows: Sequence[int], worth: npt.NDArray[np.float64], ids: Sequence[str | None]
) -> list[int]:
    return sorted(rows, key=lambda row: (-worth[row], ids[row] or ""))


def exploration_quota(capacity: int, explore: float) -> int:
    """Return how many of an owner's calls are for exploration.

    Parameters
    ----------
    capacity : int
        Calls.
    explore : float
        Their share, 0 to 1.

    Returns
    -------
    int
        Rounded half up.

    Examples
    --------
    >>> exploration_quota(25, 0.1)
    3
    """
    return int(np.floor(explore * capacity + 0.5))


def draw_of(name: str | None) -> str:
    """Return by what a row is drawn: the smallest are drawn first.

    Parameters
    ----------
    name : str or None
        Its id.

    Returns
    -------
    str
        SHA-256 in hexadecimal digits.

    Examples
    --------
    >>> draw_of("a")[:8]
    'ca978112'
    """
    return hashlib.sha256((name or "").encode("utf-8", "surrogatepass")).hexdigest()


def _mixed(best: Sequence[int], tried: Sequence[int]) -> list[tuple[int, Any]]:
    """Return both in one order, with the k-th of m tries at k/m of the way."""
    total = len(best) + len(tried)
    places = {(k + 1) * total // len(tried) - 1 for k in range(len(tried))} if tried else set()
    regular, exploring = iter(best), iter(tried)
    return [
        (next(exploring), EXPLORATION) if place in places else (next(regular), BEST)
        for place in range(total)
    ]
