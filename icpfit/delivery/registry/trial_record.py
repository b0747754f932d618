"""What of a trial is kept in MLflow, as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit import __version__
from icpfit.delivery.registry.account_roles import ACCOUNTS_FILE, account_roles
from icpfit.delivery.registry.look_log import holdout_tags
from icpfit.delivery.registry.training_record import TrainingRecord
from icpfit.evidence.drift.kept_accounts import kept_reference
from icpfit.evidence.headline import headline
from icpfit.evidence.record import as_record
from icpfit.fit.reference import REFERENCE_FILE, write_reference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from icpfit.economics.outcome import Accounts
    from icpfit.evidence.calibration import Calibration
    from icpfit.evidence.trial import Trial
    from icpfit.insight.explanation import Explanation
    from icpfit.measure.estimate import Estimate

__all__ = ["trial_record"]


def trial_record(
    accounts: Accounts,
    trial: Trial,
    explanation: Explanation,
    *,
    config: str,
    digests: Mapping[str, str],
    pages: Sequence[Path],
    bundle: Path | None,
) -> TrainingRecord:
    """Gather what is kept of a trial.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.
    trial : Trial
        The challenger and its judgement.
    explanation : Explanation
        SHAP values and drivers.
    config : str
        The composed settings as YAML, unresolved.
    digests : Mapping of str to str
        sha256 of each export.
    pages : sequence of Path
        The report's files, at least one; the table of the accounts' roles is written beside them.
    bundle : Path or None
        The model's files; None where nothing may be registered.

    Returns
    -------
    TrainingRecord
        Parameters, metrics with intervals, tables and files.
    """
    import pandas as pd

    judged, model = trial.judgement, trial.model
    roles = pages[0].with_name(ACCOUNTS_FILE)
    account_roles(trial).to_parquet(roles)
    reference = pages[0].with_name(REFERENCE_FILE)
    write_reference(reference, kept_reference(trial, accounts), model.contract)
    against = judged.against_icp
    shap_values = pd.DataFrame(
        explanation.contributions.values,
        index=pd.Index(trial.judged, name="account_id"),
        columns=list(model.contract.names),
    )
    return TrainingRecord(
        config=config,
        params={
            "icpfit": __version__,
            "objective": model.objective,
            "horizon": model.horizon,
            "as_of": model.as_of,
            "label": model.label_text,
            "features": list(model.contract.names),
            "accounts_trained_on": model.trained_on,
            "accounts_judged": judged.n,
            "split": trial.split.reason,
            "recalibration": {
                "adopted": trial.recalibration.is_adopted,
                "slope": trial.recalibration.tried.slope,
                "intercept": trial.recalibration.tried.intercept,
            },
            "boosting": trial.trained.settings,
        },
        metrics={
            "auc": judged.auc,
            "log_loss": judged.log_loss,
            "brier": judged.brier,
            "ranking_auc": judged.ranking_auc,
            "prevalence": judged.prevalence,
            "prevalence_log_loss": judged.prevalence_log_loss,
            "p_beats_prevalence": judged.p_beats_prevalence,
            "profit_gini": judged.profit_gini,
            "signal_probability": trial.signal.probability,
            **_calibration_metrics(judged.calibration),
            "recalibration_saving": trial.recalibration.saving,
            "recalibration_p_better": trial.recalibration.p_better,
            **(
                {}
                if against is None
                else {
                    "icp_margin": against.icp_margin,
                    "model_margin_at_icp_volume": against.model_margin,
                    "margin_difference": against.difference,
                }
            ),
        },
        judgement={
            "judgement": as_record(judged),
            "signal": {
                "tier": trial.signal.tier,
                "probability": trial.signal.probability,
                "log_loss": trial.signal.log_loss,
                "prevalence_log_loss": trial.signal.prevalence_log_loss,
                "n": trial.signal.n,
            },
        },
        ledger={
            "tables": accounts.ledger.tables,
            "warnings": accounts.ledger.warnings,
            "matching": accounts.ledger.matching,
        },
        digests=digests,
        tags={
            "icpfit.signal": trial.signal.tier,
            "icpfit.basis": judged.basis,
            **holdout_tags(list(trial.split.holdout)),
            "icpfit.exploratory": str(not judged.holdout or trial.signal.tier == "weak").lower(),
        },
        drivers=explanation.drivers,
        shap_values=shap_values,
        files=(*pages, roles, reference),
        bundle=bundle,
        inputs={feature.name: feature.kind for feature in model.contract.features},
        summary=headline(judged),
    )


def _calibration_metrics(found: Calibration | None) -> dict[str, Estimate | float]:
    if found is None:
        return {}
    return {
        "calibration_slope": found.slope,
        "calibration_intercept": found.intercept,
        "brier_skill": found.brier_skill,
        "calibration_error": found.reliability.error,
        "calibration_error_perfect_mean": found.reliability.perfect_mean,
        "calibration_error_perfect_99": found.reliability.perfect_99,
    }
