"""Accounts proposed for customers that match none: by likeness, for a person to confirm."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from icpfit.data.company_names import normal_domain, normal_name, plain_name, registrable_domain
from icpfit.data.identity.candidates import name_candidates
from icpfit.data.identity.similarity import name_similarity, word_weights

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from icpfit.data.identity.strangers import Stranger

__all__ = ["LEAST_AHEAD", "LEAST_SIMILARITY", "Company", "Proposal", "proposals"]

LEAST_SIMILARITY = 0.88
"""From here on an account is proposed."""
LEAST_AHEAD = 0.02
"""So much more alike than the next account must it be."""

_SHOWN = 0.5
_RARE = 3
# A domain that more accounts have is a provider's: then the whole host is compared.
_MOST_OF_A_DOMAIN = 5
_SAME_DOMAIN, _SAME_FACT, _OTHER_FACT, _OTHER_DOMAIN = 0.25, 0.02, 0.05, 0.03


@dataclass(frozen=True)
class Company:
    """An account as it is compared.

    Parameters
    ----------
    id : str
        Its account_id.
    name, domain : str or None
        As the CRM has them.
    facts : dict of str to str
        Its attributes, as far as strangers are compared by them.
    """

    id: str
    name: str | None
    domain: str | None
    facts: dict[str, str]


@dataclass(frozen=True)
class Proposal:
    """What a stranger may be.

    Parameters
    ----------
    stranger : Stranger
        Who.
    account : Company or None
        The account proposed; None where none is near enough, or two are.
    similarity : float
        Of the nearest account, 0 to 1; 0 where nothing is alike.
    looks_like : {"the same company", "a subsidiary of it", ""}
        What the two are to each other.
    others : tuple of (Company, float)
        The next nearest, up to two; where none is proposed the nearest are among them.
    """

    stranger: Stranger
    account: Company | None
    similarity: float
    looks_like: str
    others: tuple[tuple[Company, float], ...]


def proposals(
    strangers: Sequence[Stranger],
    accounts: Sequence[Company],
    roots: Mapping[str, str],
    progress: Callable[[str], None] | None = None,
) -> tuple[Proposal, ...]:
    r"""Propose an account for each stranger.

    With s the likeness of the names (`name_similarity`, a twentieth of it by the names with their
    legal forms): where both have a web domain, the same one makes it :math:`1 - (1 - s) / 4`,
    another takes .03 off; each fact that is the same adds .02, each that differs takes .05 off;
    all within 0 and 1. The nearest account is proposed where that is .88 or more, or the domain is
    the same, and no other company comes nearer than .02.

    Parameters
    ----------
    strangers : sequence of Stranger
        The customers without an account.
    accounts : sequence of Company
        The accounts; their order plays no part.
    roots : mapping of str to str
        Account to the one that it rolls up to: accounts of one root are no rivals.
    progress : callable, optional
        Told how far it is.

    Returns
    -------
    tuple of Proposal
        One for each stranger, in their order.

    Notes
    -----
    ``looks_like`` is "a subsidiary of it" where the domain is the same and the name is not, or
    where the stranger's name holds all words of the account's and more, one of them rare. Ties go
    to the smaller account_id. Nothing is joined by a proposal: a person confirms it.
    """
    ours = sorted(accounts, key=lambda one: one.id)
    pairs = _Pairs(strangers, ours, progress)
    ranked: list[list[tuple[float, int]]] = [[] for _ in strangers]
    for place, other, score in zip(pairs.theirs, pairs.ours, pairs.scores, strict=True):
        ranked[place].append((float(score), int(other)))
    return tuple(
        _proposal(place, one, sorted(near, key=lambda pair: (-pair[0], pair[1])), pairs, roots)
        for place, (one, near) in enumerate(zip(strangers, ranked, strict=True))
    )


class _Pairs:
    """The pairs that are compared, and how alike each is."""

    def __init__(
        self,
        strangers: Sequence[Stranger],
        ours: Sequence[Company],
        progress: Callable[[str], None] | None,
    ) -> None:
        self.companies = ours
        self.names = [normal_name(one.name) or "" for one in ours]
        hosts = [normal_domain(one.domain) for one in ours]
        bearers = Counter(domain for domain in map(registrable_domain, hosts) if domain)
        shared = {domain for domain, count in bearers.items() if count > _MOST_OF_A_DOMAIN}
        self.domains = [_domain(host, shared) for host in hosts]
        self.weights = word_weights([name for name in self.names if name])
        self.their_names = [normal_name(one.name) or "" for one in strangers]
        self.their_domains = [_domain(one.domain, shared) for one in strangers]
        self.theirs, self.ours = self._candidates(progress)
        self.scores = self._scores(strangers)

    def _candidates(
        self, progress: Callable[[str], None] | None
    ) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        theirs, ours = name_candidates(self.their_names, self.names, progress=progress)
        of_domain: dict[str, list[int]] = {}
        for place, domain in enumerate(self.domains):
            if domain is not None:
                of_domain.setdefault(domain, []).append(place)
        same = [
            (place, other)
            for place, domain in enumerate(self.their_domains)
            for other in of_domain.get(domain or "", ())
        ]
        both = np.array(
            [*zip(theirs.tolist(), ours.tolist(), strict=True), *same], dtype=np.int64
        ).reshape(-1, 2)
        both = np.unique(both, axis=0)
        return both[:, 0], both[:, 1]

    def _scores(self, strangers: Sequence[Stranger]) -> np.ndarray[Any, Any]:
        from rapidfuzz import fuzz, process

        pairs = list(zip(self.theirs.tolist(), self.ours.tolist(), strict=True))
        if not pairs:
            return np.zeros(0)
        core = name_similarity(
            [self.their_names[i] for i, _ in pairs], [self.names[j] for _, j in pairs], self.weights
        )
        whole = process.cpdist(
            [plain_name(strangers[i].name) or "" for i, _ in pairs],
            [plain_name(self.companies[j].name) or "" for _, j in pairs],
            scorer=fuzz.ratio,
        )
        # Nothing on either side is nothing alike, whatever a ratio of empty texts is.
        named = np.array([bool(self.their_names[i] and self.names[j]) for i, j in pairs])
        score = np.where(named, 0.95 * core + 0.05 * whole / 100.0, 0.0)
        for row, (i, j) in enumerate(pairs):
            if self.their_domains[i] and self.domains[j]:
                same = self.their_domains[i] == self.domains[j]
                score[row] = (
                    1 - _SAME_DOMAIN * (1 - score[row]) if same else score[row] - _OTHER_DOMAIN
                )
            own = self.companies[j].facts
            for fact, text in (strangers[i].facts or {}).items():
                if own.get(fact):
                    alike = plain_name(text) == plain_name(own[fact])
                    score[row] += _SAME_FACT if alike else -_OTHER_FACT
        return np.round(np.clip(score, 0.0, 1.0), 6)

    def is_subsidiary(self, name: str, domain: str | None, other: int, score: float) -> bool:
        """Return whether a stranger looks like a part of an account."""
        more, words = set(name.split()), set(self.names[other].split())
        if words and words < more:
            rare = max(self.weights.get(word, 0.0) for word in words)
            return bool(rare >= np.log1p(len(self.companies) / _RARE))
        return bool(domain) and domain == self.domains[other] and score < LEAST_SIMILARITY


def _domain(host: str | None, shared: set[str]) -> str | None:
    domain = registrable_domain(host)
    return host if domain in shared else domain


def _proposal(
    place: int,
    stranger: Stranger,
    near: list[tuple[float, int]],
    pairs: _Pairs,
    roots: Mapping[str, str],
) -> Proposal:
    near = [pair for pair in near if pair[0] >= _SHOWN]
    if not near:
        return Proposal(stranger, None, 0.0, "", ())
    companies = pairs.companies
    score, best = near[0]
    name, domain = pairs.their_names[place], pairs.their_domains[place]
    is_part = pairs.is_subsidiary(name, domain, best, score)
    same_domain = domain is not None and domain == pairs.domains[best]
    root = roots.get(companies[best].id, companies[best].id)
    rivals = [one for one, j in near[1:] if roots.get(companies[j].id, companies[j].id) != root]
    ahead = score - max(rivals, default=0.0)
    is_near = score >= LEAST_SIMILARITY or same_domain or is_part
    if not is_near or ahead < LEAST_AHEAD:
        return Proposal(
            stranger, None, score, "", tuple((companies[j], one) for one, j in near[:2])
        )
    others = tuple((companies[j], one) for one, j in near[1:2])
    words = "a subsidiary of it" if is_part else "the same company"
    return Proposal(stranger, companies[best], score, words, others)
