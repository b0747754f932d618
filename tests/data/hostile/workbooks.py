"""Workbooks written by hand, part by part, so that each can be wrong in one way."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
# Cell styles by place: plain, a day, a day and time, hours and minutes, five digits, percent.
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="1">'
    '<numFmt numFmtId="164" formatCode="[$-407]dd\\.mm\\.yyyy hh:mm"/>'
    '<numFmt numFmtId="165" formatCode="[h]:mm"/><numFmt numFmtId="166" formatCode="00000"/>'
    '</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>'
    '<xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/>'
    '<xf numFmtId="10"/></cellXfs></styleSheet>'
)
PLAIN, DAY, MOMENT, SPAN, FIVE_DIGITS, PERCENT = range(6)


def letters(column):
    """Letters of a column, 1 = A."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def cell(place, value):
    """One cell: text, a number, a flag, (number, style), or XML as it stands."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.decode().replace("PLACE", place)
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, tuple):
        return f'<c r="{place}" s="{value[1]}"><v>{value[0]}</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'


def sheet(rows, after="", numbers=None):
    """The XML of a sheet."""
    numbers = numbers or range(1, len(rows) + 1)
    written = "".join(
        f'<row r="{number}">'
        + "".join(cell(f"{letters(i)}{number}", value) for i, value in enumerate(row, start=1))
        + "</row>"
        for number, row in zip(numbers, rows, strict=True)
    )
    return f'<worksheet xmlns="{MAIN}"><sheetData>{written}</sheetData>{after}</worksheet>'


def workbook(sheets, *, strings=None, epoch_1904=False, **parts):
    """Bytes of a workbook: name of each sheet to its rows, or to its XML."""
    named = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{i}" r:id="rId{i}"/>'
        for i, name in enumerate(sheets, start=1)
    )
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{LINKS}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i, _ in enumerate(sheets, start=1)
    )
    links += f'<Relationship Id="rIdS" Type="{LINKS}/styles" Target="/xl/styles.xml"/>'
    links += f'<Relationship Id="rIdT" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/>'
    files = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">'
        f'<workbookPr date1904="{int(epoch_1904)}"/><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>',
        "xl/styles.xml": STYLES,
    }
    if strings is not None:
        listed = "".join(f"<si>{text}</si>" for text in strings)
        files["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{listed}</sst>'
    for i, rows in enumerate(sheets.values(), start=1):
        files[f"xl/worksheets/sheet{i}.xml"] = rows if isinstance(rows, str) else sheet(rows)
    files |= {name.replace("__", "/"): text for name, text in parts.items()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()
