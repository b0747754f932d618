"""The two inner loops, as plain functions and compiled.

`coded` and `summed` are ordinary Python on arrays; `compiled` hands them to numba, the first time
that somebody asks. Both release the interpreter's lock, so that threads may share a matrix. A row's
sums run over groups and slots in their order, whatever rows stand beside it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["coded", "compiled", "summed"]


def coded(  # noqa: PLR0917 - compiled functions take arguments by place
    matrix: Any, cuts: Any, cut_at: Any, codes: Any, is_category: Any, zero: float, found: Any
) -> None:
    """Fill in the code of each value.

    Parameters
    ----------
    matrix : numpy.ndarray of float64, shape (n, p)
        Rows.
    cuts, cut_at, codes, is_category : numpy.ndarray
        As in `ShapleyTables`.
    zero : float
        Numbers of at most this size are 0.
    found : numpy.ndarray of unsigned integers, shape (p, n)
        Gets the codes.
    """
    for feature in range(matrix.shape[1]):
        start, stop = cut_at[feature], cut_at[feature + 1]
        first = start + 2 * feature
        for row in range(matrix.shape[0]):
            value = matrix[row, feature]
            if value != value:  # noqa: PLR0124 - NaN
                found[feature, row] = codes[first + stop - start + 1]
                continue
            if -zero <= value <= zero:
                value = 0.0
            if is_category[feature]:
                # LightGBM cuts decimals off, also those of -0.5; beyond that nothing is a level.
                value = float(int(value)) if -1.0 < value < 4e9 else -1.0
            low, high = start, stop
            while low < high:
                middle = (low + high) >> 1
                if cuts[middle] < value:
                    low = middle + 1
                else:
                    high = middle
            if is_category[feature] and (low == stop or cuts[low] != value):
                low = stop
            found[feature, row] = codes[first + low - start]


def summed(  # noqa: C901, PLR0912, PLR0917 - one loop, compiled as it stands
    codes: Any,
    slot_feature: Any,
    slot_at: Any,
    weight: Any,
    weight_at: Any,
    jump_at: Any,
    jump_code: Any,
    jump_weight: Any,
    rows: Any,
    table: Any,
    at: Any,
    scores_only: bool,
    values: Any,
) -> None:
    """Add each group's Shapley values and output to the rows' sums.

    Parameters
    ----------
    codes : numpy.ndarray of unsigned integers, shape (p, n)
        From `coded`.
    slot_feature, slot_at, weight, weight_at, rows, table : numpy.ndarray
        As in `ShapleyTables`.
    jump_at, jump_code, jump_weight : numpy.ndarray
        As in `icpfit.attribution.values.Jumps`.
    at : numpy.ndarray of uint16, shape (n,)
        Room for the rows' numbers.
    scores_only : bool
        Whether the Shapley values are left out.
    values : numpy.ndarray of float64, shape (p + 1, n), or (1, n) for scores only
        Is added to; the score is the last.

    Notes
    -----
    A slot whose weights change at few codes is summed by comparisons, of which a processor does
    dozens at once; numbers wrap at 65,536, and so a step down is added as well. Other slots look
    each code up. Three outputs at a time share the reading of a row's number, which takes a sixth
    less time; each sum still runs over the groups in their order.
    """
    n = codes.shape[1]
    start = 0
    for group in range(len(rows)):
        at[:] = 0
        for slot in range(slot_at[group], slot_at[group + 1]):
            code = codes[slot_feature[slot]]
            adds = weight[weight_at[slot] : weight_at[slot + 1]]
            if jump_at[slot] == jump_at[slot + 1]:
                for row in range(n):
                    at[row] += adds[code[row]]
            else:
                first = adds[0]
                if first > 0:
                    for row in range(n):
                        at[row] += first
                for jump in range(jump_at[slot], jump_at[slot + 1]):
                    above, more = jump_code[jump], jump_weight[jump]
                    none = more - more
                    for row in range(n):
                        at[row] += more if code[row] > above else none
        slots = slot_feature[slot_at[group] : slot_at[group + 1]]
        count, size = len(slots), rows[group]
        output = count if scores_only else 0
        while output + 2 <= count:
            one, two = values[slots[output]], values[slots[output + 1]]
            three = values[-1 if output + 2 == count else slots[output + 2]]
            first_of = start + output * size
            entries = table[first_of : first_of + size]
            more_entries = table[first_of + size : first_of + 2 * size]
            last_entries = table[first_of + 2 * size : first_of + 3 * size]
            for row in range(n):
                place = at[row]
                one[row] += entries[place]
                two[row] += more_entries[place]
                three[row] += last_entries[place]
            output += 3
        while output <= count:
            value = values[-1 if output == count else slots[output]]
            entries = table[start + output * size : start + (output + 1) * size]
            for row in range(n):
                value[row] += entries[at[row]]
            output += 1
        start += (count + 1) * size


@cache
def compiled(loop: Callable[..., None]) -> Callable[..., None]:
    """Return one of the loops as machine code; compiling takes a second or two, once per machine.

    Parameters
    ----------
    loop : callable
        `coded` or `summed`.

    Returns
    -------
    callable
        The same, by numba.

    Notes
    -----
    The machine code is kept beside the package, or where that can't be written in the user's own
    cache folder, or where NUMBA_CACHE_DIR says. Where nothing can be written it is compiled anew in
    each process.
    """
    import numba

    try:
        made: Callable[..., None] = numba.njit(loop, nogil=True, cache=True)
    except RuntimeError:
        made = numba.njit(loop, nogil=True)
    return made
