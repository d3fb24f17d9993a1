"""
What our indices are called and made of.

An index belongs to a store and an analyzer: ``NAME-KEY``, KEY of the fingerprint of both, is
an alias that is searched, and ``NAME-KEY-000001`` the index behind it. So nobody writes into
the index of another store, and an older and a newer program work side by side while bots are
updated one by one. A rebuild fills ``-000002`` and then moves the alias, in one step.

``NAME-KEY-000001-write`` is an alias of one index that never moves: writes demand it, so that
a late one cannot bring back an index that was deleted.
"""

from __future__ import annotations

import hashlib
from typing import Any

from retrieval.index.bm25 import K1, B
from retrieval.index.opensearch.cluster import RemoteOptions
from retrieval.index.opensearch.wire import duration

# As an index is searched, so it must be made: changes with `MAPPINGS` or `settings`.
_LAYOUT = "1"

STATE_ID = "state"
"""The document that says how far the index has come; it is no passage."""

MAPPINGS: dict[str, Any] = {
    "dynamic": "strict",
    "_source": {"enabled": False},  # the store has it; measured in docs/SCALING.md
    "properties": {
        "terms": {
            "type": "text",
            "analyzer": "clipdesk",
            "similarity": "clipdesk",
            "index_options": "freqs",
        },
        # Again, for the order of ties and to be read without a stored field
        "passage": {"type": "long"},
        "outlet": {"type": "keyword"},
        "lang": {"type": "keyword"},
        "published": {"type": "long"},
        "article": {"type": "long"},
        "position": {"type": "long", "index": False, "doc_values": False, "store": True},
    },
}

SETTINGS: dict[str, Any] = {
    # So long a delete is remembered, and refuses what comes late
    "gc_deletes": "1h",
    "analysis": {
        # Lucene cuts longer terms; wire.py sends none
        "tokenizer": {"clipdesk": {"type": "whitespace", "max_token_length": 1024}},
        "analyzer": {"clipdesk": {"type": "custom", "tokenizer": "clipdesk"}},
    },
}
"""Of every index; ``settings`` adds what depends on the cluster and its operator."""


def alias_of(options: RemoteOptions, fingerprint: str) -> str:
    """The name that is searched."""
    key = hashlib.blake2b(f"{fingerprint} {_LAYOUT}".encode(), digest_size=6).hexdigest()
    return f"{options.name}-{key}"


def numbered(alias: str, number: int) -> str:
    """The *number*-th index of *alias*, from 1."""
    return f"{alias}-{number:06}"


def number_of(index: str) -> int:
    """Which one of its alias *index* is."""
    return int(index.rpartition("-")[2])


def writing_alias(index: str) -> str:
    """The name under which *index* is written to."""
    return f"{index}-write"


def template(options: RemoteOptions, major: int) -> dict[str, Any]:
    """The index template of all our indices, for a cluster of version *major*."""
    return {
        "index_patterns": [f"{options.name}-*"],
        "template": {"settings": settings(options, major), "mappings": MAPPINGS},
    }


def settings(options: RemoteOptions, major: int) -> dict[str, Any]:
    """Of a new index."""
    return {
        "number_of_shards": options.shards,
        "number_of_replicas": options.replicas,
        "refresh_interval": duration(options.refresh_s),
        **SETTINGS,
        "similarity": {
            "clipdesk": {
                # OpenSearch 3 dropped the factor k1 + 1 from BM25 and kept the old one beside it
                "type": "BM25" if major < 3 else "LegacyBM25",
                "k1": K1,
                "b": B,
            }
        },
    }
