"""The drivers' chapter: who is won apart from how they are served, each with how sure it is."""

import dataclasses

import numpy as np
import pytest

from icpfit.delivery.report.chapter import Bullets, Heading, Paragraph
from icpfit.delivery.report.chapter_page import chapters_html
from icpfit.delivery.report.chapters.drivers import drivers_chapter
from icpfit.delivery.report.tables import ReportTable
from icpfit.evidence.drift.driver_drift import DriverDrift, DriverShift
from icpfit.fit.contract import FeatureContract
from icpfit.insight.driver_evidence import DriverEvidence
from icpfit.insight.driver_groups import DriverGroup
from icpfit.insight.driver_stability import DriverStability, DriverStanding
from icpfit.insight.explanation import Explanation
from icpfit.insight.service_findings import ServiceFinding, ServiceFindings
from icpfit.insight.service_weights import ServiceWeight
from icpfit.measure.estimate import Estimate


def _standing(words, share, in_top=1.0, same_sign=1.0, columns=(0,)):
    group = DriverGroup(columns, words, 100 * share, share)
    return DriverStanding(group, Estimate(share, share / 2, share * 1.5, n=900), in_top, same_sign)


@pytest.fixture
def evidence(driver_rows, drivers_of):
    rows = driver_rows()
    standings = (
        _standing("industry", 0.6),
        _standing("employees with sites", 0.3, columns=(1, 2)),
        _standing("founded on", 0.1, in_top=0.5, columns=(3,)),
    )
    service = ServiceFindings(
        (
            ServiceFinding(
                "rework",
                "rework (hour)",
                "advocacy",
                Estimate(-0.31, -0.36, -0.26),
                1e-9,
                True,
                400,
            ),
            ServiceFinding(
                "support", "support (minute)", "fit", Estimate(0.02, -0.04, 0.08), 0.6, False, 800
            ),
        ),
        (ServiceWeight("rework", "rework (hour)", Estimate(0.8, 0.6, 0.9)),),
        0.12,
        900,
        "",
    )
    names = ("industry", "employees", "has_shop", "founded_on")
    return DriverEvidence(
        explained=Explanation(rows.contributions, drivers_of(rows), rows.matrix, rows.basis),
        contract=FeatureContract(rows.features, {}),
        groups=tuple(one.group for one in standings),
        stability=DriverStability(standings, 8, 3, names, np.ones((8, 4)) / 4, 900),
        service=service,
        drift=DriverDrift(
            (
                DriverShift("industry", "industry", 0.6, 0.2, 0.5, 0.7),
                DriverShift("employees", "employees", 0.3, 0.32, 0.2, 0.4),
            ),
            ("gone",),
            (),
            8,
            "",
        ),
        former="icpfit-acme v3",
        evidence="quick",
    )


def _texts(chapter):
    for block in chapter.blocks:
        if isinstance(block, Bullets):
            yield from block.items
        elif isinstance(block, Paragraph | Heading):
            yield block.text
        elif isinstance(block, ReportTable):
            yield block.caption
            yield from (cell for row in block.rows for cell in row)
        elif hasattr(block, "finding"):
            yield f"{block.finding} {block.caption}"
        else:
            yield block.text


def test_the_lead_names_what_is_stable(evidence):
    lead = drivers_chapter(evidence).lead
    assert lead.startswith(
        "2 of 3 facts, first of all industry and employees with sites, are stable drivers and make "
        "up 90 % of what tells accounts apart."
    )
    assert "not shown to be its cause" in lead


def test_who_stands_apart_from_how_we_serve(evidence):
    chapter = drivers_chapter(evidence)
    headings = [block.text for block in chapter.blocks if isinstance(block, Heading)]
    assert headings == [
        "Who they are: known before the sale",
        "Against the model before",
        "How we serve them: known after the sale",
    ]
    said = "\n".join(_texts(chapter))
    assert "More rework (hour) is associated with less recommendation; 1 of 2 pairs" in said
    assert "This is quick evidence: full evidence takes 30 refits." in said
    for word in ("because", "increases", "leads to"):
        assert word not in said


def test_only_what_left_the_band_is_an_alert(evidence):
    said = list(_texts(drivers_chapter(evidence)))
    moved = [text for text in said if "moved further than luck explains" in text]
    (one,) = moved
    assert one.startswith(
        "Since icpfit-acme v3, moved further than luck explains: industry 60 % before, 20 % now. Ask "
    )
    assert said.count("ALERT") == 1
    assert "Only then: gone." in said
    alone = dataclasses.replace(evidence, drift=None, former="")
    assert "There is no earlier model to compare with." in list(_texts(drivers_chapter(alone)))


def test_without_a_finding_it_says_so_in_one_line(evidence):
    empty = drivers_chapter(None)
    assert empty.blocks == ()
    assert "no drivers are shown" in empty.lead
    few = ServiceFindings((), (), float("nan"), 30, "30 accounts; 60 are needed")
    said = list(_texts(drivers_chapter(dataclasses.replace(evidence, service=few))))
    assert said[-1] == "Nothing was looked at: 30 accounts; 60 are needed."
    luck = dataclasses.replace(
        evidence.service,
        findings=tuple(dataclasses.replace(f, stands=False) for f in evidence.service.findings),
        weights=(),
    )
    said = "\n".join(_texts(drivers_chapter(dataclasses.replace(evidence, service=luck))))
    assert "None of 2 pairs of service and outcome stands: all could be luck." in said


def test_what_is_only_arithmetic_is_no_headline(evidence):
    fit = dataclasses.replace(evidence.service.findings[1], stands=True)
    luck = dataclasses.replace(evidence.service.findings[0], stands=False)
    service = dataclasses.replace(evidence.service, findings=(fit, luck))
    said = "\n".join(_texts(drivers_chapter(dataclasses.replace(evidence, service=service))))
    assert "No part of the service goes with retention, recommendation or margin" in said


def test_the_page_has_every_id_once(evidence):
    import re

    page = chapters_html([drivers_chapter(evidence)], "drivers")
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert 'id="driver-stability"' in page
    assert 'id="service-findings"' in page
