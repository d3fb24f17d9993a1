"""
What a feed says, in whatever format -> entries that a caller can rely on.

The formats are taken apart in ``xmlfeed`` and ``jsonfeed``; here markup comes off, links
become absolute, dates are judged and copies of one entry are told apart.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from retrieval.sources.dates import parse_date
from retrieval.sources.encoding import replace_surrogates
from retrieval.sources.fields import absolute_address, lang_tag, names, one_line, storable
from retrieval.sources.html import html_to_text

MAX_AHEAD: Final = timedelta(hours=24)
"""A date further in the future is a mistake; nearer, it may be a wrong time zone."""
SHORTEST_TTL: Final = timedelta(minutes=5)
LONGEST_TTL: Final = timedelta(days=1)

# A guid that so many different stories share is a mistake of the feed's program.
_SHARED_BY = 3

_NEVER = datetime.min.replace(tzinfo=UTC)

# What must not be in text: C0 but tab and line feed, DEL, and C1, which is Windows-1252
# under wrong numbers (&#146;), as browsers read it (WHATWG HTML, numeric references).
_CONTROLS: Final = {
    **dict.fromkeys((*range(9), *range(0x0B, 0x20), 0x7F, 0xFFFE, 0xFFFF)),
    **{byte: bytes((byte,)).decode("cp1252", "ignore") or None for byte in range(0x80, 0xA0)},
}

# Left where markup was taken off, they were escaped twice. A tag alone may be meant as
# written ("the <b> tag"); one that is closed is not.
_TITLE_ESCAPED_TWICE = re.compile(
    r"</(?:a|abbr|b|big|cite|code|em|font|h\d|i|p|q|s|small|span|strike|strong|sub|sup|u)>|<(?:br|img)\b[^<>]*>"
    r"|&(?:#\d+|#x[0-9a-f]+|amp|quot|apos|lt|gt|nbsp|[lr][ds]quo|[mn]dash|hellip|laquo|raquo|[aeiou]acute);",
    re.IGNORECASE,
)
_TEXT_ESCAPED_TWICE = re.compile(r"</(?:p|div)>|<br ?/?>", re.IGNORECASE)

# The last words of a text that goes on elsewhere.
_TEASER = re.compile(
    r"(?:\[(?:…|\.\.\.)\]|\((?:…|\.\.\.)\)|…|\.\.\.)$"
    r"|(?:continue reading|read (?:more|on|the (?:full|whole|rest)|full)|keep reading|full story"
    r"|weiterlesen|mehr lesen|lire la suite|en savoir plus|(?:seguir|sigue) leyendo|leer más"
    r"|leia mais|continua a leggere|leggi tutto|lees (?:meer|verder)"
    r"|читать (?:далее|дальше|полностью)|подробнее|читати далі|devamını oku"
    r"|繼續閱讀|继续阅读|閱讀更多|阅读更多|閱讀全文|阅读全文|查看全文|続きを読む|더 보기|اقرأ المزيد|קרא עוד)"
    # Behind them the title may stand ("Continue reading Ferry runs again"), and an arrow.
    r"[^.!?。！？]{0,120}$",
    re.IGNORECASE,
)
_TEASER_WITHIN = 160  # characters from the end


class Markup(NamedTuple):
    """Words as a feed has them."""

    words: str
    is_html: bool


@dataclass(frozen=True, slots=True)
class SaidEntry:
    """An entry as its format has it; nothing is checked yet."""

    guid: Any = None
    link: str | None = None
    title: Markup | None = None
    contents: Sequence[Markup] = ()
    summary: Markup | None = None
    published: Any = None
    updated: Any = None
    author: Any = None
    source: Markup | None = None
    lang: Any = None


@dataclass(frozen=True, slots=True)
class SaidFeed:
    """A feed as its format has it."""

    title: Markup | None = None
    link: str | None = None
    lang: Any = None
    ttl: timedelta | None = None
    entries: Sequence[SaidEntry] = ()
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One entry of a feed. No string holds control characters or lone surrogates.

    Attributes:
        guid: As the feed has it; None where it has none, or the same for different stories.
        url: Absolute, http or https; a relative one is resolved against ``xml:base``, the
            feed's link or its address.
        title: One line, without markup.
        text: The content, else the summary; a paragraph a line, without markup; ``""`` where there is none.
        is_summary: The text is the summary only, or ends like a teaser; False without a text.
        published: In UTC; the date of the update where no other is given, and None where it
            cannot be read for sure or is more than ``MAX_AHEAD`` in the future.
        published_origin: ``feed`` or ``feed:updated``; where ``published`` is None, it says nothing.
        updated: In UTC, under the same conditions.
        source: The title of the feed that this entry was taken from.
        lang: As articles carry it (``en``, ``zh-Hant``): the entry's, else the feed's.
        place: For errors: ``NAME entry 3``, counted in the document.
        extra: What was said and fits no field (a date that cannot be read), by field.
    """

    guid: str | None
    url: str | None
    title: str | None
    text: str
    is_summary: bool
    published: datetime | None
    published_origin: str
    updated: datetime | None
    author: str | None
    source: str | None
    lang: str | None
    place: str
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Feed:
    """
    A feed that was read.

    Attributes:
        ttl: How long the feed asks to be left alone, from ``SHORTEST_TTL`` to ``LONGEST_TTL``; None if it does not say.
        entries: In the order of the document; may be empty.
        is_cut: The document breaks off; the entries before that are here.
    """

    title: str | None
    link: str | None
    lang: str | None
    ttl: timedelta | None
    entries: tuple[Entry, ...]
    is_cut: bool


def make_feed(said: SaidFeed, name: str, *, address: str | None, now: datetime) -> Feed:
    """
    The feed that *said* describes.

    Entries without title and text are left out. Of entries with one guid (without guids:
    with one link and title) the one with the latest date stays, and among equals
    the first, because feeds begin with what is newest.

    Args:
        said: From a format's parser.
        name: Of the feed, for errors.
        address: Where it was fetched, to resolve links.
        now: What dates may not be far ahead of.
    """
    link = absolute_address(address, said.link)
    base = link or address
    latest = now + MAX_AHEAD
    entries = (
        _entry(one, f"{name} entry {number}", base, said.lang, latest)
        for number, one in enumerate(said.entries, start=1)
    )
    return Feed(
        title=title_line(said.title),
        link=link,
        lang=lang_tag(said.lang),
        ttl=said.ttl,
        entries=_without_copies([one for one in entries if one.text or one.title]),
        is_cut=said.is_cut,
    )


def bounded_ttl(minutes: float) -> timedelta | None:
    """*minutes* within the bounds of a ``ttl``; None for what is no span of time."""
    if not 0 < minutes < float("inf"):
        return None
    longest_min = LONGEST_TTL / timedelta(minutes=1)
    return max(SHORTEST_TTL, timedelta(minutes=min(minutes, longest_min)))


def _entry(
    said: SaidEntry, place: str, base: str | None, feed_lang: Any, latest: datetime
) -> Entry:
    contents = [_body(markup) for markup in said.contents]
    content = max(contents, key=len, default="")
    text = content or _body(said.summary)
    extra: dict[str, Any] = {}
    url = absolute_address(base, said.link)
    if url is None and said.link:
        extra["url"] = said.link
    published, origin, stated = _published(said, latest)
    if published is None and stated:
        extra["published"] = stated
    stated_lang = said.lang or feed_lang
    lang = lang_tag(stated_lang)
    if lang is None and stated_lang:
        extra["lang"] = stated_lang
    author = names(said.author)
    return Entry(
        guid=_guid(said.guid),
        url=url,
        title=title_line(said.title),
        text=text,
        is_summary=bool(text) and (not content or _is_teaser(text)),
        published=published,
        published_origin=origin,
        updated=_date(said.updated, latest),
        author=author and one_line(_clean(author)),
        source=title_line(said.source),
        lang=lang,
        place=place,
        extra=storable(extra),
    )


def title_line(markup: Markup | None) -> str | None:
    """A title in one line, without markup, entities decoded; None where there is none."""
    if markup is None:
        return None
    words = html_to_text(markup.words) if markup.is_html else markup.words
    if ("<" in words or "&" in words) and _TITLE_ESCAPED_TWICE.search(words):
        words = html_to_text(words)
    return one_line(_clean(words))


def _body(markup: Markup | None) -> str:
    if markup is None:
        return ""
    words = html_to_text(markup.words) if markup.is_html else markup.words
    if markup.is_html and "<" in words and _TEXT_ESCAPED_TWICE.search(words):
        words = html_to_text(words)
    text = _clean(words)
    return "" if text.isspace() else text


def _clean(words: str) -> str:
    """*words* without control characters and lone surrogates."""
    if words.isascii() and words.isprintable():
        return words
    return replace_surrogates(words.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS))


def _is_teaser(text: str) -> bool:
    last_line = text.rstrip(" \n»›>→").rpartition("\n")[2]
    return _TEASER.search(last_line[-_TEASER_WITHIN:]) is not None


def _guid(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return _clean(str(value)).strip() or None


def _date(value: Any, latest: datetime) -> datetime | None:
    date = parse_date(value)
    return date if date is not None and date <= latest else None


def _published(said: SaidEntry, latest: datetime) -> tuple[datetime | None, str, Any]:
    """The date, its origin, and what was stated if it is no use."""
    stated: Any = None
    for value, origin in ((said.published, "feed"), (said.updated, "feed:updated")):
        date = _date(value, latest)
        if date is not None:
            return date, origin, value
        stated = stated or value
    return None, "feed", stated


def _without_copies(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    by_guid: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.guid is not None:
            by_guid[entry.guid].append(entry)
    meaningless = {guid for guid, sharing in by_guid.items() if _are_different(sharing)}
    best: dict[Any, Entry] = {}
    for entry in entries:
        one = replace(entry, guid=None) if entry.guid in meaningless else entry
        key = one.guid if one.guid is not None else (one.url, one.title or one.text)
        rival = best.get(key)
        if rival is None:
            best[key] = one
        elif _moment(one) > _moment(rival):
            del best[key]  # the place of the one that stays counts
            best[key] = one
    return tuple(best.values())


def _are_different(sharing: Sequence[Entry]) -> bool:
    """Whether these, which have one guid, are different stories."""

    def differ(values: Iterable[str | None]) -> bool:
        return len({value for value in values if value}) == len(sharing)

    return (
        len(sharing) >= _SHARED_BY
        and differ(entry.url for entry in sharing)
        and differ(entry.title or entry.text for entry in sharing)
    )


def _moment(entry: Entry) -> datetime:
    return entry.updated or entry.published or _NEVER
