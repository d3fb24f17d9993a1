from dataclasses import replace

import pytest
from chat_paper import shown
from paper import quote_of
from toy_desk import BRIDGE, BRIDGE_AGAIN, PARK, UNTITLED

from bot.messages import Messages
from bot.render.html import LIMIT, ChatRenderer, Numbered, utf16_length, visible_text
from retrieval.types import Answer, Article, Filters, NoAnswer, Quote, Reason, Span

EN = Messages("en")
CHAT = ChatRenderer(EN)
NO_FILTERS = Filters()
WHEN = quote_of(
    BRIDGE, "The harbour bridge reopened on Monday after eight months of repairs.", "Monday"
)
COST = quote_of(BRIDGE, "The repairs cost 12 million crowns.", "12 million crowns")
AGAIN = quote_of(BRIDGE_AGAIN, "Ferries kept running for a week.")
STUDY = quote_of(UNTITLED, "Fishermen say the bridge works drove the herring away.")
OPENED = quote_of(PARK, "濱海公園於十一月二十日重新開放。", "十一月二十日")
LINK = "https://quay.example/news/bridge?page=2#story:~:text="


def answer(*quotes: Quote, confidence: float = 0.9, **more: object) -> str:
    return CHAT.answer(Answer("When?", quotes, confidence, ()), NO_FILTERS, **more)


def titled(**facts: object) -> Quote:
    return replace(COST, article=replace(BRIDGE, **facts))


def test_an_answer_is_quotes_with_numbered_sources_under_them() -> None:
    html = answer(
        WHEN, COST, understood=["Understood as: When & how?"], as_of="Corpus as of 5 Mar 2024"
    )

    assert html == (
        "<i>Understood as: When &amp; how?</i>\n\n"
        "<blockquote>The harbour bridge reopened on <b>Monday</b> after eight months of repairs."
        "</blockquote>\n"
        f'<b>1</b> The Daily Quay · 4 Mar 2024 · <a href="{LINK}The%20harbour%20bridge%20reopened'
        '%20on%20Monday%20after%20eight%20months%20of%20repairs.">'
        "&quot;Harbour bridge opens again&quot;</a> · ¶1\n\n"
        "<blockquote>The repairs cost <b>12 million crowns</b>.</blockquote>\n"
        f'<b>2</b> The Daily Quay · 4 Mar 2024 · <a href="{LINK}The%20repairs%20cost%2012%20million'
        '%20crowns.">&quot;Harbour bridge opens again&quot;</a> · ¶1\n\n'
        "<i>Corpus as of 5 Mar 2024</i>"
    )


def test_an_unclear_answer_says_so_first() -> None:
    seen = shown(answer(WHEN, confidence=0.3))

    assert seen.text.startswith("Closest passages; none of them clearly answers.\n\nThe harbour")


def test_no_answer_comes_first_and_the_nearest_are_folded_and_unmarked() -> None:
    reply = NoAnswer("Who?", "low_confidence", (WHEN, AGAIN))
    html = CHAT.answer(reply, NO_FILTERS, as_of="Corpus as of 5 Mar 2024")
    seen = shown(html)

    assert html.startswith(
        "No answer: the articles do not seem to say.\n\n"
        "<blockquote expandable><b>Closest passages, NOT an answer:</b>\nThe harbour bridge"
    )
    assert seen.of("bold") == ["Closest passages, NOT an answer:", "1", "2"]
    assert seen.quotations == seen.of("expandable_blockquote")
    assert WHEN.text + "\n1 The Daily Quay" in seen.quotations[0]
    assert html.endswith("</blockquote>\n\n<i>Corpus as of 5 Mar 2024</i>")


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("empty_corpus", "No answer: there are no articles here yet."),
        ("no_terms", "No answer: the question holds no word to look up."),
        ("filters", "No answer: nothing within the filters (source <b>)"),
        ("no_match", "No answer: no article shares a word with the question."),
    ],
)
def test_each_reason_is_told_in_plain_words(reason: Reason, said: str) -> None:
    html = CHAT.answer(NoAnswer("Who?", reason), Filters(sources=("<b>",)))

    assert shown(html).text.startswith(said)
    assert "clipdesk" not in html  # in a chat nobody can type a command line


def test_the_article_s_own_line_breaks_are_shown() -> None:
    text = "One line.\nAnd its second,\n\n  then a paragraph."
    quote = Quote(Article(id="a", text=text), Span(0, len(text)), 1, 1.0)

    assert shown(answer(quote)).quotations == [text]


def test_a_long_quote_is_folded_unless_that_hides_the_answer() -> None:
    text = "Monday, " + "and so on, " * 60 + "until Friday."
    article = Article(id="a", text=text)
    early = quote_of(article, text, "Monday")
    late = quote_of(article, text, "Friday")

    assert shown(answer(early)).of("expandable_blockquote") == [text]
    assert shown(answer(late)).of("blockquote") == [text]
    assert shown(answer(quote_of(article, text))).of("expandable_blockquote") == [text]
    assert shown(answer(quote_of(article, text[:300]))).of("blockquote") == [text[:300]]


def test_the_first_quote_gets_the_most_room_and_the_answer_is_never_cut() -> None:
    text = "word " * 2000 + "on Monday " + "word " * 2000 + "end."
    quotes = [quote_of(Article(id=n, text=text), text, "Monday") for n in "abc"]
    first, *others = shown(answer(*quotes)).quotations

    assert len(first) > 1.8 * max(len(other) for other in others)
    assert all(
        other.startswith("… ") and " Monday " in other and other.endswith(" …") for other in others
    )
    assert len(first) + sum(map(len, others)) > 3600


def test_room_that_short_quotes_leave_goes_to_the_long_one() -> None:
    long = quote_of(Article(id="a", text="word " * 2000), "word " * 2000)

    assert len(shown(answer(WHEN, long, COST)).quotations[1]) > 3000


def test_direction_marks_on_both_sides_of_an_answer_are_sent_once() -> None:
    text = "on \u200f\u200eMonday\u200e\u200f it rained"
    quote = quote_of(Article(id="a", text=text), text, "\u200eMonday\u200e")
    html = answer(quote)

    assert shown(html).text == visible_text(html)
    assert shown(html).quotations == ["on \u200eMonday\u200f it rained"]


def test_an_answer_longer_than_a_message_is_not_set_apart() -> None:
    text = "word " * 2000
    seen = shown(answer(quote_of(Article(id="a", text=text), text, text)))

    assert seen.of("bold") == ["1"]
    assert seen.quotations[0].endswith("word …")


def test_quotes_that_find_no_room_are_counted() -> None:
    title = "x" * 200
    quotes = [replace(WHEN, article=replace(BRIDGE, title=title, source=title))] * 30
    seen = shown(answer(*quotes))

    count = len(seen.quotations)
    assert 3 < count < 30
    assert seen.text.endswith(f"\n\n… and {30 - count} more")


def test_a_quote_that_stands_elsewhere_too_names_the_others_as_links() -> None:
    far = replace(
        AGAIN, article=replace(BRIDGE_AGAIN, source="<Far> Wire", url="http://far.example/")
    )
    html = answer(replace(WHEN, also_in=(AGAIN, far, STUDY, AGAIN, AGAIN)))
    seen = shown(html)

    assert (
        "\nalso in Northern Wire, <Far> Wire, untitled, line 17 of dump.txt · ¶1 and 2 more"
        in seen.text
    )
    assert "http://far.example/#:~:text=Ferries%20kept%20running%20for%20a%20week." in seen.links


@pytest.mark.parametrize(
    ("url", "link"),
    [
        (
            "https://quay.example/b",
            "https://quay.example/b#:~:text=The%20repairs%20cost%2012%20million%20crowns.",
        ),
        (
            "https://quay.example/a b?\"x'<&y",
            "https://quay.example/a%20b?%22x'%3C&y#:~:text=The%20repairs%20cost%2012%20million%20crowns.",
        ),
        ("https://quay.example/" + "x" * 1960, "https://quay.example/" + "x" * 1960),
        ("https://quay.example/" + "x" * 2100, "https://t.me/desk_bot?start=q1"),
        ("javascript:alert(1)", "https://t.me/desk_bot?start=q1"),
        ("file:///etc/passwd", "https://t.me/desk_bot?start=q1"),
        ("", "https://t.me/desk_bot?start=q1"),
        (None, "https://t.me/desk_bot?start=q1"),
    ],
)
def test_a_title_links_to_the_web_else_into_the_chat(url: str | None, link: str) -> None:
    chat = ChatRenderer(EN, link_to=lambda _: "https://t.me/desk_bot?start=q1")
    html = chat.answer(Answer("?", (titled(url=url),), 0.9, ()), NO_FILTERS)

    assert shown(html).links == [link]


@pytest.mark.parametrize("given", [None, "", "javascript:alert(1)", "tg://user?id=1"])
def test_a_title_without_any_address_is_no_link(given: str | None) -> None:
    chat = ChatRenderer(EN, link_to=lambda _: given)
    html = chat.answer(Answer("?", (titled(url=None),), 0.9, ()), NO_FILTERS)

    assert "<a" not in html


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("", '""'),
        ("\n\t ", '""'),
        ("<<<>>>&&&", '"<<<>>>&&&"'),
        ("Two\r\n lines\u2028here", '"Two lines here"'),
        ("\u202eevil\u2066 \u200ftitle", '"evil title"'),
        ("الميناء \u202eمفتوح", '"\u2068الميناء مفتوح\u2069"'),
        ("נמל 12 (Port)", '"\u2068נמל 12 (Port)\u2069"'),
        ("港口重新開放", '"港口重新開放"'),
        ("👩‍👩‍👧‍👦" * 40, '"' + "👩‍👩‍👧‍👦" * 14 + '…"'),
        ("n" + "\u0301" * 500, '"…"'),
        ("x" * 161, '"' + "x" * 159 + '…"'),
        ("x" * 160, '"' + "x" * 160 + '"'),
    ],
)
def test_a_title_takes_its_place_on_the_line_and_no_more(title: str, said: str) -> None:
    seen = shown(answer(titled(title=title)))

    assert f"\n1 The Daily Quay · 4 Mar 2024 · {said} · ¶1" in seen.text


def test_an_untitled_article_is_called_so() -> None:
    assert shown(answer(STUDY)).text.endswith(
        '\n1 untitled: "Fishermen say the bridge works drove the herring away. A st…" · ¶1'
    )


def test_a_page_of_more_quotes_goes_on_counting() -> None:
    seen = shown(CHAT.page([COST], 4, is_answer=True, question="How\nmuch <b>?"))

    assert seen.text.startswith(
        "More for: How much <b>?\n\nThe repairs cost 12 million crowns.\n4 The"
    )
    assert seen.of("bold") == ["12 million crowns", "4"]


def test_a_page_that_is_no_answer_says_so() -> None:
    seen = shown(CHAT.page([COST], 4, is_answer=False, question="Who?"))

    assert seen.of("bold") == ["Further passages, NOT an answer:", "4"]
    assert CHAT.page([], 4, is_answer=False, question="Who?") == "No further quotes."


def test_a_context_shows_the_quote_in_its_paragraphs() -> None:
    text = BRIDGE.text
    spans = [Span(69, len(text) - 38)]
    html = CHAT.context(Numbered(COST, 2), spans)

    assert visible_text(html) == (
        "Harbour bridge opens again\n"
        "…\nEngineers had found cracks in two of its cables last summer. The repairs cost 12 million"
        " crowns.\n…\n"
        "2 The Daily Quay · 4 Mar 2024 · ¶1\nby Ada Brook"
    )
    assert "<b>The repairs cost <u>12 million crowns</u>.</b>" in html
    assert len(shown(html).links) == 1


def test_a_long_context_is_folded_and_cut_around_the_quote() -> None:
    text = "Before it all. " * 300 + "The quoted one. " + "Behind it all. " * 300
    quote = quote_of(Article(id="a", text=text, title="T"), "The quoted one.")
    seen = shown(CHAT.context(Numbered(quote, 1), [Span(0, len(text))]))
    before, behind = seen.of("expandable_blockquote")

    assert seen.of("blockquote") == ["The quoted one."]
    assert "The quoted one." in seen.of("bold")
    assert before.startswith("… ")
    assert behind.endswith(" …")
    assert len(before) + len(behind) > 3900


def test_what_stands_around_a_quote_is_folded_where_it_is_long() -> None:
    text = "Before it all. \n\nThe quoted one. " + "Behind it all. " * 100
    quote = quote_of(Article(id="a", text=text, title="T"), "The quoted one.")
    seen = shown(CHAT.context(Numbered(quote, 1), [Span(0, len(text))]))

    assert seen.of("blockquote") == ["Before it all.", "The quoted one."]
    assert seen.of("expandable_blockquote") == [("Behind it all. " * 100).strip()]


@pytest.mark.parametrize("units", range(4082, 4094))
def test_a_context_of_about_a_message_fits(units: int) -> None:
    text = "Before.\n" + "x " * (units // 2) + "\nBehind."
    quote = quote_of(Article(id="a", text=text, title="T"), "x x x")
    seen = shown(CHAT.context(Numbered(quote, 1), [Span(8, 8 + units)]))

    assert len(seen.text) > 4000


def test_an_opened_article_has_no_number() -> None:
    html = CHAT.article_at(OPENED, [Span(0, len(PARK.text))])

    assert html == (
        "<b>公園重新開放</b>\n"
        "<blockquote><b>濱海公園於<u>十一月二十日</u>重新開放。</b>市長表示，整修費用為三百萬元。"
        "</blockquote>\n港口日報 · 20 Nov 2023"
    )


def test_an_inline_result_is_a_quote_with_its_source() -> None:
    inline = CHAT.inline(Numbered(COST, 3), "How much?")

    assert inline.title == "The Daily Quay · 4 Mar 2024"
    assert inline.description == COST.text
    assert shown(inline.html).text == (
        "How much?\n\nThe repairs cost 12 million crowns.\n"
        'The Daily Quay · 4 Mar 2024 · "Harbour bridge opens again" · ¶1'
    )


def test_an_inline_result_is_short_plain_text() -> None:
    text = "<b> & so on " * 40 + "on Monday " + "and on " * 40
    article = Article(id="a", text=text, source="x" * 70 + "<&>")
    inline = CHAT.inline(Numbered(quote_of(article, text, "Monday"), 1), "")

    assert inline.title == "x" * 63 + "…"
    assert len(inline.description) <= 160
    assert "Monday" in inline.description
    assert "<b> & so" in inline.description
    assert inline.html.startswith("<blockquote")


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("<b> & done", "&lt;b&gt; &amp; done"),
        ("  x\n", "x"),
        ("", "…"),
        ("\r\n \t", "…"),
        ("x" * 5000, "x" * 4095 + "…"),
        ("😀" * 3000, "😀" * 2047 + "…"),
    ],
)
def test_a_sentence_is_escaped_and_cut(sentence: str, said: str) -> None:
    assert CHAT.say(sentence) == said
    assert utf16_length(shown(CHAT.say(sentence)).text) <= LIMIT
