"""The one story of a fetched page."""

import pytest

from retrieval.errors import SourceError
from retrieval.sources.story import read_page

URL = "https://post.example/1"
LINES = "".join(f"<p>The bridge {n} reopened on Friday, and 大橋 too.</p>" for n in range(9))
PAGE = f"<html><head><title>Bridge</title></head><body><article>{LINES}</article></body></html>"


@pytest.mark.parametrize("content_type", ["", "text/html", "application/xhtml+xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "big5"])
def test_story(content_type: str, encoding: str) -> None:
    story = read_page(PAGE.encode(encoding), URL, encoding, content_type)

    assert story.text.startswith("The bridge 0 reopened on Friday, and 大橋 too.")
    assert story.id == URL


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        (b"%PDF-1.4", "application/pdf", "is application/pdf, not a page"),
        (b"", "text/html", "is empty"),
        (b"<html></html>", "text/html", "no story was found on the page"),
    ],
)
def test_no_story(body: bytes, content_type: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_page(body, URL, None, content_type)
