"""Compiling: also where nothing can be written, and not before somebody asks."""

import subprocess
import sys

import numba
import numpy as np
import pytest

from icpfit.attribution.kernels import coded, compiled


@pytest.mark.slow
def test_where_no_cache_can_be_written_it_is_compiled_all_the_same(monkeypatch):
    njit = numba.njit

    def refusing(loop, **told):
        if told.pop("cache", False):
            raise RuntimeError("cannot cache function: no locator available")
        return njit(loop, **told)

    monkeypatch.setattr(numba, "njit", refusing)
    made = compiled.__wrapped__(coded)
    found = np.zeros((1, 4), dtype=np.uint8)
    rows = np.array([[0.5], [1.0], [1.5], [np.nan]])
    codes = np.array([7, 8, 9], dtype=np.uint16)
    made(rows, np.array([1.0]), np.array([0, 1]), codes, np.array([False]), 1e-35, found)
    assert found.tolist() == [[7, 7, 8, 9]]


def test_plain_python_and_machine_code_agree():
    rows = np.array([[-0.5, 1e-36], [2.0, np.inf], [3.9, -np.inf], [np.nan, np.nan], [1e300, 0.5]])
    cuts, cut_at = np.array([0.0, 3.0, 0.0, 0.5]), np.array([0, 2, 4])
    codes, kinds = np.arange(8, dtype=np.uint16), np.array([True, False])
    told = (rows, cuts, cut_at, codes, kinds, 1e-35)
    slow, quick = np.zeros((2, 5), np.uint8), np.zeros((2, 5), np.uint8)
    coded(*told, slow)
    compiled(coded)(*told, quick)
    # The category holds levels 0 and 3: -0.5 is level 0, 3.9 level 3, all else is none of them.
    assert slow.tolist() == quick.tolist() == [[0, 2, 1, 3, 2], [4, 6, 4, 7, 5]]


def test_importing_the_room_imports_no_numba():
    told = (
        "import sys, icpfit.attribution.explainer, icpfit.attribution.table_file, icpfit.attribution.strongest;"
        "print([m for m in ('numba', 'lightgbm', 'shap') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
