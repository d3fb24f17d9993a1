"""
Connections that go only where they may, and end when they must.

A host is looked up once, every address of it is checked, and the connection is made to
an address that was checked: a name that means another host at its next look-up gains
nothing. TLS and the Host header keep the name. What is sent is for ``fetch`` to say,
the only module that imports this one, and only once it fetches.
"""

from __future__ import annotations

import math
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from functools import cache, partial
from typing import Any, TypeVar

import httpcore
import httpx

from retrieval.errors import FetchError, SourceError
from retrieval.sources.addresses import is_allowed, is_public, reason_to_refuse

_Result = TypeVar("_Result")

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port -> IP addresses; OSError or UnicodeError where there is none."""


def system_addresses(host: str, port: int) -> Sequence[str]:
    """The addresses of *host* by the system's resolver, in its order; it has time limits of its own."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _look_up(resolve: Resolve, host: str, port: int, timeout_s: float) -> Sequence[str]:
    """What *resolve* gives; ConnectTimeout if it takes longer, for nothing ends the system's own."""
    found: Future[Sequence[str]] = Future()

    def look_up() -> None:
        try:
            found.set_result(resolve(host, port))
        except Exception as error:  # noqa: BLE001  # raised where it is waited for
            found.set_exception(error)

    # A daemon: a resolver that hangs must not keep the process from ending.
    threading.Thread(target=look_up, name=f"look up {host}", daemon=True).start()
    try:
        return found.result(timeout_s)
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(f"look-up of {host}") from error


_tls_lock = threading.Lock()


def tls_context() -> ssl.SSLContext:
    """Checks TLS by the authorities of certifi and of the system."""
    with _tls_lock:  # or each of the threads that fetch first would make one
        return _made_once()


@cache
def _made_once() -> ssl.SSLContext:
    # It takes 0.2 s
    context = httpx.create_ssl_context()
    context.load_default_certs()
    return context


class Deadline:
    """
    The end of all that is done for one page, counted from the making of this object.

    Args:
        page: The address, for the error.
        seconds: From now.
    """

    def __init__(self, page: str, seconds: float) -> None:
        self._page = page
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def within(self, timeout: float | None, act: Callable[[float], _Result]) -> _Result:
        """
        What *act* gives, told how many seconds it has: *timeout*, or what is left if less.

        Raises:
            FetchError: If the end has come.
        """
        left = self._end - time.monotonic()
        limit = math.inf if timeout is None else timeout
        if left <= 0:
            raise self._passed()
        try:
            return act(min(left, limit))
        except httpcore.TimeoutException as error:
            if left <= limit:
                raise self._passed() from error
            raise

    def _passed(self) -> FetchError:
        return FetchError(self._page, f"took longer than {self._seconds:g} s")


class Dialer(httpcore.NetworkBackend):
    """
    Connects to public hosts and to those that are allowed.

    Args:
        page: The address that was asked for, for errors.
        allowed: Hosts, with or without a port, that need not be public.
        deadline: Of the page.
        resolve: Looks hosts up.
    """

    def __init__(
        self, page: str, allowed: frozenset[str], deadline: Deadline, resolve: Resolve
    ) -> None:
        self._page = page
        self._allowed = allowed
        self._deadline = deadline
        self._resolve = resolve
        self._tcp = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """
        Connect to the first address of *host* that answers.

        Raises:
            FetchError: If the host is unknown.
            SourceError: If any of its addresses is not public.
        """
        failure: Exception = httpcore.ConnectError("no address")
        for address in self._checked(host, port, timeout):
            connect = partial(
                self._tcp.connect_tcp,
                address,
                port,
                local_address=local_address,
                socket_options=socket_options,
            )
            try:
                return _TimedStream(self._deadline.within(timeout, connect), self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def _checked(self, host: str, port: int, timeout: float | None) -> Sequence[str]:
        is_trusted = is_allowed(host, port, self._allowed)
        if not is_trusted and (reason := reason_to_refuse(host, port)) is not None:
            raise SourceError(self._page, reason)
        try:
            addresses = self._deadline.within(timeout, partial(_look_up, self._resolve, host, port))
        except (OSError, UnicodeError) as error:  # UnicodeError: a label of more than 63 characters
            raise FetchError(self._page, f"host {host} is not known") from error
        if not is_trusted and not all(map(is_public, addresses)):
            raise SourceError(self._page, f"host {host} is not public")
        return addresses


class _TimedStream(httpcore.NetworkStream):
    """A connection each of whose steps ends at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._deadline.within(timeout, partial(self._stream.read, max_bytes))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._deadline.within(timeout, partial(self._stream.write, buffer))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        start = partial(self._stream.start_tls, ssl_context, server_hostname)
        return _TimedStream(self._deadline.within(timeout, start), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
