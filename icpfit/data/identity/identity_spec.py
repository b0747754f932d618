"""The settings that say how an export's customers are found among the accounts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Crosswalk", "CustomerList", "Match"]


@dataclass(frozen=True)
class Match:
    """How the account is found where an export doesn't have its id.

    Parameters
    ----------
    column : str or None
        Column of this export that tells the customer; that of ``account_id`` when not given.
    files : str or None
        An export that has the ids, a file or a glob; the accounts themselves when not given.
    to : str or None
        Its column that is compared.
    id : str or None
        Its column with the account's id.
    by : {"exact", "name", "domain"}
        How: to the letter; names without case and punctuation; the domain of a web or e-mail
        address.
    """

    column: str | None = None
    files: str | None = None
    to: str | None = None
    id: str | None = None
    by: Literal["exact", "name", "domain"] = "exact"

    def __post_init__(self) -> None:
        if self.files is None:
            for key in ("to", "id"):
                if getattr(self, key) is not None:
                    raise ValueError(f"{key}: names a column of files, which is missing; add it")
            if self.by == "exact":
                raise ValueError(
                    "by: expected domain or name where no files are given, found exact; map"
                    " account_id in columns instead"
                )
            return
        for key in ("to", "id"):
            if getattr(self, key) is None:
                raise ValueError(f"{key}: is missing; add it")


@dataclass(frozen=True)
class Crosswalk:
    """A table of another system's ids and the accounts that they are.

    Parameters
    ----------
    files : str
        A file or glob, relative to the folder of the data.
    id : str
        Its column with the other system's id.
    account_id : str
        Its column with the account's.
    confirm : str or None
        Its column that says which rows count; ``confirm``, where there is one, when not given.
    sheet : str or None
        Of a workbook with several.
    """

    files: str
    id: str = "their_id"
    account_id: str = "account_id"
    confirm: str | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class CustomerList:
    """The other system's own list of customers: what is known of them beside their id.

    Parameters
    ----------
    files : str
        A file or glob, relative to the folder of the data; it may be the export itself.
    id : str
        Its column with the id that the export uses.
    name, domain : str or None
        Its columns with the company's name, and its web or e-mail address.
    same : dict of str to str
        Attribute to its column, such as country or city: what is the same speaks for a pair, what
        differs against it.
    sheet : str or None
        Of a workbook with several.
    """

    files: str
    id: str
    name: str | None = None
    domain: str | None = None
    same: dict[str, str] = field(default_factory=dict)
    sheet: str | None = None

    def __post_init__(self) -> None:
        if self.name is None and self.domain is None:
            raise ValueError("name: is missing; name its column, or that of domain")
