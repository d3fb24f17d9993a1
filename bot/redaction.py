"""
Logging that cannot tell a secret, whatever is logged, at any level.

The libraries below write addresses that hold the bot's token, and so do the texts of
some of their errors. A level or a filter on one logger would miss the others, and
tracebacks; so the finished line is searched, where it is written.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Collection
from types import TracebackType
from urllib.parse import quote as percent_encode

REDACTED = "[secret]"

_ANYBODYS = r"\b[0-9]{6,}(?::|%3[Aa])[A-Za-z0-9_-]{30,}"
"""Any bot's token: one that is pasted into a chat must not be logged either."""

_LEAST_CHARS = 8
"""A shorter half of a token is not looked for by itself: it would be found in every line."""

_OTHERS = {
    "trafilatura": logging.CRITICAL,
    "telegram.request": logging.CRITICAL,
    "telegram": logging.WARNING,
    "tornado.access": logging.WARNING,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "opensearch": logging.ERROR,
}
"""What others log is told in our words: a page without a story by its reader, each failed call
of the Bot API or of a cluster, with its traceback, by bot.telegram or by the engine. At debug level they speak for themselves."""

log = logging.getLogger(__name__)


def start_logging(level: str, secrets: Collection[str] = ()) -> None:
    """Log to standard error, a line an event, with *secrets* left out of every line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting(secrets))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name, least in _OTHERS.items():
        logging.getLogger(name).setLevel(logging.NOTSET if level == "debug" else least)


def log_uncaught() -> None:
    """Let errors that nobody caught go through the log, which leaves secrets out."""

    def tell(
        kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        log.critical("stopped by an unexpected error", exc_info=(kind, error or kind(), trace))

    sys.excepthook = tell
    threading.excepthook = lambda args: tell(args.exc_type, args.exc_value, args.exc_traceback)


class _Redacting(logging.Formatter):
    def __init__(self, secrets: Collection[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        parts = {part for secret in secrets for part in (secret, secret.partition(":")[2])}
        spelled = {
            spelling
            for part in parts
            if part in secrets or len(part) >= _LEAST_CHARS
            for spelling in (part, percent_encode(part, safe=""))
        }
        longest_first = sorted(spelled, key=len, reverse=True)
        self._secret = re.compile("|".join([*map(re.escape, longest_first), _ANYBODYS]))

    def format(self, record: logging.LogRecord) -> str:
        return self._secret.sub(REDACTED, super().format(record))
