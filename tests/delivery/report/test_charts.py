"""Charts: harmless, the same bytes again, legible by machines, and true to the data."""

import ast
import dataclasses
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from icpfit.delivery.report.charts.canvas import label, wrapped
from icpfit.delivery.report.charts.drivers import beeswarm_svg, dependence_svg, drivers_svg
from icpfit.delivery.report.charts.money import (
    choices_svg,
    deciles_svg,
    margin_curve_svg,
    waterfall_svg,
    whale_svg,
)
from icpfit.delivery.report.driver_rows import thinned
from icpfit.delivery.report.facts import ChosenMargin
from icpfit.economics.margin import whale_curve
from icpfit.economics.waterfall import MarginStep
from icpfit.fit.contract import Feature
from icpfit.measure.estimate import Estimate

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    "</svg><script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "$x_1$ & $\\frac{1}{2}$",
)
STEPS = [
    MarginStep("revenue", "revenue", 20000, 0),
    MarginStep("support", "planned", -12000, 0),
    MarginStep("complaints", "remedial", -9000, 0),
    MarginStep("margin", "margin", -1000, 0),
]


def parsed(svg):
    return ET.fromstring(svg)  # noqa: S314 - what was drawn a moment ago


def texts(svg):
    return [" ".join(t.itertext()) for t in parsed(svg).iter(f"{SVG}text")]


@pytest.fixture(scope="module")
def drawn(a_judgement, driver_rows, drivers_of):
    """Every chart once, from one place."""
    judgement, rows = a_judgement(None), driver_rows()
    choices = [
        ChosenMargin("the model", Estimate(5.0, 4.0, 6.0), "model"),
        ChosenMargin("all", Estimate(-2.0), "all"),
    ]
    return {
        "whale": lambda: whale_svg(whale_curve([9, 5, 1, -3]), "EUR", "whale", "A whale."),
        "waterfall": lambda: waterfall_svg(STEPS, "EUR", "waterfall", "A waterfall."),
        "choices": lambda: choices_svg(choices, "EUR", "choices", "Choices."),
        "curve": lambda: margin_curve_svg(
            judgement.margin_curve, (0.26, 4e5), "EUR", "curve", "A curve."
        ),
        "deciles": lambda: deciles_svg(judgement.deciles, "EUR", "deciles", "Deciles."),
        "drivers": lambda: drivers_svg(drivers_of(rows), "EUR", "drivers", "Drivers."),
        "beeswarm": lambda: beeswarm_svg(rows, "beeswarm", "A beeswarm."),
        "number": lambda: dependence_svg(rows, "employees", "number", "Dependence."),
        "level": lambda: dependence_svg(rows, "industry", "level", "Dependence."),
        "age": lambda: dependence_svg(rows, "founded_on", "age", "Dependence."),
    }


NAMES = (
    "whale",
    "waterfall",
    "choices",
    "curve",
    "deciles",
    "drivers",
    "beeswarm",
    "number",
    "level",
    "age",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_is_inert_and_says_what_it_shows(drawn, name):
    svg = drawn[name]()
    root = parsed(svg)
    assert root.get("role") == "img"
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text.endswith(".")
    assert root.get("aria-labelledby") == title.get("id")
    for element in root.iter():
        assert element.tag.removeprefix(SVG) not in {
            "script",
            "style",
            "metadata",
            "foreignObject",
            "a",
        }
        for key, value in element.attrib.items():
            assert not key.startswith("on")
            if key.endswith("href"):
                assert value.startswith((f"#{name}-", "data:image/png;base64,"))
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert all(i.startswith(f"{name}-") for i in ids)
    used = set(re.findall(r"url\(#([^)]*)\)", svg)) | set(re.findall(r'href="#([^"]*)"', svg))
    assert used <= set(ids)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_facts_give_the_same_bytes(drawn, name):
    first = drawn[name]()
    np.random.random(7)  # noqa: NPY002 - whatever others do with numpy's global generator
    assert drawn[name]() == first


def test_drawing_leaves_no_traces(drawn):
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    np.random.seed(1)  # noqa: NPY002
    settings, expected = dict(mpl.rcParams), np.random.random(3)  # noqa: NPY002
    np.random.seed(1)  # noqa: NPY002
    drawn["beeswarm"]()
    drawn["number"]()
    assert np.random.random(3).tolist() == expected.tolist()  # noqa: NPY002
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == settings


def test_units_stand_on_the_axes(drawn):
    for name in (
        "waterfall",
        "choices",
        "curve",
        "deciles",
        "drivers",
        "beeswarm",
        "number",
        "level",
    ):
        assert any("EUR" in text for text in texts(drawn[name]())), name


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_stay_names(hostile, driver_rows):
    svg = waterfall_svg(
        [dataclasses.replace(STEPS[0], label=hostile), *STEPS[1:]], "EUR", "w", hostile
    )
    assert set(wrapped(hostile).splitlines()) <= set(texts(svg))
    rows = driver_rows(levels=(hostile, "b", "c"))
    first = wrapped(hostile).splitlines()[0]
    assert any(t.startswith(first) for t in texts(dependence_svg(rows, "industry", "d", "x")))
    renamed = dataclasses.replace(
        rows, features=(Feature(hostile, "number", label=hostile), *rows.features[1:])
    )
    for svg in (
        beeswarm_svg(renamed, "b", "x"),
        dependence_svg(renamed, hostile, "d", "x"),
    ):
        words = label(hostile).split()[0][:10]
        assert any(t.startswith(words) for t in texts(svg))
        assert "<script" not in svg
        assert "<img" not in svg


def test_names_that_no_font_here_knows_and_invisible_ones():
    strange = MarginStep("株式会社 \x00\x1b[31m\u202egnp.exe", "revenue", 5, 0)
    shown = texts(waterfall_svg([strange, *STEPS[1:]], "EUR", "w", strange.label))
    assert "株式会社 [31m gnp.exe" in shown


def test_the_waterfall_draws_every_step_where_it_belongs():
    shown = texts(waterfall_svg(STEPS, "EUR", "w", "x"))
    for step, amount in zip(STEPS, ("20.0 k", "−12.0 k", "−9.0 k", "−1.0 k"), strict=True):
        assert step.label in shown
        assert amount in shown
    assert "remedial service" in shown


def test_the_whale_is_in_money_when_nothing_is_left():
    assert any("EUR" in t for t in texts(whale_svg(whale_curve([3000, -5000]), "EUR", "w", "x")))
    assert not any(
        "EUR" in t for t in texts(whale_svg(whale_curve([5000, -3000]), "EUR", "w", "x"))
    )
    for margins in ([5.0], [-5.0], [0.0, 0.0], [4.0, 3.0, 2.0]):
        assert texts(whale_svg(whale_curve(margins), "EUR", "w", "x"))


@pytest.mark.parametrize("n", [1, 2, 7])
def test_few_accounts_can_be_drawn(n, driver_rows):
    rows = driver_rows(n=n)
    assert beeswarm_svg(rows, "b", "x")
    for feature in ("industry", "employees", "has_shop", "founded_on"):
        assert dependence_svg(rows, feature, "d", "x")


def test_a_fact_without_any_value_can_be_drawn(driver_rows):
    rows = driver_rows()
    rows.matrix[:, 1] = np.nan
    assert beeswarm_svg(rows, "b", "x")
    assert dependence_svg(rows, "employees", "d", "x")


def test_many_accounts_stay_small_and_are_thinned_evenly(driver_rows):
    rows = driver_rows(n=5000)
    kept = thinned(rows)
    assert len(kept) == 600
    assert (kept[0], kept[-1]) == (0, 4999)
    assert set(np.diff(kept)) <= {8, 9}
    assert len(beeswarm_svg(rows, "b", "x")) < 300_000
    assert len(dependence_svg(rows, "industry", "d", "x")) < 200_000


def test_nobody_else_knows_matplotlib_or_shap():
    import icpfit

    package = Path(icpfit.__file__).parent
    for module in package.rglob("*.py"):
        known = set()
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                known |= {alias.name.split(".")[0] for alias in node.names}
            if isinstance(node, ast.ImportFrom) and node.module:
                known.add(node.module.split(".")[0])
        if module.parent != package / "delivery" / "report" / "charts":
            assert not known & {"matplotlib", "shap"}, module
