"""A real PostgreSQL server for these tests alone: on loopback, in a folder of its own, with a password.

They run only where this folder is named (``make test-postgres``), never in the whole suite.
"""

import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_ignore_collect(collection_path, config):
    asked = [Path(str(arg).split("::")[0]).resolve() for arg in config.args]
    named = any(path == HERE or HERE in path.parents for path in asked)
    return None if named else True


@dataclass(frozen=True)
class Server:
    """Where it listens; the password is drawn anew each time."""

    port: int
    password: str

    def url(self, database="postgres", user="postgres", password=None, scheme="postgresql"):
        return f"{scheme}://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"


def _binary(name):
    found = shutil.which(name)
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return found or (str(places[-1]) if places else None)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def server(missing):
    """A running server; stopped and wiped at the end."""
    if importlib.util.find_spec("psycopg") is None:
        missing("psycopg is not here: pip install 'icpfit[postgres]'")
    initdb, pg_ctl = _binary("initdb"), _binary("pg_ctl")
    if initdb is None or pg_ctl is None:
        missing("no PostgreSQL server is here: on Debian, apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="icpfit-postgres-"))
    as_user = {}
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # a server refuses to run as root
        import pwd

        names = [one.pw_name for one in pwd.getpwall()]
        user = "postgres" if "postgres" in names else "nobody"
        as_user = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
        shutil.chown(folder, user)
    one = Server(_free_port(), secrets.token_urlsafe(12))
    words, data = folder / "password", folder / "data"
    words.write_text(one.password)
    words.chmod(0o644)  # the folder itself is closed

    def run(*command):
        # The server keeps what it is given open: it must not get the pipes of pytest.
        with (folder / "told").open("a") as told:
            done = subprocess.run(
                [str(word) for word in command], check=False, stdout=told, stderr=told,
                stdin=subprocess.DEVNULL, cwd=folder, timeout=60, **as_user,
            )  # fmt: skip
        assert done.returncode == 0, (folder / "told").read_text()

    options = (
        f"-p {one.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        " -c shared_buffers=32MB -c log_statement=none"
    )
    try:
        run(initdb, "-D", data, "-U", "postgres", "--pwfile", words, "-A", "scram-sha-256",
            "-E", "UTF8", "--locale=C", "--no-sync")  # fmt: skip
        words.unlink()
        run(pg_ctl, "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield one
        finally:
            run(pg_ctl, "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(server):
    """An empty database of this test's own: its url, and a function that runs statements in it."""
    import psycopg

    name = f"t{secrets.token_hex(6)}"
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = server.url(name)

    def run(*statements):
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else None

    run.url = url
    return run


@pytest.fixture(scope="session")
def copies():
    """The demo company handed in with typed cells."""
    place = HERE.parent / "data" / "sources" / "demo_copies.py"
    found = importlib.util.spec_from_file_location("demo_copies", place)
    module = importlib.util.module_from_spec(found)
    sys.modules["demo_copies"] = module
    found.loader.exec_module(module)
    return module
