"""Articles full of poison, on every way from the store to the screen: nothing refused, all exact."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from telegram_api.entities import clean

from retrieval.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Serve, Served
    from telegram_api import Json, Sent

POISON = {
    "Abelun": "</blockquote></b><i>&lt;&amp;&#60;<script>alert(1)</script> &nbsp;",
    "Borvat": "*bold* _it_ [link](http://evil.example) `code` ||spoiler|| {place} %s \\n",
    "Cadmor": "\u202etxet desrever\u202c \u2067rtl\u2069 مرحبا \u200f\u200e\u200f שלום",
    "Dulvex": "\u200b\u200d\ufeff\u00ad\u2060\U000e0041 A\u030a \u0333\u033f\u030a",
    "Elgrim": "\ud800 \udfff \ufffe \U0010ffff \x00\x01\x1b[31m\x7f\x85\u2028\u2029\r",
    "Farnok": "🌊👩‍👩‍👧‍👦🇺🇦" * 400,
    "Gostil": "x" * 100_000,
    "Hurwen": "z" + "\u0301" * 5_000,
    "Ivarel": "\n\n\n\t\n \n> quoted\n# heading\n---\n<!-- -->",
    "Jotmar": "@all /start tg://user?id=1 https://evil.example?a=1&b=2#x javascript:alert(1)",
    "Kelsun": "…" * 300 + " …… [1] 1 ¶1 · No answer: ",
    "Lomvir": "<a href='x'>" * 60 + "&" * 300,
    "Mezdar": "港口於星期一重新開放，" * 400,
}

URLS = (
    None,
    "javascript:alert(1)",
    "https://evil.example/?a=\"><b>x</b>&c='\u202e \n#:~:text=no",
    "tg://resolve?domain=durov",
    "https://[::1",
    "https://bücher.example/ä/\ud800?q=" + "x" * 5_000,
    "http://user:pass@evil.example@good.example/",
)


def article(name: str, poison: str, url: str | None) -> Json:
    half = poison[: len(poison) // 2]
    return {
        "id": f"{name}-{poison[:200]}",
        "title": f"{poison} the {name} of {poison}",
        "source": f"{poison[:2_000]} {name} Post",
        "author": poison,
        "url": url,
        "published": "2004-04-04",
        "text": f"{poison}\n\n{half} The {name} bridge was opened on 4 April 2004 by Ann {half}. "
        f"{poison}\n\nThe {name} bridge closed in May 2005, said {poison}.\n\n{poison}",
    }


@dataclass
class Reader:
    """Someone who asked about one of the articles, and the answer."""

    name: str
    user: Json
    chat: Json
    answer: Sent


@pytest.fixture
def poisoned(serve: Serve, tmp_path: Path) -> tuple[Served, list[Reader], dict[str, str]]:
    """A bot over the poison, and an answer about each article."""
    file = tmp_path / "poison.jsonl"
    rows = [
        article(name, poison, URLS[n % len(URLS)])
        for n, (name, poison) in enumerate(POISON.items())
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with Desk.open(tmp_path / "desk") as desk:
        report = desk.add([file])
        assert (report.new, report.failed.count) == (len(POISON), 0)
        found = (desk.latest(None, k=100)) if POISON else []
        texts = {a.id.partition("-")[0]: shown(a.text) for a in found}
    served = serve(folder=tmp_path / "desk")
    people = {name: served.person() for name in POISON}
    for name, (user, chat) in people.items():
        served.fake.say(chat, user, f"When was the {name} bridge opened?")
    readers = [
        Reader(name, user, chat, served.fake.wait_messages(chat, timeout=20)[0])
        for name, (user, chat) in people.items()
    ]
    return served, readers, texts


def test_poison_is_shown_as_it_is(
    poisoned: tuple[Served, list[Reader], dict[str, str]],
) -> None:
    served, readers, texts = poisoned
    fake = served.fake

    for reader in readers:
        assert "4 April 2004" in reader.answer.text, reader.name
        check(reader.answer, texts)
    # Each view is an edit, and a private chat takes one a second: all press at once
    for edits, label in enumerate(("Context", "‹ Back", "More", "‹ Back", "Sources"), 1):
        pressed = press(served, readers, label)
        for reader in readers:
            toast = fake.answered(pressed[reader.name]).params.get("text")
            assert toast in (None, "No further quotes."), reader.name
            if toast is None:
                check(fake.wait_edit(reader.chat, reader.answer.message_id, edits), texts)
    say_all(served, readers, lambda reader: f"/latest {reader.name}", 2)
    say_all(served, readers, lambda reader: f"/sources {reader.name}", 3)
    say_all(served, readers, lambda reader: link_in(reader.answer) or "/start x", 4)
    for reader in readers:
        call = fake.answered(
            fake.ask_inline(reader.user, f"When was the {reader.name} bridge opened")
        )
        assert call.ok, reader.name
    assert sorted(set(fake.complaints)) == []
    assert not re.search(r" (?:ERROR|CRITICAL) |Traceback", served.program.output())


def press(served: Served, readers: list[Reader], label: str) -> dict[str, str]:
    pressed = {}
    for reader in readers:
        now = served.fake.messages(reader.chat)[0].message
        labels = [b["text"] for row in now["reply_markup"]["inline_keyboard"] for b in row]
        pressed[reader.name] = served.fake.press(
            now,
            label if label in labels else "‹ Back" if "‹ Back" in labels else "Context",
            reader.user,
        )
    return pressed


def say_all(
    served: Served, readers: list[Reader], text_of: Callable[[Reader], str], count: int
) -> None:
    for reader in readers:
        served.fake.say(reader.chat, reader.user, text_of(reader))
    for reader in readers:
        assert served.fake.wait_messages(reader.chat, count)[-1].text.strip(), reader.name


def link_in(answer: Sent) -> str | None:
    links = [entity.get("url", "") for entity in answer.entities]
    found = [re.search(r"\?start=([\w-]+)", url) for url in links]
    return next((f"/start {match[1]}" for match in found if match), None)


def shown(text: str) -> str:
    """*text* as Telegram shows it, blanks aside."""
    return squeezed(clean(text.encode(errors="replace").decode(), [])[0])


def squeezed(text: str) -> str:
    """*text* without blanks, and without the characters that Telegram does not keep."""
    lost = "\ufffd?\u030a\u200e\u200f\u200c"
    return "".join(
        c
        for c in unicodedata.normalize("NFD", text)
        if c not in lost and not c.isspace() and unicodedata.category(c) not in {"Cc", "Cn", "Cs"}
    )


def check(sent: Sent, texts: dict[str, str]) -> None:
    """What stands in quotations stands in an article, word for word."""
    units = sent.text.encode("utf-16-le")
    for entity in sent.entities:
        if entity["type"] not in {"blockquote", "expandable_blockquote"}:
            continue
        start, stop = entity["offset"], entity["offset"] + entity["length"]
        quoted = units[2 * start : 2 * stop].decode("utf-16-le")
        if "NOT an answer" in quoted:
            continue
        for piece in quoted.split("…"):
            assert any(squeezed(piece) in text for text in texts.values()), piece[:200]
