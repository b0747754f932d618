"""Files with which a CRM takes the scores back: Salesforce, HubSpot, Dynamics 365."""

from __future__ import annotations

import contextlib
import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

from icpfit.data.prospect_spec import CrmFields
from icpfit.data.sources.source_files import near_names
from icpfit.delivery.amounts import count
from icpfit.delivery.lists.formulas import is_formula, neutral_text
from icpfit.delivery.lists.list_columns import DECIMALS
from icpfit.delivery.lists.list_file import about_path
from icpfit.delivery.whole_file import whole_file
from icpfit.errors import SettingsError
from icpfit.fit.grades import LETTERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from icpfit.data.prospect_source import ProspectSource
    from icpfit.data.prospect_spec import ProspectSpec
    from icpfit.delivery.lists.scored_piece import ScoredPiece

__all__ = [
    "Crm",
    "CrmFile",
    "CrmWriter",
    "crm_fields",
    "crm_rows",
    "crm_writer",
    "files_beside",
]

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


def crm_fields(asked: ProspectSpec | None, crm: Crm, source: ProspectSource) -> CrmFields:
    """Return under which names a CRM takes the scores, once they are known to be usable.

    Parameters
    ----------
    asked : ProspectSpec or None
        Its ``crm`` says it.
    crm : {"salesforce", "hubspot", "dynamics"}
        The CRM.
    source : ProspectSource
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
    name = given.id or source.id_column
    columns = list(source.names)
    if name not in columns:
        raise SettingsError(
            f"{where}.id: the list has no column '{name}'; {near_names(name, columns)}"
        )
    fields = given.fields
    if crm == "hubspot" and not fields:
        fields = {column: column for column in DECIMALS}
    return CrmFields(id=name, fields=fields, entity=given.entity)


class CrmWriter:
    """Writes the scores as a CRM's import takes them, piece by piece.

    Parameters
    ----------
    files : sequence of text files
        One, or as many as HubSpot needs.
    paths : sequence of Path
        Where they will lie.
    crm : {"salesforce", "hubspot", "dynamics"}
        The CRM.
    fields : CrmFields
        From `crm_fields`.
    """

    def __init__(
        self, files: Sequence[TextIO], paths: Sequence[Path], crm: Crm, fields: CrmFields
    ) -> None:
        self._writers = [csv.writer(file, lineterminator="\r\n") for file in files]
        self._paths, self._crm, self._fields = tuple(paths), crm, fields
        self._rows, self._left = 0, Counter[str]()
        self._columns: list[str] = []
        self._is_bare = True

    def write(self, scored: ScoredPiece, ids: pa.Array, is_repeated: Sequence[bool]) -> None:
        """Write some rows.

        Parameters
        ----------
        scored : ScoredPiece
            The rows.
        ids : pyarrow.Array of text
            The CRM's id of each.
        is_repeated : sequence of bool
            Whether it stands in several rows.
        """
        added = scored.added
        if not self._columns:
            self._write_headers(added.schema.names)
        grades, related = added["fit_grade"].to_pylist(), added["relation"].to_pylist()
        names = ids.to_pylist()
        kept = []
        for row, name in enumerate(names):
            related_here = related[row] if self._is_bare else None
            reason = _left_out(name, self._crm, grades[row], related_here, is_repeated[row])
            if reason:
                self._left[reason] += 1
            else:
                kept.append(row)
        if self._crm == "dynamics":
            scores, before = added["fit_score"].to_pylist(), scored.score_before.to_pylist()
            for row in kept:
                trend = _trend(scores[row], before[row])
                grade = LETTERS.index(grades[row])
                self._put([int(scores[row]), trend, grade, names[row], self._fields.entity])
            return
        cells = [(column, added[column].to_pylist()) for column in self._columns]
        for row in kept:
            self._put([names[row], *(_cell(column, values[row]) for column, values in cells)])

    def written(self) -> CrmFile:
        """Return what was written, and what wasn't."""
        return CrmFile(self._paths, self._rows, dict(sorted(self._left.items())))

    def _write_headers(self, added: Sequence[str]) -> None:
        fields = self._fields.fields
        self._columns = [column for column in fields if column in added]
        header = [str(self._fields.id), *(fields[column] for column in self._columns)]
        if self._crm == "dynamics":
            self._columns = header = list(_DYNAMICS)
        # A score with nothing beside it would rank a customer as a prospect.
        self._is_bare = not {"relation", "next_step"} & set(self._columns)
        for writer in self._writers:
            writer.writerow(header)

    def _put(self, record: Sequence[Any]) -> None:
        self._writers[self._rows // (_HUBSPOT_ROWS - 1) if len(self._writers) > 1 else 0].writerow(
            record
        )
        self._rows += 1


@contextlib.contextmanager
def crm_writer(
    out: Path | str, crm: Crm | None, fields: CrmFields | None, records: int
) -> Iterator[CrmWriter | None]:
    """Give the files for a CRM, to be written beside a scored list; all of them, or none.

    Parameters
    ----------
    out : Path or str
        The scored list; the files lie beside it, as ``<name>.<crm>.csv``, numbered where HubSpot
        needs several.
    crm : {"salesforce", "hubspot", "dynamics"} or None
        The CRM.
    fields : CrmFields or None
        From `crm_fields`.
    records : int
        Most records that there will be.

    Yields
    ------
    CrmWriter or None
        None where no CRM gets a file.

    Raises
    ------
    OutputError
        If a file can't be written; what was there before stays.

    Notes
    -----
    UTF-8 without a mark, commas, a decimal point, as their imports want it. A record is known by
    its id alone, so rows without one and ids that stand in several rows are left out. So are rows
    with a relation where neither ``relation`` nor ``next_step`` is among the fields: a score alone
    would rank them as prospects. Dynamics takes nothing but score and grade: there rows that are
    not rated are left out, too. Its trend is that of ``before=``: steady where the score moved by
    less than 5. An empty cell leaves a field of Salesforce as it is.

    References
    ----------
    Microsoft, "Populate predictive scores" (Dynamics 365 Sales); HubSpot, "Set up your import
    file"; Salesforce, "Prepare CSV files" (Bulk API).
    """
    if crm is None or fields is None:
        yield None
        return
    base, pieces = Path(out), 1
    if crm == "hubspot":
        pieces = max(1, -(-records // (_HUBSPOT_ROWS - 1)))
    suffixes = [f".{crm}-{k + 1}.csv" if pieces > 1 else f".{crm}.csv" for k in range(pieces)]
    paths = [base.with_name(f"{base.stem}{suffix}") for suffix in suffixes]
    with contextlib.ExitStack() as opened:
        parts = [opened.enter_context(whole_file(path)) for path in paths]
        files = [
            opened.enter_context(part.open("w", encoding="utf-8", newline="")) for part in parts
        ]
        yield CrmWriter(files, paths, crm, fields)


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


def _left_out(
    name: str | None, crm: Crm, grade: str | None, related: str | None, is_repeated: bool
) -> str:
    if not name:
        return "no id"
    if is_formula(name):
        # With an apostrophe before it, no record would have it; without, a spreadsheet runs it.
        return "its id begins like a formula"
    if is_repeated:
        return "its id stands in several rows"
    if related:
        return "has a relation"
    if crm == "dynamics" and grade not in LETTERS:
        return "not rated"
    return ""


def _trend(score: float, before: float | None) -> int:
    if before is None:
        return _NO_TREND
    if abs(score - before) < _STEADY:
        return _SAME
    return _UP if score > before else _DOWN


def _cell(column: str, value: Any) -> str:
    decimals = DECIMALS[column]
    if decimals is not None:
        return "" if value is None else f"{value:.{decimals}f}"
    return neutral_text(value) if value else ""
