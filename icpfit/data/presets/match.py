"""An export that names customers by name, domain or e-mail: its ids found in another export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from icpfit.data.presets.statement import quoted_name

__all__ = ["MATCHED", "Match", "comparable", "matched_statement"]

#: Column that `matched_statement` adds.
MATCHED = "account (matched)"


@dataclass(frozen=True)
class Match:
    """Where the id of an export's customer is found.

    Parameters
    ----------
    column : str
        Column of this export that tells the customer.
    files : str
        The export that has the ids, a file or a glob.
    to : str
        Its column that is compared.
    id : str
        Its column with the account's id.
    by : {"exact", "name", "domain"}
        How: to the letter; names without case and punctuation; the domain of a web or e-mail
        address.
    """

    column: str
    files: str
    to: str
    id: str
    by: Literal["exact", "name", "domain"] = "exact"


def comparable(expression: str, by: str) -> str:
    r"""Write the SQL of what is compared.

    Parameters
    ----------
    expression : str
        SQL of a text.
    by : str
        As in `Match`.

    Returns
    -------
    str
        SQL of the text without what doesn't count; NULL where nothing is left.

    Examples
    --------
    >>> comparable('"Id"', "exact")
    'nullif(trim("Id"), \'\')'
    """
    if by == "name":
        return f"nullif(trim(regexp_replace(lower({expression}), '[^\\pL\\pN]+', ' ', 'g')), '')"
    if by == "domain":
        pattern = r"^\s*(?:[a-z]+://)?(?:[^@/\s]*@)?(?:www\.)?([^/:?#\s]+)"
        return f"nullif(regexp_extract(lower({expression}), '{pattern}', 1), '')"
    return f"nullif(trim({expression}), '')"


def matched_statement(select: str, match: Match, view: str) -> str:
    """Put the account's id beside each row of a SELECT.

    Parameters
    ----------
    select : str
        The statement.
    match : Match
        Where the ids are found.
    view : str
        Name of the view of that export.

    Returns
    -------
    str
        The statement with the column `MATCHED` more: the id, where exactly one account fits, else
        what the export says itself, so that the ledger counts the row as unmatched.
    """
    here = comparable(f"found.{quoted_name(match.column)}", match.by)
    there = comparable(quoted_name(match.to), match.by)
    return (
        f"WITH found AS (\n{select}\n), ids AS (\n"
        f"SELECT {there} AS key, min({quoted_name(match.id)}) AS id FROM {quoted_name(view)}\n"
        # Two accounts of one name: nobody can tell which it is.
        f"GROUP BY 1 HAVING count(DISTINCT {quoted_name(match.id)}) = 1\n)\n"
        f"SELECT found.*, coalesce(ids.id, found.{quoted_name(match.column)}) AS "
        f"{quoted_name(MATCHED)}\nFROM found LEFT JOIN ids ON {here} = ids.key"
    )
