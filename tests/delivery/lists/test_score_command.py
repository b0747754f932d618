"""`icpfit score` from the first file to the last: what sales gets, in each form, and what bad lists get."""

import csv
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from icpfit.data.sources.reader import text_table
from icpfit.data.sources.source_spec import Format
from icpfit.delivery.lists.scored_list import ADDED_COLUMNS

pytestmark = pytest.mark.slow

MODEL_S_OWN = [
    "fit_grade", "fit_score", "margin_if_won", "margin_p10", "margin_p90", "fit_if_won",
    "reasons_for", "reasons_against",
]  # fmt: skip


def rows(path, delimiter=",", encoding="utf-8"):
    with Path(path).open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def sheets(path):
    """Every sheet of a workbook as rows of cells, read by the strict reader and by its XML."""
    from icpfit.data.sources.workbook import open_workbook

    with open_workbook(path, str(path)) as book:
        names = [sheet.name for sheet in book.sheets]
    first = text_table(path, Format(sheet=names[0]), str(path)).columns.to_pylist()
    return names, first


def test_what_sales_gets(score):
    done = score("prospects=mine", "out=s.csv", "capacity=6", "capacity_by=Owner")
    assert done.code == 0, done.err
    found = rows(done.folder / "s.csv")
    assert list(found[0])[8:] == [*ADDED_COLUMNS, "next_step", "relation", "call_order", "call_for"]
    assert found[3]["relation"] == "customer 100 (same web site)"
    assert found[4]["relation"] == "former customer 200 (same web site)"
    assert found[5]["relation"] == "subsidiary of customer 100"
    assert found[6]["relation"] == "twice in the list, also as L00007"
    assert found[7]["relation"] == "twice in the list, also as L00006"
    assert {row["relation"] for row in found[8:]} == {""}
    called = [row for row in found if row["call_order"]]
    assert len(called) >= 9
    for row in found:
        if row["relation"]:
            assert (row["next_step"], row["call_order"]) == ("check", "")
            assert row["fit_grade"], "told, not dropped"
        if row["fit_grade"] in ("A", "B"):
            assert float(row["margin_if_won"]) > 0
    for owner in ("Eve", "Bob", ""):
        mine = sorted((int(r["call_order"]), r) for r in called if r["Owner"] == owner)
        assert [place for place, _ in mine] == list(range(1, len(mine) + 1))
        best = [float(r["margin_if_won"]) for _, r in mine if r["call_for"] == "best"]
        assert best == sorted(best, reverse=True)
    unowned = sum(row["Owner"] == "" for row in called)
    assert f"{unowned} calls are of rows that nobody owns (capacity_by)" in done.err
    assert "1 cell begins like a formula" in done.err
    assert found[9]["Company"] == "'=SUM(A1:A9) Handel"


def test_the_rows_in_the_order_of_the_calls(score):
    assert score("prospects=mine", "out=s.csv", "capacity=5", "sort=call_order").code == 0
    done = score("prospects=mine", "out=plain.csv", "capacity=5")
    ordered, plain = rows(done.folder / "s.csv"), rows(done.folder / "plain.csv")
    assert [row["call_order"] for row in ordered[:6]] == ["1", "2", "3", "4", "5", ""]
    assert sorted(map(str, ordered)) == sorted(map(str, plain))


def test_the_rows_that_nobody_owns_are_called_last(score):
    done = score(
        "prospects=mine", "out=s.csv", "capacity=6", "capacity_by=Owner", "sort=call_order"
    )
    owners = [row["Owner"] for row in rows(done.folder / "s.csv") if row["call_order"]]
    assert list(dict.fromkeys(owners)) == ["Bob", "Eve", ""]


def test_what_came_typed_stays_typed_in_a_workbook(score, strangers, tmp_path):
    """Days, numbers and flags of a workbook and of Parquet; texts that look like them stay texts."""
    listed = strangers(30, seed=3)
    typed = {
        "Next meeting": [dt.date(2026, 12, 1 + k) for k in range(30)],
        "Seen at": [dt.datetime(2026, 1, 2, 13, 45, k) for k in range(30)],  # noqa: DTZ001
        "Discount": [k / 8 for k in range(30)],
        "Opt in": [k % 3 == 0 for k in range(30)],
        "Zip": [f"{k:05}" for k in range(30)],
        "Note": ["2026-12-01", "true", "0.25"] * 10,
    }
    table = pa.table({**{name: listed[name].tolist() for name in listed.columns}, **typed})
    pq.write_table(table, tmp_path / "in.parquet")
    with xlsxwriter.Workbook(
        tmp_path / "in.xlsx", {"default_date_format": "dd.mm.yy hh:mm"}
    ) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, table.column_names)
        for k, row in enumerate(table.to_pylist(), start=1):
            for place, cell in enumerate(row.values()):
                write = sheet.write_string if isinstance(cell, str) else sheet.write
                write(k, place, cell)
    plan = ("capacity=5", "sort=call_order")
    for ending in ("xlsx", "parquet"):
        done = score(f"prospects=in.{ending}", f"out={ending}.xlsx", *plan)
        assert done.code == 0, done.err
        found = text_table(tmp_path / f"{ending}.xlsx", Format(sheet="Scored list"), "out")
        kinds = {
            name: found.typed[name].to_pylist() if name in found.typed else [] for name in typed
        }
        for name in ("Next meeting", "Seen at", "Discount", "Opt in"):
            assert all(kinds[name]), name
        assert not any(kinds["Zip"] + kinds["Note"])
        ids = {name: k for k, name in enumerate(listed["Lead"])}
        order = [ids[name] for name in found.columns["Lead"].to_pylist()]
        assert order != sorted(order)
        expected = text_table(tmp_path / "in.xlsx", Format(), "in").columns.select([*typed])
        assert found.columns.select([*typed]).equals(expected.take(pa.array(order)))


def test_each_form_says_the_same(score, acme):
    for ending in ("csv", "parquet", "xlsx"):
        done = score("prospects=mine", f"out=s.{ending}", "capacity=5")
        assert done.code == 0, done.err
    as_csv = rows(done.folder / "s.csv")
    as_parquet = pq.read_table(done.folder / "s.parquet").to_pylist()
    names, as_excel = sheets(done.folder / "s.xlsx")
    assert names == ["Scored list", "What it means", "Counts and model"]
    assert len(as_csv) == len(as_parquet) == len(as_excel) == 60
    for text, typed, cell in zip(as_csv, as_parquet, as_excel, strict=True):
        assert set(text) == set(typed) == set(cell)
        for name in ("Lead", *MODEL_S_OWN, "relation", "next_step", "call_order"):
            value = typed[name]
            if isinstance(value, float):
                assert float(text[name]) == value
                assert float(cell[name]) == value
            else:
                assert text[name] == (value or "")
                assert (cell[name] or "") == (value or "")
        assert (cell["Company"] or "") == typed["Company"], "a sheet keeps the text itself"
    assert list(as_excel[0])[:4] == ["Lead", "Company", "fit_grade", "next_step"]
    # On paper: as wide as a page, up to the column that says who a row is already.
    relation = chr(ord("A") + list(as_excel[0]).index("relation"))
    with zipfile.ZipFile(done.folder / "s.xlsx") as book:
        pages = book.read("xl/workbook.xml").decode()
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert f"'Scored list'!$A$1:${relation}$61" in pages
    assert 'paperSize="9"' in sheet
    assert 'fitToHeight="0"' in sheet


def test_beside_a_csv_lies_what_it_means(score):
    done = score("prospects=mine", "out=s.csv", "capacity=5")
    page = (done.folder / "s.csv.about.html").read_text(encoding="utf-8")
    for said in ("icpfit-acme v1", "A: ", "were a profitable fit", "next_step", "call_order",
                 "begins like a formula", "5 calls", "depend on the row and the model only"):  # fmt: skip
        assert said in page, said
    assert sorted(p.name for p in done.folder.iterdir()) == ["s.csv", "s.csv.about.html"]


def test_a_row_scores_the_same_in_any_list(score, acme):
    """Whole, shuffled, in pieces, on two threads: what the model says of a row is the row's alone."""
    listed = pd.read_csv(acme / "data/acme/list.csv", dtype=str, keep_default_na=False)
    whole = score("prospects=mine", "out=whole.csv")
    folder = whole.folder
    expected = {row["Lead"]: row for row in rows(folder / "whole.csv")}
    listed.sample(frac=1, random_state=3).to_csv(folder / "shuffled.csv", index=False)
    for k in range(3):
        listed.iloc[k::3].to_csv(folder / f"piece{k}.csv", index=False)
    listed.iloc[[10]].to_csv(folder / "one.csv", index=False, sep=";")
    for name in ("shuffled", "piece0", "piece1", "piece2", "one"):
        assert score(f"prospects={name}.csv", f"out={name}_out.csv", "threads=2").code == 0
        for row in rows(folder / f"{name}_out.csv", ";" if name == "one" else ","):
            for column in MODEL_S_OWN:
                assert row[column] == expected[row["Lead"]][column], (name, column)


def test_grades_before_and_what_changed(score, acme):
    listed = pd.read_csv(acme / "data/acme/list.csv", dtype=str, keep_default_na=False)
    first = score("prospects=mine", "out=first.csv")
    folder = first.folder
    before = rows(folder / "first.csv")
    changed = listed.copy()
    risen = next(i for i, row in enumerate(before) if row["fit_grade"] == "D" and i > 10)
    changed.loc[risen, "Employees"] = "899"
    changed = pd.concat([changed, changed.iloc[[20]].assign(Lead="NEW")])
    changed.to_csv(folder / "now.csv", index=False)
    for ending in ("csv", "xlsx"):
        assert score("prospects=mine", f"out=first.{ending}").code == 0
        done = score("prospects=now.csv", "out=second.csv", f"before=first.{ending}")
        assert done.code == 0, done.err
        after = rows(folder / "second.csv")
        assert [row["grade_before"] for row in after[:60]] == [row["fit_grade"] for row in before]
        old = listed.loc[risen, "Employees"] or "not known"
        assert after[risen]["changed_because"] == f"employees {old} → 899"
        assert {row["changed_because"] for i, row in enumerate(after) if i != risen} == {""}
        assert after[60]["grade_before"] == ""
    assert "before:" not in done.err
    changed.assign(Lead=[f"other {k}" for k in range(len(changed))]).to_csv(
        folder / "others.csv", index=False
    )
    done = score("prospects=others.csv", "out=second.csv", "before=first.csv")
    assert "before: none of the list's ids stands in the earlier list" in done.err
    changed.to_csv(folder / "now.csv", index=False, encoding="cp1252")
    settings = "data.prospects.format.encoding=cp1252"
    done = score("prospects=now.csv", "out=second.csv", "before=first.xlsx", f"+{settings}")
    assert done.code == 0, done.err
    after = rows(folder / "second.csv", encoding="cp1252")
    assert after[risen]["changed_because"] == f"employees {old} -> 899"


def test_a_list_that_was_never_scored_is_no_earlier_one(score):
    done = score("prospects=mine", "out=s.csv", "before=mine")
    assert done.code == 1
    assert (
        done.last
        == "icpfit: mine: has no column 'fit_grade'; give before= a list that icpfit score wrote"
    )
    assert list(done.folder.iterdir()) == []


def test_every_scoring_is_on_record(score, acme_copy):
    from icpfit.delivery.registry.scoring_log import logged_scores
    from icpfit.delivery.registry.store import open_store

    store = open_store(acme_copy, "acme")
    assert logged_scores(store).num_rows == 0
    for log in ("true", "false", "true"):
        assert score("prospects=mine", "out=s.csv", f"log={log}", root=acme_copy).code == 0
    logged = logged_scores(store)
    assert logged.num_rows == 120
    found = rows(acme_copy.parent / "s.csv")
    assert logged["prospect_id"].to_pylist()[:60] == [row["Lead"] for row in found]
    assert logged["fit_grade"].to_pylist()[60:] == [row["fit_grade"] for row in found]
    assert set(logged["model_version"].to_pylist()) == {"icpfit-acme v1"}
    assert len(set(logged["scoring"].to_pylist())) == 2


def test_what_was_never_handed_out_is_not_on_record(score, acme_copy, monkeypatch):
    from icpfit.errors import OutputError

    def full(*_, **__):
        raise OutputError("s.csv: can't be written, no space left on device")

    monkeypatch.setattr("icpfit.delivery.lists.scored_files.write_scored", full)
    assert score("prospects=mine", "out=s.csv", root=acme_copy).code == 1
    assert not list((acme_copy / "mlruns/scored-acme").iterdir())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="files are limited in size as Unix does")
@pytest.mark.parametrize(
    "words", [["out=s.csv"], ["out=s.csv", "capacity=5"], ["out=s.xlsx"], ["out=s.parquet"]]
)
def test_no_room_is_one_line_and_leaves_what_was_there(score, tmp_path, words):
    import resource

    out = tmp_path / words[0].removeprefix("out=")
    out.write_text("what was there before")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        done = score("prospects=mine", *words, "log=false")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert done.code == 1
    assert (
        done.last
        == f"icpfit: {out.name}: can't be written, file too large; make room or name another place"
    )
    assert out.read_text() == "what was there before"
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_accounts_that_are_gone_are_said_and_stop_nothing(score, acme_copy):
    (acme_copy / "data/acme/accounts.csv").unlink()
    done = score("prospects=mine", "out=s.csv", root=acme_copy)
    assert done.code == 0
    assert "who in the list is a customer already could not be told" in done.err
    found = rows(done.folder / "s.csv")
    assert found[3]["relation"] == ""
    assert found[6]["relation"] == "twice in the list, also as L00007"


# What bad lists get.


def _written(folder, text, name="bad.csv", encoding="utf-8"):
    (folder / name).write_text(text, encoding=encoding, newline="")
    return f"prospects={name}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("Company,Country\nx,DE\n", "has no column 'Lead' (data.prospects.id)"),
        ("Lead,Lead\n1,2\n", "Lead"),
        ("Lead,Company\n1,x,y\n", "line 2"),
        ('Lead,Company\n1,"x\n', "quote"),
        ("Lead,Company\n1," + "x" * (1 << 24) + "y\n", "bad.csv"),
    ],
    ids=["empty", "no id", "a column twice", "ragged", "open quote", "above the limit"],
)  # fmt: skip
def test_a_list_that_can_t_be_read_is_one_line(score, tmp_path, text, said):
    given = _written(tmp_path, text)
    (tmp_path / "s.csv").write_text("what was there before")
    done = score(given, "out=s.csv")
    assert done.code == 1
    assert done.last.startswith("icpfit: ")
    assert said in done.last
    assert "Traceback" not in done.err
    assert (tmp_path / "s.csv").read_text() == "what was there before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.csv", "s.csv"]
    assert (tmp_path / "bad.csv").read_text() == text


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_a_header_without_rows_says_so(score, tmp_path, ending):
    done = score(_written(tmp_path, "Lead,Company,Employees\n"), f"out=s.{ending}", "capacity=3")
    assert done.code == 0, done.err
    assert "has a header and no rows; there is nothing to score" in done.err
    assert (tmp_path / f"s.{ending}").stat().st_size > 0


@pytest.mark.parametrize("header", ["Lead,Company", "Lead,Umsatz,Mitarbeiter,Branche"])
def test_no_usable_column_and_another_model_s_columns(score, tmp_path, header):
    row = ",".join("x" for _ in header.split(","))
    done = score(_written(tmp_path, f"{header}\n{row}\n"), "out=s.csv")
    assert done.code == 0
    assert "no row is rated" in done.err
    [found] = rows(tmp_path / "s.csv")
    assert (found["fit_grade"], found["next_step"], found["margin_if_won"]) == (
        "unrated",
        "check",
        "",
    )
    assert found["caution"].startswith("not rated")


def test_many_levels_that_were_never_served(score, acme, tmp_path):
    listed = pd.read_csv(acme / "data/acme/list.csv", dtype=str, keep_default_na=False)
    listed.loc[listed.index % 5 < 2, "Country"] = ["BR", "AR"] * 12
    listed.to_csv(tmp_path / "list.csv", index=False)
    done = score("prospects=list.csv", "out=s.csv")
    assert done.code == 0
    assert "rows hold what was never served before ('AR', 'BR')" in done.err
    for row in rows(tmp_path / "s.csv"):
        if row["Country"] in ("BR", "AR"):
            assert f"never served country '{row['Country']}'" in row["caution"]


def test_levels_in_another_spelling_are_said(score, acme, tmp_path):
    listed = pd.read_csv(acme / "data/acme/list.csv", dtype=str, keep_default_na=False)
    filled = listed.index[listed["Country"] != ""]
    first, second = filled[:2]
    served = listed.loc[second, "Country"]
    listed.loc[first, "Country"] = f" {served.lower()}"
    listed.to_csv(tmp_path / "list.csv", index=False)
    done = score("prospects=list.csv", "out=s.csv")
    assert done.code == 0
    said = " ".join(done.err.split())
    assert (
        f"1 of {len(filled)} rows write a level otherwise than the accounts do"
        f" ('{served.lower()}' for '{served}'); to the model it was never served: write them alike"
        " in the list"
    ) in said
    # A level that is written as the accounts do is no such line, nor is one of another word.
    assert said.count("write a level otherwise") == 1


def test_ids_that_repeat_are_kept_and_flagged(score, acme, tmp_path):
    listed = pd.read_csv(acme / "data/acme/list.csv", dtype=str, keep_default_na=False)
    pd.concat([listed, listed.iloc[[20]].assign(Website="other.de")]).to_csv(
        tmp_path / "list.csv", index=False
    )
    assert score("prospects=list.csv", "out=s.csv", "capacity=60").code == 0
    found = rows(tmp_path / "s.csv")
    assert len(found) == 61
    for place in (20, 60):
        assert found[place]["caution"].endswith("its id 'L00020' stands in 2 rows of the list")
        assert (found[place]["next_step"], found[place]["call_order"]) == ("check", "")


def test_numbers_as_text_are_a_caution(score, tmp_path):
    text = "Lead,Company,Employees,Country\n1,x,1.200 ,DE\n2,y,ca. 200,DE\n3,z,,DE\n"
    done = score(_written(tmp_path, text), "out=s.csv")
    assert done.code == 0
    second = rows(tmp_path / "s.csv")[1]
    assert "employees 'ca. 200' is not a number" in second["caution"]
    assert second["Employees"] == "ca. 200"


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_ten_thousand_columns(score, tmp_path, ending):
    extra = [f"c{i}" for i in range(10_000)]
    header = ["Lead", "Company", "Employees", *extra]
    lines = [",".join([str(k), f"firm {k}", "300", *("1" for _ in extra)]) for k in range(3)]
    done = score(_written(tmp_path, "\n".join([",".join(header), *lines])), f"out=s.{ending}")
    assert done.code == 0, done.err
    if ending == "csv":
        assert list(rows(tmp_path / "s.csv")[0])[:10_003] == header


def test_a_sheet_that_can_t_hold_the_list_is_one_line(score, tmp_path, monkeypatch):
    text = "Lead,Company,Note\n1,x," + "y" * 32_768 + "\n"
    given = _written(tmp_path, text)
    done = score(given, "out=s.xlsx")
    assert done.code == 1
    assert done.last == (
        "icpfit: s.xlsx: row 1 holds 32,768 characters in 'Note', a cell of a sheet 32,767;"
        " give out= a name that ends in .csv or .parquet"
    )
    monkeypatch.setattr("icpfit.delivery.lists.excel_file._ROWS", 2)
    done = score(_written(tmp_path, "Lead,Company\n1,x\n2,y\n"), "out=s.xlsx")
    assert "a sheet holds 1 rows, the list has 2" in done.last
    assert [p.name for p in tmp_path.iterdir()] == ["bad.csv"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["capacity_by=Owner"], "capacity_by: needs capacity="),
        (
            ["capacity=5", "capacity_by=Ownr"],
            "the list has no column 'Ownr'; did you mean 'Owner'?",
        ),
        (["capacity=0"], "capacity: expected 1 or more calls"),
        (["sort=call_order"], "sort: needs capacity="),
        (["sort=grade"], "sort"),
        (["crm=pipedrive"], "crm"),
        (["before=no.csv"], "no.csv"),
        (["out=s.docx"], ".csv"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)
def test_slips_are_one_line_before_the_work(score, words, said):
    done = score("prospects=mine", *words)
    assert done.code == 1
    assert said in done.last
    assert "scoring" not in done.err
    assert list(done.folder.iterdir()) == []


_KILLED = """
import json, os, signal, sys, time, warnings
from pathlib import Path

warnings.simplefilter("ignore")
import icpfit.delivery.lists.scored_files as writer
from icpfit.pipelines.dispatch import main

out, mark, words = Path(sys.argv[1]), Path("writing"), sys.argv[2:]
write, times = writer.write_scored, []

def marked(*given, **more):
    mark.touch()
    started = time.monotonic()
    found = write(*given, **more)
    times.append(time.monotonic() - started)
    return found

writer.write_scored = marked
told = sys.stdout
sys.stdout = sys.stderr = open(os.devnull, "w")
assert main([*words, "prospects=mine"]) == 0  # everything is loaded
old = out.read_bytes()
started = time.monotonic()
assert main([*words, "prospects=big.csv"]) == 0
whole, written = time.monotonic() - started, times[-1]
moments = [("start", share * whole) for share in (0.1, 0.4, 0.7)]
moments += [("writing", share * written) for share in (0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0, 1.1, 1.5)]
moments += [("end", 0)]
killed = 0
for k, (since, wait) in enumerate(moments):
    out.write_bytes(old)
    mark.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        os._exit(main([*words, "prospects=big.csv"]))
    while since == "writing" and not mark.exists():
        time.sleep(0.001)
    if since != "end":
        time.sleep(wait)
        os.kill(child, signal.SIGKILL)
    killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
    Path(f"seen{k}{out.suffix}").write_bytes(out.read_bytes())
print(json.dumps(killed), file=told)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the moments are made with fork")
@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_killed_at_any_moment_it_leaves_a_whole_list(acme_copy, tmp_path, strangers, ending):
    """One process loads the libraries, then forks a child for each moment and kills it there."""
    strangers(1500, seed=5).to_csv(tmp_path / "big.csv", index=False, lineterminator="\n")
    out = tmp_path / f"s.{ending}"
    words = [
        "score", "--config-dir", acme_copy / "conf", "data=acme", f"root={acme_copy}", f"out={out}",
        "capacity=50",
    ]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, out, *words],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=400,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) >= 5, "the children were gone before their moments came"
    seen = sorted(tmp_path.glob(f"seen*.{ending}"))
    assert len(seen) == 13
    length = {
        "csv": lambda path: len(rows(path)),
        "parquet": lambda path: pq.read_table(path).num_rows,
        "xlsx": lambda path: len(sheets(path)[1]),
    }[ending]
    assert {length(path) for path in seen} == {60, 1500}
    if ending != "xlsx":  # a workbook holds the time at which it was made
        assert len({path.read_bytes() for path in seen}) == 2
    for path in (acme_copy / "mlruns/scored-acme").glob("*.parquet"):
        assert pq.read_table(path).num_rows in (60, 1500)


def test_stopped_by_ctrl_c_it_leaves_nothing(score, tmp_path, monkeypatch):
    from icpfit.delivery.lists.excel_file import _ListSheet

    (tmp_path / "s.xlsx").write_bytes(b"what was there before")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(_ListSheet, "_write_ours", stop)
    done = score("prospects=mine", "out=s.xlsx")
    assert done.code == 130
    assert done.last.startswith("icpfit: stopped")
    assert (tmp_path / "s.xlsx").read_bytes() == b"what was there before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["s.xlsx", "tmp"]
    assert list(temporary.iterdir()) == []


# What goes back into a CRM.


def test_salesforce_gets_its_fields(score):
    done = score("prospects=mine", "out=s.csv", "crm=salesforce")
    assert done.code == 0, done.err
    text = (done.folder / "s.salesforce.csv").read_bytes()
    assert text.startswith(b"Lead,Fit_Grade__c,Margin__c,Next__c\r\n")
    found, scored = rows(done.folder / "s.salesforce.csv"), rows(done.folder / "s.csv")
    assert [row["Lead"] for row in found] == [row["Lead"] for row in scored]
    assert [row["Margin__c"] for row in found] == [row["margin_if_won"] for row in scored]
    assert "s.salesforce.csv: 60 records" in done.out


def test_a_bare_grade_goes_to_no_customer(score):
    bare = "~data.prospects.crm.salesforce.fields.next_step"
    done = score("prospects=mine", "out=s.csv", "crm=salesforce", bare)
    assert done.code == 0, done.err
    found = [row["Lead"] for row in rows(done.folder / "s.salesforce.csv")]
    scored = rows(done.folder / "s.csv")
    assert found == [row["Lead"] for row in scored if not row["relation"]]
    assert "left out of it           5 has a relation" in done.out


def test_a_list_in_which_no_customer_could_be_told_says_so(score, acme, tmp_path):
    listed = pd.read_csv(acme / "data/acme/list.csv", dtype=str, keep_default_na=False)
    other = {"Company": "Firma", "Website": "URL"}
    listed.rename(columns=other).to_csv(tmp_path / "other.csv", index=False)
    done = score(f"prospects={tmp_path}/other.csv", "out=s.csv")
    assert done.code == 0, done.err
    assert "no customer could be told from a prospect: the list has no column" in done.err
    assert "no customer could be told" not in score("prospects=mine", "out=t.csv").err


def test_dynamics_gets_scores_of_prospects_alone(score):
    assert score("prospects=mine", "out=before.csv").code == 0
    done = score("prospects=mine", "out=s.csv", "crm=dynamics", "before=before.csv")
    assert done.code == 0, done.err
    found = rows(done.folder / "s.dynamics.csv")
    scored = {row["Lead"]: row for row in rows(done.folder / "s.csv")}
    rated = [r for r in scored.values() if not r["relation"] and r["fit_grade"] != "unrated"]
    assert list(found[0]) == [
        "msdyn_score", "msdyn_scoretrend", "msdyn_grade", "msdyn_entityid", "msdyn_entitytype",
    ]  # fmt: skip
    assert [row["msdyn_entityid"] for row in found] == [row["Lead"] for row in rated]
    for row in found:
        own = scored[row["msdyn_entityid"]]
        assert row["msdyn_score"] == own["fit_score"]
        assert "ABCD"[int(row["msdyn_grade"])] == own["fit_grade"]
        assert (row["msdyn_scoretrend"], row["msdyn_entitytype"]) == ("1", "opportunity")
    assert "5 has a relation" in done.out


@pytest.mark.parametrize("crm", ["salesforce", "hubspot", "dynamics"])
def test_an_id_that_a_spreadsheet_would_run_goes_to_no_crm(score, acme, tmp_path, crm):
    listed = pd.read_csv(acme / "data/acme/list.csv", dtype=str, keep_default_na=False)
    listed.loc[7, "Lead"] = '=cmd|"/c calc"!A1'
    listed.to_csv(tmp_path / "bad.csv", index=False)
    done = score(f"prospects={tmp_path}/bad.csv", "out=s.csv", f"crm={crm}")
    assert done.code == 0, done.err
    [file] = done.folder.glob(f"s.{crm}*.csv")
    column = "msdyn_entityid" if crm == "dynamics" else "Lead"
    # Inside a cell of words, as what another row is also known as, nobody runs it.
    assert not [row for row in rows(file) if "cmd" in row[column]]
    assert "1 its id begins like a formula" in done.out
    assert len(rows(done.folder / "s.csv")) == 60


def test_hubspot_s_files_are_split_where_it_stops(score, monkeypatch):
    monkeypatch.setattr("icpfit.delivery.lists.crm_files._HUBSPOT_ROWS", 26)
    done = score("prospects=mine", "out=s.csv", "crm=hubspot")
    parts = [rows(done.folder / f"s.hubspot-{k}.csv") for k in (1, 2, 3)]
    assert [len(part) for part in parts] == [25, 25, 10]
    assert [row["Lead"] for part in parts for row in part] == [f"L{i:05d}" for i in range(60)]
    assert list(parts[2][0])[:2] == ["Lead", "fit_grade"]


@pytest.mark.parametrize(
    "slip",
    [
        ("fit_grade: Fit", "fit_grad: Fit", "did you mean 'fit_grade'?"),
        ("{id: Lead, fields", "{id: Led, fields", "the list has no column 'Led'"),
        ("salesforce: {", "hubspot: {", "data.prospects.crm.salesforce: is missing"),
        (
            "next_step: Next__c",
            "next_step: Margin__c",
            "two columns would be written as 'Margin__c'",
        ),
        ("salesforce: {", "sugar: {", "crm.sugar: there is no such CRM"),
    ],
)
def test_crm_settings_that_can_t_be(acme, icpfit_here, tmp_path, slip):
    old, new, said = slip
    conf = tmp_path / "conf"
    shutil.copytree(acme / "conf", conf)
    path = conf / "data" / "acme.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    done = icpfit_here(
        "score", "--config-dir", conf, "data=acme", f"root={acme}", "prospects=mine", "crm=salesforce",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert said in last
    assert sorted(p.name for p in tmp_path.iterdir()) == ["conf"]


def test_a_list_written_as_the_accounts_are(tmp_path):
    """Decimal comma and German dates hold for the list too, unless it says otherwise."""
    from icpfit.data.prospect_list import read_prospects
    from icpfit.data.table_spec import data_spec

    values = {
        "folder": ".", "as_of": "2026-06-30", "horizon": "12mo", "lag": "0d", "currency": "EUR",
        "attributes": {
            "size": {"kind": "number", "known": "before_sale"},
            "since": {"kind": "date", "known": "before_sale"},
        },
        "sources": {
            "crm": {
                "table": "accounts", "files": "a.csv",
                "format": {"decimal": ",", "dates": "%d.%m.%Y", "delimiter": "|"},
            }
        },
        "prospects": {"id": "id"},
    }  # fmt: skip
    (tmp_path / "list.csv").write_text("id;size;since\n1;1,5;31.12.2025\n")
    found = read_prospects(data_spec(values), "list.csv", tmp_path)
    assert found.facts["size"].tolist() == [1.5]
    assert str(found.facts["since"].iloc[0].date()) == "2025-12-31"
    values["prospects"]["format"] = {"dates": "%Y-%m-%d"}
    (tmp_path / "list.csv").write_text("id;size;since\n1;1,5;2025-12-31\n")
    found = read_prospects(data_spec(values), "list.csv", tmp_path)
    assert str(found.facts["since"].iloc[0].date()) == "2025-12-31"
    assert found.facts["size"].tolist() == [1.5]
