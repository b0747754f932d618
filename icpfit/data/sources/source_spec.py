"""How one export is read: its files, how their cells are written, what its columns are."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - settings() looks the field types up
import re
from dataclasses import dataclass, field
from typing import Literal

from icpfit.data.contract import TableName  # noqa: TC001
from icpfit.data.database.statement import check_query, check_table_name
from icpfit.data.identity.identity_spec import Crosswalk, CustomerList, Match  # noqa: TC001

__all__ = ["DELIMITERS", "TOTAL_TEXTS", "Format", "ProspectFiles", "Source"]

# Caret and backquote are offered by Salesforce's Data Loader.
DELIMITERS = (",", ";", "\t", "|", "^", "`")

# `total_rows` of every source, beside those that the YAML adds.
TOTAL_TEXTS = (
    "total",
    "totals",
    "grand total",
    "grand totals",
    "sum",
    "subtotal",
    "sub-total",
    "sub total",
    "summe",
    "gesamt",
    "gesamtsumme",
)


@dataclass(frozen=True)
class Format:
    """How a file and its cells are written.

    Parameters
    ----------
    delimiter : str or None
        One of ``, ; tab | ^ ```; seen from the header line when not given.
    encoding : str or None
        By the byte-order mark, else UTF-8, else cp1252 with a note, when not given.
    header_rows : int
        Rows that the header takes (1 to 9): 3 for Qualtrics, 2 for SurveyMonkey. A column is named
        by its cell in the first. Where that stands over several columns, the others left empty
        (a question with its options), the name is both: ``question / option``, with the option
        from the second row.
    sheet : str or None
        The sheet of a workbook to be read; needed when it has several.
    decimal : {".", ","}
        Decimal sign of numbers and money.
    thousands : str
        Thousands sign, empty when there is none.
    negatives : {"minus", "parentheses", "minus after"}
        How a number below zero is written, beside ``-1``: ``(1)`` or ``1-``.
    currency_sign : str
        A sign such as ``$`` or ``EUR`` that may stand before or behind a number, and is left out.
        Only one: amounts in two currencies must not become one column.
    percent : {"points", "share"} or None
        Whether a number written ``12 %`` means 12 or 0.12; refused when not given.
    dates : str
        ``strptime`` format; the default also takes ISO timestamps. ``excel`` reads the day numbers
        of a spreadsheet (1900 system), ``unix`` seconds since 1970 in UTC.
    true_texts, false_texts : list of str
        Texts of a flag, compared without case; ``true:`` and ``yes:`` would be no text in YAML.
    """

    delimiter: str | None = None
    encoding: str | None = None
    header_rows: int = 1
    sheet: str | None = None
    decimal: Literal[".", ","] = "."
    thousands: str = ""
    negatives: Literal["minus", "parentheses", "minus after"] = "minus"
    currency_sign: str = ""
    percent: Literal["points", "share"] | None = None
    dates: str = "%Y-%m-%d"
    true_texts: list[str] = field(default_factory=lambda: ["true", "t", "yes", "y", "1"])
    false_texts: list[str] = field(default_factory=lambda: ["false", "f", "no", "n", "0"])

    def __post_init__(self) -> None:
        if self.delimiter is not None and self.delimiter not in (*DELIMITERS, "tab"):
            raise ValueError(f"delimiter: expected one of , ; tab | ^ `, found {self.delimiter!r}")
        if not 1 <= self.header_rows <= 9:
            raise ValueError(f"header_rows: expected 1 to 9, found {self.header_rows}")
        if self.thousands not in ("", ".", ",", "'", "’", " ", "\u00a0", "\u202f", "_"):
            raise ValueError(
                f"thousands: expected one of . , ' _ or a space, found {self.thousands!r}"
            )
        if self.thousands == self.decimal:
            raise ValueError(f"thousands: is {self.thousands!r}, and so is decimal; one is wrong")
        if re.search(r"[\s\d+()%-]|^[.,]$", self.currency_sign):
            raise ValueError(
                f"currency_sign: expected a sign such as $ or EUR, found {self.currency_sign!r}"
            )
        if "%" not in self.dates and self.dates not in ("excel", "unix"):
            raise ValueError(
                f"dates: expected a format such as %d.%m.%Y, or excel, found {self.dates!r}"
            )
        both = {t.casefold() for t in self.true_texts} & {t.casefold() for t in self.false_texts}
        if both:
            raise ValueError(f"true_texts and false_texts: both hold {min(both)!r}")


@dataclass(frozen=True)
class Source:
    """One export, a SELECT over several, or rows of a database; how they map to the contract.

    Parameters
    ----------
    table : str
        The table of the contract that it fills.
    files : str or None
        A file or glob, relative to the folder of the data.
    select : str or None
        A SELECT over `tables` instead of `files`.
    tables : dict of str to str
        Name of a view to the file or glob that it shows, for `select`.
    url : str or None
        A database instead of files: its SQLAlchemy url, from an environment variable.
    query : str or None
        The SELECT that the database is asked.
    database_table : str or None
        Instead of `query`: the table or view, all of whose rows are read.
    timeout : int
        Seconds that the database may take before it answers each time.
    columns : dict of str to str
        Contract column to source column. When it is left out, the columns that bear the
        contract's own names are taken. For accounts an attribute may stand here too.
    constants : dict of str to str
        Contract column to a fixed text, which is parsed like a cell.
    format : Format
        How the file and its cells are written.
    covers : dict with keys ``from`` and ``to``, or None
        The days that the log covers; see the property `coverage`.
    duplicates : {"keep", "drop"}
        What becomes of rows that are identical in every cell and have no line_id.
    total_rows : list of str
        Further texts that mark a total line.
    match : Match or None
        How the account is found where the export doesn't have its id.
    crosswalk : Crosswalk or None
        A table of its ids and the accounts that they are.
    customers : CustomerList or None
        The other system's list of customers, for proposals.
    """

    table: TableName
    files: str | None = None
    select: str | None = None
    tables: dict[str, str] = field(default_factory=dict)
    url: str | None = field(default=None, repr=False)
    query: str | None = None
    database_table: str | None = None
    timeout: int = 600
    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    format: Format = field(default_factory=Format)
    covers: dict[str, dt.date] | None = None
    duplicates: Literal["keep", "drop"] = "keep"
    total_rows: list[str] = field(default_factory=list)
    match: Match | None = None
    crosswalk: Crosswalk | None = None
    customers: CustomerList | None = None

    def __post_init__(self) -> None:
        _one_origin(self)
        if self.covers is not None:
            for key in sorted(set(self.covers) - {"from", "to"}):
                raise ValueError(f"covers.{key}: there is no such key; known keys: from, to")
            first, last = self.coverage
            if first is not None and last is not None and first > last:
                raise ValueError(f"covers: from {first} lies after to {last}")
        for key in ("match", "crosswalk", "customers"):
            if self.table == "accounts" and getattr(self, key) is not None:
                raise ValueError(f"{key}: accounts are what ids are looked for in; leave it out")
        for key in sorted(set(self.columns) & set(self.constants)):
            raise ValueError(f"constants.{key}: stands in columns too; leave one of them out")

    @property
    def coverage(self) -> tuple[dt.date | None, dt.date | None]:
        """First and last day covered, as declared; ``None`` where it is left to the rows."""
        covers = self.covers or {}
        return covers.get("from"), covers.get("to")


@dataclass(frozen=True)
class ProspectFiles:
    """A named list of prospects: a file, a SELECT over several, or rows of a database."""

    files: str | None = None
    select: str | None = None
    tables: dict[str, str] = field(default_factory=dict)
    url: str | None = field(default=None, repr=False)
    query: str | None = None
    database_table: str | None = None
    timeout: int = 600

    def __post_init__(self) -> None:
        _one_origin(self)


def _one_origin(source: Source | ProspectFiles) -> None:
    """Refuse rows that come from nowhere, or from two places."""
    given = [key for key in ("files", "select", "url") if getattr(source, key) is not None]
    if len(given) != 1:
        raise ValueError(
            "give either files (a file or glob), select (with tables), or url (of a database, with"
            f" query or database_table); found {' and '.join(given) or 'none'}"
        )
    if source.select is not None and not source.tables:
        raise ValueError("tables: is missing; name the files that the select reads, as view: file")
    if source.select is None and source.tables:
        raise ValueError("tables: has no use without select; leave it out")
    asked = [key for key in ("query", "database_table") if getattr(source, key) is not None]
    if source.url is None:
        for key in asked:
            raise ValueError(f"{key}: has no use without url; say which database it asks")
        return
    if len(asked) != 1:
        found = " and ".join(asked) or "neither"
        raise ValueError(f"give query (a SELECT) or database_table with url; found {found}")
    if source.query is not None:
        check_query(source.query)
    if source.database_table is not None:
        check_table_name(source.database_table)
    if source.timeout < 1:
        raise ValueError(f"timeout: expected 1 second or more, found {source.timeout}")
