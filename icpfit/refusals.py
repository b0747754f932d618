"""What Hydra refuses, in one line of our own words: the key, what was found, what to do."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["refusal"]

# Lines of OmegaConf that speak to its developers.
_INTERNAL = ("object_type", "reference_type", "full_key")


def refusal(text: str, job: str, known: Mapping[str, Sequence[str]]) -> str:
    r"""Put a message of Hydra or OmegaConf into one line.

    Parameters
    ----------
    text : str
        The message, of any number of lines.
    job : str
        The job that was asked for.
    known : Mapping of str to sequence of str
        Path of a group of keys ("" for the job's own, "data" for the company's) to its keys.

    Returns
    -------
    str
        One line; what isn't recognised is passed on, folded.

    Examples
    --------
    >>> refusal("Could not override 'sed'.\\nTo append ...", "train", {"": ["seed", "root"]})
    "sed: there is no such key; did you mean 'seed'?"
    >>> refusal("Missing mandatory value: prospects", "score", {})
    'prospects: is missing; say icpfit score prospects=…'
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    whole = " ".join(line for line in lines if not line.startswith(_INTERNAL))
    own = "your own: --config-dir FOLDER with data/NAME.yaml in it"
    if whole.startswith("You must specify 'data'"):
        options = ", ".join(whole.partition("Available options:")[2].split())
        return f"data: which company? Say icpfit {job} data=NAME; here are {options}; {own}"
    company = re.match(r"In '.*?': Could not find 'data/(.*?)'", whole)
    if company:
        options = whole.partition("Available options in 'data':")[2]
        here = ", ".join(options.partition("Config search path:")[0].split())
        return f"data: there is no company '{company[1]}'; here are {here}; {own}"
    override = re.match(r"Could not override '(.+?)'", whole)
    if override:
        group, _, key = override[1].rpartition(".")
        return f"{override[1]}: there is no such key; {_hint(key, known.get(group, ()))}"
    missing = re.match(r"Missing mandatory value: (\S+)", whole)
    if missing:
        return f"{missing[1]}: is missing; say icpfit {job} {missing[1]}=…"
    if whole.startswith("Additional config directory"):
        return f"--config-dir: {whole}; name the folder that holds data/NAME.yaml"
    return whole


def _hint(key: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"known keys: {', '.join(sorted(known))}" if known else "see the company's YAML"
