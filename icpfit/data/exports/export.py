"""The exports that lie in a folder, each read as text, with the preset that its header tells."""

from __future__ import annotations

import csv
import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from icpfit.data.presets.preset import header_fits, presets
from icpfit.data.sources.encoding import file_bytes
from icpfit.data.sources.reader import text_table
from icpfit.data.sources.source_spec import DELIMITERS, Format
from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Export", "exports_in"]

_ENDINGS = (".csv", ".tsv", ".txt", ".parquet", ".xlsx")
_FIRST_LINES = 60


@dataclass(frozen=True, eq=False)
class Export:
    """One export: a file, or several of one layout, such as one for each year.

    Parameters
    ----------
    files : str
        The file, or the glob that stands for all of them, relative to the folder.
    columns : pyarrow.Table
        All rows as text.
    preset : str or None
        The preset that its header tells.
    """

    files: str
    columns: pa.Table
    preset: str | None

    @property
    def name(self) -> str:
        """A short name for the source: the file's, without digits and ending."""
        stem = re.sub(r"[^a-z]+", "_", self.files.rsplit(".", 1)[0].lower()).strip("_")
        return stem or "export"


def exports_in(
    folder: Path, progress: Callable[[str], None] | None = None
) -> tuple[list[Export], dict[str, str]]:
    """Read the exports of a folder.

    Parameters
    ----------
    folder : Path
        The folder; folders in it aren't looked at.
    progress : callable, optional
        Called with the name of each file as it is begun.

    Returns
    -------
    exports : list of Export
        By name. Files of one header whose names differ in digits only are one export.
    unread : dict of str to str
        Files that can't be read, and why.
    """
    say = progress or (lambda _: None)
    groups: dict[tuple[str, tuple[str, ...]], list[tuple[str, pa.Table, str | None]]] = {}
    unread: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        name = path.name
        if name.startswith((".", "~")) or path.suffix.lower() not in _ENDINGS or path.is_dir():
            continue
        say(name)
        try:
            header, known = _header(path)
            table = text_table(path, Format(), name, header)
        except SourceError as error:
            unread[name] = str(error)
            continue
        key = (re.sub(r"\d+", "*", name), tuple(table.columns.column_names))
        groups.setdefault(key, []).append((name, table.columns, known))
    exports = []
    for (pattern, _), members in groups.items():
        matches = {path.name for path in folder.glob(pattern)}
        if len(members) > 1 and matches == {name for name, _, _ in members}:
            whole = pa.concat_tables([columns for _, columns, _ in members])
            exports.append(Export(pattern, whole, members[0][2]))
        else:
            exports += [Export(*member) for member in members]
    return sorted(exports, key=lambda export: export.files), unread


def _header(path: Path) -> tuple[list[str], str | None]:
    """Find the header among the first lines: that of a preset, else the first of most cells."""
    file = file_bytes(path, path.name)
    if file.is_parquet or path.suffix.lower() == ".xlsx":
        columns = text_table(path, Format(), path.name).columns.column_names
        return [], _preset_of(columns)[1]
    with path.open(encoding=file.encoding, newline="", errors="replace") as handle:
        lines = list(itertools.islice(handle, _FIRST_LINES))
    best: tuple[int, int, list[str], str | None] = (0, 0, [], None)
    for delimiter in DELIMITERS:
        records: list[list[str]] = []
        try:
            records.extend(csv.reader(lines, delimiter=delimiter))
        except csv.Error:  # a quote left open, or a cell too long: the strict reader will say so
            continue
        for record in records[:20]:
            score, known = _preset_of(record)
            filled = len({cell.strip() for cell in record} - {""})
            if (score, filled) > best[:2]:
                best = (score, filled, record, known)
    return [cell.strip() for cell in best[2] if cell.strip()], best[3]


def _preset_of(header: list[str]) -> tuple[int, str | None]:
    scores = {name: header_fits(one, header) for name, one in presets().items()}
    name = max(scores, key=lambda one: (scores[one], one))
    return (scores[name], name) if scores[name] else (0, None)
