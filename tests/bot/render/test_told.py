"""Alerts drawn in a terminal and in a pipe."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from alert_paper import NOTE
from paper import Paper

from bot.alerts.values import ChatSettings, Place
from bot.alerts.views import DigestView, Report, StoryView
from bot.render.terminal import QUOTE_MAX_CHARS
from bot.render.told import OUTLETS_MAX, Reason, draw_digest, draw_story
from retrieval.types import Article, Quote, Span

WHEN = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
TEXT = "Ships of Estonia and Latvia began a joint patrol of the gulf."


def quote(text=TEXT, source="Wire A", **given):
    article = Article(
        id=source or "a",
        text=text,
        title="Patrol",
        source=source,
        url=f"https://a.example/{len(text)}",
        published=WHEN,
        lang="en",
    )
    return Quote(article, Span(0, len(text)), 1, 0.0, **given)


def marks(text, *words):
    return tuple(Span(text.index(word), text.index(word) + len(word)) for word in words)


def report(text=TEXT, words=(), **given):
    own = quote(text, **given)
    return Report(article=own.article, quote=own, words=marks(text, *words))


def draw(paper, text=TEXT, words=("Estonia", "patrol"), score=None, others=()):
    reasons = (Reason("estonia patrol", words, score),)
    draw_story(paper.terminal, report(text, words), others, reasons)


def test_story_in_a_pipe_is_whole_lines():
    paper = Paper()

    draw(paper, score=0.513)

    assert paper.seen.splitlines() == [
        f"    {TEXT}",
        'Wire A · 9 Mar 2026 · "Patrol" · ¶1',
        "    https://a.example/61#:~:text=" + TEXT.replace(" ", "%20"),
        "    estonia patrol: Estonia, patrol, score 0.51",
    ]


def test_matched_words_stand_out_on_a_terminal():
    paper = Paper(80)

    draw(paper)

    assert "\x1b[1;32mEstonia\x1b[0m" in paper.raw
    assert "\x1b[1;32mpatrol\x1b[0m" in paper.raw
    assert paper.raw.count("\x1b[1;32m") == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("花蓮縣外海發生強烈地震。", ("花蓮", "地震")),
        ("فاضت الأنهار في الوادي أمس.", ("الوادي",)),
        ("🌊 The wave 🌊 took the pier.", ("🌊", "pier")),
        ("No word of it.", ()),
        ("\x1b[2J cleared", ("cleared",)),
    ],
)
@pytest.mark.parametrize("columns", [None, 40])
def test_no_word_of_a_quote_is_lost(text, words, columns):
    paper = Paper(columns)

    draw(paper, text, words)

    shown = "".join(paper.seen.split())
    assert "".join(text.replace("\x1b", "␛").split()) in shown.replace("│", "")
    assert "\x1b[2J" not in paper.raw


def test_long_quote_is_cut_around_what_matched():
    text = "rain " * 400 + "Estonia " + "rain " * 400
    paper = Paper(80)

    draw(paper, text.strip(), ("Estonia",))

    assert "Estonia" in paper.seen
    assert len(paper.seen) < 2 * QUOTE_MAX_CHARS


def test_other_outlets_are_named_once_and_not_without_end():
    others = [report(source=f"Wire {n}") for n in "BBCDEFGH"]
    paper = Paper()

    draw_story(paper.terminal, report(), others, (Reason("source:wire", (), None),))

    *_, also, why = paper.seen.splitlines()
    names = [f"Wire {n} · 9 Mar 2026" for n in "BCDEFGH"]
    assert also == f"    also: {'; '.join(names[:OUTLETS_MAX])} and 2 more"
    assert why == "    source:wire"


def test_digest_is_numbered():
    paper = Paper()

    stories = (StoryView(reports=(report(),)), StoryView(reports=(report("Rain fell."),)))
    note = replace(NOTE, place=Place(0), kind="digest")

    draw_digest(
        paper.terminal, DigestView(note=note, chat=ChatSettings(chat_id=0), stories=stories)
    )

    lines = paper.seen.splitlines()
    assert lines[0] == "Digest, 9 Mar 2026 · 2 stories"
    assert [line[:3] for line in lines if line.startswith("[")] == ["[1]", "[2]"]


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        ("corrected", "Corrected since; quoted as it stands now."),
        ("withdrawn", "Withdrawn by its source:"),
    ],
)
def test_what_became_of_an_article_is_said(standing, said):
    paper = Paper()

    draw_story(paper.terminal, replace(report(), standing=standing))

    assert paper.seen.splitlines()[0].strip() == said
