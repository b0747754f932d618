"""The picture of calibration: predicted against actual rates, with what luck alone would show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from icpfit.delivery.report.charts.canvas import (
    MUTED,
    PALETTE,
    axes_of,
    inline_svg,
    share_axis,
    style,
)
from icpfit.delivery.report.charts.drawings import drawing

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["reliability_svg"]


@drawing
def reliability_svg(bins: pd.DataFrame, name: str, alternative: str) -> str:
    """Return predicted against actual fit rates, bin by bin.

    Parameters
    ----------
    bins : DataFrame
        See `icpfit.measure.reliability.Reliability`.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element: dots with Wilson intervals, the diagonal, and the band in which a model
        with exactly right probabilities would lie.
    """
    predicted = bins["predicted"].to_numpy(dtype=np.float64)
    actual = bins["fit_rate"].to_numpy(dtype=np.float64)
    with style():
        figure, axes = axes_of(3.3)
        axes.plot([0, 1], [0, 1], color=MUTED, lw=0.8, ls=(0, (4, 3)), label="as predicted")
        axes.vlines(
            predicted, bins["usual_low"], bins["usual_high"], color=PALETTE["all"], lw=9,
            alpha=0.35, label="where a model that is exactly right would lie",
        )  # fmt: skip
        axes.vlines(predicted, bins["fit_low"], bins["fit_high"], color=PALETTE["model"], lw=1.1)
        axes.plot(predicted, actual, "o", color=PALETTE["model"], ms=5, label="what happened")
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.grid(visible=True)
        axes.set_axisbelow(True)
        share_axis(axes.xaxis)
        share_axis(axes.yaxis)
        axes.set_xlabel("probability of a profitable fit that the model gave")
        axes.set_ylabel("share that was one")
        figure.legend(loc="outside upper left", ncols=2, columnspacing=1.6)
        return inline_svg(figure, name, alternative)
