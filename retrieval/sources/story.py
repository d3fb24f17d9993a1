"""The one story of a page that was fetched; in a module that a worker process loads fast."""

from __future__ import annotations

from typing import cast

from retrieval.errors import SourceError
from retrieval.sources.encoding import recoded
from retrieval.sources.files import ByteStream
from retrieval.sources.html import read_html
from retrieval.types import Article


def read_page(body: bytes, url: str, encoding: str | None, content_type: str) -> Article:
    """
    The one story of a fetched page; for a worker process.

    Raises:
        SourceError: If there is none.
    """
    if content_type not in {"", "text/html", "application/xhtml+xml"}:
        raise SourceError(url, f"is {content_type}, not a page")
    [found] = read_html(ByteStream(url, iter((recoded(body, encoding),))), address=url)
    return cast("Article", found)  # what is wrong with the one story of a page is raised
