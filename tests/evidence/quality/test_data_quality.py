"""Data quality of the eight accounts, whole and damaged: what stops is kept, and so is what is known."""

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from icpfit.errors import JoinError, SourceError
from icpfit.evidence.quality import data_quality as module
from icpfit.evidence.quality.data_quality import data_quality, examined


@pytest.fixture(scope="session")
def by_hand():
    """The module of tests/economics in which eight accounts are worked out by hand."""
    name = "tests_economics_eight_accounts"
    if name not in sys.modules:
        place = Path(__file__).parents[2] / "economics" / "eight_accounts.py"
        spec = importlib.util.spec_from_file_location(name, place)
        loaded = importlib.util.module_from_spec(spec)
        sys.modules[name] = loaded
        spec.loader.exec_module(loaded)
    return sys.modules[name]


@pytest.fixture
def eight(by_hand):
    return by_hand.eight_accounts()


def looked_at(eight, monkeypatch, tmp_path, tables=None):
    monkeypatch.setattr(module, "read_tables", lambda *_: tables or eight.tables)
    found = examined(eight.data, eight.economics, tmp_path)
    return found, data_quality(found, eight.data)


def test_whole_exports_are_told_whole(eight, monkeypatch, tmp_path):
    found, quality = looked_at(eight, monkeypatch, tmp_path)
    assert found.error is None
    assert quality.ready is not None
    assert sum(one.accounts for one in quality.cohorts) == len(found.facts)
    assert sum(one.used for one in quality.cohorts) == len(found.accounts.used)
    assert [one.attribute.name for one in quality.attributes] == list(eight.data.attributes)
    # Eight accounts are too few: the line is that of the training itself.
    assert "too few to learn from" in quality.stop
    assert quality.steps[0].kind == "stop"


def test_where_nothing_matches_the_ledger_is_kept(eight, monkeypatch, tmp_path):
    revenue = eight.tables.typed["revenue"]
    ids = revenue["account_id"].combine_chunks().to_pylist()
    place = revenue.column_names.index("account_id")
    import pyarrow as pa

    odd = revenue.set_column(place, "account_id", pa.array([f"?{one}" for one in ids], pa.string()))
    tables = replace(eight.tables, typed={**eight.tables.typed, "revenue": odd})
    found, quality = looked_at(eight, monkeypatch, tmp_path, tables)
    assert isinstance(found.error, JoinError)
    assert quality.stop == str(found.error)
    table = next(one for one in quality.ledger.tables if one.table == "revenue")
    assert (table.matched, table.unmatched) == (0, len(ids))
    assert quality.cohorts
    assert quality.ready is None


def test_an_unreadable_file_leaves_the_stop_alone(eight, monkeypatch, tmp_path):
    def fails(*_):
        raise SourceError("nps.csv: there is no such file")

    monkeypatch.setattr(module, "read_tables", fails)
    quality = data_quality(examined(eight.data, eight.economics, tmp_path), eight.data)
    assert quality.stop == "nps.csv: there is no such file"
    assert quality.reads == ()
    assert [step.kind for step in quality.steps] == ["stop"]
