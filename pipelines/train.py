"""Train a challenger on the earlier accounts, judge it on the later ones, register it in MLflow."""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from icpfit.delivery.registry.training_result import TrainingResult
    from icpfit.job import Job


@dataclass(frozen=True)
class Train:
    """What `icpfit train` takes; conf/train.yaml says what each means."""

    root: str
    data: dict[str, Any]
    icp: str | None
    objective: Literal["margin", "fit"]
    features: list[str] | None
    seed: int
    threads: int

    def __post_init__(self) -> None:
        """Refuse what no model can be trained with."""
        if self.threads < 1:
            raise ValueError(f"threads: expected 1 or more, found {self.threads}")


def run(job: Job) -> TrainingResult:
    """Train, judge, explain, report, record; register the model where there is a signal.

    Parameters
    ----------
    job : Job
        Its settings.

    Returns
    -------
    TrainingResult
        What was found, for the closing table.
    """
    from icpfit.company import company_settings, current_profile
    from icpfit.delivery.console.summary import train_summary
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.delivery.registry.store import open_store
    from icpfit.delivery.registry.tracking import has_champion, record_training
    from icpfit.delivery.registry.training_result import TrainingResult
    from icpfit.delivery.registry.trial_record import trial_record
    from icpfit.delivery.report.page import write_report
    from icpfit.delivery.report.trial_report import trial_report
    from icpfit.evidence.promotion import verdict
    from icpfit.evidence.signal import check_signal
    from icpfit.evidence.trial import trial
    from icpfit.fit.bundle import write_bundle
    from icpfit.insight.explanation import explanation
    from icpfit.intake import intake
    from icpfit.job import root_folder

    chosen = job.settings(Train)
    terminal = Terminal()
    root = root_folder(chosen.root)
    company = company_settings(chosen.data)
    profile = current_profile(company, chosen.icp, job.conf_folders)
    terminal.note(f"root: {root}")
    taken = intake(company, root, terminal)
    with terminal.step("training and judging a challenger") as told:
        tried = trial(
            taken.accounts,
            profile,
            company=company.name,
            objective=chosen.objective,
            features=chosen.features,
            seed=chosen.seed,
            threads=chosen.threads,
            progress=told,
        )
    with terminal.step("explaining it with SHAP"):
        explained = explanation(tried)
    with tempfile.TemporaryDirectory() as folder, terminal.step("recording it in MLflow") as told:
        told("opening the store")
        store = open_store(root, company.name)
        decided = verdict(tried.judgement, tried.signal, champion_exists=has_champion(store))
        told("drawing the report")
        facts = trial_report(
            taken.accounts,
            company=company.name,
            objective=chosen.objective,
            generated_on=dt.datetime.now(tz=dt.UTC).date(),
            profile=profile,
            trial=tried,
            explanation=explained,
            verdict=decided,
        )
        report = Path(folder, "report.html")
        write_report(facts, report)
        bundle = None
        if tried.signal.tier != "none":
            bundle = Path(folder, "bundle")
            write_bundle(tried.model, bundle)
        told("recording")
        recorded = record_training(
            store,
            trial_record(
                taken.accounts,
                tried,
                explained,
                config=job.unresolved,
                digests=taken.tables.digests,
                report=report,
                bundle=bundle,
            ),
        )
    result = TrainingResult(facts, recorded.run_id, recorded.model_version)
    terminal.closing(train_summary(result), title=f"{company.name}: the challenger")
    check_signal(tried.signal, company.name)
    return result


if __name__ == "__main__":
    from icpfit.pipelines.dispatch import main

    raise SystemExit(main(["train", *sys.argv[1:]]))
