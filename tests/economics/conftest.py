"""The eight accounts worked out by hand, for every test of the room."""

import importlib.util
import sys
from pathlib import Path

import pytest


def _by_hand():
    name = "tests_economics_eight_accounts"
    if name not in sys.modules:
        place = Path(__file__).with_name("eight_accounts.py")
        spec = importlib.util.spec_from_file_location(name, place)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def by_hand():
    """The module `eight_accounts`: rows, settings, tables and expected outcomes."""
    return _by_hand()


@pytest.fixture
def eight(by_hand):
    """Tables, settings and hand-made outcomes of the eight accounts."""
    return by_hand.eight_accounts()
