"""``clipdesk serve`` lets articles go, and what it said of them can still be looked into."""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hasty import HastyProgram, environment
from newsroom import Newsroom
from telegram_api import FakeTelegram

from retrieval.desk import STORE_FILE
from retrieval.errors import NoSuchArticle
from retrieval.store import Store

QUESTION = "When did Notre-Dame reopen?"
HASTY = {"retrieval.expiry.SETTLE_S": 0.1}


def test_what_expired_is_answered_from_no_more_and_its_buttons_work(
    demo_folder: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(demo_folder, tmp_path / "desk"))
    with Store.open(folder / STORE_FILE) as store:
        dated = sum(article.published is not None for article in store.iter_articles())
    with FakeTelegram() as fake:
        ada = fake.user(7_001)
        chat = fake.private(ada)
        with HastyProgram(folder, environment(fake), HASTY) as program:
            fake.say(chat, ada, QUESTION)
            [answer] = fake.wait_messages(chat, 1)
            assert "Notre-Dame swung open" in answer.text
            assert program.terminate() == 0

        keeping = environment(fake, "info") | {"CLIPDESK_RETENTION_DAYS": "1"}
        with HastyProgram(folder, keeping, HASTY) as program:
            wait_for(program, f"expired={dated}")
            fake.say(chat, ada, QUESTION)
            refusal = fake.wait_messages(chat, 2)[-1]
            assert "Notre-Dame swung open" not in refusal.text
            fake.press(answer.message, "Context", ada)
            context = fake.wait_edit(chat, answer.message_id, 1)
            assert "great organ" in context.text
            assert program.terminate() == 0
            assert "Traceback" not in program.output()

    with Store.open(folder / STORE_FILE) as store:
        assert store.counts().expired == dated
        assert store.check() == []


def test_what_an_alert_tells_of_keeps_its_text(demo_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(demo_folder, tmp_path / "desk"))
    long_ago = datetime.now(UTC) - timedelta(days=5)
    text = "The glass dome of the old observatory in Kolka was lifted off by a crane."
    with FakeTelegram() as fake, Newsroom(folder) as news:
        ada = fake.user(7_002)
        chat = fake.private(ada)
        news.subscribe("observatory kolka", ada["id"])
        news.publish("told", text, published=long_ago)
        news.publish(
            "untold", "The bakers of the valley baked for three nights.", published=long_ago
        )
        with HastyProgram(folder, environment(fake), HASTY) as program:
            fake.wait_messages(chat, 1)
            news.wait_all_ended()
            assert program.terminate() == 0
        keeping = environment(fake, "info") | {"CLIPDESK_RETENTION_DAYS": "1"}
        news.store.database.write("DELETE FROM bot_answers")  # what else would keep it
        with HastyProgram(folder, keeping, HASTY) as program:
            wait_for(program, "kept what is to be kept")
            assert program.terminate() == 0

        assert news.store.get_version("told", 1).text == text
        with pytest.raises(NoSuchArticle):
            news.store.get_version("untold", 1)


def wait_for(program: HastyProgram, words: str) -> None:
    deadline = time.monotonic() + 60
    while words not in program.output():
        assert time.monotonic() < deadline, program.output()
        time.sleep(0.05)
