"""The log leaves secrets out, in whatever line, spelling and traceback they come."""

import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from telegram_api.state import TOKEN

from bot.redaction import REDACTED, log_uncaught, start_logging

SECRET = "s3cret-of_hook"  # noqa: S105  # opens nothing
HALF = TOKEN.partition(":")[2]


@pytest.fixture(autouse=True)
def _logging_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in (
        "httpx",
        "httpcore",
        "telegram",
        "telegram.request",
        "tornado.access",
        "trafilatura",
    ):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.mark.parametrize(
    "line",
    [
        TOKEN,
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        f"/bot{quote(TOKEN, safe='')}/getMe",
        f"bot{TOKEN.replace(':', '%3a')}/",
        HALF,
        f"燈塔{HALF}مرحبا",
        f"{{'secret_token': '{SECRET}'}}",
        f"{TOKEN}{TOKEN} {SECRET}{HALF}",
        f"{TOKEN}\n{SECRET}",
        "another's: 987654321:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr",
    ],
)
@pytest.mark.parametrize("name", ["httpx", "telegram.Bot", "tornado.application", "root"])
def test_no_line_tells_a_secret(capsys: pytest.CaptureFixture[str], name: str, line: str) -> None:
    start_logging("debug", [TOKEN, SECRET])
    log = logging.getLogger(None if name == "root" else name)

    log.debug(line.replace("%", "%%"))
    log.info("%s %r", line, line)
    error = ValueError(line)
    error.__cause__ = KeyError(line)
    log.error("failed", exc_info=error, stack_info=True)

    said = capsys.readouterr().err
    assert said.count(REDACTED) >= 4
    for secret in (TOKEN, HALF, SECRET, quote(TOKEN, safe=""), "AAbbCCddEE"):
        assert secret not in said


def test_other_words_stay(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("info", [TOKEN, SECRET])

    logging.getLogger("x").info("chat=123456789 12:30 燈塔 https://a.example/%s", "b:c")

    assert capsys.readouterr().err.endswith(
        "INFO x: chat=123456789 12:30 燈塔 https://a.example/b:c\n"
    )


@pytest.mark.parametrize("secrets", [[], ["1:x"], ["a.b*c(d"], ["\\"]])
def test_any_secrets_make_a_log(capsys: pytest.CaptureFixture[str], secrets: list[str]) -> None:
    start_logging("info", secrets)

    logging.getLogger("x").info("ab %s yz", "|".join(secrets))

    said = capsys.readouterr().err
    assert "ab " in said
    assert " yz" in said
    assert not any(secret in said for secret in secrets)


def test_a_short_half_is_not_looked_for(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("info", ["123456:at"])

    logging.getLogger("x").info("at the gate: 123456:at")

    assert capsys.readouterr().err.endswith(f"at the gate: {REDACTED}\n")


def test_a_warning_is_logged_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("info", [TOKEN])

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"careful: {TOKEN}", UserWarning, stacklevel=1)

    said = capsys.readouterr().err
    assert f"careful: {REDACTED}" in said
    assert HALF not in said


@pytest.mark.parametrize("place", ["here", "in a thread"])
def test_an_error_that_nobody_caught_is_logged_without_secrets(place: str) -> None:
    code = f"""
import threading
from bot.redaction import log_uncaught, start_logging
start_logging("error", ["{TOKEN}"])
log_uncaught()
def fail():
    raise RuntimeError("https://x.example/bot{TOKEN}")
"""
    code += (
        "fail()" if place == "here" else "t = threading.Thread(target=fail); t.start(); t.join()"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=20
    )

    assert done.returncode == (1 if place == "here" else 0)
    assert f"RuntimeError: https://x.example/bot{REDACTED}" in done.stderr
    # The line of the program that is shown is its own; what failed says no secret
    assert "CRITICAL bot.redaction" in done.stderr
    assert HALF not in done.stderr


def test_what_libraries_tell_of_each_call_is_for_debugging_only(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for level, lines in (("info", 0), ("debug", 1)):
        for name in ("httpx", "telegram"):
            logging.getLogger(name).setLevel(logging.NOTSET)
        start_logging(level)
        logging.getLogger("httpx").info("HTTP Request: POST …")
        assert capsys.readouterr().err.count("\n") == lines


def test_hooks_are_in_place() -> None:
    log_uncaught()

    assert sys.excepthook is not sys.__excepthook__
    assert threading.excepthook is not threading.__excepthook__
