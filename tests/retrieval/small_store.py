"""Articles of one passage put into a store, and its file without the store."""

import sqlite3

from retrieval.types import Article, Passage, Sentence, Span


def one_passage(article):
    span = Span(0, len(article.text))
    return [Passage(span, (Sentence(span, 1),))]


def save(store, *ids, text="Rain fell."):
    articles = [Article(id=article_id, text=text) for article_id in ids]
    return store.save([(article, one_passage(article)) for article in articles])


def raw(path):
    return sqlite3.connect(path, isolation_level=None)
