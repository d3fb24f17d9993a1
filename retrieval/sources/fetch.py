"""
Web addresses -> bytes: the only place that goes to the network.

Where a connection may go is decided in ``addresses`` and enforced in ``dialing``; here
are the request, redirects, size and what a failure is called. What the bytes mean is
for the readers. Nothing is kept between fetches: no cookies, no cache, no proxy from
the environment.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from http import HTTPStatus
from importlib import metadata
from typing import TYPE_CHECKING, Final

from retrieval.errors import FetchError, SourceError
from retrieval.sources.addresses import refuse_userinfo, without_userinfo
from retrieval.sources.headers import (
    Headers,
    charset,
    content_type,
    fresh_for,
    retry_after,
    validator,
)
from retrieval.sources.unpacking import BY_CODING, BY_MAGIC

if TYPE_CHECKING:
    import httpcore
    import httpx

    from retrieval.sources.dialing import Resolve

PRODUCT: Final = "Clipdesk"
"""What the program is called in its User-Agent, and what robots.txt may call it."""
ACCEPT: Final = (
    "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml,"
    " application/xml;q=0.9, */*;q=0.5"
)

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PERMANENT = frozenset((301, 308))
_NOT_MODIFIED = 304
_PACKERS = b"gzip, br, zstd"
# What careless servers say of a page that is not packed at all.
_NOT_PACKED = frozenset(("", "identity", "none", "utf-8"))
_SLICE_BYTES = 1 << 16
# What a resolver is asked for: a name in ASCII, as httpx makes it, or an address.
_HOST = re.compile(rb"[a-z0-9._-]+|[0-9a-f:.]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """
    How far a fetch may go.

    Attributes:
        timeout_s: For each step: to connect, to wait for the next bytes.
        deadline_s: For all together, look-ups and redirects included.
        max_bytes: Of the page, unpacked, and of what arrives for it.
        max_redirects: Followed one after another.
        allow_hosts: ``"host"`` or ``"host:port"``, lower case, that need not be public.
        contact: Whom a site's owner may write to, told in the User-Agent; ``""`` for nobody.
        cuts_off: A larger page is cut off at ``max_bytes``, instead of refused.
    """

    timeout_s: float = 10.0
    deadline_s: float = 30.0
    max_bytes: int = 10 << 20
    max_redirects: int = 5
    allow_hosts: frozenset[str] = frozenset()
    contact: str = ""
    cuts_off: bool = False

    def __post_init__(self) -> None:
        if not (self.contact.isascii() and self.contact.isprintable()):
            raise ValueError(f"contact does not fit into a header: {self.contact!r}")


@dataclass(frozen=True, slots=True)
class Validators:
    """What a site told of a document's version, and is asked with whether it is still so."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """
    A document from the web.

    Attributes:
        url: Where it was found in the end, without a fragment.
        content_type: Lower case, without parameters; ``""`` where the server said nothing.
        encoding: The charset that the server named, as it named it.
        body: Unpacked, whatever packed it; empty if it is unchanged.
        validators: To ask with the next time.
        is_unchanged: It is still what the request's validators are of.
        moved_to: Where to ask from now on, if redirects led here that are all permanent.
        fresh_for: How long it need not be asked for, at most a year; None if the server
            does not say.
    """

    url: str
    status: int
    content_type: str
    encoding: str | None
    body: bytes
    validators: Validators
    is_unchanged: bool
    moved_to: str | None
    fresh_for: timedelta | None


def fetch(
    url: str,
    *,
    policy: FetchPolicy = FetchPolicy(),
    resolve: Resolve | None = None,
    validators: Validators = Validators(),
    accept: str = ACCEPT,
    check: Callable[[str], None] | None = None,
) -> Fetched:
    """
    Get *url*, following redirects; each hop is checked anew.

    Refused are hosts that are not public, except those that the policy allows, ports
    below 1024 other than 80 and 443, and addresses with a user name or password.

    Args:
        url: http or https.
        policy: Limits.
        resolve: Looks hosts up; None for the system's resolver. A seam for tests.
        validators: Of the version that is known; the body is sent only if it changed.
        accept: Content types that are wanted, as in the header.
        check: Called with each address before it is asked, redirects too; what it raises
            ends the fetch. ``Robots.check`` is one.

    Raises:
        FetchError: If it cannot be had, in words for the one who asked for it.
        SourceError: If it is refused, so that asking again is of no use.
    """
    # imported on use: 0.1 s, which whoever fetches nothing must not pay
    import httpcore  # noqa: PLC0415

    from retrieval.sources.dialing import (  # noqa: PLC0415
        Deadline,
        Dialer,
        system_addresses,
        tls_context,
    )

    page = asked = without_userinfo(url)
    address = parse_address(url, page)
    deadline = Deadline(page, policy.deadline_s)
    dialer = Dialer(page, policy.allow_hosts, deadline, resolve or system_addresses)
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), policy.timeout_s)
    says = _request_headers(policy, accept, validators)
    hops: list[int] = []
    with (
        _failures_in_words(page, policy),
        httpcore.ConnectionPool(ssl_context=tls_context(), network_backend=dialer) as pool,
    ):
        while len(hops) <= policy.max_redirects:
            if check is not None:
                check(asked)
            with pool.stream(
                "GET",
                _target(address),
                headers=[(b"Host", address.netloc), *says],
                extensions={"timeout": timeouts},
            ) as response:
                headers = _headers(response)
                redirect = headers.get("location")
                if response.status not in _REDIRECTS or redirect is None:
                    return _fetched(
                        _Answer(page, response, headers, str(address)), policy, validators, hops
                    )
                hops.append(response.status)
            address = parse_address(redirect, page, base=address)
            asked = str(address)
    message = f"is redirected more than {policy.max_redirects} times"
    raise FetchError(page, message, status=hops[-1])


@contextmanager
def _failures_in_words(page: str, policy: FetchPolicy) -> Iterator[None]:
    """What the network and its protocols raise, as a FetchError of *page*."""
    import httpcore  # noqa: PLC0415  # imported on use: as above

    try:
        yield
    except httpcore.TimeoutException as error:
        raise FetchError(page, f"did not answer within {policy.timeout_s:g} s") from error
    except httpcore.ConnectError as error:
        raise FetchError(page, _why_no_connection(error)) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise FetchError(page, "answer broke off, or is not that of a web server") from error


def _why_no_connection(error: Exception) -> str:
    import ssl  # noqa: PLC0415  # imported on use: with httpcore

    cause = error.__context__  # httpcore's pool drops __cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"certificate is not valid ({cause.verify_message.rstrip('.')})"
    # "[Errno 111] Connection refused", "[SSL: X] wrong version number (_ssl.c:1006)":
    # only the words say anything.
    reason = str(error).rpartition("] ")[2].partition(" (_ssl")[0]
    return f"cannot be reached ({reason})"


def parse_address(url: str, page: str, base: httpx.URL | None = None) -> httpx.URL:
    """*url*, relative to *base*; SourceError, which names *page*, if it can be no address."""
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


@cache
def _version() -> str:
    return metadata.version("clipdesk")  # reads and parses a file, 1 ms


def _request_headers(
    policy: FetchPolicy, accept: str, validators: Validators
) -> list[tuple[bytes, bytes]]:
    contact = f" (+{policy.contact})" if policy.contact else ""
    said = [
        (b"User-Agent", f"{PRODUCT}/{_version()}{contact}".encode()),
        (b"Accept", accept.encode()),
        (b"Accept-Encoding", _PACKERS),
    ]
    if validators.etag is not None:
        said.append((b"If-None-Match", validators.etag.encode()))
    if validators.last_modified is not None:
        said.append((b"If-Modified-Since", validators.last_modified.encode()))
    return said


def _headers(response: httpcore.Response) -> Headers:
    return {
        name.decode("latin-1").lower(): value.decode("utf-8", "replace")
        for name, value in response.headers
    }


@dataclass(frozen=True, slots=True)
class _Answer:
    """The last answer of a fetch, its body not read yet."""

    page: str
    response: httpcore.Response
    headers: Headers
    url: str


def _fetched(
    answer: _Answer, policy: FetchPolicy, validators: Validators, hops: list[int]
) -> Fetched:
    status, headers, now = answer.response.status, answer.headers, datetime.now(UTC)
    is_unchanged = status == _NOT_MODIFIED and validators != Validators()
    if not (200 <= status < 300 or is_unchanged):
        wait = retry_after(status, headers, now)
        message = _status_in_words(status, wait)
        raise FetchError(answer.page, message, status=status, retry_after=wait)
    etag, last_modified = (validator(headers, name) for name in ("etag", "last-modified"))
    if is_unchanged:  # what it does not repeat still holds
        etag, last_modified = etag or validators.etag, last_modified or validators.last_modified
    return Fetched(
        url=answer.url,
        status=status,
        content_type=content_type(headers),
        encoding=charset(headers),
        body=b"" if is_unchanged else _body(answer, policy),
        validators=Validators(etag, last_modified),
        is_unchanged=is_unchanged,
        moved_to=answer.url if hops and _PERMANENT.issuperset(hops) else None,
        fresh_for=fresh_for(headers, now),
    )


def _body(answer: _Answer, policy: FetchPolicy) -> bytes:
    page, limit = answer.page, policy.max_bytes
    if int(answer.headers.get("content-length", 0)) > limit and not policy.cuts_off:
        raise _too_large(page, limit)
    chunks = _arriving(answer, limit)
    coding = answer.headers.get("content-encoding", "").strip().lower()
    if coding in BY_CODING:
        chunks = BY_CODING[coding](chunks)
    elif coding not in _NOT_PACKED:
        raise FetchError(page, f"is packed as {coding!r}, which was not asked for")
    body = _whole(chunks, page, policy)
    for magic, unpack in BY_MAGIC.items():
        if body.startswith(magic):  # a file that is packed, such as articles.jsonl.gz
            # In slices, because what is not unpacked yet is copied at each step.
            starts = range(0, len(body), _SLICE_BYTES)
            packed = (body[start : start + _SLICE_BYTES] for start in starts)
            return _whole(unpack(packed), page, policy)
    return body


def _arriving(answer: _Answer, max_bytes: int) -> Iterator[bytes]:
    """The body as it comes; no more of it than a page may have, even if it unpacks to nothing."""
    arrived = 0
    for chunk in answer.response.iter_stream():
        yield chunk
        arrived += len(chunk)
        if arrived > max_bytes:
            raise _too_large(answer.page, max_bytes)


def _whole(chunks: Iterable[bytes], page: str, policy: FetchPolicy) -> bytes:
    """All of *chunks*, of which no more is taken than may be held."""
    whole = bytearray()
    try:
        for chunk in chunks:
            whole += chunk
            if len(whole) > policy.max_bytes:
                if policy.cuts_off:
                    return bytes(whole[: policy.max_bytes])
                raise _too_large(page, policy.max_bytes)
    except (EOFError, zlib.error) as error:
        raise FetchError(page, "is packed, and damaged or cut off") from error
    return bytes(whole)


def _too_large(page: str, max_bytes: int) -> FetchError:
    return FetchError(page, f"page is larger than {max_bytes / (1 << 20):g} MB")


def _status_in_words(status: int, wait: timedelta | None) -> str:
    try:
        words = f"status {status} ({HTTPStatus(status).phrase.lower()})"
    except ValueError:  # a number of the server's own
        words = f"status {status}"
    return words if not wait else f"{words}; try again in {wait.total_seconds():.0f} s"
