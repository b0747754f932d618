"""Where a company's runs and models lie under the root, and how several jobs share that place."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from icpfit.errors import ModelError, OutputError, SettingsError, fault_text

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Store",
    "artifact_path",
    "failure",
    "locked",
    "moved_root_mended",
    "open_store",
    "running",
    "sound_database",
]

_LOCK_TIMEOUT = 600.0
_ARTIFACTS = "/mlruns/artifacts/"
# Where MLflow writes absolute places down (counted by a scan of a store that was in use).
_PLACES = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
)


@dataclass(frozen=True)
class Store:
    """One company's part of the store under a root.

    Attributes
    ----------
    root : Path
        The folder that holds mlruns/; absolute.
    company : str
        The company's short name.

    Examples
    --------
    >>> store = Store(Path("/srv/fit"), "acme")
    >>> store.model_name, store.promotion_log.as_posix()
    ('icpfit-acme', '/srv/fit/mlruns/promotions-acme.jsonl')
    """

    root: Path
    company: str

    @property
    def folder(self) -> Path:
        """The folder of all runs."""
        return self.root / "mlruns"

    @property
    def database(self) -> Path:
        """The file that MLflow keeps its tables in."""
        return self.folder / "mlflow.db"

    @property
    def artifacts(self) -> Path:
        """The folder of this company's files."""
        return self.folder / "artifacts" / self.company

    @property
    def promotion_log(self) -> Path:
        """The company's promotion log."""
        return self.folder / f"promotions-{self.company}.jsonl"

    @property
    def model_name(self) -> str:
        """What the company's model and experiment are called in MLflow."""
        return f"icpfit-{self.company}"

    @property
    def uri(self) -> str:
        """What MLflow calls the database; absolute, or it would follow the current folder."""
        return f"sqlite:///{self.database.as_posix()}"


def open_store(root: Path, company: str) -> Store:
    """Return a company's store under a root; nothing is read or created yet.

    Parameters
    ----------
    root : Path
        The folder that holds, or will hold, mlruns/.
    company : str
        The company's short name.

    Returns
    -------
    Store
        With links in the root followed, so that one place has one name.

    Raises
    ------
    SettingsError
        If the root's path can't be written as a database address.

    Examples
    --------
    >>> open_store(Path("/srv/50%20off"), "acme")
    Traceback (most recent call last):
    ...
    icpfit.errors.SettingsError: root: MLflow can't keep its store under '/srv/50%20off' ('%20' ...
    """
    absolute = root.resolve()
    found = re.search(r"\?|%[0-9A-Fa-f]{2}", absolute.as_posix())
    if found:
        raise SettingsError(
            f"root: MLflow can't keep its store under '{absolute}'"
            f" ('{found[0]}' means something else in its addresses); use or rename another folder"
        )
    return Store(absolute, company)


@contextlib.contextmanager
def locked(store: Store) -> Iterator[None]:
    """Hold the root's lock: one job at a time creates the store, moves aliases, or mends places.

    Parameters
    ----------
    store : Store
        The store; its folder is created where it isn't there.

    Yields
    ------
    None
        While the lock is held. It can't be taken twice, not by the same process either.

    Raises
    ------
    OutputError
        If the folder can't be written, or another job holds the lock for ten minutes.
    """
    from filelock import FileLock, Timeout

    path = store.folder / ".lock"
    try:
        store.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        lock.acquire(timeout=_LOCK_TIMEOUT)
    except Timeout:
        message = f"{path}: another icpfit has held this lock for 10 minutes; end it and try again"
        raise OutputError(message) from None
    except OSError as error:
        what = fault_text(error)
        message = f"{store.folder}: can't be written, {what}; give another root="
        raise OutputError(message) from None
    try:
        yield
    finally:
        lock.release()


def sound_database(store: Store) -> None:
    """Refuse a store that can't be opened, at once: MLflow itself would retry for two minutes.

    Parameters
    ----------
    store : Store
        Its database needn't be there yet.

    Raises
    ------
    ModelError
        If the file is no database.
    OutputError
        If it can't be opened or written.
    """
    try:
        with contextlib.closing(sqlite3.connect(store.database, timeout=60)) as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()
            database.rollback()
    except sqlite3.OperationalError as error:
        message = f"{store.database}: the store can't be opened ({error}); give another root="
        raise OutputError(message) from None
    except sqlite3.DatabaseError as error:
        message = f"{store.database}: is damaged ({error}); restore it, or train in another root="
        raise ModelError(message) from None


def moved_root_mended(store: Store) -> bool:
    """Point the company's runs and models to where they lie, after the root was moved or copied.

    MLflow writes absolute places into its tables, and new runs would go to the old root. The caller
    holds the lock.

    Parameters
    ----------
    store : Store
        The store; its database needn't be there yet.

    Returns
    -------
    bool
        Whether anything had to be mended.
    """
    here = store.artifacts.as_uri()
    with contextlib.closing(sqlite3.connect(store.database, timeout=60)) as database:
        names = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
        if "experiments" not in names:
            return False
        found = database.execute(
            "SELECT artifact_location FROM experiments WHERE name = ?", (store.model_name,)
        ).fetchone()
        if found is None or found[0] == here:
            return False
        there = str(found[0])
        with database:
            for table, column in _PLACES:
                database.execute(
                    f"UPDATE {table} SET {column} = ? || substr({column}, ?)"  # noqa: S608 - ours
                    f" WHERE {column} = ? OR substr({column}, 1, ?) = ?",
                    (here, len(there) + 1, there, len(there) + 1, f"{there}/"),
                )
    return True


def artifact_path(store: Store, uri: str) -> Path:
    """Return where a file of the store lies under the present root, wherever it lay once.

    Parameters
    ----------
    store : Store
        The store as it is now.
    uri : str
        A ``file:`` address or path below ``mlruns/artifacts`` of this or of an earlier root.

    Returns
    -------
    Path
        Below this root's ``mlruns/artifacts``.

    Raises
    ------
    ModelError
        If the address lies elsewhere.

    Examples
    --------
    >>> store = Store(Path("/new home"), "acme")
    >>> artifact_path(store, "file:///old/mlruns/artifacts/acme/models/m-1").as_posix()
    '/new home/mlruns/artifacts/acme/models/m-1'
    """
    path = unquote(urlsplit(uri).path) if uri.startswith("file:") else uri
    _, found, tail = path.replace("\\", "/").rpartition(_ARTIFACTS)
    parts = tail.split("/")
    if not found or parts[0] != store.company or ".." in parts:
        raise ModelError(
            f"{store.database}: '{store.model_name}' points to {uri}, which is not below"
            f" {store.artifacts}; train again"
        )
    return store.folder / "artifacts" / Path(*parts)


@contextlib.contextmanager
def running(store: Store, run_id: str) -> Iterator[None]:
    """Hold a run's own lock for as long as it goes on: the system frees it when the process dies.

    Parameters
    ----------
    store : Store
        The store; its folder is there.
    run_id : str
        The run.

    Yields
    ------
    None
        While the lock is held.

    Raises
    ------
    ModelError
        If another process holds it, so the run is alive.
    """
    from filelock import FileLock, Timeout

    path = store.folder / ".running" / f"{run_id}.lock"
    path.parent.mkdir(exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ModelError(f"{path}: run {run_id} is still going on; wait for it") from None
    try:
        yield
    finally:
        lock.release()
        path.unlink(missing_ok=True)


def failure(store: Store, doing: str, error: Exception) -> str:
    """Return what went wrong inside MLflow, in one line.

    Parameters
    ----------
    store : Store
        The store in use.
    doing : str
        What was going on, such as "recording the training".
    error : Exception
        What was raised; only its first line is said.

    Returns
    -------
    str
        Names the database.
    """
    said = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return f"{store.database}: MLflow failed while {doing}: {said[:300]}"
