from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from toy_desk import ARTICLES, BRIDGE, BRIDGE_AGAIN, UNTITLED, ToyDesk

from bot.conversation import TURNS_MAX, Conversation, NoSuchQuote, Page, Turn
from retrieval.errors import QueryError
from retrieval.types import Answer, Article, Filters, NoAnswer, Quote

NOON = datetime(2024, 3, 6, 12, tzinfo=UTC)


def chat(articles: tuple[Article, ...] = ARTICLES, page: int = 3) -> Conversation:
    return Conversation(ToyDesk(articles), page=page, now=lambda: NOON)


def texts(quotes: tuple[Quote, ...]) -> list[str]:
    return [quote.text for quote in quotes]


REOPENED = "The harbour bridge reopened on Monday after eight months of repairs."
REOPENED_TOO = "The harbour bridge reopened on Monday, the port said."
HERRING = "Fishermen say the bridge works drove the herring away."


def test_a_question_is_answered_and_remembered() -> None:
    conversation = chat()

    turn = conversation.ask("When did the harbour bridge reopen?")

    assert isinstance(turn.reply, Answer)
    assert texts(turn.shown) == [REOPENED, REOPENED_TOO, HERRING]
    assert (turn.question, turn.filters) == ("When did the harbour bridge reopen?", Filters())
    assert conversation.last == turn
    assert conversation.turns == (turn,)


def test_filters_are_taken_out_of_the_question() -> None:
    turn = chat().ask("harbour bridge reopened source:northern after:2024-03-05 ?")

    assert turn.question == "harbour bridge reopened ?"
    assert turn.filters.sources == ("northern",)
    assert turn.filters.after == datetime(2024, 3, 5, tzinfo=UTC)
    assert texts(turn.shown) == [REOPENED_TOO]


def test_a_relative_date_counts_from_now() -> None:
    turn = chat().ask("harbour bridge after:yesterday")

    assert turn.filters.after == datetime(2024, 3, 5, tzinfo=UTC)


def test_a_wrong_filter_is_not_remembered() -> None:
    conversation = chat()
    conversation.ask("harbour bridge?")

    with pytest.raises(QueryError, match="source: has no value") as caught:
        conversation.ask("bridge source:")

    assert caught.value.position == 14
    assert [turn.question for turn in conversation.turns] == ["harbour bridge?"]


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("", "no_terms"),
        ("?", "no_terms"),
        ("🚀", "no_terms"),
        ("zeppelin", "no_match"),
        ("דירה", "no_terms"),
        ("bridge before:1999", "filters"),
    ],
)
def test_no_answer_has_its_reason_and_no_quotes(question: str, reason: str) -> None:
    turn = chat().ask(question)

    assert isinstance(turn.reply, NoAnswer)
    assert (turn.reply.reason, turn.shown) == (reason, ())


def test_the_nearest_quotes_of_no_answer_can_be_named() -> None:
    conversation = chat()

    turn = conversation.ask("bridge inspector salary scandal inquiry")

    assert isinstance(turn.reply, NoAnswer)
    assert conversation.quote(1) == turn.reply.nearest[0]
    assert conversation.more() == Page(4, (), is_answer=False)


def test_more_shows_others_and_numbers_them_on() -> None:
    conversation = chat(page=1)
    conversation.ask("When did the harbour bridge reopen?")

    pages = [conversation.more() for _ in range(3)]

    assert [(page.first, texts(page.quotes), page.is_answer) for page in pages] == [
        (2, [REOPENED_TOO], True),
        (3, [HERRING], True),
        (4, [], True),
    ]
    assert conversation.quote(3).text == HERRING


def test_more_leaves_out_what_was_shown_as_also_in() -> None:
    class Collapsing(ToyDesk):
        """Asked for one quote it collapses two articles; asked for more it lists both."""

        def ask(self, question: str, *, filters: Filters, k: int, quotes: int) -> Answer | NoAnswer:
            reply = super().ask(question, filters=filters, k=k, quotes=quotes)
            if quotes > 1 or isinstance(reply, NoAnswer):
                return reply
            first = reply.quotes[0]
            twin = next(q for q in self._quotes(BRIDGE_AGAIN, {"harbour"}))
            joined = Quote(first.article, first.span, 1, 2.0, also_in=(twin,))
            return Answer(question, (joined,), reply.confidence, reply.contexts)

    conversation = Conversation(Collapsing((BRIDGE, BRIDGE_AGAIN, UNTITLED)), page=1)
    conversation.ask("When did the harbour bridge reopen?")

    assert texts(conversation.more().quotes) == []
    assert texts(conversation.more().quotes) == []


@pytest.mark.parametrize("number", [-1, 0, 4, 10**9])
def test_a_number_of_no_quote_is_refused(number: int) -> None:
    conversation = chat()
    conversation.ask("When did the harbour bridge reopen?")

    with pytest.raises(NoSuchQuote) as caught:
        conversation.quote(number)

    assert (caught.value.number, caught.value.count) == (number, 3)


def test_nothing_can_be_named_before_a_question() -> None:
    conversation = chat()

    for command in (conversation.more, lambda: conversation.quote(1)):
        with pytest.raises(NoSuchQuote) as caught:
            command()
        assert caught.value.count is None
    assert conversation.last is None


def test_forget_starts_anew() -> None:
    conversation = chat()
    conversation.ask("harbour bridge?")

    conversation.forget()

    assert (conversation.turns, conversation.last) == ((), None)


def test_old_turns_are_dropped() -> None:
    conversation = chat()

    for n in range(TURNS_MAX + 5):
        conversation.ask(f"bridge {n}")

    assert len(conversation.turns) == TURNS_MAX
    assert conversation.turns[0].question == "bridge 5"


def test_around_gives_the_paragraphs() -> None:
    conversation = chat()
    quote = conversation.ask("cracks in the cables").shown[0]

    spans = conversation.around(quote)

    assert [span.of(BRIDGE.text) for span in spans] == BRIDGE.text.split("\n")


class ArticleDesk(ToyDesk):
    """Keeps to the articles that a filter names, as the real desk does."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, Filters]] = []

    def ask(self, question: str, *, filters: Filters, k: int, quotes: int) -> Answer | NoAnswer:
        self.asked.append((question, filters))
        wanted = [a for a in self.articles if not filters.articles or a.id in filters.articles]
        return ToyDesk(tuple(wanted)).ask(question, filters=filters, k=k, quotes=quotes)


def followed(*questions: str, is_reply: bool = False) -> tuple[Turn, list[tuple[str, Filters]]]:
    """The last turn of a chat, and what was asked of the desk for it."""
    desk = ArticleDesk()
    conversation = Conversation(desk, now=lambda: NOON)
    for question in questions[:-1]:
        conversation.ask(question)
    desk.asked.clear()
    about = conversation.last if is_reply else None
    return conversation.ask(questions[-1], about=about), desk.asked


def test_a_followup_is_asked_of_all_articles() -> None:
    turn, asked = followed("When did the harbour bridge reopen?", "And why?")

    whole = "Why did the harbour bridge reopen?"
    assert turn.completion is not None
    assert (turn.completion.question, turn.question) == (whole, whole)
    assert asked == [(whole, Filters())]


def test_where_they_do_not_answer_the_article_that_was_quoted_is_asked() -> None:
    class Elsewhere(ArticleDesk):
        def ask(self, question: str, **options: Any) -> Answer | NoAnswer:
            reply = super().ask(question, **options)
            if options["filters"].articles or len(self.asked) == 1:
                return reply
            return NoAnswer(question, "low_confidence")

    conversation = Conversation(Elsewhere())
    conversation.ask("When did the harbour bridge reopen?")

    turn = conversation.ask("And why?")

    assert isinstance(turn.reply, Answer)
    assert turn.filters == Filters(articles=("bridge",))


def test_a_reply_is_asked_of_its_article_first() -> None:
    turn, asked = followed("When did the harbour bridge reopen?", "And why?", is_reply=True)

    whole = "Why did the harbour bridge reopen?"
    there = Filters(articles=("bridge",))
    assert turn.completion is not None
    assert (turn.completion.question, turn.question) == (whole, whole)
    assert asked == [(whole, there)]
    assert turn.filters == there
    assert {quote.article.id for quote in turn.shown} == {"bridge"}


def test_what_the_article_does_not_say_is_asked_of_all() -> None:
    turn, asked = followed(
        "When did the harbour bridge reopen?", "And which whales swam past?", is_reply=True
    )

    whole = "Which whales swam past (the harbour bridge)?"
    assert asked == [(whole, Filters(articles=("bridge",))), (whole, Filters())]
    assert turn.filters == Filters()


def test_another_name_is_asked_of_all_at_once() -> None:
    turn, asked = followed("When did the harbour bridge reopen?", "What about the ferries?")

    assert asked == [("When did the ferries reopen?", Filters())]
    assert turn.completion is not None
    assert turn.completion.rule == "name"


def test_filters_are_carried_over_to_the_same_question() -> None:
    turn, _ = followed("harbour bridge reopened when? source:quay", "And why?")
    again, _ = followed("harbour bridge reopened when? source:quay", "And why?", "And the ferries?")
    other, _ = followed("harbour bridge reopened when? source:quay", "What did it cost?")

    assert turn.filters == Filters(sources=("quay",))
    assert again.filters == Filters(sources=("quay",))
    assert other.filters.sources == ()


def test_filters_of_the_followup_come_instead() -> None:
    turn, _ = followed("harbour bridge reopened when? source:quay", "And why? after:2024-03-05")

    assert turn.filters.sources == ()
    assert turn.filters.after == datetime(2024, 3, 5, tzinfo=UTC)


def test_filters_alone_ask_the_question_again() -> None:
    turn, asked = followed("When did the harbour bridge reopen?", "source:northern")

    filters = Filters(sources=("northern",))
    assert asked == [("When did the harbour bridge reopen?", filters)]
    assert texts(turn.shown) == [REOPENED_TOO]


def test_a_date_in_plain_words_narrows_a_followup_too() -> None:
    turn, asked = followed("When did the harbour bridge reopen?", "And since Monday?")

    monday = Filters(after=datetime(2024, 3, 4, tzinfo=UTC))
    assert asked == [("When did the harbour bridge reopen?", monday)]
    assert (turn.question, turn.filters) == asked[0]
    assert turn.completion is not None
    assert turn.completion.question == "When did the harbour bridge reopen since Monday?"


def test_a_date_comes_instead_of_the_one_carried_over() -> None:
    turn, asked = followed(
        "Did the harbour bridge reopen since Monday? source:quay", "And last week?"
    )

    week = Filters(
        sources=("quay",),
        after=datetime(2024, 2, 26, tzinfo=UTC),
        before=datetime(2024, 3, 4, tzinfo=UTC),
    )
    assert asked[0] == ("Did the harbour bridge reopen?", week)
    assert turn.widened == week


def test_an_answer_from_outside_of_a_date_says_so() -> None:
    turn, _ = followed("When did the harbour bridge reopen before 2020?")

    assert isinstance(turn.reply, Answer)
    assert turn.filters == Filters()
    assert turn.widened == Filters(before=datetime(2020, 1, 1, tzinfo=UTC))


def test_more_keeps_to_the_followup_and_its_article() -> None:
    desk = ArticleDesk()
    conversation = Conversation(desk, page=1)
    first = conversation.ask("When did the harbour bridge reopen?")
    conversation.ask("And why?", about=first)
    desk.asked.clear()

    page = conversation.more()

    assert desk.asked == [("Why did the harbour bridge reopen?", Filters(articles=("bridge",)))]
    assert (page.first, page.quotes) == (2, ())


def test_a_reply_leans_on_the_turn_it_replies_to() -> None:
    conversation = chat()
    first = conversation.ask("When did the harbour bridge reopen?")
    conversation.ask("Why did the herring leave?")

    turn = conversation.ask("And where?", about=first)

    assert turn.question == "Where did the harbour bridge reopen?"
    assert conversation.last == turn


def test_a_reply_may_be_to_a_turn_that_was_forgotten() -> None:
    first = chat().ask("When did the harbour bridge reopen?")

    turn = chat().ask("who attended?", about=first)

    assert turn.question == "Who attended (the harbour bridge)?"


def test_turns_can_be_restored() -> None:
    first = chat().ask("When did the harbour bridge reopen?")

    conversation = Conversation(ToyDesk(), turns=[first])

    assert conversation.last == first
    assert conversation.ask("And why?").question == "Why did the harbour bridge reopen?"


def test_nothing_of_what_was_forgotten_is_carried_over() -> None:
    conversation = chat()
    conversation.ask("When did the harbour bridge reopen? source:quay")
    conversation.forget()

    turn = conversation.ask("And why?")

    assert (turn.question, turn.filters, turn.completion) == ("And why?", Filters(), None)


def test_a_relative_date_counts_from_the_moment_given() -> None:
    turn = chat().ask("harbour bridge after:yesterday", now=datetime(2023, 1, 2, tzinfo=UTC))

    assert turn.filters.after == datetime(2023, 1, 1, tzinfo=UTC)


def test_the_real_desk_can_be_asked(tmp_path: Path) -> None:
    from retrieval.desk import Desk

    story = tmp_path / "story.txt"
    story.write_text(
        "The harbour bridge reopened on Monday after eight months of repairs.\n"
        "Engineers had found cracks in two of its cables last summer.\n"
        "Traffic was light in the first hours, the port authority said.\n"
    )
    with Desk.open(tmp_path / "desk") as desk:
        desk.add([story])
        conversation = Conversation(desk)

        turn = conversation.ask("When did the harbour bridge reopen?")
        page = conversation.more()
        spans = conversation.around(turn.shown[0])
        sources = conversation.sources()

    text = turn.shown[0].article.text
    assert turn.shown[0].text.startswith("The harbour bridge reopened on Monday")
    assert all(quote.span != turn.shown[0].span for quote in page.quotes)
    assert any(span.overlaps(turn.shown[0].span) for span in spans)
    assert all(span.of(text).strip() for span in spans)
    assert [(summary.source, summary.articles) for summary in sources] == [(None, 1)]
