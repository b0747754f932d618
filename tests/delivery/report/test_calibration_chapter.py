"""The chapter on calibration: its answer, its figures, and its picture."""

import dataclasses
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from icpfit.delivery.report.chapter import Notice, Paragraph
from icpfit.delivery.report.chapter_page import chapters_html
from icpfit.delivery.report.chapters.calibration import calibration_chapter
from icpfit.delivery.report.figures import ReportFigure
from icpfit.delivery.report.tables import ReportTable
from icpfit.evidence.calibration import calibration
from icpfit.evidence.earned_line import EarnedLine
from icpfit.measure.calibration_line import CalibrationLine
from icpfit.measure.estimate import Estimate


@pytest.fixture(scope="module")
def found():
    """The calibration of 600 accounts whose outcomes happen as often as predicted to the power."""

    def make(power=1.0, n=600):
        rng = np.random.default_rng(2)
        p = 1 / (1 + np.exp(-rng.normal(-0.5, 1.3, n)))
        return calibration(rng.random(n) < p**power, p, train_prevalence=0.4, n_boot=200)

    return make


@pytest.fixture(scope="module")
def judgement(a_judgement):
    return a_judgement()


def with_calibration(judgement, found):
    return dataclasses.replace(judgement, calibration=found)


def of_kind(chapter, kind):
    return [block for block in chapter.blocks if isinstance(block, kind)]


def test_right_probabilities_are_called_right(found, judgement):
    chapter = calibration_chapter(with_calibration(judgement, found()))
    assert chapter.lead.startswith("As far as these accounts can tell, yes")
    assert not of_kind(chapter, Notice)
    bins, figures = of_kind(chapter, ReportTable)
    assert len(bins.rows) == 10
    assert [row[0].partition("\n")[0] for row in figures.rows] == [
        "Slope", "Intercept", "Skill", "Calibration error",
    ]  # fmt: skip
    [picture] = of_kind(chapter, ReportFigure)
    assert picture.finding.startswith("Of accounts that were given ")
    assert judgement.basis in picture.caption
    page = chapters_html([chapter], "Calibration")
    assert "reliability-alternative" in page


def test_probabilities_that_are_off_are_said_to_be(found, judgement):
    chapter = calibration_chapter(with_calibration(judgement, found(power=3)))
    assert chapter.lead.startswith("No: the probabilities of a profitable fit are further off")
    assert len(of_kind(chapter, Notice)) == 1


def test_few_accounts_have_no_intervals(found, judgement):
    chapter = calibration_chapter(with_calibration(judgement, found(n=60)))
    bins, figures = of_kind(chapter, ReportTable)
    assert len(bins.rows) == 1
    assert figures.rows[0][2] == "–"


def test_nothing_known_is_one_line(judgement):
    for given in (None, with_calibration(judgement, None)):
        chapter = calibration_chapter(given)
        assert chapter.blocks == ()
        assert chapter.lead.startswith("No model was judged")


@pytest.mark.parametrize(
    ("p_better", "said"),
    [
        (0.95, "in 95 of 100 resamples; 90 are asked for. It is part of the model."),
        (0.899, "in 89 of 100 resamples; 90 are asked for. It was left out."),
        (float("nan"), "too few accounts to test"),
    ],
)
def test_the_correction_that_was_tried(found, judgement, p_better, said):
    line = EarnedLine(CalibrationLine(0.1, 0.8), Estimate(0.01), p_better)
    chapter = calibration_chapter(with_calibration(judgement, found()), line)
    assert said in of_kind(chapter, Paragraph)[-1].text


def test_the_picture_is_inert_and_the_same_each_time(found):
    from icpfit.delivery.report.charts.calibration import reliability_svg

    bins = found().reliability.bins
    svg = reliability_svg(bins, "r", "A picture.")
    assert svg == reliability_svg(bins, "r", "A picture.")
    root = ET.fromstring(svg)  # noqa: S314 - drawn a line above
    assert root.get("role") == "img"
    assert not [e for e in root.iter() if e.tag.rpartition("}")[2] in {"script", "style"}]
    words = "".join(root.itertext())
    assert "probability of a profitable fit that the model gave" in words
