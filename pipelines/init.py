"""Set a company up: look at its exports, ask what only a person knows, write its settings."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icpfit.delivery.setup_files import SetupFiles
    from icpfit.job import Job


@dataclass(frozen=True)
class Init:
    """What `icpfit init` takes; conf/init.yaml says what each means."""

    root: str
    data_folder: str
    company: str
    yes: bool = False

    def __post_init__(self) -> None:
        """Refuse a name that no company can have."""
        import re

        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", self.company):
            raise ValueError(
                "company: expected a short name of lower-case letters, digits, - or _, found"
                f" {self.company!r}"
            )


def run(job: Job) -> SetupFiles:
    """Write the settings of a company, or add what is new to those that there are.

    They are written to data/<company>.yaml in the company's own conf folder (--config-dir), without
    one in conf/ under the root, where every job looks for them; the draft of a profile beside it.

    Parameters
    ----------
    job : Job
        Its settings.

    Returns
    -------
    SetupFiles
        What was written.
    """
    # Before the libraries are loaded: a mistake in the settings shows at once.
    chosen = job.settings(Init)
    from icpfit.company import company_settings
    from icpfit.data.exports.export import exports_in
    from icpfit.data.exports.proposal import proposal
    from icpfit.delivery.console.init_summary import init_summary
    from icpfit.delivery.console.questions import answer_questions, require_answers
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.delivery.setup_files import exports_folder, own_conf_folder, write_setup
    from icpfit.job import root_folder

    terminal = Terminal()
    root = root_folder(chosen.root)
    folder = exports_folder(root, chosen.data_folder)
    require_answers(unattended=chosen.yes)
    terminal.note(f"root: {root}")
    with terminal.step("reading the exports") as told:
        exports, unread = exports_in(folder, told)
    for reason in unread.values():
        terminal.warning(reason)
    with terminal.step("finding out what they are") as told:
        draft = proposal(
            exports, company=chosen.company, folder=chosen.data_folder, root=root, progress=told
        )
    draft.unused.update(unread)
    answer_questions(draft, terminal, unattended=chosen.yes)
    conf = own_conf_folder(job.conf_folders, root)
    written = write_setup(draft, conf, company_settings, job.conf_folders[-1])
    for file, reason in sorted(draft.unused.items()):
        terminal.note(f"note: {file} is not used: {reason}")
    terminal.closing(init_summary(draft, written), title=f"{chosen.company}: set up")
    return written


if __name__ == "__main__":
    from icpfit.pipelines.dispatch import main

    raise SystemExit(main(["init", *sys.argv[1:]]))
