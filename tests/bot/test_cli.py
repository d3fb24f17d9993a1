"""The program as a user runs it: real processes, real files, the whole output."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

CLIPDESK = [sys.executable, "-m", "bot.cli"]
ROOT = Path(__file__).parents[2]

FERRY = {
    "id": "f1",
    "title": "Ferry returns",
    "text": "The island ferry sailed again on Monday. It had been in the yard for 11 weeks.\n\n"
    "Captain Ada Brandt said that a new engine cost 2.4 million crowns.",
    "source": "Harbour Courier",
    "url": "https://courier.example/ferry",
    "published": "2024-03-04",
}
LIGHT = {
    "id": "l1",
    "title": "燈塔重新點亮",
    "text": "北角燈塔於星期五重新點亮。修復工程由陳美玲主持，歷時三年。",
    "source": "港灣時報",
    "published": "2025-06-01T08:00:00+08:00",
    "lang": "zh-Hant",
}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`clipdesk ARGUMENTS` in an empty folder, with a data folder of its own."""
    work = tmp_path / "work"
    work.mkdir()
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CLIPDESK_")}
    environment = kept | {
        "CLIPDESK_DATA_DIR": str(tmp_path / "data"),
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
    }

    def run_it(
        *arguments: str, stdin: str = "", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*CLIPDESK, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            cwd=work,
            env=environment | variables,
            check=False,
        )

    return run_it


def write_articles(folder: Path, *articles: dict[str, Any] | str) -> str:
    path = folder / "articles.jsonl.gz"
    lines = (a if isinstance(a, str) else json.dumps(a, ensure_ascii=False) for a in articles)
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return str(path)


@pytest.fixture
def filled(run: Run, tmp_path: Path) -> Run:
    """The same with two articles taken in."""
    done = run("ingest", write_articles(tmp_path, FERRY, LIGHT))
    assert (done.returncode, done.stdout) == (0, "2 new, 0 changed, 0 same, 0 failed\n"), (
        done.stderr
    )
    return run


def asked(run: Run, *arguments: str, **keywords: Any) -> list[dict[str, Any]]:
    done = run("ask", "--json", *arguments, **keywords)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_ingest_is_safe_to_repeat_and_goes_on_after_a_bad_line(run: Run, tmp_path: Path) -> None:
    first = run("ingest", write_articles(tmp_path, FERRY, "{not json", LIGHT))
    path = tmp_path / "articles.jsonl.gz"

    assert first.stdout == "2 new, 0 changed, 0 same, 1 failed\n"
    assert f"{path}:2" in first.stderr
    assert first.returncode == 0
    assert run("ingest", write_articles(tmp_path, FERRY, LIGHT)).stdout.startswith(
        "0 new, 0 changed, 2 same"
    )
    changed = FERRY | {"text": FERRY["text"] + " It sails at noon."}
    assert run("ingest", write_articles(tmp_path, changed)).stdout.startswith(
        "0 new, 1 changed, 0 same"
    )


def test_ingest_reads_standard_input(run: Run) -> None:
    done = run("ingest", "-", "--json", stdin=json.dumps(FERRY))

    shown = json.loads(done.stdout)
    assert (shown["new"], shown["failed"], shown["passages"]) == (1, 0, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ingest"], "nothing to ingest; write clipdesk ingest PATH..., or --demo"),
        (["ask"], 'no question given; write clipdesk ask "QUESTION" or --batch FILE'),
        (["ask", "why?", "--batch", "x"], "give a question or --batch FILE, not both"),
        (["ask", "--batch", "none.jsonl"], "no such file or folder; check the path: 'none.jsonl'"),
        (["ask", "why?", "--after", "soon"], "after is no date: 'soon'; write a year (2022)"),
        (["ask", "why? after:soon"], "after is no date: 'soon'"),
        (["ask", "why?"], "nothing has been ingested yet; run clipdesk ingest PATH"),
        (["repl"], "nothing has been ingested yet"),
        (["eval", "none"], "no articles.jsonl or"),
        (["eval", "--floor", "q1"], "no floor: 'q1'; write for example q1=74"),
    ],
)
def test_a_users_mistake_is_one_clear_line(run: Run, arguments: list[str], message: str) -> None:
    done = run(*arguments)

    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {message}")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_ingest_of_nothing_readable_fails(run: Run, tmp_path: Path) -> None:
    done = run("ingest", str(tmp_path / "missing.txt"))

    assert done.returncode == 1
    assert "not read: " in done.stderr
    assert "missing.txt" in done.stderr


def test_a_wrong_setting_stops_the_start(run: Run) -> None:
    done = run("index", "status", CLIPDESK_ENGINE="elastic")

    assert done.returncode == 1
    assert done.stderr == (
        "Error: CLIPDESK_ENGINE: input should be 'auto', 'memory', 'disk' or 'remote'; see .env.example\n"
    )


def test_json_is_the_contract(filled: Run) -> None:
    [reply] = asked(filled, "How much did the new engine cost?")

    quote = reply["quotes"][0]
    assert reply["answered"] is True
    assert reply["reason"] is None
    assert 0.5 < reply["confidence"] <= 1
    assert FERRY["text"][quote["start"] : quote["stop"]] == quote["text"]
    assert quote["text"] == "Captain Ada Brandt said that a new engine cost 2.4 million crowns."
    assert "2.4 million" in FERRY["text"][quote["answer"]["start"] : quote["answer"]["stop"]]
    assert (quote["article_id"], quote["version"], quote["paragraph"]) == ("f1", 1, 2)
    assert (quote["title"], quote["source"]) == ("Ferry returns", "Harbour Courier")
    assert (quote["url"], quote["published"]) == (FERRY["url"], "2024-03-04T00:00:00Z")
    assert reply["passages"][0]["article_id"] == "f1"
    assert set(reply) == {
        "id", "question", "answered", "confidence", "reason", "elapsed_ms", "quotes", "accounts",
        "passages",
    }  # fmt: skip


def test_batch_answers_in_order_and_names_bad_lines(filled: Run, tmp_path: Path) -> None:
    batch = tmp_path / "questions.jsonl"
    lines = [
        {"id": "a", "question": "誰主持修復工程？"},
        {"id": 2, "question": "Who won the chess match in Reykjavik?"},
        ["no question"],
        {"id": None, "question": ""},
        {"id": "x", "question": "\ud800"},
    ]
    batch.write_text("".join(json.dumps(line) + "\n" for line in lines) + "\n")

    done = filled("ask", "--json", "--batch", str(batch))

    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert [reply["id"] for reply in replies] == ["a", 2, None, "x"]
    assert [reply["answered"] for reply in replies] == [True, False, False, False]
    assert "陳美玲" in replies[0]["quotes"][0]["text"]
    assert replies[2]["reason"] == "no_terms"
    assert done.stderr == f"clipdesk: not an object with a \"question\" in it: '{batch}:3'\n"
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("question", "answered"),
    [
        ("How much did the new engine cost since 2024?", True),
        ("How much did the new engine cost since Monday?", True),  # it was not within the date
        ("How much did the chess match cost since 2024?", False),
    ],
)
def test_a_date_in_plain_words_takes_no_answer_away(
    filled: Run, tmp_path: Path, question: str, *, answered: bool
) -> None:
    batch = tmp_path / "questions.jsonl"
    batch.write_text(json.dumps({"id": 1, "question": question}) + "\n")

    [alone] = asked(filled, question)
    [in_batch] = map(json.loads, filled("ask", "--json", "--batch", str(batch)).stdout.splitlines())

    assert alone["question"] == in_batch["question"] == question
    assert alone["answered"] == in_batch["answered"] == answered
    assert alone["quotes"] == in_batch["quotes"]


def test_a_date_in_plain_words_may_be_given_up_and_an_option_is_not(filled: Run) -> None:
    [reply] = asked(filled, "What was said about the ferry before 2024?")
    [options] = asked(filled, "What was said about the engine since 2024?", "--source", "nowhere")

    assert reply["reason"] != "filters"  # nothing is so old, so all was asked
    assert options["reason"] == "filters"  # what the options say is never given up


def test_filters_of_options_and_of_the_question(filled: Run) -> None:
    engine = "How much did the engine cost?"

    assert asked(filled, engine, "--source", "courier")[0]["answered"]
    assert asked(filled, engine, "--after", "2025")[0]["reason"] == "filters"
    assert asked(filled, f"{engine} before:2024")[0]["reason"] == "filters"
    assert asked(filled, f"{engine} lang:en after:2024-03")[0]["answered"]
    assert asked(filled, "--lang", "zh", "燈塔何時重新點亮？")[0]["answered"]


def test_k_and_quotes_bound_what_is_given(filled: Run) -> None:
    [reply] = asked(
        filled, "--k", "1", "--quotes", "1", "What about the ferry, the captain and the engine?"
    )

    assert len(reply["passages"]) == 1
    assert len(reply["quotes"]) == 1


def test_explain_shows_shares_that_add_up(filled: Run) -> None:
    [reply] = asked(filled, "--explain", "How much did the new engine cost?")

    quote = reply["quotes"][0]
    assert sum(quote["features"].values()) == pytest.approx(quote["score"], abs=0.01)
    shown = filled("ask", "--explain", "How much did the new engine cost?").stdout
    assert "Score" in shown
    assert "\x1b" not in shown


def test_traditional_and_simplified_find_each_other(filled: Run) -> None:
    [reply] = asked(filled, "灯塔的修复工程由谁主持？")

    assert reply["answered"]
    assert reply["quotes"][0]["article_id"] == "l1"


def test_deleted_articles_stay_deleted_until_restored(filled: Run, tmp_path: Path) -> None:
    assert filled("delete", "f1", "none").stdout == "1 deleted\n"
    assert filled("delete", "f1").returncode == 1
    again = filled("ingest", write_articles(tmp_path, FERRY, LIGHT))

    assert (
        again.stdout
        == "0 new, 0 changed, 1 same, 0 failed, 1 deleted or expired before, left out\n"
    )
    assert not asked(filled, "How much did the new engine cost?")[0]["answered"]
    assert filled("delete", "--restore", "f1").stdout == "1 restored\n"
    assert asked(filled, "How much did the new engine cost?")[0]["answered"]


def test_index_status_and_rebuild(filled: Run, tmp_path: Path) -> None:
    index = tmp_path / "data" / "index" / "memory.bin"
    index.write_bytes(b"damaged")

    assert filled("index", "rebuild").stdout.startswith("2 passages indexed in ")
    status = json.loads(filled("index", "status", "--json").stdout)
    assert (status["engine"], status["articles"], status["passages"], status["indexed"]) == (
        "memory",
        2,
        2,
        2,
    )
    assert "zh-Hant 1" in filled("index", "status").stdout


def test_an_index_on_disk_is_told_damaged_and_made_anew(filled: Run, tmp_path: Path) -> None:
    disk = tmp_path / "data" / "index" / "disk"
    first = filled("index", "status", CLIPDESK_ENGINE="disk")
    assert "Engine:      disk (set)\n" in first.stdout
    assert "2 passages, up to date" in filled("doctor", CLIPDESK_ENGINE="disk").stdout
    next(disk.glob("*/meta.json")).write_text("{")

    sick = filled("doctor", CLIPDESK_ENGINE="disk")
    assert "the index is missing or damaged" in sick.stdout
    cured = filled("ask", "--json", "How much did the new engine cost?", CLIPDESK_ENGINE="disk")
    assert json.loads(cured.stdout)["answered"]
    assert "the disk index is made anew" in cured.stderr
    assert "Traceback" not in cured.stderr + sick.stderr
    assert "engine memory" in filled("doctor").stdout


def test_a_lost_or_damaged_index_costs_no_answer(filled: Run, tmp_path: Path) -> None:
    index = tmp_path / "data" / "index" / "memory.bin"
    for damage in (index.unlink, lambda: index.write_bytes(index.read_bytes()[:-9])):
        damage()

        assert asked(filled, "How much did the new engine cost?")[0]["answered"]


def test_doctor_tells_what_is_wrong_and_what_to_do(filled: Run, tmp_path: Path) -> None:
    healthy = filled("doctor")
    assert healthy.returncode == 0
    assert "store: 2 articles, 2 passages, whole" in healthy.stdout
    assert "PROBLEM" not in healthy.stdout

    store = tmp_path / "data" / "clipdesk.db"
    store.write_bytes(b"not a database at all" * 500)
    for leftover in store.parent.glob("clipdesk.db-*"):
        leftover.unlink()
    sick = filled("doctor")
    assert sick.returncode == 1
    assert "PROBLEM  store: " in sick.stdout
    assert "-> put the file back from a copy" in sick.stdout
    assert store.read_bytes().startswith(b"not a database")
    wrong = filled("doctor", CLIPDESK_QUOTES="0")
    assert "PROBLEM  settings: CLIPDESK_QUOTES" in wrong.stdout
    assert filled("--data-dir", str(tmp_path / "new"), "doctor").returncode == 0


def test_split_shows_pieces_and_signs(run: Run, tmp_path: Path) -> None:
    dump = tmp_path / "page.txt"
    dump.write_text("The harbour was dredged on Monday.\nIt took nine days, the mayor said.\n")

    assert run("split", str(dump)).stdout.startswith("lines 1-2")
    [piece] = [json.loads(line) for line in run("split", "--json", str(dump)).stdout.splitlines()]
    assert (piece["first_line"], piece["last_line"], piece["is_truncated"]) == (1, 2, False)
    assert "line 2" in run("split", "--explain", "-", stdin=dump.read_text()).stdout


def test_eval_gates_on_floors(run: Run) -> None:
    done = run("eval", "--json", "--limit", "8", "--floor", "verbatim=100", "--floor", "q3=101")

    figures = json.loads(done.stdout)
    assert figures["set"] == "demo"
    assert figures["verbatim"] == 100
    assert done.returncode == 1
    assert done.stderr == f"clipdesk: demo: q3 is {figures['q3']}, floor 101\n"


def test_repl_answers_piped_questions_without_colours(filled: Run) -> None:
    done = filled("repl", stdin="How much did the new engine cost?\n/quit\nnever asked\n")

    assert done.returncode == 0
    assert "2.4 million crowns" in done.stdout
    assert '[1] Harbour Courier · 4 Mar 2024 · "Ferry returns" · ¶2' in done.stdout
    assert "\x1b" not in done.stdout
    assert "never asked" not in done.stdout


def test_repl_on_the_demo_leaves_the_own_corpus_alone(run: Run) -> None:
    done = run("repl", "--demo", stdin="When did Chandrayaan-3 land on the Moon?\n")

    assert "23 August" in done.stdout
    assert run("index", "status").stdout.count("0, and 0 deleted") == 1


def test_asking_loads_neither_telegram_nor_terminal_libraries(filled: Run, tmp_path: Path) -> None:
    program = (
        "import sys; from bot.cli import main\n"
        "try: main(['ask', '--json', 'How much did the engine cost?'])\n"
        "except SystemExit: pass\n"
        "print(*(set(sys.modules) & {'telegram', 'prompt_toolkit', 'rich', 'trafilatura', 'feedparser'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, check=True, cwd=ROOT,
        env=os.environ | {"CLIPDESK_DATA_DIR": str(tmp_path / "data")},
    )  # fmt: skip

    assert done.stdout.splitlines()[-1] == ""


def test_ingest_survives_kill_and_interrupt(run: Run, tmp_path: Path) -> None:
    """Killed, then interrupted, then repeated: the end is that of one whole ingest."""
    articles = [
        {"id": f"a{n}", "text": f"Boat number {n} sailed to port {n % 97} on day {n % 31}. " * 8}
        for n in range(3000)
    ]
    path = write_articles(tmp_path, *articles)
    environment = os.environ | {"CLIPDESK_DATA_DIR": str(tmp_path / "data")}
    for stopping in (signal.SIGKILL, signal.SIGINT):
        ingest = subprocess.Popen(
            [*CLIPDESK, "ingest", path], cwd=ROOT, env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        store = tmp_path / "data" / "clipdesk.db-wal"
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not (store.exists() and store.stat().st_size > 1e6):
            time.sleep(0.005)
        ingest.send_signal(stopping)
        _, told = ingest.communicate(timeout=30)
        assert "Traceback" not in told
        assert run("index", "status").returncode == 0

    done = json.loads(run("ingest", "--json", path).stdout)
    assert done["new"] + done["same"] == 3000
    assert run("doctor").returncode == 0
    assert json.loads(run("index", "status", "--json").stdout)["articles"] == 3000
