"""The plumbing of the list benchmark; its figures are for `make benchmark-speed`."""

import re
import warnings
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from benchmarks import list_sides, speed_lists, speed_market
from benchmarks.list_differences import contradictions, differences
from benchmarks.list_table import ListRun, list_lines
from benchmarks.speed_lists import main, room_lacking

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def sides_here(monkeypatch):
    """Run the sides in this process, without the seconds that their libraries take to load."""
    asked = []

    def run(given, stdout):
        *_, way, bundle, listed, out = given
        asked.append((way, Path(bundle).name, Path(listed).name))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # shap's, and those of what it loads
            list_sides.main([way, bundle, listed, out])
        return 1.0, 100.0

    monkeypatch.setattr(speed_lists, "process_run", run)
    monkeypatch.setattr(speed_lists, "_REPEATS", 1)
    monkeypatch.setattr(speed_market, "TRAINING_ROWS", 2_000)
    return asked


@pytest.mark.slow
def test_all_ways_write_the_same_lists(sides_here, capsys):
    told = ["--compared", "5x4", "--models", "3x4,5x4", "--rows", "200,400", "--slow-rows", "200"]
    assert main(told) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in said[2:7]] == [
        ["tables", "5x4", "200"],
        ["pipeline", "5x4", "200"],
        ["contrib", "5x4", "200"],
        ["tables", "5x4", "400"],
        ["tables", "3x4", "400"],
    ]
    assert said[9] == "all ways say the same: tables, pipeline, contrib"
    assert said[10].startswith("shapash: left out; --shapash takes a Python")
    assert ("contrib", "5x4", "list_10.csv") in sides_here  # its start
    scored = {listed for _, model, listed in sides_here if model == "3x4"}
    assert scored == {"list_10.csv", "list_400.csv"}


def test_what_there_is_no_room_or_no_shapash_for_is_left_out(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(speed_lists.shutil, "disk_usage", lambda _: SimpleNamespace(free=9.9e9))
    assert room_lacking(tmp_path, 9_900_000, beside=False) == ""
    assert room_lacking(tmp_path, 10_000_000, beside=False).startswith(
        "10,000,000 rows: left out; they take 10.0 GB of disk and 9.9 GB are free"
    )
    assert "17.0 GB" in room_lacking(tmp_path, 10_000_000, beside=True)
    monkeypatch.setattr(speed_lists.shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    told = ["--compared", "2x2", "--models", "2x2", "--rows", "100", "--slow-rows", "100"]
    # One that has no shapash, and none at all.
    bare = tmp_path / "bare"
    bare.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    bare.chmod(0o755)
    for python in (bare, tmp_path / "nowhere"):
        assert main([*told, "--shapash", str(python)]) == 0
        said = capsys.readouterr().out
        assert "100 rows: left out" in said
        assert "shapash: left out; --shapash takes a Python" in said


def test_ratios_are_over_the_tables_at_a_million_rows():
    ours = ListRun("tables", "300x31", 1_000_000, 13.0, 3.0, 1_400)  # 13 us a row, 10 beyond start
    long = ListRun("tables", "300x31", 10_000_000, 93.0, 3.0, 1_450)
    few = ListRun("pipeline", "300x31", 10_000, 17.0, 4.0, 600)  # 1,700 us a row, 1,300 beyond
    many = ListRun("pipeline", "300x31", 100_000, 134.0, 4.0, 600)  # 1,340, and 1,300 beyond
    contrib = ListRun("contrib", "300x31", 100_000, 105.0, 3.0, 600)  # 1,050 and 1,020
    lines = list_lines([few, ours, long, many, contrib], "300x31")
    assert lines[1].split()[2:] == ["10,000", "17.0", "1700.0", "131", "1300.0", "130", "600"]
    assert lines[2].split()[-4:] == ["1.0", "10.0", "1.0", "1,400"]
    assert lines[4].endswith("600  target 120: MISSED (beyond start: reached)")  # 103 and 130 times
    assert lines[5].endswith("600  target 80: reached (beyond start: reached)")
    assert lines[6] == "x is over icpfit's tables, 300x31, 1,000,000 rows"
    # 1,450 x 2^20 bytes are 1.52 GB.
    assert lines[7] == "peak memory of icpfit: 1.52 GB, with 10,000,000 rows; target 1.5 GB: MISSED"


def test_what_differs_is_named(tmp_path):
    one = pd.DataFrame({"id": ["1", "2"], "fit_grade": ["A", "B"], "margin_p10": [1.25, None]})
    one.to_csv(tmp_path / "one.csv", index=False)
    one.assign(margin_p10=[1.26, None]).to_csv(tmp_path / "near.csv", index=False)
    one.assign(fit_grade=["A", "C"]).to_csv(tmp_path / "other.csv", index=False)
    assert differences(tmp_path / "one.csv", tmp_path / "near.csv") == []
    assert differences(tmp_path / "one.csv", tmp_path / "other.csv") == [
        "fit_grade: 1 rows, such as 'B' and 'C'"
    ]


def test_a_contradiction_by_shapash_is_named(tmp_path):
    ours = pd.DataFrame({
        "fit_grade": ["A", "unrated", "B"],
        "margin_if_won": [100.0, None, -5.25],
        "reasons_for": ["size 5: +90 EUR; sector Food: +40 EUR", None, None],
        "reasons_against": ["age 3: -7 EUR", None, "age 4: -9 EUR"],
    })  # fmt: skip
    ours.to_csv(tmp_path / "ours.csv", index=False)

    def found(**columns):
        theirs = ours.assign(margin_if_won=[100.01, 7.0, -5.25], **columns)
        theirs.to_csv(tmp_path / "theirs.csv", index=False)
        return contradictions(tmp_path / "ours.csv", tmp_path / "theirs.csv")

    # Row 1: what isn't known took one of its three places. Row 2 isn't rated.
    assert found(reasons_for=["size 5: +90 EUR", "age 9: +3 EUR", None]) == []
    [line] = found(reasons_for=["sector Food: +40 EUR", None, None])
    assert line.startswith("reasons_for: 1 rows")
    [line] = found(reasons_against=["age 3: -7 EUR", None, "age 4: -8 EUR"])
    assert line.startswith("reasons_against: 1 rows")


def test_shapash_stands_beside_what_icpfit_runs_with():
    def pins(name):
        text = (PROJECT / name).read_text(encoding="utf-8")
        found = {}
        for package, version in re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE):
            found.setdefault(package, set()).add(version)
        return found

    locked, beside = pins("requirements.lock"), pins("benchmarks/requirements-shapash.txt")
    assert {"shapash", "shap", "lightgbm", "pandas", "numpy"} <= set(beside)
    assert [name for name in beside if not beside[name] <= locked.get(name, beside[name])] == []
    side = (PROJECT / "benchmarks" / "shapash_side.py").read_text(encoding="utf-8")
    assert {"icpfit", "benchmarks"}.isdisjoint(re.findall(r"(?:import|from) (\w+)", side))
