"""The report: one HTML file that opens offline, prints, and reads from the answer down."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from icpfit.delivery.amounts import count, horizon_in_words, percent
from icpfit.delivery.report.chapter import Bullets, Code, Heading, Notice, Paragraph, Terms
from icpfit.delivery.report.contents import contents
from icpfit.delivery.report.first_page import bare_first_page
from icpfit.delivery.report.standing import as_trained
from icpfit.delivery.report.tables import ReportTable
from icpfit.delivery.whole_file import require_writable, whole_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jinja2 import Environment
    from markupsafe import Markup

    from icpfit.delivery.report.facts import ReportFacts

__all__ = ["KEPT_PAGES", "page_environment", "report_html", "write_page", "write_report"]

# What a training keeps: the report, and the same without the accounts' names.
KEPT_PAGES = {"show": "report.html", "hide": "report_names_hidden.html"}
# Invisible characters that turn the direction of what follows, or end a line in mid-sentence.
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# What must not be broken over two lines: dates, and figures with their interval and unit.
UNBROKEN = re.compile(
    r"\d{4}-\d\d-\d\d|[+−]?\d[\d.,]*(?:–\d[\d.,]*)?(?: (?:k|M|bn)(?: [A-Z]{3})?\b| [A-Z]{3}\b| %)"
)


def report_html(facts: ReportFacts) -> str:
    """Return the report as one HTML page that needs nothing else.

    Parameters
    ----------
    facts : ReportFacts
        What there is to say.

    Returns
    -------
    str
        HTML without script, links to elsewhere, or time of writing: the same facts give the same
        text. Everything that came from the exports is escaped.
    """
    template = page_environment().get_template("report.html.j2")
    return template.render(
        facts=facts,
        first=facts.first or bare_first_page(facts),
        chapters=contents(facts),
        standing=as_trained(facts.generated_on),
    )


def write_report(facts: ReportFacts, path: Path | str) -> None:
    """Write the report to a file, whole or not at all.

    Parameters
    ----------
    facts : ReportFacts
        What there is to say.
    path : Path or str
        The HTML file; its folder must exist.

    Raises
    ------
    OutputError
        If the file can't be written; what stood there before is untouched.
    """
    require_writable(path)  # before the work of drawing
    write_page(report_html(facts), path)


def write_page(page: str, path: Path | str) -> None:
    """Write a page to a file, whole or not at all.

    Parameters
    ----------
    page : str
        HTML.
    path : Path or str
        The file; its folder must exist.

    Raises
    ------
    OutputError
        If the file can't be written; what stood there before is untouched.
    """
    with whole_file(path) as part:
        part.write_text(page, encoding="utf-8", newline="\n")


@functools.cache
def page_environment() -> Environment:
    """Return the environment of the pages: escaped, strict, with our filters.

    Returns
    -------
    Environment
        The same each time.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("icpfit.delivery.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_seen,
    )
    kinds = (Bullets, Code, Heading, Notice, Paragraph, Terms, ReportTable)
    environment.tests |= {
        re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower(): _is_a(kind) for kind in kinds
    }
    environment.filters |= {
        "count": count,
        "percent": percent,
        "words": _words,
        "horizon": horizon_in_words,
    }
    return environment


def _is_a(kind: type) -> Callable[[object], bool]:
    return lambda it: isinstance(it, kind)


def _seen(value: Any) -> Any:
    """Take out of every text what a reader couldn't see; markup that we made stays as it is."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return UNSEEN.sub(" ", value)
    return value


def _words(text: str) -> Markup:
    """Escape a text and keep its figures, dates and their units in one piece."""
    from markupsafe import Markup, escape

    pieces = UNBROKEN.split(_seen(text))
    found = [*UNBROKEN.findall(_seen(text)), ""]
    whole = Markup('<span class="whole">{}</span>')
    return Markup("").join(
        escape(piece) + (whole.format(figure) if figure else Markup(""))
        for piece, figure in zip(pieces, found, strict=True)
    )
