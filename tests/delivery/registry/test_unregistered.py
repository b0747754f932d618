"""The page of a training that registered nothing: the latest one, and only where no model is."""

import os
from types import SimpleNamespace

import pytest

from icpfit.delivery.registry import tracking
from icpfit.delivery.registry.unregistered import unregistered_page

PAGE = "report.html"


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(tracking, "is_registered", lambda store, alias: alias in store.aliases)
    return SimpleNamespace(artifacts=tmp_path, aliases=set())


def kept(store, run, minutes, *names):
    folder = store.artifacts / run / "artifacts"
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text(run, encoding="utf-8")
        os.utime(folder / name, (60 * minutes, 60 * minutes))
    return folder


def test_the_latest_one_that_was_recorded_whole(store):
    assert unregistered_page(store, PAGE) is None
    # Names of runs are digits at random: the later run may come first.
    later = kept(store, "a0", 2, PAGE, "redefinition.json")
    kept(store, "f9", 1, PAGE, "redefinition.json")
    kept(store, "c4", 3, PAGE)
    assert unregistered_page(store, PAGE) == later / PAGE


@pytest.mark.parametrize("alias", ["champion", "challenger"])
def test_a_registered_model_has_its_own_page(store, alias):
    kept(store, "a0", 2, PAGE, "redefinition.json")
    store.aliases.add(alias)
    assert unregistered_page(store, PAGE) is None
