"""Which accounts a model learned from and which judged it: a small table kept with its run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.registry.registered_model import kept_file
from icpfit.errors import ModelError

if TYPE_CHECKING:
    import pandas as pd

    from icpfit.delivery.registry.registered_model import RegisteredModel
    from icpfit.evidence.trial import Trial

__all__ = ["ACCOUNTS_FILE", "account_roles", "recorded_roles"]

ACCOUNTS_FILE = "accounts.parquet"
_COLUMNS = ["role", "fit_if_won", "margin_if_won"]


def account_roles(trial: Trial) -> pd.DataFrame:
    """Return every account of a trial with its part in it.

    Parameters
    ----------
    trial : Trial
        The challenger and its judgement.

    Returns
    -------
    DataFrame
        Indexed by account_id, sorted: role ("train" or "holdout"), and fit_if_won and
        margin_if_won as judged. Without a hold-out these are out-of-fold predictions of the
        training accounts; with one the training accounts have none.
    """
    import pandas as pd

    from icpfit.fit.scores import scores

    parts = []
    if len(trial.split.holdout):
        said = scores(trial.model, trial.matrix)
        parts.append(_part(trial.split.train, "train", float("nan"), float("nan")))
        parts.append(_part(trial.judged, "holdout", said.fit_if_won, said.margin_if_won))
    else:
        out_of_fold = trial.trained
        parts.append(_part(trial.split.train, "train", out_of_fold.oof_fit, out_of_fold.oof_margin))
    return pd.concat(parts).sort_index()


def _part(accounts: pd.Index, role: str, fit: object, margin: object) -> pd.DataFrame:
    import pandas as pd

    index = pd.Index(accounts, name="account_id", dtype=object)
    return pd.DataFrame(dict(zip(_COLUMNS, (role, fit, margin), strict=True)), index=index)


def recorded_roles(registered: RegisteredModel) -> pd.DataFrame | None:
    """Return the accounts of a registered model with their parts in its training.

    Parameters
    ----------
    registered : RegisteredModel
        Any version.

    Returns
    -------
    DataFrame or None
        As from `account_roles`; None for a model of an earlier icpfit, which didn't keep them.

    Raises
    ------
    ModelError
        If the file is damaged.
    """
    import pandas as pd

    if not (registered.run_files / ACCOUNTS_FILE).is_file():
        return None
    path = kept_file(registered, ACCOUNTS_FILE)
    try:
        return pd.read_parquet(path)[_COLUMNS]
    except (OSError, ValueError, KeyError):
        raise ModelError(
            f"{path}: which accounts {registered.label} learned from is damaged; train again"
        ) from None
