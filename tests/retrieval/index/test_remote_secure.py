"""The remote engine where the cluster is reached by TLS and wants to know who asks."""

import base64
import http.client
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme
from search_cluster import clean_index, options

from retrieval.errors import IndexingError
from retrieval.index import Entry
from retrieval.index.opensearch.cluster import RemoteOptions
from retrieval.index.remote import RemoteIndex
from retrieval.types import Filters

USER, PASSWORD, API_KEY = "clipdesk", "geheim-密码", "a2V5OnNlY3JldA=="
KNOWN = {
    f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}",
    f"ApiKey {API_KEY}",
}


@dataclass
class Gate:
    """What stands before a node as the security plugin does: TLS, and a list of who may ask."""

    url: str
    ca_file: Path
    passed: int = 0

    def options(self, **changes: object) -> RemoteOptions:
        return options(**{"urls": (self.url,), "ca_file": self.ca_file, **changes})


@contextmanager
def gate(node: str, folder: Path):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self):
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.headers["Authorization"] not in KNOWN:
                self.answer(401, b"Unauthorized", "text/plain")
                return
            connection = http.client.HTTPConnection(urlsplit(node).netloc, timeout=30)
            kind = self.headers.get("Content-Type", "application/json")
            connection.request(self.command, self.path, body, {"Content-Type": kind})
            reply = connection.getresponse()
            front.passed += 1
            self.answer(reply.status, reply.read(), reply.headers["Content-Type"])
            connection.close()

        def answer(self, status, body, kind):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
            self.wfile.flush()

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def finish_request(self, request, client_address):
            try:  # the handshake belongs in the connection's own thread
                with context.wrap_socket(request, server_side=True) as secure:
                    super().finish_request(secure, client_address)
            except (ssl.SSLError, ConnectionError):
                pass  # who does not trust us hangs up

    with Server(("127.0.0.1", 0), Handler) as web:
        front = Gate(f"https://localhost:{web.server_port}", folder / "ca.pem")
        threading.Thread(target=web.serve_forever, daemon=True).start()
        try:
            yield front
        finally:
            web.shutdown()


@pytest.fixture
def front(cluster, tmp_path):
    with gate(cluster.urls[0], tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("secrets", [{"user": USER, "password": PASSWORD}, {"api_key": API_KEY}])
def test_who_is_known_fills_and_asks(front, secrets):
    clean_index()
    index = RemoteIndex.open(front.options(**secrets), "secure")
    index.update([Entry(1, ["nato", "deal"]), Entry(2, ["museum"])], (), 1)
    index.position = 7

    assert [hit.passage_id for hit in index.search(["nato"], Filters(), 10)] == [1]
    assert (index.count(), index.position) == (2, 7)
    assert front.passed > 5
    index.close()


def test_who_is_not_known_is_told_what_to_set_and_no_secret(front, caplog):
    caplog.set_level(0)
    wrong = front.options(user=USER, password=PASSWORD[::-1])

    with pytest.raises(IndexingError, match="set CLIPDESK_OPENSEARCH_USER or _API_KEY") as caught:
        RemoteIndex.open(wrong, "secure")
    assert front.passed == 0
    assert PASSWORD[::-1] not in f"{caught.value!r} {caplog.text} {wrong!r}"


def test_a_certificate_of_nobody_we_trust_is_refused(front):
    with pytest.raises(IndexingError, match=r"not trusted.*CLIPDESK_OPENSEARCH_CA_FILE"):
        RemoteIndex.open(front.options(ca_file=None, api_key=API_KEY), "secure")
    assert front.passed == 0


def test_a_certificate_of_another_host_is_refused(front):
    elsewhere = front.url.replace("localhost", "127.0.0.1")

    with pytest.raises(IndexingError, match="not trusted"):
        RemoteIndex.open(front.options(urls=(elsewhere,), api_key=API_KEY), "secure")
    assert front.passed == 0
