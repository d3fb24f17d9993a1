"""`FakeTelegram`: the fake as tests use it. Its parts are in the other modules."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from telegram_api.api import flood
from telegram_api.faults import Fault
from telegram_api.people import People
from telegram_api.polling import TERMINATED
from telegram_api.records import ApiError, Json
from telegram_api.server import Server
from telegram_api.state import TOKEN
from telegram_api.watching import Watching


class FakeTelegram(People, Watching):
    """
    A Bot API server on loopback, with people who talk to the bot. All methods are
    safe to call from any thread.

    ``with FakeTelegram() as fake:`` serves ``fake.base_url`` + ``/bot`` + token + method
    until the block ends. At the end of a test, ``fake.complaints`` should be empty.
    """

    def __init__(self, *, token: str = TOKEN, username: str = "clipdesk_bot") -> None:
        super().__init__(token=token, username=username)
        self._server = Server(self)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.stop()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def proxy(self) -> str | None:
        """Where updates for the webhook's https URL are posted; None: nowhere yet."""
        return self._server.delivery.proxy

    @proxy.setter
    def proxy(self, url: str | None) -> None:
        self._server.delivery.proxy = url
        self._server.call(self._server.delivery.start)

    def updates_changed(self) -> None:
        self._server.call(self._server.polling.wake)
        self._server.call(self._server.delivery.start)

    def fail(
        self,
        method: str | None,
        *,
        code: int,
        description: str,
        chat_id: int | None = None,
        parameters: Json | None = None,
        times: int = 1,
    ) -> None:
        """Refuse calls in those words; *method* None means any."""
        error = ApiError(description, code=code, parameters=parameters)
        self._plan(Fault("refuse", method, chat_id, error=error, times=times))

    def flood(self, chat_id: int, retry_after: int, times: int = 1) -> None:
        """429 for messages to that chat and edits in it."""
        fault = Fault("refuse", None, chat_id, messages_only=True, times=times)
        fault.error = flood(retry_after)
        self._plan(fault)

    def block(
        self, chat_id: int, description: str = "Forbidden: bot was blocked by the user"
    ) -> None:
        """403 for the chat until `unblock`."""
        with self.changed:
            self.rooms[chat_id].refusal = description

    def unblock(self, chat_id: int) -> None:
        with self.changed:
            self.rooms[chat_id].refusal = None

    def close_topic(self, chat_id: int, thread_id: int) -> None:
        """The topic is gone: 400 for messages to it."""
        with self.changed:
            self.rooms[chat_id].lost_topics.add(thread_id)

    def reset(
        self,
        method: str | None,
        times: int = 1,
        *,
        after_work: bool = False,
        chat_id: int | None = None,
    ) -> None:
        """Reset the connection, before the work is done or after it, the outcome untold."""
        self._plan(
            Fault("reset after work" if after_work else "reset", method, chat_id, times=times)
        )

    def bad_gateway(
        self, method: str | None, times: int = 1, *, chat_id: int | None = None
    ) -> None:
        """502 with a page of HTML."""
        self._plan(Fault("bad gateway", method, chat_id, times=times))

    def black_hole(
        self, method: str | None, seconds: float, times: int = 1, *, chat_id: int | None = None
    ) -> None:
        """No answer for so long, then the end of the connection; the work is not done."""
        self._plan(Fault("black hole", method, chat_id, seconds=seconds, times=times))

    def conflict(self, times: int = 1) -> None:
        """409 for polls, as if another instance of the bot polled; a waiting one gets the first."""
        self.fail("getUpdates", code=409, description=TERMINATED, times=times)

    def revoke(self) -> None:
        """401 for every call from now on, as after a new token from BotFather."""
        with self.changed:
            self.faults.revoked = True
        error = ApiError("Unauthorized", code=401)
        self._server.call(lambda: self._server.polling.terminate(error))

    def _plan(self, fault: Fault) -> None:
        with self.changed:
            self.faults.coming.append(fault)
        if fault.method in (None, "getUpdates"):
            self._server.call(self._server.polling.yield_)
