"""What the remote engine does with the answers of a cluster in trouble, one by one."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from retrieval.errors import IndexingError
from retrieval.index import Entry
from retrieval.index.opensearch.cluster import RemoteOptions
from retrieval.index.opensearch.stats import KEPT_S, Statistics
from retrieval.index.partial import note_partial, noting_partial
from retrieval.index.remote import RemoteIndex
from retrieval.types import Filters

BUSY = (429, {"error": {"type": "circuit_breaking_exception", "reason": "too much"}})
SHARDS = {"total": 1, "successful": 1}
FOUND = {
    "_shards": SHARDS,
    "timed_out": False,
    "status": 200,
    "hits": {"hits": [{"sort": [1.5, 7]}], "total": {"value": 1}},
}
GONE = FOUND | {"_shards": {"total": 2, "successful": 1}}
LATE = FOUND | {"timed_out": True}


class Script:
    """A web server that says at each path what it is told, the last thing for ever."""

    def __init__(self):
        self.answers = {
            "": [(200, {"version": {"number": "2.19.1", "distribution": "opensearch"}})],
            "_alias": [(200, {"clipdesk-1-000001": {}})],
            "health": [(200, {"timed_out": False})],
            "_doc": [(200, {"found": True, "fields": {"position": [5]}})],
            "_refresh": [(200, {})],
            "_msearch": [(200, {"responses": [FOUND, FOUND]})],
        }
        self.asked = []

    def says(self, path, *answers):
        self.answers[path] = list(answers)

    def times(self, path):
        return self.asked.count(path)

    def answer(self, path):
        parts = path.partition("?")[0].split("/")
        name = next((known for known in self.answers if known and known in parts), "")
        self.asked.append(name)
        script = self.answers[name]
        return script.pop(0) if len(script) > 1 else script[0]


@contextmanager
def served(script):
    class Handler(BaseHTTPRequestHandler):
        def _answer(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, body = script.answer(self.path)
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = _answer  # noqa: N815  # http.server's names

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{web.server_port}"
        finally:
            web.shutdown()


@pytest.fixture
def script():
    return Script()


@pytest.fixture
def opened(script):
    """An index at the script's server; and how long it has waited."""
    slept = []
    with served(script) as url:
        index = RemoteIndex.open(RemoteOptions((url,)), "x", slept.append)
        yield index, slept
        index.close()


def search(index):
    return [hit.passage_id for hit in index.search(["nato"], Filters(), 1)]


def test_the_position_is_asked_again_where_a_node_knows_nothing_yet(opened, script):
    index, slept = opened
    script.says("_doc", BUSY, (404, {"found": False}))

    assert index.position == 5
    with index.hold():
        assert (index.position, slept) == (0, [0.1])
    script.says("_doc", BUSY)
    with pytest.raises(IndexingError, match="too busy"), index.hold():
        pass
    script.says("_doc", (400, {"error": {"type": "x", "reason": "nonsense"}}))
    with pytest.raises(IndexingError, match="400, nonsense"), index.hold():
        pass


def test_an_index_without_all_its_shards_opens_and_cannot_be_followed(script, caplog):
    script.says("health", (408, {"timed_out": True}))
    with served(script) as url:
        index = RemoteIndex.open(RemoteOptions((url,)), "x")

        assert (search(index), index.position) == ([7], 0)
        assert "can be asked, and not followed" in caplog.text
        with pytest.raises(IndexingError, match="lost shards"), index.hold():
            pass


def test_an_index_that_cannot_be_made_is_told(script):
    script.says("_alias", (404, {"error": "alias missing"}))
    script.says("_index_template", (200, {}))
    script.says(
        "", *script.answers[""], (400, {"error": {"type": "x", "reason": "too many shards"}})
    )
    with served(script) as url, pytest.raises(IndexingError, match="makes no index"):
        RemoteIndex.open(RemoteOptions((url,)), "x")


def bulk(*statuses):
    """What the cluster says of some operations."""
    reason = {"type": "es_rejected_execution_exception", "reason": "queue full"}
    items = [{"index": {"status": s} | ({"error": reason} if s > 299 else {})} for s in statuses]
    return 200, {"items": items}


def test_only_what_was_not_taken_is_written_again(opened, script):
    index, slept = opened
    script.says("_bulk", BUSY, bulk(201, 429, 409), bulk(503), bulk(201))

    index.update([Entry(n, ["nato"]) for n in range(3)], ())
    assert script.times("_bulk") == 4
    assert slept == [0.2, 0.5, 1]


@pytest.mark.parametrize(
    ("answer", "words", "tries"),
    [
        (BUSY, "too busy", 7),
        (bulk(429), "too busy", 7),
        ((403, {"error": {"type": "cluster_block_exception", "reason": "x"}}), "read-only", 1),
        (bulk(400), "refuses .queue full", 1),
        ((400, {"error": {"type": "x", "reason": "no"}}), "refuses .400, no", 1),
    ],
)
def test_what_nothing_helps_is_told(opened, script, answer, words, tries):
    index, slept = opened
    script.says("_bulk", answer)

    with pytest.raises(IndexingError, match=words):
        index.update([Entry(1, ["nato"])], ())
    assert (script.times("_bulk"), len(slept)) == (tries, tries - 1)


def test_shards_that_are_gone_are_waited_for_once(opened, script):
    index, slept = opened
    script.says(
        "_msearch",
        (200, {"responses": [GONE, FOUND]}),
        (200, {"responses": [{"status": 503, "error": {"reason": "all shards failed"}}, FOUND]}),
        (200, {"responses": [FOUND, FOUND]}),
        (200, {"responses": [GONE, GONE]}),
    )

    with noting_partial() as notes:
        assert search(index) == [7]
    assert (notes, slept) == ([], [0.1, 0.3])
    with noting_partial() as notes:
        index._stats.forget()  # noqa: SLF001
        assert search(index) == [7]
        assert search(index) == [7]
    assert notes == [True] * 4
    assert slept == [0.1, 0.3, 0.1, 0.3, 0.6, 1.0]
    assert search(index) == [7]  # nobody listens


def test_what_is_late_is_left_out_without_waiting_again(opened, script):
    index, slept = opened
    script.says("_msearch", (200, {"responses": [LATE, LATE]}))

    with noting_partial() as notes:
        assert search(index) == [7]
    assert (notes, slept) == ([True, True], [])


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ({"status": 503, "error": {"reason": "all shards failed"}}, "lost shards"),
        ({"status": 400, "error": {"root_cause": [{"reason": "odd"}]}}, "refuses .odd"),
        ({"status": 404, "error": {"type": "index_not_found_exception"}}, "not there any more"),
    ],
)
def test_a_search_that_no_shard_answers_is_an_error(opened, script, error, words):
    index, _ = opened
    script.says("_msearch", (200, {"responses": [error, error]}))

    with pytest.raises(IndexingError, match=words):
        search(index)


def test_a_request_that_no_node_takes_is_repeated(opened, script):
    index, slept = opened
    script.says("_msearch", (429, {"error": {"reason": "busy"}}), (200, {"responses": [FOUND] * 2}))

    assert (search(index), slept) == ([7], [0.1])
    script.says("_msearch", (500, {"error": {"root_cause": [], "type": "node_closed_exception"}}))
    with pytest.raises(IndexingError, match="too busy"):
        search(index)
    script.says("_msearch", (400, {"error": {"root_cause": [], "reason": "", "type": "odd"}}))
    with pytest.raises(IndexingError, match="400, odd"):
        search(index)


def test_what_is_counted_in_a_part_is_not_kept(opened, script):
    index, _ = opened
    langs = {"buckets": [{"key": "en", "doc_count": 9}]}
    counted = {"aggregations": {"langs": langs, "unknown": {"doc_count": 1}}}
    script.says("_msearch", (200, {"responses": [LATE | counted]}))

    assert [index.langs(), index.langs()] == [{"en": 9, None: 1}] * 2
    assert script.times("_msearch") == 2
    assert index.idf("nato") == index.idf("nato")
    assert script.times("_msearch") == 6


def test_statistics_are_kept_for_a_while():
    now = [0.0]
    statistics = Statistics(lambda: now[0])
    assert statistics.frequency("nato") is None
    statistics.learn({"nato": 3})
    statistics.langs = {"en": 4}
    assert (statistics.frequency("nato"), statistics.unknown(["nato", "deal"])) == (3, ["deal"])
    assert statistics.langs == {"en": 4}

    now[0] = KEPT_S
    assert statistics.langs is None
    assert statistics.frequency("nato") is None


def test_each_asks_for_its_own_notes():
    note_partial()
    with noting_partial() as outer:
        with noting_partial() as inner:
            note_partial()
        assert (outer, inner) == ([], [True])
