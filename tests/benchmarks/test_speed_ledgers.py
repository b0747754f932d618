"""The ledger benchmark: the three ways agree to the last ten-thousandth, or it stops."""

from benchmarks import speed_ledgers


def test_each_way_sums_the_same():
    lines = speed_ledgers.joined(3_000, 200)
    assert [line.split(",")[0] for line in lines] == [
        "plain DuckDB SQL", "icpfit's join", "pandas merge",
    ]  # fmt: skip


def test_another_sum_stops_it(monkeypatch):
    import pytest

    monkeypatch.setattr(
        speed_ledgers, "SQL", speed_ledgers.SQL.replace("sum(amount)", "sum(amount) + 1")
    )
    with pytest.raises(RuntimeError, match="other sums"):
        speed_ledgers.joined(500, 50)
