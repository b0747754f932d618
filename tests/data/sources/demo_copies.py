"""The demo company's exports, handed in with typed cells: as Parquet, as workbooks, or to a database."""

from __future__ import annotations

import datetime as dt
import decimal
import hashlib
import importlib.util
import io
import re
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from icpfit.data.sources.reader import text_table
from icpfit.data.sources.source_spec import Format

PROJECT = Path(__file__).parents[3]
_place = PROJECT / "tests" / "data" / "hostile" / "workbooks.py"
_found = importlib.util.spec_from_file_location("workbooks", _place)
books = importlib.util.module_from_spec(_found)
sys.modules["workbooks"] = books
_found.loader.exec_module(books)


def _value(text):
    """A cell as a person would have typed it: a day, a number, or a text."""
    if re.fullmatch(r"-?(0|[1-9]\d{0,14})(\.\d{1,4})?", text):
        return decimal.Decimal(text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d|\d\d\.\d\d\.\d{4}", text):
        form = "%Y-%m-%d" if text[4] == "-" else "%d.%m.%Y"
        try:
            return dt.datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            return text
    return text


def columns(path):
    """Every column of an export, by name: its cells, None where there is nothing."""
    table = text_table(path, Format(), path.name)
    assert not table.ragged
    found = {}
    for name in table.columns.column_names:
        texts = table.columns[name].to_pylist()
        found[name] = [_value(text) if text else None for text in texts]
    return found


def typed(cells):
    """The type that all cells of a column have, else str."""
    kinds = {type(cell) for cell in cells if cell is not None}
    return kinds.pop() if len(kinds) == 1 else str


def plain(cell, written):
    """A cell of a column of texts, as its export writes it."""
    if isinstance(cell, dt.date):
        return cell.strftime("%d.%m.%Y") if written == "%d.%m.%Y" else cell.isoformat()
    return None if cell is None else str(cell)


def as_parquet(path, written):
    """The same rows as Parquet, each column typed where all its cells are."""
    made = {}
    for name, cells in columns(path).items():
        kind = typed(cells)
        if kind is str:
            made[name] = pa.array([plain(cell, written) for cell in cells], pa.string())
        else:
            made[name] = pa.array(cells, pa.date32() if kind is dt.date else pa.decimal128(20, 4))
    pq.write_table(pa.table(made), path.with_suffix(".parquet"))


def as_workbook(path, written):
    """The same rows as a workbook, each cell by itself."""

    def cell(value):
        if isinstance(value, dt.date):
            # A spreadsheet knows no day before March 1900 but as a text.
            early = value < dt.date(1900, 3, 1)
            return value.isoformat() if early else ((value - dt.date(1899, 12, 30)).days, books.DAY)
        return float(value) if isinstance(value, decimal.Decimal) else value

    found = columns(path)
    rows = [list(found), *([cell(value) for value in row] for row in zip(*found.values(), strict=True))]  # fmt: skip
    path.with_suffix(".xlsx").write_bytes(books.workbook({"Export": rows}))


def company_values(made=None):
    """The settings of the demo company, with the books of a smaller one."""
    text = (PROJECT / "conf" / "data" / "demo.yaml").read_text(encoding="utf-8")
    values = yaml.safe_load(text)
    return values if made is None else values | {"controls": made.controls}


def with_ending(values, ending):
    """The same settings for exports of another kind."""
    sources = {}
    for name, source in values["sources"].items():
        changed = dict(source)
        if "files" in changed:
            changed["files"] = changed["files"].replace(".csv", ending)
        if "tables" in changed:
            changed["tables"] = {k: v.replace(".csv", ending) for k, v in changed["tables"].items()}
        sources[name] = changed
    return {**values, "sources": sources}


def as_database(folder, url):
    """The same rows in tables of PostgreSQL: one for each export, the years of the invoices in one."""
    import psycopg

    names = {bool: "boolean", dt.date: "date", decimal.Decimal: "numeric", str: "text"}
    groups = {}
    for path in sorted(folder.glob("*.csv")):
        if path.name != "truth.csv":
            groups.setdefault(path.stem.split("_2")[0], []).append(path)
    with psycopg.connect(url) as connection:
        for table, paths in groups.items():
            written = "%d.%m.%Y" if table == "invoices" else ""
            found = {}
            for path in paths:
                for name, cells in columns(path).items():
                    found.setdefault(name, []).extend(cells)
            kinds = {name: typed(cells) for name, cells in found.items()}
            listed = ", ".join(f'"{name}" {names[kind]}' for name, kind in kinds.items())
            connection.execute(f'CREATE TABLE "{table}" ({listed})')
            made = [
                [plain(cell, written) for cell in cells] if kinds[name] is str else cells
                for name, cells in found.items()
            ]
            with connection.cursor().copy(f'COPY "{table}" FROM STDIN') as copy:
                for row in zip(*made, strict=True):
                    copy.write_row(row)


def with_database(values, url):
    """The same settings for those tables."""
    sources = {}
    for name, source in values["sources"].items():
        changed = {k: v for k, v in source.items() if k not in ("files", "select", "tables")}
        changed["url"] = url
        if "select" in source:
            changed["query"] = re.sub(r",\s*_file, _line.*\n", "\n", source["select"])
            changed["query"] = re.sub(r"\bId AS", '"Id" AS', changed["query"])
        else:
            changed["database_table"] = source["files"].removesuffix(".csv").removesuffix("_*")
        sources[name] = changed
    listed = {"demo": {"url": url, "query": 'SELECT * FROM prospects ORDER BY "Prospect ID"'}}
    prospects = {**values["prospects"], "lists": listed}
    return {**values, "sources": sources, "prospects": prospects}


def accounts_of(values, root):
    """Tables and accounts of a company."""
    from icpfit.company import company_settings
    from icpfit.data.tables import read_tables
    from icpfit.economics.outcome import joined_accounts

    company = company_settings(values)
    tables = read_tables(company.data, root)
    return tables, joined_accounts(tables, company.data, company.economics)


def accounts_bytes(accounts):
    """SHA-256 of everything that is known of every account: facts, dates, outcomes."""
    digest = hashlib.sha256()
    for frame in (accounts.facts, accounts.dates, accounts.outcomes):
        sink = io.BytesIO()
        table = pa.Table.from_pandas(frame, preserve_index=True)
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
        digest.update(sink.getvalue())
    return digest.hexdigest()


def model_texts(accounts, folder):
    """SHA-256 of every file of the model that is learned from these accounts."""
    from icpfit.evidence.learning import inspected_columns, learned_model
    from icpfit.fit.bundle import write_bundle
    from icpfit.fit.split import holdout_split

    fit = accounts.outcomes.loc[accounts.used, "fit"].astype(bool)
    learned = holdout_split(accounts.dates, fit).train
    chosen = inspected_columns(accounts, learned, features=None, prospects=None, seed=7)
    trained = learned_model(accounts, learned, chosen, company="demo", objective="margin", seed=7)
    write_bundle(trained.model, folder)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}  # fmt: skip
