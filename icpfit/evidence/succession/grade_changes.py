"""Which accounts another model grades otherwise, and what moved them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from icpfit.fit.grades import LETTERS, graded

if TYPE_CHECKING:
    from icpfit.evidence.succession.paired_comparison import Contender
    from icpfit.fit.model import Model

__all__ = ["CAUSES", "change_counts", "grade_changes"]

#: What can move an account, in the order in which the steps are taken.
CAUSES = ("data", "model", "cut-offs")


def grade_changes(
    account_ids: pd.Index,
    champion: tuple[Model, Contender],
    challenger: tuple[Model, Contender],
    judged_before: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Give the accounts whose grade changes with the model, and which step moves them.

    Three steps lead from the old grade to the new one: today's facts in place of those that the
    champion once judged (data), the challenger's numbers in place of the champion's (model), its
    cut-offs in place of the champion's (cut-offs). A step that changes the grade is a cause.

    Parameters
    ----------
    account_ids : Index, n accounts
        The accounts, in the order of the contenders' figures.
    champion, challenger : tuple of Model and Contender
        Each model with what it says of the accounts today.
    judged_before : DataFrame, optional
        Columns fit_if_won and margin_if_won, indexed by account_id: what the champion said of the
        accounts on which it was judged. Other accounts have no earlier data.

    Returns
    -------
    DataFrame
        Columns account_id, grade_before, grade_after, because, and fit_if_won and margin_if_won of
        either model; those that move furthest first, then by account_id.

    Notes
    -----
    The numbers of models with different objectives share no scale, so that the cut-offs then count
    as part of the model. Steps are taken in this order; in another one an account may have another
    cause. A change there and back leaves the grade as it was and isn't listed.
    """
    (old, was), (new, now) = champion, challenger
    if old.grading is None or new.grading is None:
        return _listed(account_ids, [], was, now)
    today = graded(was.ranking, was.margin_if_won, old.grading)
    before = today.copy()
    if judged_before is not None and len(judged_before):
        known = judged_before.reindex(account_ids)
        there = known["margin_if_won"].notna().to_numpy()
        earlier = known.loc[there]
        money = earlier["margin_if_won"].to_numpy(dtype=np.float64)
        rank = money
        if old.objective == "fit":
            chance = earlier["fit_if_won"].to_numpy(dtype=np.float64).clip(1e-12, 1 - 1e-12)
            rank = np.log(chance / (1.0 - chance))
        before[there] = graded(rank, money, old.grading)
    after = graded(now.ranking, now.margin_if_won, new.grading)
    between = after
    if old.objective == new.objective:
        between = graded(now.ranking, now.margin_if_won, old.grading)
    return _listed(account_ids, [before, today, between, after], was, now)


def _listed(
    account_ids: pd.Index, grades: list[np.ndarray], was: Contender, now: Contender
) -> pd.DataFrame:
    if not grades:
        grades = [np.array(["-"] * len(account_ids), dtype=object)] * 4
    moved = np.stack([a != b for a, b in itertools.pairwise(grades)], axis=1)
    because = [
        " and ".join(cause for cause, step in zip(CAUSES, steps, strict=True) if step)
        for steps in moved
    ]
    frame = pd.DataFrame(
        {
            "account_id": np.asarray(account_ids, dtype=object),
            "grade_before": grades[0],
            "grade_after": grades[-1],
            "because": because,
            "fit_if_won_before": was.fit_if_won,
            "fit_if_won_after": now.fit_if_won,
            "margin_if_won_before": was.margin_if_won,
            "margin_if_won_after": now.margin_if_won,
        }
    )
    frame = frame[frame["grade_before"] != frame["grade_after"]]
    steps = [
        abs(LETTERS.index(a) - LETTERS.index(b))
        for a, b in zip(frame["grade_before"], frame["grade_after"], strict=True)
    ]
    ordered = frame.assign(steps=steps).sort_values(
        ["steps", "account_id"], ascending=[False, True], kind="stable"
    )
    return ordered.drop(columns="steps").reset_index(drop=True)


def change_counts(changes: pd.DataFrame) -> dict[str, int]:
    """Count the accounts that change grade by what moves them.

    Parameters
    ----------
    changes : DataFrame
        From `grade_changes`.

    Returns
    -------
    dict of str to int
        Cause to accounts, most first; several causes together are a cause of their own.

    Examples
    --------
    >>> change_counts(pd.DataFrame({"because": ["model", "model and cut-offs", "model"]}))
    {'model': 2, 'model and cut-offs': 1}
    """
    counts = changes["because"].value_counts()
    ordered = sorted(
        ((int(n), str(cause)) for cause, n in counts.items()), key=lambda x: (-x[0], x[1])
    )
    return {cause: n for n, cause in ordered}
