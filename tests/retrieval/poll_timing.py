"""Feeds that take their time, for tests of polls that are under way."""

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

from feed_life import feed, item, rss
from web_site import Answer


def eventually(is_so: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.01)
    return is_so()


def waits_for(event: threading.Event) -> Callable[[BaseHTTPRequestHandler], None]:
    def wait(request: BaseHTTPRequestHandler) -> None:
        event.wait(20)
        feed(rss(item(1)))(request)

    return wait


def counted(seconds: float) -> tuple[Answer, list[int]]:
    """An empty feed that takes so long; and how many asked at once, noted at each request."""
    at_once, most = set(), []

    def said(request: BaseHTTPRequestHandler) -> None:
        at_once.add(request)
        most.append(len(at_once))
        time.sleep(seconds)
        at_once.discard(request)
        feed(rss())(request)

    return said, most
