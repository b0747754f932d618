"""Which accounts change grade, by which step."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from icpfit.evidence.succession.grade_changes import change_counts, grade_changes
from icpfit.evidence.succession.paired_comparison import Contender
from icpfit.fit.grades import Grading


def model(cuts, objective="margin"):
    return SimpleNamespace(
        grading=Grading(cuts, np.array([0.0, 4.0]), {}, "cross-validated"), objective=objective
    )


def said(*margins):
    values = np.array(margins, dtype=float)
    return Contender(np.full(len(values), 0.5), values, values)


IDS = pd.Index(["a", "b", "c", "d", "e"])


def test_each_step_by_hand():
    # Cut-offs 30, 20, 10 for the old model, 32, 20, 10 for the new one.
    old, new = model((30.0, 20.0, 10.0)), model((32.0, 20.0, 10.0))
    was = said(35, 31, 25, 31, 12)
    now = said(35, 31, 5, 33, 12)
    judged = pd.DataFrame(
        {"fit_if_won": [0.5, 0.5], "margin_if_won": [5.0, 35.0]}, index=["e", "d"]
    )
    changes = grade_changes(IDS, (old, was), (new, now), judged).set_index("account_id")
    # a: A and A; b: 31 is an A by the old cut-offs only; c: B to D by the new number;
    # d: A before, today and after; e: judged at 5, a D, 12 today, a C.
    assert changes["because"].to_dict() == {"c": "model", "b": "cut-offs", "e": "data"}
    assert changes.loc["c", ["grade_before", "grade_after"]].tolist() == ["B", "D"]
    assert changes.loc["e", ["grade_before", "grade_after"]].tolist() == ["D", "C"]
    # c moves two steps and stands first, the others by account.
    assert list(changes.index) == ["c", "b", "e"]
    assert change_counts(changes) == {"cut-offs": 1, "data": 1, "model": 1}


def test_the_same_model_moves_nobody():
    one = model((30.0, 20.0, 10.0)), said(35, 31, 25, 15, 5)
    assert grade_changes(IDS, one, one).empty
    assert change_counts(grade_changes(IDS, one, one)) == {}


def test_another_objective_counts_its_cut_offs_as_the_model_s():
    old, new = model((30.0, 20.0, 10.0)), model((0.9, 0.5, 0.1), objective="fit")
    now = Contender(np.full(5, 0.5), np.full(5, 10.0), np.array([1.0, 0.7, 0.3, 0.0, 0.0]))
    changes = grade_changes(IDS, (old, said(35, 31, 25, 15, 5)), (new, now))
    assert set(changes["because"]) == {"model"}


def test_models_without_grades_have_no_changes():
    bare = SimpleNamespace(grading=None, objective="margin")
    one = said(1, 2, 3, 4, 5)
    assert grade_changes(IDS, (bare, one), (model((3.0, 2.0, 1.0)), one)).empty
