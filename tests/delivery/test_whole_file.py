"""A file is there whole or not at all."""

import os
import signal
import subprocess
import sys
import time

import pytest

from icpfit.delivery.whole_file import copied, require_writable, whole_file
from icpfit.errors import OutputError


def _names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_was_written_takes_the_place(tmp_path):
    out = tmp_path / "Q3 list (EMEA), ü.csv"
    out.write_text("old")
    with whole_file(out) as part:
        part.write_text("new")
        assert out.read_text() == "old"
    assert out.read_text() == "new"
    assert _names(tmp_path) == [out.name]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, ValueError])
def test_whatever_stops_it_the_old_file_stays(tmp_path, stop):
    out = tmp_path / "scored.csv"
    out.write_text("old")

    def write():
        with whole_file(out) as part:
            part.write_text("half")
            raise stop

    with pytest.raises(stop):
        write()
    assert out.read_text() == "old"
    assert _names(tmp_path) == ["scored.csv"]


def test_a_full_disk_is_one_line(tmp_path):
    out = tmp_path / "scored.csv"
    with (
        pytest.raises(OutputError, match=r"scored\.csv: can't be written, no space left on device"),
        whole_file(out),
    ):
        raise OSError(28, "No space left on device")
    assert _names(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none/scored.csv", "there is no folder"),
        ("folder", "it is a folder"),
        ("locked.csv", "it is write-protected"),
    ],
)
def test_what_can_t_be_written_is_said_before_the_work(tmp_path, monkeypatch, name, said):
    (tmp_path / "folder").mkdir()
    (tmp_path / "locked.csv").write_text("kept")
    # The tests may run as root, whom no permission stops.
    monkeypatch.setattr(os, "access", lambda path, _: "locked" not in str(path))
    with pytest.raises(OutputError, match=said) as caught:
        require_writable(tmp_path / name)
    assert "\n" not in str(caught.value)
    assert (tmp_path / "locked.csv").read_text() == "kept"
    assert _names(tmp_path) == ["folder", "locked.csv"]


def test_a_device_is_no_plain_file():
    with pytest.raises(OutputError, match="no plain file"):
        require_writable("/dev/null")


def test_a_folder_without_permission_is_one_line(tmp_path, monkeypatch):
    from pathlib import Path

    def denied(self, *args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(OutputError, match="permission is denied") as caught:
        require_writable(tmp_path / "scored.csv")
    assert "\n" not in str(caught.value)


def test_permissions_and_links_are_kept(tmp_path):
    out = tmp_path / "real.csv"
    out.write_text("old")
    out.chmod(0o640)
    link = tmp_path / "link.csv"
    link.symlink_to(out)
    with whole_file(link) as part:
        part.write_text("new")
    assert link.is_symlink()
    assert out.read_text() == "new"
    assert out.stat().st_mode & 0o777 == 0o640
    with whole_file(tmp_path / "fresh.csv") as part:
        part.write_text("")
    umask = os.umask(0)
    os.umask(umask)
    assert (tmp_path / "fresh.csv").stat().st_mode & 0o777 == 0o666 & ~umask


def test_a_name_as_long_as_a_name_can_be(tmp_path):
    out = tmp_path / ("x" * 251 + ".csv")
    with whole_file(out) as part:
        part.write_text("new")
    assert out.read_text() == "new"


def test_what_a_killed_writer_left_is_swept(tmp_path):
    """kill -9 in the middle leaves the old file, and a part that the next writer sweeps after a day."""
    out = tmp_path / "scored.csv"
    out.write_text("old")
    script = (
        "import os, signal, sys\n"
        "from icpfit.delivery.whole_file import whole_file\n"
        "with whole_file(sys.argv[1]) as part:\n"
        "    part.write_text('half')\n"
        f"    os.kill(os.getpid(), {int(signal.SIGTERM)})\n"
    )
    subprocess.run([sys.executable, "-c", script, str(out)], check=False)
    assert out.read_text() == "old"
    left = [name for name in _names(tmp_path) if name != "scored.csv"]
    assert len(left) == 1
    with whole_file(out) as part:
        part.write_text("new")
    assert left[0] in _names(tmp_path), "a part that may still be in use is left alone"
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(tmp_path / left[0], (two_days_ago, two_days_ago))
    with whole_file(out) as part:
        part.write_text("newer")
    assert _names(tmp_path) == ["scored.csv"]


def test_a_copy_is_whole(tmp_path):
    (tmp_path / "a.html").write_text("<p>")
    copied(tmp_path / "a.html", tmp_path / "b.html")
    assert (tmp_path / "b.html").read_text() == "<p>"
    with pytest.raises(OutputError, match="there is no folder"):
        copied(tmp_path / "a.html", tmp_path / "none" / "b.html")


def test_what_a_company_exports_is_never_written_over(tmp_path):
    export = tmp_path / "umsätze.csv"
    export.write_text("a")
    with pytest.raises(OutputError, match="one of the company's own exports"):
        require_writable(export, kept={export.resolve()})
    with pytest.raises(OutputError, match=r"ends in \.html or \.htm"):
        require_writable(tmp_path / "x.csv", endings=(".html", ".htm"))
    assert export.read_text() == "a"
