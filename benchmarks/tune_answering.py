"""
How the weights of ``retrieval/answering/weights.py`` are found.

usage: python benchmarks/tune_answering.py SET_DIR... [--limit N]

A set is a folder with ``articles.jsonl.gz`` and ``questions.jsonl.gz``. Each set's
articles are ingested into a throw-away desk and its questions asked. The sentence
weights are fitted as a softmax over the candidates of a question; every set counts the
same, and each set is also scored with weights that were found without it. The
confidence is a logistic model of "the first quote answers" on the sets' own questions
against those of other sets in the same language. So that small corpora count too, each
set also makes desks of five articles, which are asked their own questions, ones about
other articles, and ones in which a name was exchanged for another article's.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import regex

from retrieval.answering.choice import choose
from retrieval.answering.confidence import signals
from retrieval.answering.features import FEATURES
from retrieval.answering.ranking import rank
from retrieval.answering.weights import CONFIDENCE, SENTENCE
from retrieval.desk import Desk

Vector = npt.NDArray[np.float64]
Record = dict[str, Any]

SEED = 7
RIDGE = 0.002  # of the softmax; a tenth or ten times of it moves no set by a point
STEPS = 400
NAME = regex.compile(r"(?<=[\p{L}\p{N},] )\p{Lu}[\p{L}’'-]+(?: \p{Lu}[\p{L}’'-]+)*")
SMALL = " (small)"
FEW = 5  # articles of a small desk
SMALL_TEXT = 4_000  # characters of each
FOREIGN = 100  # questions of other sets asked of each


@dataclass
class Measured:
    """One set: features and labels a question, signals and label a question."""

    name: str
    questions: list[tuple[Vector, npt.NDArray[np.bool_]]] = field(default_factory=list)
    signals: list[tuple[dict[str, float], bool, str]] = field(default_factory=list)


def records(path: Path) -> Iterator[Record]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def norm(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\s+", " ", folded).strip(" .,“”\"'‘’")


def judge(question: Record) -> Callable[[str], bool]:
    """Whether a text holds a gold answer, or lies in a gold sentence where no answers are given."""
    answers = [a for a in map(norm, question["answers"]) if a]
    evidence = [norm(e) for e in question.get("evidence") or ()]

    def is_right(text: str) -> bool:
        text = norm(text)
        if answers:
            return any(a in text for a in answers)
        return any(text in e or e in text for e in evidence)

    return is_right


def ask(desk: Desk, question: Record, kind: str, found: Measured) -> None:
    """Measure one question, of a *kind*: "own", or one that the desk cannot answer."""
    contexts = desk.ask(question["question"]).contexts
    ranked = rank(question["question"], contexts, desk.index)
    if not ranked.order:
        return
    is_right = judge(question) if kind == "own" else lambda _: False
    if kind == "own":
        features = ranked.shares / np.array([SENTENCE[name] for name in FEATURES])
        found.questions.append((features, np.array([is_right(c.text) for c in ranked.candidates])))
    pick = choose(ranked, 1)[0]
    text = pick.span.of(pick.candidate.article.text)
    found.signals.append((signals(ranked), is_right(text), kind))


def measure(folder: Path, limit: int, foreign: Sequence[Record]) -> Measured:
    """The whole set in one desk."""
    found = Measured(folder.name)
    own = [q for q in records(folder / "questions.jsonl.gz") if q["answerable"]]
    with tempfile.TemporaryDirectory() as scratch, Desk.open(scratch) as desk:
        desk.add([folder / "articles.jsonl.gz"])
        for question in random.Random(SEED).sample(own, min(limit, len(own))):
            ask(desk, question, "own", found)
        for question in foreign:
            ask(desk, question, "foreign", found)
    return found


def measure_small(folder: Path, desks: int) -> Measured:
    """Desks of a few articles of the set."""
    found = Measured(folder.name + SMALL)
    chance = random.Random(SEED)
    articles = {a["id"]: a for a in records(folder / "articles.jsonl.gz")}
    own: dict[str, list[Record]] = {}
    for question in records(folder / "questions.jsonl.gz"):
        if question["answerable"] and question["answers"]:
            own.setdefault(question["article_ids"][0], []).append(question)
    for _ in range(desks):
        chosen = chance.sample(sorted(own), min(FEW, len(own)))
        texts = {i: articles[i]["text"][:SMALL_TEXT] for i in chosen}
        with tempfile.TemporaryDirectory() as scratch, Desk.open(Path(scratch) / "desk") as desk:
            path = Path(scratch) / "few.jsonl"
            lines = (json.dumps({**articles[i], "text": texts[i]}) + "\n" for i in chosen)
            path.write_text("".join(lines), encoding="utf-8")
            desk.add([path])
            for i in chosen:
                for question in chance.sample(own[i], min(2, len(own[i]))):
                    if judge(question)(texts[i]):
                        ask(desk, question, "own", found)
                    other = chance.choice([j for j in chosen if j != i])
                    if swapped := swap_name(question, texts[i], own[other], texts[other]):
                        ask(desk, swapped, "swapped", found)
            elsewhere = [q for i in sorted(own.keys() - set(chosen)) for q in own[i][:2]]
            for question in chance.sample(elsewhere, min(FEW, len(elsewhere))):
                ask(desk, question, "foreign", found)
    return found


def swap_name(question: Record, text: str, others: list[Record], other: str) -> Record | None:
    """*question* with its first name exchanged for one that only the text *other* holds."""
    old = NAME.search(question["question"])
    names = [m[0] for q in others if (m := NAME.search(q["question"]))]
    new = next((name for name in names if name in other and name not in text), None)
    if old is None or new is None:
        return None
    asked = question["question"]
    return {**question, "question": asked[: old.start()] + new + asked[old.end() :]}


def fit_sentence(sets: Sequence[Measured]) -> Vector:
    """Weights that make the softmax over candidates put its mass on the right ones."""
    kept = [(x, y, len(s.questions)) for s in sets for x, y in s.questions if 0 < y.sum() < len(y)]
    sizes = np.array([len(y) for _, y, _ in kept])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    owner = np.repeat(np.arange(len(kept)), sizes)
    x = np.vstack([x for x, _, _ in kept])
    y = np.concatenate([y for _, y, _ in kept]).astype(float)
    share = np.array([1 / n for _, _, n in kept])[owner] / len(sets)
    scale = x.std(0) + 1e-9
    x = x / scale
    w, momentum, energy = (np.zeros(x.shape[1]) for _ in range(3))
    for step in range(1, STEPS + 1):  # Adam
        z = x @ w
        e = np.exp(z - np.maximum.reduceat(z, starts)[owner])
        p = e / np.add.reduceat(e, starts)[owner]
        right = e * y
        target = right / np.maximum(np.add.reduceat(right, starts), 1e-300)[owner]
        gradient = x.T @ ((p - target) * share) + RIDGE * w
        momentum = 0.9 * momentum + 0.1 * gradient
        energy = 0.99 * energy + 0.01 * gradient**2
        w = w - 0.05 * (momentum / (1 - 0.9**step)) / (np.sqrt(energy / (1 - 0.99**step)) + 1e-9)
    return w / scale


def accuracy(measured: Measured, weights: Vector) -> tuple[float, float]:
    """Share of questions with a right sentence first, and among the first three, in percent."""
    hits = np.zeros(2)
    for x, y in measured.questions:
        order = np.argsort(-(x @ weights), kind="stable")
        hits += [y[order[:1]].any(), y[order[:3]].any()]
    first, three = 100 * hits / max(len(measured.questions), 1)
    return float(first), float(three)


def fit_confidence(sets: Sequence[Measured]) -> Vector:
    """Bias and weights of the logistic model, by Newton's method; each set and kind counts the same."""
    names = [name for name in CONFIDENCE if name != "bias"]
    rows = [(m.name, *row) for m in sets for row in m.signals]
    x = np.array([[1.0, *(found[name] for name in names)] for _, found, _, _ in rows])
    y = np.array([right for _, _, right, _ in rows], dtype=float)
    groups = [(name, kind) for name, _, _, kind in rows]
    weight = np.array([1 / groups.count(group) for group in groups])
    weight /= weight.sum()
    w = np.zeros(x.shape[1])
    ridge = 1e-3 * np.diag([0.0, *[1.0] * len(names)])
    for _ in range(30):
        p = 1 / (1 + np.exp(-(x @ w)))
        curvature = (x * (weight * p * (1 - p))[:, None]).T @ x + ridge
        w = w - np.linalg.solve(curvature, x.T @ ((p - y) * weight) + ridge @ w)
    return w


def separation(measured: Measured, weights: Vector) -> tuple[float, float]:
    """AUROC of right own first quotes against foreign questions; expected calibration error."""
    names = [name for name in CONFIDENCE if name != "bias"]
    x = np.array([[1.0, *(found[name] for name in names)] for found, _, _ in measured.signals])
    p = 1 / (1 + np.exp(-(x @ weights)))
    right = np.array([right for _, right, _ in measured.signals])
    foreign = np.array([kind != "own" for _, _, kind in measured.signals])
    above = p[right][:, None] - p[foreign][None]
    auroc = float(np.mean((above > 0) + 0.5 * (above == 0))) if above.size else float("nan")
    bins = np.minimum((p[~foreign] * 10).astype(int), 9)
    error = sum(
        abs(p[~foreign][bins == b].mean() - right[~foreign][bins == b].mean()) * (bins == b).mean()
        for b in set(bins.tolist())
    )
    return auroc, float(error)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--small", type=int, default=20, help="desks of few articles a set")
    parser.add_argument("--limit", type=int, default=250, help="questions a set")
    options = parser.parse_args()
    everything = {folder: list(records(folder / "questions.jsonl.gz")) for folder in options.sets}
    sets = []
    for folder in options.sets:
        lang = {q["lang"][:2] for q in everything[folder]}
        others = [
            q
            for other, asked in everything.items()
            for q in asked
            if other != folder and q["lang"][:2] in lang
        ]
        foreign = random.Random(SEED).sample(others, min(FOREIGN, len(others)))
        sets.append(measure(folder, options.limit, foreign))
        print(f"{folder.name}: {len(sets[-1].questions)} questions", flush=True)
    small = [m for folder in options.sets if (m := measure_small(folder, options.small)).questions]
    print("\nset: first / of three with the weights in use; fitted without the set; AUROC, ECE")
    in_use = np.array([SENTENCE[name] for name in FEATURES])
    for held_out in (*sets, *small):
        rest = [m for m in sets if m.name != held_out.name.removesuffix(SMALL)] or sets
        now, without = accuracy(held_out, in_use), accuracy(held_out, fit_sentence(rest))
        auroc, error = separation(held_out, np.array(list(CONFIDENCE.values())))
        print(
            f"{held_out.name:16} {now[0]:.1f} / {now[1]:.1f}  {without[0]:.1f} / {without[1]:.1f}"
            f"  {auroc:.3f}  {error:.3f}"
        )
    print("\nSENTENCE")
    for name, value in zip(FEATURES, fit_sentence(sets), strict=True):
        print(f"    {name!r}: {value:.2f},")
    print("CONFIDENCE")
    for name, value in zip(CONFIDENCE, fit_confidence([*sets, *small]), strict=True):
        print(f"    {name!r}: {value:.2f},")


if __name__ == "__main__":
    main()
