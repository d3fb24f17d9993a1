"""``clipdesk feedback export``: 👍 and 👎 as a question set that ``clipdesk eval`` reads."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from bot.errors import UsageProblem
from bot.ledger import Ledger, QuoteRef, RatedQuote, Rating
from bot.render.lines import visible_line
from bot.render.records import json_line, moment
from bot.settings import Settings
from retrieval.desk import STORE_FILE
from retrieval.errors import NoSuchArticle
from retrieval.store import Store
from retrieval.types import Article, Filters

ARTICLES, QUESTIONS = "articles.jsonl", "questions.jsonl"

# What some readers take for the end of a line, and what UTF-8 cannot hold; JSON may
# escape any character, and leaves these as they are.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")

_Record = dict[str, Any]


def run_export(settings: Settings, folder: Path, *, force: bool, as_json: bool) -> int:
    """
    Write the set to *folder* and tell what is in it.

    Raises:
        UsageProblem: If a file is there already and *force* is not set, or cannot be written.
        StoreError: If there is no store.
    """
    files = {name: folder / name for name in (ARTICLES, QUESTIONS)}
    with Store.open(settings.data_dir / STORE_FILE, must_exist=True) as store:
        ratings = list(Ledger.open(store).iter_ratings())
        articles = {article.id: article for article in _iter_articles(store, ratings)}
    questions = [_question(one, articles) for one in _by_question(ratings)]
    if questions:
        _refuse_existing([] if force else files.values())
        _write(files[ARTICLES], map(_article, articles.values()))
        _write(files[QUESTIONS], questions)
    by_kind = Counter(question["answerable"] for question in questions)
    facts = {
        "gold": by_kind[True],
        "refused": by_kind[False],
        "to_complete": by_kind[None],
        "ratings": len(ratings),
        "articles": len(articles),
        "folder": str(folder) if questions else None,
    }
    click.echo(json_line(facts) if as_json else _told(facts))
    return 0


def _told(facts: Mapping[str, Any]) -> str:
    if facts["folder"] is None:
        return "no feedback yet, nothing written: it comes from the buttons under answers"
    return (
        f"{facts['gold']:,} questions with a gold answer, {facts['refused']:,} rightly refused,"
        f" {facts['to_complete']:,} to complete by hand (answerable is null),"
        f" {facts['articles']:,} articles:"
        f" {visible_line(facts['folder'])}"
    )


# --- what was quoted -------------------------------------------------------------


def _iter_articles(store: Store, ratings: Iterable[Rating]) -> Iterator[Article]:
    """What was quoted, each article in the newest version that was."""
    newest: dict[str, int] = {}
    for rating in ratings:
        for quote in rating.quotes:
            for ref in _refs(quote):
                newest[ref.article_id] = max(newest.get(ref.article_id, 0), ref.version)
    for article_id, version in newest.items():
        try:
            yield store.get_version(article_id, version)
        except NoSuchArticle:  # its questions become ones to complete
            continue


def _article(article: Article) -> _Record:
    """The keys that ``clipdesk ingest`` knows."""
    fields = {
        "id": article.id,
        "title": article.title,
        "text": article.text,
        "source": article.source,
        "url": article.url,
        "published": moment(article.published),
        "lang": article.lang,
        "author": article.author,
    }
    return {key: value for key, value in fields.items() if value is not None}


# --- what was said of it ---------------------------------------------------------


def _by_question(ratings: Iterable[Rating]) -> list[list[Rating]]:
    """One voice a user, question and quotes, the last; those of one question together."""
    voices: dict[Any, Rating] = {}
    for rating in ratings:
        shown = tuple(quote.ref.place for quote in rating.quotes)
        voices[_same(rating), rating.user_id, shown] = rating
    questions: dict[Any, list[Rating]] = {}
    for rating in voices.values():
        questions.setdefault(_same(rating), []).append(rating)
    return list(questions.values())


def _same(rating: Rating) -> tuple[str, Filters]:
    return " ".join(rating.question.split()).casefold(), rating.filters


def _question(ratings: Sequence[Rating], articles: Mapping[str, Article]) -> _Record:
    """
    One line of the set. A 👍 speaks for the first quote, a 👎 against all that were shown.

    The answer is gold if a quote has more voices for it than against it, still stands
    in its article, and was found without filters, which ``clipdesk eval`` does not
    apply. A question that was only ever refused, without filters, has no answer if more
    voices call that right than wrong. All else is left to a person, with what is known.
    """
    first = ratings[0]
    votes = Counter(rating.label for rating in ratings)
    balance: Counter[str] = Counter()
    quotes: dict[str, list[RatedQuote]] = {}
    for rating in ratings:
        if rating.answered:
            for text, quote in _judged(rating):
                quotes.setdefault(text, []).append(quote)
                balance[text] += rating.label
    gold = [text for text, margin in balance.most_common() if margin > 0]
    liked = [quote for text in gold for quote in quotes[text]]
    is_gold = bool(gold) and not first.filters and all(_stands(q, articles) for q in liked)
    is_refused = not first.filters and not any(rating.answered for rating in ratings)
    is_rightly_refused = is_refused and votes[1] > votes[-1]
    record: _Record = {
        "id": _question_id(first),
        "question": first.question,
        "answerable": True if is_gold else False if is_rightly_refused else None,
        "answers": list(dict.fromkeys(map(_answer, liked))),
        "article_ids": sorted({ref.article_id for quote in liked for ref in _refs(quote)}),
        "evidence": gold,
        "rejected": [text for text, margin in balance.items() if margin <= 0],
        "label": (votes[1] > votes[-1]) - (votes[1] < votes[-1]),
        "votes": {"up": votes[1], "down": votes[-1]},
    }
    if first.filters:
        record["filters"] = _filters(first.filters)
    if refusals := sum(not rating.answered for rating in ratings):
        record["refusals"] = refusals
    return record


def _judged(rating: Rating) -> list[tuple[str, RatedQuote]]:
    judged = rating.quotes[:1] if rating.label > 0 else rating.quotes
    return [(quote.text, quote) for quote in judged if quote.text is not None]


def _stands(quote: RatedQuote, articles: Mapping[str, Article]) -> bool:
    article = articles.get(quote.ref.article_id)
    return article is not None and quote.text is not None and quote.text in article.text


def _answer(quote: RatedQuote) -> str:
    """The highlighted words, or the whole quote where there are none."""
    text, answer, start = quote.text or "", quote.ref.answer, quote.ref.start
    return text if answer is None else text[answer[0] - start : answer[1] - start]


def _refs(quote: RatedQuote) -> tuple[QuoteRef, ...]:
    """Where the words stand, and where nearly the same ones do."""
    return quote.ref, *quote.ref.also_in


def _question_id(rating: Rating) -> str:
    """From the question itself, so that a later export gives it the same."""
    text = repr(_same(rating)).encode()  # repr: escapes what UTF-8 cannot hold
    return f"feedback-{hashlib.sha256(text).hexdigest()[:12]}"


def _filters(filters: Filters) -> _Record:
    fields = {
        "sources": list(filters.sources),
        "after": moment(filters.after),
        "before": moment(filters.before),
        "langs": list(filters.langs),
        "articles": list(filters.articles),
    }
    return {name: value for name, value in fields.items() if value}


# --- files -----------------------------------------------------------------------


def _refuse_existing(files: Iterable[Path]) -> None:
    for file in files:
        if file.exists():
            raise UsageProblem(f"{str(file)!r} exists; --force overwrites it")


def _write(file: Path, records: Iterable[_Record]) -> None:
    """All of the file, or what was there before."""
    lines = (json.dumps(record, ensure_ascii=False) for record in records)
    text = "".join(_UNSAFE.sub(_escape, line) + "\n" for line in lines)
    unfinished = file.with_name(f"{file.name}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(text, encoding="utf-8", newline="\n")
        unfinished.replace(file)
    except OSError as e:
        raise UsageProblem(f"{str(file)!r} cannot be written ({e.strerror})") from e


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
