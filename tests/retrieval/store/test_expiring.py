"""What expires, what of it stays, and what the feed and the file lose."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from retrieval.errors import ArticleExpired, NoSuchArticle
from retrieval.store import Change, Counts, Dropped, Excess, Retention, Store
from retrieval.store.schema import MIGRATIONS, _tell_age
from retrieval.types import Article, Location, Passage, Sentence, Span, content_id

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
DAYS = Retention(days=90)
ALL_OLD = NOW + 1000 * DAY


def no_wait(_seconds):
    return False


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store.db") as store:
        yield store
        assert store.check() == []


def save(store, article_id, text="Rain.", *, age=None, stored=0, **meta):
    """Published *age* days and stored *stored* days before NOW."""
    published = None if age is None else NOW - age * DAY
    article = Article(id=article_id, text=text, published=published, **meta)
    spans = [Span(n, n + 1) for n in range(len(text))]  # a passage a character
    batch = [(article, [Passage(s, (Sentence(s, 1),)) for s in spans])]
    return store.save(batch, now=NOW - stored * DAY)[0]


def current(store):
    return [article.id for article in store.iter_articles()]


def row(store, sql, *parameters):
    return store.database.row(sql, parameters)


# --- which -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "stored", "goes"),
    [
        (89, 0, False),
        (90, 0, False),  # to the microsecond
        (91, 0, True),
        (91, 95, True),
        (None, 0, False),
        (None, 91, True),
        (-3000, 91, True),  # a date in the future is wrong
        (-3000, 0, False),
    ],
)
def test_age(store, age, stored, goes):
    save(store, "雨", "雨", age=age, stored=stored)

    assert store.excess(DAYS, NOW) == Excess(int(goes), {}, 0)
    assert store.expire(DAYS, NOW, no_wait) == int(goes)
    assert current(store) == ([] if goes else ["雨"])


def test_an_undated_article_that_changes_stays(store):
    save(store, "live", "one", stored=200)
    save(store, "live", "two", stored=10)

    assert store.expire(DAYS, NOW, no_wait) == 0


def test_the_newest_of_a_source_stay(store):
    for number, age in enumerate((5, 1, 3, 2, 4)):
        save(store, f"b{number}", age=age, source="BBC")
    save(store, "m", age=80, source="مدى مصر")
    save(store, "old", age=100, source="BBC")  # expired anyway: of no source's number
    for number in range(4):
        save(store, f"none{number}", age=number)
    retention = Retention(days=90, per_source=2)

    excess = store.excess(retention, NOW, {("b0", 1), ("old", 1), ("m", 1)})

    assert excess == Excess(1, {"BBC": 3}, 2)
    assert store.expire(retention, NOW, no_wait) == 4
    assert current(store) == ["b1", "b3", "m", "none0", "none1", "none2", "none3"]
    assert store.excess(retention, NOW) == Excess(0, {}, 0)


def test_ties_of_a_source_keep_what_came_last(store):
    for number in range(3):
        save(store, f"{number}", age=1, source="A")

    store.expire(Retention(per_source=1), NOW, no_wait)

    assert current(store) == ["2"]


def test_without_a_retention_nothing_goes(store):
    save(store, "a", age=9999)

    assert not Retention()
    assert Retention(1)
    assert Retention(per_source=1)
    assert store.expire(Retention(), NOW, no_wait) == 0


# --- what is left ----------------------------------------------------------------


def test_an_expired_article_is_found_no_more_and_does_not_come_back(store):
    save(store, "a", "雨雨", age=100)
    save(store, "b", "風", age=1)
    told = []

    store.expire(DAYS, NOW, no_wait, told.append)

    assert told == [1]
    assert store.find("a") is None
    assert store.passages([1, 2, 3]).keys() == {3}
    assert store.changes_since(2, 9) == [Change(3, "a", 1, "expire", removed=(1, 2))]
    assert store.counts() == Counts(articles=1, versions=2, passages=1, tombstones=0, expired=1)
    assert save(store, "a", "雨雨", age=100).outcome == "deleted"
    assert save(store, "a", "🌧", age=1).outcome == "deleted"
    assert store.get_version("a", 1).text == "雨雨"  # until its text is dropped
    assert store.delete("a") is False
    with pytest.raises(ArticleExpired, match="has expired and cannot be restored: 'a'"):
        store.restore("a")


def test_a_deleted_article_expires_as_well(store):
    save(store, "a", "雨", age=100)
    store.delete("a")

    assert store.expire(DAYS, NOW, no_wait) == 1

    assert store.last_seq() == 2  # no index holds it: there is nothing to tell
    assert store.counts() == Counts(0, 1, 0, tombstones=0, expired=1)
    assert row(store, "SELECT count(*) FROM passages") == (0,)


def test_texts_go_and_cited_ones_stay(store):
    for article_id in ("雨", "b"):
        save(store, article_id, "one", age=100, title="T", extra={"k": 1})
        save(store, article_id, "one", age=100, title="U", location=Location("/f", 1, 2))
        save(store, article_id, "two", age=100, title="U", location=Location("/f", 1, 2))
    store.expire(DAYS, NOW, no_wait)

    assert store.drop_texts(DAYS, NOW, {("雨", 1)}, no_wait) == Dropped(5, 1)
    assert store.drop_texts(DAYS, NOW, {("雨", 1)}, no_wait) == Dropped(0, 1)

    assert store.get_version("雨", 1).text == "one"
    assert store.get_version("雨", 1).extra == {"k": 1}
    for article_id, version in (("雨", 2), ("雨", 3), ("b", 1), ("b", 2), ("b", 3)):
        with pytest.raises(NoSuchArticle):
            store.get_version(article_id, version)
    head = store.head("b")
    assert (head.is_expired, head.is_deleted, head.location) == (True, True, Location("/f"))
    assert store.database.rows("SELECT key, text FROM texts") == [(0, ""), (1, "one")]

    # The answer that cited it was pruned
    assert store.drop_texts(DAYS, NOW, set(), no_wait) == Dropped(1, 0)
    assert store.database.rows("SELECT key FROM texts") == [(0,)]
    assert row(store, "SELECT count(title), count(extra), count(path) FROM versions") == (0, 0, 2)


def test_a_text_that_two_versions_share_stays_for_one_of_them(store):
    save(store, "a", "one", age=100, title="T")
    save(store, "a", "one", age=100, title="U")
    store.expire(DAYS, NOW, no_wait)

    assert store.drop_texts(DAYS, NOW, {("a", 2)}, no_wait) == Dropped(1, 1)

    assert store.get_version("a", 2).text == "one"
    assert store.drop_texts(DAYS, NOW, {}, no_wait) == Dropped(1, 0)
    assert store.database.rows("SELECT text FROM texts") == [("",)]


def test_old_versions_of_a_current_article_go_unless_cited(store):
    for number, stored in enumerate((300, 200, 91, 50), 1):
        save(store, "a", f"text {number}", stored=stored)  # 1 and 2 were replaced long ago

    assert store.drop_texts(DAYS, NOW, {("a", 1)}, no_wait) == Dropped(1, 0)

    assert store.get("a").text == "text 4"
    assert [store.get_version("a", n).text for n in (1, 3)] == ["text 1", "text 3"]
    with pytest.raises(NoSuchArticle):
        store.get_version("a", 2)
    assert store.drop_texts(Retention(per_source=1), NOW, (), no_wait) == Dropped(0, 0)


def test_what_changed_meanwhile_does_not_expire(store, monkeypatch):
    save(store, "a", "one", age=100)
    save(store, "b", "one", age=100)

    save(store, "c", "one", age=100)
    monkeypatch.setattr("retrieval.store.expiring._TURN_S", -1.0)  # one article a transaction

    def update(_seconds):
        save(store, "b", "two", age=1)
        return False

    assert store.expire(DAYS, NOW, update) == 2
    assert current(store) == ["b"]


def test_an_expired_content_keyed_article_is_told_by_its_text(store):
    save(store, content_id("雨"), "雨", age=100, location=Location("/f"))
    assert list(store.iter_content_keyed_at("/f")) == [content_id("雨")]

    store.expire(DAYS, NOW, no_wait)
    store.drop_texts(DAYS, NOW, (), no_wait)

    assert store.find_head_by_content(content_id("雨")).is_expired
    assert list(store.iter_content_keyed_at("/f")) == []


# --- turns -----------------------------------------------------------------------


def test_it_stops_when_it_is_told_to_and_goes_on_later(store, monkeypatch):
    monkeypatch.setattr("retrieval.store.expiring._TURN_S", -1.0)  # one article a transaction
    for number in range(5):
        save(store, f"{number}", age=100, source="A")
    waits = []

    def wait(seconds):
        waits.append(seconds)
        return len(waits) == 3

    assert store.expire(DAYS, NOW, wait) == 3
    assert all(seconds > 0 for seconds in waits)
    assert store.check() == []
    assert store.expire(DAYS, NOW, no_wait) == 2
    assert store.drop_texts(DAYS, NOW, (), no_wait) == Dropped(5, 0)


# --- the change feed -------------------------------------------------------------


def follow(store, held, position):
    """What an index does."""
    while changes := store.changes_since(position, 2):
        held -= {passage_id for change in changes for passage_id in change.removed}
        added = [passage_id for change in changes for passage_id in change.added]
        held |= {index_row.passage_id for index_row in store.index_rows(added)}
        position = changes[-1].seq
    return position


def fill(store):
    for text in ("雨", "風雨", "🌧🌧🌧"):
        save(store, "changed", text, age=1)
    save(store, "expired", "ab", age=100)
    save(store, "expired", "cd", age=100)
    save(store, "gone", "ef", age=1)
    store.delete("gone")
    save(store, "back", "gh", age=1)
    store.delete("back")
    store.restore("back")
    save(store, "back", "ij", age=1)
    store.expire(DAYS, NOW, no_wait)
    save(store, "last", "k", age=1)


def test_trimmed_changes_still_make_an_index(store):
    fill(store)
    before: set[int] = set()
    last = follow(store, before, 0)

    assert store.trim_changes(DAYS, ALL_OLD, last, no_wait) == 9
    assert store.trim_changes(DAYS, ALL_OLD, last, no_wait) == 0

    after: set[int] = set()
    assert follow(store, after, 0) == last == store.last_seq()
    assert after == before
    left = [(c.article_id, c.action) for c in store.changes_since(0, 99)]
    assert left == [("changed", "save"), ("gone", "delete"), ("back", "save"), ("last", "save")]
    assert store.last_trimmed() == last - 1
    assert store.check() == []


def test_a_restored_article_keeps_a_row_that_brings_it(store):
    save(store, "a", "雨", age=1)
    store.delete("a")
    store.trim_changes(DAYS, ALL_OLD, 2, no_wait)
    store.restore("a")
    save(store, "b", "風", age=1)
    held: set[int] = set()

    store.trim_changes(DAYS, ALL_OLD, 4, no_wait)
    follow(store, held, 0)

    assert held == {1, 2}


@pytest.mark.parametrize(
    ("passed", "cursor", "now", "trimmed"),
    [
        (13, None, NOW, 0),
        (13, None, ALL_OLD, 9),
        (2, None, ALL_OLD, 2),
        (13, 1, ALL_OLD, 1),
        (13, 0, ALL_OLD, 0),
    ],
)
def test_rows_that_somebody_has_yet_to_read_stay(store, passed, cursor, now, trimmed):
    fill(store)
    if cursor is not None:
        store.move_cursor("alerts", cursor)

    count = store.trim_changes(Retention(per_source=9), now, passed, no_wait)

    assert count == trimmed
    assert store.last_trimmed() <= passed


def test_the_last_row_stays_so_that_the_feed_goes_on(store):
    save(store, "a", "雨", age=100)
    store.expire(DAYS, NOW, no_wait)

    store.trim_changes(DAYS, ALL_OLD, 2, no_wait)

    assert store.last_seq() == 2
    store.move_cursor("alerts", 2)
    save(store, "b", "風", age=1)
    assert store.last_seq() == 3
    store.trim_changes(DAYS, ALL_OLD, 2, no_wait)
    assert [change.seq for change in store.changes_since(0, 9)] == [3]


# --- the file --------------------------------------------------------------------


def test_the_file_shrinks(tmp_path):
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        for number in range(300):
            save(store, f"{number}", "雨" * 20, age=100, extra={"k": "x" * 8000})
        store.expire(DAYS, NOW, no_wait)
        store.drop_texts(DAYS, NOW, (), no_wait)
        free = store.free_bytes()
        assert free > 2_000_000

        store.release_space(no_wait)

        assert store.free_bytes() == 0
        assert store.check() == []
    assert path.stat().st_size < 500_000


def test_the_free_pages_of_an_older_file_stay(tmp_path):
    path = tmp_path / "store.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    with Store.open(path) as store:
        save(store, "a", age=100, extra={"k": "x" * 100_000})
        store.expire(DAYS, NOW, no_wait)
        store.drop_texts(DAYS, NOW, (), no_wait)

        store.release_space(no_wait)

        assert store.free_bytes() > 90_000


def test_what_an_older_version_stored_counts_as_stored_now(tmp_path, monkeypatch):
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        save(store, "a", stored=500)
        save(store, "dated", age=500)
    connection = sqlite3.connect(path, isolation_level=None)
    for index in ("versions_by_text", "versions_by_file"):
        connection.execute(f"DROP INDEX {index}")
    connection.execute("DELETE FROM texts WHERE key = 0")
    for table, column in (
        ("versions", "stored_at"),
        ("articles", "is_expired"),
        ("changes", "recorded_at"),
        ("changes", "is_expiry"),
        ("store", "trimmed"),
    ):
        connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table in ("sketches", "sketch_hashes", "sketching"):
        connection.execute(f"DROP TABLE {table}")
    connection.execute(f"PRAGMA user_version = {MIGRATIONS.index(_tell_age)}")
    connection.close()

    with Store.open(path) as store:
        assert store.check() == []
        assert store.excess(DAYS, datetime.now(UTC)).old == 1  # the dated one
        stored_at, recorded_at = row(
            store, "SELECT min(stored_at), min(recorded_at) FROM versions, changes"
        )
        now = datetime.now(UTC).timestamp() * 1e6
        assert now - 60e6 < stored_at <= now
        assert now - 60e6 < recorded_at <= now


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("UPDATE articles SET is_expired = 1 WHERE id = 'b'", "expired article that can still"),
        ("UPDATE versions SET text_key = 0", "text was dropped although"),
    ],
)
def test_check_knows_what_expired(tmp_path, damage, problem):
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        save(store, "a", age=100)
        save(store, "b", age=1)
        store.expire(DAYS, NOW, no_wait)
        store.drop_texts(DAYS, NOW, (), no_wait)
        assert store.check() == []
        with store.transaction():
            store.database.write(damage)

        assert any(problem in found for found in store.check())
