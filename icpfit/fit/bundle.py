"""A model as a folder: LightGBM's text, tables, JSON, and a manifest that is checked before all.

LightGBM ends the whole process on a damaged model text, or silently scores with it; so every file's
size and SHA-256 are compared first. That guards against damage, not against somebody who may write
to the folder.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
import shutil
from typing import TYPE_CHECKING, Any

from icpfit.errors import ModelError, OutputError
from icpfit.fit.calibration import Calibration
from icpfit.fit.contract import Feature, FeatureContract
from icpfit.fit.curves import curves_from
from icpfit.fit.engine_files import TABLES, engine_contents, engine_from, engine_records
from icpfit.fit.forests import lightgbm
from icpfit.fit.model import Model
from icpfit.fit.ranges import MarginRanges

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["read_bundle", "write_bundle"]

FORMAT = 3
MANIFEST, RECORD = "manifest.json", "model.json"
FOREST = re.compile(r"(fit|margin)_(0|[1-9]\d{0,3})\.txt")
REMEDY = "train again, or restore mlruns from a backup"
PLAIN = (
    "margin_scale",
    "margin_shift",
    "objective",
    "currency",
    "horizon",
    "as_of",
    "company",
    "label_text",
    "trained_on",
    "driver_shares",
    "threads",
    "version",
    "kind",
)


def write_bundle(model: Model, folder: Path) -> None:
    """Write the model to a folder, beside it first and then renamed.

    Parameters
    ----------
    model : Model
        A trained model.
    folder : Path
        Is made, or takes the place of an earlier bundle there.

    Raises
    ------
    OutputError
        When the folder can't be written, or holds something that isn't a bundle.

    Notes
    -----
    The same model gives the same bytes: keys are sorted, floats are written such that they read
    back exactly, lines end alike on every system.
    """
    if folder.exists() and (not folder.is_dir() or _foreign(folder)):
        raise OutputError(
            f"{folder}: holds something that is not a model; name another folder, or empty it"
        )
    contents = _contents(model)
    beside = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    former = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    try:
        beside.mkdir(parents=True)
        for name, content in contents.items():
            (beside / name).write_bytes(content)
        if folder.exists():
            folder.rename(former)
        beside.rename(folder)
    except OSError as error:
        if former.exists() and not folder.exists():
            former.rename(folder)
        raise OutputError(
            f"{folder}: the model can't be written ({error.strerror or error}); "
            "make room, or make the folder writable"
        ) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    shutil.rmtree(former, ignore_errors=True)


def read_bundle(folder: Path) -> Model:
    """Return the model that was written to a folder, once all its files are found undamaged.

    Parameters
    ----------
    folder : Path
        As given to `write_bundle`.

    Returns
    -------
    Model
        Scores as the one that was written, byte for byte.

    Raises
    ------
    ModelError
        Names the file that is missing, damaged, or of another version of icpfit.
    """
    contents = _checked(folder)
    record = _parsed(folder / RECORD, contents[RECORD])
    try:
        return _model(record, contents)
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        lightgbm().basic.LightGBMError,
    ) as error:
        raise ModelError(
            f"{folder / RECORD}: was not written by this version of icpfit "
            f"({type(error).__name__}: {error}); {REMEDY}"
        ) from None


def _contents(model: Model) -> dict[str, bytes]:
    forests = {f"fit_{k}.txt": booster for k, booster in enumerate(model.fit_boosters)}
    forests |= {f"margin_{k}.txt": booster for k, booster in enumerate(model.margin_boosters)}
    contents = {name: _text(booster) for name, booster in forests.items()}
    contents |= engine_contents(model)
    contents[RECORD] = _json(_record(model))
    manifest = {
        "format": FORMAT,
        "files": {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            for name, content in contents.items()
        },
    }
    contents[MANIFEST] = _json(manifest)
    return contents


def _text(booster: Any) -> bytes:
    return str(booster.model_to_string(num_iteration=-1)).encode()


def _json(values: Any) -> bytes:
    text = json.dumps(values, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()


def _record(model: Model) -> dict[str, Any]:
    from icpfit.fit.grades import grading_record

    record: dict[str, Any] = {name: getattr(model, name) for name in PLAIN}
    record["features"] = [dataclasses.asdict(feature) for feature in model.contract.features]
    record["dropped"] = model.contract.dropped
    record["ranges"] = dataclasses.asdict(model.ranges)
    record["grading"] = None if model.grading is None else grading_record(model.grading)
    record["fit_curves"] = (
        None if model.fit_curves is None else dataclasses.asdict(model.fit_curves)
    )
    record["calibration"] = (
        None if model.calibration is None else dataclasses.asdict(model.calibration)
    )
    record["engines"] = engine_records(model)
    record["forests"] = {"fit": len(model.fit_boosters), "margin": len(model.margin_boosters)}
    return record


def _model(record: dict[str, Any], contents: dict[str, bytes]) -> Model:
    from icpfit.fit.grades import grading_from

    forests = record["forests"]
    expected = {f"{which}_{k}.txt" for which in ("fit", "margin") for k in range(forests[which])}
    found = {name for name in contents if FOREST.fullmatch(name)}
    if expected != found:
        named = min(expected ^ found)
        raise ModelError(f"{MANIFEST}: and {RECORD} disagree on {named}; {REMEDY}")
    ranges = {name: tuple(values) for name, values in record["ranges"].items()}
    fit, margin = (_forests(contents, which, forests[which]) for which in ("fit", "margin"))
    return Model(
        contract=FeatureContract(
            tuple(_feature(values) for values in record["features"]), dict(record["dropped"])
        ),
        fit_boosters=fit,
        margin_boosters=margin,
        fit_engine=engine_from("fit", record["engines"], contents, fit),
        margin_engine=engine_from("margin", record["engines"], contents, margin),
        ranges=MarginRanges(**ranges),
        grading=None if record["grading"] is None else grading_from(record["grading"]),
        fit_curves=None if record["fit_curves"] is None else curves_from(record["fit_curves"]),
        calibration=None if record["calibration"] is None else Calibration(**record["calibration"]),
        **{name: record[name] for name in PLAIN},
    )


def _feature(values: dict[str, Any]) -> Feature:
    lists = {name: tuple(values[name]) for name in ("levels", "rare_levels")}
    return Feature(**{**values, **lists})


def _forests(contents: dict[str, bytes], which: str, count: int) -> tuple[Any, ...]:
    lgb = lightgbm()
    texts = [contents[f"{which}_{k}.txt"].decode() for k in range(count)]
    return tuple(lgb.Booster(model_str=text) for text in texts)


def _checked(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files of the manifest, each found to be as it was written."""
    if not folder.is_dir():
        raise ModelError(f"{folder}: there is no model here; {REMEDY}")
    manifest = _parsed(folder / MANIFEST, _bytes(folder / MANIFEST))
    files = manifest.get("files")
    _check_format(folder / MANIFEST, manifest.get("format"))
    if not isinstance(files, dict):
        raise ModelError(f"{folder / MANIFEST}: damaged, it lists no files; {REMEDY}")
    strange = [name for name in sorted(files) if name != RECORD and not _is_part(name)]
    if RECORD not in files or strange:
        raise ModelError(f"{folder / MANIFEST}: lists {strange or 'no model.json'}; {REMEDY}")
    extra = [name for name in _names(folder) if _is_part(name) and name not in files]
    if extra:
        raise ModelError(f"{folder / extra[0]}: is not in the manifest; {REMEDY}")
    contents = {}
    for name in sorted(files):
        content = _bytes(folder / name)
        told = files[name] if isinstance(files[name], dict) else {}
        if len(content) != told.get("size"):
            raise ModelError(
                f"{folder / name}: damaged, {told.get('size')} bytes were written and "
                f"{len(content)} are there; {REMEDY}"
            )
        if hashlib.sha256(content).hexdigest() != told.get("sha256"):
            raise ModelError(f"{folder / name}: damaged, its SHA-256 has changed; {REMEDY}")
        contents[name] = content
    return contents


def _check_format(path: Path, found: Any) -> None:
    """Refuse a model that this version of icpfit doesn't read, and say what to do."""
    if found == FORMAT:
        return
    if type(found) is int and 0 < found < FORMAT:
        raise ModelError(
            f"{path}: a model of format {found}, written by an earlier icpfit; this one reads "
            f"format {FORMAT}; train again, with a new root= if that model is in use"
        )
    raise ModelError(
        f"{path}: expected format {FORMAT}, found {found!r}; use the icpfit that wrote it, or "
        f"{REMEDY}"
    )


def _is_part(name: str) -> bool:
    """Return whether a file of this name holds a forest or tables."""
    return FOREST.fullmatch(name) is not None or name in TABLES.values()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ModelError(f"{path}: is missing; {REMEDY}") from None
    except OSError as error:
        raise ModelError(f"{path}: can't be read ({error.strerror or error}); {REMEDY}") from None


def _parsed(path: Path, content: bytes) -> dict[str, Any]:
    try:
        values = json.loads(content)
    except ValueError:
        raise ModelError(f"{path}: damaged, it is no JSON; {REMEDY}") from None
    if not isinstance(values, dict):
        raise ModelError(f"{path}: damaged, it holds no keys; {REMEDY}")
    return values


def _names(folder: Path) -> Sequence[str]:
    return sorted(path.name for path in folder.iterdir())


def _foreign(folder: Path) -> bool:
    """Return whether a folder holds anything and isn't a bundle."""
    names = _names(folder)
    return bool(names) and MANIFEST not in names
