"""Cells in which a spreadsheet left something else than the value: errors, formulas, 1.2E+19."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from icpfit.data.contract import Kind

__all__ = ["lost_texts", "text_faults"]

# What a spreadsheet writes for a value that it could not compute, and a formula that nobody ran.
_ERRORS = r"^(?:#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA|#+)"
_LOST = _ERRORS + r"|=[A-Za-z0-9_\"'(+@$\[-].*)$"
# In a name or a comment words may follow an equals sign; a formula there has no small letters.
_LOST_IN_TEXT = _ERRORS + r"|=[A-Z0-9_\"'(+@$\[-][^a-z]*)$"
# 1.23457E+19 was an id of 20 digits: what is left of it may stand for many.
_SHORTENED = _LOST + r"|^[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{2,3}$"


def lost_texts(texts: pa.Array, kind: Kind) -> pa.Array:
    """Find the cells whose value a spreadsheet has lost.

    Parameters
    ----------
    texts : pyarrow.Array of string
        Trimmed cells.
    kind : str
        What they should be; only of an id a shortened number tells that it was longer.

    Returns
    -------
    pyarrow.Array of bool
        Whether each is such a cell; false where it is empty.

    Examples
    --------
    >>> lost_texts(pa.array(["#N/A", "N/A", "=A1", "1.2E+19"]), "category").to_pylist()
    [True, False, True, False]
    >>> lost_texts(pa.array(["=A1*2", "=SUM(A1:A9) Handels GmbH"]), "text").to_pylist()
    [True, False]
    """
    pattern = {"id": _SHORTENED, "text": _LOST_IN_TEXT}.get(kind, _LOST)
    return pc.fill_null(pc.match_substring_regex(texts, pattern=pattern), pa.scalar(False))


def text_faults(texts: list[str]) -> dict[str, tuple[str, str]]:
    """Say of each text what a spreadsheet has done to it.

    Parameters
    ----------
    texts : list of str
        Cells that are an error value, a formula or a shortened number, each once.

    Returns
    -------
    dict of str to tuple of str
        Problem and how to fix it, by text.

    Examples
    --------
    >>> text_faults(["#REF!", "1.23E+19"])["1.23E+19"][0]
    'is an id that a spreadsheet has shortened'
    """
    faults = {}
    for text in texts:
        if text.startswith("#"):
            fault = "is an error of the spreadsheet", "correct the cell there, or leave it empty"
        elif text.startswith("="):
            fault = (
                "is a formula without its result",
                "open the file in the spreadsheet program and save it, or write the value itself",
            )
        else:
            fault = (
                "is an id that a spreadsheet has shortened",
                "export it again, without opening it in a spreadsheet, or with the column as text",
            )
        faults[text] = fault
    return faults
