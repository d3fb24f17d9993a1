"""
One address for one article, however its readers were sent there.

courlan's clean_url is not used: to it ``gallery``, ``cid`` and ``source`` are tracking, and
it drops ``?12345``, by which some sites know their articles. What is dropped here names
the way to a page and nothing else.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}

# By what they begin with: parameters of campaigns that Google, AT Internet (for the BBC),
# Matomo, HubSpot, Webtrekk and others count.
_TRACKING_FAMILY = re.compile(r"(?:utm|at|mtm|matomo|piwik|itm|hsa|vero|oly|mkt|wt)_.")
_TRACKING: Final = frozenset(
    (
        # of a click
        *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "ttclid"),
        *("yclid", "ysclid", "igshid", "igsh", "li_fat_id", "_ga", "_gl", "mc_cid", "mc_eid"),
        *("_hsenc", "_hsmi", "__twitter_impression", "guccounter", "guce_referrer"),
        "guce_referrer_sig",
        # of the place that the link stood in
        *("ref", "ref_src", "ref_url", "referrer", "fb_ref", "fb_source", "fb_action_ids"),
        *(
            "ns_campaign",
            "ns_fee",
            "ns_linkname",
            "ns_mchannel",
            "ns_source",
            "pk_campaign",
            "pk_kwd",
        ),
        *("fb_action_types", "cmp", "cmpid", "ncid", "ocid", "icid", "intcmp", "s_cid", "ito"),
        *("smid", "smtyp", "mbid", "spm", "xtor", "soc_src", "soc_trk", "sr_share"),
    )
)
_QUOTED = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE | re.ASCII)
# All that may stand in an address as it is; "%", because what is quoted stays so.
_UNQUOTED = "%/:?#[]@!$&'()*+,;=-._~"


def clean_url(url: str) -> str:
    """
    *url* without fragment and tracking parameters, in one spelling.

    Scheme and host are in lower case, the scheme's own port is left out, and what is not
    ASCII is quoted as UTF-8. The rest, the order of parameters too, stays as it is, so that
    it leads to the same page. What is no web address is given back, without white space around it.
    Cleaning again changes nothing.
    """
    address = url.strip()
    try:
        parts = urlsplit(address)
        scheme = parts.scheme.lower()
        if scheme not in _DEFAULT_PORTS or not parts.hostname:
            return address
        host = _ascii_host(parts.hostname)
        if parts.port is not None and parts.port != _DEFAULT_PORTS[scheme]:
            host = f"{host}:{parts.port}"
        userinfo, at, _ = parts.netloc.rpartition("@")
        path, query = _quoted(parts.path or "/"), _quoted(_without_tracking(parts.query))
        return urlunsplit((scheme, f"{userinfo}{at}{host}", path, query, ""))
    except ValueError:  # an unbalanced "[", a port that is no number, half a character
        return address


def _ascii_host(host: str) -> str:
    """*host*, as ``urlsplit`` gives it, as ``fetch`` would ask for it; an IPv6 one in brackets."""
    if ":" in host:
        return f"[{host}]"
    if host.isascii():
        return host
    import httpx  # noqa: PLC0415  # imported on use: 0.1 s, for few hosts

    try:
        return httpx.URL(scheme="http", host=host).raw_host.decode()
    except httpx.InvalidURL as error:
        raise ValueError(str(error)) from error


def _quoted(part: str) -> str:
    return _QUOTED.sub(lambda found: found[0].upper(), quote(part, safe=_UNQUOTED))


def _without_tracking(query: str) -> str:
    kept = (part for part in query.split("&") if part and not _is_tracking(part))
    return "&".join(kept)


def _is_tracking(parameter: str) -> bool:
    name = unquote_plus(parameter.partition("=")[0]).lower()
    name = name.removeprefix("amp;")  # of an address that was escaped twice
    return name in _TRACKING or _TRACKING_FAMILY.match(name) is not None
