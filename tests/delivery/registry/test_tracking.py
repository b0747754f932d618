"""The store: what is recorded, which model is in use, and that nothing crosses from company to company."""

import dataclasses
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from icpfit.delivery.registry.promotion_log import promotions
from icpfit.delivery.registry.registered_model import (
    judgement_record,
    kept_file,
    loaded_model,
    recorded_trial,
)
from icpfit.delivery.registry.store import artifact_path, open_store
from icpfit.delivery.registry.tracking import (
    challenger,
    champion,
    is_registered,
    promote,
    record_training,
    registered_model,
    rollback,
)
from icpfit.delivery.registry.training_record import (
    TrainingRecord,
    flat_metrics,
    flat_params,
    json_text,
)
from icpfit.errors import IcpfitError, ModelError, OutputError, SettingsError
from icpfit.measure.estimate import Estimate

PROMOTE = {"decision": "PROMOTE", "reasons": ["better by 3,400 EUR (900–6,100)"], "n": 162}
HOLD = {"decision": "HOLD", "reasons": ["cannot tell yet"]}

# Imports MLflow and makes stores: a dozen seconds. What the rest of the file needs no MLflow for runs fast.
slow = pytest.mark.slow


@pytest.fixture(scope="module")
def bundle(tmp_path_factory, small_model):
    from icpfit.fit.bundle import write_bundle

    folder = tmp_path_factory.mktemp("model") / "some name"
    write_bundle(small_model, folder)
    return folder


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """One root for all tests, each with a company of its own."""
    folder = tmp_path_factory.mktemp("root") / "Kunden & Märkte (2026), #1 50%"
    folder.mkdir()
    return folder


def _record(bundle, **changes):
    record = TrainingRecord(
        config="password: ${oc.env:PGPASSWORD}\n",
        params={"label": {"kind": "ratio"}, "seeds": [1, 2], "features": "x" * 900},
        metrics={"auc": Estimate(0.71, 0.63, 0.78), "gini": Estimate(0.4), "n": 162, "none": None},
        judgement={"auc": Estimate(0.71, 0.63, 0.78), "basis": "later hold-out"},
        ledger={"tables": [{"table": "revenue", "read": 12}]},
        digests={"accounts.csv": "ab" * 32},
        tags={"signal": "signal", "judged_basis": "later hold-out", "exploratory": "no"},
        drivers=pd.DataFrame({"feature": ["employees"], "share": [0.7]}),
        shap_values=pd.DataFrame({"employees": [1.5, -2.0]}, index=["a", "b"]),
        bundle=bundle,
        inputs={
            "employees": "number",
            "country": "category",
            "has_shop": "flag",
            "founded": "date",
        },
        summary="AUC 0.71 on 162 later accounts",
    )
    return dataclasses.replace(record, **changes)


def _client(root):
    from mlflow.tracking import MlflowClient

    uri = f"sqlite:///{root.as_posix()}/mlruns/mlflow.db"
    return MlflowClient(uri, uri)


def _python(*words, check=True):
    return subprocess.run(
        [sys.executable, "-W", "error", *map(str, words)],
        capture_output=True,
        text=True,
        check=check,
        timeout=300,
    )


def test_no_champion_yet_is_one_line_and_needs_no_mlflow(tmp_path):
    with pytest.raises(ModelError) as caught:
        champion(open_store(tmp_path, "acme"))
    assert str(caught.value) == (
        f"no champion yet for 'acme' under {tmp_path / 'mlruns'}:"
        " run icpfit train data=acme, then icpfit promote data=acme"
        " (was it held? model=challenger uses it all the same, and says so)"
    )
    assert list(tmp_path.iterdir()) == [], "asking makes no store"
    script = (
        "import sys, pathlib\n"
        "from icpfit.delivery.registry.tracking import champion\nfrom icpfit.delivery.registry.store import open_store\n"
        "try: champion(open_store(pathlib.Path(sys.argv[1]), 'acme'))\n"
        "except Exception as error: print(type(error).__name__)\n"
        "print([m for m in ('mlflow', 'lightgbm', 'shap', 'sklearn') if m in sys.modules])\n"
    )
    assert _python("-c", script, tmp_path).stdout.split("\n")[:2] == ["ModelError", "[]"]


def test_no_challenger_is_one_line(tmp_path):
    with pytest.raises(
        ModelError, match=r"no challenger for 'acme' under .*: run icpfit train data=acme"
    ):
        challenger(open_store(tmp_path, "acme"))


@pytest.mark.parametrize("name", ["50%20off", "what?"])
def test_a_root_that_mlflow_can_t_address_is_refused(tmp_path, name):
    with pytest.raises(SettingsError, match="root: MLflow can't keep its store under"):
        open_store(tmp_path / name, "acme")


def test_metrics_and_params_are_flat_and_short():
    assert flat_metrics(
        {"a b(c)": 1, "x": Estimate(float("nan"), 0.1, None), "inf": float("inf")}
    ) == {
        "a b_c_": 1.0,
        "x.low": 0.1,
    }
    found = flat_params({"a": {"b": None, "c": True}, "long": "x" * 900})
    assert found["a.b"] == "none"
    assert found["a.c"] == "true"
    assert len(found["long"]) == 500


def test_json_takes_what_a_judgement_holds():
    import datetime as dt

    import numpy as np

    values = {
        "deciles": pd.DataFrame({"n": [1, 2], "rate": [0.5, float("nan")]}),
        "curve": np.array([0.0, np.inf]),
        "n": np.int64(3),
        "ok": np.bool_(True),
        "day": pd.Timestamp("2026-06-30"),
        "path": Path("a/b"),
        "gates": ({"passed": False},),
        "until": dt.date(2026, 1, 2),
    }
    assert json.loads(json_text(values)) == {
        "deciles": [{"n": 1, "rate": 0.5}, {"n": 2, "rate": None}],
        "curve": [0.0, None],
        "n": 3,
        "ok": True,
        "day": "2026-06-30T00:00:00",
        "path": str(Path("a/b")),
        "gates": [{"passed": False}],
        "until": "2026-01-02",
    }


@pytest.mark.parametrize(
    "uri",
    [
        "file:///x/mlruns/artifacts/other/m-1",
        "file:///x/mlruns/artifacts/acme/../other",
        "s3://bucket/acme",
        "/etc/passwd",
    ],
)
def test_a_place_outside_the_company_s_folder_is_refused(tmp_path, uri):
    with pytest.raises(ModelError, match="which is not below"):
        artifact_path(open_store(tmp_path, "acme"), uri)


def test_a_damaged_database_is_one_line_at_once(tmp_path):
    """MLflow would retry for two minutes."""
    (tmp_path / "mlruns").mkdir()
    (tmp_path / "mlruns" / "mlflow.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(
        ModelError, match=r"mlflow\.db: is damaged \(file is not a database\)"
    ) as caught:
        champion(open_store(tmp_path, "acme"))
    assert "\n" not in str(caught.value)


def test_a_root_that_can_t_be_written_is_one_line(tmp_path):
    (tmp_path / "mlruns").write_text("a file is in the way")
    with pytest.raises(OutputError, match="mlruns: can't be written") as caught:
        record_training(open_store(tmp_path, "acme"), TrainingRecord(config=""))
    assert "\n" not in str(caught.value)


@slow
def test_a_training_is_recorded_whole(root, bundle, small_model, tmp_path, capfd):
    (tmp_path / "report.html").write_text("<p>", encoding="utf-8")
    store = open_store(root, "whole")
    run = _record(bundle, files=[tmp_path / "report.html"], texts={"icp.yaml": "name: neu\n"})
    recorded = record_training(store, run)
    assert recorded.model_version == 1

    found = _client(root).get_run(recorded.run_id)
    assert found.info.status == "FINISHED"
    assert found.data.metrics == {
        "auc": 0.71,
        "auc.low": 0.63,
        "auc.high": 0.78,
        "gini": 0.4,
        "n": 162.0,
    }
    assert found.data.params["label.kind"] == "ratio"
    assert found.data.tags["judged_basis"] == "later hold-out"

    registered = challenger(store)
    assert registered.label == "icpfit-whole v1 (challenger, not promoted)"
    assert registered.run_id == recorded.run_id
    assert {"signal", "exploratory", "icpfit.bundle_sha256"} <= set(registered.tags)
    assert judgement_record(registered)["auc"]["low"] == 0.63
    assert kept_file(registered, "config.yaml").read_text() == "password: ${oc.env:PGPASSWORD}\n"
    assert kept_file(registered, "icp.yaml").read_text(encoding="utf-8") == "name: neu\n"
    assert kept_file(registered, "report.html").read_text() == "<p>"
    assert (
        pd.read_parquet(kept_file(registered, "shap_values.parquet")).loc["b", "employees"] == -2.0
    )
    assert json.loads(kept_file(registered, "data_digests.json").read_text()) == {
        "accounts.csv": "ab" * 32
    }
    with pytest.raises(ModelError, match=r"none\.html: was kept when icpfit-whole v1"):
        kept_file(registered, "none.html")

    model = loaded_model(registered)
    assert model.version == registered.label
    assert model.driver_shares == small_model.driver_shares
    assert root in registered.bundle.parents
    # Not a word of MLflow's.
    assert capfd.readouterr() == ("", "")


@slow
def test_the_registered_model_is_a_pyfunc_without_pickle_or_code(
    root, bundle, facts, listed, small_model
):
    import mlflow
    import mlflow.pyfunc

    from icpfit.delivery.lists.scored_list import scored_frame

    store = open_store(root, "service")
    record_training(store, _record(bundle))
    registered = challenger(store)
    mlflow.set_tracking_uri(store.uri)
    import warnings

    with warnings.catch_warnings():
        # MLflow on its own dependencies; what is tested is what it loads.
        warnings.simplefilter("ignore")
        service = mlflow.pyfunc.load_model(f"models:/{registered.name}@challenger")
        given = facts(6, 2)
        found = service.predict(given.drop(columns="has_shop"))
        with pytest.raises(mlflow.exceptions.MlflowException) as caught:
            service.predict(given.assign(employees="SECRET"))
    expected = scored_frame(small_model, listed(given.drop(columns="has_shop")))
    # MLflow has its own way to write that there is no text.
    pd.testing.assert_frame_equal(
        found.astype(object).where(found.notna(), None),
        expected.astype(object).where(expected.notna(), None),
    )
    assert "SECRET" not in str(caught.value)
    inputs = service.metadata.signature.inputs
    assert not any(column.required for column in inputs)
    assert inputs.input_dict()["founded"].type.name == "datetime"
    shipped = sorted(p.name for p in registered.bundle.parents[1].rglob("*") if p.is_file())
    assert not [name for name in shipped if name.endswith((".py", ".pkl", ".skops"))]
    assert (
        f"icpfit=={__import__('icpfit').__version__}"
        in (registered.bundle.parents[1] / "requirements.txt").read_text()
    )


@slow
def test_a_judgement_comes_back_as_it_was(root, bundle):
    import numpy as np

    from icpfit.evidence.judgement import judgement
    from icpfit.evidence.promotion import verdict
    from icpfit.evidence.record import as_record
    from icpfit.evidence.signal import Signal

    rng = np.random.default_rng(1)
    margin = rng.normal(0, 100, 200)
    score = margin + rng.normal(0, 100, 200)
    judged = judgement(
        ranking=score, fit_probability=1 / (1 + np.exp(-score / 80)), is_fit=margin > 0, margin=margin,
        basis="later hold-out of 200 accounts", holdout=True, train_prevalence=0.5, icp_selected=margin > -50, n_boot=200,
    )  # fmt: skip
    signal = Signal("signal", 1.0, 0.5, 0.69, 900)
    store = open_store(root, "judged")
    record_training(
        store, _record(bundle, judgement={"judgement": as_record(judged), "signal": signal})
    )
    found, heard = recorded_trial(challenger(store))
    assert heard == signal
    assert as_record(found) == as_record(judged)
    assert verdict(found, heard, champion_exists=False) == verdict(
        judged, signal, champion_exists=False
    )
    (challenger(store).run_files / "judgement.json").write_text('{"judgement": 3}')
    with pytest.raises(ModelError, match=r"judgement\.json: the judgement of icpfit-judged v1"):
        recorded_trial(challenger(store))


@slow
def test_without_a_model_the_run_is_kept_and_nothing_registered(root):
    store = open_store(root, "nosignal")
    recorded = record_training(store, _record(None, tags={"signal": "none"}))
    assert recorded.model_version is None
    assert _client(root).get_run(recorded.run_id).data.tags["signal"] == "none"
    with pytest.raises(ModelError, match="no challenger for 'nosignal'"):
        challenger(store)


@slow
def test_two_companies_in_one_root_never_touch(root, bundle):
    one, two = open_store(root, "one"), open_store(root, "one-two")
    record_training(one, _record(bundle))
    promote(one, 1, PROMOTE, "mo")
    record_training(two, _record(bundle))
    record_training(two, _record(bundle))
    with pytest.raises(ModelError, match="no champion yet for 'one-two'"):
        champion(two)
    promote(two, 2, PROMOTE, "mo")
    assert champion(one).label == "icpfit-one v1"
    assert champion(two).label == "icpfit-one-two v2"
    assert one.artifacts in champion(one).bundle.parents
    assert two.artifacts in champion(two).bundle.parents
    assert [line.company for line in promotions(one.promotion_log)] == ["one"]
    assert [line.company for line in promotions(two.promotion_log)] == ["one-two"]
    assert _client(root).get_experiment_by_name("icpfit-one").experiment_id != (
        _client(root).get_experiment_by_name("icpfit-one-two").experiment_id
    )


@slow
def test_promotion_moves_champion_and_previous_and_is_written_down(root, bundle):
    store = open_store(root, "moves")

    def aliases():
        aliases = _client(root).get_registered_model("icpfit-moves").aliases
        return {alias: int(version) for alias, version in aliases.items()}

    record_training(store, _record(bundle))
    assert is_registered(store, "challenger")
    assert not is_registered(store, "champion")
    held = promote(store, 1, HOLD, "mo", "first look")
    assert (held.decision, held.from_version, held.to_version) == ("HOLD", None, None)
    assert aliases() == {"challenger": 1}
    promote(store, 1, PROMOTE, "mo", "go")
    assert aliases() == {"champion": 1}
    assert is_registered(store, "champion")
    assert not is_registered(store, "challenger")
    record_training(store, _record(bundle))
    assert challenger(store).version == 2
    assert champion(store).version == 1
    done = promote(store, 2, PROMOTE, "mo", "better")
    assert (done.from_version, done.to_version) == (1, 2)
    assert aliases() == {"champion": 2, "previous": 1}

    # Again on the same version, as after a crash in between: it stays, previous too.
    promote(store, 2, PROMOTE, "mo", "again")
    assert aliases() == {"champion": 2, "previous": 1}
    with pytest.raises(ModelError, match="icpfit-moves v1 is not the challenger any more"):
        promote(store, 1, PROMOTE, "mo")
    lines = promotions(store.promotion_log)
    assert [(line.decision, line.to_version, line.reason) for line in lines] == [
        ("HOLD", None, "first look"),
        ("PROMOTE", 1, "go"),
        ("PROMOTE", 2, "better"),
        ("PROMOTE", 2, "again"),
    ]
    assert lines[1].figures == {"n": 162}
    assert lines[1].reasons == ("better by 3,400 EUR (900–6,100)",)


@slow
def test_rollback_goes_back_step_by_step(root, bundle):
    store = open_store(root, "back")

    def aliases():
        return {
            alias: int(version)
            for alias, version in _client(root).get_registered_model("icpfit-back").aliases.items()
        }

    for version in (1, 2, 3):
        record_training(store, _record(bundle))
        promote(store, version, PROMOTE, "mo")
    assert aliases() == {"champion": 3, "previous": 2}
    done = rollback(store, "Zoë", "odd list")
    assert (done.decision, done.from_version, done.to_version) == ("ROLLBACK", 3, 2)
    # The one below comes up, and the one taken back can be put in use again.
    assert aliases() == {"champion": 2, "previous": 1, "challenger": 3}
    assert champion(store).label == "icpfit-back v2"
    record_training(store, _record(bundle))
    rollback(store, "Zoë")
    assert aliases() == {"champion": 1, "challenger": 4}
    with pytest.raises(ModelError, match="no previous model for 'back'") as caught:
        rollback(store, "Zoë")
    assert "\n" not in str(caught.value)
    assert aliases() == {"champion": 1, "challenger": 4}
    forced = promote(store, 4, HOLD, "mo", "board", force=True, kept={"verdict.json": "{}"})
    assert (forced.decision, forced.to_version) == ("FORCE", 4)
    assert aliases() == {"champion": 4, "previous": 1}
    [kept] = champion(store).run_files.glob("verdict-*/verdict.json")
    assert kept.read_text() == "{}"
    page = kept.with_name("verdict.html").read_text(encoding="utf-8")
    assert "was put in use against the verdict, by mo" in page
    assert [line.decision for line in promotions(store.promotion_log)] == [
        *["PROMOTE"] * 3, "ROLLBACK", "ROLLBACK", "FORCE",
    ]  # fmt: skip


@slow
def test_rollback_needs_a_sound_model_and_a_log(root, bundle):
    store = open_store(root, "unsound")
    for version in (1, 2):
        record_training(store, _record(bundle))
        promote(store, version, PROMOTE, "mo")
    log = store.promotion_log.read_bytes()
    store.promotion_log.unlink()
    store.promotion_log.mkdir()
    with pytest.raises(OutputError, match="no alias was moved"):
        rollback(store, "mo")
    assert champion(store).version == 2
    store.promotion_log.rmdir()
    store.promotion_log.write_bytes(log + b"{torn")
    (registered_model(store, "previous").bundle / "fit_0.txt").unlink()
    with pytest.raises(ModelError, match="fit_0"):
        rollback(store, "mo")
    assert champion(store).version == 2


@slow
def test_no_alias_moves_when_the_log_can_t_be_written(root, bundle):
    store = open_store(root, "nolog")
    record_training(store, _record(bundle))
    store.promotion_log.mkdir()
    with pytest.raises(OutputError, match="no alias was moved"):
        promote(store, 1, PROMOTE, "mo")
    assert challenger(store).version == 1


@slow
@pytest.mark.parametrize("moved", ["moved", "copied"])
def test_a_moved_root_still_loads_and_trains_on(root, bundle, tmp_path, moved):
    """MLflow's own paths are absolute; a copy must not read from, or write to, the original."""
    company = f"root-{moved}"
    store = open_store(root, company)
    record_training(store, _record(bundle))
    promote(store, 1, PROMOTE, "mo")
    elsewhere = tmp_path / "neuer Ort"
    shutil.copytree(root, elsewhere)
    if moved == "moved":
        shutil.rmtree(store.artifacts)
    before = sorted(store.artifacts.rglob("*"))
    there = open_store(elsewhere, company)
    assert elsewhere in champion(there).bundle.parents
    assert loaded_model(champion(there)).company == "acme"
    assert judgement_record(champion(there))["basis"] == "later hold-out"
    record_training(there, _record(bundle))
    assert loaded_model(challenger(there)).trained_on == 400
    assert elsewhere in challenger(there).bundle.parents
    assert sorted(store.artifacts.rglob("*")) == before
    with sqlite3.connect(there.database) as database:
        places = database.execute(
            "SELECT artifact_uri FROM runs r JOIN experiments e USING (experiment_id) WHERE e.name = ?",
            (there.model_name,),
        ).fetchall()
        others = database.execute(
            "SELECT artifact_location FROM experiments WHERE name = 'icpfit-one'"
        ).fetchall()
    database.close()
    assert all("neuer%20Ort" in place for (place,) in places)
    assert all("neuer%20Ort" not in place for (place,) in others), (
        "another company's places are its own business"
    )


@slow
@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "manifest", "folder"])
def test_a_damaged_model_is_one_line(root, bundle, damage):
    store = open_store(root, f"damage-{damage}")
    record_training(store, _record(bundle))
    registered = challenger(store)
    file = registered.bundle / "fit_0.txt"
    text = file.read_bytes()
    if damage == "cut":
        file.write_bytes(text[:-200])
    elif damage == "changed":
        file.write_bytes(text.replace(b"leaf_value=", b"leaf_value=9", 1)[: len(text)])
    elif damage == "gone":
        file.unlink()
    elif damage == "manifest":
        # Somebody copied another model's files here: they fit each other, but weren't registered.
        file = registered.bundle / "manifest.json"
        file.write_bytes(file.read_bytes() + b" ")
    else:
        file = registered.bundle
        shutil.rmtree(registered.bundle)
    with pytest.raises(ModelError) as caught:
        loaded_model(registered)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


@slow
def test_two_processes_may_be_the_first_at_once(tmp_path):
    """Without the lock one of two fails on a fresh store (three trials of three)."""
    root = tmp_path / "fräsch 1"
    root.mkdir()
    script = (
        "import sys, pathlib\n"
        "from icpfit.delivery.registry.store import open_store\n"
        "from icpfit.delivery.registry.tracking import record_training\n"
        "from icpfit.delivery.registry.training_record import TrainingRecord\n"
        "store = open_store(pathlib.Path(sys.argv[1]), sys.argv[2])\n"
        "print(record_training(store, TrainingRecord(config='', metrics={'auc': .7})).run_id)\n"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", script, str(root), company],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for company in ("acme", "beta")
    ]
    said = [process.communicate(timeout=300) for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    assert [err for _, err in said] == ["", ""]
    for out, _ in said:
        assert _client(root).get_run(out.strip()).info.status == "FINISHED"


@slow
def test_a_killed_run_is_marked_by_the_next_and_a_living_one_is_not(root):
    """kill -9 leaves RUNNING behind; the lock of a run tells whether its process still lives."""
    script = (
        "import os, signal, sys, pathlib, time\n"
        "import icpfit.delivery.registry.tracking as tracking\n"
        "def stop(client, run_id, run):\n"
        "    print(run_id, flush=True)\n"
        "    if sys.argv[2] == 'dies': os.kill(os.getpid(), signal.SIGKILL)\n"
        "    sys.stdin.readline()\n"
        "tracking._log = stop\n"
        "from icpfit.delivery.registry.store import open_store\n"
        "store = open_store(pathlib.Path(sys.argv[1]), 'killed')\n"
        "tracking.record_training(store, tracking.TrainingRecord(config=''))\n"
    )
    dead = _python("-c", script, root, "dies", check=False).stdout.strip()
    living = subprocess.Popen(
        [sys.executable, "-c", script, str(root), "lives"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        alive = living.stdout.readline().strip()
        record_training(open_store(root, "killed"), TrainingRecord(config=""))
        assert _client(root).get_run(dead).info.status == "KILLED"
        assert _client(root).get_run(alive).info.status == "RUNNING"
    finally:
        living.communicate("\n", timeout=60)
    assert _client(root).get_run(alive).info.status == "FINISHED"
    assert list((root / "mlruns" / ".running").iterdir()) == []


@slow
@pytest.mark.parametrize(
    ("stop", "status"), [(KeyboardInterrupt, "KILLED"), (RuntimeError, "FAILED")]
)
def test_a_run_that_stops_in_the_middle_says_so(root, bundle, monkeypatch, stop, status):
    from icpfit.delivery.registry import tracking

    def fail(*_):
        raise stop

    store = open_store(root, f"stops-{status.lower()}")
    monkeypatch.setattr(tracking, "_registered", fail)
    with pytest.raises(stop):
        record_training(store, _record(bundle))
    client = _client(root)
    [run] = client.search_runs([client.get_experiment_by_name(store.model_name).experiment_id])
    assert run.info.status == status
    with pytest.raises(ModelError, match="no challenger"):
        challenger(store)


@slow
def test_what_mlflow_says_becomes_one_line(root, bundle, monkeypatch):
    from icpfit.delivery.registry import tracking

    def fail(*_):
        from mlflow.exceptions import MlflowException

        raise MlflowException("first line\nsecond line")

    monkeypatch.setattr(tracking, "_registered", fail)
    with pytest.raises(
        IcpfitError, match="MLflow failed while recording the training: first line"
    ) as caught:
        record_training(open_store(root, "says"), _record(bundle))
    assert "\n" not in str(caught.value)


@slow
def test_customers_figures_stay_here(root, bundle):
    record_training(open_store(root, "private"), _record(bundle))
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert os.environ["DO_NOT_TRACK"] == "true"
    assert os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] == "false"
    assert os.environ["MLFLOW_DISABLE_SCHEMA_DETAILS"] == "true"
