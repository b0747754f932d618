"""The contract: which tables icpfit reads, and what each column of them means.

A company's YAML maps its exports to these names. Every column says when it is known, because what
happened after the sale may only ever reach the outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "CONTRACT",
    "KNOWN_MEANING",
    "LEDGERS",
    "LOYALTY_KINDS",
    "Attribute",
    "Column",
    "Kind",
    "Known",
    "TableName",
]

Kind = Literal["id", "category", "number", "money", "flag", "date", "text"]
Known = Literal["before_sale", "at_signing", "after_sale"]
TableName = Literal["accounts", "revenue", "costs", "loyalty", "opportunities", "attribute_history"]

KNOWN_MEANING: dict[Known, str] = {
    "before_sale": "could be seen of a prospect, may be learned from",
    "at_signing": "only known once the contract is signed, never learned from",
    "after_sale": "only known afterwards, never learned from",
}

LOYALTY_KINDS = (
    "nps",
    "csat",
    "renewal",
    "expansion",
    "referral",
    "churn",
    "expectation",
    "reality",
)

# Ledgers hold money or its causes: a bad cell rejects the whole row, or its money would vanish.
LEDGERS: tuple[TableName, ...] = ("revenue", "costs", "loyalty")


@dataclass(frozen=True)
class Column:
    """One column of the contract.

    Parameters
    ----------
    name : str
        The contract's name of the column.
    kind : {"id", "category", "number", "money", "flag", "date", "text"}
        How its cells are parsed.
    known : {"before_sale", "at_signing", "after_sale"}
        When a company can know it.
    required : bool
        Whether every row must have a value.
    meaning : str
        What it says, for the reader.
    unit : str
        Unit of a number, empty otherwise.
    choices : tuple of str
        The only texts allowed, compared without case; empty when any is.
    """

    name: str
    kind: Kind
    known: Known
    required: bool
    meaning: str
    unit: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attribute:
    """A fact about an account that a company declares in its YAML.

    Parameters
    ----------
    name : str
        Its name, the key in the YAML.
    kind : {"category", "number", "flag", "date"}
        How its cells are parsed.
    known : {"before_sale", "at_signing", "after_sale"}
        When it is known; only ``before_sale`` may become a feature.
    meaning, unit : str
        For the reader.
    direction : {"+", "-"} or None
        Declared direction of the effect on fit; ``None`` leaves it open.
    current_only : bool
        Whether the export holds only today's value, not that of the time of the sale.
    column : str or None
        Column in the source; the attribute's own name when not given.
    reason : str
        Why it is taken to be known before the sale.
    allow : str
        Why a check before training may pass it although it is conspicuous; it must have been known
        before the sale.
    never_use : bool
        Never learned from, whatever it could tell: a person's data, a protected trait.
    label : str
        What readers call it; the name with spaces for underscores when not given.
    """

    name: str
    kind: Literal["category", "number", "flag", "date"]
    known: Known
    meaning: str = ""
    unit: str = ""
    direction: Literal["+", "-"] | None = None
    current_only: bool = False
    column: str | None = None
    reason: str = ""
    label: str = ""
    allow: str = ""
    never_use: bool = False

    def __post_init__(self) -> None:
        if self.direction is not None and self.kind not in ("number", "flag"):
            raise ValueError(
                f"direction: only a number or a flag has one, this is a {self.kind}; leave it out"
            )
        if self.never_use and self.allow:
            raise ValueError("never_use and allow: both are given; leave one of them out")

    @property
    def written_reason(self) -> str:
        """Why it was known before the sale, as somebody wrote it down; empty when nobody did."""
        return self.allow.strip() or self.reason.strip()

    @property
    def words(self) -> str:
        """What readers call it."""
        return self.label or self.name.replace("_", " ")

    @property
    def source_column(self) -> str:
        """The column of the source that holds it."""
        return self.column or self.name


_ACCOUNT = "the account that it belongs to"
_LINE = "identity of the line in the source system; a repeat of it is set aside"
_CURRENCY = "currency of the row, where it isn't the company's own"

CONTRACT: dict[str, tuple[Column, ...]] = {
    "accounts": (
        Column("account_id", "id", "before_sale", True, "the customer won"),
        Column("started_on", "date", "at_signing", True, "start of the contract"),
        Column("opened_on", "date", "before_sale", False, "when the opportunity was opened"),
        Column("name", "text", "before_sale", False, "the company's name"),
        Column("domain", "text", "before_sale", False, "the company's web domain"),
        Column("parent_id", "id", "before_sale", False, "the account that it rolls up to"),
        Column("churned_on", "date", "after_sale", False, "when the customer left"),
        Column("contract_end", "date", "at_signing", False, "end of the contract as signed"),
        Column("acquisition_cost", "money", "at_signing", False, "cost of winning it", "currency"),
    ),
    "revenue": (
        Column("account_id", "id", "after_sale", True, _ACCOUNT),
        Column("date", "date", "after_sale", True, "when it was invoiced"),
        Column("amount", "money", "after_sale", True, "revenue; a credit is negative", "currency"),
        Column("direct_cost", "money", "after_sale", False, "cost of what was sold", "currency"),
        Column("kind", "category", "after_sale", False, "invoice, credit note and the like"),
        Column("currency", "category", "after_sale", False, _CURRENCY),
        Column("due_on", "date", "after_sale", False, "when payment was due"),
        Column("paid_on", "date", "after_sale", False, "when it was paid"),
        Column("line_id", "id", "after_sale", False, _LINE),
    ),
    "costs": (
        Column("account_id", "id", "after_sale", True, _ACCOUNT),
        Column("date", "date", "after_sale", True, "when the service was given"),
        Column("activity", "category", "after_sale", True, "what was done, as the rate card says"),
        Column("amount", "money", "after_sale", False, "its cost, where it is known", "currency"),
        Column("quantity", "number", "after_sale", False, "how much of it", "activity's unit"),
        Column("served_by", "category", "after_sale", False, "the group that gave the service"),
        Column("caused_by", "category", "after_sale", False, "the group that caused it"),
        Column("remedial", "flag", "after_sale", False, "makes up for something that went wrong"),
        Column("customer_minutes", "number", "after_sale", False, "customer's time", "minutes"),
        Column("topic", "category", "after_sale", False, "what it was about"),
        Column("currency", "category", "after_sale", False, _CURRENCY),
        Column("line_id", "id", "after_sale", False, _LINE),
    ),
    "loyalty": (
        Column("account_id", "id", "after_sale", True, _ACCOUNT),
        Column("date", "date", "after_sale", True, "when it was observed"),
        Column("kind", "category", "after_sale", True, "what was observed", "", LOYALTY_KINDS),
        Column("value", "number", "after_sale", True, "its value", "kind's unit"),
        Column("comment", "text", "after_sale", False, "the customer's words"),
        Column("topic", "category", "after_sale", False, "what it was about"),
        Column("caused_by", "category", "after_sale", False, "the group that caused it"),
        Column("stakeholder", "category", "after_sale", False, "who at the customer said so"),
        Column("line_id", "id", "after_sale", False, _LINE),
    ),
    "opportunities": (
        Column("account_id", "id", "before_sale", True, "the company that was offered to"),
        Column("opened_on", "date", "before_sale", True, "when the deal was opened"),
        # An open deal has neither yet: those rows are set aside, not rejected.
        Column("closed_on", "date", "at_signing", True, "when it was won or lost"),
        Column("won", "flag", "at_signing", True, "whether it was won"),
        Column("amount", "money", "at_signing", False, "its value", "currency"),
        # With a company that is no account yet, a list knows an open deal by these alone.
        Column("name", "text", "before_sale", False, "name of the company that was offered to"),
        Column("domain", "text", "before_sale", False, "that company's web domain"),
    ),
    "attribute_history": (
        Column("account_id", "id", "before_sale", True, _ACCOUNT),
        Column("attribute", "category", "before_sale", True, "the attribute that changed"),
        Column("valid_from", "date", "before_sale", True, "from when the value holds"),
        Column("value", "text", "before_sale", False, "the new value; empty when it was removed"),
    ),
}
