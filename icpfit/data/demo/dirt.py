"""The dirt that real exports have: a little in each file, each kind once or a few times."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd

from icpfit.data.demo.names import HOSTILE_NAMES, account_numbers

__all__ = [
    "COMMENTS",
    "STRANGERS",
    "SUBJECTS",
    "SUBSIDIARIES",
    "dirty_accounts",
    "dirty_ledger",
    "dirty_prospects",
    "dirty_words",
    "exact",
    "with_total",
]

STRANGERS = account_numbers(np.arange(899_970, 899_976))
"""Account numbers that stand in ledgers and in no CRM: customers of a webshop closed long ago."""

SUBSIDIARIES = 12
SUBJECTS = ('Alarm "Kühlraum 2"\nplease call back; it is urgent', "Offene Punkte:\n- Sensor 4; 5")
"""Subjects of tickets over two lines, with quotes and the file's own delimiter."""
COMMENTS = ("=cmd|' /C calc'!A0", "<script>alert('nps')</script>\nnächste Zeile")
"""Comments that a spreadsheet or a browser would run."""


def dirty_accounts(
    accounts: pd.DataFrame, numbers: np.ndarray
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Hostile names, subsidiaries, one row twice, and two cells that can't be read.

    Parameters
    ----------
    accounts : pandas.DataFrame
        The export, oldest customer first, at least 100 rows.
    numbers : numpy.ndarray
        Account numbers for the subsidiaries, `SUBSIDIARIES` of them.

    Returns
    -------
    tuple of pandas.DataFrame and dict
        The export in the order of account numbers, and parent to subsidiary.
    """
    accounts = accounts.copy()
    for row, name in enumerate(HOSTILE_NAMES):
        accounts.loc[7 + 3 * row, "Account Name"] = name
    accounts.loc[40, "Employees"] = "1.250,00"
    accounts.loc[41, "Founded On"] = "00.00.1987"
    parents = accounts.index[50 : 50 + 2 * SUBSIDIARIES : 2]
    branches = accounts.loc[parents].copy()
    branches["Parent Account Number"] = accounts.loc[parents, "Account Number"]
    branches["Account Number"] = numbers[: len(branches)]
    branches["Account Name"] = [f"{name} Niederlassung Süd" for name in branches["Account Name"]]
    started = pd.to_datetime(branches["Contract Start Date"]) + pd.Timedelta(days=100)
    branches["Contract Start Date"] = started.dt.strftime("%Y-%m-%d")
    branches["Acquisition Cost"] = ""
    twice = accounts.loc[[60]]
    whole = pd.concat([accounts, branches, twice], ignore_index=True)
    whole = whole.sort_values("Account Number", kind="stable").reset_index(drop=True)
    family = dict(zip(branches["Parent Account Number"], branches["Account Number"], strict=True))
    return whole, family


def dirty_ledger(
    rows: pd.DataFrame,
    account: str,
    *,
    german: str | None = None,
    bad_date: tuple[str, str] | None = None,
    oddity: tuple[str, str] | None = None,
) -> pd.DataFrame:
    """Strangers' rows, a padded id, a line twice, and up to three kinds of unreadable cells.

    Parameters
    ----------
    rows : pandas.DataFrame
        The export, at least 50 rows.
    account : str
        Its column with the account number.
    german : str, optional
        Column in which two numbers are written the German way, with a thousands point.
    bad_date : tuple of str, optional
        Column and text of one date that doesn't exist.
    oddity : tuple of str, optional
        Column and text of one cell that holds something else than it should.

    Returns
    -------
    pandas.DataFrame
        The export with one row more.
    """
    rows = rows.copy()
    places = np.linspace(len(rows) * 0.1, len(rows) * 0.8, 12).astype(int)
    accounts = rows[account].to_numpy(dtype=object, copy=True)
    accounts[places[:3]] = STRANGERS[:3]
    accounts[places[3]] = f"  {accounts[places[3]]} "
    rows[account] = accounts
    if german is not None:
        cells = rows[german].to_numpy(dtype=object, copy=True)
        for place in places[4:6]:
            cells[place] = _german(cells[place])
        rows[german] = cells
    for place, cell in zip(places[6:8], (bad_date, oddity), strict=True):
        if cell is not None:
            rows.loc[rows.index[place], cell[0]] = cell[1]
    twice = rows.iloc[[places[8]]]
    after = int(places[8]) + 1
    return pd.concat([rows.iloc[:after], twice, rows.iloc[after:]], ignore_index=True)


def dirty_words(rows: pd.DataFrame, column: str, words: tuple[str, ...]) -> pd.DataFrame:
    """Put texts that give readers trouble into the first rows of a column.

    Parameters
    ----------
    rows : pandas.DataFrame
        The export, at least 50 rows.
    column : str
        The column.
    words : tuple of str
        The texts, at most 5.

    Returns
    -------
    pandas.DataFrame
        As many rows.
    """
    rows = rows.copy()
    for place, text in enumerate(words):
        rows.loc[rows.index[7 + 9 * place], column] = text
    return rows


def dirty_prospects(prospects: pd.DataFrame) -> pd.DataFrame:
    """Hostile names, a comment over two lines, cells that can't be read, a company twice.

    Parameters
    ----------
    prospects : pandas.DataFrame
        The list, at least 100 rows.

    Returns
    -------
    pandas.DataFrame
        The list with one row more.
    """
    prospects = prospects.copy()
    names = (*HOSTILE_NAMES, "<script>alert(1)</script> AG")
    for row, name in enumerate(names):
        prospects.loc[5 + 9 * row, "Company"] = name
    prospects.loc[12, "Note"] = '=HYPERLINK("http://example.com";"more")'
    prospects.loc[21, "Note"] = "Interested, but:\nask for Frau Müller, not before 10"
    prospects.loc[30, "Employees"] = "ca. 200"
    prospects.loc[31, "Employees"] = "2.400,00"
    prospects.loc[33, "Has IT Team"] = "maybe"
    return pd.concat([prospects, prospects.iloc[[70]]], ignore_index=True)


def with_total(rows: pd.DataFrame, amounts: tuple[str, ...]) -> pd.DataFrame:
    """Add the total line that accounting systems put at the end.

    Parameters
    ----------
    rows : pandas.DataFrame
        The export; text columns.
    amounts : tuple of str
        Columns to sum; German numbers are summed by their value.

    Returns
    -------
    pandas.DataFrame
        One row more; its first cell says Total.
    """
    total = dict.fromkeys(rows.columns, "")
    total[rows.columns[0]] = "Total"
    for column in amounts:
        total[column] = str(sum((exact(cell) for cell in rows[column]), Decimal(0)))
    return pd.concat([rows, pd.DataFrame([total])], ignore_index=True)


def exact(cell: str) -> Decimal:
    """Read the value of an amount as the export writes it, German or not.

    Parameters
    ----------
    cell : str
        Such as ``1200.50`` or ``1.200,50``.

    Returns
    -------
    decimal.Decimal
        Its value.

    Examples
    --------
    >>> exact("1.200,50") == exact("1200.50")
    True
    """
    return Decimal(cell.replace(".", "").replace(",", ".") if "," in cell else cell)


def _german(cell: str) -> str:
    whole, _, cents = f"{Decimal(cell):,.2f}".partition(".")
    return f"{whole.replace(',', '.')},{cents}"
