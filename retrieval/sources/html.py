"""
HTML pages -> one article each, and fragments of HTML -> paragraphs.

trafilatura finds the story on a page and htmldate its date; what the page states
in its own markup (language, canonical address) is read from there.
"""

from __future__ import annotations

import copy
import functools
import itertools
import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from retrieval.errors import SourceError
from retrieval.sources.canonical import clean_url
from retrieval.sources.dates import parse_date
from retrieval.sources.encoding import decode, replace_surrogates
from retrieval.sources.fields import make_article, web_address
from retrieval.sources.files import ByteStream
from retrieval.types import Article, Location

MAX_PAGE_BYTES: Final = 20 << 20
"""trafilatura's own limit (``max_file_size``); a tree takes some ten times as much."""

# Below so many characters trafilatura (its default is 250) takes the whole page
# for the story, in one line with bylines and menus; a short Chinese story has 50.
_SHORTEST_STORY = 40
_RESET_EVERY = 500  # pages: trafilatura's caches hold some MB by then, and a reset takes 50 ms
_FIRST_DAY = "1800-01-01"  # of dates that a page states in its markup: archives go back so far
_pages = itertools.count(1)

# Names of one site for its readers at a desk and on the way.
_SITE_PREFIX = re.compile(r"(?:www|m|mobile|amp)\.(?=.*\.)")

_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
_UNSEEN = frozenset(
    ("head", "iframe", "noscript", "object", "script", "style", "template", "title")
)
# What mail hides: a line for the list of messages, which repeats or fills up.
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|max-height\s*:\s*0(?![.\d])|mso-hide\s*:\s*all",
    re.IGNORECASE,
)


def read_html(stream: ByteStream, *, address: str | None = None) -> Iterator[Article | SourceError]:
    """
    The one article of a page.

    A page that was fetched has its canonical address for its id and link, so that it stays
    one article whatever becomes of its text. ``published_origin`` is ``html:meta``, ``html:jsonld``, ``html:url`` or, for a date that
    is printed on the page or in a ``<time>``, ``html:text``.

    Args:
        stream: The page.
        address: Where it was fetched; None for a file, whose text makes its id.

    Raises:
        SourceError: If no story can be found on the page.
    """
    # imported on use: 0.3 s, which a question must not pay
    from trafilatura.meta import reset_caches  # noqa: PLC0415

    page = decode(stream.read_all(MAX_PAGE_BYTES), stream.name)
    if not page or page.isspace():
        raise SourceError(stream.name, "is empty; save the page again")
    if next(_pages) % _RESET_EVERY == 0:
        reset_caches()
    tree = parse_page(page)
    said, origin = ({}, "") if tree is None else _said_in_markup(tree, address)
    story = None if tree is None else _extract(tree)
    text = "" if story is None else _without_title(story.text or "", story.title)
    if story is None or not text:
        raise SourceError(stream.name, "no story was found on the page; save its text instead")
    # Without a site's name trafilatura gives the host, which the address says already.
    if story.sitename and story.sitename not in (story.url or ""):
        said["source"] = story.sitename
    yield make_article(
        {"title": story.title, "author": story.author, "url": story.url} | said,
        text,
        location=Location(stream.name),
        place=stream.name,
        published_origin=origin,
    )


def parse_page(page: str) -> Any | None:
    """The tree (lxml) of *page*; None where there is nothing that could be one."""
    # imported on use: with trafilatura
    import lxml.etree  # noqa: PLC0415
    import lxml.html  # noqa: PLC0415

    # Bytes, because lxml refuses text that declares an encoding, and a parser that is
    # told, because the declaration is of the bytes before they were decoded.
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return lxml.html.document_fromstring(replace_surrogates(page).encode(), parser=parser)
    except lxml.etree.ParserError:
        return None


def _extract(tree: Any) -> Any | None:
    import trafilatura  # noqa: PLC0415  # imported on use: as above

    # fast: F1 .962 in 18 ms a page; with precision .964 in 40 ms.
    return trafilatura.bare_extraction(
        tree,
        fast=True,
        include_comments=False,
        include_tables=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
        config=_config(),
    )


@functools.cache
def _config() -> Any:
    from trafilatura.settings import DEFAULT_CONFIG  # noqa: PLC0415  # imported on use: as above

    config = copy.deepcopy(DEFAULT_CONFIG)
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = str(_SHORTEST_STORY)
    return config


def _without_title(text: str, title: str | None) -> str:
    """*text* without a first line that repeats the title."""
    first, _, rest = text.strip().partition("\n")
    return rest.strip() if title is not None and first.strip() == title else text.strip()


def _said_in_markup(tree: Any, address: str | None) -> tuple[dict[str, Any], str]:
    """Language, date and, if it was fetched, address of the page, and where the date was found."""
    said = {"lang": tree.get("lang") or tree.get("xml:lang")}
    if address is not None:
        said["url"] = said["id"] = _canonical(tree, address)
    for origin, day, stated in _iter_dates(tree, said.get("url")):
        if day is None:
            continue
        # htmldate chooses the day; the hour is in the string that it chose.
        exact = (value for value in stated if value.startswith(day) and parse_date(value))
        return said | {"published": next(exact, day)}, f"html:{origin}"
    return said, ""


def _canonical(tree: Any, address: str) -> str:
    """
    The address that the page gives as its own; *address* where it gives none that it may.
    Both without tracking parameters.

    A page speaks for its own site only, or it could take the place of another's article;
    and not with the address of the whole site, which careless pages all give.
    """
    address = clean_url(address)
    site = _site(address)
    for href in tree.xpath("//link[@rel='canonical']/@href"):
        try:
            stated: str = clean_url(urljoin(address, href.strip()))
            is_own = _site(stated) == site and (_is_root(address) or not _is_root(stated))
        except ValueError:  # an unbalanced "[", a port that is no number
            continue
        if is_own and web_address(stated) is not None:
            return stated
    return address


def _site(address: str) -> tuple[str, int | None]:
    parts = urlsplit(address)
    host = parts.hostname or ""
    prefix = _SITE_PREFIX.match(host)
    return host[prefix.end() if prefix else 0 :], parts.port


def _is_root(address: str) -> bool:
    parts = urlsplit(address)
    return parts.path in {"", "/"} and not parts.query


def _iter_dates(tree: Any, address: str | None) -> Iterator[tuple[str, str | None, list[str]]]:
    """Per place, the surest first: its name, the day that htmldate finds there, and its dates as stated."""
    import lxml.html  # noqa: PLC0415  # imported on use: as above
    from htmldate import find_date  # noqa: PLC0415

    def page_of(elements: list[Any]) -> Any:
        page = lxml.html.document_fromstring("<html><head></head><body></body></html>")
        page.head.extend(copy.deepcopy(elements))
        return page

    # Not extensive: that takes "Copyright 2019" for the first of January.
    find = functools.partial(find_date, original_date=True, extensive_search=False)
    find_old = functools.partial(find, min_date=_FIRST_DAY)
    metas = tree.xpath("//meta[@content]")
    yield "meta", find_old(page_of(metas)), [meta.get("content") for meta in metas]
    scripts = tree.xpath("//script[@type='application/ld+json']")
    yield "jsonld", find_old(page_of(scripts)), list(_json_strings(scripts))
    addresses = tree.xpath("//link[@rel='canonical']/@href|//meta[@property='og:url']/@content")
    if addresses or address is not None:
        yield "url", find_old(page_of([]), url=next(iter(addresses), address)), []
    # htmldate's own first day, 1995: older ones that a page prints are what it tells of.
    yield "text", find(tree), tree.xpath("//time/@datetime")


def _json_strings(scripts: list[Any]) -> Iterator[str]:
    """Each string in JSON-LD, those under ``datePublished`` first."""
    later: list[str] = []
    for script in scripts:
        try:
            pending = [("", json.loads(script.text or ""))]
        except (ValueError, RecursionError):
            continue
        while pending:
            key, value = pending.pop(0)
            if isinstance(value, dict):
                pending.extend(value.items())
            elif isinstance(value, list):
                pending.extend((key, one) for one in value)
            elif isinstance(value, str) and key == "datePublished":
                yield value
            elif isinstance(value, str):
                later.append(value)
    yield from later


def html_to_text(fragment: str) -> str:
    """The words of a piece of HTML, a paragraph a line, white space folded."""
    import lxml.etree  # noqa: PLC0415  # imported on use: as above

    tree = parse_page(f"<div>{fragment}</div>")
    lines: list[str] = []
    parts: list[str] = []

    def end_line() -> None:
        line = " ".join("".join(parts).split())
        parts.clear()
        if line:
            lines.append(line)

    walk = lxml.etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        if element.tag in _BLOCKS:
            end_line()
        if event == "end":
            parts.append(element.tail or "")
        elif element.tag in _UNSEEN or _HIDDEN.search(element.get("style", "")):
            walk.skip_subtree()
        else:
            parts.append(element.text or "")
    end_line()
    return "\n".join(lines)
