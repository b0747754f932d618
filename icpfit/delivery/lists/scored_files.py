"""The files of a scoring: the list, the page about it, the file for a CRM, the record of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from icpfit.delivery.lists.about import about_html, with_neutral_cells
from icpfit.delivery.lists.crm_files import crm_writer
from icpfit.delivery.lists.list_counts import ListCounts
from icpfit.delivery.lists.list_file import about_path, list_writer
from icpfit.delivery.lists.list_repeats import key_hashes
from icpfit.delivery.lists.list_stream import scored_pieces
from icpfit.delivery.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from icpfit.data.prospect_spec import CrmFields
    from icpfit.delivery.lists.about import About
    from icpfit.delivery.lists.crm_files import Crm, CrmFile
    from icpfit.delivery.lists.list_stream import ListScoring

__all__ = ["ScoredFiles", "write_scored"]


@dataclass(frozen=True, eq=False)
class ScoredFiles:
    """What was written.

    Attributes
    ----------
    counts : ListCounts
        Figures of the list.
    warnings : list of str
        What must be said of it.
    neutral : int
        Cells of the list itself that were made plain text.
    crm : CrmFile or None
        The file for a CRM.
    """

    counts: ListCounts
    warnings: list[str]
    neutral: int
    crm: CrmFile | None


def write_scored(
    asked: ListScoring,
    out: Path,
    names: dict[str, str],
    *,
    about: Callable[[ListCounts, Sequence[str]], About],
    crm: Crm | None = None,
    fields: CrmFields | None = None,
    record: Callable[[pa.Array, pa.RecordBatch], None] | None = None,
    progress: Callable[[str], None] | None = None,
) -> ScoredFiles:
    """Score a list and write all that belongs to it; each file whole, or not at all.

    Parameters
    ----------
    asked : ListScoring
        What is scored, with what.
    out : Path
        The scored list.
    names : dict of str to str
        Added column to its name in the file.
    about : callable
        Says what stands beside the list, from its figures and what must be said of it.
    crm, fields : str and CrmFields, optional
        The CRM that gets a file, and under which names.
    record : callable, optional
        Is given the ids and added columns of all rows.
    progress : callable, optional
        Told after each piece how many rows are scored, and how many a second.

    Returns
    -------
    ScoredFiles
        What was written.

    Raises
    ------
    OutputError
        If a file can't be written; what was there before stays.
    SourceError
        When the list was changed meanwhile.
    """
    counts = ListCounts()
    own = None if fields is None else f"own {fields.id}"
    with (
        crm_writer(out, crm, fields, asked.keys.rows) as crm_file,
        list_writer(out, asked.source, names) as writer,
    ):
        for each in scored_pieces(asked, counts, out, progress):
            writer.write(each)
            if record is not None:
                record(each.keys["id"], each.added)
            if crm_file is not None and own is not None:
                ids = each.keys[own]
                is_repeated = np.isin(key_hashes(ids), asked.keys.repeated_more)
                crm_file.write(each, ids, is_repeated.tolist())
        warnings = counts.warnings(asked.scorer.model, asked.spec)
        said = about(counts, warnings)
        writer.finish(said)
        neutral = writer.neutral
    if Path(out).suffix.lower() != ".xlsx":
        with whole_file(about_path(out)) as part:
            page = about_html(with_neutral_cells(said, neutral))
            part.write_text(page, encoding="utf-8", newline="\n")
    written = None if crm_file is None else crm_file.written()
    return ScoredFiles(counts, warnings, neutral, written)
