"""The plumbing of the product benchmark; its figures are for `make benchmark-speed`."""

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from benchmarks import speed_product
from benchmarks.speed_product import (
    COPIED,
    ProductRun,
    product_lines,
    unlike_copies,
    write_prospects,
)


@pytest.fixture
def root(tmp_path):
    """A root with a list of three and a model of two forests, as training leaves them."""
    exports, bundle = tmp_path / "root/data/demo", tmp_path / "root/mlruns/1/bundle"
    exports.mkdir(parents=True)
    bundle.mkdir(parents=True)
    exported = (
        'id,name,site,note\n1,Ann,ann.example,\n2,"Bo, Inc",,"two\nlines"\n3,Cy,cy.example,x\n'
    )
    (exports / "prospects.csv").write_text("\ufeff" + exported, encoding="utf-8")
    model = json.dumps({"features": [1, 2], "forests": {"fit": 2}})
    (bundle / "model.json").write_text(model, encoding="utf-8")
    for k in range(2):
        (bundle / f"fit_{k}.txt").write_text("tree\nTree=0\nx=1\nTree=1\n", encoding="utf-8")
    return tmp_path / "root"


def test_copies_have_numbers_names_and_sites_of_their_own(root, tmp_path):
    out = tmp_path / "long.csv"
    write_prospects(root / "data/demo/prospects.csv", out, 8)
    found = pd.read_csv(out, dtype=str, keep_default_na=False)
    assert len(found) == 8
    assert found["id"].is_unique
    assert found["name"].is_unique
    sites = ["ann.example", "", "cy.example", "1-ann.example", "", "1-cy.example", "2-ann.example"]
    assert found["site"].tolist() == [*sites, ""]
    assert found["note"].tolist() == ["", "two\nlines", "x"] * 2 + ["", "two\nlines"]


def test_a_copy_scored_otherwise_is_named(tmp_path):
    scored = pd.DataFrame({name: ["A", "B"] * 2 for name in COPIED})
    scored.to_csv(tmp_path / "scored.csv", index=False)
    assert unlike_copies(tmp_path / "scored.csv", 2) == []
    scored.loc[3, "fit_grade"] = "C"
    scored.to_csv(tmp_path / "scored.csv", index=False)
    assert unlike_copies(tmp_path / "scored.csv", 2) == ["fit_grade: 1 copies unlike their company"]


def test_the_table_has_a_row_each_and_the_memory():
    long = ProductRun("score", 1_000_000, 45.0, 5.0, 800)
    lines = product_lines([long, ProductRun("score", 10, 5.0, 5.0, 400)])
    assert lines[1].split() == ["score", "1,000,000", "45.0", "45.0", "40.0", "800"]
    assert lines[3].endswith("with 1,000,000 rows; target 1.5 GB: reached")


def test_the_list_is_scored_by_the_command_in_a_copy_of_the_root(monkeypatch, root, capsys):
    asked = []

    def run(command, *_, stderr, cwd):
        words = dict(word.split("=", 1) for word in command[4:])
        asked.append((command[3], words["data"], words["model"]))
        assert str(root) not in words["root"]
        with Path(words["prospects"]).open(encoding="utf-8", newline="") as listed:
            rows = list(csv.DictReader(listed))
        scored = pd.DataFrame({name: [row["note"] for row in rows] for name in COPIED})
        scored.to_csv(words["out"], index=False)
        return 1.0, 100.0

    monkeypatch.setattr(speed_product, "process_run", run)
    assert speed_product.main(["--root", str(root), "--rows", "5,7"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].endswith("2 facts; fit: 4 trees in 2 forests")
    assert [line.split()[-5] for line in said[2:4]] == ["5", "7"]
    assert said[-1] == "each copy is graded and explained as its company is"
    assert set(asked) == {("score", "demo", "challenger")}
