"""From a message of the outbox to the stories that it tells, with the quotes that show why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.alerts.digest import by_story
from bot.alerts.outbox import Handed
from bot.alerts.quoting import quote_of, words_in
from bot.alerts.values import MatchRecord
from bot.render.told import Reason, ToldStory
from retrieval.errors import NoSuchArticle
from retrieval.percolator import Match
from retrieval.store import Store
from retrieval.types import Article, Quote, Span


def stories_of(store: Store, handed: Handed, queries: Mapping[int, str]) -> list[ToldStory]:
    """
    What a message tells: one story, or those of a digest.

    Articles that were withdrawn or are kept no more are left out; nothing is left where all
    were.

    Args:
        store: Of the articles.
        handed: The message.
        queries: The subscriptions' queries, by their ids.
    """
    if handed.note.kind == "story":
        # The first to tell it, though a later one may match better: alerts are in order
        groups: Iterable[Sequence[MatchRecord]] = [handed.matches]
    else:
        groups = [line.matches for line in by_story(handed.matches)]
    stories = [_story(store, group, queries) for group in groups]
    return [story for story in stories if story is not None]


def story_of(article: Article, match: Match, query: str) -> ToldStory:
    """An article that matches *query*, as it would be told."""
    quote = quote_of(article, match)
    reason = Reason(query, _words(article, match.spans, match.title_spans), match.score)
    return ToldStory(quote, words_in(quote, match.spans), (reason,))


def _story(
    store: Store, matches: Sequence[MatchRecord], queries: Mapping[int, str]
) -> ToldStory | None:
    told: list[tuple[Article, MatchRecord]] = []
    for match in matches:
        article = _article(store, match)
        if article is not None:
            told.append((article, match))
    if not told:
        return None
    article, best = told[0]
    own = [match for other, match in told if other.id == article.id]
    marks = sorted({span for match in own for span in match.spans})
    others: dict[str, Quote] = {}
    for other, match in told:
        if other.id != article.id:
            others.setdefault(other.id, quote_of(other, match))
    evidence = Match(best.subscription_id, tuple(marks), score=best.score)
    quote = replace(quote_of(article, evidence), also_in=tuple(others.values()))
    reasons = tuple(
        Reason(
            queries.get(match.subscription_id, ""),
            _words(article, match.spans, match.title_spans),
            match.score,
        )
        for match in own
    )
    return ToldStory(quote, _apart(words_in(quote, marks)), reasons)


def _article(store: Store, match: MatchRecord) -> Article | None:
    head = store.find_head(match.article_id)
    if head is None or head.is_deleted:
        return None
    try:
        return store.get_version(match.article_id, match.version)
    except NoSuchArticle:
        return None


def _words(article: Article, spans: Iterable[Span], title_spans: Iterable[Span]) -> tuple[str, ...]:
    """What matched, as it is written, each word once."""
    title = article.title or ""
    written = [span.of(title) for span in title_spans] + [span.of(article.text) for span in spans]
    return tuple({word.casefold(): word for word in reversed(written)}.values())[::-1]


def _apart(spans: Sequence[Span]) -> tuple[Span, ...]:
    """*spans*, in order, without those that overlap the one before."""
    kept: list[Span] = []
    for span in spans:
        if not kept or not span.overlaps(kept[-1]):
            kept.append(span)
    return tuple(kept)
