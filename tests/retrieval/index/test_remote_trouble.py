"""The remote engine where the cluster says no, in parts or altogether."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from search_cluster import clean_index

from retrieval.errors import IndexingError
from retrieval.index import Entry
from retrieval.index.opensearch.cluster import Cluster, RemoteOptions
from retrieval.index.remote import RemoteIndex
from retrieval.types import Filters

ANY = Filters()


@contextmanager
def server(status, body):
    """The address of a web server that always says the same, and what it was sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.headers)
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{web.server_port}", asked
        finally:
            web.shutdown()


def version(number, distribution="opensearch"):
    return {"version": {"number": number, "distribution": distribution}}


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, version("1.3.20"), "OpenSearch 1.3.20 is too old, 2.0 or newer is needed"),
        (
            200,
            {"version": {"number": "8.15.0"}},
            "no OpenSearch but something else, version 8.15.0",
        ),
        (200, {"hello": "world"}, "no OpenSearch but something else, version ?"),
        (200, [], "no OpenSearch but something else"),
        (200, b"<html>It works!", "no answer of OpenSearch"),
        (401, b"Unauthorized", "set CLIPDESK_OPENSEARCH_USER or _API_KEY"),
        (403, {"error": "no permissions"}, "needs rights to the index"),
        (503, b"", "has lost shards"),
        (418, {"error": {"type": "teapot", "reason": "short and stout"}}, "418, short and stout"),
        (
            400,
            {"error": {"reason": "no", "caused_by": {"type": "x", "caused_by": {"reason": "tea"}}}},
            "400, no: tea",
        ),
        (400, {"error": "plain words"}, "400, plain words"),
    ],
)
def test_what_is_no_usable_cluster_is_told_in_words(status, body, words):
    with server(status, body) as (url, _), pytest.raises(IndexingError) as caught:
        Cluster(RemoteOptions((url,)))

    assert words in str(caught.value)
    assert url in str(caught.value)


def test_nobody_there():
    with server(200, {}) as (url, _):
        pass

    with pytest.raises(IndexingError, match="cannot be reached; is it running"):
        RemoteIndex.open(RemoteOptions((url,)), "x")


def test_plain_http_where_tls_is_expected():
    with server(200, version("2.19.1")) as (url, _), pytest.raises(IndexingError, match="TLS"):
        Cluster(RemoteOptions((url.replace("http:", "https:"),)))


@pytest.mark.parametrize(
    ("secrets", "sent"),
    [
        ({}, None),
        ({"user": "ada", "password": "geheim-密码"}, "Basic YWRhOmdlaGVpbS3lr4bnoIE="),
        ({"user": "ada", "password": "unused", "api_key": "a2V5"}, "ApiKey a2V5"),
    ],
)
def test_who_asks_is_told_to_the_cluster_and_to_nobody_else(secrets, sent, caplog):
    caplog.set_level(0)
    with server(200, version("3.2.0")) as (url, asked):
        options = RemoteOptions((url,), **secrets)
        cluster = Cluster(options)

    assert (asked[0]["Authorization"], cluster.major) == (sent, 3)
    with pytest.raises(IndexingError) as caught, cluster.explained():
        cluster.client.info()
    told = f"{options!r} {caught.value} {caplog.text}"
    assert not any(secrets[name] in told for name in ("password", "api_key") if name in secrets)


def test_without_the_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "opensearchpy", None)

    with pytest.raises(IndexingError, match=r"pip install 'clipdesk\[remote\]'"):
        Cluster(RemoteOptions())


def test_a_read_only_index_is_told_and_still_answers(cluster):
    index = clean_index(sleep=lambda _: None)
    index.update([Entry(1, ["nato"])], ())
    index.search(["nato"], ANY, 1)
    # As the cluster does it when a disk is nearly full; the tests have that watch switched off
    block = {"index.blocks.read_only_allow_delete": True}
    cluster.call(f"{index.name}/_settings", "PUT", block)

    with pytest.raises(IndexingError, match="read-only"):
        index.update([Entry(2, ["nato"])], ())
    assert [hit.passage_id for hit in index.search(["nato"], ANY, 1)] == [1]
    cluster.call(f"{index.name}/_settings", "PUT", {"index.blocks.read_only_allow_delete": None})
    index.update([Entry(2, ["nato"])], ())
    assert index.count() == 2


def test_a_name_that_the_cluster_does_not_take_is_told(cluster):
    with pytest.raises(IndexingError, match="must be lower cased"):
        clean_index(name="Ours")


def test_an_index_that_somebody_deleted_is_told_and_made_anew(cluster):
    index = clean_index()
    index.update([Entry(1, ["nato"])], ())
    cluster.reset()

    with pytest.raises(IndexingError, match="not there any more"):
        index.search(["nato"], ANY, 1)
    index.update((), ())
    fresh = index.renewed()
    fresh.adopt()
    with index.hold():
        assert (index.position, index.name) == (0, fresh.name)
    assert index.count() == 0


def test_a_document_that_the_cluster_cannot_take_is_told(cluster):
    index = clean_index()

    with pytest.raises(IndexingError, match="refuses"):
        index.update([Entry(1, ["nato"]), Entry(2**70, ["nato"])], ())
