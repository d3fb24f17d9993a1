"""
How well dumps are cut apart: ``split_dumps.py SET_DIR...`` prints a table.

Each set is a folder with ``articles.jsonl.gz`` (id, text, perhaps title). Dumps of each
kind are made from its articles, every second one (the others found the weights), with a
fixed seed. F1 counts the boundaries after the first piece; "whole" is the share of single
articles left whole, "suspected" the share with a warning. Peers in the same run:
"every line is an article" and "one file is one article".
"""

from __future__ import annotations

import gzip
import json
import random
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

from retrieval.sources.dump import split_dump

Made = tuple[str, set[int]]
KINDS = (
    "story + 4", "story + 8", "blank lines", "kickers", "ellipsis", "read more", "titles",
    "teasers first", "only teasers", "wrapped story", "CRLF",
)  # fmt: skip
SINGLE = ("whole \\n", "whole \\n\\n", "whole as is", "whole wrapped", "whole, cut off")
KICKERS = ("EXTRA TIME:", "‘NO WAY BACK’:", "WHO PAYS?", "TRADE TALKS:", "LAST CALL!")
STOPS = ".!?。！？…\"”'’」』)）;:,，：； "


def paragraphs(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def teaser(texts: list[str], rng: random.Random) -> str:
    """The opening of an article on one line, cut off in mid-sentence."""
    while True:
        text = " ".join(rng.choice(texts).split())
        low, high = (150, 400) if "\u3400" <= text[:1] <= "\u9fff" else (300, 700)
        if len(text) > low + 60:
            cut = text[: rng.randint(low, min(high, len(text) - 20))].rstrip(STOPS)
            if len(cut) >= low - 60:
                return cut


def story(texts: list[str], rng: random.Random) -> list[str]:
    found = paragraphs(rng.choice(texts))
    for _ in range(50):
        if len(found) >= 3 and sum(map(len, found)) > 600:
            break
        found = paragraphs(rng.choice(texts))
    return found


def make_dump(kind: str, texts: list[str], rng: random.Random) -> Made:
    """A dump of this kind and the lines that its articles begin at, the first left out."""
    teasers = [teaser(texts, rng) for _ in range(8 if kind == "story + 8" else 4)]
    body = story(texts, rng)
    if kind == "wrapped story":
        body = [textwrap.fill(p, 70) for p in body]
    if kind == "kickers":
        teasers = [f"{rng.choice(KICKERS)} {t}" if rng.random() < 0.6 else t for t in teasers]
    elif kind == "ellipsis":
        teasers = [t + rng.choice(("…", "...", " …")) for t in teasers]
    elif kind == "read more":
        teasers = [t + "\nContinue reading" for t in teasers]
    elif kind == "titles":
        teasers = [
            " ".join(rng.choice(texts).split())[:45].rstrip(STOPS) + "\n" + t for t in teasers
        ]
    pieces = [body, *([t] for t in teasers)]
    if kind == "teasers first":
        pieces = [*pieces[1:], body]
    elif kind == "only teasers":
        pieces = pieces[1:]
    elif kind == "five finished":
        pieces = [story(texts, rng) for _ in range(5)]
    return _glued(pieces, {"blank lines": "\n\n", "CRLF": "\r\n"}.get(kind, "\n"))


def make_single(kind: str, texts: list[str], rng: random.Random) -> Made:
    text = rng.choice(texts)
    body = paragraphs(text)
    if kind == "whole as is":
        return text, set()
    if kind == "whole wrapped":
        body = [textwrap.fill(p, 70) for p in body]
    if kind == "whole, cut off" and len(body[-1]) > 40:
        body[-1] = body[-1][: rng.randint(20, len(body[-1]) - 8)].rstrip(STOPS)
    return ("\n\n" if kind == "whole \\n\\n" else "\n").join(body), set()


def _glued(pieces: list[list[str]], end: str) -> Made:
    lines: list[str] = []
    starts: set[int] = set()
    for piece in pieces:
        starts.add(end.join(lines).count("\n") + 2 if end == "\n\n" and lines else len(lines) + 1)
        for paragraph in piece:
            lines.extend([paragraph] if end == "\n\n" else paragraph.split("\n"))
    if end == "\n\n":
        starts = {s + (1 if s > 1 else 0) for s in starts}
    return end.join(lines), starts - {1}


def every_line(text: str) -> set[int]:
    return {n for n, line in enumerate(text.split("\n"), 1) if line.strip() and n > 1}


def one_article(_text: str) -> set[int]:
    return set()


def ours(text: str) -> set[int]:
    return {piece.first_line for piece in split_dump(text)[1:]}


PEERS: dict[str, Callable[[str], set[int]]] = {
    "clipdesk": ours,
    "every line": every_line,
    "one file": one_article,
}


def f1(pairs: list[tuple[set[int], set[int]]]) -> float:
    right = sum(len(gold & got) for gold, got in pairs)
    return 2 * right / max(1, sum(len(gold) + len(got) for gold, got in pairs))


def main(folders: list[str], dumps: int = 30) -> None:
    for folder in folders:
        with gzip.open(Path(folder) / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
            texts = [json.loads(line)["text"] for line in file][1::2]
        texts = [text for text in texts if len(text) > 150]
        rng = random.Random(7)
        print(
            f"\n{Path(folder).name:<22}" + "".join(f"{name:>12}" for name in PEERS) + "   suspected"
        )
        for kind in KINDS:
            made = [make_dump(kind, texts, rng) for _ in range(dumps)]
            row = "".join(f"{f1([(g, cut(t)) for t, g in made]):12.3f}" for cut in PEERS.values())
            print(f"{kind:<16}{'F1':>6}{row}")
        for kind in (*SINGLE, "five finished"):
            make = make_dump if kind == "five finished" else make_single
            made = [make(kind, texts, rng) for _ in range(dumps * 3)]
            row = "".join(
                f"{100 * sum(not cut(t) for t, _ in made) / len(made):12.1f}"
                for cut in PEERS.values()
            )
            suspected = sum(any(p.is_suspect for p in split_dump(t)) for t, _ in made) / len(made)
            print(f"{kind:<16}{'whole':>6}{row}{100 * suspected:12.1f}")
        bulk = "\n".join(texts)[:3_000_000]
        began = time.perf_counter()
        split_dump(bulk)
        print(f"speed {len(bulk.encode()) / 1e6 / (time.perf_counter() - began):.1f} MB/s")


if __name__ == "__main__":
    main(sys.argv[1:])
