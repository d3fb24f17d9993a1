"""
Web addresses -> bytes: the only place that goes to the network.

Where a connection may go is decided in ``addresses`` and enforced in ``dialing``; here
are the request, redirects, size and what a failure is called. What the bytes mean is
for the readers. Nothing is kept between fetches: no cookies, no cache.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from importlib import metadata
from typing import TYPE_CHECKING, Final

from retrieval.errors import SourceError
from retrieval.sources.addresses import refuse_userinfo, without_userinfo
from retrieval.sources.dates import parse_date
from retrieval.sources.unpacking import GZIP_MAGIC, gunzipped

if TYPE_CHECKING:
    import httpcore
    import httpx

    from retrieval.sources.dialing import Resolve

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_BUSY = frozenset((429, 503))
_ACCEPT: Final = (
    "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml,"
    " application/xml;q=0.9, */*;q=0.5"
)
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([A-Za-z0-9._:-]{2,40})""", re.IGNORECASE)
_SLICE_BYTES = 1 << 16
# What a resolver is asked for: a name in ASCII, as httpx makes it, or an address.
_HOST = re.compile(rb"[a-z0-9._-]+|[0-9a-f:.]+", re.IGNORECASE)
_SECONDS = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """
    How far a fetch may go.

    Attributes:
        timeout_s: For each step: to connect, to wait for the next bytes.
        deadline_s: For all together, redirects included.
        max_bytes: Of the page, unpacked.
        max_redirects: Followed one after another.
        allow_hosts: ``"host"`` or ``"host:port"``, lower case, that need not be public.
        contact: Whom a site's owner may write to, told in the User-Agent; ``""`` for nobody.
    """

    timeout_s: float = 10.0
    deadline_s: float = 30.0
    max_bytes: int = 10 << 20
    max_redirects: int = 5
    allow_hosts: frozenset[str] = frozenset()
    contact: str = ""

    def __post_init__(self) -> None:
        if not (self.contact.isascii() and self.contact.isprintable()):
            raise ValueError(f"contact does not fit into a header: {self.contact!r}")


@dataclass(frozen=True, slots=True)
class Fetched:
    """
    A document from the web.

    Attributes:
        url: Where it was found in the end, without a fragment.
        content_type: Lower case, without parameters; ``""`` where the server said nothing.
        encoding: The charset that the server named, as it named it.
        body: Unpacked, whatever packed it.
        etag: As the server sent it, for a later request; the same holds for ``last_modified``.
    """

    url: str
    status: int
    content_type: str
    encoding: str | None
    body: bytes
    etag: str | None
    last_modified: str | None


def fetch(
    url: str,
    *,
    policy: FetchPolicy = FetchPolicy(),
    resolve: Resolve | None = None,
) -> Fetched:
    """
    Get *url*, following redirects; each hop is checked anew.

    Refused are hosts that are not public, except those that the policy allows, ports
    below 1024 other than 80 and 443, and addresses with a user name or password.

    Args:
        url: http or https.
        policy: Limits.
        resolve: Looks hosts up; None for the system's resolver. A seam for tests.

    Raises:
        SourceError: If it cannot be had, in words for the one who asked for it.
    """
    # imported on use: 0.1 s, which whoever fetches nothing must not pay
    import httpcore  # noqa: PLC0415

    from retrieval.sources.dialing import Deadline, Dialer, system_addresses  # noqa: PLC0415

    page = without_userinfo(url)
    address = _parse(url, page)
    deadline = Deadline(page, policy.deadline_s)
    dialer = Dialer(page, policy.allow_hosts, deadline, resolve or system_addresses)
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), policy.timeout_s)
    try:
        with httpcore.ConnectionPool(network_backend=dialer) as pool:
            for _ in range(policy.max_redirects + 1):
                with pool.stream(
                    "GET",
                    _target(address),
                    headers=_request_headers(address, policy),
                    extensions={"timeout": timeouts},
                ) as response:
                    headers = _headers(response)
                    redirect = headers.get("location")
                    if response.status not in _REDIRECTS or redirect is None:
                        return _fetched(response, headers, address, page, policy.max_bytes)
                address = _parse(redirect, page, base=address)
    except httpcore.TimeoutException as error:
        raise SourceError(page, f"did not answer within {policy.timeout_s:g} s") from error
    except httpcore.ConnectError as error:
        # "[Errno 111] Connection refused": the number says nothing.
        reason = str(error).rpartition("] ")[2]
        raise SourceError(page, f"cannot be reached ({reason})") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise SourceError(page, "answer broke off, or is not that of a web server") from error
    raise SourceError(page, f"is redirected more than {policy.max_redirects} times")


def _parse(url: str, page: str, base: httpx.URL | None = None) -> httpx.URL:
    """*url*, relative to *base*; SourceError, which names *page*, if it cannot be fetched."""
    import httpx  # noqa: PLC0415  # imported on use: as above

    where = "address" if base is None else "address that it redirects to"
    try:
        address = (httpx.URL(url) if base is None else base.join(url)).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise SourceError(page, f"{where} is not a web address") from error
    if address.scheme not in {"http", "https"} or not address.raw_host:
        raise SourceError(page, f"{where} is neither http nor https")
    refuse_userinfo(str(address))
    if not _HOST.fullmatch(address.raw_host):
        raise SourceError(page, f"{where} is not a web address")
    if address.port is not None and not 0 < address.port <= 65535:
        raise SourceError(page, f"{where} has a port that does not exist")
    return address


def _target(address: httpx.URL) -> httpcore.URL:
    """The same for httpcore, taken apart once only, so that both mean one host."""
    import httpcore  # noqa: PLC0415  # imported on use: as above

    return httpcore.URL(
        scheme=address.raw_scheme,
        host=address.raw_host,
        port=address.port,
        target=address.raw_path,
    )


def _request_headers(address: httpx.URL, policy: FetchPolicy) -> list[tuple[bytes, bytes]]:
    contact = f" (+{policy.contact})" if policy.contact else ""
    return [
        (b"Host", address.netloc),
        (b"User-Agent", f"Clipdesk/{metadata.version('clipdesk')}{contact}".encode()),
        (b"Accept", _ACCEPT.encode()),
        (b"Accept-Encoding", b"gzip"),  # the one that can be unpacked a little at a time
    ]


def _headers(response: httpcore.Response) -> dict[str, str]:
    return {
        name.decode("latin-1").lower(): value.decode("utf-8", "replace")
        for name, value in response.headers
    }


def _fetched(
    response: httpcore.Response,
    headers: Mapping[str, str],
    address: httpx.URL,
    page: str,
    max_bytes: int,
) -> Fetched:
    if not 200 <= response.status < 300:
        raise SourceError(page, _status_in_words(response.status, headers.get("retry-after")))
    if int(headers.get("content-length", 0)) > max_bytes:
        raise _too_large(page, max_bytes)
    chunks: Iterable[bytes] = response.iter_stream()
    coding = headers.get("content-encoding", "").strip().lower()
    if coding in {"gzip", "x-gzip"}:
        chunks = gunzipped(iter(chunks))
    elif coding not in {"", "identity"}:
        raise SourceError(page, f"is packed as {coding!r}, which was not asked for")
    body = _whole(chunks, page, max_bytes)
    if body.startswith(GZIP_MAGIC):  # a file that is packed, such as articles.jsonl.gz
        # In slices, because what is not unpacked yet is copied at each step.
        starts = range(0, len(body), _SLICE_BYTES)
        packed = (body[start : start + _SLICE_BYTES] for start in starts)
        body = _whole(gunzipped(packed), page, max_bytes)
    said = headers.get("content-type", "")
    charset = _CHARSET.search(said)
    return Fetched(
        url=str(address),
        status=response.status,
        content_type=said.partition(";")[0].strip().lower(),
        encoding=None if charset is None else charset[1],
        body=body,
        etag=headers.get("etag"),
        last_modified=headers.get("last-modified"),
    )


def _whole(chunks: Iterable[bytes], page: str, max_bytes: int) -> bytes:
    """All of *chunks*, of which no more is taken than may be held."""
    whole = bytearray()
    try:
        for chunk in chunks:
            whole += chunk
            if len(whole) > max_bytes:
                raise _too_large(page, max_bytes)
    except (EOFError, zlib.error) as error:
        raise SourceError(page, "is packed, and damaged or cut off") from error
    return bytes(whole)


def _too_large(page: str, max_bytes: int) -> SourceError:
    return SourceError(page, f"page is larger than {max_bytes / (1 << 20):g} MB")


def _status_in_words(status: int, retry_after: str | None) -> str:
    try:
        words = f"status {status} ({HTTPStatus(status).phrase.lower()})"
    except ValueError:  # a number of the server's own
        words = f"status {status}"
    if status not in _BUSY or retry_after is None:
        return words
    if _SECONDS.fullmatch(retry_after):
        return f"{words}; try again in {retry_after} s"
    date = parse_date(retry_after)
    return words if date is None else f"{words}; try again after {date:%Y-%m-%d %H:%M} UTC"
