"""One address for one article: what is dropped, and what must stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.canonical import clean_url

NEWS = "https://news.example"


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        # The way to the page:
        (f"{NEWS}/a?utm_source=rss&utm_medium=feed&UTM_Campaign=x", f"{NEWS}/a"),
        (f"{NEWS}/a?at_medium=RSS&at_campaign=rss", f"{NEWS}/a"),
        (f"{NEWS}/a?fbclid=1&id=123&gclid=2", f"{NEWS}/a?id=123"),
        (f"{NEWS}/?p=12&ref=home", f"{NEWS}/?p=12"),
        (f"{NEWS}/a?xtor=RSS-1&CMP=share&smid=tw", f"{NEWS}/a"),
        (f"{NEWS}/a?id=1&amp;utm_source=rss", f"{NEWS}/a?id=1"),
        (f"{NEWS}/a?utm%5Fsource=rss&%66bclid=1", f"{NEWS}/a"),
        (f"{NEWS}/a?utm_source", f"{NEWS}/a"),
        (f"{NEWS}/a?&&id=1&", f"{NEWS}/a?id=1"),
        (f"{NEWS}/a#comments", f"{NEWS}/a"),
        (f"{NEWS}/a?#:~:text=bridge", f"{NEWS}/a"),
        # What may name the article:
        (f"{NEWS}/a?b=2&a=1&b=1&c=", f"{NEWS}/a?b=2&a=1&b=1&c="),
        (f"{NEWS}/a?12345", f"{NEWS}/a?12345"),
        (f"{NEWS}/a?gallery=1&cid=2&uid=3&eid=4", f"{NEWS}/a?gallery=1&cid=2&uid=3&eid=4"),
        (f"{NEWS}/a?source=x&session=2&refid=3", f"{NEWS}/a?source=x&session=2&refid=3"),
        (f"{NEWS}/a?q=utm_source&at=1&utm=2", f"{NEWS}/a?q=utm_source&at=1&utm=2"),
        (f"{NEWS}//A/../b;c=1?d=e?f", f"{NEWS}//A/../b;c=1?d=e?f"),
        (f"{NEWS}/a/", f"{NEWS}/a/"),
        (f"{NEWS}/a+b?c+d=e+f", f"{NEWS}/a+b?c+d=e+f"),
        # One spelling:
        (" HTTPS://News.Example:443/a\n", f"{NEWS}/a"),
        ("http://news.example:80", "http://news.example/"),
        ("http://news.example:8080/", "http://news.example:8080/"),
        ("https://news.example:80/", "https://news.example:80/"),
        ("http://Ann:S@News.example/", "http://Ann:S@news.example/"),
        ("http://[2606:4700::1]:80/a", "http://[2606:4700::1]/a"),
        (f"{NEWS}/橋?q=ü", f"{NEWS}/%E6%A9%8B?q=%C3%BC"),
        (f"{NEWS}/%e6%a9%8b", f"{NEWS}/%E6%A9%8B"),
        (f"{NEWS}/خبر-🌉", f"{NEWS}/%D8%AE%D8%A8%D8%B1-%F0%9F%8C%89"),
        (f'{NEWS}/100%/a b"', f"{NEWS}/100%/a%20b%22"),
        ("https://Bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://xn--bcher-kva.example/a", "https://xn--bcher-kva.example/a"),
        # No web address:
        *(
            (url, url.strip())
            for url in (
                *("", "  ", "tag:news.example,2026:1?utm_source=x", "mailto:ann@news.example"),
                *(
                    "/a?utm_source=x",
                    "//news.example/a#b",
                    "http://",
                    "http:///a",
                    "http://[",
                    "橋",
                ),
                *("http://news.example:x/a#b", "http://①_.example/a#b", f"{NEWS}/\ud800#b"),
            )
        ),
    ],
)
def test_clean_url(url: str, clean: str) -> None:
    assert clean_url(url) == clean
    assert clean_url(clean) == clean


@given(
    st.text()
    | st.builds(
        "http{}://{}{}?{}".format, *[st.text(alphabet="ab:/?#[]@&=%;. \t\n橋ü\ud800A1")] * 4
    )
)
def test_cleaning_fails_on_nothing_and_again_changes_nothing(url: str) -> None:
    once = clean_url(url)

    assert clean_url(once) == once
