"""
OPML: lists of feeds, as feed readers exchange them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from retrieval.errors import SourceError
from retrieval.sources.encoding import decode, mended
from retrieval.sources.fields import one_line, web_address

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")


@dataclass(frozen=True, slots=True)
class Listed:
    """
    A feed in a list.

    Attributes:
        url: http or https.
        group: The innermost folder that the list keeps it in.
    """

    url: str
    name: str | None = None
    group: str | None = None


def read_opml(body: bytes, name: str) -> tuple[Listed, ...]:
    """
    The feeds of an OPML file, in order, each once; those that are no web address are left out.

    Args:
        body: The file.
        name: For errors.

    Raises:
        SourceError: If it is no OPML, or lists no feed.
    """
    import listparser  # noqa: PLC0415  # imported on use: rarely needed

    text = decode(mended(body), name).removeprefix("\ufeff")
    # Bytes, because listparser fetches a string that looks like an address; and without the
    # declaration, which is of the bytes before they were decoded.
    content = '<?xml version="1.0" encoding="utf-8"?>' + _DECLARATION.sub("", text, count=1)
    found = listparser.parse(content.encode())
    if not found.version.startswith("opml"):
        raise SourceError(name, "is no OPML; export the list of feeds again")
    listed = tuple(
        Listed(url, one_line(_legal(feed.title)), _group(feed.categories))
        for feed in found.feeds
        if (url := web_address(feed.url)) is not None
    )
    if not listed:
        raise SourceError(name, "is OPML that lists no feed; export the list of feeds again")
    return listed


def _group(categories: list[list[str]]) -> str | None:
    """The innermost title of the first path; outlines without a title count as none."""
    titles = [one_line(_legal(title)) for title in (categories or [[]])[0]]
    return next((title for title in reversed(titles) if title), None)


def write_opml(feeds: Iterable[Listed], title: str) -> str:
    """OPML 2.0 with *feeds*, those of a group together, the groups in order of appearance."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = _legal(title)
    body = ET.SubElement(root, "body")
    groups: dict[str | None, list[Listed]] = defaultdict(list)
    for feed in feeds:
        groups[feed.group].append(feed)
    for group, members in groups.items():
        folder = body if group is None else ET.SubElement(body, "outline", text=_legal(group))
        for feed in members:
            url = _legal(feed.url)
            text = _legal(feed.name or "") or url
            ET.SubElement(folder, "outline", type="rss", text=text, title=text, xmlUrl=url)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _legal(text: str) -> str:
    """*text* without what XML cannot hold."""
    return _ILLEGAL.sub("", text)
