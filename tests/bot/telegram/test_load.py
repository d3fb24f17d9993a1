"""Many at once: nothing is lost, a chat's answers keep their order, no limit is met."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Serve

CHATS = 45
QUESTIONS = {
    "When did Notre-Dame reopen?": "swung open",
    "When did Sweden join NATO?": "32nd member",
}


def test_all_are_answered_in_order_within_telegrams_limits(serve: Serve) -> None:
    served = serve()
    fake = served.fake
    fake.enforce_limits = True
    people = [served.person() for _ in range(CHATS)]
    for question in QUESTIONS:
        for user, chat in people:
            fake.say(chat, user, question)

    for _, chat in people:
        first, second = fake.wait_messages(chat, 2, timeout=30)
        wanted = list(QUESTIONS.values())
        assert wanted[0] in first.text
        assert wanted[1] in second.text

    assert [call for call in fake.calls if call.error is not None] == []
    assert fake.violations() == []
    assert fake.complaints == []
