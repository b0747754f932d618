"""Scoring loads LightGBM without the second that its wrappers for scikit-learn take."""

import subprocess
import sys

ASKED = """
import sys
from icpfit.fit.forests import lightgbm, lightgbm_without_wrappers

lightgbm_without_wrappers()
assert "lightgbm" in sys.modules and "sklearn" not in sys.modules
lightgbm_without_wrappers()  # it is loaded already
import sklearn.linear_model  # whoever wants it later still gets it

lightgbm().Booster
print("as it should be")
"""


def test_scikit_learn_is_left_out_and_can_be_had_later():
    done = subprocess.run(
        [sys.executable, "-c", ASKED], capture_output=True, text=True, check=False
    )
    assert done.stdout == "as it should be\n", done.stderr
