"""Drift in words and as a file."""

from __future__ import annotations

import csv
import dataclasses

import numpy as np
import pytest

from icpfit.delivery.report.drift_findings import drift_findings, drift_headline
from icpfit.delivery.report.drift_page import drift_html, write_drift
from icpfit.errors import OutputError
from icpfit.evidence.drift.column_drift import ColumnDrift
from icpfit.evidence.drift.drift import Drift, Unseen
from icpfit.evidence.drift.driver_drift import DriverDrift, DriverShift
from icpfit.evidence.drift.likeness import Likeness
from icpfit.measure.psi import Psi


def found(**changed):
    values = {
        "what": "the list <x>.csv", "model": "icpfit-acme v3", "n_learned": 600, "n_rows": 200,
        "columns": (
            ColumnDrift("country", "country", "alert", Psi(0.9, 0.2, 0.3, 1e-9, 5, 600, 200), "JP 0 % before, 60 % now", 0.2),
        ),
        "absent": (), "unseen": (Unseen("country", "country", 120, (("JP", 120),)),),
        "likeness": Likeness(0.81, 0.55, "unlike", (("country", 0.9),), 600, 200, np.ones(600)),
        "estimate": None, "cautioned": 100, "unrated": 20, "currency": "EUR", "horizon": "12mo",
    }  # fmt: skip
    return Drift(**{**values, **changed})


def test_words():
    assert drift_headline(found()) == (
        "The list <x>.csv: unlike the accounts that the model learned from. "
        "Its order is a guess to be tried out, not a plan."
    )
    said = dict(drift_findings(found()))
    assert said["row by row"] == (
        "80 (40 %) rated without a caution, 100 (50 %) with one, 20 (10 %) not rated"
    )
    assert said["country never served"] == "120 rows: JP 120"
    assert "3 to 5 from the 120" in said["explore"]
    assert "explore" not in dict(drift_findings(found(is_list=False)))
    assert "too few rows" in drift_headline(found(likeness=None))
    assert "nothing to compare" in drift_headline(found(n_rows=0))


def test_a_column_that_warns_is_never_nothing_to_do():
    alike = Likeness(0.55, 0.56, "alike", (), 600, 200, np.ones(600))
    moved = found().columns[0]
    for state, said in (
        ("alert", "check that the columns"),
        ("warn", "check that the columns"),
        ("steady", "nothing"),
    ):
        column = dataclasses.replace(moved, state=state)
        told = dict(drift_findings(found(likeness=alike, columns=(column,))))
        assert told["what to do"].startswith(said), state


def test_the_page_is_escaped_and_needs_nothing_else():
    drivers = DriverDrift((DriverShift("country", "country", 0.2, 0.6, 0.1, 0.3),), (), (), 10, "")
    page = drift_html(found(), company="acme", drivers=(drivers, "v2", "v3"))
    assert "&lt;x&gt;.csv" in page
    assert "<x>" not in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert "moved further than luck explains" in page


def test_files(tmp_path):
    write_drift(found(), tmp_path / "drift.csv", company="acme")
    with (tmp_path / "drift.csv").open(encoding="utf-8") as file:
        [row] = csv.DictReader(file)
    assert (row["column"], row["state"], row["psi"]) == ("country", "alert", "0.9")
    write_drift(found(), tmp_path / "drift.html", company="acme")
    assert (tmp_path / "drift.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    with pytest.raises(OutputError, match=r"must end in \.html"):
        write_drift(found(), tmp_path / "drift.txt", company="acme")
