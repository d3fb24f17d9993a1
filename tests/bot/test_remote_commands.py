"""The remote engine from the command line, on a real cluster."""

import json

import pytest
from click.testing import CliRunner

from bot.cli import main


@pytest.fixture
def clipdesk(cluster, tmp_path, monkeypatch):
    def run(*arguments, engine="remote", **settings):
        for name, value in {"ENGINE": engine, **settings}.items():
            monkeypatch.setenv(f"CLIPDESK_{name}", value)
        done = CliRunner().invoke(main, arguments)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    cluster.reset()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLIPDESK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("CLIPDESK_OPENSEARCH_URLS", ",".join(cluster.urls))
    monkeypatch.setenv("CLIPDESK_OPENSEARCH_REPLICAS", "0")
    return run


QUESTION = "At what rate was the Bulgarian lev fixed against the euro?"


def test_a_corpus_moves_to_a_cluster_and_back_and_answers_the_same(clipdesk):
    clipdesk("ingest", "--demo", engine="memory")
    at_home = json.loads(clipdesk("ask", "--json", QUESTION).output)
    there = clipdesk("index", "migrate", "--to", "remote", engine="memory")
    assert (
        there.output.splitlines()[-1] == "Now set CLIPDESK_ENGINE=remote, and start the bots anew"
    )

    answer = json.loads(clipdesk("ask", "--json", QUESTION).output)
    assert answer["quotes"] == at_home["quotes"]
    assert "partial" not in answer
    status = json.loads(clipdesk("index", "status", "--json").output)
    assert (status["engine"], status["indexed"]) == ("remote", status["passages"])
    assert "engine remote" in clipdesk("doctor").output
    assert clipdesk("index", "rebuild").exit_code == 0
    for engine in ("disk", "memory"):
        back = clipdesk("index", "migrate", "--to", engine)
        assert (back.exit_code, f"CLIPDESK_ENGINE={engine}" in back.output) == (0, True)
    assert clipdesk("index", "migrate", "--to", "remote").output.count("\n") == 1


def test_trouble_is_one_line(clipdesk, cluster):
    clipdesk("ingest", "--demo")
    nowhere = {"OPENSEARCH_URLS": "http://127.0.0.1:1", "OPENSEARCH_PASSWORD": "geheim"}

    asked = clipdesk("ask", QUESTION, **nowhere)
    assert asked.exit_code == 1
    assert asked.output.splitlines()[-1].startswith("Error: the cluster cannot be reached")
    assert "cannot be reached" in clipdesk("doctor").output
    assert "Traceback" not in asked.output
    assert "geheim" not in asked.output


def test_a_cluster_that_takes_no_changes_is_asked_all_the_same(clipdesk, cluster, tmp_path):
    clipdesk("ingest", "--demo")
    cluster.call("_all/_settings", "PUT", {"index.blocks.write": True})
    (tmp_path / "news.txt").write_text("The bridge reopened on Friday.\n")
    assert clipdesk("ingest", "news.txt").exit_code == 1

    assert "1.95583" in clipdesk("ask", QUESTION).output
    cluster.call("_all/_settings", "PUT", {"index.blocks.write": None})
    assert "reopened on Friday" in clipdesk("ask", "When did the bridge reopen?").output


def test_a_rebuilt_index_that_lacks_something_is_told(clipdesk, monkeypatch):
    clipdesk("ingest", "--demo")
    monkeypatch.setattr("retrieval.index.remote.RemoteIndex.count", lambda _: 3)

    moved = clipdesk("index", "migrate", "--to", "remote")
    assert moved.exit_code == 1
    assert "3 passages in the index" in moved.output
