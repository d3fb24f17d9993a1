"""Entries and questions as the JSON that the cluster takes; hits from what it answers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from retrieval.index import Entry
from retrieval.index.opensearch.cluster import is_passing
from retrieval.index.snapshot import article_key, microseconds
from retrieval.types import Filters, Hit

_LONGEST = 200  # characters of a term; well below what the tokenizer keeps in one piece
_LONGEST_OUTLET = 2000  # characters; Lucene takes no keyword of more than 32,766 bytes

# What a whitespace tokenizer would cut, or UTF-8 cannot hold.
_UNSENDABLE = re.compile(r"[\s\x00-\x20\ud800-\udfff]")


def sent(term: str) -> str:
    """*term* as the cluster knows it: itself, or where that cannot be sent, a digest of it."""
    if len(term) <= _LONGEST and not _UNSENDABLE.search(term):
        return term
    digest = hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=16)
    return f"\ufffe{digest.hexdigest()}"  # no character of any text before it


def duration(seconds: float) -> str:
    """*seconds* as the cluster writes it."""
    return f"{round(seconds * 1000)}ms"


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def document(entry: Entry) -> dict[str, Any]:
    """An entry as a document; what is not known is left out."""
    outlet = f"{entry.source or ''}\n{entry.host or ''}".casefold()
    fields = {
        "terms": " ".join(map(sent, entry.terms)),
        "passage": entry.passage_id,
        "outlet": _clean(outlet)[:_LONGEST_OUTLET],
        "lang": None if entry.lang is None else _clean(entry.lang),
        "published": None if entry.published is None else microseconds(entry.published),
        "article": article_key(entry.article_id),
    }
    return {name: value for name, value in fields.items() if value is not None}


def search_body(
    terms: Sequence[str], filters: Filters, size: int, timeout_s: float, after: Sequence[Any] = ()
) -> dict[str, Any]:
    """
    The search for the best *size* passages, behind the one that *after* sorts, if any.

    Nothing is fetched: what a hit needs are the values that it is sorted by.
    """
    return {
        "query": {
            "bool": {
                "must": {"match": {"terms": {"query": " ".join(map(sent, terms))}}},
                "filter": filter_clauses(filters),
            }
        },
        "size": size,
        "sort": ["_score", {"passage": "asc"}],
        "stored_fields": "_none_",
        "track_total_hits": False,  # or passages that cannot win would be scored and counted
        "timeout": duration(timeout_s),
        **({"search_after": list(after)} if after else {}),
    }


def count_body(term: str) -> dict[str, Any]:
    """How many passages hold *term*; exact, whatever was deleted."""
    return {"query": {"term": {"terms": sent(term)}}, "size": 0, "track_total_hits": True}


LANGS_BODY: dict[str, Any] = {
    "query": {"exists": {"field": "passage"}},
    "size": 0,
    "aggs": {
        "langs": {"terms": {"field": "lang", "size": 1000}},
        "unknown": {"missing": {"field": "lang"}},
    },
}


def langs_in(answer: dict[str, Any]) -> dict[str | None, int]:
    """What the answer to ``LANGS_BODY`` counts."""
    found = answer["aggregations"]
    langs: dict[str | None, int] = {
        bucket["key"]: bucket["doc_count"] for bucket in found["langs"]["buckets"]
    }
    unknown = found["unknown"]["doc_count"]
    return {**langs, **({None: unknown} if unknown else {})}


def filter_clauses(filters: Filters) -> list[dict[str, Any]]:
    """What a passage must satisfy, each clause; see ``Filters``."""
    clauses = []
    if filters.sources:
        clauses.append(_any({"wildcard": {"outlet": _within(one)}} for one in filters.sources))
    if filters.langs:
        clauses.append(
            _any(
                {kind: {"lang": {"value": value, "case_insensitive": True}}}
                for one in map(_clean, filters.langs)
                for kind, value in (("term", one), ("prefix", f"{one}-"))
            )
        )
    bounds = {"gte": filters.after, "lt": filters.before}
    known = {side: microseconds(at) for side, at in bounds.items() if at is not None}
    if known:
        clauses.append({"range": {"published": known}})
    if filters.articles:
        clauses.append({"terms": {"article": [*map(article_key, filters.articles)]}})
    return clauses


def _any(clauses: Any) -> dict[str, Any]:
    return {"bool": {"should": list(clauses), "minimum_should_match": 1}}


def _within(wanted: str) -> str:
    """A wildcard pattern for what holds *wanted*."""
    escaped = re.sub(r"([*?\\])", r"\\\1", _clean(wanted.casefold()))
    return f"*{escaped}*"


def hits_in(answer: dict[str, Any], first_rank: int = 1) -> list[Hit]:
    """The hits of a search's answer."""
    return [
        Hit(int(passage_id), float(score), rank)
        for rank, (score, passage_id) in enumerate(
            (hit["sort"] for hit in answer["hits"]["hits"]), start=first_rank
        )
    ]


def is_partial(answer: dict[str, Any]) -> bool:
    """Whether some of the index has not answered."""
    shards = answer["_shards"]
    return bool(answer["timed_out"]) or shards["successful"] < shards["total"]


def is_lacking(answer: dict[str, Any]) -> bool:
    """Whether shards have failed, which others may stand in for in a moment."""
    if "error" in answer:
        return is_passing(answer["status"])
    return bool(answer["_shards"]["successful"] < answer["_shards"]["total"])
