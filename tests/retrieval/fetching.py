"""One page of a site on loopback, and why it was not fetched."""

import socket
from collections.abc import Sequence
from typing import Any

import pytest
from web_site import Site

from retrieval.errors import SourceError
from retrieval.sources.fetch import Fetched, FetchPolicy, fetch

PUBLIC = "93.184.215.14"


def get(site: Site, path: str, **options: Any) -> Fetched:
    of_fetch = {
        name: options.pop(name) for name in ("accept", "check", "validators") if name in options
    }
    policy = FetchPolicy(allow_hosts=frozenset((site.host,)), **options)
    return fetch(site.url(path), policy=policy, **of_fetch)


def why_not(site: Site, path: str, **limits: Any) -> str:
    with pytest.raises(SourceError) as caught:
        get(site, path, **limits)
    assert caught.value.location == site.url(path)
    return caught.value.message


def looked_up(*addresses: str) -> Any:
    return lambda _host, _port: addresses


def unknown(host: str, port: int) -> Sequence[str]:
    raise socket.gaierror(-2, "Name or service not known")


def refused(url: str, *, resolve: Any = None, **limits: Any) -> str:
    with pytest.raises(SourceError) as caught:
        fetch(url, policy=FetchPolicy(**limits), resolve=resolve)
    return caught.value.message
