"""The rules of what is new, as tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.ingest.deciding import (
    EQUAL,
    LIKE,
    UNLIKE,
    Found,
    Likeness,
    decide,
    other_id,
    pair_edited,
)
from retrieval.shingles import shared, shingles
from retrieval.store import StoredHead
from retrieval.types import Location

MINE, OTHER = Found(b"m", "/a"), Found(b"m", "/b")


def stored(digest=b"s", path="/a", *, is_deleted=False):
    place = None if path is None else Location(path)
    return StoredHead("1", 3, is_deleted, digest, place)


EDITED, REWRITTEN = Likeness(0.9), Likeness(0.0)
OLD = Likeness(0.9, is_earlier=True)
OLD_REWRITTEN = Likeness(0.0, is_earlier=True)


@pytest.mark.parametrize(
    ("found", "head", "likeness", "is_taken", "decision"),
    [
        (MINE, None, EQUAL, False, "new"),
        # nothing changed, wherever it was read
        (MINE, stored(b"m"), EQUAL, False, "same"),
        (OTHER, stored(b"m"), EQUAL, False, "same"),
        (MINE, stored(b"m"), EQUAL, True, "same"),
        (MINE, stored(b"m", is_deleted=True), EQUAL, False, "deleted"),
        # the same file has something else
        (MINE, stored(), EDITED, False, "changed"),
        (MINE, stored(), REWRITTEN, False, "changed"),
        (MINE, stored(), EQUAL, False, "changed"),  # other metadata
        (MINE, stored(), OLD, False, "changed"),  # changed back
        (MINE, stored(is_deleted=True), EDITED, False, "deleted"),
        (Found(b"m", None), stored(path=None), REWRITTEN, False, "changed"),
        # another file has the id
        (OTHER, stored(), EQUAL, False, "same"),
        (OTHER, stored(), EDITED, False, "changed"),
        (OTHER, stored(), Likeness(UNLIKE), False, "changed"),
        (OTHER, stored(), Likeness(UNLIKE - 0.01), False, "conflict"),
        (OTHER, stored(), REWRITTEN, False, "conflict"),
        (OTHER, stored(), OLD, False, "same"),
        (OTHER, stored(), OLD_REWRITTEN, False, "same"),
        (OTHER, stored(path=None), REWRITTEN, False, "conflict"),
        (Found(b"m", "-"), stored(path="-"), REWRITTEN, False, "conflict"),
        (Found(b"m", "-"), stored(path="-"), EDITED, False, "changed"),
        (OTHER, stored(is_deleted=True), EQUAL, False, "deleted"),
        (OTHER, stored(is_deleted=True), EDITED, False, "deleted"),
        (OTHER, stored(is_deleted=True), OLD, False, "deleted"),
        (OTHER, stored(is_deleted=True), REWRITTEN, False, "conflict"),
        # one file has the id twice
        (MINE, stored(), EDITED, True, "conflict"),
        (MINE, stored(), REWRITTEN, True, "conflict"),
        (MINE, stored(), EQUAL, True, "same"),
        (MINE, stored(is_deleted=True), EQUAL, True, "deleted"),
        (OTHER, stored(), OLD, True, "same"),
    ],
)
def test_decide(found, head, likeness, is_taken, decision):
    assert decide(found, head, likeness, is_taken=is_taken) == decision


@pytest.mark.parametrize(
    ("article_id", "path", "attempt", "expected"),
    [
        ("7", "/news/2004.jsonl", 1, "7~2fec"),
        ("7", "/moved/2004.jsonl", 1, "7~2fec"),
        ("7", "/news/2004.jsonl", 2, "7~"),
        ("7", "/news/2005.jsonl", 1, "7~"),
        ("新", "/新聞/🗞.jsonl", 1, "新~"),
        ("7", None, 1, "7~"),
        ("7", "/\ud800", 1, "7~"),
    ],
)
def test_other_id_is_stable_and_short(article_id, path, attempt, expected):
    got = other_id(article_id, path, attempt)

    assert got == other_id(article_id, path, attempt)
    assert got.startswith(expected)
    assert len(got) == len(article_id) + 5


def test_other_ids_differ():
    ids = [other_id("7", path, n) for path in ("/a.txt", "/b.txt") for n in range(1, 20)]
    assert len(set(ids)) == len(ids)


TEXT = "The harbour bridge closed on Monday after rain, and the mayor asked for patience until May"


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        (TEXT, TEXT, 1, 1),
        (TEXT, TEXT.upper().replace(" ", "\n "), 1, 1),  # case and white space aside
        (TEXT, TEXT.replace("Monday", "Tuesday"), 0.7, 0.9),
        (TEXT, TEXT + ", he said.", 0.8, 0.95),
        (TEXT, "Two cats were rescued from a roof in the old town by neighbours", 0, 0),
        (TEXT, "", 0, 0),
        ("", "", 1, 1),
        ("", "!?", 1, 1),
        ("Rain", "rain.", 1, 1),
        ("Rain", "Sun", 0, 0),
        ("大橋週一因豪雨關閉，市長呼籲耐心等候", "大橋週二因豪雨關閉，市長呼籲耐心等候", 0.7, 0.9),
        ("大橋週一因豪雨關閉", "兩隻貓從屋頂獲救", 0, 0),
        ("สะพานปิดเมื่อวันจันทร์หลังฝนตกหนัก", "สะพานปิดเมื่อวันอังคารหลังฝนตกหนัก", 0.2, 0.8),
        ("สะพานปิดเมื่อวันจันทร์หลังฝนตกหนัก", "แมวสองตัวได้รับการช่วยเหลือจากหลังคา", 0, 0.05),
        ("أغلق الجسر يوم الاثنين بعد المطر", "أغلق الجسر يوم الثلاثاء بعد المطر", 0.2, 0.5),
        ("🌧🌧🌧", "🗞", 1, 1),  # no word in either
    ],
)
def test_shared_tells_versions_from_other_articles(first, second, low, high):
    share = shared(shingles(first), shingles(second))

    assert low <= share <= high
    assert shared(shingles(second), shingles(first)) == share


@given(st.text())
def test_a_text_shares_all_with_itself(text):
    assert shared(shingles(text), shingles(f"  {text.strip()}\n")) == 1


def sets(**texts):
    return {name: shingles(text) for name, text in texts.items()}


@pytest.mark.parametrize(
    ("gone", "come", "expected"),
    [
        ({}, [], {}),
        ({}, [TEXT], {}),
        (sets(a=TEXT), [], {}),
        (sets(a=TEXT), ["Two cats were rescued", TEXT + " or June"], {1: "a"}),
        # the likest pair first, each once
        (sets(a=TEXT), [TEXT + " or June or July", TEXT + " or June"], {1: "a"}),
        (sets(a=TEXT, b=TEXT + " or June"), [TEXT + " or June"], {0: "b"}),
        (sets(a=TEXT, b=TEXT + " or June"), [TEXT + " or June", TEXT], {0: "b", 1: "a"}),
        (sets(a=TEXT, b=TEXT), [TEXT], {0: "a"}),
        (sets(a=TEXT, b=TEXT), [TEXT, TEXT], {0: "a", 1: "b"}),
        # too little in common
        (sets(a=TEXT), [TEXT[:30] + " while two cats were rescued from a roof"], {}),
    ],
)
def test_pair_edited(gone, come, expected):
    assert pair_edited(gone, [shingles(text) for text in come]) == expected


def test_pair_edited_takes_half_and_no_less():
    gone = {"a": frozenset(range(10))}

    assert LIKE == 0.5
    assert pair_edited(gone, [frozenset(range(5, 15))]) == {0: "a"}
    assert pair_edited(gone, [frozenset(range(6, 16))]) == {}
