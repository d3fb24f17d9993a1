import httpx
import pytest
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError, TimedOut

from bot.telegram.failures import Failure, failure_of


@pytest.mark.parametrize(
    ("cause", "failure"),
    [
        (httpx.ConnectError(""), Failure.NOT_SENT),
        (httpx.ConnectTimeout(""), Failure.NOT_SENT),
        (httpx.PoolTimeout(""), Failure.NOT_SENT),
        (httpx.ProxyError(""), Failure.NOT_SENT),
        (httpx.ReadTimeout(""), Failure.UNKNOWN),
        (httpx.WriteTimeout(""), Failure.UNKNOWN),
        (httpx.ReadError(""), Failure.UNKNOWN),
        (httpx.RemoteProtocolError(""), Failure.UNKNOWN),
        (TelegramError("Invalid server response"), Failure.SERVER),
        (None, Failure.SERVER),
        (RuntimeError("closed"), None),
    ],
)
def test_what_is_known_of_a_failure(cause: Exception | None, failure: Failure | None) -> None:
    error = NetworkError("failed")
    error.__cause__ = cause

    assert failure_of(error) is failure


def test_what_is_known_of_other_errors() -> None:
    assert failure_of(TimedOut()) is Failure.UNKNOWN
    assert failure_of(BadRequest("Chat not found")) is None
    assert not isinstance(Forbidden("no"), NetworkError)
