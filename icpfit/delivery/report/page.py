"""The report: one HTML file that opens offline, prints, and reads from the answer down."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from icpfit.delivery.amounts import count, horizon_in_words, percent
from icpfit.delivery.report import figures, tables, trust_tables
from icpfit.delivery.report.findings import headline
from icpfit.delivery.whole_file import require_writable, whole_file

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Environment
    from markupsafe import Markup

    from icpfit.delivery.report.facts import ReportFacts

__all__ = ["page_environment", "report_html", "write_report"]

# Invisible characters that turn the direction of what follows, or end a line in mid-sentence.
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# What must not be broken over two lines: dates, and figures with their interval and unit.
UNBROKEN = re.compile(
    r"\d{4}-\d\d-\d\d|[+−]?\d[\d.,]*(?:–\d[\d.,]*)?(?: (?:k|M|bn)(?: [A-Z]{3})?\b| [A-Z]{3}\b| %)"
)
PICTURES = ("whale", "waterfall", "choices", "curve", "deciles", "drivers")
TABLES = ("key", "comparison", "deciles", "grades", "drivers", "gates", "excluded", "ledger")


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
    judgement, currency = facts.judgement, facts.currency
    pictures: dict[str, Any] = dict.fromkeys(PICTURES)
    laid_out: dict[str, Any] = dict.fromkeys(TABLES) | {
        "excluded": trust_tables.exclusion_table(
            facts.accounts.excluded, facts.accounts.read, facts.accounts.used
        ),
    }
    if facts.ledger_lines:
        laid_out["ledger"] = trust_tables.ledger_table(facts.ledger_lines, currency)
    if facts.whale is not None:
        pictures["whale"] = figures.whale_figure(facts.whale, facts.horizon, currency)
    if facts.waterfall:
        whale = facts.whale
        n = facts.accounts.mature if whale is None else len(whale.share_accounts) - 1
        pictures["waterfall"] = figures.waterfall_figure(
            facts.waterfall, n, facts.horizon, currency
        )
    if judgement is not None:
        pictures |= {
            "choices": figures.choices_figure(judgement, facts.horizon, currency),
            "curve": figures.margin_curve_figure(judgement, currency),
            "deciles": figures.deciles_figure(judgement, currency),
        }
        laid_out |= {
            "key": tables.key_figures(
                judgement, facts.accounts.read, facts.accounts.used, facts.horizon, currency
            ),
            "deciles": tables.decile_table(judgement.deciles, currency),
            "gates": trust_tables.gate_table(judgement.gates) if judgement.gates else None,
        }
        icp = judgement.against_icp
        if icp is not None and icp.comparable:
            laid_out["comparison"] = tables.comparison_table(icp, currency)
    if facts.grading is not None and facts.grading.evidence:
        laid_out["grades"] = tables.grade_table(facts.grading, currency)
    if facts.drivers is not None and facts.driver_rows is not None and not _is_silent(facts):
        laid_out["drivers"] = tables.driver_table(
            facts.drivers, facts.driver_rows.unit, facts.driver_rows.features
        )
        pictures["drivers"] = figures.driver_figures(facts.drivers, facts.driver_rows)
    template = page_environment().get_template("report.html.j2")
    return template.render(
        facts=facts,
        judgement=judgement,
        icp=judgement.against_icp if judgement is not None else None,
        is_silent=_is_silent(facts),
        figures=pictures,
        tables=laid_out,
        headline=headline(
            judgement,
            facts.signal,
            refusal=facts.refusal,
            used=facts.accounts.used,
            horizon=facts.horizon,
            currency=currency,
        ),
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
    page = report_html(facts)
    with whole_file(path) as part:
        part.write_text(page, encoding="utf-8", newline="\n")


def _is_silent(facts: ReportFacts) -> bool:
    return facts.signal is not None and facts.signal.tier == "none"


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
    environment.filters |= {
        "count": count,
        "percent": percent,
        "words": _words,
        "horizon": horizon_in_words,
    }
    return environment


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
