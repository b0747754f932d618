"""A crosswalk: another system's ids and the accounts that they are, read strictly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from icpfit.data.identity.listed_rows import ListedRow, listed_rows
from icpfit.data.identity.sheet_text import unguarded
from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from icpfit.data.identity.identity_spec import Crosswalk
    from icpfit.data.sources.source_files import DataFolder
    from icpfit.data.sources.source_spec import Format

__all__ = ["CrosswalkRead", "confirmed", "read_crosswalk"]

_YES = frozenset({"yes", "y", "true", "t", "1", "x", "ja", "j", "wahr", "oui", "si", "sí"})
_NO = frozenset({"", "no", "n", "false", "f", "0", "nein", "falsch", "non"})


@dataclass(frozen=True)
class CrosswalkRead:
    """What a crosswalk says.

    Parameters
    ----------
    accounts : dict of str to str
        The other system's id to the account.
    no_account : tuple of str
        Its ids whose account there is not.
    without_account : int
        Its ids with no account beside them.
    unconfirmed : int
        Rows of which nobody has said yes or no.
    digests : dict of str to str
        SHA-256 of each file.
    """

    accounts: dict[str, str]
    no_account: tuple[str, ...]
    without_account: int
    unconfirmed: int
    digests: dict[str, str]


def read_crosswalk(
    crosswalk: Crosswalk,
    fmt: Format,
    folder: DataFolder,
    where: str,
    account: Callable[[str], str | None],
) -> CrosswalkRead:
    """Read which accounts another system's ids are.

    Parameters
    ----------
    crosswalk : Crosswalk
        Its settings.
    fmt : Format
        How its files are written.
    folder : DataFolder
        What its files are relative to.
    where : str
        Path of its key in the settings, for messages.
    account : callable
        Gives the account of an id, or None.

    Returns
    -------
    CrosswalkRead
        Only rows that are confirmed, where the file has such a column.

    Raises
    ------
    SourceError
        For a missing file or column, a row that doesn't fit the header, an id with two accounts,
        a confirmed row without an id or account, or a confirmation that is neither yes nor no.
    """
    digests: dict[str, str] = {}
    needed = [crosswalk.id, crosswalk.account_id]
    needed += [crosswalk.confirm] if crosswalk.confirm else []
    optional = [] if crosswalk.confirm else ["confirm"]
    first: dict[str, tuple[str, ListedRow]] = {}
    gone: dict[str, None] = {}
    without = unconfirmed = 0
    rows = listed_rows(
        crosswalk.files, fmt, folder, needed=needed, optional=optional, where=where, digests=digests
    )
    column = crosswalk.confirm or "confirm"
    for row in rows:
        has_column = column in row.cells
        if has_column and not confirmed(row, column):
            unconfirmed += not row.cells[column]
            continue
        theirs, ours = (
            unguarded(row.cells[crosswalk.id]),
            unguarded(row.cells[crosswalk.account_id]),
        )
        if not theirs and not ours and not has_column:
            continue
        if not theirs or (has_column and not ours):
            empty = crosswalk.account_id if theirs else crosswalk.id
            raise SourceError(
                f"{row.place}: '{empty}' is empty in a row that counts; fill it, or clear the row"
            )
        if not ours:
            without += 1
            continue
        found = account(ours)
        if found is None:
            gone[theirs] = None
        meant = found or ours
        other, place = first.setdefault(theirs, (meant, row))
        if other != meant:
            raise SourceError(
                f"{row.place}: '{theirs}' is account '{meant}' here and '{other}' in"
                f" {place.place}; keep one of them"
            )
    accounts = {one: meant for one, (meant, _) in first.items() if one not in gone}
    return CrosswalkRead(accounts, tuple(gone), without, unconfirmed, digests)


def confirmed(row: ListedRow, column: str) -> bool:
    """Return whether a person said yes to a row.

    Parameters
    ----------
    row : ListedRow
        The row.
    column : str
        Its column of confirmations.

    Returns
    -------
    bool
        False for no, and where nothing is said.

    Raises
    ------
    SourceError
        For any other word.
    """
    said = row.cells[column].casefold()
    if said in _YES:
        return True
    if said in _NO:
        return False
    raise SourceError(f"{row.place}: '{column}' is '{row.cells[column]}'; write yes or no")
