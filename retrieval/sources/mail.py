"""
Mail -> articles: a newsletter, or a mailbox of them, a message each.

Python's ``email`` takes messages apart; which part is the text, and what at its edges
is the sender's machinery, is decided here. Attachments are not looked at. A message
that a message carries (a forwarded newsletter, a digest) is an article of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr
from typing import Any, Final

from retrieval.errors import SourceError
from retrieval.sources.encoding import (
    SAMPLE_BYTES,
    decode,
    detect_encoding,
    recoded,
    replace_surrogates,
)
from retrieval.sources.fields import make_article
from retrieval.sources.files import MAX_DOCUMENT_BYTES, ByteStream
from retrieval.sources.html import html_to_text
from retrieval.sources.lines import split_lines
from retrieval.sources.newsletter import is_stub, joined_lines, without_machinery
from retrieval.sources.plaintext import universal_newlines
from retrieval.types import Article, Location

_ORIGIN: Final = "mail"
_DEEPEST = 20  # of parts in parts; mail has up to 5
_TOO_DEEP = f"mail has parts in parts, more than {_DEEPEST} deep"
_ODD_HEADERS = "mail has headers that cannot be read; save its text as a file"

Found = Iterator[Article | SourceError]

# A line of a mailbox that begins a message: after a blank one, before a header. Some
# programs write no sender and no date.
_FROM = re.compile(
    rb"From (?:.*\d\d:\d\d(?::\d\d)?\b.*\d{4}.*|-? *\r?)", re.DOTALL
)  # the date as of asctime
_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:|>From ")
_QUOTED_FROM = re.compile(rb">+From ")
_LONGEST_FROM = 1000
_LONGEST_HEADER = 10_000

_COMMENT = re.compile(r"\s*\([^()]*\)\s*$")  # Tue, 5 Mar 2024 07:00:00 -0500 (EST)
_LIST_NAME = re.compile(r"(?P<name>.*)<[^<>]*>\s*", re.DOTALL)
_MACHINE_NAME = re.compile(r"\S*[0-9a-f]{12,}.*|[\d\W_]*", re.IGNORECASE)  # Mailchimp's, for one
_IN_BRACKETS = re.compile(r"<([^<>]+)>")


class _Raw(policy.Compat32):
    """Headers as they stand: undecoded bytes are surrogates, and nothing is refused."""

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002  # the policy's interface
        return value


_POLICY = _Raw()


def is_mbox(head: bytes) -> bool:
    """Whether a file that begins with *head* is a mailbox, whatever it is called."""
    first, _, rest = head.lstrip(b"\r\n").partition(b"\n")
    return _is_from(first) and _HEADER.match(rest) is not None


def _is_from(line: bytes) -> bool:
    return len(line) <= _LONGEST_FROM and _FROM.fullmatch(line) is not None


def read_mail(stream: ByteStream) -> Found:
    """
    The articles of one message: its own text and the messages that it carries.

    The title is its subject; the source, the mailing list's name or else the sender's; the
    author, the sender where the message names one; the date, its ``Date``, with
    ``published_origin`` ``mail``; the id, its ``Message-ID``. Where a header is missing, so
    is what it would say.

    Raises:
        SourceError: If it holds no text.
    """
    data = stream.read_all(MAX_DOCUMENT_BYTES)
    yield from _read_message(data, Location(stream.name), stream.name)


def read_mbox(stream: ByteStream) -> Found:
    """
    The messages of a mailbox (mboxo, mboxrd), each as ``read_mail`` has it; memory holds one.

    Raises:
        SourceError: If it does not begin as a mailbox does.
    """
    name = stream.name
    if not is_mbox(stream.head(SAMPLE_BYTES)):
        raise SourceError(name, 'is no mailbox; one begins with a line "From SENDER DATE"')
    for first_line, last_line, data in _messages(split_lines(stream.chunks(), MAX_DOCUMENT_BYTES)):
        place = f"{name}:{first_line}"
        if data is None:
            yield SourceError(place, f"message is larger than {MAX_DOCUMENT_BYTES >> 20} MB")
            continue
        try:
            yield from _read_message(data, Location(name, first_line, last_line), place)
        except SourceError as error:
            yield error


def _messages(lines: Iterator[bytes | None]) -> Iterator[tuple[int, int, bytes | None]]:
    """
    The messages with the numbers of their first and last lines, from 1; None for what is too
    large, whose lines are let go as they come.
    """
    message: list[bytes] = []
    size, first, number = 0, 1, 0
    separator: bytes | None = None  # a line that is one if a header follows
    is_blank = True
    for number, line in enumerate(lines, start=1):
        if separator is not None:
            if line is not None and _HEADER.match(line):
                if first < number - 1:
                    yield first, number - 2, _whole(message, size)
                message, size, first = [], 0, number - 1
            else:
                message.append(separator)
            separator = None
        if line is not None and is_blank and _is_from(line):
            separator = line
        elif line is None:
            size = MAX_DOCUMENT_BYTES + 1
        else:
            size += len(line) + 1
            if size > MAX_DOCUMENT_BYTES:
                message.clear()
            else:
                message.append(line[1:] if _QUOTED_FROM.match(line) else line)
        is_blank = line is not None and not line.strip()
    yield first, number, _whole(message, size)


def _whole(message: list[bytes], size: int) -> bytes | None:
    return None if size > MAX_DOCUMENT_BYTES else b"\n".join(message)


def _read_message(data: bytes, location: Location, place: str) -> Found:
    try:
        message = message_from_bytes(data, policy=_POLICY)
    except RecursionError as error:
        raise SourceError(place, _TOO_DEEP) from error
    carried: list[Message[str, str]] = [message]
    is_empty = True
    while carried:
        message = carried.pop(0)
        try:
            plain, html = _texts(message, place, carried, 0)
            text = _text(plain, html)
            if text and not text.isspace():
                is_empty = False
                yield _article(message, text, location, place)
        except SourceError as error:
            is_empty = False
            yield error
        except (RecursionError, ValueError):  # ((((… as a sender, 9999…9 as a parameter's number
            is_empty = False
            yield SourceError(place, _ODD_HEADERS)
    if is_empty:
        raise SourceError(place, "mail holds no text; save its attachments as files")


def _article(message: Message[str, str], text: str, location: Location, place: str) -> Article:
    sender, address = parseaddr(_header(message, "From") or "")
    sender = sender.strip(" '\"")
    stated = message.get("Date", "")
    archived = _IN_BRACKETS.search(message.get("Archived-At", ""))
    said = {
        "id": _message_id(message),
        "title": _header(message, "Subject"),
        "source": _list_name(message) or sender or address or None,
        "author": sender or None,
        "url": None if archived is None else archived[1].strip(),
        "published": _COMMENT.sub("", " ".join(stated.split())) or None,
    }
    return make_article(said, text, location=location, place=place, published_origin=_ORIGIN)


def _message_id(message: Message[str, str]) -> str | None:
    stated = message.get("Message-ID", "")
    bracketed = _IN_BRACKETS.search(stated)
    return replace_surrogates((bracketed[1] if bracketed else stated).strip()) or None


def _list_name(message: Message[str, str]) -> str | None:
    """What a mailing list calls itself; None where that is a machine's number."""
    found = _LIST_NAME.fullmatch(_header(message, "List-Id") or "")
    name = "" if found is None else found["name"].strip(" \"'")
    return None if _MACHINE_NAME.fullmatch(name) else name


def _header(message: Message[str, str], name: str) -> str | None:
    """A header in one line, its encoded words decoded (RFC 2047); None where there is none."""
    stated = message.get(name)
    if stated is None:
        return None
    line = " ".join(
        _decoded(stated[:_LONGEST_HEADER].encode("utf-8", "surrogateescape"), None).split()
    )
    try:
        parts = decode_header(line)
    except (HeaderParseError, ValueError):  # no base64: better as it stands than not at all
        return line or None
    words = "".join(
        part if isinstance(part, str) else _decoded(part, charset or "latin-1")
        for part, charset in parts
    )
    return " ".join(words.split()) or None


def _decoded(data: bytes, charset: str | None) -> str:
    """*data* in *charset* if it is; whatever it is, some text."""
    try:
        return data.decode(charset or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return data.decode(detect_encoding(data) or "latin-1", "replace")


def _texts(
    part: Message[str, str], place: str, carried: list[Message[str, str]], depth: int
) -> tuple[list[str], list[str]]:
    """The plain texts and the pages of HTML in *part*; messages in it are added to *carried*."""
    if depth > _DEEPEST:
        raise SourceError(place, _TOO_DEEP)
    if depth and part.get_content_type() == "message/rfc822":
        payload: Any = part.get_payload()
        carried.extend(payload if isinstance(payload, list) else ())
        return [], []
    if part.is_multipart():
        plain: list[str] = []
        html: list[str] = []
        inner: Any = part.get_payload()
        for one in inner:
            more_plain, more_html = _texts(one, place, carried, depth + 1)
            plain += more_plain
            html += more_html
        return plain, html
    kind = part.get_content_type()
    if kind not in {"text/plain", "text/html"} or part.get_content_disposition() == "attachment":
        return [], []
    data: Any = part.get_payload(decode=True)
    text = universal_newlines(decode(recoded(data or b"", part.get_content_charset()), place))
    if kind == "text/html":
        return [], [text]
    if part.get_param("format", "") == "flowed":
        text = joined_lines(text, is_spaced=part.get_param("delsp", "") != "yes")
    return [text], []


def _text(plain: list[str], html: list[str]) -> str:
    """The plain text, or that of the HTML where the plain one is missing or a stub."""
    words = without_machinery("\n\n".join(plain))
    if not html:
        return words
    page = without_machinery("\n".join(html_to_text(one) for one in html))
    return page if is_stub(words, page) else words
