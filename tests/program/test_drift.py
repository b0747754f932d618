"""`icpfit drift`, and what a list that is like nobody served gets from `icpfit score`."""

import csv
import json

import pytest

from icpfit.data.demo.world import NEVER_SOLD_TO

pytestmark = pytest.mark.slow

COUNTRY = "Billing Country Code"


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def foreign(demo, tmp_path_factory):
    """The demo's prospects, four in five of which lie in a country that was never sold to."""
    root, _ = demo
    listed = rows(root / "data/demo/prospects.csv")
    elsewhere = min(NEVER_SOLD_TO)
    for i, row in enumerate(listed):
        if i % 5:
            row[COUNTRY] = elsewhere
    path = tmp_path_factory.mktemp("lists") / "four in five.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, listed[0])
        writer.writeheader()
        writer.writerows(listed)
    return path, elsewhere


def test_a_country_never_sold_to_is_cautioned_or_unrated(demo, foreign, icpfit_here, tmp_path):
    root, _ = demo
    path, elsewhere = foreign
    done = icpfit_here(
        "score", "data=demo", f"root={root}", f"prospects={path}", "out=out.csv", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    scored = rows(tmp_path / "out.csv")
    away = [row for row in scored if row[COUNTRY] == elsewhere]
    assert len(away) >= 0.8 * len(scored) - 1
    for row in away:
        assert row["caution"], row
        assert "country" in row["caution"].lower(), row["caution"]
        assert row["fit_grade"] == "unrated" or elsewhere in row["caution"]
    home = [row for row in scored if row[COUNTRY] != elsewhere]
    cautioned = [row for row in home if "country" in row["caution"].lower()]
    assert len(cautioned) < 0.2 * len(home)


def test_the_same_row_scores_the_same_in_either_list(demo, foreign, icpfit_here, tmp_path):
    """What a row gets is no matter of its neighbours: the fifth that was left alone is unchanged."""
    root, _ = demo
    path, elsewhere = foreign
    done = icpfit_here(
        "score", "data=demo", f"root={root}", f"prospects={path}", "out=out.csv", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    before = {row["Prospect ID"]: row for row in rows(root / "data/demo/scored.csv")}
    for row in rows(tmp_path / "out.csv"):
        if row[COUNTRY] != elsewhere:
            assert row == before[row["Prospect ID"]]


def test_drift_of_a_list_names_what_is_other(demo, foreign, icpfit_here, tmp_path):
    root, _ = demo
    path, _ = foreign
    done = icpfit_here(
        "drift", "data=demo", f"root={root}", f"prospects={path}", "out=drift.html", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "country" in done.stdout.lower()
    page = (tmp_path / "drift.html").read_text(encoding="utf-8")
    assert "country" in page.lower()
    assert "four in five.csv" in page


def test_drift_without_a_list_compares_the_latest_accounts(demo, icpfit_here, tmp_path):
    root, _ = demo
    done = icpfit_here(
        "drift", "data=demo", f"root={root}", "data.controls=null", "out=drift.csv", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    table = rows(tmp_path / "drift.csv")
    assert {"employees", "country"} <= {next(iter(row.values())) for row in table}
    # Nothing was shifted in the demo company: no column may alarm.
    assert "alert" not in json.dumps(table).lower()
