"""A company's experiment in MLflow: where its runs go, and the end of those that were killed."""

from __future__ import annotations

import contextlib
import platform
from typing import TYPE_CHECKING, Any

from icpfit.delivery.registry.store import moved_root_mended, running
from icpfit.errors import ModelError

if TYPE_CHECKING:
    from icpfit.delivery.registry.store import Store

__all__ = ["HOST_TAG", "end_killed_runs", "experiment_id"]

HOST_TAG = "icpfit.host"


def experiment_id(store: Store, client: Any) -> str:
    """Return the company's experiment, made where it isn't there, with its place under this root.

    Parameters
    ----------
    store : Store
        The company's. The caller holds its lock.
    client : mlflow.MlflowClient
        Of that store.

    Returns
    -------
    str
        MLflow's id.
    """
    moved_root_mended(store)
    found = client.get_experiment_by_name(store.model_name)
    if found is None:
        place = store.artifacts.as_uri()
        return str(client.create_experiment(store.model_name, artifact_location=place))
    if found.lifecycle_stage == "deleted":
        client.restore_experiment(found.experiment_id)
    return str(found.experiment_id)


def end_killed_runs(store: Store, client: Any, experiment: str) -> None:
    """Mark the runs that a killed process of this machine left as if they still went on.

    Parameters
    ----------
    store : Store
        The company's. The caller holds its lock.
    client : mlflow.MlflowClient
        Of that store.
    experiment : str
        The company's experiment.
    """
    for run in client.search_runs([experiment], "attributes.status = 'RUNNING'"):
        # Another machine's locks can't be seen from here, so its runs are left alone.
        if run.data.tags.get(HOST_TAG) != platform.node():
            continue
        with contextlib.suppress(ModelError), running(store, run.info.run_id):
            client.set_terminated(run.info.run_id, "KILLED")
