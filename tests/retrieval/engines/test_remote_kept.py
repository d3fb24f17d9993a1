"""A desk on a cluster whose nodes come and go, and whose index is made anew, while it is asked."""

import json
import random
import threading
from contextlib import contextmanager

import pytest
from search_cluster import options

from retrieval.desk import Desk
from retrieval.engines.beside import Beside
from retrieval.engines.remote import RemoteKept
from retrieval.errors import IndexingError
from retrieval.index.partial import noting_partial
from retrieval.index.remote import RemoteIndex
from retrieval.types import Filters

SAFE = {"shards": 3, "replicas": 1}


class Asking:
    """Asks a desk without pause, in two threads; keeps what went wrong."""

    def __init__(self, desk):
        self.desk = desk
        self.lost = []
        self.asked = 0
        self._is_ending = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(2)]

    def _ask(self):
        while not self._is_ending.is_set():
            with noting_partial() as notes:
                try:
                    hits = self.desk.index.search(["harbour", "bridge"], Filters(), 10)
                except IndexingError as e:
                    self.lost.append(e)
                    continue
            self.asked += 1
            if notes or len(hits) < 10:
                self.lost.append((notes, hits))

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._is_ending.set()
        for thread in self._threads:
            thread.join()


def write_articles(path, first, number):
    chance = random.Random(first)
    words = ["harbour", "bridge", "council", "reopened", "festival", "tram", "budget", "river"]
    with path.open("w") as file:
        for n in range(first, first + number):
            sentences = (" ".join(chance.choices(words, k=9)).capitalize() for _ in range(12))
            record = {"id": f"a{n}", "title": f"Story {n}", "text": ". ".join(sentences) + "."}
            file.write(json.dumps(record) + "\n")
    return path


@contextmanager
def open_desk(folder, **changes):
    with Desk.open(folder, engine="remote", remote=options(**changes)) as desk:
        yield desk


def held(desk):
    """The ids of all passages that the index finds."""
    words = ["harbour", "bridge", "council", "reopened", "festival", "tram", "budget", "river"]
    return {hit.passage_id for hit in desk.index.search(words, Filters(), 100_000)}


def stored(desk):
    return {row.passage_id for row in desk.store.index_rows()}


def test_nodes_come_and_go_and_nothing_is_lost(cluster, tmp_path):
    """One is killed while articles are taken in, then each of the others is restarted."""
    cluster.reset()
    files = [write_articles(tmp_path / f"{n}.jsonl", 100 * n, 100) for n in range(8)]
    manager = cluster.call("_cat/cluster_manager?format=json")[0]["node"]
    order = sorted(range(3), key=lambda n: f"node{n}" != manager)  # the hardest one first
    with (
        open_desk(tmp_path / "safe", **SAFE) as desk,
        open_desk(tmp_path / "unsafe", shards=3, replicas=0, timeout_s=1) as unsafe,
    ):
        desk.add(files[:1])
        unsafe.add(files[:1])
        cluster.wait(nodes=3)
        with Asking(desk) as asking:
            taking_in = threading.Thread(target=desk.add, args=(files[1:5],))
            taking_in.start()
            cluster.kill(order[0])
            taking_in.join()
            assert desk.is_behind() is False
            assert held(desk) == stored(desk)
            check_partial(unsafe, tmp_path / "unsafe", files[1])

            cluster.start(order[0])
            cluster.wait(nodes=3)
            for number, file in zip(order[1:], files[5:], strict=False):
                cluster.stop(number)
                desk.add([file])
                cluster.start(number)
                cluster.wait(nodes=3)
            desk.add(files)

        assert asking.lost == []
        assert asking.asked > 100
        assert held(desk) == stored(desk)
        unsafe.follow()
        assert held(unsafe) == stored(unsafe)


def check_partial(desk, folder, file):
    """A desk whose index has lost a shard says so, and answers from the others."""
    reply = desk.ask("Which bridge reopened at the harbour?")
    assert reply.is_partial
    assert reply.contexts
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("retrieval.index.opensearch.writing.WAITS_S", (0.1,))
        with pytest.raises(IndexingError, match="lost shards"):
            desk.add([file])
    with open_desk(folder, shards=3, timeout_s=0.5) as another:
        assert another.ask("Which bridge reopened at the harbour?").is_partial


def test_an_index_is_made_anew_while_it_is_asked(cluster, tmp_path):
    cluster.reset()
    files = [write_articles(tmp_path / f"{n}.jsonl", 300 * n, 300) for n in range(2)]
    with open_desk(tmp_path / "desk", **SAFE) as desk, open_desk(tmp_path / "desk") as other:
        desk.add(files[:1])
        before = desk.index.name
        with Asking(desk) as first, Asking(other) as second:
            desk.rebuild()
            other.add(files[1:])
        assert (first.lost, second.lost) == ([], [])
        assert desk.index.name != before
        assert held(desk) == held(other) == stored(desk)
        assert desk.follow() == 0


def test_two_processes_follow_one_store(cluster, tmp_path, monkeypatch):
    monkeypatch.setattr("retrieval.desk.WORTH_IT", 1)
    monkeypatch.setattr(Beside, "begin", lambda _self: pytest.fail("no disk to index on"))
    cluster.reset()
    with open_desk(tmp_path / "desk") as first, open_desk(tmp_path / "desk") as second:
        first.add([write_articles(tmp_path / "1.jsonl", 0, 300)])
        first.store.delete("a7")
        threads = [threading.Thread(target=desk.follow) for desk in (first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert held(first) == held(second) == stored(first)
        assert second.index.position == first.store.last_seq()
        first.store.restore("a7")
        assert second.follow() == 1
        assert first.follow() == 0
        assert held(first) == stored(first)


def test_a_bot_on_a_copy_of_the_store_leaves_the_index_alone(cluster, tmp_path):
    cluster.reset()
    with open_desk(tmp_path / "desk") as desk:
        desk.add([write_articles(tmp_path / "1.jsonl", 0, 20)])
        ahead = desk.store.last_seq() + 5
        desk.index.position = ahead

        with pytest.raises(IndexingError, match="later state than this store"):
            desk.follow()
        with desk.index.hold():
            assert desk.index.position == ahead
        desk.rebuild()
        assert desk.index.position == desk.store.last_seq()
        assert held(desk) == stored(desk)


def test_an_index_that_is_too_far_behind_is_made_anew(cluster, tmp_path, monkeypatch):
    cluster.reset()
    with open_desk(tmp_path / "desk") as desk:
        desk.add([write_articles(tmp_path / "1.jsonl", 0, 20)])
        before = desk.index.name
        monkeypatch.setattr(desk.store, "last_trimmed", lambda: desk.store.last_seq() + 1)

        assert desk.follow() == 20
        assert desk.index.name != before
        assert held(desk) == stored(desk)


def test_a_rebuild_that_fails_leaves_the_index_as_it_was(cluster, tmp_path):
    def stop(*_):
        raise KeyboardInterrupt

    cluster.reset()
    with open_desk(tmp_path / "desk") as desk:
        desk.add([write_articles(tmp_path / "1.jsonl", 0, 20)])
        with pytest.raises(KeyboardInterrupt):
            desk.rebuild(stop)

        assert held(desk) == stored(desk)
        assert [row["index"] for row in cluster.call("_cat/indices?format=json")] == [
            desk.index.name
        ]
        assert desk.index_bytes() > 0


def test_a_rebuild_that_ends_after_the_new_index_is_in_place_keeps_it(
    cluster, tmp_path, monkeypatch
):
    adopt = RemoteIndex.adopt

    def adopt_and_stop(self):
        adopt(self)
        raise KeyboardInterrupt

    cluster.reset()
    with open_desk(tmp_path / "desk") as desk:
        desk.add([write_articles(tmp_path / "1.jsonl", 0, 20)])
        with monkeypatch.context() as patch:
            patch.setattr(RemoteIndex, "adopt", adopt_and_stop)
            with pytest.raises(KeyboardInterrupt):
                desk.rebuild()
    with open_desk(tmp_path / "desk") as desk:
        assert held(desk) == stored(desk)
        desk.rebuild()
        assert held(desk) == stored(desk)


def test_a_cluster_at_home_is_the_default(tmp_path):
    with (
        Desk.open(tmp_path) as desk,
        pytest.raises(IndexingError, match="http://localhost:9200"),
    ):
        RemoteKept(desk.store)
