"""What a source did not say of an article and its text tells: language, agencies, aliases."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from retrieval.language.detect import detect_language
from retrieval.sources.facts import agencies_in, aliases_in
from retrieval.types import Article


def derive(article: Article, langs: Collection[str] = ()) -> Article:
    """
    *article* with what its text tells; what its source said stays.

    Args:
        article: As it was read.
        langs: The languages that it is known to be in one of; () if not known.
    """
    return replace(
        article,
        lang=detect_language(article.text, among=langs) if article.lang is None else article.lang,
        agencies=article.agencies or agencies_in(article.text),
        aliases=article.aliases or aliases_in(article.text),
    )
