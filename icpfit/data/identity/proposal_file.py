"""Proposals as a table that a person opens in a spreadsheet, confirms, and hands back."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from icpfit.data.identity.sheet_text import guarded, unguarded
from icpfit.data.sources.cells import trimmed
from icpfit.data.sources.reader import text_table
from icpfit.data.sources.rejected_rows import written_beside
from icpfit.data.sources.source_spec import Format
from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from icpfit.data.identity.proposals import Company, Proposal
    from icpfit.data.table_spec import DataSpec

__all__ = ["COLUMNS", "ProposalFile", "write_proposals", "written_proposals"]

# The last one is never empty: Excel saves no delimiter before a last cell that 16 rows leave empty.
COLUMNS = (
    "their_id", "their_name", "account_id", "account_name", "similarity", "looks_like",
    "next_nearest", "money", "confirm", "rows",
)  # fmt: skip
"""Columns of the file; `their_id`, `account_id` and `confirm` are what a crosswalk is read by."""

_KEYS = ("their_id", "account_id", "confirm")


@dataclass(frozen=True)
class ProposalFile:
    """A file of proposals that waits for a person.

    Parameters
    ----------
    source : str
        Whose customers they are.
    path : Path
        The file.
    files : str
        What ``crosswalk.files`` of the source has to say, so that confirmed rows count.
    is_named : bool
        Whether it says so already.
    waiting, proposed : int
        Customers of whom nothing is said yet, and those of them with an account proposed.
    rows : int
        Rows that hang on those proposed.
    money : float or None
        Their amounts, in the company's currency.
    """

    source: str
    path: Path
    files: str
    is_named: bool
    waiting: int
    proposed: int
    rows: int
    money: float | None


def written_proposals(
    proposed: Mapping[str, Sequence[Proposal]], spec: DataSpec, root: Path, company: str
) -> tuple[ProposalFile, ...]:
    """Write the proposals of each source to ``data/matches/<company>/<source>.csv``.

    Parameters
    ----------
    proposed : mapping of str to sequence of Proposal
        Source to its proposals.
    spec : DataSpec
        The settings of the company's data.
    root : Path
        The folder in which data/ lies.
    company : str
        The company's short name.

    Returns
    -------
    tuple of ProposalFile
        Those in which something waits for a person: an answer, or, where all have theirs
        (``waiting`` is 0), that the file is named as the crosswalk. Nothing is written where nobody
        looks like an account and no list of customers is named.

    Raises
    ------
    SourceError
        When a file of this name is something else.
    OutputError
        When one can't be written.
    """
    waiting = []
    for source, each in proposed.items():
        path = root / "data" / "matches" / company / f"{source}.csv"
        shown = f"data/matches/{company}/{source}.csv"
        if spec.sources[source].customers is None and not any(one.similarity for one in each):
            continue
        left = write_proposals(path, each, shown)
        files = _seen_from(path, root / spec.folder)
        crosswalk = spec.sources[source].crosswalk
        is_named = crosswalk is not None and crosswalk.files == files
        if not left and (is_named or not each):
            continue
        fresh = [one for one in left if one.account is not None]
        amounts = [one.stranger.money for one in fresh if one.stranger.money is not None]
        rows = sum(one.stranger.rows for one in fresh)
        money = sum(amounts) if amounts else None
        waiting.append(
            ProposalFile(source, path, files, is_named, len(left), len(fresh), rows, money)
        )
    return tuple(waiting)


def _seen_from(path: Path, folder: Path) -> str:
    try:
        return os.path.relpath(path.resolve(), folder.resolve()).replace(os.sep, "/")
    except ValueError:  # another drive
        return path.resolve().as_posix()


def write_proposals(
    path: Path, proposed: Sequence[Proposal], shown: str = ""
) -> tuple[Proposal, ...]:
    """Write proposals for a person to confirm; what was confirmed in the file stays as it is.

    Parameters
    ----------
    path : Path
        The file. Where it is there already, every row with something under ``confirm`` is kept to
        the letter, with all columns that the person added; the other rows are made anew.
    proposed : sequence of Proposal
        In the order in which they are written; before the rows kept.
    shown : str
        Name of the file in messages.

    Returns
    -------
    tuple of Proposal
        Those of which a person has said nothing yet; without any, nothing is written.

    Raises
    ------
    SourceError
        When a file of this name is no such list, or can't be read; it is left as it is.
    OutputError
        When it can't be written.

    Notes
    -----
    The file begins with a byte-order mark. Text that a spreadsheet would run, or write in another
    way when it saves (0012, 1/2), has an apostrophe in front, which is taken off when it is read.
    """
    header, kept = _kept(path, shown or path.name)
    decided = {unguarded(row["their_id"]) for row in kept}
    fresh = tuple(one for one in proposed if one.stranger.id not in decided)
    if not fresh:
        return ()
    with written_beside(path, encoding="utf-8-sig") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(header)
        for one in fresh:
            cells = _cells(one)
            writer.writerow([cells.get(name, "") for name in header])
        writer.writerows([row[name] for name in header] for row in kept)
    return fresh


def _kept(path: Path, shown: str) -> tuple[list[str], list[dict[str, str]]]:
    if not path.is_file():
        return list(COLUMNS), []
    found = text_table(path, Format(), shown, _KEYS)
    names = found.columns.column_names
    missing = [name for name in _KEYS if name not in names]
    if missing or found.ragged:
        what = (
            f"has no column '{missing[0]}'"
            if missing
            else f"line {found.ragged[0].line} doesn't fit its header"
        )
        raise SourceError(
            f"{shown}: {what}; mend it, or move it away so that proposals can be written there"
        )
    columns = {name: trimmed(found.columns[name]).to_pylist() for name in names}
    rows = [
        {name: columns[name][row] or "" for name in names} for row in range(found.columns.num_rows)
    ]
    header = [*COLUMNS, *(name for name in names if name not in COLUMNS)]
    kept = [dict.fromkeys(header, "") | row for row in rows if row["confirm"]]
    return header, kept


def _cells(one: Proposal) -> dict[str, str]:
    account, money = one.account, one.stranger.money
    cells = {
        "their_id": guarded(one.stranger.id),
        "their_name": guarded(one.stranger.name or one.stranger.domain or ""),
        "account_id": guarded(account.id) if account else "",
        "account_name": guarded(account.name or "") if account else "",
        "similarity": f"{one.similarity:.2f}" if one.similarity else "",
        "looks_like": one.looks_like,
        "next_nearest": guarded("; ".join(_named(each, score) for each, score in one.others)),
        "rows": str(one.stranger.rows),
        "money": "" if money is None else f"{money:.2f}",
        "confirm": "",
    }
    if account is None and one.others:
        cells["looks_like"] = "unsure"
    return cells


def _named(company: Company, score: float) -> str:
    return f"{company.id} {company.name or company.domain or ''} ({score:.2f})"
