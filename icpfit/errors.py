"""What icpfit says when it can't go on.

Every error is one line that names the file or key, what was found, and what to do::

    IcpfitError (exit code 1)
    ├── SettingsError      a key of the YAML or of the command line
    ├── SourceError        an export that can't be read, or breaks the contract
    ├── JoinError          tables that don't fit together, or don't reconcile
    ├── OutcomeError       no outcome can be computed
    ├── FeatureError       a column that may not, or can't, be learned from
    ├── ModelError         no model, or a damaged one
    ├── OutputError        a file that can't be written
    └── EvidenceRefused    (exit code 3) the data do not carry what was asked; nothing was changed
"""

from __future__ import annotations

import re

from icpfit.redaction import without_passwords


class IcpfitError(Exception):
    """A mistake that the user can mend; its text is the one line that is shown."""

    exit_code = 1

    def __init__(self, text: object = "") -> None:
        # A url may stand where a file or a number was expected, and be shown as what was found.
        super().__init__(without_passwords(str(text)))


class SettingsError(IcpfitError):
    """A key of the YAML or of the command line is missing, unknown or of the wrong kind."""


class SourceError(IcpfitError):
    """An export is missing, unreadable, or breaks the contract of its table."""


class JoinError(IcpfitError):
    """The tables do not fit together, or do not reconcile to the books."""


class OutcomeError(IcpfitError):
    """The outcome of the accounts can't be computed from these tables."""


class FeatureError(IcpfitError):
    """A column may not be learned from, or can't be."""


class ModelError(IcpfitError):
    """There is no such model, or its files are damaged."""


class OutputError(IcpfitError):
    """A file can't be written."""


class EvidenceRefused(IcpfitError):  # noqa: N818 - a verdict, not a fault
    """The data do not carry what was asked for; nothing was registered or moved."""

    exit_code = 3


def fault_text(error: OSError) -> str:
    """Return what the system says of a file, without the words of the library in between.

    Parameters
    ----------
    error : OSError
        From the system, or from a library that tells in its text what the system said.

    Returns
    -------
    str
        In lower case.

    Examples
    --------
    >>> fault_text(OSError(28, "No space left on device"))
    'no space left on device'
    >>> fault_text(OSError("Error writing bytes. Detail: [errno 28] No space left on device"))
    'no space left on device'
    """
    text = error.strerror or str(error)
    return re.sub(r"^.*\[errno \d+\]\s*", "", text, flags=re.IGNORECASE | re.DOTALL).lower()
