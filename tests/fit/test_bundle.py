"""The model's folder: exact, the same bytes for the same model, and never read when damaged."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest

from icpfit.attribution.explainer import explainer
from icpfit.errors import ModelError, OutputError
from icpfit.fit.bundle import read_bundle, write_bundle
from icpfit.fit.calibration import Calibration
from icpfit.fit.engines import with_engines
from icpfit.fit.grades import grading
from icpfit.fit.scores import scores


@pytest.fixture(scope="module")
def tabled(small):
    return with_engines(small.model)


@pytest.fixture
def folder(tabled, tmp_path):
    write_bundle(tabled, tmp_path / "model")
    return tmp_path / "model"


def test_what_is_read_is_what_was_written(small, tabled, folder, matrix, tmp_path):
    model = read_bundle(folder)
    assert model.contract == small.model.contract
    assert model.ranges == small.model.ranges
    assert model.fit_curves == small.model.fit_curves is not None
    plain = ("margin_scale", "margin_shift", "objective", "currency", "horizon", "as_of", "company",
             "label_text", "trained_on", "driver_shares", "threads", "version", "kind", "grading")  # fmt: skip
    assert {name: getattr(model, name) for name in plain} == {
        name: getattr(small.model, name) for name in plain
    }
    for name in ("fit_if_won", "margin_if_won", "margin_p10", "margin_p90", "ranking"):
        assert (
            getattr(scores(model, matrix), name).tobytes()
            == getattr(scores(tabled, matrix), name).tobytes()
        )
    write_bundle(model, tmp_path / "again")
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {
        p.name: p.read_bytes() for p in (tmp_path / "again").iterdir()
    }


def test_its_files(folder):
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "fit.tables.npz",
        *(f"fit_{k}.txt" for k in range(5)),
        "manifest.json",
        "margin.tables.npz",
        "margin_0.txt",
        "model.json",
    ]
    assert b"\r" not in (folder / "model.json").read_bytes()
    assert not list(folder.parent.glob(".*"))


def test_grading_comes_back(small, accounts, tmp_path):
    graded = grading(
        small.oof_margin, accounts.is_fit, accounts.margin, "cross-validated", n_boot=50
    )
    write_bundle(replace(small.model, grading=graded, version="3", kind="weak"), tmp_path / "model")
    model = read_bundle(tmp_path / "model")
    assert (model.version, model.kind) == ("3", "weak")
    assert model.grading.cuts == graded.cuts
    np.testing.assert_array_equal(model.grading.reference, graded.reference)
    assert model.grading.evidence == graded.evidence


@pytest.mark.parametrize(
    "name", ["fit_0.txt", "margin_0.txt", "fit.tables.npz", "margin.tables.npz", "model.json"]
)
@pytest.mark.parametrize("damage", ["cut", "digit", "empty", "gone"])
def test_damage_is_named_before_anything_is_read(folder, name, damage):
    path = folder / name
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    elif damage == "digit":
        at = next(i for i in range(len(content) // 2, len(content)) if content[i : i + 1].isdigit())
        path.write_bytes(
            content[:at] + (b"1" if content[at : at + 1] != b"1" else b"2") + content[at + 1 :]
        )
    else:
        path.write_bytes(content[:-40] if damage == "cut" else b"")
    said = "is missing" if damage == "gone" else "damaged"
    with pytest.raises(
        ModelError,
        match=rf"{name.replace('.', '[.]')}: {said}.*train again, or restore mlruns from a backup",
    ):
        read_bundle(folder)


def edited(folder, change):
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m.update(format=4), "format 3, found 4; use the icpfit that wrote it"),
        (lambda m: m.update(format=True), "manifest.json: expected format 3, found True"),
        (lambda m: m.update(files=[]), "manifest.json: damaged, it lists no files"),
        (lambda m: m["files"].pop("model.json"), "manifest.json: lists no model.json"),
        (lambda m: m["files"].update({"../../secret": {}}), "manifest.json: lists .*secret"),
        (lambda m: m["files"].pop("fit_3.txt"), "fit_3.txt: is not in the manifest"),
        (lambda m: m["files"].pop("fit.tables.npz"), "fit.tables.npz: is not in the manifest"),
        (lambda m: m["files"].update({"fit_0.txt": None}), "fit_0.txt: damaged"),
    ],
)
def test_a_damaged_manifest_is_named(folder, change, said):
    edited(folder, change)
    with pytest.raises(ModelError, match=said):
        read_bundle(folder)


def test_a_calibration_comes_back(small, matrix, tmp_path):
    model = replace(small.model, calibration=Calibration(slope=0.9, intercept=-1 / 3))
    write_bundle(model, tmp_path / "line")
    again = read_bundle(tmp_path / "line")
    assert again.calibration == model.calibration
    assert scores(again, matrix).fit_if_won.tobytes() == scores(model, matrix).fit_if_won.tobytes()


def test_a_model_of_the_earlier_format_is_refused_with_what_to_do(folder):
    edited(folder, lambda manifest: manifest.update(format=2))
    with pytest.raises(ModelError) as refused:
        read_bundle(folder)
    assert str(refused.value) == (
        f"{folder / 'manifest.json'}: a model of format 2, written by an earlier icpfit; this one "
        "reads format 3; train again, with a new root= if that model is in use"
    )


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe"])
def test_a_manifest_that_is_no_manifest(folder, content):
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(ModelError, match=r"manifest\.json: damaged"):
        read_bundle(folder)


def test_a_forest_left_out_of_manifest_and_folder(folder):
    edited(folder, lambda manifest: manifest["files"].pop("fit_3.txt"))
    (folder / "fit_3.txt").unlink()
    with pytest.raises(ModelError, match=r"disagree on fit_3\.txt"):
        read_bundle(folder)


def test_a_forest_too_many(folder):
    (folder / "fit_7.txt").write_text("tree")
    with pytest.raises(ModelError, match=r"fit_7\.txt: is not in the manifest"):
        read_bundle(folder)


def test_tables_left_out_of_manifest_and_folder_are_not_made_again(folder):
    edited(folder, lambda manifest: manifest["files"].pop("margin.tables.npz"))
    (folder / "margin.tables.npz").unlink()
    with pytest.raises(ModelError, match=r"margin\.tables\.npz: is missing; train again"):
        read_bundle(folder)


def test_tables_of_other_forests_are_refused(folder):
    exchanged = (folder / "fit.tables.npz").read_bytes()
    (folder / "margin.tables.npz").write_bytes(exchanged)
    told = {"sha256": hashlib.sha256(exchanged).hexdigest(), "size": len(exchanged)}
    edited(folder, lambda manifest: manifest["files"].update({"margin.tables.npz": told}))
    with pytest.raises(ModelError, match=r"margin\.tables\.npz: the tables are not those of these"):
        read_bundle(folder)


def test_a_model_without_tables_says_so_and_stays_with_lightgbm(small, matrix, tmp_path):
    write_bundle(small.model, tmp_path / "plain")
    again = read_bundle(tmp_path / "plain")
    assert not list((tmp_path / "plain").glob("*.npz"))
    assert (again.fit_engine, again.margin_engine) == (None, None)
    assert scores(again, matrix).ranking.tobytes() == scores(small.model, matrix).ranking.tobytes()


def test_why_there_are_no_tables_comes_back(small, tmp_path):
    refused = explainer(small.model.margin_boosters, most_bytes=1000)
    write_bundle(replace(small.model, margin_engine=refused), tmp_path / "model")
    again = read_bundle(tmp_path / "model").margin_engine
    assert (again.path, again.why) == ("pred_contrib", refused.why)
    assert "0 are allowed" in again.why


def test_no_folder(tmp_path):
    with pytest.raises(ModelError, match="there is no model here"):
        read_bundle(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match=r"manifest\.json: is missing"):
        read_bundle(tmp_path / "empty")


def test_an_earlier_bundle_is_replaced_whole(small, folder):
    (folder / "fit_9.txt").write_text("left over")
    write_bundle(replace(small.model, version="2"), folder)
    assert read_bundle(folder).version == "2"
    assert not (folder / "fit_9.txt").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_what_is_no_bundle_is_never_replaced(small, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("keep me")
    (tmp_path / "file").write_text("keep me")
    for name in ("letters", "file"):
        with pytest.raises(OutputError, match=f"{name}: holds something that is not a model"):
            write_bundle(small.model, tmp_path / name)
    assert (tmp_path / "letters" / "dear.txt").read_text() == "keep me"


def test_where_nothing_can_be_written(small, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="the model can't be written"):
        write_bundle(small.model, tmp_path / "file" / "model")
