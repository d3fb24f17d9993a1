"""Kill -9 at random moments of an ingest: nothing is torn, and repeating it completes it."""

import json
import random
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from retrieval.ingest import ingest
from retrieval.segment import segment
from retrieval.store import Store

ARTICLES = 1500
BATCH = 25  # many commits, so that some kills fall into one
KILLS = 12

# Says each time a batch is stored, so that a kill falls between 0 and all of them.
INGEST = """
import sys
from pathlib import Path
from retrieval.ingest import ingest
from retrieval.store import Store
with Store.open(Path(sys.argv[1])) as store:
    save = store.save
    def told(batch, **options):
        print("saving", flush=True)
        return save(batch, **options)
    store.save = told
    ingest(store, [sys.argv[2]], batch_size=int(sys.argv[3]))
print("done", flush=True)
"""

SENTENCES = (
    "The harbour bridge closed on Monday after heavy rain.",
    "Two cats were rescued from the roof of the customs house.",
    "市長呼籲市民耐心等候通知。",
    "Мост закрыли в понедельник.",
    "“It rained,” said Mr. Lee 🌧.",
    "أغلق الجسر بعد المطر.",
)


def write_corpus(path, seed):
    rng = random.Random(seed)
    with path.open("w") as file:
        for number in range(ARTICLES):
            text = "\n".join(
                " ".join(rng.choices(SENTENCES, k=rng.randint(1, 6)))
                for _ in range(rng.randint(1, 5))
            )
            record = {"id": f"{number}", "text": f"{number} {text}", "lang": "en"}
            file.write(json.dumps(record) + "\n")


def dump(store):
    """All that the store holds, without passage ids, which may have gaps."""
    return [
        (article, [stored.passage for stored in store.article_passages(article.id)])
        for article in store.iter_articles()
    ]


def assert_whole(store, texts):
    """Every stored article is as its file has it, with its passages and its change."""
    assert store.check() == []
    articles = list(store.iter_articles())
    assert [article.id for article in articles] == [str(n) for n in range(len(articles))]
    assert len(articles) % BATCH == 0
    for article in articles:
        assert article.text == texts[article.id]
        passages = [stored.passage for stored in store.article_passages(article.id)]
        assert passages == segment(article)
    changes = store.changes_since(0, ARTICLES + 1)
    assert [change.article_id for change in changes] == [article.id for article in articles]
    for change in changes:
        stored = store.article_passages(change.article_id)
        assert change.added == tuple(passage.id for passage in stored)
    return len(articles)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    path = tmp_path_factory.mktemp("corpus") / "corpus.jsonl"
    write_corpus(path, seed=7)
    return path


def start(store_path, corpus):
    return subprocess.Popen(
        [sys.executable, "-c", INGEST, store_path, corpus, str(BATCH)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_killed_at_random_moments_loses_and_tears_nothing(tmp_path, corpus):
    texts = {
        record["id"]: record["text"] for record in map(json.loads, corpus.read_text().splitlines())
    }
    path, rng = tmp_path / "store.db", random.Random(11)
    stored = [0]

    for _ in range(KILLS):
        with start(path, corpus) as process:
            # Killed after one to six batches, and then somewhere in the next one.
            for _ in range(rng.randint(1, 6)):
                process.stdout.readline()
            for _ in range(rng.randint(0, 20_000)):
                pass
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        if path.exists():
            with Store.open(path) as store:
                stored.append(assert_whole(store, texts))

    assert stored == sorted(stored)  # nothing that was stored went away
    assert 0 < stored[-1] < ARTICLES
    with start(path, corpus) as process:
        assert process.stdout.read().splitlines()[-1] == "done"
    with Store.open(path) as store, Store.open(tmp_path / "whole.db") as whole:
        assert_whole(store, texts)
        ingest(whole, [str(corpus)])
        assert dump(store) == dump(whole)
        assert store.counts() == whole.counts()
        assert ingest(store, [str(corpus)]).same == ARTICLES


def test_killed_while_versions_are_made_keeps_the_old_or_the_new(tmp_path, corpus):
    path, edited = tmp_path / "store.db", tmp_path / "corpus.jsonl"
    edited.write_text(corpus.read_text())
    with Store.open(path) as store:
        ingest(store, [str(edited)])
        old = dict(enumerate(dump(store)))
    edited.write_text(corpus.read_text().replace("Monday", "Friday"))
    rng = random.Random(5)

    for _ in range(3):
        with start(path, edited) as process:
            for _ in range(rng.randint(1, 4)):
                process.stdout.readline()
            process.send_signal(signal.SIGKILL)
        with Store.open(path) as store:
            assert store.check() == []
            for number, (article, passages) in enumerate(dump(store)):
                before, before_passages = old[number]
                if article.version == 1:
                    assert (article, passages) == (before, before_passages)
                else:
                    text = before.text.replace("Monday", "Friday")
                    assert article == replace(before, text=text, version=2)
                    assert passages == segment(article)
                    assert store.get_version(article.id, 1) == before
