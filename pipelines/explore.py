"""Say what the accounts served so far tell of a market that someone is considering."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from icpfit.company import Company
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.fit.model import Model
    from icpfit.icp.profile import Profile
    from icpfit.insight.market.market import Market
    from icpfit.insight.market.prospects import MarketProspects
    from icpfit.job import Job


@dataclass(frozen=True)
class Explore:
    """What `icpfit explore` takes; conf/explore.yaml says what each means."""

    root: str
    data: dict[str, Any]
    icp: str
    prospects: str | None
    out: str
    names: Literal["show", "hide"]
    model: Literal["champion", "challenger"]
    seed: int


def run(job: Job) -> Market:
    """Hold the idea against all customers, show what was found, and write the page.

    Parameters
    ----------
    job : Job
        Its settings.

    Returns
    -------
    Market
        What was found.
    """
    # Before the libraries are loaded: a mistake in the settings shows at once.
    chosen = job.settings(Explore)
    from pathlib import Path

    from icpfit.company import company_settings, icp_file
    from icpfit.data.sources.source_files import company_files
    from icpfit.delivery.console.explore_summary import show_market
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.delivery.report.explore_page import explore_html
    from icpfit.delivery.report.page import write_page
    from icpfit.delivery.whole_file import require_writable
    from icpfit.icp.profile import read_profile
    from icpfit.icp.wording import sentences
    from icpfit.insight.market.likeness import require_before_sale
    from icpfit.insight.market.market import explored_market
    from icpfit.intake import intake
    from icpfit.job import root_folder

    terminal = Terminal()
    root = root_folder(chosen.root)
    company = company_settings(chosen.data)
    idea = read_profile(icp_file(chosen.icp, company.name, ()) or chosen.icp)
    require_before_sale(idea, company.data.attributes, chosen.icp)
    terminal.note(f"root: {root}")
    out = Path(chosen.out).expanduser()
    require_writable(out, endings=(".html", ".htm"), kept=company_files(company.data, root))
    model = _model_in_use(chosen, root, company, terminal)
    listed = _prospects(chosen, root, company, idea, model=model, terminal=terminal)
    taken = intake(company, root, terminal)
    with terminal.step(f"looking for accounts like “{idea.name}”") as told:
        market = explored_market(
            taken.accounts,
            idea,
            company.economics.rate_card,
            model=model,
            seed=chosen.seed,
            progress=told,
        )
    hidden = chosen.names == "hide"
    with terminal.step("drawing the page"):
        page = explore_html(
            market,
            listed,
            company=company.name,
            as_of=company.data.as_of,
            idea_sentences=sentences(idea, company.data.attributes),
            hide_names=hidden,
        )
        write_page(page, out)
    show_market(terminal, market, listed, hide_names=hidden)
    terminal.say(f"written: {out}")
    return market


def _model_in_use(
    chosen: Explore, root: Path, company: Company, terminal: Terminal
) -> Model | None:
    from icpfit.delivery.registry.registered_model import loaded_model
    from icpfit.delivery.registry.store import open_store
    from icpfit.delivery.registry.tracking import is_registered, registered_model

    store = open_store(root, company.name)
    if not is_registered(store, chosen.model):
        terminal.note(f"there is no {chosen.model}: all conditions weigh alike, nobody is scored")
        return None
    with terminal.step(f"loading the {chosen.model}"):
        return loaded_model(registered_model(store, chosen.model))


def _prospects(
    chosen: Explore,
    root: Path,
    company: Company,
    idea: Profile,
    *,
    model: Model | None,
    terminal: Terminal,
) -> MarketProspects | None:
    from pathlib import Path

    from icpfit.data.prospect_list import read_prospects
    from icpfit.insight.market.prospects import market_prospects

    if not chosen.prospects:
        return None
    with terminal.step("reading the list"):
        listed = read_prospects(company.data, chosen.prospects, root)
    for note in listed.notes:
        terminal.warning(note)
    return market_prospects(
        idea,
        listed.facts,
        name=Path(chosen.prospects).name,
        opened_on=listed.opened_on,
        absent=listed.absent,
        model=model,
        seed=chosen.seed,
    )


if __name__ == "__main__":
    from icpfit.pipelines.dispatch import main

    raise SystemExit(main(["explore", *sys.argv[1:]]))
