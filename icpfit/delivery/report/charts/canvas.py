"""One look for all charts, and their way into the page as harmless inline SVG.

Charts are drawn on figures of their own, never on pyplot's current one; text stays text, so that
the reader's own fonts are used, it can be searched, and names in any script are legible.
"""

from __future__ import annotations

import contextlib
import io
import re
import textwrap
import unicodedata
import warnings
from typing import TYPE_CHECKING, Any, Literal
from xml.etree import ElementTree as ET

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from icpfit.delivery.amounts import money

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from matplotlib.axes import Axes

__all__ = [
    "INK",
    "LINE",
    "MUTED",
    "PALETTE",
    "WIDTH",
    "axes_of",
    "inline_svg",
    "label",
    "money_axis",
    "name_above",
    "name_rows",
    "row_height",
    "share_axis",
    "style",
    "wrapped",
]

INK = "#1c2733"
MUTED = "#5d6978"
GRID = "#e3e7ec"
# Okabe and Ito's colours, which people with any kind of colour blindness can tell apart.
PALETTE = {
    "model": "#0072b2",
    "icp": "#d55e00",
    "all": "#8a94a3",
    "perfect": "#009e73",
    "revenue": "#3d4b5c",
    "direct": "#8a94a3",
    "planned": "#3f8fc4",
    "remedial": "#d55e00",
    "acquisition": "#8f7a1e",
    "margin": "#0072b2",
    "gain": "#0072b2",
    "loss": "#d55e00",
    "current": "#d55e00",
    "proposed": "#007a5a",
}
# The page's style sheet says what each is in the dark; the fallback serves a picture taken out of
# the page.
NAMED = {
    INK: "ink",
    MUTED: "muted",
    GRID: "grid",
    "#ffffff": "paper",
    "#0072b2": "blue",
    "#d55e00": "orange",
    "#8a94a3": "grey",
    "#009e73": "green",
    "#3d4b5c": "slate",
    "#3f8fc4": "sky",
    "#8f7a1e": "ochre",
    "#007a5a": "teal",
}
COLOUR = re.compile("|".join(NAMED))
WIDTH = 4.3  # inches; 1.75 px per point on a wide screen, 1.25 px on a telephone
LINE = 0.15  # inches that a line of letters takes
LONGEST_LABEL = 26
LONGEST_NAME = 160
SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


@contextlib.contextmanager
def style() -> Iterator[None]:
    """Hold the look of the charts while one is drawn and written.

    Yields
    ------
    None
        Outside, matplotlib's settings are what they were.

    Notes
    -----
    The same data give the same bytes: ids are hashed with a fixed salt and no date is written.
    A dollar sign is a dollar sign: names must not be taken for mathematics.
    """
    settings: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": "icpfit",
        "text.parse_math": False,
        "axes.formatter.use_mathtext": False,
        "axes.unicode_minus": True,
        "font.family": ["DejaVu Sans"],
        "font.size": 8.0,
        "text.color": INK,
        "axes.edgecolor": MUTED,
        "axes.labelcolor": MUTED,
        "axes.labelsize": 8.0,
        "axes.linewidth": 0.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": False,
        "grid.color": GRID,
        "grid.linewidth": 0.6,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelsize": 8.0,
        "ytick.labelsize": 8.0,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "legend.frameon": False,
        "legend.fontsize": 8.0,
        "hatch.linewidth": 0.8,
        "figure.facecolor": "white",
        "savefig.facecolor": "white",
        "savefig.dpi": 220,
    }
    with mpl.rc_context(settings), warnings.catch_warnings():
        # The page shows the text in the reader's fonts; matplotlib's own font only measures it.
        warnings.filterwarnings("ignore", message=r"Glyph \d+", category=UserWarning)
        yield


def axes_of(height: float) -> tuple[Figure, Axes]:
    """Return a figure of the common width, in inches, and its axes.

    Parameters
    ----------
    height : float
        Inches.

    Returns
    -------
    figure, axes
        Belonging to no window and to no pyplot state.
    """
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots()


def label(text: object, longest: int = LONGEST_LABEL) -> str:
    """Return a name as it may stand in a chart: one line, not too long, nothing invisible.

    Parameters
    ----------
    text : object
        A name as the exports gave it.
    longest : int
        Characters kept, the ellipsis included.

    Returns
    -------
    str
        Without control characters, which XML can't hold, and without direction overrides.

    Examples
    --------
    >>> label("Müller & Söhne <AG>"), label("x" * 50, 8)
    ('Müller & Söhne <AG>', 'xxxxxxx…')
    """
    shown = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in str(text))
    shown = " ".join(shown.split())
    return shown if len(shown) <= longest else shown[: longest - 1].rstrip() + "…"


def wrapped(text: object, width: int = LONGEST_LABEL, longest: int = LONGEST_NAME) -> str:
    r"""Return a name over as many lines as it needs, so that nothing of it is cut.

    Parameters
    ----------
    text : object
        A name as the exports gave it.
    width : int
        Characters a line holds; a longer word is broken.
    longest : int
        Characters kept in all; only a name that nobody would call a group by is longer.

    Returns
    -------
    str
        Lines, with a line break between two of them; harmless as `label` leaves it.

    Examples
    --------
    >>> wrapped("Agency and Retail Chain, no IT team", 20)
    'Agency and Retail\nChain, no IT team'
    """
    return "\n".join(textwrap.wrap(label(text, longest), width))


def row_height(names: Iterable[str], plain: float) -> float:
    """Return how high a chart's rows must be for their names, in inches.

    Parameters
    ----------
    names : iterable of str
        See `wrapped`.
    plain : float
        The height where every name takes one line.

    Returns
    -------
    float
        Enough for the name with most lines.

    Examples
    --------
    >>> row_height(["field service"], 0.3)
    0.3
    """
    lines = max((name.count("\n") + 1 for name in names), default=1)
    return max(plain, LINE * lines + 0.08)


def name_rows(axes: Axes, places: Iterable[float], names: Sequence[str]) -> None:
    """Write the names of rows beside them, in place of an axis.

    Parameters
    ----------
    axes : Axes
        With one row of the picture per name.
    places : iterable of float
        Height of each row in the data.
    names : sequence of str
        As they are to stand there, see `wrapped`.
    """
    axes.set_yticks(list(places), names)
    axes.tick_params(axis="y", labelcolor=INK)
    axes.spines["left"].set_visible(False)


def name_above(axes: Axes, y: float, name: str, va: Literal["bottom", "center"] = "bottom") -> None:
    """Write a name above its row, from the left end of the picture over its whole width.

    Parameters
    ----------
    axes : Axes
        The picture; it makes no room for the name.
    y : float
        Height in the data.
    name : str
        As it is to stand there, see `wrapped`.
    va : {"bottom", "center"}
        Which part of the name stands at that height.
    """
    said = axes.annotate(
        name,
        (0.0, y),
        xycoords=("axes fraction", "data"),
        va=va,
        color=INK,
        annotation_clip=False,
    )
    said.set_in_layout(False)


def money_axis(axis: Any, ticks: int = 5) -> None:
    """Write an axis' figures as money; the currency stands in the axis' label.

    Parameters
    ----------
    axis : matplotlib axis
        Such as ``axes.xaxis``.
    ticks : int
        About how many.
    """
    axis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 2.5, 5, 10]))
    # A tick is exact: "5 k", not "5.0 k".
    axis.set_major_formatter(FuncFormatter(lambda amount, _: money(amount, "").replace(".0 ", " ")))


def share_axis(axis: Any) -> None:
    """Write an axis' figures in percent.

    Parameters
    ----------
    axis : matplotlib axis
        Such as ``axes.xaxis``.
    """
    axis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))


def inline_svg(figure: Figure, name: str, alternative: str) -> str:
    """Return a figure as SVG that may stand in the middle of a page.

    Parameters
    ----------
    figure : Figure
        What was drawn.
    name : str
        Put before every id, so that two charts on one page don't share any.
    alternative : str
        What the chart shows, for those who don't see it.

    Returns
    -------
    str
        One ``<svg>`` element; all text escaped, no script, no style of its own, no metadata. Its
        colours are variables ``--chart-…`` of the page, so that they change in the dark.
    """
    written = io.BytesIO()
    unsigned = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(written, format="svg", metadata=unsigned)
    root = ET.fromstring(written.getvalue())  # noqa: S314 - written by matplotlib a line above
    for outside in (f"{{{SVG}}}metadata", f"{{{SVG}}}style"):
        for parent in list(root.iter()):
            for child in parent.findall(outside):
                parent.remove(child)
    for element in root.iter():
        for key, value in list(element.attrib.items()):
            element.attrib[key] = _attribute(key, value, name)
    for unwanted in ("width", "height", "version"):
        root.attrib.pop(unwanted, None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-alternative")
    # matplotlib's own style sheet would reach all of the page; these two are what it says.
    root.set("stroke-linejoin", "round")
    root.set("stroke-linecap", "butt")
    title = ET.Element(f"{{{SVG}}}title", {"id": f"{name}-alternative"})
    title.text = label(alternative, 1000)
    root.insert(0, title)
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", XLINK)
    return ET.tostring(root, encoding="unicode")


def _attribute(key: str, value: str, name: str) -> str:
    if key == "id":
        return f"{name}-{value}"
    if key.endswith("href") and value.startswith("#"):
        return f"#{name}-{value[1:]}"
    if key == "style":
        value = re.sub(r"font: ((?:[\w-]+ )*[\d.]+px) [^;]*", rf"font: \1 {FONT}", value)
    if key in ("style", "fill", "stroke"):
        value = COLOUR.sub(lambda found: f"var(--chart-{NAMED[found[0]]}, {found[0]})", value)
    return value.replace("url(#", f"url(#{name}-")
