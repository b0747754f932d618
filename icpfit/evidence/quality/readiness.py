"""Enough to train? Each rule that the training will hold the data to, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from icpfit.data.joining.reconciliation import share_text
from icpfit.economics.label import (
    FEWEST_OF_A_CLASS,
    HIGHEST_PREVALENCE,
    LOWEST_PREVALENCE,
    check_label,
)
from icpfit.errors import IcpfitError
from icpfit.evidence.leakage.decision_dates import date_gates, dated_gates
from icpfit.evidence.leakage.identifiers import identifier_gates
from icpfit.evidence.leakage.personal_data import personal_gates
from icpfit.evidence.leakage.telling_names import name_gates
from icpfit.fit.split import (
    HOLDOUT_OF_EACH_CLASS,
    HOLDOUT_ROWS,
    TRAIN_OF_EACH_CLASS,
    TRAIN_ROWS,
    holdout_split,
)

if TYPE_CHECKING:
    from icpfit.economics.outcome import Accounts
    from icpfit.evidence.leakage.gates import Gate

__all__ = ["Readiness", "Rule", "readiness"]


@dataclass(frozen=True)
class Rule:
    """One rule of the training.

    Parameters
    ----------
    name : str
        A few words.
    asks : str
        What it asks for.
    found : str
        What there is.
    verdict : {"met", "weaker", "stops"}
        "weaker": training goes on, with less evidence or a condition to be met before promotion.
    remedy : str
        The line with which training would stop, or what to do; empty where it is met.
    """

    name: str
    asks: str
    found: str
    verdict: Literal["met", "weaker", "stops"]
    remedy: str = ""


@dataclass(frozen=True)
class Readiness:
    """Whether there is enough to train.

    Parameters
    ----------
    rules : tuple of Rule
        In the order in which the training asks.
    gates : tuple of Gate
        What was said of single columns, by name and values alone: no outcome was looked at.
    """

    rules: tuple[Rule, ...]
    gates: tuple[Gate, ...]

    @property
    def answer(self) -> Literal["yes", "yes, but", "no"]:
        """No where a rule stops, "yes, but" where one is met in part only."""
        verdicts = {rule.verdict for rule in self.rules}
        if "stops" in verdicts:
            return "no"
        return "yes, but" if "weaker" in verdicts else "yes"

    @property
    def stop(self) -> str:
        """The line with which training would stop; empty where it wouldn't."""
        return next((rule.remedy for rule in self.rules if rule.verdict == "stops"), "")


def readiness(accounts: Accounts) -> Readiness:
    """Hold the joined accounts against the rules of the training, without training.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.

    Returns
    -------
    Readiness
        The label's counts, the hold-out, and the columns by name and values. What only a look at
        the outcome column by column could tell, the training tells.

    Notes
    -----
    The rules are those of `icpfit.economics.label.check_label`, `icpfit.fit.split.holdout_split`
    and `icpfit.evidence.leakage`; their limits are stated in one place, there.
    """
    gates = _column_gates(accounts)
    return Readiness(
        (_label_rule(accounts), _holdout_rule(accounts), *_column_rules(accounts, gates)), gates
    )


def _label_rule(accounts: Accounts) -> Rule:
    fit = accounts.outcomes.loc[accounts.used, "fit"]
    n, fits = len(fit), int(fit.astype(bool).sum())
    share = f", {share_text(fits / n, 1)}" if n else ""
    remedy = ""
    try:
        check_label(fit)
    except IcpfitError as error:
        remedy = str(error)
    return Rule(
        "enough of both outcomes",
        f"at least {FEWEST_OF_A_CLASS} profitable fits and {FEWEST_OF_A_CLASS} others, and"
        f" {share_text(LOWEST_PREVALENCE)} to {share_text(HIGHEST_PREVALENCE)} fits",
        f"{fits:,} fits and {n - fits:,} others{share}",
        "stops" if remedy else "met",
        remedy,
    )


def _holdout_rule(accounts: Accounts) -> Rule:
    fit = accounts.outcomes.loc[accounts.used, "fit"].astype(bool)
    split = holdout_split(accounts.dates, fit)
    is_later = split.basis == "later"
    return Rule(
        "later accounts to judge on",
        f"the latest quarter holds {HOLDOUT_ROWS} accounts, {HOLDOUT_OF_EACH_CLASS} of each"
        f" outcome, and leaves {TRAIN_ROWS} and {TRAIN_OF_EACH_CLASS} to learn from",
        split.reason,
        "met" if is_later else "weaker",
        "" if is_later else "the model will be judged with less certainty; more accounts mend it",
    )


def _candidates(accounts: Accounts) -> list[str]:
    return [
        name
        for name, one in accounts.attributes.items()
        if one.known == "before_sale" and not one.never_use and name in accounts.facts.columns
    ]


def _column_gates(accounts: Accounts) -> tuple[Gate, ...]:
    names, used = _candidates(accounts), accounts.used
    columns, dates = accounts.facts.loc[used, names], accounts.dates.loc[used]
    return (
        *name_gates([accounts.attributes[name] for name in names]),
        *personal_gates(columns, accounts.attributes),
        *date_gates(columns, dates["decided_on"], accounts.attributes),
        *dated_gates(names, accounts.attributes, accounts.dated),
        *identifier_gates(columns, dates["started_on"], accounts.attributes),
    )


def _column_rules(accounts: Accounts, gates: tuple[Gate, ...]) -> tuple[Rule, Rule]:
    names = _candidates(accounts)
    facts = accounts.facts.loc[accounts.used]
    telling = [name for name in names if facts[name].nunique(dropna=False) > 1]
    some = Rule(
        "facts to learn from",
        "at least one attribute known before the sale that differs between accounts",
        f"{len(telling):,} of {len(accounts.attributes):,} attributes declared",
        "met" if telling else "stops",
        "" if telling else _NO_COLUMN,
    )
    stopping = [gate for gate in gates if not gate.passed and not gate.warned]
    asked = [gate for gate in gates if not gate.passed and gate.warned]
    if stopping:
        remedy, found = f"attributes: {stopping[0].text.rstrip('.')}", _named(stopping)
        columns = Rule("columns that may be used", _ASKS, found, "stops", remedy)
    elif asked:
        remedy = "write down why each was known before the sale, or no model of them is promoted"
        columns = Rule("columns that may be used", _ASKS, _named(asked), "weaker", remedy)
    else:
        found = f"nothing to object to in {len(names):,} columns"
        columns = Rule("columns that may be used", _ASKS, found, "met")
    return some, columns


_NO_COLUMN = (
    "attributes: no column is left to learn from; declare attributes with known: before_sale"
)
_ASKS = "no names of persons, identifiers, dates after the decision or words of after the sale"


def _named(gates: list[Gate]) -> str:
    names = sorted({gate.name for gate in gates})
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more}"
