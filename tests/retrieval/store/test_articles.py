"""Saving, versions, tombstones and every way of reading."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from retrieval.errors import NoSuchArticle
from retrieval.store import (
    Counts,
    IndexRow,
    Saved,
    SourceSummary,
    Store,
    StoredHead,
    digest,
)
from retrieval.types import (
    Alias,
    Article,
    Location,
    Passage,
    Sentence,
    Span,
    StoredPassage,
    content_id,
)

APRIL = datetime(2004, 4, 4, 6, 30, 0, 123456, tzinfo=UTC)

FULL = Article(
    id="a1",
    text="Rain fell.\nThe bridge 橋 closed. 🌧 المطر",
    title="Rain closes bridge",
    source="Harbour Post",
    url="https://example.org/1",
    published=APRIL,
    published_origin="record",
    lang="en",
    author="A. Writer",
    kicker="WEATHER",
    location=Location("/news/a.txt", 3, 9),
    is_truncated=True,
    is_suspect=True,
    agencies=("Reuters", "新華社"),
    aliases=(Alias("Shein", "希音"),),
    extra={"section": ["a", {"b": None}], "views": 3, "ratio": 0.5, "": True},
)
BARE = Article(id="橋🌉", text="下雨了。")
SPANS = ((0, 10), (11, 40))


def passages_of(article, *spans):
    return [
        Passage(Span(start, stop), (Sentence(Span(start, stop), number),))
        for number, (start, stop) in enumerate(spans or ((0, len(article.text)),), 1)
    ]


def save(store, *articles):
    return store.save([(article, passages_of(article)) for article in articles])


def ids(store):
    return [article.id for article in store.iter_articles()]


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store.db") as store:
        yield store
        assert store.check() == []


def test_save_when_new_keeps_everything(store):
    passages = passages_of(FULL, (0, 10), (11, len(FULL.text)))

    saved = store.save([(FULL, passages), (BARE, passages_of(BARE))])

    assert saved == [Saved("a1", "new", 1), Saved("橋🌉", "new", 1)]
    assert store.get("a1") == replace(FULL, version=1)
    assert store.get("a1").extra == FULL.extra
    assert store.find("橋🌉") == store.get_version("橋🌉", 1) == replace(BARE, version=1)
    assert store.article_passages("a1") == [
        StoredPassage(1, "a1", 1, passages[0]),
        StoredPassage(2, "a1", 1, passages[1]),
    ]
    assert store.counts() == Counts(articles=2, versions=2, passages=3, tombstones=0)


def test_save_when_there_is_nothing_to_save(store):
    assert store.save([]) == []
    assert store.last_seq() == 0


def test_save_when_an_article_has_no_passages(store):
    store.save([(FULL, []), (BARE, passages_of(BARE))])

    assert store.article_passages("a1") == []
    assert [p.id for p in store.article_passages("橋🌉")] == [1]


def test_save_when_same_changes_nothing(store):
    save(store, FULL, BARE)
    moved = replace(FULL, location=Location("/elsewhere.txt"), version=7)

    assert save(store, moved, BARE) == [Saved("a1", "same", 1), Saved("橋🌉", "same", 1)]
    assert store.get("a1") == replace(FULL, version=1)
    assert (store.last_seq(), store.counts()) == (2, Counts(2, 2, 2, 0))


@pytest.mark.parametrize(
    "change",
    [
        {"text": FULL.text + " Again."},
        {"text": FULL.text + " "},
        {"text": "🌧"},
        {"title": None},
        {"title": ""},
        {"source": "Harbor Post"},
        {"url": None},
        {"published": APRIL.replace(microsecond=0)},
        {"published": None},
        {"published_origin": "feed"},
        {"lang": "zh-Hant"},
        {"author": None},
        {"kicker": None},
        {"is_truncated": False},
        {"is_suspect": False},
        {"agencies": ()},
        {"agencies": ("新華社", "Reuters")},
        {"aliases": ()},
        {"extra": {}},
        {"extra": {**FULL.extra, "views": 4}},
    ],
)
def test_save_when_changed_makes_a_version(store, change):
    after = replace(FULL, **change)
    save(store, FULL)

    assert save(store, after) == [Saved("a1", "changed", 2)]
    assert store.get("a1") == store.get_version("a1", 2) == replace(after, version=2)
    assert store.get_version("a1", 1) == replace(FULL, version=1)
    assert [(p.id, p.version) for p in store.article_passages("a1")] == [(2, 2)]
    assert store.passages([1, 2]) == {
        2: StoredPassage(2, "a1", 2, passages_of(after)[0]),
    }
    assert store.counts() == Counts(articles=1, versions=2, passages=1, tombstones=0)


def test_save_when_changed_back_is_a_version_again(store):
    other = replace(FULL, text="Sun.")

    outcomes = [save(store, article)[0] for article in (FULL, other, FULL)]

    assert [o.version for o in outcomes] == [1, 2, 3]
    assert store.get_version("a1", 3).text == FULL.text


def test_save_keeps_a_text_once_when_only_the_metadata_changed(store):
    save(store, FULL)
    save(store, replace(FULL, title="Bridge opens"))

    assert store.database.value("SELECT count(*) FROM texts WHERE text <> ''") == 1


def test_save_when_one_batch_holds_an_id_twice(store):
    other = replace(FULL, text="Sun.")

    assert save(store, FULL, other, other) == [
        Saved("a1", "new", 1),
        Saved("a1", "changed", 2),
        Saved("a1", "same", 2),
    ]
    assert [p.id for p in store.article_passages("a1")] == [2]


def test_save_decides_by_what_was_found(store):
    bare = replace(FULL, lang=None)
    derived = replace(bare, lang="en")
    batch = [(derived, passages_of(derived))]

    assert store.save(batch, found=[digest(bare)])[0].outcome == "new"
    better = replace(bare, lang="en-GB")  # a better detector changes nothing by itself
    assert store.save([(better, [])], found=[digest(bare)])[0].outcome == "same"
    assert store.save(batch, found=[digest(replace(bare, title=None))])[0].outcome == "changed"


def test_save_when_a_passage_ends_past_its_article_saves_nothing(store):
    with pytest.raises(ValueError, match="passage ends past its article: '橋🌉'"):
        store.save([(FULL, passages_of(FULL)), (BARE, passages_of(FULL))])
    assert store.counts() == Counts(0, 0, 0, 0)


def test_save_when_digests_are_missing_saves_nothing(store):
    with pytest.raises(ValueError, match="zip"):
        store.save([(FULL, []), (BARE, [])], found=[digest(FULL)])
    assert store.counts() == Counts(0, 0, 0, 0)


def test_passage_ids_are_never_given_twice(store):
    save(store, FULL)
    save(store, replace(FULL, text="Sun."))
    store.delete("a1")

    save(store, BARE)
    assert [p.id for p in store.article_passages("橋🌉")] == [3]


def test_passage_ids_are_never_given_twice_after_the_last_was_removed(store):
    save(store, FULL)
    store.save([(replace(FULL, text="Sun."), [])])
    assert store.counts().passages == 0

    save(store, BARE)
    assert [p.id for p in store.article_passages("橋🌉")] == [2]


def test_delete_leaves_a_tombstone(store):
    save(store, FULL, BARE)

    assert store.delete("a1") is True
    assert store.delete("a1") is False
    assert save(store, FULL, replace(FULL, text="Sun.")) == [
        Saved("a1", "deleted", 1),
        Saved("a1", "deleted", 1),
    ]
    assert store.find("a1") is None
    assert store.get_many(["a1", "橋🌉"]) == {"橋🌉": replace(BARE, version=1)}
    assert store.passages([1, 2]).keys() == {2}
    assert [row.passage_id for row in store.index_rows()] == [2]
    assert [row.passage_id for row in store.index_rows([1, 2])] == [2]
    assert ids(store) == [a.id for a in store.iter_articles()] == ["橋🌉"]
    assert store.languages() == {None: 1}
    assert [s.source for s in store.sources()] == [None]
    assert store.get_version("a1", 1) == replace(FULL, version=1)  # old citations resolve
    assert store.counts() == Counts(articles=1, versions=2, passages=1, tombstones=1)


@pytest.mark.parametrize("method", ["get", "article_passages"])
def test_reading_when_deleted(store, method):
    save(store, FULL)
    store.delete("a1")

    with pytest.raises(NoSuchArticle, match="no such article: 'a1'"):
        getattr(store, method)("a1")


def test_restore_brings_it_back_as_it_was(store):
    save(store, FULL, BARE)
    before = store.get("a1"), store.article_passages("a1"), store.counts()
    store.delete("a1")

    assert store.restore("a1") is True
    assert store.restore("a1") is False
    assert (store.get("a1"), store.article_passages("a1"), store.counts()) == before
    assert save(store, replace(FULL, text="Sun."))[0].outcome == "changed"


@pytest.mark.parametrize(
    ("method", "arguments", "message"),
    [
        ("get", ("no",), "no such article: 'no'"),
        ("get", ("",), "no such article: ''"),
        ("head", ("no",), "no such article: 'no'"),
        ("get_version", ("no", 1), "no such article: 'no' version 1"),
        ("get_version", ("a1", 2), "no such article: 'a1' version 2"),
        ("get_version", ("a1", 0), "no such article: 'a1' version 0"),
        ("article_passages", ("no",), "no such article: 'no'"),
        ("delete", ("no",), "no such article: 'no'"),
        ("restore", ("no",), "no such article: 'no'"),
    ],
)
def test_reading_when_there_is_no_such_article(store, method, arguments, message):
    save(store, FULL)

    with pytest.raises(NoSuchArticle) as caught:
        getattr(store, method)(*arguments)
    assert str(caught.value) == message


def test_reading_several_when_some_are_unknown(store):
    save(store, FULL)

    assert store.find("no") is None
    assert store.get_many(["no", "a1", "a1"]) == {"a1": replace(FULL, version=1)}
    assert store.get_many([]) == {}
    assert store.passages([99, 1, 1]).keys() == {1}
    assert store.passages([]) == {}
    assert list(store.index_rows([])) == []
    assert list(store.index_rows([99])) == []


def test_reading_many_goes_in_steps(store):
    articles = [Article(id=f"n{n:04}", text=f"Storm {n}.", lang="en") for n in range(1203)]
    save(store, *articles)
    stored = [replace(article, version=1) for article in articles]

    assert list(store.iter_articles()) == stored
    assert ids(store) == [article.id for article in articles]
    assert store.get_many(a.id for a in articles) == {a.id: a for a in stored}
    assert list(store.passages(range(1, 1204))) == list(range(1, 1204))
    assert [row.text for row in store.index_rows()] == [a.text for a in articles]
    assert list(store.index_rows(range(1, 1204))) == list(store.index_rows())


def test_iter_articles_while_others_are_saved(store):
    save(store, *(Article(id=f"{n}", text="Storm.") for n in range(600)))

    read = []
    for article in store.iter_articles():
        read.append(article.id)
        if len(read) == 1:
            save(store, BARE)
    assert len(read) == 601


def test_index_rows_give_text_and_filters(store):
    text = FULL.text
    store.save([(FULL, passages_of(FULL, (0, 10), (11, 20))), (BARE, passages_of(BARE))])

    assert list(store.index_rows([2, 3])) == [
        IndexRow(2, FULL.title, text[11:20], FULL.source, FULL.url, APRIL, "en", "a1"),
        IndexRow(3, None, "下雨了。", None, None, None, None, "橋🌉"),
    ]


def test_sources_and_languages(store):
    march = datetime(2004, 3, 1, tzinfo=UTC)
    save(
        store,
        Article(id="1", text="a", source="Post", lang="en", published=APRIL),
        Article(id="2", text="b", source="Post", lang="zh-Hant", published=march),
        Article(id="3", text="c", source="Post"),
        Article(id="4", text="d", source="الخبر", lang="ar"),
        Article(id="5", text="e", lang="en"),
        Article(id="6", text="f", lang="en"),
    )

    assert store.sources() == [
        SourceSummary("Post", 3, march, APRIL, ("en", "zh-Hant")),
        SourceSummary(None, 2, None, None, ("en",)),
        SourceSummary("الخبر", 1, None, None, ("ar",)),
    ]
    assert list(store.languages().items()) == [("en", 3), (None, 1), ("ar", 1), ("zh-Hant", 1)]


def test_totals_when_empty(store):
    assert store.sources() == []
    assert store.languages() == {}
    assert store.counts() == Counts(0, 0, 0, 0)
    assert list(store.iter_articles()) == list(store.index_rows()) == []


def test_heads_say_what_ingest_decides_by(store):
    keyed = Article(id=content_id("Rain fell."), text="Rain fell.", location=Location("/a.txt"))
    edited = replace(keyed, text="Rain fell again.")
    save(store, FULL, keyed)
    save(store, edited)
    store.delete(keyed.id)

    assert store.find_head("no") is None
    assert store.head("a1") == StoredHead("a1", 1, False, digest(FULL), FULL.location)
    head = StoredHead(
        keyed.id, 2, True, digest(edited), Location("/a.txt"), content_id(edited.text)
    )
    assert store.find_head(keyed.id) == head
    assert store.find_head_by_content(keyed.id) == head  # it once had this text
    assert store.find_head_by_content(content_id(edited.text)) == head
    assert store.find_head_by_content(content_id(FULL.text)) is None  # has an id of its own
    assert list(store.iter_content_keyed_at("/a.txt")) == [keyed.id]
    assert list(store.iter_content_keyed_at("/news/a.txt")) == []


def test_find_head_by_content_prefers_the_one_that_has_it_now(store):
    first, second = (Article(id=content_id(text), text=text) for text in ("Rain.", "Sun."))
    save(store, first, second)
    save(store, replace(first, text="Sun."))
    save(store, replace(first, text="Fog."))

    assert store.find_head_by_content(second.id).id == second.id


# A text of code points that SQLite's TEXT cannot hold, or might cut.
@pytest.mark.parametrize("odd", ["\ud800", "a\udfff b", "\x00", "a\x00b", "\ufeff", "\U0010ffff"])
def test_round_trip_of_odd_characters(store, odd):
    article = Article(
        id=odd,
        text=odd,
        title=odd,
        source=odd,
        url=odd,
        lang=odd,
        author=odd,
        kicker=odd,
        location=Location(odd),
        agencies=(odd,),
        aliases=(Alias(odd, odd),),
        extra={odd: odd},
    )

    save(store, article)
    assert store.get(odd) == replace(article, version=1)
    assert store.get(odd).extra == article.extra
    assert list(store.get_many([odd])) == ids(store) == [odd]
    assert [s.source for s in store.sources()] == list(store.languages()) == [odd]
    assert [(row.title, row.text) for row in store.index_rows()] == [(odd, odd)]
    assert [change.article_id for change in store.changes_since(0, 10)] == [odd]
    assert store.passages([1])[1].article_id == store.head(odd).id == odd
    assert save(store, article)[0].outcome == "same"
