"""Alerts through kills and trouble: each match is accounted for, and nothing comes twice."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from alert_storm import Storm, Trouble, account, make_targets
from newsroom import Newsroom, article
from telegram_api import FakeTelegram

from retrieval.types import Article

ARTICLES = 40
KILLS = 10
SECONDS = 18.0

WHO = (
    *("Divers", "Beekeepers", "Surgeons", "Bakers", "Lighthouse keepers", "Violinists", "Judges"),
    *("Glaziers", "Shepherds", "Archivists", "Ferrymen", "Astronomers", "Weavers", "Firefighters"),
)
DID = (
    *("raised", "painted", "sold", "borrowed", "measured", "buried", "photographed", "rescued"),
    *("repaired", "rejected", "copied", "auctioned", "inspected", "catalogued"),
)
WHAT = (
    *("a sunken ferry", "forty violins", "the cathedral clock", "an oak staircase", "a tram depot"),
    *("wild orchids", "the harbour bridge", "a meteorite", "medieval ledgers", "two lynxes"),
    *("the salt mine", "a glass dome", "frozen rivers", "the night train"),
)
WHERE = (
    *("Kolka", "Ventspils", "Tallinn", "Göteborg", "Łódź", "Zürich", "Kyoto", "Haifa", "Accra"),
    *("Ljubljana", "Trondheim", "Plovdiv", "Oaxaca", "Hobart"),
)
QUERIES = (
    "raised OR painted OR sold",
    '"harbour bridge" OR "night train"',
    "violin* OR kyoto",
    "meteorite OR lynxes -haifa",
    "kolka OR accra OR łódź",
    "title:bakers OR title:judges",
    "(divers OR surgeons) NOT hobart",
    "orchids OR ledgers OR glass",
)


def make_articles(count: int) -> list[Article]:
    chance = random.Random(3)  # the same every time
    found = []
    for n in range(count):
        who, did, what, where = map(chance.choice, (WHO, DID, WHAT, WHERE))
        text = f"{who} from {where} {did} {what} this week, the mayor of {where} said."
        found.append(article(f"n{n}", text, title=f"{who} and {what}"))
    return found


@pytest.mark.parametrize("is_troubled", [False, True], ids=["kills", "kills and trouble"])
def test_every_alert_is_accounted_for(demo_folder: Path, tmp_path: Path, is_troubled: bool) -> None:
    folder = Path(shutil.copytree(demo_folder, tmp_path / "desk"))
    articles = make_articles(ARTICLES)
    with FakeTelegram() as fake, Newsroom(folder) as news:
        targets = make_targets(fake, 10)
        subscriptions = [
            news.subscribe(query, target.chat["id"], target.thread_id)
            for n, target in enumerate(targets)
            for query in (QUERIES[n % 8], QUERIES[(3 * n + 1) % 8])
        ]
        storm = Storm(fake, folder, targets, articles, SECONDS, KILLS)
        if is_troubled:
            storm.trouble = Trouble(fake, targets)
        fake.enforce_limits = True
        storm.run(news, patience_s=90)

        found = account(fake, news, subscriptions, articles)

        assert (found.missed, found.invented, found.lost, found.strangers) == (0, 0, 0, 0)
        assert found.expected > 100
        assert is_troubled or found.doubtful == 0
        assert found.repeats <= KILLS + storm.lost_answers
        ends = {fate.rpartition(": ")[2] for fate in found.fates}
        assert ends <= {"sent", "unsure"}
        assert fake.violations() == []
        assert fake.complaints == []
        assert news.store.check() == []
