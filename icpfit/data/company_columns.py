"""Names and web sites as they are compared, a column at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from icpfit.data.company_names import COMPANY_FORMS, SHARED_HOSTS, normal_domain, normal_name

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["normal_domains", "normal_names"]

# Initials with dots, and the Polish form, which `normal_name` makes one word of.
_JOINED = r"\b[a-z0-9_][./][a-z0-9_]|sp[^a-z0-9_]*z"
_FORM = f" (?:{'|'.join(sorted(COMPANY_FORMS))}) "
_HOST = r"^(?:[a-z0-9_-]+\.)+[a-z0-9_-]{2,}$"


def normal_names(names: pa.Array) -> pa.Array:
    """Return `normal_name` of each name.

    Parameters
    ----------
    names : pyarrow.Array of text
        As somebody wrote them.

    Returns
    -------
    pyarrow.Array of text
        The same, null where nothing tells the company from others. Names of plain letters are
        read by Arrow, at a tenth of the time.

    Examples
    --------
    >>> normal_names(pa.array(["Acme, Inc.", "Müller GmbH", "The Group", None])).to_pylist()
    ['acme', 'mueller', 'the group', None]
    """
    lower = pc.ascii_lower(names)
    words = pc.replace_substring_regex(lower, "[^a-z0-9_]+", "  ")
    words = pc.binary_join_element_wise("  ", words, "  ", "")
    telling = pc.replace_substring_regex(words, _FORM, "")
    telling = pc.ascii_trim(pc.replace_substring_regex(telling, " +", " "), " ")
    is_plain = pc.and_(
        pc.and_(pc.string_is_ascii(names), pc.invert(pc.match_substring_regex(lower, _JOINED))),
        pc.not_equal(telling, ""),
    )
    return _with_others(names, telling, is_plain, normal_name)


def normal_domains(sites: pa.Array) -> pa.Array:
    """Return `normal_domain` of each site.

    Parameters
    ----------
    sites : pyarrow.Array of text
        Domains, addresses of pages or of mailboxes.

    Returns
    -------
    pyarrow.Array of text
        The same, null where it is none, or one that many companies share.

    Examples
    --------
    >>> normal_domains(pa.array(["https://www.acme.de/", "info@acme.de", "gmail.com"])).to_pylist()
    ['acme.de', 'acme.de', None]
    """
    lower = pc.ascii_lower(sites)
    hosts = pc.replace_substring_regex(lower, r"^(?:https?://)?(?:www\.)*", "")
    hosts = pc.replace_substring_regex(hosts, "/$", "")
    is_plain = pc.and_(pc.string_is_ascii(sites), pc.match_substring_regex(hosts, _HOST))
    is_shared = pc.is_in(hosts, value_set=pa.array(sorted(SHARED_HOSTS)))
    own = pc.if_else(is_shared, pa.scalar(None, pa.string()), hosts)
    return _with_others(sites, own, is_plain, normal_domain)


def _with_others(
    given: pa.Array, quick: pa.Array, is_plain: pa.Array, one: Callable[[str | None], str | None]
) -> pa.Array:
    """Return what is plain as it is, all else through the function for one."""
    others = pc.invert(pc.fill_null(is_plain, True))
    if not pc.any(others).as_py():
        return quick
    said = pa.array([one(each) for each in given.filter(others).to_pylist()], pa.string())
    return pc.replace_with_mask(quick, others, said)
