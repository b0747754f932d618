"""The jobs beside the demo: no signal, two companies, every way to start, the wheel."""

import csv
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[2]
FACTS = slice(
    8, 21
)  # columns of accounts.csv that are known before the sale, Industry to Has Web Shop


def aliases(root):
    import sqlite3

    store = sqlite3.connect(root / "mlruns" / "mlflow.db")
    try:
        return {
            (name, alias): version
            for name, alias, version in store.execute(
                "select name, alias, version from registered_model_aliases"
            )
        }
    finally:
        store.close()


def test_shuffled_facts_carry_no_signal_and_register_nothing(company, icpfit_here):
    path = company / "data/demo/accounts.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    assert header[FACTS][0] == "Industry"
    assert header[FACTS][-1] == "Has Web Shop"
    facts = [row[FACTS] for row in rows]
    random.Random(1).shuffle(facts)
    for row, given in zip(rows, facts, strict=True):
        row[FACTS] = given
    # one line of the export is a repeat of another: it must stay one
    first = {}
    for row in rows:
        row[FACTS] = first.setdefault(row[0], row[FACTS])
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    done = icpfit_here("train", "data=demo", "evidence=quick", "data.controls=null", cwd=company)
    assert done.returncode == 3, done.stderr
    assert "no signal" in done.stderr.strip().splitlines()[-1]
    assert aliases(company) == {}
    assert not list((company / "mlruns").rglob("fit_0.txt"))


def bundle_of(root, name):
    """The files of a company's only model, and what is said of it."""
    [manifest] = (root / "mlruns" / "artifacts" / name).rglob("manifest.json")
    model = json.loads((manifest.parent / "model.json").read_text(encoding="utf-8"))
    files = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    return {file: told for file, told in files.items() if file != "model.json"}, model


def test_two_companies_in_one_root_have_their_own_champions(company, challenger, icpfit_here):
    conf = company / "conf"
    shutil.copytree(challenger / "mlruns", company / "mlruns")  # of the demo company, mine
    text = (conf / "data/mine.yaml").read_text(encoding="utf-8")
    (conf / "data/acme.yaml").write_text(
        text.replace("company: demo", "company: acme"), encoding="utf-8"
    )
    # The other one has the same accounts in the reverse order, and another ICP to be judged by.
    edited = company / "data/demo/accounts.csv"
    header, *rows = edited.read_text(encoding="utf-8").splitlines(keepends=True)
    edited.write_text("".join([header, *reversed(rows)]), encoding="utf-8")
    theirs = (conf / "icp/demo.yaml").read_text(encoding="utf-8").replace("ICP 2023", "ICP, theirs")
    (company / "theirs (v1), final.yaml").write_text(theirs, encoding="utf-8")
    done = icpfit_here(
        "train", "--config-dir", conf, "data=acme", "evidence=quick", "icp=theirs (v1), final.yaml",
        cwd=company,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    [judgement] = (company / "mlruns/artifacts/acme").rglob("judgement.json")
    judged = json.loads(judgement.read_text(encoding="utf-8"))["judgement"]
    assert judged["against_icp"]["profile_name"] == "ICP, theirs"
    # The same data give the same model, to the byte.
    (files, model), (again, other) = (bundle_of(company, name) for name in ("demo", "acme"))
    assert again == files
    assert len(files) > 5
    assert other == {**model, "company": "acme"}
    promoted = icpfit_here(
        "promote",
        "--config-dir",
        conf,
        "data=acme",
        "by=Zoë, Marketing",
        "reason=Q3 (a=b)",
        cwd=company,
    )
    assert promoted.returncode == 0, promoted.stderr
    assert aliases(company) == {("icpfit-demo", "challenger"): 1, ("icpfit-acme", "champion"): 1}
    logged = json.loads((company / "mlruns/promotions-acme.jsonl").read_text(encoding="utf-8"))
    assert (logged["by"], logged["reason"]) == ("Zoë, Marketing", "Q3 (a=b)")
    scored = icpfit_here(
        "score", "--config-dir", conf, "data=mine", "model=challenger", "prospects=data/demo/prospects.csv",
        "out=list, scored (v1).csv", cwd=company,
    )  # fmt: skip
    assert scored.returncode == 0, scored.stderr
    with (company / "list, scored (v1).csv").open(encoding="utf-8", newline="") as file:
        assert {row["model_version"] for row in csv.DictReader(file)} == {
            "icpfit-demo v1 (challenger, not promoted)"
        }


def test_a_list_with_only_ids_is_unrated_with_one_warning(demo, icpfit_here, tmp_path):
    root, _ = demo
    (tmp_path / "ids.csv").write_text("Prospect ID,Comment\n001,a\n002,b\n", encoding="utf-8")
    done = icpfit_here(
        "score", "data=demo", f"root={root}", "prospects=ids.csv", "out=out.csv", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["Prospect ID"] for row in rows] == ["001", "002"]
    assert {row["fit_grade"] for row in rows} == {"unrated"}
    assert all(row["caution"] and not row["margin_if_won"] for row in rows)
    warned = [line for line in done.stderr.splitlines() if "employees" in line]
    assert len(warned) == 1
    assert "%" in warned[0]


def test_order_and_neighbours_dont_change_a_row(demo, icpfit_here, tmp_path):
    root, _ = demo
    with (root / "data/demo/prospects.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    random.Random(1).shuffle(rows)
    with (tmp_path / "some.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows[:120]])
    done = icpfit_here(
        "score", "data=demo", f"root={root}", "prospects=some.csv", "out=out.csv", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    with (root / "data/demo/scored.csv").open(encoding="utf-8", newline="") as file:
        scored = list(csv.reader(file))
    # That a company stands in the list twice is a figure of the list, and is said in its rows.
    ids = [row[0] for row in scored]
    whole = {tuple(row) for row in scored if ids.count(row[0]) == 1}
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        some = {tuple(row) for row in csv.reader(file) if ids.count(row[0]) == 1}
    assert some <= whole
    assert len(some) > 100


def test_the_script_does_what_the_command_does(company, icpfit_here, tmp_path_factory):
    words = ["data=demo", "data.controls=null", f"root={company}"]
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    by_script = subprocess.run(
        [sys.executable, str(PROJECT / "pipelines" / "check.py"), *words],
        cwd=elsewhere, capture_output=True, text=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    by_command = icpfit_here("check", *words, cwd=elsewhere)
    assert by_script.returncode == by_command.returncode == 0, by_script.stderr
    assert by_script.stdout == by_command.stdout


IN_TURN = """
import sys, icpfit
from icpfit.pipelines.dispatch import main
print(icpfit.__file__)
listed = ["prospects=data/demo/prospects.csv", "out=again.csv"]
for words in (["check"], ["score", *listed], ["report", "out=again.html"]):
    if main([words[0], "data=demo", *words[1:]]):
        sys.exit(1)
"""


def contents(place):
    """Every file of the program, by its path as installed."""
    rooms = {"icpfit": place / "icpfit"}
    if (place / "conf").is_dir():
        rooms |= {"icpfit/conf": place / "conf", "icpfit/pipelines": place / "pipelines"}
    return {
        f"{name}/{path.relative_to(room).as_posix()}": path.read_bytes()
        for name, room in rooms.items()
        for path in room.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_an_installed_wheel_is_whole_and_runs_from_another_folder(demo_copy, tmp_path):
    wheels = tmp_path / "wheels"
    clean = tmp_path / "checkout"
    shutil.copytree(
        PROJECT, clean,
        ignore=shutil.ignore_patterns(".git", ".venv", "mlruns", "data", "build", "*.egg-info", ".*_cache", "__pycache__"),
    )  # fmt: skip
    shutil.copytree(PROJECT / "icpfit" / "data", clean / "icpfit" / "data", dirs_exist_ok=True)
    shutil.copytree(PROJECT / "conf" / "data", clean / "conf" / "data", dirs_exist_ok=True)
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", wheels, clean],
        check=True, capture_output=True,
    )  # fmt: skip
    site = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", site, *wheels.iterdir()],
        check=True, capture_output=True,
    )  # fmt: skip
    # to the last file what the demo has run on, or a room's name is missing in pyproject.toml
    assert contents(site) == contents(PROJECT)
    done = subprocess.run(
        [sys.executable, "-c", IN_TURN],
        cwd=demo_copy, env={**os.environ, "PYTHONPATH": str(site), "PYTHONIOENCODING": "utf-8"},
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(site))
    again = demo_copy / "again.html"
    assert "<svg" in again.read_text(encoding="utf-8")
    scored = (demo_copy / "again.csv").read_bytes()
    assert scored == (demo_copy / "data/demo/scored.csv").read_bytes()
