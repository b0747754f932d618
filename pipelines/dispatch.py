"""The console script: finds the job, quotes paths for Hydra, and says every mistake in one line.

Each job is a Hydra application of its own (``conf/<job>.yaml``), so that overrides, ``--help``,
``--cfg job`` and ``-m`` work as Hydra's users expect. This module is the only one that knows Hydra.
"""

from __future__ import annotations

import importlib
import importlib.resources
import os
import signal
import sys
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from icpfit import __version__
from icpfit.errors import IcpfitError, SettingsError
from icpfit.job import Job
from icpfit.redaction import without_passwords, without_secret_values
from icpfit.refusals import needed, refusal, torn_apart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["JOBS", "main", "quoted"]

JOBS = {
    "demo": "a made-up company's exports in data/demo, then every job on them",
    "init": "look at a folder of exports, ask what only you know, write a company's settings",
    "check": "what is good in a company's exports, what stops you, what to do next",
    "train": "train a challenger and judge it on later accounts; registers it in MLflow",
    "promote": "put the challenger in use, or say why not (exit code 3)",
    "rollback": "go back to the model that was in use before",
    "drift": "how far a list, or the latest accounts, are from those the model learned from",
    "adopt": "make a proposed ICP the current one, signed off, and keep the former",
    "score": "grade a prospect list, with reasons",
    "report": "write the report of the model in use as one HTML file",
    "explore": "what the accounts served so far tell of a market that you think of winning",
}

#: Values of these keys are paths or words of a person: Hydra must not read commas, brackets,
#: equals signs or quotes in them as its own grammar.
FREE_TEXT = (
    "prospects",
    "out",
    "out_table",
    "root",
    "icp",
    "proposal",
    "name",
    "by",
    "reason",
    "note",
    "data.folder",
    "data_folder",
    "before",
    "capacity_by",
    "engine.master",
    "engine.python",
)

#: Jobs of which a cluster can do a part: the join, or the scoring.
WITH_ENGINE = ("check", "train", "score")

STOPPED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``icpfit <job> [key=value …]``.

    Parameters
    ----------
    argv : sequence of str, optional
        The words after ``icpfit``; by default those of the process.

    Returns
    -------
    int
        0 when the job is done: for ``promote`` PROMOTE, REFRESH, or a verdict overruled by force,
        so that the challenger is in use now; 1 for a mistake in settings or data; 3 when the data
        do not carry what was asked for: no model registered, or HOLD, the model in use stays; 130
        when stopped by Ctrl-C.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # what libraries say to their developers is not for users
    _stop_when_told()
    try:
        asked = _information(words)
        if asked is None:
            _run(words[0], words[1:])
        else:
            print(asked, flush=True)  # noqa: T201
    except IcpfitError as error:
        return _said(str(error), error.exit_code)
    except BrokenPipeError:
        # Whoever read has gone, such as head: that is no mistake, and Python must not say so.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _said("stopped; nothing was changed by the step that was under way", STOPPED)
    return 0


def _stop_when_told() -> None:
    """Let a SIGTERM (timeout, systemd, Kubernetes) end as Ctrl-C does: nothing stays behind."""

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    # Python lets only the main thread set it; elsewhere somebody else runs the process.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)


def quoted(word: str) -> str:
    """Quote the value of a path or free-text key, so that Hydra takes it to the letter.

    Parameters
    ----------
    word : str
        One word of the command line.

    Returns
    -------
    str
        The word as Hydra must see it. Flags, other keys, empty values, and values that already
        stand in quotes are left alone.

    Examples
    --------
    >>> quoted("prospects=Q3 list (EMEA), v2.csv")
    "prospects='Q3 list (EMEA), v2.csv'"
    >>> quoted("seed=7")
    'seed=7'
    """
    key, equals, value = word.partition("=")
    if not equals or not value or key.lstrip("+") not in FREE_TEXT:
        return word
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return _no_group(key, value)
    # A backslash is Hydra's own only before a quote; ${ would be resolved by OmegaConf.
    body = value.replace("${", "\\${").replace("\\'", "\\\\'").replace("'", "\\'")
    if body.endswith("\\"):
        body += "\\"
    return _no_group(key, f"'{body}'")


def _no_group(key: str, value: str) -> str:
    # conf/icp/ is a folder, so Hydra takes icp=… for the choice of a file in it, unless the value
    # is a mapping; `_with_folders` takes the path out again.
    return f"{key}={{file: {value}}}" if key.lstrip("+") == "icp" else f"{key}={value}"


def _information(words: Sequence[str]) -> str | None:
    if not words or words[0] in {"-h", "--help", "help"}:
        return _usage()
    if words[0] in {"--version", "-V"}:
        return f"icpfit {__version__}"
    if words[0] in JOBS and {"-h", "--help"} & set(words[1:]):
        return _job_help(words[0])
    return None


def _usage() -> str:
    width = max(map(len, JOBS))
    lines = "\n".join(f"  icpfit {job:<{width}}  {text}" for job, text in JOBS.items())
    return (
        "icpfit finds a company's ideal customers, in profit after cost to serve, "
        "from its own exports.\n\n"
        f"{lines}\n\n"
        "Settings are Hydra's: icpfit train data=acme seed=7 — every key of a job: icpfit train "
        "--help\nA company's own settings: icpfit train --config-dir my_conf data=acme"
    )


def _job_help(job: str) -> str:
    # The YAML with its comments is the help: a key is explained in one place only.
    conf = importlib.resources.files("icpfit.conf")
    shown: list[str] = []
    for file in (f"{job}.yaml", "every_job.yaml"):
        skipped = False
        for line in (conf / file).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith((" ", "#")):
                skipped = line.startswith(("defaults:", "hydra:"))
            if line and not skipped and not line.startswith("#"):
                # YAML reads yes and no as flags, so such a key stands in quotes there.
                shown.append("  " + needed(line.replace('"yes": ', "yes:   ")))
    companies = "  data: required     # the company: data=demo takes data/demo.yaml\n"
    if job in {"demo", "init"}:
        companies = ""
    if job in WITH_ENGINE:
        companies += "  engine: local      # or spark, with engine.master=…: docs/scale.md\n"
    folder = "" if job == "demo" else " --config-dir FOLDER  your own data/NAME.yaml;"
    return (
        f"icpfit {job}: {JOBS[job]}.\n\n"
        f"Settings, as key=value, with what holds if you say nothing:\n\n{companies}"
        + "\n".join(shown)
        + f"\n\nHydra's own:{folder} --cfg job  the composed settings; -m  several runs; "
        "--hydra-help  the rest."
    )


def _said(message: str, code: int) -> int:
    line = " ".join(message.split())
    print(f"icpfit: {line}", file=sys.stderr)  # noqa: T201
    return code


def _run(name: str, words: Sequence[str]) -> None:
    if name not in JOBS:
        import difflib

        near = difflib.get_close_matches(name, JOBS, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"jobs: {', '.join(JOBS)}"
        raise SettingsError(f"there is no job '{name}'; {hint}")
    import hydra
    import yaml
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    # Hydra would print a traceback and exit; asked for the full error, it raises instead.
    os.environ["HYDRA_FULL_ERROR"] = "1"
    failed: list[BaseException] = []

    def task(config: Any) -> None:
        try:
            _call(name, config)
        except IcpfitError as error:  # kept back: Hydra would add lines of its own
            failed.append(error)
        except OmegaConfBaseException as error:
            failed.append(SettingsError(refusal(str(error), name, _known_keys(name))))

    torn = torn_apart(words)
    if torn:
        raise SettingsError(torn)
    words = [*_own_conf(words), *words]
    arguments, sys.argv = sys.argv, [f"icpfit {name}", *map(quoted, words)]
    try:
        application = hydra.main(
            version_base=None, config_path="pkg://icpfit.conf", config_name=name
        )(task)
        application()
    except (HydraException, OmegaConfBaseException) as error:
        raise SettingsError(refusal(str(error), name, _known_keys(name))) from None
    except yaml.YAMLError as error:
        raise SettingsError(f"a YAML file can't be read: {error}") from None
    finally:
        sys.argv = arguments
    if failed:
        raise failed[0]


def _own_conf(words: Sequence[str]) -> list[str]:
    """Name the conf folder under the root, where `icpfit init` writes, unless another is named."""
    if any(word.startswith(("--config-dir", "-cd")) for word in words):
        return []
    root = next((w.partition("=")[2] for w in reversed(words) if w.startswith("root=")), ".")
    folder = Path(root.strip("'\"")).expanduser().resolve() / "conf"
    # That of a checkout is icpfit's own, which is searched anyway.
    if not (folder / "data").is_dir() or (folder / "every_job.yaml").is_file():
        return []
    return ["--config-dir", str(folder)]


def _call(name: str, config: Any) -> Any:
    from hydra.core.hydra_config import HydraConfig

    folders = []
    for source in HydraConfig.get().runtime.config_sources:
        if source.schema == "file" and source.path:
            folders.append(Path(source.path))
        elif source.schema == "pkg" and source.path == "icpfit.conf":
            folders.append(Path(str(importlib.resources.files("icpfit.conf"))))
    choice = f"{HydraConfig.get().runtime.choices.get('data')}.yaml"
    known = [folder for folder in folders if (folder / "data" / choice).is_file()]
    if len(known) > 1:
        # Hydra would take ours, and the company's own would be ignored without a word.
        raise SettingsError(
            f"{known[-1] / 'data' / choice}: a company of this name comes with icpfit; "
            "give your file another name"
        )
    # Hydra lists the primary source first; what a company keeps itself comes before ours.
    return _with_folders(name, config, tuple(reversed(folders)))


def _with_folders(name: str, config: Any, folders: tuple[Path, ...]) -> Any:
    from omegaconf import OmegaConf

    def another(job: str, overrides: Sequence[str], changes: Mapping[str, Any]) -> Any:
        from hydra import compose

        composed = compose(job, overrides=list(overrides))
        for key, value in changes.items():
            OmegaConf.update(composed, key, value, merge=False, force_add=True)
        return _with_folders(job, composed, folders)

    values: Any = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    if isinstance(values.get("icp"), dict):
        values["icp"] = values["icp"].get("file")
    job = Job(
        name=name,
        values=values,
        unresolved=_logged(config),
        conf_folders=_profile_folders(folders, values),
        run=another,
    )
    return importlib.import_module(f"icpfit.pipelines.{name}").run(job)


def _logged(config: Any) -> str:
    """Return the composed settings as they may be kept: as written, and without secrets."""
    from omegaconf import OmegaConf

    values = without_secret_values(OmegaConf.to_container(config, resolve=False))
    return without_passwords(OmegaConf.to_yaml(OmegaConf.create(values)))


def _profile_folders(folders: tuple[Path, ...], values: Mapping[str, Any]) -> tuple[Path, ...]:
    """Put the root's data/ before our own folder: a profile that was adopted there comes first."""
    ours = Path(str(importlib.resources.files("icpfit.conf")))
    adopted = Path(str(values.get("root", "."))).expanduser().resolve() / "data"
    own = tuple(folder for folder in folders if folder != ours)
    return (*own, adopted, ours)


def _known_keys(job: str) -> dict[str, list[str]]:
    import dataclasses

    import yaml

    from icpfit.data.table_spec import DataSpec

    conf = importlib.resources.files("icpfit.conf")
    own: set[str] = {"data"} | ({"engine"} if job in WITH_ENGINE else set())
    for file in (f"{job}.yaml", "every_job.yaml"):
        own |= set(yaml.safe_load((conf / file).read_text(encoding="utf-8")))
    data = [field.name for field in dataclasses.fields(DataSpec)]
    return {"": sorted(own - {"defaults", "hydra"}), "data": [*data, "company", "economics"]}
