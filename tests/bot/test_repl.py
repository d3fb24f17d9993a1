import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory
from toy_desk import ARTICLES, BRIDGE, ToyDesk

from bot import repl
from bot.conversation import Conversation
from bot.messages import Messages
from bot.render.terminal import open_terminal
from bot.repl.commands import ALERT_COMMANDS, COMMANDS, split_pasted
from bot.repl.prompt import ChatCompleter, _open_history
from retrieval.errors import StoreError
from retrieval.types import Answer, NoAnswer


def chat(typed: str, desk: ToyDesk | None = None, **options: object) -> tuple[str, int]:
    """What a chat prints for lines on standard input, and its exit code."""
    out = io.StringIO()
    conversation = Conversation(ToyDesk() if desk is None else desk)
    terminal = open_terminal(Messages("en"), out)
    code = repl.run(conversation, terminal, stdin=io.StringIO(typed), **options)
    return out.getvalue(), code


LINK = (
    "https://quay.example/news/bridge?page=2#story:~:text=The%20harbour%20bridge%20reopened"
    "%20on%20Monday%20after%20eight%20months%20of%20repairs."
)


def test_a_chat_from_a_pipe() -> None:
    said, code = chat(
        "\ufeffWhen did the harbour bridge reopen? source:quay\n"
        "\n"
        "/why\n"
        "/context 1\n"
        "/more\n"
        "/open 1\n"
        "zeppelin\n"
        "/open\n"
    )

    assert code == 0
    assert re.sub(" +\n", "\n", said) == (
        "› When did the harbour bridge reopen? source:quay\n"
        "\n"
        "Only these articles: source quay.\n"
        "\n"
        "    The harbour bridge reopened on Monday after eight months of repairs.\n"
        '[1] The Daily Quay · 4 Mar 2024 · "Harbour bridge opens again" · ¶1\n'
        f"    {LINK}\n"
        "\n"
        "› /why\n"
        "\n"
        "Feature    Share\n"
        "coverage  +2.000  ━━━━━━━━  the question's words, rare ones first\n"
        "lead       0.000            near the top of an article about it\n"
        "Score     +2.000\n"
        "\n"
        "Its passage was found at rank 1 of 1, with a BM25 score of 9.00.\n"
        "Probability that quote 1 answers the question: 67%.\n"
        "\n"
        "› /context 1\n"
        "\n"
        '[1] The Daily Quay · 4 Mar 2024 · "Harbour bridge opens again" · ¶1\n'
        f"    {LINK}\n"
        "    by Ada Brook\n"
        "\n"
        "│ The harbour bridge reopened on Monday after eight months of repairs.\n"
        "\n"
        "  Engineers had found cracks in two of its cables last summer. The repairs cost 12 million"
        " crowns.\n"
        "\n"
        "  …\n"
        "\n"
        "› /more\n"
        "\n"
        "No further quotes.\n"
        "\n"
        "› /open 1\n"
        "\n"
        f"{LINK}\n"
        "\n"
        "› zeppelin\n"
        "\n"
        "No answer: no article shares a word with the question.\n"
        "\n"
        "› /open\n"
        "\n"
        "There are no quotes to choose from.\n"
    )


def reply_to(line: str, before: str = "When did the harbour bridge reopen?\n") -> str:
    """What the chat prints for *line* alone."""
    said, code = chat(f"{before}{line}\n")
    assert code == 0
    return said.rpartition(f"› {line}\n\n")[2]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/sourcse", "No command /sourcse; did you mean /sources?\n"),
        ("/con 1", "No command /con; did you mean /context?\n"),
        ("/xyzzy", "No command /xyzzy; /help lists them.\n"),
        ("/", "No command /; /help lists them.\n"),
        ("/why two", "/why takes the number of a quote: /why 1\n"),
        ("/why 1 2", "/why takes the number of a quote: /why 1\n"),
        ("/why -1", "/why takes the number of a quote: /why 1\n"),
        ("/why ²", "/why takes the number of a quote: /why 1\n"),
        ("/open " + "9" * 5000, "/open takes the number of a quote: /open 1\n"),
        ("/context 0", "There are quotes 1 to 3.\n"),
        ("/context 4", "There are quotes 1 to 3.\n"),
        ("/sources xx", "No source has xx in its name.\n"),
        ("/new", "Forgotten; ask something new.\n"),
        ("bridge after:soon", None),
        (
            "🚀",
            "No answer: the question holds no word to look up. Name a person, a place or a thing.\n",
        ),
    ],
)
def test_a_line_has_its_reply(line: str, said: str | None) -> None:
    if said is None:
        said = (
            "Cannot answer: after is no date: 'soon'; write a year (2022), a month (2022-02), a day"
            " (2022-02-24), today, yesterday or 7d\n"
            "  bridge after:soon\n"
            "               ^\n"
        )

    assert reply_to(line) == said


@pytest.mark.parametrize("line", ["/why [2]", "/WHY 2", "/why ٢", "/why #2"])
def test_a_number_may_be_written_as_people_do(line: str) -> None:
    assert reply_to(line) == reply_to("/why 2")
    assert "rank 2 of 3" in reply_to(line)


@pytest.mark.parametrize("line", ["/why", "/context 1", "/more", "/open"])
def test_commands_before_a_question_say_so(line: str) -> None:
    assert reply_to(line, before="") == "Ask a question first.\n"


def test_a_followup_is_shown_as_it_was_understood() -> None:
    assert reply_to("And why?").startswith(
        "Understood as: Why did the harbour bridge reopen?\n\n    The harbour bridge reopened"
    )
    assert reply_to("And the herring? source:wire").startswith(
        "Understood as: When did the herring reopen?\n\nOnly these articles: source wire.\n\n"
    )


def test_new_forgets_what_a_followup_would_lean_on() -> None:
    before = "When did the harbour bridge reopen?\n/new\n"

    assert reply_to("And why?", before) == reply_to("Why?", before="")
    assert "Understood as" not in reply_to("And why?", before)


def test_a_whole_question_has_no_small_print() -> None:
    said = reply_to("How much did the repairs cost?")

    assert "Understood as" not in said
    assert "Only these articles" not in said


def test_filters_are_told_once_where_they_are_the_reason() -> None:
    assert reply_to("harbour bridge before:1999") == (
        "No answer: nothing within the filters (published before 1 Jan 1999) shares a word with"
        " the question.\n"
    )


def test_one_quote_is_counted_as_one() -> None:
    assert reply_to("/why 2", "harbour bridge source:quay\n") == "There is only quote 1.\n"


def test_help_lists_every_command() -> None:
    said = reply_to("/help")

    # A desk of toys has no alerts
    known = [name for name in COMMANDS if name not in ALERT_COMMANDS]
    assert re.findall(r"^/(\w+)", said, re.MULTILINE) == known
    assert "source:bbc" in said


def test_sources_are_listed() -> None:
    assert reply_to("/sources").endswith(
        "4 articles from 3 sources, dated 20 Nov 2023 to 5 Mar 2024.\n"
    )


def test_open_shows_an_article_without_a_link() -> None:
    assert reply_to("/open 3") == (
        "No link is known; the article's text:\n"
        "\n"
        "[3] untitled, line 17 of dump.txt · ¶1\n"
        "    the text breaks off · /data/in/dump.txt\n"
        "\n"
        "│ Fishermen say the bridge works drove the herring away. A study of the harbour is to\n"
    )


@pytest.mark.parametrize(("could", "said"), [(True, "Opened in the browser."), (False, LINK)])
def test_open_sends_the_link_to_the_browser(could: bool, said: str) -> None:
    opened = []

    def open_link(link: str) -> bool:
        opened.append(link)
        return could

    out, _ = chat("harbour bridge reopen?\n/open 1\n", open_link=open_link)

    assert opened == [LINK]
    assert out.endswith(f"› /open 1\n\n{said}\n")


def test_open_never_runs_what_is_no_web_address() -> None:
    opened = []
    article = replace(BRIDGE, url="javascript:alert(1)")

    out, _ = chat("harbour bridge?\n/open 1\n", ToyDesk((article,)), open_link=opened.append)

    assert opened == []
    assert "No link is known" in out


def test_more_of_no_answer_is_marked_as_none() -> None:
    article = replace(BRIDGE, text="\n".join(f"The bridge has pillar {n}00." for n in range(5)))

    out, _ = chat("bridge inspector salary scandal\n/more\n", ToyDesk((article,)))

    more = out.rpartition("› /more\n\n")[2]
    assert more.startswith("Further passages, NOT an answer:\n\n")
    assert re.findall(r"^\[\d\]", more, re.MULTILINE) == ["[4]", "[5]"]


def test_an_empty_corpus_says_how_to_fill_it() -> None:
    out, code = chat("anything?", ToyDesk(()))

    assert (code, "clipdesk ingest PATH" in out) == (0, True)


@pytest.mark.parametrize("leave", ["/quit", "/exit", "/q", "/QUIT now"])
def test_quit_leaves(leave: str) -> None:
    assert chat(f"{leave}\nharbour bridge?\n") == (f"› {leave}\n\n", 0)


@pytest.mark.parametrize("typed", ["", "\n\n", "  \n"])
def test_no_question_prints_nothing(typed: str) -> None:
    assert chat(typed) == ("", 0)


class Broken(ToyDesk):
    def __init__(self, error: BaseException) -> None:
        super().__init__(ARTICLES)
        self.error: BaseException | None = error

    def ask(self, *args: object, **options: object) -> Answer | NoAnswer:
        error, self.error = self.error, None
        if error is not None:
            raise error
        return super().ask(*args, **options)


def test_an_error_of_the_library_is_told_and_the_chat_goes_on() -> None:
    out, code = chat("bridge?\nharbour bridge?\n", Broken(StoreError("the store is \x1blocked")))

    assert code == 0
    assert out.startswith("› bridge?\n\nCannot answer: the store is ␛locked\n\n› harbour bridge?")
    assert "[1] The Daily Quay" in out


def test_a_bug_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        chat("bridge?\n", Broken(ZeroDivisionError()))


def test_ctrl_c_ends_a_piped_chat() -> None:
    assert chat("bridge?\nbridge?\n", Broken(KeyboardInterrupt())) == ("› bridge?\n\n", 130)


@pytest.mark.parametrize(
    ("typed", "questions"),
    [
        ("one?", ["one?"]),
        ("a line\nthat goes on\n\nand on?", ["a line\nthat goes on\nand on?"]),
        ("Who?\nWhen?\n\n Where? ", ["Who?", "When?", "Where?"]),
        ("誰？\n什麼時候？", ["誰？", "什麼時候？"]),
        ("من؟\nمتى؟", ["من؟", "متى؟"]),
        ("/context 1\n/why 1", ["/context 1", "/why 1"]),
        ("Who\nwhen?", ["Who\nwhen?"]),
        (" \n ", []),
        ("", []),
    ],
)
def test_pasted_lines_are_one_question_unless_each_is_whole(
    typed: str, questions: list[str]
) -> None:
    assert split_pasted(typed) == questions


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("/", list(COMMANDS)),
        ("/s", ["sources", "subscribe"]),
        ("/sources q", ["The Daily Quay"]),
        ("/sources the daily", ["The Daily Quay"]),
        ("/why ", ["1", "2", "3"]),
        ("/why 2", ["2"]),
        ("/help ", []),
        ("", []),
        ("who ", []),
        ("who sou", ["source:"]),
        ("who source:", ['"The Daily Quay"', '"Northern Wire"', "港口日報"]),
        ("who source:nor", ['"Northern Wire"']),
        ('who source:"the d', ['"The Daily Quay"']),
        ("who source:港", ["港口日報"]),
        ("who lang:", ["en", "zh-Hant"]),
        ("resource:", []),
    ],
)
def test_completion(typed: str, offered: list[str]) -> None:
    conversation = Conversation(ToyDesk())
    conversation.ask("When did the harbour bridge reopen?")

    found = list(
        ChatCompleter(conversation, Messages("en")).get_completions(
            Document(typed), CompleteEvent()
        )
    )

    assert [completion.text for completion in found] == offered
    for completion in found:
        kept = typed[: len(typed) + completion.start_position]
        assert re.fullmatch(r"|/|/\w+ |who |who (source|lang):", kept), kept


def test_a_chat_without_a_place_for_its_history_forgets(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")

    history = _open_history(tmp_path / "data" / "history")

    assert isinstance(history, InMemoryHistory)
    assert "history not kept" in caplog.text
