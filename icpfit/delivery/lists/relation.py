"""Who in a list is no stranger: customers, former ones, their subsidiaries, open deals."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from icpfit.data.company_names import normal_domain, normal_name
from icpfit.data.identity.normal_ids import normal_id
from icpfit.data.known_companies import KnownAccount, known_companies
from icpfit.delivery.lists.company_index import CompanyIndex
from icpfit.delivery.lists.open_deals import OpenDealIndex
from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from icpfit.data.identity.normal_ids import Form
    from icpfit.data.known_companies import KnownCompanies
    from icpfit.data.table_spec import DataSpec

__all__ = ["KnownIndex", "known_index"]

Row = dict[str, str | None]


def known_index(spec: DataSpec, root: Path) -> tuple[KnownIndex | None, list[str]]:
    """Read whom a company knows already.

    Parameters
    ----------
    spec : DataSpec
        Its sources of accounts and opportunities are read.
    root : Path
        What ``spec.folder`` is relative to.

    Returns
    -------
    tuple of KnownIndex or None, and list of str
        None where they can't be read: a list can be scored without. And what that is for, or what
        of the exports is not known, a line each.
    """
    try:
        known = known_companies(spec, root)
    except SourceError as error:
        return None, [f"who in the list is a customer already could not be told: {error}"]
    index = KnownIndex(known, spec.keys.normalise, ignore_case=spec.keys.ignore_case)
    return index, list(known.notes)


class KnownIndex:
    """Accounts by each of the things that they can be recognised by.

    Parameters
    ----------
    known : KnownCompanies
        Accounts and open deals.
    forms : iterable of str
        What is left out of ids when they are compared, as ``data.keys.normalise`` says.
    ignore_case : bool
        Whether they are compared without case, as ``data.keys`` says.

    Attributes
    ----------
    deals : OpenDealIndex
        The open opportunities, by what they are recognised by.

    Notes
    -----
    A row is an account by its account id, else by its web site, else by its name. Equal names
    count only where one of the two has no web site: two sites are two companies. A subsidiary
    names an account as its parent, or its site lies below that of an account. A parent that has no
    row of its own among the accounts is an account like its subsidiaries. An opportunity is open
    with the account that a row is; with a company that is no account yet, by id, site and name in
    the same way. Of several accounts with one site or name a customer comes before a former one,
    then the smallest id; the order of rows plays no part. These are figures of the list and of the
    accounts, not of the row alone.
    """

    def __init__(
        self, known: KnownCompanies, forms: Iterable[Form] = (), *, ignore_case: bool = False
    ) -> None:
        forms = tuple(forms)
        self._is_exact = not forms and not ignore_case
        self._fold = partial(normal_id, forms=forms, ignore_case=ignore_case)
        self._accounts: CompanyIndex[KnownAccount] = CompanyIndex(self._fold)
        # Among several the first to be seen stays: customers first, then by id.
        accounts = sorted(known.accounts, key=lambda a: (a.left, a.account_id))
        for account in accounts:
            number, name = self._fold(account.account_id), normal_name(account.name)
            self._accounts.put(account, number, normal_domain(account.domain), name)
        for account in accounts:
            if account.parent_id:
                parent = KnownAccount(account.parent_id, None, None, None, left=account.left)
                self._accounts.put(parent, self._fold(account.parent_id), None, None)
        self.deals = OpenDealIndex(known.open_deals, self._accounts)
        ours, theirs = self._accounts, self.deals.companies
        ids = pa.array(sorted({*ours.by_id, *theirs.by_id}), pa.string())
        self._sets = {
            "account_id": ids,
            "parent_id": ids,
            "domain": pa.array(sorted({*ours.by_domain, *theirs.by_domain}), pa.string()),
            "name": pa.array(sorted({*ours.named, *theirs.named}), pa.string()),
        }

    def relations(self, keys: pa.RecordBatch) -> dict[int, str]:
        """Return what the rows of a list are to the company already, in words.

        Parameters
        ----------
        keys : pyarrow.RecordBatch
            The columns ``account_id``, ``parent_id``, ``domain`` and ``name``, as
            `icpfit.delivery.lists.list_keys.list_keys` gives them.

        Returns
        -------
        dict of int to str
            Of the rows that are no strangers, joined by ``"; "``: ``customer``,
            ``former customer``, ``subsidiary of customer`` and ``open opportunity`` with the
            account and by what it was recognised; a deal with the very account that the row is
            is told without.

        Examples
        --------
        >>> from icpfit.data.known_companies import KnownAccount, KnownCompanies
        >>> acme = KnownAccount("77", "Acme AG", "www.acme.de", None, left=False)
        >>> rows = {"account_id": [None, "1"], "parent_id": [None, None]}
        >>> rows |= {"domain": ["acme.de", "b.at"], "name": ["acme", "b"]}
        >>> kinds = pa.schema([(name, pa.string()) for name in rows])
        >>> index = KnownIndex(KnownCompanies((acme,), frozenset()))
        >>> index.relations(pa.RecordBatch.from_pydict(rows, kinds))
        {0: 'customer 77 (same web site)'}
        """
        rows = pc.indices_nonzero(self._may_be_known(keys))
        found = {}
        for row, cells in zip(rows.to_pylist(), keys.take(rows).to_pylist(), strict=True):
            said = "; ".join(self._said(cells))
            if said:
                found[row] = said
        return found

    def _may_be_known(self, keys: pa.RecordBatch) -> pa.Array:
        found = pa.repeat(pa.scalar(False), keys.num_rows)
        for name, known in self._sets.items():
            column = keys[name]
            if not len(known) or column.null_count == len(column):
                continue
            if name.endswith("_id") and not self._is_exact:
                column = pa.array(
                    [id_ and self._fold(id_) for id_ in column.to_pylist()], pa.string()
                )
            found = pc.or_(found, pc.is_in(column, value_set=known, skip_nulls=True))
            if name == "domain":
                # The sites above it, which are one name shorter each.
                above = column
                while pc.any(pc.greater_equal(pc.count_substring(above, "."), 2)).as_py():
                    above = pc.replace_substring_regex(above, r"^[^.]*\.", "")
                    found = pc.or_(found, pc.is_in(above, value_set=known, skip_nulls=True))
        return found

    def _said(self, row: Row) -> list[str]:
        said = []
        number, domain = row["account_id"], row["domain"]
        account, by = self._accounts.found(number, domain, row["name"])
        parent = row["parent_id"]
        if account is not None:
            state = "former customer" if account.left else "customer"
            said.append(f"{state} {account.account_id} (same {by})")
        else:
            above = self._accounts.by_id.get(self._fold(parent)) if parent else None
            if above is None and domain is not None:
                above = self._above(domain)
            if above is not None:
                state = "former customer" if above.left else "customer"
                said.append(f"subsidiary of {state} {above.account_id}")
        open_with = self.deals.companies
        if account is not None and self._fold(account.account_id) in open_with.by_id:
            said.append("open opportunity")
        else:
            other, by = open_with.found(number, domain, row["name"])
            if other is not None:
                said.append(f"open opportunity with {other} (same {by})")
        return said

    def _above(self, domain: str) -> KnownAccount | None:
        rest = domain.partition(".")[2]
        while "." in rest:
            if rest in self._accounts.by_domain:
                return self._accounts.by_domain[rest]
            rest = rest.partition(".")[2]
        return None
