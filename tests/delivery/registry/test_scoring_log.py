"""Each scoring is on record once what it was for is there; the log is only ever added to."""

import datetime as dt
import os

import pyarrow as pa
import pytest

from icpfit.delivery.registry.scoring_log import logged_scores, scoring_log, scoring_recorded
from icpfit.delivery.registry.store import Store
from icpfit.errors import ModelError, OutputError


def _added(grades):
    n = len(grades)
    return pa.record_batch(
        {
            "fit_grade": pa.array(grades, pa.string()),
            "fit_score": pa.array([50.0] * n, pa.float64()),
            "margin_if_won": pa.nulls(n, pa.float64()),
            "fit_if_won": pa.array([0.5] * n, pa.float64()),
            "next_step": pa.array(["call"] * n, pa.string()),
            "model_version": pa.array(["icpfit-acme v1"] * n, pa.string()),
        }
    )


def test_scorings_follow_each_other(tmp_path):
    store = Store(tmp_path, "acme")
    assert logged_scores(store).num_rows == 0
    for day, grades in ((2, ["A", "B"]), (1, ["C"])):
        now = dt.datetime(2026, 7, day, 12, tzinfo=dt.timezone(dt.timedelta(hours=2)))
        with scoring_recorded(store, source="list.csv", now=now) as record:
            for k, grade in enumerate(grades):
                record(pa.array([f"{k}"]), _added([grade]))
    kept = logged_scores(store)
    assert kept["fit_grade"].to_pylist() == ["C", "A", "B"]
    assert kept["prospect_id"].to_pylist() == ["0", "0", "1"]
    assert kept["margin_if_won"].to_pylist() == [None, None, None]
    assert kept["scored_at"].to_pylist()[0] == dt.datetime(2026, 7, 1, 10, tzinfo=dt.UTC)
    assert logged_scores(Store(tmp_path, "other")).num_rows == 0


def test_what_a_killed_scoring_left_is_swept_after_a_day(tmp_path):
    store = Store(tmp_path, "acme")
    folder = scoring_log(store)
    folder.mkdir(parents=True)
    old, young = folder / ".icpfit-05455348-aa.part", folder / ".icpfit-05455348-bb.part"
    for stray in (old, young):
        stray.write_bytes(b"half")
    long_ago = young.stat().st_mtime - 2 * 24 * 3600
    os.utime(old, (long_ago, long_ago))
    with scoring_recorded(store, source="list.csv") as record:
        record(pa.array(["1"]), _added(["A"]))
    assert not old.exists()
    assert young.exists()  # somebody may still be writing it
    assert logged_scores(store).num_rows == 1


def test_a_list_of_no_rows_is_a_scoring_too(tmp_path):
    store = Store(tmp_path, "acme")
    with scoring_recorded(store, source="list.csv") as record:
        record(pa.array([], pa.string()), _added([]))
    assert logged_scores(store).num_rows == 0
    assert len(list(scoring_log(store).iterdir())) == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt, OutputError])
def test_what_fails_is_not_on_record(tmp_path, error):
    store = Store(tmp_path, "acme")

    def scored():
        with scoring_recorded(store, source="x") as record:
            record(pa.array(["1"]), _added(["A"]))
            raise error

    with pytest.raises(error):
        scored()
    assert list(scoring_log(store).iterdir()) == []


def test_a_damaged_part_and_a_place_that_can_t_be_written_are_one_line(tmp_path):
    store = Store(tmp_path, "acme")
    scoring_log(store).mkdir(parents=True)
    (scoring_log(store) / "x.parquet").write_bytes(b"PAR1 torn")
    with pytest.raises(ModelError, match="this part of the scoring log is damaged"):
        logged_scores(store)
    (tmp_path / "mlruns" / "scored-b").write_text("a file")
    other = scoring_recorded(Store(tmp_path, "b"), source="x")
    with pytest.raises(OutputError, match="log=false scores without"), other:
        pass
