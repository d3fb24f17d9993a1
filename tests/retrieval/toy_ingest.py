"""A small reader and a store that takes in what it reads, for the tests of ingest."""

import json
from dataclasses import replace
from pathlib import Path

from retrieval.copies import sketch_of
from retrieval.errors import SourceError
from retrieval.ingest import Pipeline, ingest
from retrieval.ingest.preparing import Prepared
from retrieval.sources.files import FileLocation, SkippedFile
from retrieval.store import Store, pack
from retrieval.types import Article, Location, Passage, Sentence, Span, content_id

RAIN = "The harbour bridge closed on Monday after heavy rain, and the mayor asked for patience."
RAIN_EDITED = RAIN.replace("Monday", "Tuesday")
CATS = "Two cats were rescued from the roof of the old customs house by neighbours with a ladder."
CATS_EDITED = CATS + " Both are well."
BRIDGE = "大橋週一因豪雨關閉，市長呼籲市民耐心等候通知。"


def read(location, on_bytes):
    """``.jsonl``: a record a line. Else: an article a line, keyed by content."""
    with Path(location.path).open("rb") as file:
        for number, line in enumerate(file, 1):
            on_bytes(len(line))
            text = line.decode().rstrip("\n")
            place = Location(location.name, number, number)
            if text == "BREAK":
                raise SourceError(f"{location.name}:{number}", "file is torn")
            if text == "BAD":
                yield SourceError(f"{location.name}:{number}", "no record")
            elif location.path.endswith(".jsonl"):
                record = json.loads(text)
                article_id = record.pop("id", None) or content_id(record["text"])
                yield Article(id=article_id, location=place, **record)
            else:
                yield Article(id=content_id(text), text=text, location=place)


def locations(paths, on_skipped):
    for path in paths:
        if path.endswith(".pdf"):
            on_skipped(SkippedFile(path, "no text"))
        elif Path(path).exists():
            yield FileLocation(path, Path(path).stat().st_size)
        else:
            yield SourceError(path, "no such file")


def segment(article):
    span = Span(0, len(article.text))
    return [Passage(span, (Sentence(span, 1),))]


def derive(article):
    return replace(article, lang=article.lang or "en")


def prepare(article):
    derived = derive(article)
    return Prepared(derived, [*map(pack, segment(derived))], sketch_of(derived))


PIPELINE = Pipeline(locations, read, prepare)


class Desk:
    """Files in a folder, and a store that takes them in."""

    def __init__(self, folder):
        self.folder = folder
        self.store = Store.open(folder / "store.db")

    def path(self, name):
        return str(self.folder / name)

    def write(self, name, *lines):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        path.write_text("".join(f"{text}\n" for text in texts))
        return self.path(name)

    def ingest(self, *names, **options):
        options = {"pipeline": PIPELINE, **options}
        return ingest(self.store, [self.path(name) for name in names], **options)

    def outcome(self, *names, **options):
        """New, changed, same, deleted and conflicts."""
        report = self.ingest(*names, **options)
        return (report.new, report.changed, report.same, report.deleted, report.conflicts.count)

    def held(self):
        """Id, version and text of what is current."""
        return [(a.id, a.version, a.text) for a in self.store.iter_articles()]


def rec(article_id, text, **more):
    return {"id": article_id, "text": text, **more}
