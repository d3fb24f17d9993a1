"""A connection to the cluster; its failures as ``IndexingError`` in words."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from retrieval.errors import IndexingError

DEFAULT_URL = "http://localhost:9200"
LEAST_VERSION = 2  # the oldest major version that the tests' queries are known to run on

_CONNECT_TRIES = 3  # further nodes that a request is tried at when one does not answer
CLIENT_GRACE_S = 5.0
"""After ``timeout_s`` the cluster gives what it has by then, for which we wait so long."""
_POOL = 32  # connections kept to a node: threads that may ask at once


@dataclass(frozen=True, slots=True)
class RemoteOptions:
    """
    Where the cluster is, and how the index is laid out in it.

    Attributes:
        urls: Of any nodes; the others are asked when one is down. No user in them.
        name: What the names of our indices begin with.
        user: With ``password``, for basic authentication; "" for none.
        api_key: Sent instead of user and password, where given.
        ca_file: PEM certificates to trust; None for those that come with ``certifi``.
        shards: Of a new index. Cannot be changed but by a rebuild.
        replicas: Further copies of each shard; with one, a node may be lost.
        refresh_s: After how long what one process wrote is found by the others.
        timeout_s: How long a question waits for the shards; what has not answered is left
            out, and the hits are partial.
    """

    urls: tuple[str, ...] = (DEFAULT_URL,)
    name: str = "clipdesk"
    user: str = ""
    password: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    ca_file: Path | None = None
    shards: int = 1
    replicas: int = 1
    refresh_s: float = 1.0
    timeout_s: float = 10.0

    @property
    def place(self) -> str:
        """The cluster as messages name it."""
        return ", ".join(self.urls)


class Cluster:
    """
    An OpenSearch cluster; usable from any thread.

    Attributes:
        client: Of opensearch-py; call it inside ``explained()``.
        major: The cluster's major version.
    """

    def __init__(self, options: RemoteOptions) -> None:
        """
        Connect.

        Raises:
            IndexingError: If the library is missing, or the cluster cannot be reached, refuses
                us, or is not OpenSearch of a version that we know.
        """
        try:
            # imported on use: an optional dependency, and half a second
            from opensearchpy import OpenSearch  # noqa: PLC0415
        except ImportError as e:
            raise IndexingError(
                "the remote engine needs opensearch-py; pip install 'clipdesk[remote]'"
            ) from e
        self.options = options
        # opensearch-py 3.2 has no types for what is passed on to its connections
        self.client: Any = OpenSearch(  # type: ignore[no-untyped-call,unused-ignore]
            list(options.urls),
            headers=_authorization(options),
            ca_certs=None if options.ca_file is None else str(options.ca_file),
            timeout=options.timeout_s + CLIENT_GRACE_S,
            max_retries=max(_CONNECT_TRIES, len(options.urls)),
            retry_on_timeout=True,  # at another node; whatever we write may be written twice
            retry_on_status=(500, 502, 503, 504),  # as well; a node that ends says 500
            pool_maxsize=_POOL,
        )
        self.major = self._check_version()

    def _check_version(self) -> int:
        with self.explained():
            info = self.client.info()
        version = info.get("version", {}) if isinstance(info, dict) else {}
        number = str(version.get("number", "?"))
        if version.get("distribution") != "opensearch":
            raise IndexingError(
                f"no OpenSearch but something else, version {number}: {self.options.place}"
            )
        major = int(number.partition(".")[0])
        if major < LEAST_VERSION:
            raise IndexingError(
                f"OpenSearch {number} is too old, {LEAST_VERSION}.0 or newer is needed:"
                f" {self.options.place}"
            )
        return major

    @contextmanager
    def explained(self) -> Iterator[None]:
        """
        Inside, what the cluster cannot do is told in words.

        Raises:
            IndexingError: Which names the cluster, and what to do.
        """
        from opensearchpy.exceptions import OpenSearchException, TransportError  # noqa: PLC0415

        try:
            yield
        except TransportError as e:
            raise IndexingError(f"{_why(e)}: {self.options.place}") from e
        except OpenSearchException as e:  # an answer that is no JSON: a proxy's page
            raise IndexingError(f"no answer of OpenSearch: {self.options.place}") from e

    def close(self) -> None:
        """Close the connections; closing twice does nothing."""
        self.client.close()


def _authorization(options: RemoteOptions) -> dict[str, str]:
    if options.api_key:
        return {"Authorization": f"ApiKey {options.api_key}"}
    if options.user:
        both = f"{options.user}:{options.password}".encode()  # urllib3's own takes Latin-1 only
        return {"Authorization": f"Basic {base64.b64encode(both).decode()}"}
    return {}


def is_passing(status: object) -> bool:
    """Whether the same request may go well later: a full queue, a shard that moves, a node that ends."""
    return isinstance(status, int) and (status == 429 or status >= 500)


def is_blocked(error: object) -> bool:
    """Whether an error of the cluster says that an index is read-only."""
    return "cluster_block_exception" in str(error)


READ_ONLY = (
    "the cluster's index is read-only, which it makes so when a disk is nearly full;"
    " make room, then clear index.blocks"
)
RED = (
    "the cluster has lost shards (its status is red) or is too busy; look at _cluster/health,"
    " bring its nodes back, or rebuild: clipdesk index rebuild"
)


def refusal(statuses: Sequence[object], error: object) -> str:
    """Why the cluster refused, in words; of several documents' statuses and an error."""
    if is_blocked(error):
        return READ_ONLY
    if any(map(is_passing, statuses)):
        return RED
    if "index_not_found_exception" in str(error):
        return "the index is not there any more; clipdesk index rebuild makes it anew"
    return f"the cluster refuses ({_reason(error)})"


def _reason(error: object) -> object:
    """What the cluster's error says first, and last; all of it repeats itself for each shard."""
    if not isinstance(error, dict):
        return error
    if error.get("error"):
        return _reason(error["error"])
    causes = error.get("root_cause") or [{}]
    first = causes[0].get("reason") or error.get("reason") or error.get("type")
    last = error
    while isinstance(cause := last.get("caused_by"), dict):
        last = cause
    told = dict.fromkeys(reason for reason in (first, last.get("reason")) if reason)
    return ": ".join(map(str, told)) or None


_BY_KIND = {
    "SSLError": (
        "the cluster's certificate is not trusted, or it speaks no TLS;"
        " see CLIPDESK_OPENSEARCH_CA_FILE"
    ),
    "ConnectionTimeout": "the cluster does not answer in time; look at its load",
    "ConnectionError": "the cluster cannot be reached; is it running, and is the address right?",
    "AuthenticationException": (
        "the cluster wants to know who asks; set CLIPDESK_OPENSEARCH_USER or _API_KEY"
    ),
    "AuthorizationException": (
        "the cluster does not allow that; the user or key needs rights to the index"
    ),
}
"""Words for each of opensearch-py's errors, by its name: the library is imported on use."""


def _why(error: Any) -> str:
    """What a ``TransportError`` says, in words."""
    if is_blocked(error):  # it is an AuthorizationException as well
        return READ_ONLY
    known = _BY_KIND.get(type(error).__name__)
    if known is not None:
        return known
    if is_passing(error.status_code):
        return RED
    return f"the cluster refuses ({error.status_code}, {_reason(error.info)})"
