"""A version of a company's model: where its files lie, and what is read from them."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from icpfit.delivery.registry.training_record import JUDGEMENT_FILE
from icpfit.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from icpfit.delivery.registry.store import Store
    from icpfit.evidence.judgement import Judgement
    from icpfit.evidence.signal import Signal
    from icpfit.fit.model import Model

__all__ = [
    "DIGEST_TAG",
    "Alias",
    "RegisteredModel",
    "judgement_record",
    "kept_file",
    "loaded_model",
    "no_such_model",
    "recorded_trial",
]

DIGEST_TAG = "icpfit.bundle_sha256"
Alias = Literal["challenger", "champion", "previous"]


@dataclass(frozen=True)
class RegisteredModel:
    """A version of a company's model in the registry.

    Attributes
    ----------
    name : str
        Such as ``"icpfit-acme"``.
    version : int
        Counted from 1.
    run_id : str
        The training that it comes from.
    alias : str
        The alias that it was asked for by.
    bundle : Path
        Folder of the model's files, below the present root.
    run_files : Path
        Folder of what the run kept.
    tags : Mapping
        Signal tier, basis of the judgement, digest of the bundle and so on.
    """

    name: str
    version: int
    run_id: str
    alias: Alias
    bundle: Path
    run_files: Path
    tags: Mapping[str, str]

    @property
    def label(self) -> str:
        """What stands in each scored row: name, version, and whether it was never promoted."""
        note = " (challenger, not promoted)" if self.alias == "challenger" else ""
        return f"{self.name} v{self.version}{note}"


def no_such_model(store: Store, alias: Alias) -> ModelError:
    """Return the error that says that a company has no such model, and what to do.

    Parameters
    ----------
    store : Store
        The company's.
    alias : {"champion", "challenger", "previous"}
        Which one was asked for.

    Returns
    -------
    ModelError
        One line.
    """
    company = store.company
    if alias == "champion":
        return ModelError(
            f"no champion yet for '{company}' under {store.folder}:"
            f" run icpfit train data={company}, then icpfit promote data={company}"
            " (was it held? model=challenger uses it all the same, and says so)"
        )
    if alias == "previous":
        return ModelError(
            f"no previous model for '{company}' under {store.folder}:"
            " only one was ever in use, or all were gone back on; nothing was changed"
        )
    return ModelError(
        f"no challenger for '{company}' under {store.folder}:"
        f" run icpfit train data={company} (a promoted model is the champion)"
    )


def loaded_model(registered: RegisteredModel) -> Model:
    """Return a registered model, once its files have been checked against their digests.

    Parameters
    ----------
    registered : RegisteredModel
        From `champion` or `challenger`.

    Returns
    -------
    Model
        With its version set to the label that stands in scored rows.

    Raises
    ------
    ModelError
        If a file is missing or damaged; one line that names it.
    """
    from icpfit.fit.bundle import read_bundle

    if not registered.bundle.is_dir():
        raise ModelError(
            f"{registered.bundle}: the files of {registered.label} are gone;"
            " restore mlruns/artifacts, or train again"
        )
    manifest = registered.bundle / "manifest.json"
    digest = registered.tags.get(DIGEST_TAG)
    # The manifest vouches for the files; the registry for the manifest.
    if manifest.is_file() and hashlib.sha256(manifest.read_bytes()).hexdigest() != digest:
        raise ModelError(
            f"{manifest}: damaged, it is not what was registered as {registered.name}"
            f" v{registered.version}; restore mlruns/artifacts, or train again"
        )
    return dataclasses.replace(read_bundle(registered.bundle), version=registered.label)


def kept_file(registered: RegisteredModel, name: str) -> Path:
    """Return a file that the model's training kept, such as ``report.html``.

    Parameters
    ----------
    registered : RegisteredModel
        From `champion` or `challenger`.
    name : str
        The file's name.

    Returns
    -------
    Path
        Below the present root.

    Raises
    ------
    ModelError
        If it isn't there.
    """
    path = registered.run_files / name
    if not path.is_file():
        message = f"{path}: was kept when {registered.label} was trained, and is gone; train again"
        raise ModelError(message)
    return path


def judgement_record(registered: RegisteredModel) -> dict[str, Any]:
    """Return the judgement under which a model was registered.

    Parameters
    ----------
    registered : RegisteredModel
        From `champion` or `challenger`.

    Returns
    -------
    dict
        As it was given to `record_training`; plain JSON values.

    Raises
    ------
    ModelError
        If it is gone or damaged.
    """
    path = kept_file(registered, JUDGEMENT_FILE)
    try:
        values = json.loads(path.read_bytes())
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise ModelError(f"{path}: the judgement of {registered.label} is damaged; train again")
    return values


def recorded_trial(registered: RegisteredModel) -> tuple[Judgement, Signal]:
    """Return how a model was judged when it was trained, to decide on it later.

    Parameters
    ----------
    registered : RegisteredModel
        From `champion` or `challenger`.

    Returns
    -------
    tuple of Judgement and Signal
        Equal to those that `trial_record` kept.

    Raises
    ------
    ModelError
        If the record is gone or damaged.
    """
    from icpfit.evidence.record import from_record
    from icpfit.evidence.signal import Signal

    values = judgement_record(registered)
    try:
        return from_record(values["judgement"]), Signal(**values["signal"])
    except (KeyError, TypeError, AttributeError, ModelError) as error:
        path = registered.run_files / JUDGEMENT_FILE
        raise ModelError(
            f"{path}: the judgement of {registered.label} is damaged ({error!r}); train again"
        ) from None
