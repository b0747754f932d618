"""How alike two company names are, from 0 to 1: by letters and by their telling words."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["name_similarity", "word_weights"]

_ALIKE = 0.80


def word_weights(names: Sequence[str]) -> dict[str, float]:
    r"""Weigh words by how rare they are among names.

    Parameters
    ----------
    names : sequence of str
        Normal names.

    Returns
    -------
    dict of str to float
        Word to :math:`\log(1 + n / n_w)`, with n names of which n_w have the word.

    Examples
    --------
    >>> weights = word_weights(["acme trading", "umbrella trading"])
    >>> weights["acme"] > weights["trading"]
    True
    """
    counts = Counter(word for name in names for word in set(name.split()))
    return {word: math.log1p(len(names) / count) for word, count in counts.items()}


def name_similarity(
    theirs: Sequence[str], ours: Sequence[str], weights: Mapping[str, float]
) -> np.ndarray[Any, Any]:
    r"""Compare names pair by pair.

    The mean of two figures: the letters' :math:`1 - d / (|a| + |b|)` with d the insertions and
    deletions that turn one into the other, the best over the words as they stand, sorted, and
    without spaces; and the soft tf-idf of their words, in which two words meet that are alike by
    Jaro-Winkler .80 or more, and rare words weigh more.

    Parameters
    ----------
    theirs, ours : sequence of str, of the same length
        Normal names.
    weights : mapping of str to float
        As `word_weights` gives them; a word that it doesn't have counts as the rarest.

    Returns
    -------
    ndarray of float64, shape (pairs,)
        0 (nothing in common) to 1 (the same words).

    Notes
    -----
    Letters alone take ``dornberg handel`` for ``dornburg handel``; words alone miss ``sky net``
    for ``skynet``. Names that differ in nothing but spaces are alike by 1.

    References
    ----------
    Cohen, Ravikumar and Fienberg (2003), A Comparison of String Distance Metrics for Name-Matching
    Tasks; RapidFuzz for the distances.

    Examples
    --------
    >>> weights = word_weights(["acme trading", "umbrella trading"])
    >>> pairs = name_similarity(["acme tradin"] * 2, ["acme trading", "umbrella trading"], weights)
    >>> bool(pairs[0] > 0.9 > 0.6 > pairs[1])
    True
    """
    from rapidfuzz import fuzz, process

    if not len(theirs):
        return np.zeros(0)
    bare = [
        [text.replace(" ", "") for text in side] for side in (theirs, ours)
    ]  # fmt: skip
    letters = np.maximum.reduce(
        [
            process.cpdist(theirs, ours, scorer=fuzz.ratio),
            process.cpdist(theirs, ours, scorer=fuzz.token_sort_ratio),
            process.cpdist(bare[0], bare[1], scorer=fuzz.ratio),
        ]
    )
    rarest = max(weights.values(), default=1.0)
    split = {text: text.split() for text in {*theirs, *ours}}
    words = np.array(
        [
            _soft_tfidf(split[a], split[b], weights, rarest)
            for a, b in zip(theirs, ours, strict=True)
        ]
    )
    # Spaces alone make no other name: Sky Net, SkyNet.
    words[[a == b != "" for a, b in zip(*bare, strict=True)]] = 1.0
    likeness: np.ndarray[Any, Any] = letters.astype("float64") / 200.0 + words / 2.0
    return likeness


def _soft_tfidf(
    theirs: Sequence[str], ours: Sequence[str], weights: Mapping[str, float], rarest: float
) -> float:
    from rapidfuzz.distance import JaroWinkler

    own = [weights.get(word, rarest) for word in ours]
    # A word of theirs that we don't know is a misspelt one of ours, if it is any.
    met: list[tuple[float, float, float]] = []
    strangers = 0.0
    free = list(range(len(ours)))
    for word in theirs:
        likeness, place = max(
            ((1.0 if word == ours[i] else JaroWinkler.similarity(word, ours[i]), -i) for i in free),
            default=(0.0, 0),
        )
        if likeness >= _ALIKE:
            met.append((own[-place], own[-place], likeness))
            free.remove(-place)
        else:
            strangers += weights.get(word, rarest) ** 2
    above = sum(a * b * likeness for a, b, likeness in met)
    length = math.sqrt(sum(a * a for a, _, _ in met) + strangers)
    whole = math.sqrt(sum(weight * weight for weight in own))
    return above / (length * whole) if length and whole else 0.0
