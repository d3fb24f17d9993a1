"""
Three months of two outlets' feeds, replayed: is every alert accounted for, and none twice?

::

    python benchmarks/alerts_replay.py ../shared/eval/newsfeed_2022 [--minutes 5] [--kills 40]

200 subscriptions in 50 chats (private, groups, forum topics, channels, supergroups) are served
by the installed program over real HTTP from a Bot API server on loopback, with its limits in
force. The articles are stored in the order of their publication, in a time-lapse: 90 days in so
many minutes. The program is killed (SIGKILL) at random moments and started again. A second run
adds what Telegram and chats do: 429, connections reset before and after the work, 502, black
holes, the bot put out and let in again, groups that become supergroups, topics closed.

What should have been told is found by comparing each article with each query; each such match
is looked for in the store, and each message that is said to have arrived in its chat. Some
chats have quiet hours now (what is for them is held), some take digests.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "bot")]

from alert_storm import Account, Storm, Target, Trouble, account, make_targets  # noqa: E402
from newsroom import Newsroom  # noqa: E402
from telegram_api import FakeTelegram  # noqa: E402

from bot.alerts.hours import DigestTime, Quiet  # noqa: E402
from bot.alerts.values import ChatSettings, Subscription  # noqa: E402
from retrieval.desk import Desk  # noqa: E402
from retrieval.language.analysis import analyze  # noqa: E402
from retrieval.types import Article  # noqa: E402

CHATS = 50
SUBSCRIPTIONS = 200
KINDS = (
    "{0} OR {1} OR {2}",
    "{0} -{1}",
    "{0:.5}*",
    "title:{0} OR {1}",
    "({0} OR {1}) NOT {2}",
    "anything about {0} and {1}",
)
QUIET, DIGEST, BOTH = 3, 6, 7  # of every ten chats, which
RAREST, COMMONEST = 4, 60  # articles that hold a word that is asked for
_WORD = re.compile(r"[A-Za-z]{4,}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("set", type=Path, help="the folder with articles.jsonl.gz")
    parser.add_argument("--minutes", type=float, default=5.0, help="the time-lapse of 90 days")
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--only", choices=("kills", "trouble"), help="one of the two runs")
    options = parser.parse_args()
    articles = read_articles(options.set)
    print(
        f"{len(articles):,} articles in {options.minutes:g} minutes, {SUBSCRIPTIONS} subscriptions"
        f" in {CHATS} chats, {options.kills} kills"
    )
    is_good = True
    for name in ("kills", "trouble"):
        if options.only in (None, name):
            is_good &= replay(
                name, articles, 60 * options.minutes, options.kills, has_trouble=name == "trouble"
            )
    sys.exit(not is_good)


def read_articles(folder: Path) -> list[Article]:
    """All, in the order of their publication."""
    found: dict[str, Article] = {}
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row.get("text", "").strip() and "published" in row:
                found.setdefault(
                    row["id"],
                    Article(
                        id=row["id"],
                        text=row["text"],
                        title=row.get("title"),
                        source=row.get("source"),
                        url=row.get("url"),
                        published=datetime.fromisoformat(row["published"]).astimezone(UTC),
                        lang=row.get("lang"),
                    ),
                )
    return sorted(found.values(), key=lambda one: (one.published, one.id))


def replay(
    name: str, articles: Sequence[Article], seconds: float, kills: int, *, has_trouble: bool
) -> bool:
    """One run; whether all promises were kept."""
    with tempfile.TemporaryDirectory() as temporary, FakeTelegram() as fake:
        folder = Path(temporary) / "desk"
        Desk.open(folder).close()
        with Newsroom(folder) as news:
            targets = make_targets(fake, CHATS)
            subscriptions = subscribe(news, targets, articles)
            fake.enforce_limits = True
            storm = Storm(fake, folder, targets, articles, seconds, kills)
            if has_trouble:
                storm.trouble = Trouble(fake, targets, every=len(articles) // 200)
            begun = time.monotonic()
            storm.run(news, patience_s=15 * 60)
            took_s = time.monotonic() - begun
            found = account(fake, news, subscriptions, articles)
            problems = news.store.check()
        lost_answers = sum(call.method == "sendMessage" and not call.ok for call in fake.calls)
        over = fake.violations()
        tell(name, found, took_s, over, lost_answers)
        for line in (*over, *fake.complaints[:5], *problems):
            print(f"  {line}")
        is_whole = (found.missed, found.invented, found.lost, found.strangers) == (0, 0, 0, 0)
        return is_whole and found.repeats <= kills + storm.lost_answers and not problems


def subscribe(
    news: Newsroom, targets: Sequence[Target], articles: Sequence[Article]
) -> list[Subscription]:
    """Queries of every kind in words that the articles hold; settings of some chats."""
    chance = random.Random(11)  # the same run again
    counts: Counter[str] = Counter()
    for one in articles:
        counts.update({word.lower() for word in _WORD.findall(f"{one.title} {one.text}")})
    words = sorted(
        w for w, n in counts.items() if RAREST <= n <= COMMONEST and list(analyze(w, "en"))
    )
    at = datetime.now(UTC)
    for target in targets[QUIET::10]:  # for the next hours
        quiet = Quiet((at - timedelta(hours=1)).time(), (at + timedelta(hours=6)).time())
        news.alerts.subscriptions.set_chat(ChatSettings(chat_id=target.chat["id"], quiet=quiet))
    for target in targets[DIGEST::10]:
        soon = DigestTime((at + timedelta(minutes=3)).time().replace(second=0, microsecond=0))
        news.alerts.subscriptions.set_chat(ChatSettings(chat_id=target.chat["id"], digest=soon))
    modes = {DIGEST: "digest", BOTH: "both"}
    return [
        news.subscribe(
            KINDS[n % len(KINDS)].format(*chance.sample(words, 3)),
            targets[n % CHATS].chat["id"],
            targets[n % CHATS].thread_id,
            mode=modes.get(n % 10, "instant"),
            budget=15 if n % 4 else 30,  # what is over goes into the digest
        )
        for n in range(SUBSCRIPTIONS)
    ]


def tell(name: str, found: Account, took_s: float, over: Sequence[str], failed: int) -> None:
    print(f"\n{name}: {took_s / 60:.1f} minutes, {found.notes:,} messages")
    print(
        f"  matches expected {found.expected:,}, missed {found.missed}, too many {found.invented}"
    )
    for fate, count in sorted(found.fates.items()):
        print(f"    {count:6,} {fate}")
    print(
        f"  sent and not there {found.lost}, unsure and not there {found.doubtful},"
        f" repeats {found.repeats}, strangers {found.strangers}"
    )
    print(f"  over a limit, by the server's clock: {len(over)}; requests that failed: {failed}")


if __name__ == "__main__":
    main()
