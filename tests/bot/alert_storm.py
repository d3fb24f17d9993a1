"""
Articles come in, the program is killed again and again, Telegram does what it can; then each
match that there should have been is looked for, and each message that there was.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hasty import HastyProgram, environment
from newsroom import Newsroom
from telegram_api import FakeTelegram, Json

from bot.alerts.outbox import Handed
from bot.alerts.values import Subscription
from retrieval.percolator import Percolator
from retrieval.query import parse_standing
from retrieval.types import Article

HASTY = {
    "bot.telegram.alert_delivery.EDIT_EVERY_S": 1.0,
    "bot.telegram.alert_delivery._FIRST_PAUSE_S": 0.2,
    "bot.telegram.alert_delivery._LONGEST_PAUSE_S": 2.0,
}
KINDS = ("private", "group", "forum", "channel", "supergroup")


@dataclass
class Target:
    """A place that alerts go to; ``chat`` changes when a group becomes a supergroup."""

    kind: str
    chat: Json
    user: Json
    thread_id: int = 0


def make_targets(fake: FakeTelegram, count: int) -> list[Target]:
    """Chats of all kinds, in turn."""
    targets = []
    for n in range(count):
        user = fake.user(70_000 + n)
        kind = KINDS[n % len(KINDS)]
        thread_id = 0
        if kind == "private":
            chat = fake.private(user)
        elif kind == "group":
            chat = fake.group(-80_000 - n)
        elif kind == "channel":
            chat = fake.channel(-1_001_500_000_000 - n)
        else:
            chat = fake.supergroup(-1_001_600_000_000 - n, is_forum=kind == "forum")
        fake.member(chat, user, "member")
        if kind == "forum":
            thread_id = fake.topic(chat, user=user)
        targets.append(Target(kind, chat, user, thread_id))
    return targets


@dataclass
class Storm:
    """
    One run.

    Attributes:
        kills: How often the program is killed, at random moments.
        trouble: Called before each article with its number: it makes Telegram misbehave.
            Gives how many sends it lets arrive whose answers do not: each may be repeated.
    """

    fake: FakeTelegram
    folder: Path
    targets: Sequence[Target]
    articles: Sequence[Article]
    seconds: float
    kills: int
    seed: int = 7
    trouble: Callable[[int], int] = lambda _: 0
    settings: Mapping[str, str] = field(default_factory=dict)
    log_level: str = "warning"
    lost_answers: int = 0

    def run(self, news: Newsroom, patience_s: float) -> None:
        """Let all articles come within *seconds*, then wait until all is told."""
        chance = random.Random(self.seed)  # the same run again
        moments = sorted(chance.uniform(0.0, self.seconds) for _ in range(self.kills))
        program = self._program()
        begun = time.monotonic()
        try:
            program.__enter__()
            for number, article in enumerate(self.articles):
                due = begun + self.seconds * number / len(self.articles)
                while (left := due - time.monotonic()) > 0:
                    time.sleep(min(left, 0.02))
                while moments and time.monotonic() - begun >= moments[0]:
                    moments.pop(0)
                    self._again(program)
                self.lost_answers += self.trouble(number)
                news.publish_all([article])
            for _ in moments:  # the machine was too slow for them
                time.sleep(chance.uniform(0.0, 2.0))
                self._again(program)
            self.calm(news)
            news.wait(lambda: is_over(news), "the end of all messages", patience_s)
        finally:
            program.__exit__(None, None, None)

    def _again(self, program: HastyProgram) -> None:
        program.kill()
        program.__enter__()

    def _program(self) -> HastyProgram:
        return HastyProgram(
            self.folder, environment(self.fake, self.log_level, **self.settings), HASTY
        )

    def calm(self, news: Newsroom) -> None:
        """All chats let the bot in again."""
        with self.fake.changed:
            self.fake.faults.coming.clear()
        for target in self.targets:
            room = self.fake.rooms[target.chat["id"]]
            if room.refusal is not None:
                self.fake.my_chat_member(target.chat, target.user, "kicked", "member")


@dataclass
class Trouble:
    """
    What Telegram and chats do, in turn; called with each article's number.

    Attributes:
        every: So many articles apart.
    """

    fake: FakeTelegram
    targets: Sequence[Target]
    every: int = 1
    chance: random.Random = field(default_factory=lambda: random.Random(5))

    def __call__(self, number: int) -> int:
        """How many sends arrive whose answers do not."""
        if number % self.every:
            return 0
        target = self.chance.choice(self.targets)
        acts = (self.flood, self.reset, self.put_out, self.let_in, self.migrate, self.close)
        turn = number // self.every % (len(acts) + 1)
        if turn < len(acts):
            acts[turn](target)
            return 0
        self.fake.reset("sendMessage", after_work=True, chat_id=target.chat["id"])
        return 1

    def flood(self, target: Target) -> None:
        self.fake.flood(target.chat["id"], 1)
        self.fake.bad_gateway("sendMessage")

    def reset(self, target: Target) -> None:
        self.fake.reset("sendMessage", chat_id=target.chat["id"])
        self.fake.black_hole("sendMessage", 0.5)

    def put_out(self, target: Target) -> None:
        room = self.fake.rooms[target.chat["id"]]
        if room.refusal is None and target.kind != "channel":
            self.fake.my_chat_member(target.chat, target.user, "member", "kicked")

    def let_in(self, _: Target) -> None:
        for target in self.targets:
            if self.fake.rooms[target.chat["id"]].refusal is not None:
                self.fake.my_chat_member(target.chat, target.user, "kicked", "member")

    def migrate(self, target: Target) -> None:
        old = target.chat["id"]
        if target.kind == "group" and self.fake.rooms[old].refusal is None:
            target.chat = self.fake.migrate(target.chat, old - 1_001_700_000_000, target.user)
            target.kind = "supergroup"

    def close(self, target: Target) -> None:
        if target.kind == "forum":
            self.fake.close_topic(target.chat["id"], target.thread_id)


def is_over(news: Newsroom) -> bool:
    """Whether all was looked at, and nothing waits but for its time."""
    if news.store.cursor("alerts") < news.store.last_seq():
        return False
    waiting = news.store.database.value(
        "SELECT count(*) FROM alert_notes WHERE state = 'sending' OR (state = 'waiting'"
        " AND not_before <= (unixepoch() + 1) * 1000000)"
        " OR (state = 'sent' AND revision > shown AND message_id IS NOT NULL)"
    )
    return int(waiting) == 0


@dataclass(frozen=True)
class Account:
    """
    What became of all that should have been told.

    Attributes:
        expected: Matches that comparing each article with each query gives; ``missed`` were not
            noted, ``invented`` are noted and none of them.
        fates: How the matches ended, counted.
        lost: Messages that are said to have arrived, and did not; ``doubtful``, that may have
            arrived, and did not.
        repeats: Copies of messages beyond the first.
        strangers: Messages that belong to no note.
    """

    expected: int
    missed: int
    invented: int
    fates: Counter[str]
    notes: int
    lost: int
    doubtful: int
    repeats: int
    strangers: int


def account(
    fake: FakeTelegram,
    news: Newsroom,
    subscriptions: Sequence[Subscription],
    articles: Sequence[Article],
) -> Account:
    """Count; only words are compared by brute force, a topic's score hangs on the corpus."""
    percolator = Percolator(lambda _: 1.0)
    words = set()
    for subscription in subscriptions:
        query = parse_standing(subscription.query, subscription.created)
        if not query.is_topic:
            words.add(subscription.id)
            percolator.add(subscription.id, query, least=subscription.least)
    expected = {(m.query_id, one.id) for one in articles for m in percolator.match_all(one)}
    log = {handed.note.id: handed for handed in news.log()}
    rows = news.store.database.rows(
        "SELECT subscription_id, article_id, outcome, note_id, in_digest, digest_id"
        " FROM alert_matches"
    )
    noted = {(row[0], str(row[1])) for row in rows if row[0] in words}
    fates = Counter(_fate(log, row[2], row[3], row[4], row[5]) for row in rows)
    copies = messages_by_answer(fake)
    absent = [h.note.state for h in log.values() if copies[h.note.answer_id] == 0]
    known = {h.note.answer_id for h in log.values()}
    return Account(
        expected=len(expected),
        missed=len(expected - noted),
        invented=len(noted - expected),
        fates=fates,
        notes=len(log),
        lost=absent.count("sent"),
        doubtful=absent.count("unsure"),
        repeats=sum(n - 1 for n in copies.values() if n > 1),
        strangers=sum(n for answer, n in copies.items() if answer not in known),
    )


def _fate(
    log: Mapping[int, Handed],
    outcome: str,
    note_id: int | None,
    in_digest: bool,  # a column
    digest_id: int | None,
) -> str:
    if note_id is not None:
        note = log[note_id].note
        state = "held" if note.state == "waiting" else note.state
        assert state in {"sent", "unsure"} or note.reason or state == "held", note
        return f"{outcome}: {state}"
    assert in_digest, outcome
    if digest_id is None:
        return f"{outcome}: waits for the digest"
    return f"{outcome}: digest {log[digest_id].note.state}"


def messages_by_answer(fake: FakeTelegram) -> Counter[int | None]:
    """How many messages stand for each answer of the ledger, by the button beneath."""
    found: Counter[int | None] = Counter()
    with fake.changed:
        calls = list(fake.calls)
    for call in calls:
        if call.method != "sendMessage" or not call.ok:
            continue
        rows = call.params.get("reply_markup", {}).get("inline_keyboard", [])
        data = [b.get("callback_data", "") for row in rows for b in row]
        ids = [int(one.split(":")[1]) for one in data if one.startswith("c:")]
        if ids:  # else it is no alert
            found[ids[0]] += 1
    return found
