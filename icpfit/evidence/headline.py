"""A judgement in two or three sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.measure.estimate import shown

if TYPE_CHECKING:
    from icpfit.evidence.judgement import Judgement

__all__ = ["headline"]


def headline(found: Judgement) -> str:
    """Put the judgement into two or three sentences.

    Parameters
    ----------
    found : Judgement
        From `judgement`.

    Returns
    -------
    str
        How well the model ranks, on which accounts, and how its choice compares with the current
        ICP's at the same volume.

    Examples
    --------
    >>> import numpy as np
    >>> from icpfit.evidence.judgement import judgement
    >>> rng = np.random.default_rng(1)
    >>> margin = rng.normal(0, 100, 300)
    >>> print(
    ...     headline(
    ...         judgement(
    ...             ranking=margin,
    ...             fit_probability=np.full(300, 0.5),
    ...             is_fit=margin > 0,
    ...             margin=margin,
    ...             icp_selected=rng.random(300) < 0.3,
    ...             profile_name="ICP 2025",
    ...             basis="later hold-out of 300 accounts",
    ...             holdout=True,
    ...             train_prevalence=0.5,
    ...             currency="EUR",
    ...         )
    ...     )
    ... )
    On a later hold-out of 300 accounts the ranking tells a profitable fit from another account
    with an AUC of 1.000 (1.000 to 1.000). The 88 accounts that it ranks first left 94 EUR (79 to
    110) each, against -7 EUR (-24 to 9) for as many chosen by ICP 2025: a difference of 101 EUR
    (85 to 121) per account, approximately; the model is better.
    """
    where = f"On a {found.basis}" if found.holdout else f"By {found.basis} (no hold-out)"
    ranks = "the ranking tells a profitable fit from another account with an AUC of"
    sentences = [f"{where} {ranks} {shown(found.ranking_auc)}."]
    against = found.against_icp
    if against is None:
        sentences.append("There is no current ICP to compare with.")
        return " ".join(sentences)
    if against.comparable:
        said = {
            "model better": "the model is better",
            "ICP better": "the current ICP is better",
            "cannot tell yet": "cannot tell yet which is better",
        }
        sentences.append(
            f"The {against.n_selected:,} accounts that it ranks first left "
            f"{shown(against.model_margin, found.currency or ' ').strip()} each, against "
            f"{shown(against.icp_margin, found.currency)} for as many chosen by "
            f"{against.profile_name}: a difference of {shown(against.difference, found.currency)} "
            f"per account{', approximately' if against.approximate else ''}; "
            f"{said[against.verdict]}."
        )
    if against.one_account:
        sentences.append("The difference rests on one account.")
    if against.note:
        sentences.append(against.note)
    return " ".join(sentences)
