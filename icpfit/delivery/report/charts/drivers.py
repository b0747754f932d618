"""Pictures of what sets accounts apart: mean SHAP values, the beeswarm, dependence on one fact."""

from __future__ import annotations

import contextlib
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter

from icpfit.delivery.amounts import figure as plain_figure
from icpfit.delivery.amounts import money
from icpfit.delivery.report.charts.canvas import (
    INK,
    MUTED,
    PALETTE,
    WIDTH,
    axes_of,
    inline_svg,
    label,
    money_axis,
    name_rows,
    row_height,
    style,
    wrapped,
)
from icpfit.delivery.report.charts.drawings import drawing
from icpfit.delivery.report.driver_rows import level_means, level_names, thinned
from icpfit.fit.phrases import number_phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

    from icpfit.delivery.report.driver_rows import DriverRows
    from icpfit.fit.contract import Feature

__all__ = ["beeswarm_svg", "dependence_svg", "drivers_svg"]

SEED = 20_240_229


@drawing
def drivers_svg(drivers: pd.DataFrame, unit: str, name: str, alternative: str) -> str:
    """Return bars of the mean absolute SHAP value of the first ten drivers.

    Parameters
    ----------
    drivers : DataFrame
        feature, mean_abs, share; the strongest first.
    unit : str
        Currency, or "log-odds".
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element.
    """
    shown = drivers.head(10).iloc[::-1]
    with style():
        names = [wrapped(name, 22) for name in shown["label"]]
        figure, axes = axes_of(0.75 + row_height(names, 0.25) * len(shown))
        positions = np.arange(len(shown))
        axes.barh(positions, shown["mean_abs"], height=0.62, color=PALETTE["model"])
        for y, size, share in zip(positions, shown["mean_abs"], shown["share"], strict=True):
            axes.annotate(
                f"{_amount(size, unit)}  ({share:.0%})".replace("%", " %"),
                (size, y),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                color=INK,
            )
        name_rows(axes, positions, names)
        axes.set_xlim(0, 1.34 * max(float(shown["mean_abs"].max()), 1e-9))
        _unit_axis(axes.xaxis, unit)
        axes.set_xlabel(f"moves the number up or down by, on average ({unit})")
        return inline_svg(figure, name, alternative)


@drawing
def beeswarm_svg(rows: DriverRows, name: str, alternative: str) -> str:
    """Return shap's beeswarm of the first nine drivers and the sum of the rest.

    Parameters
    ----------
    rows : DriverRows
        The accounts; at most 600 of them are drawn, see `thinned`.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element, its dots an embedded picture.
    """
    from matplotlib.colors import LinearSegmentedColormap

    kept = thinned(rows)
    facts = {}
    for column, feature in enumerate(rows.features):
        seen = rows.matrix[kept, column]
        # Categories have no low and high; nor has a column without any value. shap draws them grey.
        graded = feature.kind != "category" and bool(np.isfinite(seen).any())
        facts[column] = pd.Series(seen, dtype="float64" if graded else "object")
    unit = rows.unit
    with _shap_plots() as (shap, plots), style():
        shown = min(10, len(rows.features))
        names = [wrapped(feature.words, 20) for feature in rows.features]
        figure, axes = axes_of(1.0 + row_height(names, 0.29) * shown)
        explained = shap.Explanation(
            values=rows.shap_values[kept],
            data=pd.DataFrame(facts),
            feature_names=names,
        )
        plots.beeswarm(
            explained,
            ax=axes,
            max_display=shown,
            plot_size=None,
            show=False,
            s=7,
            alpha=0.85,
            color=LinearSegmentedColormap.from_list(
                "low to high", ["#0072b2", "#9a93b0", "#e69f00"]
            ),
            color_bar_label="value of the fact",
        )
        for drawn in axes.collections:
            drawn.set_rasterized(True)
        for line in axes.lines:
            line.set_linewidth(0.6)
        _plain(axes)
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        for tick in axes.get_yticklabels():
            tick.set_fontsize(8)
        for bar in [other for other in figure.axes if other is not axes]:
            bar.tick_params(labelsize=8)
            bar.yaxis.label.set_fontsize(8)
        _unit_axis(axes.xaxis, unit)
        axes.set_xlabel(f"SHAP value: what the fact adds for one account ({unit})", fontsize=8)
        return inline_svg(figure, name, alternative)


@drawing
def dependence_svg(rows: DriverRows, feature: str, name: str, alternative: str) -> str:
    """Return how the SHAP value of one fact depends on the fact's value.

    Parameters
    ----------
    rows : DriverRows
        The accounts; at most 600 of them are drawn.
    feature : str
        The fact.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element: shap's scatter for numbers and ages, dots by level for the rest.

    Notes
    -----
    Not coloured by a second fact: interactions of native categories are not what shap takes
    LightGBM's values for.
    """
    column = rows.column(feature)
    known = rows.features[column]
    if known.kind in ("category", "flag"):
        return _by_level(rows, feature, name, alternative)
    kept = thinned(rows)
    kept = kept[np.isfinite(rows.matrix[kept, column])]
    unit = rows.unit
    with _shap_plots() as (shap, plots), style():
        from matplotlib import pyplot as plt

        # shap's scatter makes its axes pyplot's current ones, which needs a figure of pyplot's.
        figure = plt.figure(figsize=(WIDTH, 2.4), layout="constrained")
        try:
            axes = figure.subplots()
            axes.axhline(0, color=MUTED, linewidth=0.6)
            if len(kept):
                explained = shap.Explanation(
                    values=rows.shap_values[kept, column],
                    data=rows.matrix[kept, column].copy(),
                    feature_names=label(feature),
                )
                plots.scatter(
                    explained,
                    ax=axes,
                    show=False,
                    color=PALETTE["model"],
                    dot_size=10,
                    alpha=0.6,
                    x_jitter=0,
                    hist=len(kept) > 1,
                )
            for drawn in axes.collections:
                drawn.set_rasterized(True)
            for extra in figure.axes:
                _plain(extra)
            _unit_axis(axes.yaxis, unit)
            axes.xaxis.set_major_formatter(FuncFormatter(lambda fact, _: number_phrase(fact)))
            axes.set_ylabel(f"SHAP value ({unit})", fontsize=8, color=MUTED)
            axes.set_xlabel(_fact_axis(known), fontsize=8, color=MUTED)
            return inline_svg(figure, name, alternative)
        finally:
            plt.close(figure)


def _by_level(rows: DriverRows, feature: str, name: str, alternative: str) -> str:
    means = level_means(rows, feature).iloc[::-1].reset_index(drop=True)
    kept = thinned(rows)
    names = level_names(rows, feature)[kept]
    values = rows.shap_values[kept, rows.column(feature)]
    unit = rows.unit
    spread = np.random.default_rng(SEED).uniform(-0.28, 0.28, len(kept))
    with style():
        ticks = [
            wrapped(f"{level} ({n:,})") for level, n in zip(means["level"], means["n"], strict=True)
        ]
        figure, axes = axes_of(0.8 + row_height(ticks, 0.25) * len(means))
        axes.axvline(0, color=MUTED, linewidth=0.6)
        for y, (level, mean) in enumerate(zip(means["level"], means["mean"], strict=True)):
            of_level = names == level
            axes.scatter(
                values[of_level],
                y + spread[of_level],
                s=7,
                color=PALETTE["model"],
                alpha=0.45,
                linewidth=0,
                rasterized=True,
            )
            axes.plot([mean, mean], [y - 0.36, y + 0.36], color=INK, linewidth=1.8)
        name_rows(axes, np.arange(len(means)), ticks)
        axes.set_ylim(-0.6, len(means) - 0.4)
        _unit_axis(axes.xaxis, unit)
        axes.set_xlabel(f"SHAP value ({unit})")
        return inline_svg(figure, name, alternative)


def _fact_axis(feature: Feature) -> str:
    unit = "years before the sale" if feature.kind == "date" else feature.unit
    return wrapped(f"{feature.words}{f' ({unit})' if unit else ''}", 60)


def _amount(value: float, unit: str) -> str:
    return plain_figure(value) if unit == "log-odds" else money(value, "")


def _unit_axis(axis: Any, unit: str) -> None:
    if unit != "log-odds":
        money_axis(axis)


def _plain(axes: Axes) -> None:
    axes.tick_params(labelsize=8, labelcolor=MUTED, color=MUTED)
    for spine in axes.spines.values():
        spine.set_edgecolor(MUTED)


@contextlib.contextmanager
def _shap_plots() -> Iterator[tuple[Any, Any]]:
    with warnings.catch_warnings():
        # shap 0.51 sets up its colour maps, on import, in a way that matplotlib will retire.
        warnings.filterwarnings("ignore", category=PendingDeprecationWarning, message="The set_")
        import shap
        from shap import plots
    # shap shuffles its dots with numpy's global generator: the same facts must give the same bytes,
    # and whoever else uses that generator must not notice.
    before = np.random.get_state()  # noqa: NPY002
    np.random.seed(SEED)  # noqa: NPY002
    try:
        yield shap, plots
    finally:
        np.random.set_state(before)  # noqa: NPY002
