"""robots.txt over real HTTP: whose rules, for how long, and what holds without them."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from web_site import HOST, Site, answer, serving

from retrieval.errors import FetchError, SourceError
from retrieval.sources import robots as module
from retrieval.sources.fetch import FetchPolicy
from retrieval.sources.robots import MAX_BYTES, Robots

FORBIDDEN = "may not be read by programs, says the site's robots.txt"


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def robots(site: Site, clock: Clock) -> Robots:
    return Robots(FetchPolicy(allow_hosts=frozenset((HOST,)), contact="a@b.example"), clock=clock)


def says(site: Site, text: str, **headers: str) -> None:
    site.answers["/robots.txt"] = answer(text.encode(), **headers)


def is_allowed(robots: Robots, url: str) -> bool:
    try:
        robots.check(url)
    except SourceError as error:
        if error.message == FORBIDDEN and error.location == url:
            return False
        raise
    return True


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /", "/", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b?c", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
        ("User-agent: *\nDisallow: /*?print=", "/a?print=1", False),
        ("User-agent: *\nDisallow: /*?print=", "/a#?print=1", True),
        ("User-agent: *\nDisallow: /橋", "/%e6%a9%8b/1", False),
        ("User-agent: *\nDisallow: /%E6%A9%8B", "/橋/1", False),
        ("\ufeffUser-agent: *\nDisallow: /خبر", "/خبر", False),
        # Whose rules:
        ("User-agent: *\nDisallow: /\n\nuser-agent: CLIPDESK # us\nDisallow: /b", "/a", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Clipdesk/0.1\nDisallow: /b", "/a", True),
        ("User-agent: a\nUser-agent: Clipdesk\nUser-agent: b\nDisallow: /", "/a", False),
        ("User-agent: Clip\nDisallow: /", "/a", True),
        ("User-agent: clipdesk-news\nDisallow: /", "/a", True),
        ("User-agent: GPTBot\nUser-agent: Other*\nDisallow: /", "/a", True),
        ("User-agent:\nDisallow: /", "/a", True),
        # What is no robots.txt:
        ("<!DOCTYPE html><title>Not found</title>", "/a", True),
        ("Disallow: /", "/a", True),
        ("\x00\ud800".encode("utf-8", "replace").decode(), "/a", True),
    ],
)
def test_the_rules_are_read(
    site: Site, robots: Robots, text: str, path: str, expected: bool
) -> None:
    says(site, text)

    assert is_allowed(robots, site.url(path)) is expected
    assert site.paths() == ["/robots.txt"]
    assert site.asked[0][1]["User-Agent"].endswith("(+a@b.example)")


def test_each_origin_is_asked_once_a_day(site: Site, robots: Robots, clock: Clock) -> None:
    says(site, "User-agent: *\nDisallow: /a")
    with serving() as other:
        for _ in range(2):
            assert not is_allowed(robots, site.url("/a"))
            assert is_allowed(robots, other.url("/a"))
            says(site, "")
        assert (site.paths(), other.paths()) == (["/robots.txt"], ["/robots.txt"])

    clock.now_s = 24 * 3600 - 1
    assert not is_allowed(robots, site.url("/a"))
    clock.now_s = 24 * 3600
    assert is_allowed(robots, site.url("/a"))
    assert site.paths() == ["/robots.txt"] * 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_without_robots_txt_all_is_allowed(
    site: Site, robots: Robots, clock: Clock, status: int
) -> None:
    site.answers["/robots.txt"] = answer(status=status)

    assert is_allowed(robots, site.url("/a"))
    clock.now_s = 24 * 3600 - 1
    assert is_allowed(robots, site.url("/a"))
    assert site.paths() == ["/robots.txt"]


@pytest.mark.parametrize(
    ("headers", "reason", "wait_s"),
    [
        ({"status": 500}, "status 500 (internal server error)", 300),
        ({"status": 503, "retry_after": "9"}, "status 503 (service unavailable); try again", 300),
        ({"status": 429, "retry_after": "900"}, "status 429 (too many requests); try again", 900),
        ({"content_length": "9"}, "answer broke off", 300),
    ],
)
def test_where_it_cannot_be_had_nothing_is_allowed_for_some_minutes(
    site: Site, robots: Robots, clock: Clock, headers: dict[str, Any], reason: str, wait_s: int
) -> None:
    site.answers["/robots.txt"] = answer(b"x", **headers)

    for _ in range(2):
        with pytest.raises(FetchError) as caught:
            robots.check(site.url("/a"))
        assert caught.value.location == site.url("/a")
        assert caught.value.message.startswith("is not read for now, for its site's robots.txt")
        assert reason in caught.value.message
        assert (caught.value.status, caught.value.retry_after) == (None, timedelta(seconds=wait_s))
        assert robots.delay_s(site.url("/a")) is None
    assert len(site.asked) == 1

    says(site, "")
    clock.now_s = wait_s
    assert is_allowed(robots, site.url("/a"))


def test_where_it_cannot_be_had_any_more_the_old_rules_hold(
    site: Site, robots: Robots, clock: Clock
) -> None:
    says(site, "User-agent: *\nDisallow: /a")
    assert not is_allowed(robots, site.url("/a"))
    site.answers["/robots.txt"] = answer(status=500)

    clock.now_s = 24 * 3600
    assert not is_allowed(robots, site.url("/a"))
    assert is_allowed(robots, site.url("/b"))
    assert len(site.asked) == 2
    clock.now_s += 300
    assert is_allowed(robots, site.url("/b"))
    assert len(site.asked) == 3


def test_it_may_be_elsewhere_but_not_everywhere(site: Site, robots: Robots, clock: Clock) -> None:
    site.answers["/robots.txt"] = answer(status=301, location="/b")
    site.answers["/b"] = answer(b"User-agent: *\nDisallow: /a")

    assert not is_allowed(robots, site.url("/a"))

    site.answers["/b"] = answer(status=302, location="/b")
    clock.now_s = 24 * 3600
    assert is_allowed(robots, site.url("/a"))

    site.answers["/b"] = answer(status=302, location="http://10.0.0.1/robots.txt")
    clock.now_s = 48 * 3600
    for ask in (robots.check, robots.delay_s):
        with pytest.raises(SourceError, match=r"host 10\.0\.0\.1 is not public") as caught:
            ask(site.url("/a"))
        assert caught.value.location == site.url("/a")


def test_a_long_one_is_read_as_far_as_512_kb(site: Site, robots: Robots) -> None:
    line = "Disallow: /a\n"
    start = "User-agent: *\n"
    filler = "#" * (MAX_BYTES - len(start) - len(line) - len("Disallow: /") - 1) + "\n"
    says(site, f"{start}{line}{filler}Disallow: /private\nDisallow: /b\n")

    assert not is_allowed(robots, site.url("/a"))
    assert is_allowed(robots, site.url("/c"))  # the last line is cut off behind its "/"
    assert is_allowed(robots, site.url("/b"))


def test_many_agents_times_many_rules_cost_little(site: Site, robots: Robots) -> None:
    """As they stand they are 300 million rules."""
    agents = "".join(f"User-agent: a{number}\n" for number in range(15_000))
    says(site, agents + "".join(f"Disallow: /{number}\n" for number in range(18_000)))
    start = time.process_time()

    assert is_allowed(robots, site.url("/1"))
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("said", "delay_s"),
    [
        ("", None),
        ("5", 5.0),
        ("0.5", 0.5),
        ("1e9", 300.0),
        ("-1", None),
        ("nan", None),
        ("x", None),
    ],
)
def test_the_delay_between_requests(
    site: Site, robots: Robots, said: str, delay_s: float | None
) -> None:
    says(site, f"User-agent: *\nCrawl-delay: {said}")

    assert robots.delay_s(site.url("/a")) == delay_s


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("file:///etc/passwd", "is neither http nor https"),
        ("http://[", "is not a web address"),
        ("http://10.0.0.1/a", "host 10.0.0.1 is not public"),
        ("http://ann:secret@news.example/", "holds a user name or password"),
    ],
)
def test_what_cannot_be_fetched_is_not_asked_for(robots: Robots, url: str, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        robots.check(url)

    assert not isinstance(caught.value, FetchError)
    assert "secret" not in str(caught.value)


def test_hosts_are_looked_up_as_for_a_page(site: Site) -> None:
    says(site, "User-agent: *\nDisallow: /")
    policy = FetchPolicy(allow_hosts=frozenset(("news.example",)))
    robots = Robots(policy, resolve=lambda *_: (HOST,))

    assert not is_allowed(robots, f"http://news.example:{site.port}/")


def test_the_least_used_are_forgotten(
    site: Site, robots: Robots, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MAX_ORIGINS", 2)
    with serving() as second, serving() as third:
        for one in (site, second, site, third, site, second):
            assert is_allowed(robots, one.url("/a"))
        assert [len(one.asked) for one in (site, second, third)] == [1, 2, 1]


def test_those_that_are_kept_have_a_size(
    site: Site, robots: Robots, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MAX_KEPT_BYTES", 30)
    says(site, "#" * 20)
    with serving() as second:
        says(second, "#" * 20)
        for one in (site, second, site):
            assert is_allowed(robots, one.url("/a"))
        assert [len(one.asked) for one in (site, second)] == [2, 1]


def test_many_threads_may_ask(site: Site, robots: Robots) -> None:
    says(site, "User-agent: *\nDisallow: /0")
    start = threading.Barrier(8)

    def ask(number: int) -> bool:
        start.wait(10)
        return is_allowed(robots, site.url(f"/{number}"))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [False] + [True] * 7
