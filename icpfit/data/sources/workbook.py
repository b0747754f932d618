"""Workbooks (.xlsx, .xlsm): sheets, texts and styles; the cells are in ``sheet_rows``."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from icpfit.data.sources.workbook_parts import blocks, unescaped
from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Sheet", "Workbook", "open_workbook"]

# Formats that Excel knows by number and that show a date; 45 to 47 show a span of time.
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(50, 59)}
_SPAN_FORMATS = {45, 46, 47}


@dataclass(frozen=True)
class Sheet:
    """A sheet of cells: its name, its part of the archive, and whether it is hidden."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True)
class Workbook:
    """What all sheets of a workbook share.

    Parameters
    ----------
    archive : ZipFile
        The open file.
    shown : str
        Its name in messages.
    sheets : tuple of Sheet
        In the order of the tabs.
    strings : list of str
        The texts that cells refer to by number.
    dates, spans : frozenset of int
        Cell styles that show a day, or a span of time.
    padded : dict of int to int
        Cell styles that show whole numbers with leading zeros, to how many digits.
    epoch_1904 : bool
        Whether days are counted from 1904.
    """

    archive: zipfile.ZipFile
    shown: str
    sheets: tuple[Sheet, ...]
    strings: list[str]
    dates: frozenset[int]
    spans: frozenset[int]
    padded: dict[int, int]
    epoch_1904: bool


@contextmanager
def open_workbook(path: Path, shown: str) -> Iterator[Workbook]:
    """Open a workbook, and close it afterwards.

    Parameters
    ----------
    path : Path
        The file.
    shown : str
        Its name in messages.

    Yields
    ------
    Workbook
        Its sheets, texts and styles; cells are read sheet by sheet.

    Raises
    ------
    SourceError
        When it is no workbook, is damaged, or unpacks to more than any real one does.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield _workbook(archive, shown)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise SourceError(
            f"{shown}: can't be read as a workbook ({error}); save it again, or as CSV"
        ) from None
    except expat.ExpatError as error:
        raise SourceError(f"{shown}: is a damaged workbook ({error}); save it again") from None


def _workbook(archive: zipfile.ZipFile, shown: str) -> Workbook:
    listed: list[tuple[str, str, bool]] = []
    epoch: list[bool] = []

    def of_workbook(tag: str, given: dict[str, str]) -> None:
        if tag == "sheet":
            key = next((v for k, v in given.items() if k.endswith("id") and k != "sheetId"), "")
            listed.append((given.get("name", ""), key, given.get("state", "") != ""))
        if tag == "workbookPr":
            epoch.append(given.get("date1904", "0") in ("1", "true"))

    parts: dict[str, str] = {}
    kinds: dict[str, str] = {}

    def of_links(tag: str, given: dict[str, str]) -> None:
        if tag == "Relationship":
            target = given.get("Target", "")
            base = "" if target.startswith("/") else "xl"
            kind = given.get("Type", "").rpartition("/")[2]
            parts[given.get("Id", "")] = posixpath.normpath(
                posixpath.join(base, target.lstrip("/"))
            )
            kinds[given.get("Id", "")] = kind

    if "xl/workbook.xml" not in archive.NameToInfo:
        raise SourceError(f"{shown}: is a zip archive, no workbook; unpack it first")
    _stream(archive, "xl/workbook.xml", shown, start=of_workbook)
    _stream(archive, "xl/_rels/workbook.xml.rels", shown, start=of_links)
    sheets = tuple(
        Sheet(name, parts[key], hidden)
        for name, key, hidden in listed
        if kinds.get(key) == "worksheet" and parts[key] in archive.NameToInfo
    )
    if not sheets:
        raise SourceError(f"{shown}: is a workbook without a sheet of cells; export it again")
    by_kind = {kind: parts[key] for key, kind in kinds.items()}
    strings = _strings(archive, by_kind.get("sharedStrings", ""), shown)
    dates, spans, padded = _styles(archive, by_kind.get("styles", ""), shown)
    return Workbook(archive, shown, sheets, strings, dates, spans, padded, any(epoch))


def _stream(
    archive: zipfile.ZipFile, part: str, shown: str, kind: str = "other", **handlers: Any
) -> None:
    for _ in blocks(archive, part, shown, kind=kind, **handlers):
        pass


def _strings(archive: zipfile.ZipFile, part: str, shown: str) -> list[str]:
    strings: list[str] = []
    texts: list[str] = []
    inside = {"t": False, "rPh": False}  # rPh: how it is pronounced, no part of the text

    def start(tag: str, _: dict[str, str]) -> None:
        if tag == "si":
            texts.clear()
        if tag in inside:
            inside[tag] = True

    def end(tag: str) -> None:
        if tag in inside:
            inside[tag] = False
        if tag == "si":
            strings.append(unescaped("".join(texts)))

    def text(data: str) -> None:
        if inside["t"] and not inside["rPh"]:
            texts.append(data)

    if part in archive.NameToInfo:
        _stream(archive, part, shown, start=start, end=end, text=text, kind="strings")
    return strings


def _styles(
    archive: zipfile.ZipFile, part: str, shown: str
) -> tuple[frozenset[int], frozenset[int], dict[int, int]]:
    codes: dict[int, str] = {}
    styles: list[int] = []
    inside = [False]

    def start(tag: str, given: dict[str, str]) -> None:
        if tag == "numFmt":
            codes[_whole(given.get("numFmtId"))] = given.get("formatCode", "")
        if tag == "cellXfs":
            inside[0] = True
        if tag == "xf" and inside[0]:
            styles.append(_whole(given.get("numFmtId")))

    def end(tag: str) -> None:
        if tag == "cellXfs":
            inside[0] = False

    if part in archive.NameToInfo:
        _stream(archive, part, shown, start=start, end=end)
    shown_as = [_shown_as(number, codes.get(number, "")) for number in styles]
    dates = frozenset(style for style, what in enumerate(shown_as) if what == "day")
    spans = frozenset(style for style, what in enumerate(shown_as) if what == "span")
    padded = {style: what for style, what in enumerate(shown_as) if isinstance(what, int)}
    return dates, spans, padded


def _shown_as(number: int, code: str) -> str | int | None:
    """Tell what a number format shows: a day, a span of time, so many digits, or the number."""
    # Texts in quotes, colours and escaped letters show nothing of the value.
    bare = re.sub(r'"[^"]*"|\\.|_.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', "", code.lower())
    if number in _SPAN_FORMATS or re.search(r"\[[hms]+\]", bare):
        return "span"
    if number in _DATE_FORMATS or re.search(r"[dmyhs]", bare.partition(";")[0]):
        return "day"
    return len(bare) if re.fullmatch(r"0{2,20}", bare) else None


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
