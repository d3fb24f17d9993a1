"""``clipdesk alerts`` as a user runs it: a real store, real files, the whole output."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main

CLIPDESK = [sys.executable, "-m", "bot.cli"]
ROOT = Path(__file__).parents[2]
PATIENCE_S = 30
TODAY = datetime.now(UTC)


def article(article_id, text, title=None, *, source="Wire A", hours=1):
    return {
        "id": article_id,
        "title": title,
        "text": text,
        "source": source,
        "published": (TODAY - timedelta(hours=hours)).isoformat(),
    }


QUAKE = article(
    "quake",
    "HUALIEN — Rescuers went out on Monday. A strong earthquake shook the east of Taiwan.",
    "Hualien shaken",
)
SAME = article(
    "same",
    "A strong earthquake shook the east of Taiwan on Monday; rescuers went out in Hualien.",
    "Hualien shaken by quake",
    source="Wire B",
)
FERRY = article("ferry", "The island ferry sailed again after 11 weeks in the yard.", "Ferry 🚢")


class Program:
    """`clipdesk` with a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {k: v for k, v in os.environ.items() if not k.startswith("CLIPDESK_")}
        self.environment = kept | {
            "CLIPDESK_DATA_DIR": str(folder / "data"),
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
        }

    def __call__(self, *arguments, stdin="", code=0):
        """What it prints, errors behind the rest if it fails; in this process, which is quick."""
        done = CliRunner().invoke(main, arguments, input=stdin, env=self.environment)
        assert done.exit_code == code, done.output
        return done.stdout if code == 0 else done.stdout + done.stderr

    def take_in(self, *articles, **options):
        lines = "\n".join(json.dumps(one) for one in articles)
        return self("ingest", "-", *options.get("flags", ()), stdin=lines)

    def json(self, *arguments):
        return [json.loads(line) for line in self(*arguments, "--json").splitlines()]


@pytest.fixture
def clipdesk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("CLIPDESK_")]:
        monkeypatch.delenv(name)
    return Program(tmp_path)


def test_a_day_of_alerts(clipdesk):
    clipdesk.take_in(FERRY)
    assert clipdesk("alerts", "list") == (
        "no subscriptions; clipdesk alerts add QUERY begins one\n"
    )
    assert clipdesk("alerts", "add", "ferry", "-football").endswith(
        "added, number 1; clipdesk alerts run tells it here\n"
    )
    clipdesk("alerts", "add", "earthquake OR quake", "--budget", "3")
    assert clipdesk("alerts", "run", "--once") == ""

    clipdesk.take_in(QUAKE, SAME)
    told = clipdesk("alerts", "run", "--once")
    again = clipdesk("alerts", "run", "--once")

    day = f"{TODAY.day} "
    assert re.sub(r" · \d+ \w+ \d{4}", "", told) == (
        "    A strong earthquake shook the east of Taiwan.\n"
        'Wire A · "Hualien shaken" · ¶1\n'
        "    also: Wire B\n"
        "    earthquake OR quake: earthquake\n"
    ), day
    assert again == ""
    [message] = clipdesk.json("alerts", "log")
    assert (message["state"], message["kind"], message["chat"]) == ("sent", "story", 0)
    assert [(m["article_id"], m["outcome"]) for m in message["matches"]] == [
        ("quake", "alert"),
        ("same", "merged"),
    ]
    log = clipdesk("alerts", "log").splitlines()
    assert len(log) == 2
    assert "Hualien shaken; Hualien shaken by quake" in log[1]
    assert clipdesk("alerts", "log", "--chat", "5") == "no messages in the last 7 days\n"


def test_what_is_no_news_is_not_told(clipdesk):
    clipdesk("alerts", "add", "earthquake")
    clipdesk.take_in(QUAKE, flags=["--no-alerts"])

    assert clipdesk("alerts", "run", "--once") == ""
    assert "earthquake" in clipdesk("ask", "Where was the earthquake?")


def test_withdrawn_before_it_was_told(clipdesk):
    clipdesk("alerts", "add", "earthquake")
    clipdesk.take_in(QUAKE)
    clipdesk("delete", "quake")

    assert clipdesk("alerts", "run", "--once") == ""


def test_states_of_a_subscription(clipdesk):
    clipdesk("alerts", "add", "earthquake", "--both", "--budget", "0")
    [one] = clipdesk.json("alerts", "list")
    assert (one["mode"], one["budget"], one["paused"], one["muted_until"]) == (
        "both",
        0,
        None,
        None,
    )

    assert clipdesk("alerts", "pause", "1") == "1 paused: earthquake\n"
    assert "muted until" in clipdesk("alerts", "mute", "1", "--for", "2h")
    [one] = clipdesk.json("alerts", "list")
    assert one["paused"] is not None
    assert one["muted_until"] is not None
    assert "paused, muted until" in clipdesk("alerts", "list")
    clipdesk("alerts", "resume", "1")
    assert "active" in clipdesk("alerts", "list")
    clipdesk("alerts", "remove", "1")
    assert clipdesk.json("alerts", "list") == []


def test_same_query_again_changes_the_subscription(clipdesk):
    clipdesk("alerts", "add", "earthquake")
    clipdesk("alerts", "add", "earthquake", "--digest", "--budget", "7")

    [one] = clipdesk.json("alerts", "list")
    assert (one["mode"], one["budget"]) == ("digest", 7)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", '"joint patrol'], "This quotation mark is not closed"),
        (["test", "flood OR"], "A word is missing beside OR"),
        (["add", "x" * 600], "That is too long for a query"),
        (["add", "-football"], "This only says what must not be there"),
        (["add", "flood", "--digest", "--both"], "Error: --digest and --both exclude each other"),
        (["add", "flood", "--topic", "3"], "Error: --topic goes with --chat"),
        (["pause", "4"], "Error: there is no subscription 4; clipdesk alerts list shows them"),
        (["mute", "4", "--for", "soon"], "Error: --for takes 1m to 30d"),
        (["test", "flood", "--article", "none"], "Error: no such article: 'none'"),
        (["import", "none.json"], "Error: cannot be read (No such file or directory): 'none.json'"),
        (["import", "x", "--topic", "3"], "Error: --topic goes with --chat"),
    ],
)
def test_a_users_mistake_is_told_and_changes_nothing(clipdesk, arguments, said):
    told = clipdesk("alerts", *arguments, code=1)

    assert told.startswith(said)
    assert clipdesk.json("alerts", "list") == []


def test_an_error_points_at_the_character(clipdesk):
    told = clipdesk("alerts", "add", "地震 (flood OR storm", code=1)

    assert told.splitlines()[-2:] == ["  地震 (flood OR storm", "       ^"]


def test_test_tells_what_it_would_have_been(clipdesk):
    clipdesk.take_in(QUAKE, SAME, FERRY)

    said = clipdesk("alerts", "test", "earthquake")
    assert "this would have sent one message (0.1 a day)." in said
    assert "A strong earthquake shook the east of Taiwan" in said
    assert "Did you mean earthquake?" in clipdesk("alerts", "test", "earthquke")
    [found] = clipdesk.json("alerts", "test", "earthquake")
    assert (found["messages"], found["articles"], found["looked_at"]) == (1, 2, 3)
    assert [one["article_id"] for one in found["examples"]] == ["quake"]
    assert clipdesk("alerts", "list").startswith("no subscriptions")


def test_test_tells_whether_an_article_matches(clipdesk):
    clipdesk.take_in(QUAKE, FERRY)

    said = clipdesk("alerts", "test", "--article", "quake", "taiwan title:shaken")
    assert said.startswith("matches\n\n    A strong earthquake shook the east of Taiwan.\n")
    assert "taiwan title:shaken: shaken, Taiwan" in said
    assert clipdesk("alerts", "test", "--article", "ferry", "taiwan", code=1) == "does not match\n"
    topic = "anything about ferries and earthquakes of islands"
    assert re.match(
        r"does not match, score 0\.\d\d of at least 0\.3",
        clipdesk("alerts", "test", "--article", "quake", topic, code=1),
    )
    [found] = clipdesk.json("alerts", "test", "--article", "quake", "strong Taiwan")
    assert (found["matches"], found["words"]) == (True, ["strong", "Taiwan"])


def test_a_chats_alerts_move(clipdesk, tmp_path):
    clipdesk(
        "alerts", "add", "earthquake OR 地震", "--chat", "-1005", "--topic", "7", "--budget", "4"
    )
    clipdesk("alerts", "export", "a.json", "--chat", "-1005")
    elsewhere = Program(tmp_path / "elsewhere")
    elsewhere.folder.mkdir()

    body = (tmp_path / "a.json").read_text()
    assert elsewhere("alerts", "import", "-", stdin=body) == (
        "1 subscriptions (1 new), 0 ratings (0 new)\n"
    )
    [one] = elsewhere.json("alerts", "list")
    assert (one["chat"], one["topic"], one["query"], one["budget"]) == (
        0,
        0,
        "earthquake OR 地震",
        4,
    )
    assert "is there already" in clipdesk("alerts", "export", "a.json", code=1)
    clipdesk("alerts", "export", "a.json", "--force")
    assert json.loads((tmp_path / "a.json").read_text())["subscriptions"] == []
    assert json.loads(clipdesk("alerts", "export", "--chat", "-1005"))["clipdesk_alerts"] == 1
    said = elsewhere("alerts", "import", "-", stdin=body[:-50], code=1)
    assert said == "Error: is damaged, or no file of alerts (no JSON): '-'\n"


def test_run_tells_what_comes_and_ends_well(clipdesk, tmp_path):
    clipdesk("alerts", "add", "earthquake")
    out, err = tmp_path / "out", tmp_path / "err"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(
            [*CLIPDESK, "alerts", "run"], stdout=stdout, stderr=stderr, env=clipdesk.environment
        )
    wait_for(lambda: "1 subscriptions here" in err.read_text())

    clipdesk.take_in(QUAKE)
    wait_for(lambda: "strong earthquake" in out.read_text())
    process.send_signal(signal.SIGINT)

    assert process.wait(PATIENCE_S) == 0
    assert err.read_text().endswith("1 told\n")


def wait_for(is_so):
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_chat_shows_what_was_taken_in_meanwhile(clipdesk):
    clipdesk.take_in(FERRY)
    clipdesk("repl", stdin="/subscribe earthquake\n")
    clipdesk.take_in(QUAKE)

    said = clipdesk(
        "repl", stdin="/alerts\n/unsubscribe 2\n/unsubscribe 1\n/subscribe (a\n/subscribe\n"
    )

    assert "1 earthquake (at once, at most 20 a day)" in said
    assert said.count("A strong earthquake shook the east of Taiwan.") == 1
    assert "There is no subscription of this number" in said
    assert "Number 1 is cancelled." in said
    assert "This bracket is not closed" in said
    assert "Write what to be told of behind it" in said
    assert clipdesk.json("alerts", "list") == []
