"""The eight accounts worked out by hand (tests/economics/eight_accounts.py), joined."""

import importlib.util
import sys
from pathlib import Path

import pytest

from icpfit.economics.outcome import joined_accounts


@pytest.fixture(scope="session")
def eight():
    """Joined accounts and settings; used are all but hazel, which is not mature."""
    name = "tests_economics_eight_accounts"
    if name not in sys.modules:
        place = Path(__file__).parents[1] / "economics" / "eight_accounts.py"
        spec = importlib.util.spec_from_file_location(name, place)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    made = sys.modules[name].eight_accounts()
    made.accounts = joined_accounts(made.tables, made.data, made.economics)
    return made
