"""What a feed's server answers, over real HTTP: whether, where and when it is asked again."""

from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from feed_life import DAY, FOUR, HOUR, START, STORIES, World, feed, item, rss
from web_site import answer


@pytest.mark.parametrize(
    ("header", "asked_with", "version"),
    [
        ("ETag", "If-None-Match", 'W/"v1"'),
        ("Last-Modified", "If-Modified-Since", "Wed, 03 Apr 2024 07:00:00 GMT"),
    ],
)
def test_what_has_not_changed_is_not_read_again(
    w: World, header: str, asked_with: str, version: str
) -> None:
    def conditional(request: BaseHTTPRequestHandler) -> None:
        known = request.headers.get(asked_with) == version
        said = {header: version}
        (answer(status=304, **said) if known else feed(rss(*FOUR), **said))(request)

    w.says("a.example", conditional)
    a = w.add("a.example")

    assert w.counts(a) == (4, 0, 0)
    again = w.poll(a)

    assert again.is_unchanged
    assert w.life.asked[-1][2][asked_with] == version
    assert w.record(a).last_success == w.clock()
    assert w.record(a).last_new == START + HOUR


@pytest.mark.parametrize(("status", "moves"), [(301, True), (308, True), (302, False)])
def test_address_follows_permanent_redirects_only(w: World, status: int, moves: bool) -> None:
    a = w.add("a.example")
    there = w.life.url("b.example")
    w.says("a.example", answer(status=status, location=there))
    w.says("b.example", rss(*FOUR))

    assert w.counts(a) == (4, 0, 0)

    assert w.record(a).url == (there if moves else a.url)
    assert w.record(a).host == ("b.example" if moves else "a.example")
    # Its articles are its own, whatever it is called now
    w.says("b.example", rss(item(0, "Corrected: " + STORIES[0]), *FOUR[1:]))
    assert w.counts(a) == (0, 1, 0)


def test_address_is_updated_when_nothing_else_has_changed(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", feed(rss(*FOUR), ETag='"1"'))
    w.poll(a)
    w.says("a.example", answer(status=301, location=w.life.url("b.example")))
    w.says("b.example", answer(status=304))

    assert w.poll(a).is_unchanged
    assert w.record(a).url == w.life.url("b.example")


def test_move_to_the_address_of_another_feed_is_not_noted(w: World) -> None:
    a, b = w.add("a.example"), w.add("b.example")
    w.says("a.example", answer(status=301, location=b.url))
    w.says("b.example", rss(*FOUR))

    assert w.counts(a) == (4, 0, 0)
    assert w.counts(b) == (0, 0, 0)
    assert w.record(a).url == a.url


def test_gone_feed_is_paused_and_told_once_and_comes_back(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", answer(status=410))

    gone = w.poll(a)

    assert (gone.news, gone.error) == ("gone", "status 410 (gone)")
    assert w.record(a).pause_reason == "gone"
    w.clock.turn(40 * DAY)
    w.poller().drain()
    assert w.life.count("a.example") == 1
    w.says("a.example", rss(*FOUR))
    assert w.poll(a).news == "back"
    assert w.record(a).paused is None


@pytest.mark.parametrize("status", [404, 403, 500])
def test_failing_feed_is_asked_less_and_less(w: World, status: int) -> None:
    a = w.add("a.example")
    w.says("a.example", answer(status=status))
    waits = []

    for _ in range(9):
        w.poll(a)
        waits.append(w.record(a).next_poll - w.clock())

    minutes = [wait / timedelta(minutes=1) for wait in waits]
    assert minutes == [10, 20, 40, 80, 160, 320, 640, 1280, 1440]
    assert w.record(a).failures == 9
    assert w.articles() == []


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_retry_after_is_kept_to_the_second(w: World, status: int, chance: float) -> None:
    a = w.add("a.example")
    w.says("a.example", answer(status=status, retry_after="7200"))
    object.__setattr__(w.tools, "chance", lambda: chance)

    w.poll(a)

    assert w.record(a).next_poll >= w.clock() + 2 * HOUR
    assert "try again in 7200 s" in str(w.record(a).error)


def test_dead_is_told_once_after_three_days_and_back_once(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", rss(*FOUR))
    w.poll(a)
    w.says("a.example", answer(status=500))

    told = [w.poll(a, DAY).news for _ in range(6)]

    assert told == [None, None, None, "dead", None, None]
    w.says("a.example", rss(*FOUR))
    assert [w.poll(a).news for _ in range(3)] == ["back", None, None]
    assert w.record(a).failing_since is None


def test_adaptive_interval_and_jitter(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", rss(*(item(n, date=START - n * HOUR) for n in range(1, 25))))
    object.__setattr__(w.tools, "chance", lambda: 1.0)

    w.poll(a)

    record = w.record(a)  # an entry an hour
    assert timedelta(minutes=14) < record.interval < timedelta(minutes=17)
    assert record.next_poll == w.clock() + 1.1 * timedelta(seconds=937.5)


def test_feed_that_asks_for_rest_has_it(w: World) -> None:
    a = w.add("a.example")
    w.says("a.example", rss(*FOUR, head="<ttl>180</ttl>"))
    w.poll(a)
    assert w.record(a).interval == 3 * HOUR

    w.says("a.example", feed(rss(*FOUR), cache_control="max-age=18000"))
    w.poll(a)
    assert w.record(a).interval == 5 * HOUR


def test_feed_that_breaks_off_is_asked_for_whole_the_next_time(w: World) -> None:
    a = w.add("a.example", withdrawals=True)
    body = rss(*FOUR)
    w.says("a.example", feed(body[: body.rindex(b"<item>") + 20], ETag='"1"'))

    polled = w.poll(a)

    assert (polled.new, polled.error) == (3, None)
    assert w.record(a).validators.etag is None
    w.says("a.example", feed(body, ETag='"1"'))
    assert w.counts(a) == (1, 0, 0)
    assert w.record(a).validators.etag == '"1"'
