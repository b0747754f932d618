"""What Hydra refuses, in one line of our own words: the key, what was found, what to do."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["needed", "refusal", "torn_apart"]

# Lines of OmegaConf that speak to its developers.
_INTERNAL = ("object_type", "reference_type", "full_key")
# Flags of Hydra after which comes a word of its own.
_FLAGS = (
    *("--config-dir", "-cd", "--config-name", "-cn", "--config-path", "-cp"),
    *("--cfg", "-c", "--package", "-p", "--info", "-i", "--experimental-rerun"),
)


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
    >>> refusal("Environment variable 'CRM_URL' not found\\n    full_key: data.x.url", "check", {})
    "data.x.url: the environment variable 'CRM_URL' is not set; export it, then run again"
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
    told = _of_override(whole, job, known)
    if told:
        return told
    unset = re.search(r"Environment variable '(.+?)' not found", whole)
    if unset:
        where = "".join(f"{key}: " for key in re.findall(r"full_key: (\S+)", text)[:1])
        whole = (
            f"{where}the environment variable '{unset[1]}' is not set; export it, then run again"
        )
    missing = re.match(r"Missing mandatory value: (\S+)", whole)
    if missing:
        return f"{missing[1]}: is missing; say icpfit {job} {missing[1]}=…"
    if whole.startswith("Additional config directory"):
        return f"--config-dir: {whole}; name the folder that holds data/NAME.yaml"
    return whole


def needed(line: str) -> str:
    """Put a word for Hydra's mark of a key that has no default.

    Parameters
    ----------
    line : str
        A line of a settings file.

    Returns
    -------
    str
        The comment stays in its column where there is room.

    Examples
    --------
    >>> needed("prospects: ???       # a list"), needed("seed: 7")
    ('prospects: required  # a list', 'seed: 7')
    """
    return re.sub(
        r"\?\?\?( *)", lambda mark: "required" + " " * max(2, len(mark[1]) - 5), line, count=1
    )


def torn_apart(words: Sequence[str]) -> str:
    """Say what to do where the shell has made several words of one value.

    Parameters
    ----------
    words : sequence of str
        The words of the command line after the job.

    Returns
    -------
    str
        One line on the first word that is neither ``key=value`` nor a flag; empty without one.

    Examples
    --------
    >>> torn_apart(["data=demo", "prospects=Q3", "list", "(EMEA).csv", "out=s.csv"])
    'prospects: came in 3 words; put quotes around it: prospects="Q3 list (EMEA).csv"'
    >>> torn_apart(["demo"])
    'demo: expected key=value, such as data=demo'
    >>> torn_apart(["data=demo", "--cfg", "job"])
    ''
    """
    for i, word in enumerate(words):
        if _is_whole(word) or (i and words[i - 1] in _FLAGS):
            continue
        key, equals, first = words[i - 1].partition("=") if i else ("", "", "")
        if not equals:
            return f"{word}: expected key=value, such as data=demo"
        end = next((j for j in range(i, len(words)) if _is_whole(words[j])), len(words))
        value = " ".join([first, *words[i:end]]).strip()
        quote = "'" if '"' in value else '"'
        return (
            f"{key}: came in {end - i + 1} words; put quotes around it: {key}={quote}{value}{quote}"
        )
    return ""


def _is_whole(word: str) -> bool:
    return not word or "=" in word or word.startswith(("-", "~"))


def _of_override(whole: str, job: str, known: Mapping[str, Sequence[str]]) -> str:
    """Say what is wrong with a word of the command line; empty where it is something else."""
    override = re.match(r"Could not override '(.+?)'", whole)
    if override:
        group, _, key = override[1].rpartition(".")
        if group not in known or key in known[group]:
            return f"{override[1]}: is not in the YAML yet; +{override[1]}=… adds it"
        return f"{override[1]}: there is no such key; {_hint(key, known[group])}"
    if "override_grammar" in whole:
        part = re.match(
            r"Error parsing override '(.*?)' (?=missing|extran|mismatch|no via|tok)", whole
        )
        found = part or re.search(r"'(.*)'", whole)
        said = (
            "a value with , : [ ] { } or quotes in it stands in quotes twice, such as \"key='a,b'\""
        )
        return f"{found[1] if found else job}: can't be read; {said}"
    return ""


def _hint(key: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"known keys: {', '.join(sorted(known))}" if known else "see the company's YAML"
