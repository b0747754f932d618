"""What became of a list's grades since it was scored before, and by what."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from icpfit.data.prospect_list import read_prospects
from icpfit.delivery.lists.excel_file import SHEET
from icpfit.delivery.lists.list_columns import own_name
from icpfit.delivery.lists.relation import list_texts
from icpfit.errors import SourceError
from icpfit.fit.phrases import number_phrase

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from icpfit.data.prospect_list import ProspectList
    from icpfit.data.table_spec import DataSpec

__all__ = ["Changes", "changes", "earlier_list"]

_NAMED = 3


@dataclass(frozen=True)
class Changes:
    """What became of each row since an earlier list.

    Parameters
    ----------
    grade_before : list of str or None
        None where the earlier list doesn't have the row, or has its id more than once.
    changed_because : list of str or None
        What differs; None where the grade is the same or there was none.
    score_before : numpy.ndarray of float, shape (n,)
        NaN where there was none.
    """

    grade_before: list[str | None]
    changed_because: list[str | None]
    score_before: np.ndarray[tuple[int], np.dtype[np.float64]]


def earlier_list(spec: DataSpec, before: str, root: Path) -> ProspectList:
    """Read a list that icpfit scored earlier, in whatever form it was written.

    Parameters
    ----------
    spec : DataSpec
        How the company's lists are read.
    before : str
        The list.
    root : Path
        What relative paths may also be relative to.

    Returns
    -------
    ProspectList
        Of a workbook, the sheet of the list.

    Raises
    ------
    SourceError
        When it can't be read.
    """
    if spec.prospects is not None and before.casefold().endswith(".xlsx"):
        form = replace(spec.prospects.format, sheet=SHEET)
        spec = replace(spec, prospects=replace(spec.prospects, format=form))
    return read_prospects(spec, before, root)


def changes(
    listed: ProspectList,
    scored: pd.DataFrame,
    before: ProspectList,
    features: Sequence[str],
    shown: str = "before",
) -> Changes:
    """Return each row's grade in an earlier list, and why it isn't the same any more.

    Parameters
    ----------
    listed : ProspectList
        The list as it is now.
    scored : pandas.DataFrame
        From `scored_frame`.
    before : ProspectList
        An earlier list that icpfit wrote, read in the same way.
    features : sequence of str
        The facts that the model reads, in the order in which they are named.
    shown : str
        Name of the earlier list, for messages.

    Returns
    -------
    Changes
        Rows are found again by their id.

    Raises
    ------
    SourceError
        When the earlier list has no grades.

    Notes
    -----
    Facts that differ are named as they are written, three at most; then another model. Where both
    differ, which of them moved the grade is not told apart. Where nothing in the two lists differs,
    it says so.
    """
    columns = before.original.column_names
    names = {
        added: own_name(columns, added) for added in ("fit_grade", "fit_score", "model_version")
    }
    if names["fit_grade"] is None:
        raise SourceError(
            f"{shown}: has no column 'fit_grade'; give before= a list that icpfit score wrote"
        )
    grades, scores, models = (list_texts(before, name) for name in names.values())
    now, then = Counter(listed.ids), Counter(before.ids)
    places = {name: row for row, name in enumerate(before.ids) if name and then[name] == 1}
    rows = [places.get(name) if name and now[name] == 1 else None for name in listed.ids]
    grade_before = [None if row is None else grades[row] for row in rows]
    because: list[str | None] = [None] * len(rows)
    latest = scored["model_version"].tolist()
    for at, row in enumerate(rows):
        if row is None or grade_before[at] in (None, scored["fit_grade"].iloc[at]):
            continue
        said = _differences(listed, at, before, row, features)
        if models[row] is not None and models[row] != latest[at]:
            said.append(f"the model, {models[row]} → {latest[at]}")
        because[at] = "; ".join(said) or "neither facts nor model differ in the two lists"
    return Changes(grade_before, because, _scores(scores, rows))


def _differences(
    listed: ProspectList, at: int, before: ProspectList, row: int, features: Sequence[str]
) -> list[str]:
    said = []
    for name in features:
        old, new = _fact(before, name, row), _fact(listed, name, at)
        if old != new:
            said.append(f"{name.replace('_', ' ')} {old} → {new}")
    opened = [_day(each.opened_on, k) for each, k in ((before, row), (listed, at))]
    if opened[0] != opened[1]:
        said.append(f"opened on {opened[0]} → {opened[1]}")
    more = [f"{len(said) - _NAMED} more facts"] if len(said) > _NAMED else []
    return [*said[:_NAMED], *more]


def _fact(listed: ProspectList, name: str, row: int) -> str:
    if name not in listed.facts:
        return "not known"
    value: Any = listed.facts[name].iloc[row]
    if value is None or pd.isna(value):
        return "not known"
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return number_phrase(float(value)) if isinstance(value, int | float) else f"'{value}'"


def _day(days: pd.Series | None, row: int) -> str:
    if days is None or pd.isna(days.iloc[row]):
        return "not known"
    return str(pd.Timestamp(days.iloc[row]).date())


def _scores(
    scores: Sequence[str | None], rows: Sequence[int | None]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    found = np.full(len(rows), np.nan)
    for at, row in enumerate(rows):
        text = None if row is None else scores[row]
        # A spreadsheet may have written 87 as 87.0 or 87,0.
        if text is not None and text.replace(",", ".").replace(".", "", 1).isdigit():
            found[at] = float(text.replace(",", "."))
    return found
