"""What bad input gets: one line that names it and says what to do; no traceback; nothing touched."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def lines_of(path):
    return path.read_text(encoding="utf-8").splitlines(keepends=True)


def edit(path, change):
    path.write_text("".join(change(lines_of(path))), encoding="utf-8")


def yaml(company, old, new):
    path = company / "conf/data/mine.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def conflicting_account(company):
    def change(lines):
        return [*lines, lines[1].replace("Machinery", "Retail Chain")]

    edit(company / "data/demo/accounts.csv", change)


def no_column(company):
    edit(
        company / "data/demo/accounts.csv",
        lambda lines: [lines[0].replace("Contract Start Date", "Begin"), *lines[1:]],
    )


def no_file(company):
    (company / "data/demo/nps.csv").unlink()


def german_amounts(company):
    path = company / "data/demo/returns.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        re.sub(r",(\d+)\.(\d\d)$", r',"1.\1,\2"', text, flags=re.MULTILINE), encoding="utf-8"
    )


def two_currencies(company):
    path = company / "data/demo/invoices_2023.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",EUR,", ",USD,"), encoding="utf-8")


def key_misspelt(company):
    yaml(company, "horizon:", "horizn:")


def unknown_kind(company):
    yaml(company, "{kind: category", "{kind: kategory")


def nobody_mature(company):
    yaml(company, "as_of: 2026-06-30", "as_of: 2022-09-30")


def one_class(company):
    yaml(company, "economics:", "economics:\n  min_covered: 0.6")
    path = company / "conf/data/mine.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"hurdle: .*", "hurdle: 1.0e12", text, count=1), encoding="utf-8")


MISTAKES = {
    "a file is missing": (no_file, "check", ["nps.csv"]),
    "a column is missing": (no_column, "check", ["accounts.csv", "Contract Start Date"]),
    "a key of the YAML is misspelt": (
        key_misspelt,
        "check",
        ["data.horizn", "did you mean 'horizon'"],
    ),
    "an attribute has an unknown kind": (unknown_kind, "check", ["kind", "kategory", "category"]),
    "an account stands twice and differs": (
        conflicting_account,
        "check",
        ["accounts.csv", "lines 2 and", "industry"],
    ),
    "two currencies have no rates": (two_currencies, "check", ["USD", "data.currencies"]),
    "no account is mature": (nobody_mature, "train", ["mature"]),
    "all accounts have the same outcome": (one_class, "train", ["label"]),
}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda name: name.replace(" ", "-"))
def test_a_mistake_is_one_line(mistake, company, icpfit_here):
    damage, job, said = MISTAKES[mistake]
    damage(company)
    done = icpfit_here(job, "--config-dir", company / "conf", "data=mine", cwd=company)
    assert done.returncode == 1, done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("icpfit: ")
    for words in said:
        assert words in last, last
    assert "Traceback" not in done.stderr
    assert not (company / "mlruns").exists()


def test_a_decimal_comma_is_rejected_with_how_to_fix_it(company, icpfit_here):
    german_amounts(company)
    icpfit_here("check", "data=demo", "data.controls=null", cwd=company)
    rejected = (company / "data/rejected/demo.csv").read_text(encoding="utf-8")
    line = next(line for line in rejected.splitlines() if "returns.csv" in line)
    assert "decimal" in line


def test_an_after_sale_column_cant_be_asked_for_as_a_feature(company, icpfit_here):
    done = icpfit_here(
        "train", "data=demo", "features=[employees,health_score]", "data.controls=null", cwd=company
    )
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert "health_score" in last
    assert "after_sale" in last
    assert not (company / "mlruns" / "artifacts").exists()


def test_without_a_champion_score_says_what_to_do(company, icpfit_here):
    out = company / "scored.csv"
    done = icpfit_here(
        "score", "data=demo", "prospects=data/demo/prospects.csv", f"out={out}", cwd=company
    )
    assert done.returncode == 1
    assert "icpfit train data=demo" in done.stderr
    assert "icpfit promote data=demo" in done.stderr
    assert not out.exists()


def test_an_unwritable_output_leaves_nothing_behind(demo, icpfit_here, tmp_path):
    root, _ = demo
    done = icpfit_here(
        "score", "data=demo", f"root={root}", "prospects=" + str(root / "data/demo/prospects.csv"),
        f"out={tmp_path}/no/such/folder/scored.csv", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1
    assert "no/such/folder" in done.stderr.strip().splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_model_file_is_named_before_it_is_read(demo_copy, icpfit_here):
    root = demo_copy
    damaged = sorted((root / "mlruns/artifacts").rglob("fit_0.txt"))
    for path in damaged:
        path.write_text(path.read_text()[:-200])
    done = icpfit_here(
        "score", "data=demo", "prospects=data/demo/prospects.csv", "out=new.csv", cwd=root
    )
    assert done.returncode == 1
    assert "fit_0.txt" in done.stderr.strip().splitlines()[-1]
    assert not (root / "new.csv").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_ctrl_c_is_one_line_and_leaves_the_old_output(demo_copy):
    root = demo_copy
    before = (root / "data/demo/scored.csv").read_bytes()
    program = Path(sys.executable).parent / "icpfit"
    words = ["score", "data=demo", "prospects=data/demo/prospects.csv", "out=data/demo/scored.csv"]
    # Tests that run in the background ignore Ctrl-C, and would hand that on.
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)
    running = subprocess.Popen(
        [str(program), *words], cwd=root, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    signal.signal(signal.SIGINT, ours)
    for line in running.stderr:
        if "loading the champion" in line:
            break
    running.send_signal(signal.SIGINT)
    _, rest = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "icpfit: stopped" in rest
    assert "Traceback" not in rest
    assert (root / "data/demo/scored.csv").read_bytes() == before
    assert not [p for p in (root / "data/demo").iterdir() if p.name.startswith(".")]
