"""
What a chat is given in lists: the full sources of quotes, the outlets, the latest articles.

A list that does not fit is cut between its entries, and says how many are left out.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from bot.render import feeds as feed_words
from bot.render import wording
from bot.render.citation import SEPARATOR, day
from bot.render.cited import NAME_MAX, PLACE, Citations, around
from bot.render.markup import (
    ENTITIES_MAX,
    LIMIT,
    Html,
    entities,
    escape,
    joined,
    name,
    one_line,
    shown_length,
    tag,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.messages import Messages
    from bot.render.feeds import FeedFacts
    from retrieval.store import SourceSummary
    from retrieval.types import Article, Quote

BLANK_LINE = "\n\n"

MORE_MAX = 60
"""UTF-16 units that the line which counts the rest may take, in any language."""

AGENCIES_MAX = 160

REASON_MAX = 200
"""UTF-16 units of why a feed fails."""


def listed(
    head: Html,
    entries: Sequence[Html],
    between: str,
    messages: Messages,
    limit: int = LIMIT,
    formats: int = ENTITIES_MAX,
) -> Html:
    """*head* and as many *entries* as fit, with *between* between them, and how many more."""
    room = limit - shown_length(head) - MORE_MAX - len(between)
    formats -= entities(head)
    count = 0
    for entry in entries:
        room -= shown_length(entry) + len(between)
        formats -= entities(entry)
        if room < 0 or formats < 0:
            break
        count += 1
    rest = and_more(len(entries) - count, messages)
    return joined([head, *entries[:count], rest], between)


def and_more(count: int, messages: Messages) -> Html:
    """``… and 3 more``; empty for none."""
    return escape(messages.count("chat.and_more", count)) if count else Html("")


def facts(article: Article, messages: Messages) -> str:
    """What is known about an article beside its citation, on one plain line."""
    say = messages.text
    said = []
    if article.author is not None:
        said.append(say("article.author", author=one_line(article.author, NAME_MAX)))
    if article.agencies:
        agencies = say("chat.list_comma").join(article.agencies)
        said.append(say("article.agencies", agencies=one_line(agencies, AGENCIES_MAX)))
    if article.is_truncated:
        said.append(say("article.truncated"))
    return SEPARATOR.join(said)


def sources_of(
    quotes: Sequence[Quote], first: int, citations: Citations, messages: Messages
) -> Html:
    """The articles of *quotes*, each once with the numbers of its quotes, and where else it stands."""
    if not quotes:
        return escape(messages.text("quote.none"))
    articles: dict[tuple[str, int], list[int]] = {}
    for n, quote in enumerate(quotes):
        articles.setdefault((quote.article.id, quote.article.version), []).append(n)
    shown: list[Html] = []
    room, formats = LIMIT - MORE_MAX, ENTITIES_MAX
    for waiting, mine in zip(range(len(articles), 0, -1), articles.values(), strict=True):
        numbers = messages.text("chat.list_comma").join(str(first + n) for n in mine)
        head = _known(quotes[mine[0]], one_line(numbers, NAME_MAX), citations, messages)
        also = [
            around(messages.text("answer.also_in", citations=PLACE), citations.line(other))
            for n in mine
            for other in quotes[n].also_in
        ]
        limit = max(room // waiting, shown_length(head) + MORE_MAX)
        entry = listed(head, also, "\n", messages, limit, formats // waiting)
        room -= shown_length(entry) + len(BLANK_LINE)
        formats -= entities(entry)
        if room < 0 or formats < 0:
            break
        shown.append(entry)
    return joined([*shown, and_more(len(articles) - len(shown), messages)], BLANK_LINE)


def corpus_sources(summaries: Sequence[SourceSummary], wanted: str, messages: Messages) -> Html:
    """``Baltic Ledger · 3 articles · 1 Jan 2023 to 8 Jul 2025``, one a line."""
    say = messages.text
    named = [(say("sources.unnamed") if s.source is None else s.source, s) for s in summaries]
    rows = [(title, s) for title, s in named if wanted.casefold() in title.casefold()]
    if not named:
        return escape(say("chat.empty"))
    if not rows:
        return escape(say("sources.no_match", wanted=one_line(wanted, NAME_MAX)))
    entries = []
    for title, summary in rows:
        articles = messages.count("sources.articles_count", summary.articles)
        dates = wording.date_range(summary.first, summary.last, messages)
        told = [tag("b", name(title, NAME_MAX)), escape(articles), escape(dates or "")]
        entries.append(joined(told, SEPARATOR))
    head = escape(wording.as_of([summary for _, summary in rows], messages))
    return listed(joined([head, Html("\n")]), entries, "\n", messages)


def latest(
    articles: Sequence[Article],
    topic: str | None,
    citations: Citations,
    messages: Messages,
    *,
    is_filtered: bool,
) -> Html:
    """Each article's title and where it is from."""
    say = messages.text
    about = None if topic is None else one_line(topic, NAME_MAX)
    if not articles:
        if about is None:
            return escape(say("chat.none_within" if is_filtered else "chat.empty"))
        return escape(say("chat.none_about", topic=about))
    head = say("chat.latest") if about is None else say("chat.latest_about", topic=about)
    entries = [
        joined([citations.called(article), citations.origin(article)], "\n") for article in articles
    ]
    return listed(tag("b", escape(head)), entries, BLANK_LINE, messages)


def _known(quote: Quote, numbers: str, citations: Citations, messages: Messages) -> Html:
    """All that is known about the article of *quote*, a fact a line."""
    article = quote.article
    source = name(article.source or "", NAME_MAX)
    place = "" if article.title is None else _place(article, messages)  # else it is the heading
    lines = [
        joined([tag("b", escape(numbers)), citations.heading(quote)], " "),
        joined([source, escape(_date(article, messages))], SEPARATOR),
        escape(facts(article, messages)),
        name(place, NAME_MAX),
    ]
    return joined(lines, "\n")


def _date(article: Article, messages: Messages) -> str:
    """``8 Jul 2025 (date from the feed)``; empty where it is not known."""
    if article.published is None:
        return ""
    said = day(article.published, messages)
    origin = article.published_origin
    if origin is None:
        return said
    # Readers grow: an origin that the catalogue does not know is shown bare
    told = messages.find(f"chat.origin.{origin.replace(':', '_').replace('-', '_')}")
    return messages.text("chat.dated", day=said, origin=told or one_line(origin, NAME_MAX))


def _place(article: Article, messages: Messages) -> str:
    """``wire.jsonl:3-9``: the file without its folders, which are the operator's matter."""
    location = article.location
    if location is None:
        return ""
    if location.path == "-":
        return messages.text("citation.standard_input")
    file = location.path if "://" in location.path else PurePath(location.path).name
    lines = [str(line) for line in (location.first_line, location.last_line) if line is not None]
    if not lines:
        return file
    return f"{file}:{'-'.join(dict.fromkeys(lines))}"


def feeds(facts: Sequence[FeedFacts], now: datetime, messages: Messages) -> Html:
    """The feeds: number, name, how each is; those that fail first."""
    if not facts:
        return escape(messages.text("feeds.none_chat"))
    ordered = sorted(facts, key=lambda one: one.feed.error is None)
    head = tag("b", escape(feed_words.summary([one.feed for one in facts], messages)))
    return listed(head, [_feed(one, now, messages) for one in ordered], "\n", messages)


def _feed(facts: FeedFacts, now: datetime, messages: Messages) -> Html:
    feed = facts.feed
    said = [
        feed_words.state(feed, now, messages),
        feed_words.ago(feed.last_success, now, messages),
        feed_words.next_poll(feed, now, messages),
        feed_words.rate(facts, messages),
    ]
    shown = joined([escape(one_line(part, REASON_MAX)) for part in said if part], SEPARATOR)
    number = tag("b", escape(str(feed.id)))
    return joined([joined([number, name(feed.name, NAME_MAX)], " "), shown], "\n")
