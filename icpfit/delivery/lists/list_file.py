"""The scored list as a file: every row and column that came in, as it came, and ours behind it."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from icpfit.delivery.lists.about import about_html, with_neutral_cells
from icpfit.delivery.lists.excel_file import write_workbook
from icpfit.delivery.lists.formulas import neutral_text, with_neutral_text
from icpfit.delivery.lists.list_columns import DECIMALS, written_names
from icpfit.delivery.whole_file import whole_file
from icpfit.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    import pyarrow as pa

    from icpfit.data.prospect_list import ProspectList
    from icpfit.delivery.lists.about import About

__all__ = ["LIST_ENDINGS", "about_path", "scored_path", "write_list"]

_PARQUET = (".parquet", ".pq")
_EXCEL = ".xlsx"
LIST_ENDINGS = (".csv", ".tsv", ".txt", *_PARQUET, _EXCEL)
"""What a scored list's name may end in."""

_CHUNK = 50_000


def write_list(
    path: Path | str,
    listed: ProspectList,
    scored: pd.DataFrame,
    decimal: Literal[".", ","] = ".",
    about: About | None = None,
) -> int:
    """Write a list with the added columns behind its own; all of it, or nothing.

    Parameters
    ----------
    path : Path or str
        Parquet where it ends in ``.parquet`` or ``.pq``, a workbook where in ``.xlsx``, else CSV in
        the list's own delimiter and encoding (comma and UTF-8 where the list was none).
    listed : ProspectList
        The list as it was read. Its header and cells are written as they were, in their order.
    scored : pandas.DataFrame
        The added columns, one row each; a number is NaN and a text None where there is nothing.
    decimal : {".", ","}
        Decimal sign of the numbers that are added to a CSV.
    about : About, optional
        What stands beside the list: in two more sheets of a workbook, else in a page of its own,
        ``<path>.about.html``. A workbook needs it.

    Returns
    -------
    int
        Cells of the list itself that were made plain text.

    Raises
    ------
    OutputError
        If the file can't be written; what was there before stays.
    ValueError
        If the two don't have the same number of rows.

    Notes
    -----
    In a CSV, money has 2 decimals, a probability 4, a score none. A text gets an apostrophe in
    front where a spreadsheet would take it for a formula, the list's own cells and header too:
    whoever filled in a web form may have written them. Numbers stay as they are. Parquet keeps
    every value. Characters that the encoding lacks become ``?`` in added texts. Cells are quoted
    where they have to be, rows end in a line feed.
    """
    if listed.original.num_rows != len(scored):
        found = f"{listed.original.num_rows} rows, its scores {len(scored)}"
        raise ValueError(f"the list has {found}")
    names = written_names(listed, scored.columns)
    kind = Path(path).suffix.lower()
    neutral = 0
    with whole_file(path) as part:
        if kind in _PARQUET:
            _write_parquet(part, listed.original, scored, names)
        elif kind == _EXCEL:
            if about is None:
                raise ValueError(f"{path}: a workbook needs what stands beside the list")
            cells = _text_columns(listed.original, path)
            return write_workbook(part, listed, cells, scored, names=names, about=about, shown=path)
        else:
            text, neutral = with_neutral_text(_text_columns(listed.original, path))
            _write_csv(part, listed, text, scored, names=names, decimal=decimal)
    if about is not None:
        with whole_file(about_path(path)) as part:
            page = about_html(with_neutral_cells(about, neutral))
            part.write_text(page, encoding="utf-8", newline="\n")
    return neutral


def about_path(path: Path | str) -> Path:
    """Return where the page beside a scored list lies.

    Parameters
    ----------
    path : Path or str
        The list, no workbook.

    Returns
    -------
    Path
        In the same folder.

    Examples
    --------
    >>> about_path("out/scored.csv").as_posix()
    'out/scored.csv.about.html'
    """
    return Path(f"{path}.about.html")


def scored_path(out: str | None, prospects: str, company: str) -> Path:
    """Return where a scored list is written.

    Parameters
    ----------
    out : str or None
        What ``out=`` says; without it the list's own name with ``_scored``, in the current folder.
    prospects : str
        The list: a path, or a name in the company's settings.
    company : str
        The company; stands before the name of a list that has no file name of its own.

    Returns
    -------
    Path
        As given, or relative to the current folder.

    Raises
    ------
    OutputError
        If it is the list itself: what came in is never overwritten.

    Examples
    --------
    >>> scored_path(None, "lists/Q3 (EMEA), v2.csv", "acme").as_posix()
    'Q3 (EMEA), v2_scored.csv'
    >>> scored_path(None, "young", "acme").as_posix()
    'acme_young_scored.csv'
    """
    given = Path(prospects).expanduser()
    if out:
        path = Path(out).expanduser()
    elif given.suffix:
        path = Path(f"{given.stem}_scored{given.suffix}")
    else:
        path = Path(f"{company}_{given.name}_scored.csv")
    if path.exists() and given.exists() and path.samefile(given):
        raise OutputError(f"out: '{path}' is the list itself; name another file")
    return path


def _write_parquet(
    part: Path, original: pa.Table, scored: pd.DataFrame, names: dict[str, str]
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = original
    for column in scored.columns:
        kind = pa.string() if DECIMALS[column] is None else pa.float64()
        values = pa.array(scored[column], type=kind, from_pandas=True)
        table = table.append_column(pa.field(names[column], kind), values)
    try:
        pq.write_table(table, part)
    except pa.ArrowNotImplementedError as error:
        said = str(error).splitlines()[0]
        raise OutputError(f"the list can't be written as Parquet ({said}); write a CSV") from None


def _text_columns(original: pa.Table, path: Path | str) -> pa.Table:
    from icpfit.data.sources.parquet_text import typed_text

    text = typed_text(original)
    if text.unreadable:
        name, kind = min(text.unreadable.items())
        raise OutputError(
            f"{path}: column '{name}' of the list holds {kind}, which a CSV can't;"
            " give out= a name that ends in .parquet"
        )
    return text.columns


def _write_csv(
    part: Path,
    listed: ProspectList,
    text: pa.Table,
    scored: pd.DataFrame,
    *,
    names: dict[str, str],
    decimal: str,
) -> None:
    header = [neutral_text(name) for name in (*listed.header, *names.values())]
    # csv leaves a lone carriage return unquoted, which would break the row for its reader.
    has_return = _has_return(text) or any("\r" in name for name in header)
    with part.open("w", encoding=listed.encoding, newline="") as file:
        writer = csv.writer(
            file,
            delimiter=listed.delimiter,
            lineterminator="\n",
            quoting=csv.QUOTE_ALL if has_return else csv.QUOTE_MINIMAL,
            strict=True,
        )
        writer.writerow(header)
        writer.writerows(_rows(text, scored, listed.encoding, decimal))


def _has_return(text: pa.Table) -> bool:
    import pyarrow.compute as pc

    return any(pc.any(pc.match_substring(column, "\r")).as_py() for column in text.columns)


def _rows(
    text: pa.Table, scored: pd.DataFrame, encoding: str, decimal: str
) -> Iterator[tuple[str, ...]]:
    for start in range(0, text.num_rows, _CHUNK):
        chunk = text.slice(start, _CHUNK)
        kept = [["" if cell is None else cell for cell in c.to_pylist()] for c in chunk.columns]
        block = scored.iloc[start : start + _CHUNK]
        ours = [_cells(name, block[name].tolist(), encoding, decimal) for name in block.columns]
        yield from zip(*kept, *ours, strict=True)


def _cells(name: str, values: list[Any], encoding: str, decimal: str) -> list[str]:
    decimals = DECIMALS[name]
    if decimals is None:
        # Texts repeat from row to row: each is made ready once.
        ready = {text: _safe(text, encoding) for text in set(values)}
        return [ready[text] for text in values]
    cells = ["" if math.isnan(value) else f"{value:.{decimals}f}" for value in values]
    return cells if decimal == "." else [cell.replace(".", decimal) for cell in cells]


def _safe(text: Any, encoding: str) -> str:
    if not isinstance(text, str):
        return ""
    plain = neutral_text(text).encode(encoding, "replace").decode(encoding)
    # A return would stand unquoted, see _write_csv.
    return plain.replace("\r", " ")
