"""docs/data.md can't go stale: its keys are those of the settings, its steps are run to the letter."""

import copy
import dataclasses
import datetime as dt
import os
import re
import subprocess
import sys
import types
import typing
from pathlib import Path

import pytest
import yaml

from icpfit.company import company_settings
from icpfit.data.contract import CONTRACT
from icpfit.data.table_spec import DataSpec
from icpfit.economics import label
from icpfit.economics.spec import EconomicsSpec
from icpfit.fit import split
from icpfit.icp.profile import Profile
from icpfit.settings import settings

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
STEPS, KEYS = PAGE.split("# Every key\n")
DATA_KEYS, _, REST = KEYS.partition("## conf/icp/")
ICP_KEYS, _, COLUMNS = REST.partition("## The tables")
UNDECLARED = {"company": dataclasses.MISSING, "sources.<name>.preset": None}


def _rows(text):
    """Every row of a table whose first cell is a key."""
    for line in text.splitlines():
        if line.startswith("| `"):
            cells = [
                cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]
            ]
            yield [cells[0].strip("`"), *cells[1:]]


def _keys(kind, prefix, seen):
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        if kind.__name__ == "Attribute" and field.name == "name":
            continue  # it is the attribute's key
        default = field.default
        if field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        yield f"{prefix}{field.name}", default
        yield from _within(hints[field.name], f"{prefix}{field.name}", seen)


def _within(hint, path, seen):
    if dataclasses.is_dataclass(hint):
        if hint not in seen:  # a group of keys that stands in two places is described at the first
            seen.add(hint)
            yield from _keys(hint, f"{path}.", seen)
        return
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        for option in inner:
            yield from _within(option, path, seen)
    elif inner and origin in (list, tuple):
        yield from _within(inner[0], f"{path}[]", seen)
    elif inner and origin is dict:
        yield from _within(inner[1], f"{path}.<name>", seen)


def declared():
    seen = set()
    found = dict(UNDECLARED)
    found |= dict(_keys(DataSpec, "", seen))
    return found | dict(_keys(EconomicsSpec, "economics.", seen))


BOTH = {
    "conf/data": ([*_rows(DATA_KEYS)], declared()),
    "conf/icp": ([*_rows(ICP_KEYS)], dict(_keys(Profile, "", set()))),
}
ROWS = [(file, row, keys) for file, (rows, keys) in BOTH.items() for row in rows]


@pytest.mark.parametrize("file", BOTH)
def test_every_key_is_described_once_and_no_other(file):
    rows, keys = BOTH[file]
    described = [row[0] for row in rows]
    assert sorted(described) == sorted(keys)


@pytest.mark.parametrize(
    ("file", "row", "keys"), ROWS, ids=lambda v: v[0] if isinstance(v, list) else ""
)
def test_a_key_has_meaning_default_and_example(file, row, keys):
    key, meaning, _unit, default, example = row
    assert len(meaning) > 5
    assert re.fullmatch(r"`[^`]+`", example), "an example is YAML in backquotes"
    real = keys[key]
    if default == "needed":
        assert real is dataclasses.MISSING
    elif re.fullmatch(r"`[^`]+`", default):
        shown = yaml.safe_load(default.strip("`"))
        assert shown == (list(real) if isinstance(real, tuple) else real)
    else:
        assert real in (None, "") or dataclasses.is_dataclass(real), f"{default!r} says {real!r}"


def _base():
    return {
        "company": "acme", "folder": "data/acme", "currency": "EUR", "as_of": dt.date(2026, 6, 30),
        "horizon": "12mo", "lag": "60d",
        "attributes": {
            name: {"kind": kind, "known": "before_sale"}
            for name, kind in {"industry": "category", "employees": "number", "country": "category"}.items()
        },
        "sources": {"crm": {"table": "accounts", "files": "crm.csv"}},
        "prospects": {"id": "Lead ID", "lists": {"demo": {"files": "p.csv"}}},
        "controls": {"pools": {"support desk": {"cost": 1}}},
    }  # fmt: skip


NAMES = {
    "attributes": "employees", "sources": "crm", "lists": "demo", "crm": "salesforce",
    "pools": "support desk", "activities": "support",
}  # fmt: skip


def _put(values, key, value):
    """Set a dotted key; `<name>` and `[]` become one that is there."""
    parts, place = re.findall(r"[^.\[\]]+|\[\]", key), values
    for i, part in enumerate(parts):
        name = NAMES[parts[i - 1]] if part == "<name>" else 0 if part == "[]" else part
        if i == len(parts) - 1:
            place[name] = value
            return
        following = parts[i + 1]
        if isinstance(place, list):
            place = place[name]
        else:
            place = place.setdefault(name, [{}] if following == "[]" else {})


def _with(key, value):
    values = _base()
    if key == "sources.<name>.preset":
        values["sources"]["tickets"] = {"preset": value, "files": "tickets.csv"}
        return values
    _put(values, key, value)
    if re.search(r"\.(select|tables)$", key):
        source = (
            values["sources"]["crm"]
            if key.startswith("sources")
            else values["prospects"]["lists"]["demo"]
        )
        source.pop("files")
        source.setdefault("select", "SELECT 1")
        source.setdefault("tables", {"export": "crm.csv"})
    if re.search(r"\.(url|query|database_table|timeout)$", key):
        source = (
            values["sources"]["crm"]
            if key.startswith("sources")
            else values["prospects"]["lists"]["demo"]
        )
        source.pop("files")
        source.setdefault("url", "postgresql://db/crm")
        if "query" not in source:
            source.setdefault("database_table", "crm.accounts")
    found = re.match(r"sources\.<name>\.(match|crosswalk|customers)\b(\.?)", key)
    if found:  # not of accounts, but of what is matched to them
        name, is_part = found.groups()
        whole = {
            "match": {"column": "A", "files": "a.csv", "to": "B", "id": "C"},
            "crosswalk": {"files": "a.csv"},
            "customers": {"files": "a.csv", "id": "A", "name": "B"},
        }[name]
        given = values["sources"]["crm"].pop(name)
        values["sources"]["sales"] = {
            "table": "revenue", "files": "s.csv", name: whole | given if is_part else given,
        }  # fmt: skip
    if ".rate[]" in key:
        [dated] = values["economics"]["rate_card"]["activities"]["support"]["rate"]
        dated.setdefault("rate", 1.0)
        dated.setdefault("valid_from", dt.date(2024, 1, 1))
    return values


def _profile_with(key, value):
    values = {
        "name": "ICP", "version": 1, "effective_from": dt.date(2025, 1, 1),
        "segments": [{"name": "one", "where": {"industry": ["A"]}}],
    }  # fmt: skip
    _put(values, key, value)
    return values


@pytest.mark.parametrize(
    ("file", "row", "keys"), ROWS, ids=lambda v: v[0] if isinstance(v, list) else ""
)
def test_every_example_is_accepted(file, row, keys):
    key, value = row[0], yaml.safe_load(row[-1].strip("`"))
    if file == "conf/icp":
        settings(Profile, _profile_with(key, value), "icp")
    else:
        company_settings(_with(key, value))


def test_the_tables_are_those_of_the_contract():
    shown = {row[0]: row[-1] for row in _rows(COLUMNS)}
    assert shown == {
        f"{table}.{column.name}": "needed" if column.required else ""
        for table, columns in CONTRACT.items()
        for column in columns
    }


def test_the_limits_named_are_those_that_hold():
    told = [
        int(n)
        for n in re.findall(
            r"\d+", STEPS[STEPS.index("| 50 profitable fits") :].split("|\n| an")[0]
        )
    ]
    low, high = (
        round(100 * share) for share in (label.LOWEST_PREVALENCE, label.HIGHEST_PREVALENCE)
    )
    fewest = label.FEWEST_OF_A_CLASS
    assert told == [
        fewest, fewest, low, high,
        split.HOLDOUT_ROWS, split.HOLDOUT_OF_EACH_CLASS, split.TRAIN_ROWS, split.TRAIN_OF_EACH_CLASS,
    ]  # fmt: skip


def written():
    """The files that the page has one write: path to text."""
    return dict(re.findall(r"<!-- file: (\S+) -->\n```yaml\n(.*?)```", STEPS, re.DOTALL))


def commands():
    """The commands that the page has one type, each with the exit code that it names."""
    lines = "\n".join(re.findall(r"```sh\n(.*?)```", STEPS, re.DOTALL)).splitlines()
    return [(line, int((re.findall(r"# exit code (\d)", line) or ["0"])[0])) for line in lines]


def test_the_files_of_the_walk_are_settings():
    files = written()
    assert sorted(files) == ["conf/data/shop.yaml", "conf/icp/shop.yaml"]
    assert company_settings(yaml.safe_load(files["conf/data/shop.yaml"])).name == "shop"
    assert settings(Profile, yaml.safe_load(files["conf/icp/shop.yaml"]), "icp").segments


def test_the_walk_names_every_step():
    from icpfit.pipelines.dispatch import JOBS

    jobs = re.findall(r"^ *icpfit (\w+) ", STEPS, re.MULTILINE)
    assert set(jobs) <= set(JOBS)
    assert {"check", "train", "promote", "score", "report"} <= {
        line.split()[1] for line, _ in commands() if line.startswith("icpfit")
    }


@pytest.mark.slow
@pytest.mark.olist
def test_followed_to_the_letter_it_ends_in_a_report(olist, tmp_path):
    todo = copy.copy(written())
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "EXPORTS": str(olist), "PYTHONIOENCODING": "utf-8"}
    for line, code in commands():
        if line.startswith("icpfit"):
            while todo:
                name, text = todo.popitem()
                (tmp_path / name).write_text(text, encoding="utf-8")
        done = subprocess.run(
            ["bash", "-c", line], cwd=tmp_path, env=env, capture_output=True, text=True,
            encoding="utf-8", timeout=540, check=False,
        )  # fmt: skip
        assert done.returncode == code, f"{line}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        assert "Traceback" not in done.stderr
    assert "<svg" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "enough to train" in (tmp_path / "data/checked/shop.html").read_text(encoding="utf-8")
    assert len((tmp_path / "young_scored.csv").read_text(encoding="utf-8").splitlines()) == 195
