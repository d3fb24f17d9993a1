"""What a server's headers say of waiting, freshness and charset."""

from datetime import UTC, datetime, timedelta

import pytest

from retrieval.sources.headers import charset, content_type, fresh_for, retry_after, validator

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
IN_AN_HOUR = "Tue, 03 Mar 2026 11:00:00 GMT"


@pytest.mark.parametrize(
    ("status", "said", "wait_s"),
    [
        (429, "0", 0),
        (429, " 120 ", 120),
        (503, IN_AN_HOUR, 3600),
        (503, "Tue, 03 Mar 2026 09:00:00 GMT", 0),
        (503, "Tue, 03 Mar 2037 09:00:00 GMT", 86400),
        (429, "99999999", 86400),
        (429, "9" * 9999, 86400),
        (429, "-5", None),
        (429, "1.5", None),
        (429, "soon", None),
        (429, "٣", None),
        (429, "", None),
        (200, "120", None),
        (404, "120", None),
    ],
)
def test_retry_after(status: int, said: str, wait_s: int | None) -> None:
    expected = None if wait_s is None else timedelta(seconds=wait_s)

    assert retry_after(status, {"retry-after": said}, NOW) == expected
    assert retry_after(status, {}, NOW) is None


@pytest.mark.parametrize(
    ("headers", "fresh_s"),
    [
        ({}, None),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": 'public, s-maxage=9, Max-Age = "600"'}, 600),
        ({"cache-control": "s-maxage=600"}, None),
        ({"cache-control": "max-age=0, must-revalidate"}, 0),
        ({"cache-control": "max-age=600", "age": "200"}, 400),
        ({"cache-control": "max-age=600", "age": "700"}, 0),
        ({"cache-control": "max-age=600", "age": "old"}, 600),
        ({"cache-control": "max-age=" + "9" * 5000}, 365 * 86400),
        ({"cache-control": "max-age=ten"}, None),
        ({"cache-control": "no-store, max-age=600"}, None),
        ({"cache-control": "max-age=600,no-cache"}, None),
        ({"cache-control": "x-no-store-x, max-age=600"}, 600),
        ({"expires": IN_AN_HOUR}, 3600),
        ({"expires": IN_AN_HOUR, "date": "Tue, 03 Mar 2026 10:30:00 GMT"}, 1800),
        ({"expires": IN_AN_HOUR, "date": "noon"}, 3600),
        ({"expires": IN_AN_HOUR, "cache-control": "max-age=600"}, 600),
        ({"expires": "Tue, 03 Mar 2026 09:00:00 GMT"}, 0),
        ({"expires": "Tue, 03 Mar 2099 09:00:00 GMT"}, 365 * 86400),
        ({"expires": "0"}, None),
        ({"expires": "-1"}, None),
    ],
)
def test_fresh_for(headers: dict[str, str], fresh_s: int | None) -> None:
    expected = None if fresh_s is None else timedelta(seconds=fresh_s)

    assert fresh_for(headers, NOW) == expected


@pytest.mark.parametrize(
    ("said", "type_", "charset_"),
    [
        ("", "", None),
        ("Text/HTML", "text/html", None),
        ('text/html; a=b; Charset="Big5"', "text/html", "Big5"),
        ("text/html;charset=", "text/html", None),
        ("; charset=utf-8", "", "utf-8"),
        ("text/html; charset=橋", "text/html", None),
    ],
)
def test_content_type(said: str, type_: str, charset_: str | None) -> None:
    headers = {"content-type": said}

    assert (content_type(headers), charset(headers)) == (type_, charset_)


@pytest.mark.parametrize(
    ("said", "kept"), [('"v1"', '"v1"'), ("", None), ("a" * 1000, "a" * 1000), ("a" * 1001, None)]
)
def test_a_validator_is_kept_if_it_can_be_sent_back(said: str, kept: str | None) -> None:
    assert validator({"etag": said}, "etag") == kept
    assert validator({}, "etag") is None
