"""The eight accounts worked out by hand (tests/economics/eight_accounts.py), joined; and the demo company, tried."""

import importlib.util
import pickle
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from icpfit.company import company_settings
from icpfit.data.demo.company import write_demo_company
from icpfit.data.tables import read_tables
from icpfit.economics.outcome import joined_accounts
from icpfit.icp.profile import read_profile

CONF = Path(__file__).parents[2] / "conf"


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


@pytest.fixture(scope="session")
def tried_demo(made_once):
    """Exports, settings, accounts and trial of the demo company; never changed."""
    from icpfit.evidence.trial import trial

    company = company_settings(yaml.safe_load((CONF / "data" / "demo.yaml").read_text("utf-8")))
    current = read_profile(CONF / "icp" / "demo.yaml")

    def make(root):
        write_demo_company(root / "data" / "demo")
        tables = read_tables(company.data, root)
        accounts = joined_accounts(tables, company.data, company.economics)
        made = (tables, accounts, trial(accounts, current, company="demo"))
        (root / "tried.pickle").write_bytes(pickle.dumps(made))

    root = made_once("demo, tried", make)
    tables, accounts, tried = pickle.loads((root / "tried.pickle").read_bytes())  # noqa: S301 - our own
    return SimpleNamespace(
        exports=root / "data" / "demo",
        company=company,
        current=current,
        tables=tables,
        accounts=accounts,
        trial=tried,
    )
