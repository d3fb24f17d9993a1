"""Fetching over real HTTP on loopback: which address is dialled, and TLS."""

import contextlib
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from fetching import looked_up, refused
from web_site import HOST, Site, answer

from retrieval.sources.fetch import FetchPolicy, fetch

CERTIFICATE = Path(__file__).parents[2] / "data" / "self_signed.pem"


def test_the_next_address_is_tried(site: Site) -> None:
    site.answers["/a"] = answer(b"here")
    url = f"http://news.example:{site.port}/a"
    policy = FetchPolicy(allow_hosts=frozenset(("news.example",)))

    # Nothing listens at 127.0.0.2.
    assert fetch(url, policy=policy, resolve=looked_up("127.0.0.2", HOST)).body == b"here"
    message = refused(
        url, resolve=looked_up("127.0.0.2", "127.0.0.3"), allow_hosts=policy.allow_hosts
    )
    assert message == "cannot be reached (Connection refused)"


def test_the_systems_resolver_is_asked(site: Site) -> None:
    site.answers["/a"] = answer(b"here")
    policy = FetchPolicy(allow_hosts=frozenset(("localhost",)))

    assert fetch(f"http://localhost:{site.port}/a", policy=policy).body == b"here"


def test_a_certificate_that_is_not_valid_is_told_of(site: Site) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)

    def listen(server: socket.socket) -> None:
        with server.accept()[0] as connection, contextlib.suppress(ssl.SSLError):
            context.wrap_socket(connection, server_side=True)

    with socket.create_server((HOST, 0)) as server:
        thread = threading.Thread(target=listen, args=(server,))
        thread.start()
        message = refused(
            f"https://news.example:{server.getsockname()[1]}/",
            resolve=looked_up(HOST),
            allow_hosts=frozenset(("news.example",)),
        )
        thread.join()

    assert message == "certificate is not valid (self-signed certificate)"
    message = refused(site.url("/").replace("http", "https"), allow_hosts=frozenset((site.host,)))
    assert message == "cannot be reached (wrong version number)"


def test_tls_asks_for_the_name_and_not_the_address() -> None:
    hello = b""

    def listen() -> None:
        nonlocal hello
        connection, _ = server.accept()
        with connection:
            hello = connection.recv(1 << 14)

    with socket.create_server((HOST, 0)) as server:
        thread = threading.Thread(target=listen)
        thread.start()
        message = refused(
            f"https://news.example:{server.getsockname()[1]}/",
            resolve=looked_up(HOST),
            allow_hosts=frozenset(("news.example",)),
        )
        thread.join()

    assert b"news.example" in hello
    assert message.startswith("cannot be reached (")


def test_a_certificate_that_nobody_vouches_for_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the server, TLS is checked: by name, against known authorities."""
    made: list[ssl.SSLContext] = []
    real = ssl.SSLContext.wrap_socket

    def wrap(self: ssl.SSLContext, *args: Any, **options: Any) -> ssl.SSLSocket:
        made.append(self)
        return real(self, *args, **options)

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", wrap)
    test_tls_asks_for_the_name_and_not_the_address()

    assert [(c.verify_mode, c.check_hostname) for c in made] == [(ssl.CERT_REQUIRED, True)]


def test_nothing_is_imported_before_something_is_fetched() -> None:
    code = (
        "import sys, retrieval.desk, retrieval.sources.reading, bot.commands.ingesting;"
        "print([m for m in ('httpx', 'httpcore') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_threads_that_fetch_first_share_one_tls_context() -> None:
    code = """
import threading
from concurrent.futures import ThreadPoolExecutor
from retrieval.sources.dialing import tls_context
together = threading.Barrier(4)
def context(_):
    together.wait()
    return id(tls_context())
with ThreadPoolExecutor(4) as threads:
    print(len(set(threads.map(context, range(4)))))
"""
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True
    )
    assert done.stdout == "1\n"
