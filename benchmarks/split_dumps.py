"""
How well dumps are cut apart: ``split_dumps.py --sets SET_DIR... [--seed N] [--dumps N]``.

Each set is a folder with ``articles.jsonl.gz`` (id, text, perhaps title). Dumps of each
kind are made from every second article (``fit_dump_weights.py`` uses the others), no article
twice in one dump. F1 counts the boundaries after the first piece; "whole" is the share of
single articles left whole, "suspected" the share with a warning. Peers in the same run:
"every line is an article" and "one file is one article".
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import textwrap
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from retrieval.sources.dump import split_dump

Made = tuple[str, set[int]]
# Each with the goal of the project where it has one.
CUT_KINDS = (
    "story + 4", "story + 8", "story + 1", "short teasers", "long teasers", "blank lines", "kickers", "ellipsis",
    "read more", "titles", "teasers first", "only teasers", "wrapped story", "CRLF", "teasers of 2 lines",
)  # fmt: skip
WHOLE_KINDS = ("lines", "blank lines", "as is", "wrapped", "cut off", "five finished")
KICKERS = (
    "EXTRA TIME:",
    "‘NO WAY BACK’:",
    "WHO PAYS?",
    "TRADE TALKS:",
    "LAST CALL!",
    "UNDER FIRE:",
)
SUBTITLES = (
    "The decision came after weeks of wrangling behind closed doors", "Critics say the figures do not add up",
    "A spokesman declined to comment on the plan, but residents were less shy",
)  # fmt: skip
STOPS = ".!?。！？…\"”'’」』)）;:,，：；؟ "
# The shortest text that a single article may have here.
LEAST = 150
# A set of fewer articles is not halved, and not for fitting: a dump needs nine that differ.
FEW = 20


def read_texts(folder: Path, half: int) -> list[str]:
    """The texts of every second article: 1 for judging, 0 for fitting."""
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    if len(texts) >= FEW:
        texts = texts[half::2]
    return [text for text in texts if len(text) > LEAST]


def paragraphs(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


class Maker:
    """Makes dumps and single articles of one set's texts."""

    def __init__(self, texts: Sequence[str], rng: random.Random) -> None:
        self.rng = rng
        self.texts = texts
        self.used: set[str] = set()
        self.stories = [t for t in texts if len(t) > 600 and 3 <= len(paragraphs(t)) <= 40]

    def pick(self, texts: Sequence[str]) -> str:
        """Any text not yet in this dump; the same again when the set is small."""
        for _ in range(50):
            text = self.rng.choice(texts)
            if text not in self.used:
                break
        self.used.add(text)
        return text

    def teaser(self, low: int, high: int) -> str:
        """The opening of an article on one line, cut off in mid-sentence, at a word or not."""
        for attempt in range(400):
            text = " ".join(self.pick(self.texts).split())
            if len(text) < low + 60 and attempt < 399:
                continue
            cut = text[: self.rng.randint(min(low, len(text) - 30), min(high, len(text) - 20))]
            if self.rng.random() < 0.6 and " " in cut[low // 2 :]:
                cut = cut.rsplit(" ", 1)[0]
            cut = cut.rstrip(STOPS)
            if len(cut) >= low - 40:
                return cut
        return cut

    def story(self) -> list[str]:
        return paragraphs(self.pick(self.stories or self.texts))

    def dump(self, kind: str) -> Made:
        """A dump of this kind and the lines that its articles begin at, the first left out."""
        rng = self.rng
        self.used.clear()
        if kind == "five finished":
            return glued([self.story() for _ in range(5)], rng.choice(("\n", "\n\n")))
        body = self.story()
        low, high = {"short teasers": (150, 250), "long teasers": (400, 700)}.get(kind, (150, 700))
        if "\u3400" <= body[0][:1] <= "\u9fff":
            low, high = max(100, low * 2 // 3), high * 2 // 3
        count = {"story + 8": 8, "story + 1": 1}.get(kind, 4)
        teasers = [self.dressed(kind, self.teaser(low, high)) for _ in range(count)]
        if kind == "wrapped story":
            body = [line for p in body for line in wrapped(p)]
        pieces = [body, *teasers]
        if kind == "teasers first":
            pieces = [*teasers, body]
        elif kind == "only teasers":
            pieces = teasers
        return glued(pieces, {"blank lines": "\n\n", "CRLF": "\r\n"}.get(kind, "\n"))

    def dressed(self, kind: str, teaser: str) -> list[str]:
        """The teaser's lines on a page of this kind."""
        if kind == "kickers" and self.rng.random() < 0.6:
            return [self.kicker() + teaser]
        if kind == "ellipsis":
            return [teaser + self.rng.choice(("…", "...", " …"))]
        if kind == "read more":
            return [teaser, "Continue reading"]
        if kind == "titles":
            return [paragraphs(self.pick(self.texts))[0][:45].rstrip(STOPS), teaser]
        if kind == "teasers of 2 lines":
            return [paragraphs(self.pick(self.texts))[0], teaser]
        return [teaser]

    def kicker(self) -> str:
        subtitle = self.rng.choice(SUBTITLES) + " " if self.rng.random() < 0.5 else ""
        return f"{self.rng.choice(KICKERS)} {subtitle}"

    def single(self, kind: str) -> Made:
        self.used.clear()
        text = self.pick(self.texts)
        body = paragraphs(text)
        if kind == "as is":
            return text, set()
        if kind == "wrapped":
            body = [line for p in body for line in wrapped(p)]
        if kind == "cut off" and len(body[-1]) > 40:
            body[-1] = body[-1][: self.rng.randint(20, len(body[-1]) - 8)].rstrip(STOPS)
        return ("\n\n" if kind == "blank lines" else "\n").join(body), set()


def wrapped(paragraph: str) -> list[str]:
    return textwrap.wrap(paragraph, 70) or [paragraph]


def glued(pieces: Sequence[Sequence[str]], end: str) -> Made:
    step = end.count("\n")
    starts, line = set(), 1
    for piece in pieces:
        starts.add(line)
        line += len(piece) * step
    return end.join(p for piece in pieces for p in piece), starts - {1}


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


def f1(pairs: Sequence[tuple[set[int], set[int]]]) -> float:
    right = sum(len(gold & got) for gold, got in pairs)
    return 2 * right / max(1, sum(len(gold) + len(got) for gold, got in pairs))


def judge(folder: Path, seed: int, dumps: int) -> None:
    """Print one set's rows."""
    texts = read_texts(folder, 1)
    maker = Maker(texts, random.Random(seed))
    print(f"\n{folder.name:<26}" + "".join(f"{name:>12}" for name in PEERS) + "   suspected")
    for kind in CUT_KINDS:
        made = [maker.dump(kind) for _ in range(dumps)]
        row = "".join(f"{f1([(g, cut(t)) for t, g in made]):12.3f}" for cut in PEERS.values())
        print(f"{kind:<20}{'F1':>6}{row}")
    for kind in WHOLE_KINDS:
        make = maker.dump if kind == "five finished" else maker.single
        made = [make(kind) for _ in range(dumps * 3)]
        row = "".join(
            f"{100 * sum(not cut(t) for t, _ in made) / len(made):12.1f}" for cut in PEERS.values()
        )
        suspected = sum(any(p.is_suspect for p in split_dump(t)) for t, _ in made) / len(made)
        print(f"{kind:<20}{'whole':>6}{row}{100 * suspected:12.1f}")
    bulk = "\n".join(texts)[:3_000_000]
    began = time.perf_counter()
    split_dump(bulk)
    print(f"speed {len(bulk.encode()) / 1e6 / (time.perf_counter() - began):.1f} MB/s")


def main() -> None:
    parser = argparse.ArgumentParser(description="how well dumps are cut apart")
    parser.add_argument("--sets", nargs="+", type=Path, required=True, metavar="SET_DIR")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--dumps", type=int, default=40, help="of each kind; thrice as many singles"
    )
    given = parser.parse_args()
    for folder in given.sets:
        judge(folder, given.seed, given.dumps)


if __name__ == "__main__":
    main()
