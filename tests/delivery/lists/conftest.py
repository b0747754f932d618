"""A company with a champion, made without training anything, and lists for it to score."""

import dataclasses
import shutil
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

YAML = """\
company: acme
currency: EUR
as_of: 2026-06-30
horizon: 12mo
lag: 0d
folder: data/acme
attributes:
  employees: {kind: number, known: before_sale, column: Employees, unit: people}
  country: {kind: category, known: before_sale, column: Country}
  has_shop: {kind: flag, known: before_sale, column: Shop}
  founded: {kind: date, known: before_sale, column: Founded}
sources:
  crm:
    table: accounts
    files: accounts.csv
    columns: {account_id: Number, name: Name, domain: Website, started_on: Start, churned_on: Churn}
prospects:
  id: Lead
  name: Company
  lists: {mine: {files: list.csv}}
  crm:
    salesforce: {id: Lead, fields: {fit_grade: Fit_Grade__c, margin_if_won: Margin__c, next_step: Next__c}}
    dynamics: {entity: opportunity}
"""


def _strangers(facts, n, seed=11):
    """A list of n strangers as a CRM would export it."""
    made = facts(n, seed)
    return pd.DataFrame(
        {
            "Lead": [f"L{i:05d}" for i in range(n)],
            "Company": [f"Firm {i} GmbH" for i in range(n)],
            "Website": [f"firm{i}.example.de" for i in range(n)],
            "Owner": np.array(["Eve", "Bob", ""])[np.arange(n) % 3],
            "Employees": made["employees"].map(lambda v: "" if np.isnan(v) else f"{v:.0f}"),
            "Country": made["country"].fillna(""),
            "Shop": made["has_shop"].map({1.0: "yes", 0.0: "no"}),
            "Founded": made["founded"].dt.strftime("%Y-%m-%d"),
        }
    )


@pytest.fixture(scope="session")
def strangers(facts):
    """A maker of lists of n companies that nobody knows."""

    def make(n, seed=11):
        return _strangers(facts, n, seed)

    return make


@pytest.fixture(scope="session")
def acme(tmp_path_factory, small_model, facts):
    """The root of a company with a champion. Tests write elsewhere; to change it they copy it."""
    from icpfit.delivery.registry.store import open_store
    from icpfit.delivery.registry.tracking import promote, record_training
    from icpfit.delivery.registry.training_record import TrainingRecord
    from icpfit.fit.bundle import write_bundle

    root = tmp_path_factory.mktemp("acme")
    bundle = tmp_path_factory.mktemp("bundle") / "model"
    write_bundle(dataclasses.replace(small_model), bundle)
    kinds = {"employees": "number", "country": "category", "has_shop": "flag", "founded": "date"}
    store = open_store(root, "acme")
    record_training(
        store,
        TrainingRecord(
            config="", params={}, metrics={}, judgement={}, ledger={}, digests={},
            tags={"signal": "signal", "judged_basis": "later hold-out", "exploratory": "no"},
            drivers=pd.DataFrame({"feature": ["employees"], "share": [0.7]}),
            shap_values=pd.DataFrame({"employees": [1.5]}, index=["a"]),
            bundle=bundle, inputs=kinds, summary="small",
        ),
    )  # fmt: skip
    promote(store, 1, {"decision": "PROMOTE", "reasons": ["a test"]}, "a test", "a test")
    exports = root / "data" / "acme"
    exports.mkdir(parents=True)
    (root / "conf" / "data").mkdir(parents=True)
    (root / "conf" / "data" / "acme.yaml").write_text(YAML, encoding="utf-8")
    (exports / "accounts.csv").write_text(
        "Number,Name,Website,Start,Churn,Employees,Country,Shop,Founded\n"
        "100,Kunde AG,kunde.de,2024-01-01,,,,,\n"
        "200,Weg AG,weg.de,2024-01-01,2025-01-01,,,,\n",
        encoding="utf-8",
    )
    listed = _strangers(facts, 60)
    listed.loc[3, "Website"] = "https://www.kunde.de/start"
    listed.loc[4, "Website"] = "weg.de"
    listed.loc[5, "Website"] = "shop.kunde.de"
    listed.loc[7, "Website"] = listed.loc[6, "Website"]
    listed.loc[9, "Company"] = "=SUM(A1:A9) Handel"
    listed.loc[10, "Country"] = "BR"
    listed.to_csv(exports / "list.csv", index=False, lineterminator="\n")
    return root


@pytest.fixture
def score(acme, icpfit_here, tmp_path):
    """Run `icpfit score` for the company, with the current folder in an empty one."""

    def run(*words, root=acme):
        done = icpfit_here(
            "score",
            "--config-dir",
            acme / "conf",
            "data=acme",
            f"root={root}",
            *words,
            cwd=tmp_path,
        )
        return SimpleNamespace(
            code=done.returncode,
            out=done.stdout,
            err=done.stderr,
            last=(done.stderr.strip().splitlines() or [""])[-1],
            folder=tmp_path,
        )

    return run


@pytest.fixture
def acme_copy(acme, tmp_path):
    """A copy of the root, to be changed."""
    copy = tmp_path / "copy"
    shutil.copytree(acme, copy, ignore=shutil.ignore_patterns("scored-acme"))
    return copy
