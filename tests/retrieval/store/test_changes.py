"""The change feed, and indexes that follow it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.store import Change, Store
from retrieval.types import Article, Passage, Sentence, Span


def save(store, article_id, text):
    spans = [Span(n, n + 1) for n in range(len(text))]  # a passage a character
    return store.save(
        [(Article(id=article_id, text=text), [Passage(s, (Sentence(s, 1),)) for s in spans])]
    )


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store.db") as store:
        yield store
        assert store.check() == []


def test_changes_tell_what_to_add_and_remove(store):
    save(store, "a1", "雨雨")
    save(store, "a1", "雨雨")  # the same: no change
    save(store, "b1", "")
    save(store, "a1", "🌧")
    store.delete("a1")
    store.restore("a1")

    assert store.changes_since(0, 10) == [
        Change(1, "a1", 1, "save", added=(1, 2)),
        Change(2, "b1", 1, "save"),
        Change(3, "a1", 2, "save", added=(3,), removed=(1, 2)),
        Change(4, "a1", 2, "delete", removed=(3,)),
        Change(5, "a1", 2, "restore", added=(3,)),
    ]
    assert store.last_seq() == 5
    assert [change.seq for change in store.changes_since(1, 2)] == [2, 3]
    assert store.changes_since(5, 10) == []


def test_back_fill_is_told_from_news(store):
    passage = Passage(Span(0, 1), (Sentence(Span(0, 1), 1),))
    for text, is_backfill in (("雨", True), ("風", False)):
        store.save([(Article(id="a1", text=text), [passage])], is_backfill=is_backfill)
    store.delete("a1")

    assert [change.is_backfill for change in store.changes_since(0, 10)] == [True, False, False]


def test_feed_when_empty(store):
    assert (store.last_seq(), store.changes_since(0, 10), store.cursors()) == (0, [], {})


def test_cursors_are_one_a_reader(store):
    save(store, "a1", "雨")
    save(store, "a1", "風")

    store.move_cursor("alerts", 2)
    store.move_cursor("索引", 1)
    store.move_cursor("alerts", 1)

    assert (store.cursor("alerts"), store.cursor("索引"), store.cursor("new")) == (1, 1, 0)
    assert store.cursors() == {"alerts": 1, "索引": 1}
    store.move_cursor("alerts", 0)
    assert store.cursors() == {"alerts": 0, "索引": 1}


@pytest.mark.parametrize("seq", [-1, 2, 10**6])
def test_move_cursor_outside_the_feed(store, seq):
    save(store, "a1", "雨")

    with pytest.raises(ValueError, match="cursor moves outside the feed"):
        store.move_cursor("alerts", seq)
    assert store.cursors() == {}


def test_move_cursor_is_undone_with_the_work(store):
    save(store, "a1", "雨")

    with pytest.raises(RuntimeError), store.transaction():  # noqa: PT012  # what is undone
        store.move_cursor("alerts", 1)
        raise RuntimeError
    assert store.cursor("alerts") == 0


ACTIONS = st.tuples(
    st.sampled_from(["save", "save", "delete", "restore", "follow"]),
    st.sampled_from("ab"),
    st.text(alphabet="xy", max_size=3),
    st.integers(1, 3),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(ACTIONS, max_size=14))
def test_an_index_that_follows_holds_what_the_store_holds(tmp_path_factory, actions):
    with Store.open(tmp_path_factory.mktemp("feed") / "store.db") as store:
        index, position = {}, 0

        def follow(limit):
            nonlocal position
            changes = store.changes_since(position, limit)
            for change in changes:
                for passage_id in change.removed:
                    index.pop(passage_id, None)
            added = [passage_id for change in changes for passage_id in change.added]
            index.update((row.passage_id, row.text) for row in store.index_rows(added))
            position = changes[-1].seq if changes else position
            return changes

        for action, article_id, text, limit in actions:
            if action == "follow":
                follow(limit)
            elif action == "save":
                save(store, article_id, text)
            elif store.find_head(article_id) is not None:
                getattr(store, action)(article_id)
        while follow(2):
            pass

        assert index == {row.passage_id: row.text for row in store.index_rows()}
        assert store.check() == []
