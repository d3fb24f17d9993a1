"""
How a quote names its article, for every platform: the parts of a citation line
and the link that makes a browser jump to the quoted words.

Nothing here escapes or colours; that is the platform's renderer's work.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote as percent_encode
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from datetime import datetime

    from bot.messages import Messages
    from retrieval.types import Article, Quote

SEPARATOR = " · "

WHOLE_QUOTE_MAX_CHARS = 120
"""A longer quote is linked by its first and last words: browsers match whole text only
within one block, and links past some 2,000 bytes get cut by mail and chat programs."""

FRAGMENT_EDGE_CHARS = 40
"""How much of each end of a long quote a link names: six or seven words are unique in a page."""

PartKind = Literal["source", "date", "title", "place", "paragraph", "note"]


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a citation line, with what it is, for a renderer's styles."""

    kind: PartKind
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """
    What is known about where a quote stands; what is unknown is left out.

    Attributes:
        link: To the quote in its page, where the article has a web address.
    """

    parts: tuple[Part, ...]
    link: str | None

    def __str__(self) -> str:
        return SEPARATOR.join(part.text for part in self.parts)

    def numbered(self, number: int) -> str:
        """``[1] Taipei Times · 4 Apr 2004 · "Title" · ¶3``."""
        return f"[{number}] {self}"


def cite(quote: Quote, messages: Messages) -> Citation:
    """The citation of *quote*: source, date, title or place, paragraph."""
    article = quote.article
    parts = _origin(article, messages)
    parts.append(_name(article, messages))
    parts.append(
        Part("paragraph", messages.text("citation.paragraph", number=str(quote.paragraph)))
    )
    if article.is_suspect:
        parts.append(Part("note", messages.text("citation.suspect")))
    link = None if article.url is None else link_with_fragment(article.url, quote.text)
    return Citation(tuple(parts), link)


def cite_briefly(quote: Quote, messages: Messages) -> Citation:
    """Source and date alone where the source is known: for "also in …"."""
    full = cite(quote, messages)
    if quote.article.source is None:
        return full
    return Citation(
        tuple(part for part in full.parts if part.kind in {"source", "date"}), full.link
    )


def day(instant: datetime, messages: Messages) -> str:
    """
    The day of *instant*: ``4 Apr 2004``.

    Always UTC's day: a date without a time is stored as midnight UTC, and any zone
    to the west would move it to the day before.
    """
    return messages.text(
        "date.day", day=instant.day, month=messages.month(instant.month), year=instant.year
    )


def _origin(article: Article, messages: Messages) -> list[Part]:
    parts = []
    if article.source is not None:
        parts.append(Part("source", article.source))
    if article.published is not None:
        parts.append(Part("date", day(article.published, messages)))
    return parts


def _name(article: Article, messages: Messages) -> Part:
    """The title; else that there is none, and where the text was read."""
    if article.title is not None:
        return Part("title", messages.text("citation.title", title=article.title))
    location = article.location
    if location is None:
        return Part("place", messages.text("citation.untitled_id", id=article.id))
    file = _file_name(location.path, messages)
    first, last = location.first_line, location.last_line
    if first is None:
        return Part("place", messages.text("citation.untitled_file", file=file))
    if last is None or last == first:
        return Part("place", messages.text("citation.untitled_line", line=first, file=file))
    return Part(
        "place", messages.text("citation.untitled_lines", first=first, last=last, file=file)
    )


def _file_name(path: str, messages: Messages) -> str:
    if path == "-":
        return messages.text("citation.standard_input")
    return path if "://" in path else PurePath(path).name or path


def web_address(url: str) -> str | None:
    """
    *url* in printable ASCII when it is one that a browser may be sent to, else None.

    Only http and https with a host, and no user before it: a link comes from an article, and
    an article must not be able to open a file, run a script or pass for another's page. A
    host in other letters is given in its ASCII form (``xn--…``), which is the one that every
    chat and terminal opens.
    """
    try:
        split = urlsplit(url.strip())
        if split.scheme not in {"http", "https"} or "@" in split.netloc:
            return None
        host = _host(split.hostname or "")
        port = "" if split.port is None else f":{split.port}"
    except ValueError:  # an unbalanced "[", a port or a name that cannot be
        return None
    if host is None:
        return None
    address = split._replace(netloc=host + port).geturl()
    # "%" is safe so that what is encoded already is not encoded twice
    return percent_encode(address, safe="%:/?#[]@!$&'()*+,;=~-._", errors="replace")


def _host(name: str) -> str | None:
    """*name* in ASCII; None for none. A UnicodeError, which is a ValueError, if it is no name."""
    if ":" in name:  # IPv6
        return f"[{name}]"
    host = name[: HOST_MAX + 1].encode("idna").decode()
    return host if len(host) <= HOST_MAX and _HOST_NAME.fullmatch(host) else None


HOST_MAX = 253
"""Characters of a host's name in the domain name system."""

_HOST_NAME = re.compile(r"[\w.-]+", re.ASCII)


def link_with_fragment(url: str, quoted: str) -> str | None:
    """
    *url* with a text fragment that makes a browser scroll to *quoted*.

    After the URL Fragment Text Directives draft (WICG): ``#:~:text=whole`` or
    ``#:~:text=start,end``. A fragment that the address has is kept, a text directive
    that it has is replaced. None where *url* is not a web address.
    """
    address = web_address(url)
    if address is None:
        return None
    base, _, fragment = address.partition("#")
    kept, _, _ = fragment.partition(":~:")
    directive = ",".join(_directive_text(piece) for piece in _ends(quoted))
    if not directive:
        return f"{base}#{kept}" if kept else base
    return f"{base}#{kept}:~:text={directive}"


def _directive_text(text: str) -> str:
    """Percent-encoded; "-" as well: beside a comma it would mark a prefix or suffix."""
    return percent_encode(text, safe="", errors="replace").replace("-", "%2D")


def _ends(quoted: str) -> list[str]:
    """The whole quote if it is short and on one line, else its first and its last words."""
    lines = [" ".join(line.split()) for line in quoted.splitlines()]
    lines = [line for line in lines if line]
    if not lines:
        return []
    if len(lines) == 1 and len(lines[0]) <= WHOLE_QUOTE_MAX_CHARS:
        return lines
    head = _head(_clauses(lines[0]))
    tail = _tail(_clauses(lines[-1]))
    if len(lines) == 1 and len(head) + len(tail) >= len(lines[0]):
        return lines  # too few places to cut: one long word, or unspaced text without punctuation
    return [head, tail]


_CLAUSE = re.compile(r"[^\s、。，！？；：]*(?:[、。，！？；：]+|\s+|$)")
"""Words, and in unspaced scripts the stretches between punctuation: a browser matches an end
of a range only at a word boundary, and inside a Chinese clause we do not know one."""


def _clauses(line: str) -> list[str]:
    return [found for found in _CLAUSE.findall(line) if found]


def _head(clauses: list[str]) -> str:
    taken = ""
    for clause in clauses:
        if taken and len(taken) >= FRAGMENT_EDGE_CHARS:
            break
        taken += clause
    return taken.strip()


def _tail(clauses: list[str]) -> str:
    taken = ""
    for clause in reversed(clauses):
        if taken and len(taken) >= FRAGMENT_EDGE_CHARS:
            break
        taken = clause + taken
    return taken.strip()
