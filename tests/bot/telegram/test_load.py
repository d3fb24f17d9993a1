"""Many at once: nothing is lost, a chat's answers keep their order, no limit is met."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Serve

CHATS = 200
QUESTIONS = {
    "When did Notre-Dame reopen?": "swung open",
    "When did Sweden join NATO?": "32nd member",
}
PATIENCE_S = 90
"""At 30 messages a second, 400 answers take 14 seconds; a busy machine may take longer."""


def test_all_are_answered_in_order_within_telegrams_limits(serve: Serve) -> None:
    served = serve(log_level="warning")
    fake = served.fake
    fake.enforce_limits = True
    people = [served.person() for _ in range(CHATS)]
    for question in QUESTIONS:
        for user, chat in people:
            fake.say(chat, user, question)

    for _, chat in people:
        answers = fake.wait_messages(chat, len(QUESTIONS), timeout=PATIENCE_S)
        assert len(answers) == len(QUESTIONS)
        for answer, words in zip(answers, QUESTIONS.values(), strict=True):
            assert words in answer.text

    assert [call for call in fake.calls if call.error is not None] == []
    assert fake.violations() == []
    assert fake.complaints == []
