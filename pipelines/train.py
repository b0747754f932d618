"""Train a challenger on the earlier accounts, judge it on the later ones, register it in MLflow."""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from icpfit.delivery.cluster.engine import Engine  # noqa: TC001 - settings() looks the types up

if TYPE_CHECKING:
    from icpfit.company import Company
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.delivery.registry.training_result import TrainingResult
    from icpfit.delivery.report.label_tables import LabelFindings
    from icpfit.evidence.definition.budget import Budget
    from icpfit.evidence.definition.definition import Sensitivity
    from icpfit.evidence.trial import Trial
    from icpfit.intake import Intake
    from icpfit.job import Job


@dataclass(frozen=True)
class Train:
    """What `icpfit train` takes; conf/train.yaml says what each means."""

    root: str
    data: dict[str, Any]
    icp: str | None
    objective: Literal["margin", "fit"]
    features: list[str] | None
    evidence: Literal["quick", "full"]
    seed: int
    threads: int
    engine: Engine

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
    # Before the libraries are loaded: a mistake in the settings shows at once.
    chosen = job.settings(Train)
    from icpfit.company import company_settings, current_profile
    from icpfit.data.typical_prospects import typical_prospects
    from icpfit.delivery.console.label_summary import show_label_test
    from icpfit.delivery.console.summary import train_summary
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.delivery.registry.former_drivers import former_drivers
    from icpfit.delivery.registry.label_record import with_label_test
    from icpfit.delivery.registry.store import open_store
    from icpfit.delivery.registry.strategy_record import with_strategy
    from icpfit.delivery.registry.tracking import is_registered, record_training
    from icpfit.delivery.registry.training_result import TrainingResult
    from icpfit.delivery.registry.trial_record import trial_record
    from icpfit.delivery.report.strategy_page import kept_pages, strategy_decision
    from icpfit.delivery.report.trial_report import trial_report
    from icpfit.evidence.promotion import verdict
    from icpfit.evidence.signal import check_signal
    from icpfit.evidence.trial import trial
    from icpfit.fit.bundle import write_bundle
    from icpfit.fit.engines import engine_words
    from icpfit.insight.explanation import explanation
    from icpfit.insight.strategy import strategy
    from icpfit.intake import intake
    from icpfit.job import root_folder

    terminal = Terminal()
    root = root_folder(chosen.root)
    company = company_settings(chosen.data)
    profile = current_profile(company, chosen.icp, job.conf_folders)
    terminal.note(f"root: {root}")
    taken = intake(company, root, terminal, chosen.engine)
    prospects = typical_prospects(company.data, root)
    if prospects.note:
        terminal.note(f"note: {prospects.note}")
    with terminal.step("training and judging a challenger") as told:
        tried = trial(
            taken.accounts,
            profile,
            company=company.name,
            objective=chosen.objective,
            features=chosen.features,
            prospects=prospects,
            evidence=chosen.evidence,
            seed=chosen.seed,
            threads=chosen.threads,
            progress=told,
        )
    tested, label, budget = _tested_label(chosen, company, taken, tried, terminal)
    with terminal.step("explaining it with SHAP"):
        explained = explanation(tried)
    store = open_store(root, company.name)
    with terminal.step("finding groups, and holding the current ICP against them") as told:
        decided_from = strategy(
            taken.accounts,
            tried,
            explained,
            tables=taken.tables,
            data=company.data,
            economics=company.economics,
            current=profile,
            prospects=prospects.facts,
            former=former_drivers(store),
            evidence=chosen.evidence,
            seed=chosen.seed,
            progress=told,
        )
    decided = verdict(
        tried.judgement, tried.signal, champion_exists=is_registered(store, "champion")
    )
    facts = replace(
        trial_report(
            taken.accounts,
            company=company.name,
            objective=chosen.objective,
            generated_on=dt.datetime.now(tz=dt.UTC).date(),
            profile=profile,
            trial=tried,
            explanation=explained,
            verdict=decided,
        ),
        sensitivity=label,
    )
    with tempfile.TemporaryDirectory() as folder, terminal.step("recording it in MLflow") as told:
        told("drawing the report")
        pages = kept_pages(facts, taken.accounts, decided_from, tried.recalibration, Path(folder))
        bundle = None
        if tried.signal.tier != "none":
            bundle = Path(folder, "bundle")
            write_bundle(tried.model, bundle)
        told("recording")
        record = trial_record(
            taken.accounts,
            tried,
            explained,
            config=job.unresolved,
            digests=taken.tables.digests,
            pages=pages,
            bundle=bundle,
        )
        record = with_label_test(record, tested, budget)
        record = with_strategy(record, decided_from, taken.accounts, Path(folder))
        recorded = record_training(store, record)
    result = TrainingResult(
        facts, recorded.run_id, recorded.model_version, strategy_decision(decided_from, facts)
    )
    show_label_test(label, terminal)
    said = train_summary(result, engine_words(tried.model))
    terminal.closing(said, title=f"{company.name}: the challenger")
    check_signal(tried.signal, company.name)
    return result


def _tested_label(
    chosen: Train, company: Company, taken: Intake, tried: Trial, terminal: Terminal
) -> tuple[Sensitivity, LabelFindings, Budget]:
    """Put the label to the test, as far as the level of evidence goes."""
    from icpfit.delivery.cluster.cluster_join import cluster_join
    from icpfit.delivery.report.label_tables import label_findings
    from icpfit.economics.horizon import accounts_over_shorter_horizon
    from icpfit.evidence.definition.budget import evidence_budget
    from icpfit.evidence.definition.sensitivity import sensitivity
    from icpfit.job import root_folder

    budget = evidence_budget(chosen.evidence)
    with terminal.step("putting the label to the test") as told:
        shorter = None
        if budget.shorter_horizon:
            told("over a shorter horizon")
            with cluster_join(chosen.engine, root_folder(chosen.root)) as joins:
                shorter = accounts_over_shorter_horizon(
                    taken.tables, company.data, company.economics, joins
                )
        tested = sensitivity(
            taken.accounts,
            company.economics.label,
            budget,
            trial=tried,
            objective=chosen.objective,
            shorter=shorter,
            seed=chosen.seed,
            progress=told,
        )
    return tested, label_findings(tested, budget, company.data.currency), budget


if __name__ == "__main__":
    from icpfit.pipelines.dispatch import main

    raise SystemExit(main(["train", *sys.argv[1:]]))
