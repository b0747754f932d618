"""Which version of a company's model is the challenger, which is in use, and which was before."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from icpfit.delivery.registry.promotion_log import (
    Promotion,
    champions,
    promotion,
    promotions,
    record_promotion,
)
from icpfit.delivery.registry.registered_model import RegisteredModel, no_such_model
from icpfit.delivery.registry.store import artifact_path, moved_root_mended
from icpfit.delivery.registry.training_record import flat_metrics
from icpfit.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.delivery.registry.registered_model import Alias
    from icpfit.delivery.registry.store import Store
    from icpfit.evidence.promotion import Verdict
    from icpfit.measure.estimate import Estimate

__all__ = [
    "aliased_model",
    "aliased_versions",
    "put_in_use",
    "taken_back",
]


def aliased_versions(store: Store, client: Any) -> dict[str, int]:
    """Return the version behind each alias.

    Parameters
    ----------
    store : Store
        The company's.
    client : mlflow.MlflowClient
        Of that store.

    Returns
    -------
    dict of str to int
        Empty where no model is registered.
    """
    models = client.search_registered_models(filter_string=f"name = '{store.model_name}'")
    return {alias: int(number) for model in models for alias, number in model.aliases.items()}


def aliased_model(store: Store, client: Any, alias: Alias) -> RegisteredModel | None:
    """Return the version with an alias.

    Parameters
    ----------
    store : Store
        The company's.
    client : mlflow.MlflowClient
        Of that store.
    alias : {"champion", "challenger", "previous"}
        Which of them.

    Returns
    -------
    RegisteredModel or None
        None where there is none.
    """
    number = aliased_versions(store, client).get(alias)
    if number is None:
        return None
    found = client.get_model_version(store.model_name, str(number))
    run = client.get_run(found.run_id)
    place = client.get_model_version_download_uri(store.model_name, str(number))
    return RegisteredModel(
        name=store.model_name,
        version=number,
        run_id=found.run_id,
        alias=alias,
        bundle=artifact_path(store, place) / "data" / "bundle",
        run_files=artifact_path(store, run.info.artifact_uri),
        tags=dict(found.tags),
    )


def put_in_use(
    store: Store,
    client: Any,
    version: int,
    verdict: Mapping[str, Any] | Verdict,
    *,
    by: str,
    reason: str = "",
    force: bool = False,
    kept: Mapping[str, str],
    metrics: Mapping[str, Estimate | float | None],
) -> Promotion:
    """Write a verdict into the log, then move the aliases as it says.

    Parameters
    ----------
    store : Store
        The company's. The caller holds its lock.
    client : mlflow.MlflowClient
        Of that store.
    version : int
        The challenger that was judged.
    verdict : Verdict or Mapping
        What was decided.
    by, reason : str
        Who asks for it, and what they say about it.
    force : bool
        Put it in use whatever the verdict.
    kept : Mapping of str to str
        File name to text, kept with the challenger's run in a folder of this verdict, together
        with the verdict as a page.
    metrics : Mapping of str to Estimate or float
        Figures of the verdict, logged with the challenger's run.

    Returns
    -------
    Promotion
        The line of the log.

    Raises
    ------
    ModelError
        If that version isn't the challenger any more.
    OutputError
        If the log can't be written; then no alias was moved.
    """
    name, aliases = store.model_name, aliased_versions(store, client)
    champion = aliases.get("champion")
    if version not in (aliases.get("challenger"), champion):
        raise ModelError(
            f"{name} v{version} is not the challenger any more: another training or promotion"
            f" came in between; run icpfit promote data={store.company} again"
        )
    decided = promotion(
        store.company,
        verdict,
        champion=champion,
        challenger=version,
        by=by,
        reason=reason,
        force=force,
    )
    now = dt.datetime.now(dt.UTC)
    decided = dataclasses.replace(decided, time=now.isoformat(timespec="seconds"))
    run_id = client.get_model_version(name, str(version)).run_id
    if kept:
        moved_root_mended(store)
        files = {**kept, "verdict.html": _verdict_page(decided)}
        for file, text in files.items():
            client.log_text(run_id, text, f"verdict-{now:%Y%m%dT%H%M%SZ}/{file}")
    for metric, value in flat_metrics(metrics).items():
        client.log_metric(run_id, metric, value, timestamp=int(now.timestamp() * 1000))
    decided = record_promotion(store.promotion_log, decided)
    client.set_model_version_tag(name, str(version), "icpfit.verdict", decided.decision)
    if decided.decision != "HOLD":
        # In this order a crash leaves a champion at every moment, and a repeat mends the rest.
        if champion not in (None, version):
            client.set_registered_model_alias(name, "previous", str(champion))
        client.set_registered_model_alias(name, "champion", str(version))
        client.delete_registered_model_alias(name, "challenger")
    return decided


def _verdict_page(decided: Promotion) -> str:
    from icpfit.delivery.report.chapter_page import chapters_html
    from icpfit.delivery.report.chapters.succession import succession_chapter

    title = f"{decided.company}: the verdict on version {decided.challenger_version}"
    return chapters_html([succession_chapter(decided)], title)


def taken_back(store: Store, client: Any, by: str, reason: str) -> Promotion:
    """Put the previous model in use again, and the one before it in its place.

    Parameters
    ----------
    store : Store
        The company's. The caller holds its lock.
    client : mlflow.MlflowClient
        Of that store.
    by, reason : str
        Who asks for it, and what they say about it.

    Returns
    -------
    Promotion
        The line of the log.

    Raises
    ------
    ModelError
        If there is no previous model.
    OutputError
        If the log can't be written; then no alias was moved.
    """
    name, aliases = store.model_name, aliased_versions(store, client)
    now, before = aliases.get("champion"), aliases.get("previous")
    if now is None or before is None or before == now:
        raise no_such_model(store, "previous")
    below = _below(store, before)
    done = record_promotion(
        store.promotion_log,
        Promotion(
            company=store.company,
            decision="ROLLBACK",
            from_version=now,
            to_version=before,
            challenger_version=now,
            reasons=(f"v{before} is in use again in place of v{now}.",),
            by=by,
            reason=reason,
        ),
    )
    client.set_registered_model_alias(name, "champion", str(before))
    client.set_model_version_tag(name, str(now), "icpfit.verdict", done.decision)
    if below is None:
        client.delete_registered_model_alias(name, "previous")
    else:
        client.set_registered_model_alias(name, "previous", str(below))
    if "challenger" not in aliases:
        # So that a way back that was a mistake can be undone, by force and with a reason.
        client.set_registered_model_alias(name, "challenger", str(now))
    return done


def _below(store: Store, version: int) -> int | None:
    """Return which version was in use before this one was."""
    try:
        stack = champions(promotions(store.promotion_log))
    except ModelError:
        return None  # going back must not wait for the log to be mended
    if version not in stack:
        return None
    place = len(stack) - 1 - stack[::-1].index(version)
    return stack[place - 1] if place else None
