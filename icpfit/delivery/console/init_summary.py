"""What `icpfit init` ends with: what is used, what is not, and what to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icpfit.data.exports.draft import Draft
    from icpfit.delivery.setup_files import SetupFiles

__all__ = ["init_summary"]


def init_summary(draft: Draft, written: SetupFiles) -> list[tuple[str, str]]:
    """Sum up what was proposed and written.

    Parameters
    ----------
    draft : Draft
        The settings.
    written : SetupFiles
        The files.

    Returns
    -------
    list of (str, str)
        What, and what came of it.
    """
    learned = [n for n, one in draft.values["attributes"].items() if one["known"] == "before_sale"]
    guesses = sum(remark.startswith("guess") for remark in draft.remarks.values())
    rows = [
        ("exports used", ", ".join(draft.values["sources"])),
        ("not used", ", ".join(sorted(draft.unused)) or "none"),
        ("learned from", ", ".join(learned) or "nothing yet: no column is known before the sale"),
    ]
    if written.is_new:
        rows.append(("guesses", f"{guesses:,}, each marked in the file with its reason"))
        rows.append(("settings", str(written.data)))
    else:
        rows.append(("added", ", ".join(written.added) or "nothing: all of it was known"))
        rows.append(("settings", f"{written.data}; what stood there is as it was"))
    if written.profile.exists():
        rows.append(("profile", f"{written.profile}: fill it in, if you have one"))
    rows.append(("next", f"icpfit check data={draft.values['company']}"))
    return rows
