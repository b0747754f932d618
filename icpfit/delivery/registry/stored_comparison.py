"""Champion and challenger as they are stored, held against each other; and the verdict's files."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

from icpfit.delivery.registry.account_roles import recorded_roles
from icpfit.delivery.registry.registered_model import kept_file, loaded_model
from icpfit.delivery.registry.training_record import json_text
from icpfit.errors import ModelError
from icpfit.measure.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.delivery.registry.registered_model import RegisteredModel
    from icpfit.economics.outcome import Accounts
    from icpfit.evidence.promotion import Verdict
    from icpfit.evidence.succession.champion_challenger import ChampionChallenger
    from icpfit.icp.profile import Profile

__all__ = ["changed_exports", "stored_comparison", "verdict_files", "verdict_metrics"]


def stored_comparison(
    accounts: Accounts,
    champion: RegisteredModel,
    challenger: RegisteredModel,
    profile: Profile | None,
) -> ChampionChallenger:
    """Compare two registered models by their stored files alone.

    Parameters
    ----------
    accounts : Accounts
        Facts and outcomes, joined from today's exports.
    champion, challenger : RegisteredModel
        The model in use and the one that would replace it.
    profile : Profile or None
        The current ICP, whose volume both choose.

    Returns
    -------
    ChampionChallenger
        On the challenger's hold-out, less what the champion learned from.

    Raises
    ------
    ModelError
        If a model is damaged, or it wasn't kept which accounts judged the challenger.
    """
    from icpfit.evidence.succession.champion_challenger import champion_challenger

    roles = recorded_roles(challenger)
    if roles is None:
        raise ModelError(
            f"{challenger.label} was trained by an earlier icpfit, which didn't keep the accounts"
            " that judged it; train again"
        )
    return champion_challenger(
        accounts,
        loaded_model(champion),
        loaded_model(challenger),
        champion_roles=recorded_roles(champion),
        challenger_roles=roles,
        profile=profile,
    )


def changed_exports(registered: RegisteredModel, digests: Mapping[str, str]) -> list[str]:
    """Return which files are not those that a model was trained and judged on.

    Parameters
    ----------
    registered : RegisteredModel
        From `challenger`.
    digests : Mapping of str to str
        File to sha256 of today's exports.

    Returns
    -------
    list of str
        Changed, new and missing ones, sorted.

    Raises
    ------
    ModelError
        If the digests of the training are gone or damaged.
    """
    path = kept_file(registered, "data_digests.json")
    try:
        then = dict(json.loads(path.read_bytes()))
    except (TypeError, ValueError):
        raise ModelError(
            f"{path}: the digests of {registered.label} are damaged; train again"
        ) from None
    files = {*then, *digests}
    return sorted(file for file in files if then.get(file) != digests.get(file))


def verdict_files(verdict: Verdict, compared: ChampionChallenger | None = None) -> dict[str, str]:
    """Return what is kept of a verdict, as texts by file name.

    Parameters
    ----------
    verdict : Verdict
        With its figures.
    compared : ChampionChallenger, optional
        What it rests on where a model was in use.

    Returns
    -------
    dict of str to str
        ``verdict.json``, and ``grade_changes.csv`` with every account that changes grade.
    """
    files = {"verdict.json": json_text(verdict)}
    if compared is not None and compared.comparison is not None:
        files["grade_changes.csv"] = compared.changes.to_csv(index=False, lineterminator="\n")
    return files


def verdict_metrics(compared: ChampionChallenger | None) -> dict[str, Estimate | float]:
    """Return the figures of a comparison by the names under which MLflow shows them.

    Parameters
    ----------
    compared : ChampionChallenger or None
        None where no model was in use.

    Returns
    -------
    dict of str to Estimate or float
        Such as ``against_champion.log_loss_difference``; with the accounts that change grade.
    """
    if compared is None or compared.comparison is None:
        return {}
    found = compared.comparison
    figures = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
    kept: dict[str, Estimate | float] = {
        f"against_champion.{name}": value
        for name, value in figures.items()
        if isinstance(value, Estimate | float | int)
    }
    kept["against_champion.grade_changes"] = len(compared.changes)
    if compared.drift is not None:
        kept["against_champion.champion_drift"] = compared.drift.value
    return kept
