"""Which pairs of names are worth comparing: those that share rare pieces of letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scipy.sparse import csr_array

__all__ = ["name_candidates"]

_CHUNK = 512
# Above so many names, pieces that more than one in ten has are no help and most of the work.
_MANY = 2_000
_COMMON = 0.1


def name_candidates(
    theirs: Sequence[str],
    ours: Sequence[str],
    *,
    most: int = 8,
    progress: Callable[[str], None] | None = None,
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    r"""Find for each of their names the few of ours that look most alike.

    Names are cut in pieces of three letters within words, each weighted by its tf-idf among our
    names, and compared by the cosine of these weights, :math:`\sum_g a_g b_g`.

    Parameters
    ----------
    theirs, ours : sequence of str
        Names as `icpfit.data.company_names.normal_name` gives them; an empty one finds nothing.
    most : int
        How many are kept for each name.
    progress : callable, optional
        Told how far it is.

    Returns
    -------
    their_place, our_place : ndarray of int64, shape (pairs,)
        Positions in `theirs` and `ours`, by the first, then by falling cosine; ties by the second.

    Notes
    -----
    The work grows with the number of pairs that share a piece, not with all pairs: 20,000 names
    against 20,000 take seconds. Among 2,000 names and more, pieces that over 10 % of them have are
    left out, unless a name has no other; names that share only these are no candidates.

    References
    ----------
    Cohen, Ravikumar and Fienberg (2003), A Comparison of String Distance Metrics for Name-Matching
    Tasks.

    Examples
    --------
    >>> name_candidates(["acme", "xyz"], ["acme trading", "umbrella"])
    (array([0]), array([0]))
    """
    nothing = np.zeros(0, dtype=np.int64)
    if not any(theirs) or not any(ours):
        return nothing, nothing
    weights, wanted = _weights(theirs, ours)
    columns = weights.T.tocsr()
    their_place, our_place = [nothing], [nothing]
    for start in range(0, len(theirs), _CHUNK):
        if progress is not None and start % (20 * _CHUNK) == 0:
            progress(f"comparing names: {start:,} of {len(theirs):,}")
        shared = (wanted[start : start + _CHUNK] @ columns).tocsr()
        for row in range(shared.shape[0]):
            first, last = shared.indptr[row], shared.indptr[row + 1]
            near = _nearest(shared.indices[first:last], shared.data[first:last], most)
            their_place.append(np.full(len(near), start + row, dtype=np.int64))
            our_place.append(near)
    return np.concatenate(their_place), np.concatenate(our_place)


def _weights(theirs: Sequence[str], ours: Sequence[str]) -> tuple[csr_array, csr_array]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), dtype=np.float32)
    weights = pieces.fit_transform(ours)
    wanted = pieces.transform(theirs)
    if len(ours) >= _MANY:
        often = np.bincount(weights.indices, minlength=weights.shape[1]) > _COMMON * len(ours)
        weights, wanted = _without(weights, often), _without(wanted, often)
    return weights.tocsr(), wanted.tocsr()


def _without(weights: csr_array, often: np.ndarray[Any, Any]) -> csr_array:
    kept = weights.copy().tocsr()
    kept.data[often[kept.indices]] = 0
    # A name that is all common pieces keeps them, or it could never be found.
    rows = np.repeat(np.arange(kept.shape[0]), np.diff(kept.indptr))
    left = np.bincount(rows, weights=kept.data, minlength=kept.shape[0])
    bare = left[rows] == 0
    kept.data[bare] = weights.tocsr().data[bare]
    kept.eliminate_zeros()
    return kept


def _nearest(
    places: np.ndarray[Any, Any], cosines: np.ndarray[Any, Any], most: int
) -> np.ndarray[Any, Any]:
    """Return the places of the highest cosines; rounded, so that ties are ties."""
    rounded = np.round(cosines.astype("float64"), 5)
    if len(rounded) > most:
        least = np.partition(rounded, len(rounded) - most)[len(rounded) - most]
        kept = rounded >= least
        places, rounded = places[kept], rounded[kept]
    order = np.lexsort((places, -rounded))[:most]
    return places[order].astype(np.int64)
