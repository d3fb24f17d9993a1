"""A web site on loopback for the tests that fetch: real HTTP, each path an answer."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = "127.0.0.1"

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """
    A server and what it was asked.

    Attributes:
        answers: By path; 404 for any other. May change while the server runs.
        asked: Path and headers of each request, in order.
    """

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    @property
    def host(self) -> str:
        """As the policy's ``allow_hosts`` has it."""
        return f"{HOST}:{self.port}"

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


def answer(body: bytes = b"", status: int = 200, **headers: str) -> Answer:
    """The answer with this body; ``content_type="text/html"`` is a header."""

    def write(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        if "content_length" not in headers:
            request.send_header("content-length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return write


@contextlib.contextmanager
def serving() -> Iterator[Site]:
    """A site without pages, up until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, dict(self.headers.items())))
            # The one who asks goes away as soon as it has seen enough.
            with contextlib.suppress(ConnectionError):
                site.answers.get(self.path, answer(b"nothing here", 404))(self)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        site = Site(server.server_port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
