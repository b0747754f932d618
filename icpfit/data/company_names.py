"""When two spellings are the same company: names without legal forms, web sites without paths."""

from __future__ import annotations

import re
import unicodedata

__all__ = [
    "COMPANY_FORMS",
    "SHARED_HOSTS",
    "normal_domain",
    "normal_name",
    "plain_name",
    "registrable_domain",
]

_FORMS_TEXT = (
    "ab ag aktiengesellschaft and aps as asa bv bvba co cokg company corp corporation cv da dba ek"
    " eg ev gbr ges gesmbh ggmbh gmbh group holding hf inc incorporated int intl kft kg kgaa"
    " kk limited llc llp lp ltd ltda mbh nv ohg oy oyj plc pte pty pvt sa sab sac sarl sas"
    " sasu se sl slu snc spa spk spol spzoo srl sro the und vof zoo"
)
COMPANY_FORMS = frozenset(_FORMS_TEXT.split())
"""Legal forms, as they stand in a name once dots are gone."""

_SHARED_TEXT = (
    "gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com yahoo.de icloud.com me.com"
    " aol.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de mail.com proton.me"
    " protonmail.com facebook.com linkedin.com instagram.com twitter.com x.com youtube.com xing.com"
    " hotmail.de hotmail.fr hotmail.it hotmail.co.uk outlook.de outlook.fr live.de live.fr live.nl"
    " live.co.uk msn.com yahoo.fr yahoo.it yahoo.es yahoo.co.uk yahoo.co.jp yahoo.com.br ymail.com"
    " rocketmail.com mac.com aol.de gmx.com arcor.de vodafone.de posteo.de mailbox.org pm.me"
    " protonmail.ch zoho.com orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it"
    " tiscali.it alice.it bluewin.ch a1.net telenet.be skynet.be ziggo.nl kpnmail.nl planet.nl"
    " xs4all.nl home.nl seznam.cz wp.pl o2.pl onet.pl interia.pl mail.ru yandex.ru qq.com 163.com"
    " 126.com naver.com comcast.net verizon.net att.net sbcglobal.net btinternet.com uol.com.br"
    " terra.com.br bol.com.br"
    " google.com wixsite.com wordpress.com blogspot.com sites.google.com myshopify.com"
    " business.site example.com"
)
SHARED_HOSTS = frozenset(_SHARED_TEXT.split())
"""Web sites and mail that thousands of companies share: they tell nothing of who they are."""

_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i", "þ": "th"})
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[\w-]{2,}")
# Below these a country registers names at the third level: acme.co.uk, acme.com.br.
_SECOND_TEXT = "ac asn co com edu gob gov gv id ltd me mil ne net nom or org plc sch"
_SECOND = frozenset(_SECOND_TEXT.split())
_WORD = re.compile(r"[^\W_]+")


def normal_name(name: str | None) -> str | None:
    """Return a company's name as it is compared: lower case, no accents, no legal form.

    Parameters
    ----------
    name : str or None
        As somebody wrote it.

    Returns
    -------
    str or None
        Words with single spaces between them; None where nothing tells the company from others.

    Notes
    -----
    Umlauts are compared both ways of writing them: ``ü`` and ``ue`` are the same. A name that is
    nothing but legal forms keeps them.

    Examples
    --------
    >>> normal_name("Müller & Söhne GmbH & Co. KG"), normal_name("MUELLER SOEHNE")
    ('mueller soehne', 'mueller soehne')
    >>> normal_name("Sp. z o.o."), normal_name(" . ")
    ('spzoo', None)
    """
    if not name:
        return None
    text = unicodedata.normalize("NFC", name).casefold()
    for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        text = text.replace(umlaut, letters)
    text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    text = "".join(c for c in text if not unicodedata.combining(c))
    # Initials and forms with dots become one word: s.r.o., B.V., Sp. z o.o., A/S.
    text = re.sub(r"\bsp\.?\s*z\s*o\.?\s*o\.?(?!\w)", " spzoo ", text)
    text = re.sub(r"\b(\w)[./](?=\w\b)", r"\1", text)
    words = re.findall(r"\w+", text)
    telling = [word for word in words if word not in COMPANY_FORMS]
    return " ".join(telling or words) or None


def plain_name(name: str | None) -> str | None:
    """Return a name without case and punctuation: the same words make the same name.

    Parameters
    ----------
    name : str or None
        As somebody wrote it.

    Returns
    -------
    str or None
        Words of letters and digits, with single spaces between them; None where there are none.
        A legal form counts: two companies of one group often differ in nothing else.

    Examples
    --------
    >>> plain_name("ACME,  Inc."), plain_name("-")
    ('acme inc', None)
    """
    words = _WORD.findall(unicodedata.normalize("NFC", name or "").casefold())
    return " ".join(words) or None


def normal_domain(site: str | None) -> str | None:
    """Return the host of a web site or mail address, without ``www.``.

    Parameters
    ----------
    site : str or None
        A domain, an address of a page, or of a mailbox.

    Returns
    -------
    str or None
        Lower case; None where it is none, or one that many companies share, such as gmail.com.

    Examples
    --------
    >>> normal_domain("https://www.Acme.de:443/shop?x=1"), normal_domain("info@acme.de")
    ('acme.de', 'acme.de')
    >>> normal_domain("someone@gmail.com"), normal_domain("none")
    (None, None)
    """
    if not site:
        return None
    text = site.strip().casefold()
    text = (text.partition("://")[2] or text).lstrip("/")
    text = re.split(r"[/?#\\\s]", text, maxsplit=1)[0].rpartition("@")[2]
    host = text.partition(":")[0].strip(".")
    while host.startswith("www."):
        host = host[4:]
    if not _DOMAIN.fullmatch(host) or host in SHARED_HOSTS:
        return None
    return host


def registrable_domain(host: str | None) -> str | None:
    """Return the part of a host that a company registers: ``mail.acme.co.uk`` is acme.co.uk.

    Parameters
    ----------
    host : str or None
        As `normal_domain` gives it.

    Returns
    -------
    str or None
        None where thousands of companies share it, such as a shop's host at ``myshopify.com``.

    Notes
    -----
    Of a country's domain whose second level is one of co, com, org and the like three parts are
    kept, else two. The Public Suffix List knows more of them; it changes weekly and would have to
    be fetched.

    Examples
    --------
    >>> registrable_domain("shop.acme.de"), registrable_domain("mail.acme.co.uk")
    ('acme.de', 'acme.co.uk')
    >>> print(registrable_domain("acme.myshopify.com"))
    None
    """
    if host is None:
        return None
    parts = host.split(".")
    kept = 3 if len(parts) > 2 and len(parts[-1]) == 2 and parts[-2] in _SECOND else 2
    domain = ".".join(parts[-kept:])
    return None if domain in SHARED_HOSTS else domain
