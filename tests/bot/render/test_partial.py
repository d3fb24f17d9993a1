"""That a part of the index did not answer is said with every reply, in every form."""

import pytest
from paper import Paper

from bot.messages import Messages
from bot.render.html import ChatRenderer, visible_text
from bot.render.records import reply_object
from retrieval.types import Filters, NoAnswer

LANGUAGES = ["en", "es", "ru", "zh-Hans", "zh-Hant"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("is_partial", [False, True])
def test_it_is_said(language, is_partial):
    messages = Messages(language)
    note = messages.text("answer.partial")
    reply = NoAnswer("When?", "no_match", is_partial=is_partial)
    assert len(note) > 10

    html = ChatRenderer(messages).answer(reply, Filters())
    assert (note in visible_text(html)) is is_partial
    paper = Paper()
    paper.terminal.messages = messages
    paper.terminal.answer(reply, Filters())
    assert (note in paper.seen) is is_partial
    record = reply_object(reply, question_id=None, elapsed_ms=1.0)
    assert record.get("partial", False) is is_partial
