"""A scored list of the demo company, held against plain SQL on the exports."""

import csv

import duckdb
import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def scored(demo, icpfit_here, tmp_path_factory):
    """The demo's list with calls for each owner; its rows."""
    root, _ = demo
    folder = tmp_path_factory.mktemp("scored")
    words = [
        "data=demo",
        f"root={root}",
        "prospects=demo",
        "out=s.csv",
        "capacity=20",
        "capacity_by=Owner",
    ]
    done = icpfit_here("score", *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    with (folder / "s.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_whoever_shares_a_site_with_a_customer_is_told_so(demo, scored):
    root, _ = demo
    folder = root / "data" / "demo"
    expected = duckdb.sql(f"""
        WITH accounts AS (
            SELECT lower("Website") AS site,
                bool_and(coalesce("Churn Date" <= '2026-06-30', false)) AS all_left
            FROM read_csv('{folder}/accounts.csv', all_varchar=true) GROUP BY 1
        )
        SELECT p."Prospect ID", a.all_left
        FROM read_csv('{folder}/prospects.csv', all_varchar=true) p
        JOIN accounts a ON a.site = lower(p."Website")
    """).fetchall()
    known = {number: "former customer" if left else "customer" for number, left in expected}
    for row in scored:
        told = row["relation"].split("; ")[0].rsplit(" ", 4)[0]
        assert told == known.get(row["Prospect ID"], told if "site" not in row["relation"] else "")


def test_nobody_who_is_known_is_ranked(scored):
    assert any(row["relation"] for row in scored), "the demo holds one company twice"
    for row in scored:
        if row["relation"]:
            assert (row["next_step"], row["call_order"], row["call_for"]) == ("check", "", "")
        if row["call_order"]:
            assert row["next_step"] in ("call", "explore", "nurture")


def test_the_calls_of_each_owner(scored):
    """Twenty at most, two of them to explore, and the others the best by plain sorting."""
    for owner in {row["Owner"] for row in scored}:
        mine = [row for row in scored if row["Owner"] == owner]
        called = sorted((r for r in mine if r["call_order"]), key=lambda r: int(r["call_order"]))
        assert [int(row["call_order"]) for row in called] == list(range(1, len(called) + 1))
        assert len(called) <= 20
        best = [row["Prospect ID"] for row in called if row["call_for"] == "best"]
        callable_ = [row for row in mine if row["next_step"] == "call"]
        callable_.sort(key=lambda row: (-float(row["margin_if_won"]), row["Prospect ID"]))
        assert best == [row["Prospect ID"] for row in callable_[: len(best)]]


def test_the_proposed_profile_is_named_where_one_was_proposed(demo, scored):
    root, _ = demo
    proposals = list((root / "mlruns" / "artifacts").rglob("proposal.yaml"))
    assert any(row["icp_proposed"] for row in scored) == bool(proposals)
