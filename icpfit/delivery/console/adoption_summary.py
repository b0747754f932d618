"""What `icpfit adopt` says when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icpfit.delivery.registry.adoption_log import Adoption

__all__ = ["adoption_summary", "adoption_warnings"]


def adoption_summary(done: Adoption) -> list[tuple[str, str]]:
    """Say which profile is in use now, by whose word, and on what evidence.

    Parameters
    ----------
    done : Adoption
        The line of the log.

    Returns
    -------
    list of tuple of str
        Rows of the closing table.
    """
    before = "none" if done.from_name is None else f"{done.from_name}, version {done.from_version}"
    said = str(done.evidence.get("sentence") or "")
    rows = [
        ("the profile now", f"{done.name}, version {done.version}, from {done.effective_from}"),
        ("before", before),
        ("signed off", f"{done.by}: {done.reason}"),
        ("evidence", f"MLflow run {done.evidence_run}" if done.evidence_run else "none"),
    ]
    if said:
        rows.append(("what it said", said))
    rows.append(("file", done.file))
    if done.kept:
        rows.append(("the former", done.kept))
    return rows


def adoption_warnings(done: Adoption) -> list[str]:
    """Say what speaks against what was done, or that nothing speaks for it.

    Parameters
    ----------
    done : Adoption
        The line of the log.

    Returns
    -------
    list of str
        Empty where the training that proposed it said "change".

    Examples
    --------
    >>> from icpfit.delivery.registry.adoption_log import Adoption
    >>> done = Adoption(
    ...     "acme", "ICP", 2, "ICP", 1, "2027-01-01", "mo", "why not", None, "my.yaml", "f", "0"
    ... )
    >>> adoption_warnings(done)
    ['no training proposed these rules, so no figure speaks for them; train again to judge them']
    """
    if done.evidence_run is None:
        return [
            (
                "no training proposed these rules, so no figure speaks for them;"
                " train again to judge them"
            )
        ]
    decision = done.evidence.get("decision")
    if decision in (None, "change"):
        return []
    return [f"the evidence of run {done.evidence_run} says '{decision}', not 'change'"]
