"""A page as PDF on A4, printed by Chromium where there is one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from icpfit.delivery.whole_file import whole_file
from icpfit.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["NO_CHROMIUM", "chromium", "write_pdf"]

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
SECONDS = 120
NO_CHROMIUM = (
    "pdf: there is no Chromium or Chrome on the PATH, so only the page was written; open it in a"
    " browser and print it"
)


def chromium(found: Callable[[str], str | None] = shutil.which) -> str | None:
    """Return the program that prints, or None where there is none.

    Parameters
    ----------
    found : callable
        Looks a program up by name.

    Returns
    -------
    str or None
        Its path.

    Examples
    --------
    >>> chromium({"google-chrome": "/opt/chrome"}.get)
    '/opt/chrome'
    """
    return next((path for name in NAMES if (path := found(name))), None)


def write_pdf(page: Path | str, out: Path | str, program: str) -> None:
    """Print a page to a PDF file, whole or not at all.

    Parameters
    ----------
    page : Path or str
        The HTML file.
    out : Path or str
        The PDF file.
    program : str
        See `chromium`.

    Raises
    ------
    OutputError
        If the program fails or takes longer than two minutes, or the file can't be written.

    Notes
    -----
    It runs with a profile of its own and without any network of use: the page asks for nothing.
    """
    with tempfile.TemporaryDirectory(prefix="icpfit-") as profile, whole_file(out) as part:
        command = [
            program,
            "--headless",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--user-data-dir={profile}",
            f"--print-to-pdf={part}",
            Path(page).resolve().as_uri(),
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium refuses to run as root with one
        try:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise OutputError(f"{out}: {program} could not print the page ({error})") from None
        if done.returncode or not part.stat().st_size:
            raise OutputError(
                f"{out}: {program} could not print the page (it ended with {done.returncode});"
                " open the page in a browser and print it"
            )
