"""
The HTTP face of the fake: requests in, the Bot API's answers out, faults between.

It runs in a thread of its own with its own event loop; the rest of the fake is plain
code under one lock.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from tornado.http1connection import HTTP1Connection
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders, HTTPServerRequest, ResponseStartLine
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets

from telegram_api.api import perform, refuse_parameters
from telegram_api.delivery import Delivery
from telegram_api.downloads import file_at
from telegram_api.faults import Fault
from telegram_api.polling import Polling
from telegram_api.records import ApiError, Call, Json, Upload
from telegram_api.schema import load_schema
from telegram_api.state import State

_PATH = re.compile(r"/bot([^/]*)/([A-Za-z]+)")
_FILE_PATH = re.compile(r"/file/bot([^/]*)/(.+)")
_BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
_STOP_WITHIN_S = 10.0
_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


class Server:
    """Serves a `State` over HTTP on loopback."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.polling = Polling(state)
        self.delivery = Delivery(state)
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped: asyncio.Event | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fake Telegram", daemon=True)

    def start(self) -> None:
        self._thread.start()
        if not self._ready.wait(_STOP_WITHIN_S):
            raise RuntimeError("the fake Telegram did not start")

    def stop(self) -> None:
        if self._stopped is not None:
            self.call(self._stopped.set)
        self._thread.join(_STOP_WITHIN_S)
        if self._thread.is_alive():
            raise RuntimeError("the fake Telegram did not stop")

    def call(self, function: Callable[[], object]) -> None:
        """Run *function* in the loop, soon; not at all once the server has stopped."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        sockets = bind_sockets(0, "127.0.0.1")
        self.port = sockets[0].getsockname()[1]
        server = HTTPServer(self._accept)
        server.add_sockets(sockets)
        self._ready.set()
        await self._stopped.wait()
        server.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.delivery.close()
        await server.close_all_connections()

    def _accept(self, request: HTTPServerRequest) -> None:
        task = asyncio.create_task(self._answer(request, time.monotonic()))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve_file(self, request: HTTPServerRequest, token: str, path: str) -> None:
        with self._state.changed:
            is_ours = token == self._state.token and not self._state.faults.revoked
            upload = file_at(self._state, path)
        if upload is None or not is_ours:
            await _write_error(request, ApiError("Not Found", code=404))
        else:
            await _write(request, 200, upload.body, "application/octet-stream")

    async def _answer(self, request: HTTPServerRequest, at: float) -> None:
        if (file := _FILE_PATH.fullmatch(unquote(request.path))) is not None:
            await self._serve_file(request, file[1], file[2])
            return
        found = _PATH.fullmatch(request.path)
        if found is None or found[2] not in load_schema().methods:
            with self._state.changed:
                self._state.complaints.append(f"no such method: {request.path.rpartition('/')[2]}")
            await _write_error(request, ApiError("Not Found", code=404))
            return
        if found[1] != self._state.token or self._state.faults.revoked:
            await _write_error(request, ApiError("Unauthorized", code=401))
            return
        call, problems = _read_call(request, found[2], at)
        with self._state.changed:
            self._state.calls.append(call)
            fault = self._state.faults.take(call)
            self._state.changed.notify_all()
        try:
            if problems:
                raise refuse_parameters(problems)
            if fault is not None and not await self._suffer(fault, request, call):
                return
            result = await self._perform(call)
        except ApiError as error:
            self._settle(call, error=error)
            await _write_error(request, error)
            return
        self._settle(call, result=result)
        if fault is not None and fault.kind == "reset after work":
            _reset(request)
            return
        await _write(request, 200, _json({"ok": True, "result": result}))

    async def _perform(self, call: Call) -> Any:
        if call.method == "getUpdates":
            return await self.polling.get_updates(call)
        with self._state.changed:
            result = perform(self._state, call)
        self.polling.wake()  # it may have set a webhook
        self.delivery.start()
        return result

    async def _suffer(self, fault: Fault, request: HTTPServerRequest, call: Call) -> bool:
        """Let *fault* happen; whether the call is to be answered nevertheless."""
        match fault.kind:
            case "refuse":
                assert fault.error is not None
                raise fault.error
            case "bad gateway":
                self._settle(call, error=ApiError("Bad Gateway", code=502))
                await _write(request, 502, _BAD_GATEWAY, "text/html")
                return False
            case "reset":
                self._settle(call, error=ApiError("connection reset"))
                _reset(request)
                return False
            case "black hole":
                self._settle(call, error=ApiError("no answer"))
                await asyncio.sleep(fault.seconds)
                _connection(request).stream.close()
                return False
        return True

    def _settle(self, call: Call, *, result: Any = None, error: ApiError | None = None) -> None:
        with self._state.changed:
            call.done_at = time.monotonic()
            call.ok, call.result = error is None, result
            if error is not None:
                call.error = error.description
                if error.by_fault:
                    self._state.complain(call, error.description)
            self._state.changed.notify_all()


def _read_call(request: HTTPServerRequest, method: str, at: float) -> tuple[Call, list[str]]:
    given: Json = {}
    problems: list[str] = []
    try:
        for name, values in request.arguments.items():
            given[name] = values[-1].decode()
        if request.headers.get("Content-Type", "").startswith("application/json"):
            given |= json.loads(request.body or b"{}")
    except ValueError as error:
        problems.append(f"not readable: {error}")
    files = {
        name: Upload(parts[-1].filename, parts[-1].content_type, parts[-1].body)
        for name, parts in request.files.items()
    }
    params, wrong = load_schema().decode(method, given, files)
    return Call(method, params, at), problems + wrong


async def _write_error(request: HTTPServerRequest, error: ApiError) -> None:
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters is not None:
        body["parameters"] = error.parameters
    await _write(request, error.code, _json(body))


async def _write(
    request: HTTPServerRequest, status: int, body: bytes, kind: str = "application/json"
) -> None:
    headers = HTTPHeaders({"Content-Type": kind, "Content-Length": str(len(body))})
    connection = _connection(request)
    try:
        line = ResponseStartLine("HTTP/1.1", status, _REASONS.get(status, "Error"))
        await connection.write_headers(line, headers, body)
        connection.finish()
    except StreamClosedError:
        return  # who asked is gone, as it happens to Telegram


def _reset(request: HTTPServerRequest) -> None:
    """End the connection with RST, not FIN."""
    stream = _connection(request).stream
    if not stream.closed():
        linger = struct.pack("ii", 1, 0)
        stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        stream.close()


def _connection(request: HTTPServerRequest) -> HTTP1Connection:
    assert isinstance(request.connection, HTTP1Connection)
    return request.connection


def _json(body: Json) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
