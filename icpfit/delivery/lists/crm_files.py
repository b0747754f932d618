"""Files with which a CRM takes the scores back: Salesforce, HubSpot, Dynamics 365."""

from __future__ import annotations

import csv
import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from icpfit.data.prospect_spec import CrmFields
from icpfit.data.sources.source_files import near_names
from icpfit.delivery.amounts import count
from icpfit.delivery.lists.formulas import neutral_text
from icpfit.delivery.lists.list_columns import DECIMALS
from icpfit.delivery.lists.list_file import about_path
from icpfit.delivery.lists.relation import list_texts
from icpfit.delivery.whole_file import whole_file
from icpfit.errors import SettingsError
from icpfit.fit.grades import LETTERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from icpfit.data.prospect_list import ProspectList
    from icpfit.data.prospect_spec import ProspectSpec
    from icpfit.delivery.lists.sales_list import SalesList

__all__ = ["Crm", "CrmFile", "crm_fields", "crm_rows", "files_beside", "write_crm_files"]

Crm = Literal["salesforce", "hubspot", "dynamics"]

# Of HubSpot's import: rows of a file, its header among them.
_HUBSPOT_ROWS = 1_048_576
# msdyn_scoretrend: improving, steady, declining, not enough to tell.
_UP, _SAME, _DOWN, _NO_TREND = 0, 1, 2, 3
# A score that moved by less is called steady.
_STEADY = 5.0
_DYNAMICS = (
    "msdyn_score",
    "msdyn_scoretrend",
    "msdyn_grade",
    "msdyn_entityid",
    "msdyn_entitytype",
)


@dataclass(frozen=True)
class CrmFile:
    """What was written for a CRM.

    Parameters
    ----------
    paths : tuple of Path
        The files.
    rows : int
        Records in them.
    left_out : dict of str to int
        Rows of the list that are in none, by reason.
    """

    paths: tuple[Path, ...]
    rows: int
    left_out: dict[str, int]


def files_beside(out: Path | str, crm: Crm | None) -> list[Path]:
    """Return the files that are written beside a scored list, as far as it can be told before.

    Parameters
    ----------
    out : Path or str
        The scored list.
    crm : {"salesforce", "hubspot", "dynamics"} or None
        The CRM that gets a file.

    Returns
    -------
    list of Path
        The page about it, which a workbook doesn't need, and the CRM's file.

    Examples
    --------
    >>> [path.name for path in files_beside("a.csv", "hubspot")]
    ['a.csv.about.html', 'a.hubspot.csv']
    """
    path = Path(out)
    found = [] if path.suffix.lower() == ".xlsx" else [about_path(path)]
    return found if crm is None else [*found, path.with_name(f"{path.stem}.{crm}.csv")]


def crm_fields(asked: ProspectSpec | None, crm: Crm, listed: ProspectList) -> CrmFields:
    """Return under which names a CRM takes the scores, once they are known to be usable.

    Parameters
    ----------
    asked : ProspectSpec or None
        Its ``crm`` says it.
    crm : {"salesforce", "hubspot", "dynamics"}
        The CRM.
    listed : ProspectList
        The list, which must have the column of the CRM's id.

    Returns
    -------
    CrmFields
        With `id` set. HubSpot asks what each column is when it imports, so there the names of the
        added columns do where none are given; the names of Dynamics are fixed.

    Raises
    ------
    SettingsError
        When Salesforce's fields aren't given, a field is of no added column, or the list has no
        such column of ids.
    """
    given = asked.crm.get(crm) if asked is not None else None
    where = f"data.prospects.crm.{crm}"
    if crm == "salesforce" and (given is None or not given.fields):
        raise SettingsError(
            f"{where}: is missing; name the fields of your org, such as"
            " {id: Id, fields: {fit_grade: Fit_Grade__c, fit_score: Fit_Score__c}}"
        )
    given = given or CrmFields()
    for column in sorted(given.fields):
        if column not in DECIMALS:
            raise SettingsError(
                f"{where}.fields.{column}: icpfit adds no such column;"
                f" {near_names(column, list(DECIMALS))}"
            )
    name = given.id or listed.id_column
    columns: list[str] = listed.original.column_names
    if name not in columns:
        raise SettingsError(
            f"{where}.id: the list has no column '{name}'; {near_names(name, columns)}"
        )
    fields = given.fields
    if crm == "hubspot" and not fields:
        fields = {column: column for column in DECIMALS}
    return CrmFields(id=name, fields=fields, entity=given.entity)


def write_crm_files(out: Path | str, made: SalesList, crm: Crm, fields: CrmFields) -> CrmFile:
    """Write the scores as a CRM's import takes them.

    Parameters
    ----------
    out : Path or str
        The scored list; the files lie beside it, as ``<name>.<crm>.csv``, numbered where HubSpot
        needs several.
    made : SalesList
        The scored list.
    crm : {"salesforce", "hubspot", "dynamics"}
        The CRM.
    fields : CrmFields
        From `crm_fields`.

    Returns
    -------
    CrmFile
        What was written, and what wasn't.

    Raises
    ------
    OutputError
        If a file can't be written; what was there before stays.

    Notes
    -----
    UTF-8 without a mark, commas, a decimal point, as their imports want it. A record is known by
    its id alone, so rows without one and ids that stand in several rows are left out. Dynamics
    takes nothing but score and grade: rows that are not rated, or have a relation, are left out,
    as a score would rank them as prospects. Its trend is that of ``before=``: steady where the
    score moved by less than 5. An empty cell leaves a field of Salesforce as it is.

    References
    ----------
    Microsoft, "Populate predictive scores" (Dynamics 365 Sales); HubSpot, "Set up your import
    file"; Salesforce, "Prepare CSV files" (Bulk API).
    """
    ids = list_texts(made.listed, fields.id)
    times = Counter(ids)
    left: Counter[str] = Counter()
    rows = []
    for row, name in enumerate(ids):
        reason = _left_out(made, row, name, times[name], crm)
        if reason:
            left[reason] += 1
        else:
            rows.append(row)
    header, records = _records(made, ids, rows, crm, fields)
    size = _HUBSPOT_ROWS - 1 if crm == "hubspot" else max(len(rows), 1)
    pieces = range(0, max(len(rows), 1), size)
    base = Path(out)
    paths = []
    for number, start in enumerate(pieces, start=1):
        suffix = f".{crm}-{number}.csv" if len(pieces) > 1 else f".{crm}.csv"
        path = base.with_name(f"{base.stem}{suffix}")
        with whole_file(path) as part, part.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(header)
            writer.writerows(records(start, start + size))
        paths.append(path)
    return CrmFile(tuple(paths), len(rows), dict(sorted(left.items())))


def crm_rows(written: CrmFile) -> list[tuple[str, str]]:
    """Return what is said of the files for a CRM in the closing table.

    Parameters
    ----------
    written : CrmFile
        What was written.

    Returns
    -------
    list of tuple of str
        Files, records, and what was left out.

    Examples
    --------
    >>> crm_rows(CrmFile((Path("a.hubspot.csv"),), 2, {"no id": 1}))
    [('for the CRM', 'a.hubspot.csv: 2 records'), ('left out of it', '1 no id')]
    """
    files = ", ".join(str(path) for path in written.paths)
    said = [("for the CRM", f"{files}: {count(written.rows)} records")]
    if written.left_out:
        why = ", ".join(f"{count(n)} {reason}" for reason, n in written.left_out.items())
        said.append(("left out of it", why))
    return said


def _left_out(made: SalesList, row: int, name: str | None, times: int, crm: Crm) -> str:
    if not name:
        return "no id"
    if times > 1:
        return "its id stands in several rows"
    if crm == "dynamics" and isinstance(made.added["relation"].iloc[row], str):
        return "has a relation"
    if crm == "dynamics" and made.added["fit_grade"].iloc[row] not in LETTERS:
        return "not rated"
    return ""


def _records(
    made: SalesList, ids: Sequence[str | None], rows: Sequence[int], crm: Crm, fields: CrmFields
) -> tuple[list[str], Any]:
    added = made.added
    if crm == "dynamics":
        grades, scores = added["fit_grade"].tolist(), added["fit_score"].tolist()
        before = made.score_before

        def of_dynamics(start: int, end: int) -> Iterator[tuple[Any, ...]]:
            for row in rows[start:end]:
                trend = _trend(scores[row], before[row] if len(before) else math.nan)
                grade = LETTERS.index(grades[row])
                yield int(scores[row]), trend, grade, ids[row], fields.entity

        return list(_DYNAMICS), of_dynamics
    names = [column for column in fields.fields if column in added]
    cells = {column: added[column].tolist() for column in names}

    def of_fields(start: int, end: int) -> Iterator[list[str]]:
        for row in rows[start:end]:
            own = neutral_text(ids[row] or "")
            yield [own, *(_cell(column, cells[column][row]) for column in names)]

    return [str(fields.id), *(fields.fields[column] for column in names)], of_fields


def _trend(score: float, before: float) -> int:
    if math.isnan(before):
        return _NO_TREND
    if abs(score - before) < _STEADY:
        return _SAME
    return _UP if score > before else _DOWN


def _cell(column: str, value: Any) -> str:
    decimals = DECIMALS[column]
    if decimals is not None:
        return "" if math.isnan(value) else f"{value:.{decimals}f}"
    return neutral_text(value) if isinstance(value, str) else ""
