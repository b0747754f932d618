"""The record of every training, and which model is in use: the only module that knows MLflow.

Everything lies under one root: the store in ``mlruns/mlflow.db``, what it points to in
``mlruns/artifacts/<company>``. Each company has its own experiment, model, aliases and promotion
log, so that two companies in one root never touch each other.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import platform
import shutil
import sqlite3
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from icpfit import __version__
from icpfit.delivery.registry.aliases import aliased_model, put_in_use, taken_back
from icpfit.delivery.registry.experiment import HOST_TAG, end_killed_runs, experiment_id
from icpfit.delivery.registry.look_log import holdout_of, record_look
from icpfit.delivery.registry.registered_model import (
    DIGEST_TAG,
    Alias,
    RegisteredModel,
    loaded_model,
    no_such_model,
)
from icpfit.delivery.registry.store import (
    Store,
    failure,
    locked,
    running,
    sound_database,
)
from icpfit.delivery.registry.training_record import (
    Recorded,
    TrainingRecord,
    flat_metrics,
    flat_params,
    input_types,
    pip_requirements,
    write_kept_files,
)
from icpfit.errors import IcpfitError, ModelError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from icpfit.delivery.registry.promotion_log import Promotion
    from icpfit.evidence.promotion import Verdict
    from icpfit.measure.estimate import Estimate

__all__ = [
    "challenger",
    "champion",
    "is_registered",
    "promote",
    "record_training",
    "registered_model",
    "rollback",
]

# Set before MLflow is imported, which reads them then. Telemetry is off because customers' figures
# are nobody else's business; schema details because MLflow would put whole rows into its messages.
_ENVIRONMENT = {
    "DO_NOT_TRACK": "true",
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
    "MLFLOW_DISABLE_SCHEMA_DETAILS": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}


def record_training(store: Store, run: TrainingRecord) -> Recorded:
    """Record a training; where it has a model, register that as the company's challenger.

    Parameters
    ----------
    store : Store
        From `open_store`.
    run : TrainingRecord
        What to keep. Without a bundle (no signal) nothing is registered, and an earlier
        challenger stays what it is.

    Returns
    -------
    Recorded
        The run, and the version of the model or None.

    Raises
    ------
    OutputError
        If the store can't be written.
    ModelError
        If the store is damaged.

    Notes
    -----
    Runs of killed processes are marked so, one that fails in here FAILED; the alias moves last, so
    a half-recorded model is never the challenger. The look at the hold-out is counted.
    """
    with _mlflow(store, "recording the training") as client, contextlib.ExitStack() as held:
        with locked(store):
            experiment = experiment_id(store, client)
            end_killed_runs(store, client, experiment)
            tags = {HOST_TAG: platform.node(), "icpfit.version": __version__, **run.tags}
            run_id = client.create_run(experiment, tags=tags, run_name="train").info.run_id
            held.enter_context(running(store, run_id))
        try:
            _log(client, run_id, run)
            record_look(store, *holdout_of(run.tags), job="train", run_id=run_id)
            version = None if run.bundle is None else _registered(store, client, run_id, run)
        except KeyboardInterrupt:
            client.set_terminated(run_id, "KILLED")
            raise
        except BaseException:
            client.set_terminated(run_id, "FAILED")
            raise
        client.set_terminated(run_id, "FINISHED")
    return Recorded(run_id, version)


def registered_model(store: Store, alias: Alias) -> RegisteredModel:
    """Return the model in use, the one before it, or the last that was trained and not promoted.

    Parameters
    ----------
    store : Store
        From `open_store`.
    alias : {"champion", "challenger", "previous"}
        Which of them.

    Returns
    -------
    RegisteredModel
        The version with that alias.

    Raises
    ------
    ModelError
        If there is none; one line that says what to do.
    """
    found = _aliased(store, alias)
    if found is None:
        raise no_such_model(store, alias)
    return found


def champion(store: Store) -> RegisteredModel:
    """Return the model in use.

    Parameters
    ----------
    store : Store
        From `open_store`.

    Returns
    -------
    RegisteredModel
        See `registered_model`.
    """
    return registered_model(store, "champion")


def challenger(store: Store) -> RegisteredModel:
    """Return the last model that was trained and not promoted.

    Parameters
    ----------
    store : Store
        From `open_store`.

    Returns
    -------
    RegisteredModel
        See `registered_model`.
    """
    return registered_model(store, "challenger")


def is_registered(store: Store, alias: Alias) -> bool:
    """Return whether there is such a model.

    Parameters
    ----------
    store : Store
        From `open_store`.
    alias : {"champion", "challenger", "previous"}
        Which of them.

    Returns
    -------
    bool
        True where `registered_model` returns one.
    """
    return _aliased(store, alias) is not None


def promote(
    store: Store,
    version: int,
    verdict: Mapping[str, Any] | Verdict,
    by: str,
    reason: str = "",
    *,
    force: bool = False,
    kept: Mapping[str, str] | None = None,
    metrics: Mapping[str, Estimate | float | None] | None = None,
) -> Promotion:
    """Act on a verdict: put the challenger in use, or only write down why not.

    The champion becomes ``previous``, the challenger ``champion``; the log's line goes before.

    Parameters
    ----------
    store : Store
        From `open_store`.
    version : int
        The challenger that was judged.
    verdict : Verdict or Mapping
        ``decision`` (``"PROMOTE"``, ``"REFRESH"`` or ``"HOLD"``), ``reasons``, and further plain
        values, which are written down.
    by, reason : str
        Who asks for it, and what they say about it.
    force : bool
        Put it in use whatever the verdict; the log then says ``"FORCE"``.
    kept : Mapping, optional
        File name to text, kept with the challenger's run in a folder of this verdict, together
        with the verdict as a page.
    metrics : Mapping, optional
        Figures of the verdict, logged with the challenger's run.

    Returns
    -------
    Promotion
        The line of the log. `from_version` equals `to_version` where the model already was the
        champion, or was held.

    Raises
    ------
    ModelError
        If that version isn't the challenger any more.
    OutputError
        If the store or the log can't be written; then no alias was moved.
    """
    with _mlflow(store, "promoting") as client, locked(store):
        return put_in_use(
            store,
            client,
            version,
            verdict,
            by=by,
            reason=reason,
            force=force,
            kept=kept or {},
            metrics=metrics or {},
        )


def rollback(store: Store, by: str, reason: str = "") -> Promotion:
    """Put the previous model in use again.

    Parameters
    ----------
    store : Store
        From `open_store`.
    by, reason : str
        Who asks for it, and what they say about it.

    Returns
    -------
    Promotion
        The line of the log, with the decision ``"ROLLBACK"``.

    Raises
    ------
    ModelError
        If there is no previous model, or its files are damaged; then nothing was changed.
    OutputError
        If the store or the log can't be written; then no alias was moved.
    """
    loaded_model(registered_model(store, "previous"))  # a damaged model must not go live
    with _mlflow(store, "going back") as client, locked(store):
        return taken_back(store, client, by, reason)


def _aliased(store: Store, alias: Alias) -> RegisteredModel | None:
    if not store.database.is_file():
        return None  # known without the seconds that MLflow's import takes
    with _mlflow(store, f"looking for the {alias}") as client:
        return aliased_model(store, client, alias)


def _log(client: Any, run_id: str, run: TrainingRecord) -> None:
    from mlflow.entities import Metric, Param

    now = time.time_ns() // 1_000_000
    metrics = [Metric(name, value, now, 0) for name, value in flat_metrics(run.metrics).items()]
    params = [Param(name, value) for name, value in flat_params(run.params).items()]
    # MLflow takes a thousand metrics and a hundred params at once.
    for start in range(0, len(metrics), 1000):
        client.log_batch(run_id, metrics=metrics[start : start + 1000])
    for start in range(0, len(params), 100):
        client.log_batch(run_id, params=params[start : start + 100])
    with tempfile.TemporaryDirectory(prefix="icpfit-") as folder:
        write_kept_files(Path(folder), run)
        client.log_artifacts(run_id, folder)


def _registered(store: Store, client: Any, run_id: str, run: TrainingRecord) -> int:
    import mlflow
    import mlflow.pyfunc
    from mlflow.exceptions import MlflowException

    assert run.bundle is not None  # noqa: S101 - the caller looked
    manifest = (run.bundle / "manifest.json").read_bytes()
    tags = {**run.tags, DIGEST_TAG: hashlib.sha256(manifest).hexdigest()}
    with tempfile.TemporaryDirectory(prefix="icpfit-") as folder:
        # MLflow keeps the folder's own name, and a reader must know where to look.
        bundle = shutil.copytree(run.bundle, Path(folder) / "bundle")
        with mlflow.start_run(run_id=run_id):
            logged = mlflow.pyfunc.log_model(
                name="model",
                loader_module="icpfit.delivery.registry.pyfunc",
                data_path=str(bundle),
                pip_requirements=pip_requirements(),
                signature=_signature(run.inputs),
            )
    with locked(store):
        with contextlib.suppress(MlflowException):  # it is there already
            client.create_registered_model(store.model_name)
        made = client.create_model_version(
            store.model_name,
            logged.model_uri,
            run_id,
            tags={key: str(value) for key, value in tags.items()},
            description=run.summary or None,
            await_creation_for=0,
            model_id=logged.model_id,
        )
        client.set_registered_model_alias(store.model_name, "challenger", made.version)
    return int(made.version)


def _signature(inputs: Mapping[str, str]) -> Any:
    """Return the model's signature: every attribute may be missing, in whole or in a row."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    from icpfit.delivery.lists.scored_list import ADDED_COLUMNS

    added = {name: "string" if d is None else "double" for name, d in ADDED_COLUMNS.items()}
    taken, given = (
        Schema([ColSpec(kind, name, required=False) for name, kind in types.items()])
        for types in (input_types(inputs), added)
    )
    return ModelSignature(inputs=taken, outputs=given)


@contextlib.contextmanager
def _mlflow(store: Store, doing: str) -> Iterator[Any]:
    """Give a client of the store; whatever MLflow says on the way becomes one line or nothing."""
    # Before the seconds that MLflow's import takes, and the minutes that it would retry.
    with locked(store):
        sound_database(store)
    os.environ.update(_ENVIRONMENT)
    with warnings.catch_warnings():
        # Deprecations inside MLflow are its makers' business; the version is pinned.
        warnings.filterwarnings("ignore", module=r"(mlflow|alembic|sqlalchemy)\b")
        import mlflow
        from mlflow.exceptions import MlflowException
        from mlflow.tracking import MlflowClient
        from sqlalchemy.exc import SQLAlchemyError

        for name in ("mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            # Two processes that create or migrate the same store at once would break it.
            with locked(store):
                mlflow.set_tracking_uri(store.uri)
                mlflow.set_registry_uri(store.uri)
                client = MlflowClient(store.uri, store.uri)
                client.search_registered_models(max_results=1)
            yield client
        except IcpfitError:
            raise
        except (OSError, sqlite3.OperationalError) as error:
            raise OutputError(failure(store, doing, error)) from error
        except (MlflowException, SQLAlchemyError) as error:
            raise ModelError(failure(store, doing, error)) from error
