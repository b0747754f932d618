"""The page: its words, its safety, its accessibility, and that it claims no more than the data carry."""

import contextvars
import dataclasses
import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from icpfit.delivery.report.facts import AccountCounts
from icpfit.delivery.report.page import report_html, write_report
from icpfit.economics.margin import whale_curve
from icpfit.errors import OutputError
from icpfit.evidence.promotion import Verdict
from icpfit.evidence.signal import Signal

_place = Path(__file__).with_name("page_reader.py")
_found = importlib.util.spec_from_file_location("page_reader", _place)
_reader = importlib.util.module_from_spec(_found)
_found.loader.exec_module(_reader)
Page = _reader.Page


@pytest.fixture(scope="module")
def plain(report_facts, first_page):
    return report_html(report_facts(first=first_page()))


def test_the_words_of_the_report(plain, snapshot):
    """The whole text of a report made from invented facts, pictures left out.

    Rule: it may change only in a change that means to alter what readers are told; whoever does so
    reads the new text from top to bottom first. The facts are fixed in conftest.py, so a change in
    how another room computes can't move it.
    """
    assert Page(plain).text == snapshot


def test_the_same_facts_give_the_same_page(plain, report_facts, first_page):
    anew = contextvars.Context().run  # with every picture drawn again
    assert anew(report_html, report_facts(first=first_page())) == plain


def test_the_page_needs_nothing_and_runs_nothing(plain):
    page = Page(plain)
    assert not page.named("script")
    assert not page.named("link")
    assert not page.named("iframe")
    policies = [
        m["content"] for m in page.named("meta") if m.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    for tag, attrs, _ in page.elements:
        for key, value in attrs.items():
            assert not key.startswith("on"), (tag, key)
            if key in {"href", "src", "xlink:href", "action"}:
                assert value.startswith(("#", "data:image/png;base64,")), (tag, key, value[:60])
    assert "url(http" not in plain
    assert "@import" not in plain


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(2)>',
        "</style></svg><svg onload=alert(3)>",
        "{{ 7 * 7 }} {% raw %} $x_1$",
        "a\x00b\u202egnp.exe",
    ],
)
def test_hostile_names_are_only_names(hostile, report_facts, driver_rows, drivers_of):
    rows = driver_rows(levels=(hostile, "b", "c"))
    features = (
        dataclasses.replace(rows.features[0], name=hostile, meaning=hostile),
        *rows.features[1:],
    )
    rows = dataclasses.replace(rows, features=features, basis=hostile)
    judgement = report_facts().judgement
    icp = dataclasses.replace(judgement.against_icp, profile_name=hostile, note=hostile)
    facts = report_facts(
        company=hostile,
        label_text=hostile,
        driver_rows=rows,
        drivers=drivers_of(rows),
        dropped={hostile: hostile},
        icp_name=hostile,
        icp_sentences=[hostile],
        notes=[hostile],
        judgement=dataclasses.replace(judgement, against_icp=icp),
        verdict=Verdict("HOLD", (hostile,)),
        accounts=AccountCounts(10, 9, 8, {hostile: 2}),
        ledger_lines=[{"table": hostile, "column": "", "read": 3, hostile: hostile}],
        run_id=hostile,
        model_version=hostile,
    )
    html = report_html(facts)
    page = Page(html)
    assert not page.named("script")
    assert not page.named("img")
    assert len(page.named("svg")) == 10
    assert not any(key.startswith("on") for _, attrs, _ in page.elements for key in attrs)
    assert "\x00" not in html
    assert "\u202e" not in html
    assert " ".join(hostile.replace("\x00", " ").replace("\u202e", " ").split()) in page.text


def test_without_a_hold_out_every_judged_figure_says_so(report_facts, a_judgement, an_icp):
    page = Page(report_html(report_facts(judgement=a_judgement(an_icp(), holdout=False)))).text
    captions = [
        line for line in page.splitlines() if line.startswith("How to read it") and "Basis" in line
    ]
    assert len(captions) == 3
    assert all("no later hold-out" in line for line in captions)
    assert "The figures are cross-validated: there was no later hold-out to judge on." in page
    assert "On 500 accounts, by cross-validation" in page


def test_without_an_icp_nothing_is_compared(report_facts, a_judgement):
    page = Page(
        report_html(report_facts(judgement=a_judgement(None), icp_name="", icp_sentences=()))
    ).text
    assert "There is no current ICP" in page
    assert "of the current ICP" not in page
    assert "Margin, the model's first 20 %" in page


def test_a_rule_that_selects_nobody_is_said(report_facts, a_judgement, an_icp):
    nobody = an_icp(comparable=False, n_selected=0, verdict="cannot tell yet")
    page = Page(report_html(report_facts(judgement=a_judgement(nobody)))).text
    assert "The current ICP (ICP 2025) selects 0 of these accounts" in page


def test_without_signal_nobody_is_ranked_and_no_driver_is_named(report_facts, a_judgement, an_icp):
    none = Signal("none", 0.4, 0.69, 0.69, 500)
    html = report_html(report_facts(signal=none, verdict=Verdict("HOLD", ("There is no signal.",))))
    page = Page(html)
    assert "No signal: among 500 accounts" in page.text
    assert "the model was not to be put in use yet." in page.text
    assert "has_shop" not in page.text
    assert "12.4 k EUR" not in page.text
    assert len(page.named("svg")) == 2  # where the money is holds all the same


def test_without_a_model_the_money_is_shown_and_the_reason_said(report_facts):
    bare = report_facts(
        signal=None, judgement=None, verdict=None, grading=None, drivers=None, driver_rows=None,
        refusal="3 % of the accounts are a fit, at least 5 % are needed.", model_version="", run_id="",
    )  # fmt: skip
    page = Page(report_html(bare))
    assert "Cannot tell yet: 3 % of the accounts are a fit" in page.text
    assert len(page.named("svg")) == 2
    assert "model version" not in page.text


def test_without_any_mature_account_there_is_still_a_page(report_facts):
    empty = report_facts(
        signal=None, judgement=None, verdict=None, grading=None, drivers=None, driver_rows=None,
        whale=None, waterfall=(), ledger_lines=(), accounts=AccountCounts(0, 0, 0),
    )  # fmt: skip
    assert "Accounts in the export | 0 | –" in Page(report_html(empty)).text


@pytest.mark.parametrize("margins", [[5.0] * 30, [-5.0] * 30, [0.0] * 30, list(range(-40, 20))])
def test_any_shape_of_margin_can_be_told(margins, report_facts):
    page = Page(report_html(report_facts(whale=whale_curve(margins))))
    assert len(page.named("svg")) == 10
    assert not re.search(r"\bnan\b", page.text, re.IGNORECASE)


def test_a_log_odds_objective_speaks_of_no_money_in_its_drivers(
    report_facts, driver_rows, drivers_of
):
    rows = driver_rows(unit="log-odds")
    page = Page(
        report_html(report_facts(objective="fit", driver_rows=rows, drivers=drivers_of(rows)))
    ).text
    assert "Moves the number by (log-odds)" in page
    assert "ranks by the probability of a profitable fit" in page


def test_exclusions_add_up_to_what_was_read(report_facts):
    page = Page(
        report_html(report_facts(accounts=AccountCounts(3000, 2400, 2310, {"not mature": 600})))
    ).text
    # 3000 - 600 - 2310 = 90 that nobody gave a reason for
    for line in (
        "Left out: not mature | −600 | 20 %",
        "Left out: other reasons | −90 | 3 %",
        "Accounts used | 2,310 | 77 %",
    ):
        assert line in page


def test_a_large_company_stays_under_three_megabytes(report_facts, driver_rows, drivers_of):
    rows = driver_rows(n=20_000)
    rng = np.random.default_rng(1)
    noisy = dataclasses.replace(
        rows.contributions, values=rows.contributions.values + rng.normal(0, 900, (20_000, 4))
    )
    rows = dataclasses.replace(rows, contributions=noisy)
    html = report_html(
        report_facts(
            driver_rows=rows,
            drivers=drivers_of(rows),
            whale=whale_curve(rng.normal(100, 900, 50_000)),
        )
    )
    assert len(html.encode()) < 3_000_000
    assert "600 of 20,000 accounts are drawn, evenly picked." in Page(html).text


def test_the_file_is_written_whole_or_not_at_all(report_facts, first_page, plain, tmp_path):
    out = tmp_path / "Bericht (Q3), Müller & Söhne.html"
    write_report(report_facts(first=first_page()), out)
    assert out.read_text(encoding="utf-8") == plain
    assert [p.name for p in tmp_path.iterdir()] == [out.name]
    with pytest.raises(OutputError, match="there is no folder"):
        write_report(report_facts(), tmp_path / "none" / "report.html")
    broken = dataclasses.replace(report_facts(), horizon=None)
    with pytest.raises(AttributeError):
        write_report(broken, out)
    assert out.read_text(encoding="utf-8") == plain
