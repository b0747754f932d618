"""Write a made-up company's exports to data/demo, then run every job on them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icpfit.job import Job


@dataclass(frozen=True)
class Demo:
    """What `icpfit demo` takes; conf/demo.yaml says what each means."""

    root: str
    customers: int
    prospect_rows: int
    seed: int


def run(job: Job) -> None:
    """Make the company, then check, train, promote, score and report, as a user would.

    Parameters
    ----------
    job : Job
        Its settings.
    """
    from icpfit.data.demo.company import write_demo_company
    from icpfit.delivery.console.summary import demo_summary
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.errors import EvidenceRefused
    from icpfit.job import root_folder

    chosen = job.settings(Demo)
    terminal = Terminal()
    root = root_folder(chosen.root)
    folder = root / "data" / "demo"
    with terminal.step("making up a company's exports"):
        made = write_demo_company(
            folder, seed=chosen.seed, customers=chosen.customers, prospects=chosen.prospect_rows
        )
    # The books of another seed or size are not those that conf/data/demo.yaml states.
    here = {"root": str(root), "data.controls": made.controls}
    prospects, scored = folder / "prospects.csv", folder / "scored.csv"
    report = folder / "report.html"
    terminal.command("icpfit check data=demo")
    job.run("check", ["data=demo"], here)
    terminal.command("icpfit train data=demo evidence=quick")
    trained = job.run("train", ["data=demo", "evidence=quick"], {**here, "seed": chosen.seed})
    terminal.command("icpfit promote data=demo")
    try:
        job.run("promote", ["data=demo"], {**here, "by": "icpfit demo"})
    except EvidenceRefused as held:
        # A second demo trains the same model again: the one in use rightly stays.
        terminal.warning(str(held))
    terminal.command(
        "icpfit score data=demo prospects=data/demo/prospects.csv out=data/demo/scored.csv"
    )
    listed = {**here, "prospects": str(prospects), "out": str(scored)}
    job.run("score", ["data=demo"], listed)
    terminal.command("icpfit report data=demo out=data/demo/report.html")
    job.run("report", ["data=demo"], {**here, "out": str(report)})
    terminal.closing(
        demo_summary(
            trained,
            [
                ("exports", folder),
                ("scored list", scored),
                ("report", report),
                ("MLflow", root / "mlruns"),
            ],
        ),
        title="the demo company",
    )


if __name__ == "__main__":
    from icpfit.pipelines.dispatch import main

    raise SystemExit(main(["demo", *sys.argv[1:]]))
