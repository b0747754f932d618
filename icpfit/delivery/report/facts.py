"""What a report is made from: plain facts, each from the room that knows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from icpfit.delivery.report.chapter import Chapter
    from icpfit.delivery.report.driver_rows import DriverRows
    from icpfit.delivery.report.first_page import FirstPage
    from icpfit.delivery.report.label_tables import LabelFindings
    from icpfit.economics.margin import WhaleCurve
    from icpfit.economics.waterfall import MarginStep
    from icpfit.evidence.judgement import Judgement
    from icpfit.evidence.promotion import Verdict
    from icpfit.evidence.signal import Signal
    from icpfit.fit.grading import Grading
    from icpfit.measure.estimate import Estimate

__all__ = ["AccountCounts", "ChosenMargin", "ReportFacts"]


@dataclass(frozen=True)
class ChosenMargin:
    """The margin per account of one way to choose accounts.

    Parameters
    ----------
    label : str
        Such as "the current ICP".
    margin : Estimate
        Per account, in currency units.
    role : {"model", "icp", "all"}
        Sets the colour.
    """

    label: str
    margin: Estimate
    role: Literal["model", "icp", "all"]


@dataclass(frozen=True)
class AccountCounts:
    """How many accounts there were, and how many could be used.

    Parameters
    ----------
    read : int
        Accounts in the export.
    mature : int
        Of these, old enough for their outcome to be known.
    used : int
        Of these, those that could be learned from.
    excluded : Mapping of str to int
        Why accounts were left out, and how many.
    """

    read: int
    mature: int
    used: int
    excluded: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class ReportFacts:
    """All that the report says; it computes nothing but its sentences.

    Parameters
    ----------
    company, currency, horizon : str
        As in the settings; the horizon as "12mo".
    as_of, generated_on : date
        The day that the data are of, and the day of the report, given by the caller.
    objective : {"margin", "fit"}
        The number that ranks.
    label_text : str
        One sentence that says what a profitable fit is.
    accounts : AccountCounts
        From the export to the accounts used.
    whale : WhaleCurve or None
        Of the mature accounts; None where there are none.
    waterfall : sequence of MarginStep
        Mean per mature account, from revenue to margin; empty where there are none.
    model_version, run_id : str
        Empty where no model was registered.
    signal : Signal or None
        Whether the model knows anything; None where none was trained.
    judgement : Judgement or None
        None where no model could be judged.
    refusal : str
        Why no model was judged, as a sentence; empty where one was.
    verdict : Verdict or None
        Whether the model may go live.
    grading : Grading or None
        Cut-offs of the grades with their evidence.
    drivers : DataFrame or None
        See `icpfit.insight.drivers.drivers`.
    driver_rows : DriverRows or None
        SHAP values of the accounts judged.
    dropped : Mapping of str to str
        Attribute, and why the model did not get it.
    icp_name : str
        Name of the current profile; empty where there is none.
    icp_sentences : sequence of str
        What the current profile says.
    ledger_lines : sequence of Mapping
        See `icpfit.data.joining.ledger.ledger_lines`.
    notes : sequence of str
        What a reader must know beside the figures, such as warnings of the join.
    sensitivity : LabelFindings or None
        The label under other assumptions; None where no model was trained.
    first : FirstPage or None
        The answer; None where nothing was found out of segments and profiles.
    findings : tuple of Chapter
        What the rooms of the findings say, in any order: see `icpfit.delivery.report.contents`.
    reconciled : str
        How the revenue read compares with the books; empty where the settings don't say.
    names_hidden : bool
        Whether accounts were given other names, so that the page may be shared.
    """

    company: str
    currency: str
    horizon: str
    as_of: dt.date
    generated_on: dt.date
    objective: str
    label_text: str
    accounts: AccountCounts
    whale: WhaleCurve | None = None
    waterfall: Sequence[MarginStep] = ()
    model_version: str = ""
    run_id: str = ""
    signal: Signal | None = None
    judgement: Judgement | None = None
    refusal: str = ""
    verdict: Verdict | None = None
    grading: Grading | None = None
    drivers: pd.DataFrame | None = None
    driver_rows: DriverRows | None = None
    dropped: Mapping[str, str] = field(default_factory=dict)
    icp_name: str = ""
    icp_sentences: Sequence[str] = ()
    ledger_lines: Sequence[Mapping[str, Any]] = ()
    notes: Sequence[str] = ()
    sensitivity: LabelFindings | None = None
    first: FirstPage | None = None
    findings: Sequence[Chapter] = ()
    reconciled: str = ""
    names_hidden: bool = False

    @property
    def is_silent(self) -> bool:
        """Whether the model knows nothing, so that nobody is ranked and no drivers are shown."""
        return self.signal is not None and self.signal.tier == "none"
