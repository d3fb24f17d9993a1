"""The demo corpus and its questions: formats, numbers, dates, and that every answer stands where it is said to."""

import json
from collections import Counter
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import feedparser
import pytest

from bot.demo import corpus_path, questions_path
from retrieval.desk import Desk
from retrieval.types import Answer

# Files are read here with the least that can read them, and not by retrieval.sources:
# what is tested is the demo, and it must be right before any reader is.


class Story(NamedTuple):
    title: str | None
    source: str | None
    url: str | None
    published: datetime | None
    paragraphs: tuple[str, ...]


class Page(HTMLParser):
    """The meta properties, the canonical link and the paragraphs of the article element."""

    def __init__(self) -> None:
        super().__init__()
        self.meta: dict[str, str] = {}
        self.open_tags: list[str] = []
        self.paragraphs: list[str] = []
        self.noise: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag == "meta":
            self.meta[got.get("property") or got.get("name", "charset")] = got.get("content", "")
        elif tag == "link":
            self.meta[got["rel"]] = got["href"]
        elif tag != "input":
            self.open_tags.append(tag)
            if tag == "p" and "article" in self.open_tags and got.get("class") != "byline":
                self.paragraphs.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open_tags.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open_tags[-1:] == ["p"] and self.paragraphs and "article" in self.open_tags:
            self.paragraphs[-1] += data
        elif {"nav", "aside", "footer"} & set(self.open_tags):
            self.noise.append(data)


def paragraphs_of(body: str) -> tuple[str, ...]:
    return tuple(body.strip("\n").split("\n\n"))


def read_headed(text: str, fence: str | None) -> Story:
    """A text file with a header, or Markdown whose front matter stands between two fences."""
    head, body = text.split("\n\n" if fence is None else f"\n{fence}\n", 1)
    lines = head.removeprefix(f"{fence}\n").splitlines()
    fields = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    when = datetime.fromisoformat(fields["date"])
    title = fields["title"].strip('"')
    return Story(title, fields["source"], fields["url"], when, paragraphs_of(body))


def read_html(text: str) -> Story:
    page = Page()
    page.feed(text)
    page.close()
    assert not page.open_tags
    assert page.noise
    meta = page.meta
    assert meta["canonical"] == meta["og:url"]
    when = datetime.fromisoformat(meta["article:published_time"])
    paragraphs = tuple(page.paragraphs)
    return Story(meta["og:title"], meta["og:site_name"], meta["canonical"], when, paragraphs)


def read_feed(raw: bytes) -> dict[str, Story]:
    feed = feedparser.parse(raw)
    assert not feed.bozo
    stories = {}
    for entry in feed.entries:
        [content] = entry.content
        body = content.value.removeprefix("<p>").removesuffix("</p>").split("</p>\n<p>")
        assert entry.summary not in content.value
        when = parsedate_to_datetime(entry.published)
        stories[entry.id] = Story(entry.title, feed.feed.title, entry.link, when, tuple(body))
    assert len(stories) == len(feed.entries)
    return stories


def read_jsonl(text: str) -> dict[str, Story]:
    records = [json.loads(line) for line in text.splitlines()]
    stories = {
        r["id"]: Story(
            r["title"],
            r["source"],
            r["url"],
            datetime.fromisoformat(r["published"]),
            paragraphs_of(r["text"]),
        )
        for r in records
    }
    assert len(stories) == len(records)
    return stories


@pytest.fixture(scope="module")
def stories() -> dict[str, Story]:
    """Every story by its place: a path within the corpus, ``#`` and the id where there are more."""
    root, found = corpus_path(), {}
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        place, text = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")
        match path.suffix:
            case ".txt" if not text.startswith("Title: "):
                found[place] = Story(None, None, None, None, tuple(text.splitlines()))
            case ".txt":
                found[place] = read_headed(text, None)
            case ".md":
                found[place] = read_headed(text, "---")
            case ".html":
                found[place] = read_html(text)
            case ".xml":
                found |= {f"{place}#{guid}": s for guid, s in read_feed(path.read_bytes()).items()}
            case ".jsonl":
                found |= {f"{place}#{key}": s for key, s in read_jsonl(text).items()}
            case _:
                pytest.fail(f"nothing reads {place}")
    return found


@pytest.fixture(scope="module")
def questions() -> list[dict[str, Any]]:
    lines = questions_path().read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


DUMP = "text/endurance-page.txt"
NOT_ENGLISH = {
    "text/hualien-zh.txt": "zh-Hant",
    "wire.jsonl#ht-20251114-shenzhou": "zh-Hant",
    "wire.jsonl#sv-20250209-brell": "ru",
    "html/paris-inauguracion-es.html": "es",
}


def test_corpus_holds_every_format(stories: dict[str, Story]) -> None:
    got = Counter(Path(place.partition("#")[0]).suffix for place in stories)

    assert got == {".txt": 6, ".md": 1, ".html": 6, ".xml": 10, ".jsonl": 9}
    assert set(NOT_ENGLISH) < set(stories)
    assert len(stories) - len(NOT_ENGLISH) >= 22


def test_every_story_but_the_dump_says_what_it_is(stories: dict[str, Story]) -> None:
    untold = {place for place, s in stories.items() if None in s[:4] or "" in s[:4]}
    naive = {p for p, s in stories.items() if s.published and s.published.utcoffset() is None}
    outside = {
        place
        for place, s in stories.items()
        if s.url is not None and not (urlsplit(s.url).hostname or "").endswith(".example")
    }

    assert (untold, naive, outside) == ({DUMP}, set(), set())


def test_no_two_stories_share_a_link_or_a_title(stories: dict[str, Story]) -> None:
    counts = Counter(x for s in stories.values() for x in (s.url, s.title) if x is not None)

    assert [x for x, n in counts.items() if n > 1] == []


def test_stories_have_paragraphs_and_the_length_of_a_short_article(
    stories: dict[str, Story],
) -> None:
    few = {place for place, s in stories.items() if len(s.paragraphs) < 4}
    ragged = {p for p, s in stories.items() if any(x != x.strip() or not x for x in s.paragraphs)}
    words = {
        place: len(" ".join(s.paragraphs).split())
        for place, s in stories.items()
        if NOT_ENGLISH.get(place) != "zh-Hant" and place != DUMP
    }

    assert (few, ragged) == (set(), set())
    assert {place: n for place, n in words.items() if not 120 <= n <= 300} == {}


def test_dump_is_a_story_with_two_teasers_cut_off_in_mid_sentence(
    stories: dict[str, Story],
) -> None:
    *story, first, second = stories[DUMP].paragraphs

    assert len(story) == 8
    assert [p[-1] for p in story] == ["."] * 8
    assert first.startswith("FAR FROM PARIS: ")
    assert first[-1].isalpha()
    assert second[-1].isalpha()


def test_wire_story_ran_in_two_outlets_in_nearly_the_same_words(stories: dict[str, Story]) -> None:
    courier = stories["wire.jsonl#hc-20230823-chandrayaan"]
    gazette = stories["wire.jsonl#lg-20230823-chandrayaan"]

    differ = [a != b for a, b in zip(courier.paragraphs, gazette.paragraphs, strict=True)]

    assert courier.source != gazette.source
    assert differ == [False, True, True, False, True, True]


def test_early_tolls_conflict_and_a_later_story_settles_them(stories: dict[str, Story]) -> None:
    twenty = stories["wire.jsonl#hc-20240326-key-bridge"]
    seven = stories["wire.jsonl#lg-20240326-key-bridge"]
    settled = stories["html/key-bridge-six-presumed-dead.html"]

    assert "As many as 20 people" in twenty.paragraphs[0]
    assert "At least seven people" in seven.paragraphs[0]
    assert "In fact eight men" in settled.paragraphs[1]
    assert settled.published is not None
    early = [s.published for s in (seven, twenty) if s.published is not None]
    assert [settled.published - when > timedelta(hours=12) for when in early] == [True, True]


def test_questions_have_unique_ids_and_texts(questions: list[dict[str, Any]]) -> None:
    counts = Counter(x for q in questions for x in (q["id"], q["question"]))

    assert [x for x, n in counts.items() if n > 1] == []
    assert Counter(q["answerable"] for q in questions) == {True: 40, False: 12}


def test_answers_stand_verbatim_in_their_articles(
    stories: dict[str, Story], questions: list[dict[str, Any]]
) -> None:
    astray = []
    for q in (q for q in questions if q["answerable"]):
        for place, sentence in zip(q["articles"], q["evidence"], strict=True):
            # One paragraph must hold it, so that no reader's way of joining them matters.
            if not any(sentence in p for p in stories[place].paragraphs):
                astray.append((q["id"], sentence))
            if not any(answer in sentence for answer in q["answers"]):
                astray.append((q["id"], q["answers"]))
        astray += [
            (q["id"], answer)
            for answer in q["answers"]
            if not answer or not any(answer in sentence for sentence in q["evidence"])
        ]

    assert astray == []


def test_questions_are_in_the_language_of_their_articles(questions: list[dict[str, Any]]) -> None:
    wrong = [
        q["id"]
        for q in questions
        if q["answerable"] and {NOT_ENGLISH.get(a, "en") for a in q["articles"]} != {q["lang"]}
    ]

    assert wrong == []
    assert {q["lang"] for q in questions if q["answerable"]} == {"en", "zh-Hant", "ru", "es"}


def test_article_ids_are_given_where_every_source_gave_one(
    questions: list[dict[str, Any]],
) -> None:
    for q in (q for q in questions if q["answerable"]):
        ids = [place.partition("#")[2] for place in q["articles"]]
        assert q.get("article_ids") == (ids if all(ids) else None)


def test_unanswerable_questions_carry_no_gold(questions: list[dict[str, Any]]) -> None:
    for q in (q for q in questions if not q["answerable"]):
        assert {key: q[key] for key in q if key not in ("id", "question", "lang")} == {
            "answers": [],
            "evidence": [],
            "answerable": False,
        }


def test_questions_are_not_their_evidence_turned_round(questions: list[dict[str, Any]]) -> None:
    # Six words in a row are a copied sentence; names and set phrases are shorter.
    copied = []
    for q in questions:
        asked = q["question"].rstrip("?").split()
        runs = {" ".join(asked[i : i + 6]) for i in range(len(asked) - 5)}
        copied += [(q["id"], run) for run in runs for e in q["evidence"] if run in e]

    assert copied == []


def test_a_wire_story_of_two_papers_is_quoted_once(tmp_path: Path) -> None:
    with Desk.open(tmp_path) as desk:
        desk.add([corpus_path()])
        reply = desk.ask("When did Chandrayaan-3 land on the Moon?")

    assert isinstance(reply, Answer)
    assert [q.text.count("became only the fourth") for q in reply.quotes].count(1) == 1
    assert {q.article.source for q in reply.quotes[0].also_in} == {"Lakeside Gazette"}
