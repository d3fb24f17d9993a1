"""Articles in paragraphs and passages: spans, sizes, overlap, hard-wrapped text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.segment import paragraphs, segment, word_count
from retrieval.types import Article, Passage, Sentence, Span

WRAPPED = """\
   The harbour of Port Anna was closed on Monday after a
storm tore two cranes from their rails and sank a tug, the
port's captain said. Nobody was hurt, but the damage comes
to more than 3 mln dlrs.
   Ships for the islands are sent to Cape Ross, where
pilots expect to clear the queue by Friday. Insurers will
look at the cranes tomorrow.
"""


def article(text: str, *, lang: str | None = "en", is_truncated: bool = False) -> Article:
    return Article(id="a", text=text, lang=lang, is_truncated=is_truncated)


def sentence(words: int, word: str = "word") -> str:
    """A sentence of so many words."""
    return " ".join(["Word", *[word] * (words - 1)]) + "."


def words_of(passages: list[Passage], text: str) -> list[list[int]]:
    """The words of every sentence of every passage."""
    return [[word_count(s.span.of(text)) for s in p.sentences] for p in passages]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (" \n ", 0),
        ("two words", 2),
        ("naïve café — déjà vu", 5),
        ("слово за слово", 3),
        ("كلمة بعد كلمة", 3),
        ("शब्द और शब्द", 3),
        ("🎉 party", 2),
        ("他们昨天离开了北京", 6),  # 9 characters
        ("NATO 在布魯塞爾開會 2004", 6),  # two words and 7 characters
        ("今日は雨です。", 5),  # 6 characters of script, and the stop as a word of its own
        ("ฝนตกหนักมาก", 2),  # 11 characters
        ("ကောင်းပါတယ်", 2),
        ("그는 갔다", 2),
    ],
)
def test_word_count(text: str, count: int) -> None:
    assert word_count(text) == count


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        (" \n\r\n\u2028", []),
        ("One.", ["One."]),
        ("  One line. \n\n\tAnd one. \n", ["One line.", "And one."]),
        ("a\r\nb\rc\u2028d\u2029e\x0cf\x85g", ["a", "b", "c", "d", "e", "f", "g"]),
        ("第一段。\n\n第二段。\u3000", ["第一段。", "第二段。"]),
        ("فقرة أولى.\nفقرة ثانية.", ["فقرة أولى.", "فقرة ثانية."]),
        ("🎉\n🎉", ["🎉", "🎉"]),
        # Short lines that no width has set: verse, a table, headlines.
        ("The sun\nis gone and\nall the lights are\nout in town tonight\nor so", None),
        (
            "Shr 34 cts vs 1.19 dlrs\nNet 807,000 vs 2,858\nRevs 1.2 mln\nAvg shrs 2.3 mln\nNil",
            None,
        ),
        # Full lines, but each is a sentence.
        ("The ship came in at nine today.\n" * 5, None),
        # Too wide for a wrapped line.
        ("\n".join(["so many words that were never broken by any width at all " * 2] * 5), None),
    ],
)
def test_paragraphs_are_lines(text: str, parts: list[str] | None) -> None:
    expected = text.strip().splitlines() if parts is None else parts

    assert [span.of(text) for span in paragraphs(text)] == [line.strip() for line in expected]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\u2028"])
def test_paragraphs_of_hard_wrapped_text_go_over_line_breaks(line_break: str) -> None:
    text = WRAPPED.replace("\n", line_break)

    spans = paragraphs(text)

    assert [" ".join(span.of(text).split()) for span in spans] == [
        (
            "The harbour of Port Anna was closed on Monday after a storm tore two cranes from their rails "
            "and sank a tug, the port's captain said. Nobody was hurt, but the damage comes to more than "
            "3 mln dlrs."
        ),
        (
            "Ships for the islands are sent to Cape Ross, where pilots expect to clear the queue by Friday. "
            "Insurers will look at the cranes tomorrow."
        ),
    ]


def test_paragraphs_of_hard_wrapped_text_end_at_blank_lines_items_and_short_lines() -> None:
    text = (
        "The council of Port Anna will meet again on Tuesday and\n"
        "hear what the engineers found under the old bridge that\n"
        "was closed in March.\n"
        "It will then vote. Three plans are known so far, and none\n"
        "of them is cheap:\n"
        "- a new bridge of steel beside the old one, which the\n"
        "mayor wants\n"
        "- a tunnel\n"
        "\n"
        "Nobody has asked the ferrymen, who would like to go on as\n"
        "they did before.\n"
    )

    assert [" ".join(span.of(text).split()) for span in paragraphs(text)] == [
        (
            "The council of Port Anna will meet again on Tuesday and hear what the engineers found under "
            "the old bridge that was closed in March."
        ),
        "It will then vote. Three plans are known so far, and none of them is cheap:",
        "- a new bridge of steel beside the old one, which the mayor wants",
        "- a tunnel",
        "Nobody has asked the ferrymen, who would like to go on as they did before.",
    ]


def test_paragraphs_of_hard_wrapped_chinese_go_over_line_breaks() -> None:
    story = "港口管理處週一表示，一場風暴把兩台起重機從軌道上吹落，並且擊沉了一艘拖船，"
    text = "\n".join((story * 6)[i : i + 32] for i in range(0, 32 * 6, 32)) + "\n"

    assert paragraphs(text) == [Span(0, len(text) - 1)]


def test_segment_splits_sentences_over_line_breaks_of_hard_wrapped_text() -> None:
    (passage,) = segment(article(WRAPPED))

    assert [(" ".join(s.span.of(WRAPPED).split()), s.paragraph) for s in passage.sentences] == [
        (
            (
                "The harbour of Port Anna was closed on Monday after a storm tore two cranes from their "
                "rails and sank a tug, the port's captain said."
            ),
            1,
        ),
        ("Nobody was hurt, but the damage comes to more than 3 mln dlrs.", 1),
        (
            (
                "Ships for the islands are sent to Cape Ross, where pilots expect to clear the queue by "
                "Friday."
            ),
            2,
        ),
        ("Insurers will look at the cranes tomorrow.", 2),
    ]


@pytest.mark.parametrize("text", ["", " \n ", "123 4.5%", "* * *\n---", "🎉!", "。。。"])
def test_segment_of_text_without_letters_is_empty(text: str) -> None:
    assert segment(article(text)) == []
    assert segment(article(text, is_truncated=True)) == []


def test_segment_numbers_paragraphs_and_leaves_out_rules_of_dashes() -> None:
    text = "One here. Two here.\n\n* * *\n\nThree here."

    assert segment(article(text)) == [
        Passage(
            Span(0, len(text)),
            (
                Sentence(Span(0, 9), 1),
                Sentence(Span(10, 19), 1),
                Sentence(Span(28, 39), 3),
            ),
        )
    ]


def test_segment_makes_one_passage_of_a_short_article() -> None:
    text = " ".join([sentence(13)] * 10)

    assert words_of(segment(article(text)), text) == [[13] * 10]


def test_segment_makes_passages_of_about_100_words_that_share_a_sentence() -> None:
    text = " ".join(sentence(20 + number) for number in range(12))

    passages = segment(article(text))

    assert words_of(passages, text) == [
        [20, 21, 22, 23, 24],
        [24, 25, 26, 27],
        [27, 28, 29, 30],
        [30, 31],
    ]
    assert [p.span for p in passages] == [
        Span(p.sentences[0].span.start, p.sentences[-1].span.stop) for p in passages
    ]
    assert all(a.sentences[-1] is b.sentences[0] for a, b in pairwise(passages))


def test_segment_closes_a_passage_at_a_new_paragraph_from_70_words() -> None:
    paragraph = " ".join([sentence(12)] * 6)
    text = "\n".join([paragraph] * 3)

    assert [[s.paragraph for s in p.sentences] for p in segment(article(text))] == [
        [1] * 6,
        [1] + [2] * 6,
        [2] + [3] * 6,
    ]


def test_segment_gives_a_very_long_sentence_a_passage_of_its_own() -> None:
    text = " ".join([sentence(40), sentence(300), sentence(40), sentence(60), sentence(60)])

    assert words_of(segment(article(text)), text) == [[40], [300], [40, 60], [60]]


def test_segment_leaves_no_stub_at_the_end() -> None:
    text = " ".join([sentence(20)] * 10 + [sentence(9)])

    assert words_of(segment(article(text)), text) == [[20] * 5, [20] * 6 + [9]]


def test_segment_counts_unspaced_scripts_in_characters() -> None:
    text = "他们昨天离开了北京前往上海。" * 30  # 13 characters a sentence: 8 words

    assert [len(p.sentences) for p in segment(article(text, lang="zh-Hans"))] == [11, 11, 10]


@pytest.mark.parametrize(
    ("text", "lang", "completes"),
    [
        ("It rained. The mayor said that", "en", [True, False]),
        ("It rained. The mayor left.", "en", [True, True]),
        ("It rained. The mayor and Gen.", "en", [True, False]),
        ("下雨了。市長說", "zh-Hant", [True, False]),
        ("مطر. قال العمدة إن", "ar", [True, False]),
        ("ฝนตกหนักมากในเมือง", "th", [False]),
        ("It rained.\n---", "en", [True]),
    ],
)
def test_segment_marks_the_fragment_of_a_truncated_article(
    text: str, lang: str, completes: list[bool]
) -> None:
    (truncated,) = segment(article(text, lang=lang, is_truncated=True))
    (whole,) = segment(article(text, lang=lang))

    assert [s.is_complete for s in truncated.sentences] == completes
    assert [s.is_complete for s in whole.sentences] == [True] * len(completes)


_LINES = st.text(st.sampled_from("ab我กعA.。?! ,\t3•"), max_size=70)


@given(
    st.lists(_LINES, max_size=12),
    st.sampled_from(["\n", "\r\n", "\n\n", "\r", "\u2028", "\n  "]),
    st.booleans(),
)
def test_passages_hold_every_sentence_in_order(
    lines: list[str], line_break: str, is_truncated: bool
) -> None:
    text = line_break.join(lines)

    passages = segment(article(text, lang=None, is_truncated=is_truncated))
    blocks = paragraphs(text)

    assert bool(passages) == any(c.isalpha() for c in text)
    sentences = list(dict.fromkeys(s for p in passages for s in p.sentences))
    assert sentences == sorted(sentences, key=lambda s: s.span)
    assert all(not a.span.overlaps(b.span) for a, b in pairwise(sentences))
    assert all(blocks[s.paragraph - 1].holds(s.span) for s in sentences)
    letters = sum(c.isalnum() for c in text) if passages else 0
    assert sum(c.isalnum() for s in sentences for c in s.span.of(text)) == letters
    assert all(a.sentences[-1] != b.sentences[-1] for a, b in pairwise(passages))


@given(st.lists(_LINES, max_size=12).map("\n".join))
def test_paragraphs_hold_every_visible_character_once(text: str) -> None:
    pieces = [span.of(text) for span in paragraphs(text)]

    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(piece and piece == piece.strip() for piece in pieces)
