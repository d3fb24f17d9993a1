"""
How the weights of ``retrieval/answering/weights.py`` are found.

usage: python benchmarks/tune_answering.py SET_DIR... [--limit N]

A set is a folder with ``articles.jsonl.gz`` and ``questions.jsonl.gz``. Each set's
articles are ingested into a throw-away desk and its questions asked. The sentence
weights are fitted as a softmax over the candidates of a question; every set counts the
same, and each set is also scored with weights that were found without it.

The confidence is two logistic models. That the corpus holds an answer (HELD) is learnt
from a set's own questions against questions of other sets in the same language and its
own ones after their articles are taken out of what was found; that the first quote is the
place (PLACE), from the own questions alone. So that small corpora count too, each set
also makes desks of five articles, which are asked their own questions, ones about other
articles, ones in which a name was exchanged for another article's, and ones that begin
as a question about one article and end as a question about another. Each set is judged
by weights found without it, and without all sets in its language if that is not English.

Twelve sets take about four minutes. The seed is fixed: the same sets and options give the
same weights, to the last digit but for the order of additions.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import regex

from retrieval.answering.choice import choose
from retrieval.answering.confidence import Evidence, held_signals, place_signals
from retrieval.answering.features import FEATURES
from retrieval.answering.ranking import rank
from retrieval.answering.weights import HELD, LEAST_RIGHT, PLACE, SENTENCE, THRESHOLD
from retrieval.desk import ANSWERING_K, Desk
from retrieval.evaluation.metrics import auroc, calibration_error

Vector = npt.NDArray[np.float64]
Record = dict[str, Any]

SEED = 7
RIDGE = 0.002  # of the softmax; a tenth or ten times of it moves no set by a point
STEPS = 400
NAME = regex.compile(r"(?<=[\p{L}\p{N},] )\p{Lu}[\p{L}’'-]+(?: \p{Lu}[\p{L}’'-]+)*")
SMALL = " (small)"
FEW = 5  # articles of a small desk
SMALL_TEXTS = (700, 1_500, 4_000)  # characters of each; one is drawn
FOREIGN = 120  # questions of other sets asked of each, and own ones without their articles
DEEP = 60  # passages among which those of other articles are looked for
# What the kinds of question count for in the confidence, each set the same. Most people ask
# a corpus what it is about.
KINDS = {"own": 5.0, "removed": 0.8, "foreign": 0.6, "swapped": 1.0, "spliced": 0.5}
SMALL_SHARE = 0.6  # of a large desk's


@dataclass(frozen=True)
class Asked:
    """A question of a kind that was asked: its signals, and whether the first quote answers."""

    kind: str
    held: dict[str, float]
    place: dict[str, float]
    is_right: bool


@dataclass
class Measured:
    """One set: features and labels a question, signals and labels a question."""

    name: str
    lang: str
    questions: list[tuple[Vector, npt.NDArray[np.bool_]]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)


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


def ask(
    desk: Desk, question: Record, kind: str, found: Measured, without: Collection[str] = ()
) -> None:
    """Measure one question, of one of KINDS; articles *without* are taken for not there."""
    reply = desk.ask(question["question"], k=DEEP if without else ANSWERING_K)
    contexts = [c for c in reply.contexts if c.article.id not in without][:ANSWERING_K]
    ranked = rank(question["question"], contexts, desk.index)
    if not ranked.order or not any(scene.view.weights for scene in ranked.scene_of):
        return
    is_right = judge(question)
    if kind == "own":
        features = ranked.shares / np.array([SENTENCE[name] for name in FEATURES])
        found.questions.append((features, np.array([is_right(c.text) for c in ranked.candidates])))
    pick = choose(ranked, 1)[0]
    right = is_right(pick.span.of(pick.candidate.article.text))
    if kind in ("removed", "foreign") and right:
        return  # another article answers too
    evidence = Evidence(ranked)
    found.asked.append(
        Asked(kind, held_signals(evidence), place_signals(evidence), right and kind == "own")
    )


def measure(folder: Path, limit: int, foreign: Sequence[Record]) -> Measured:
    """The whole set in one desk."""
    own = [q for q in records(folder / "questions.jsonl.gz") if q["answerable"]]
    found = Measured(folder.name, own[0]["lang"][:2])
    with tempfile.TemporaryDirectory() as scratch, Desk.open(scratch) as desk:
        desk.add([folder / "articles.jsonl.gz"])
        sample = random.Random(SEED).sample(own, min(limit, len(own)))
        for question in sample:
            ask(desk, question, "own", found)
        for question in sample[:FOREIGN]:
            gold = {*question["article_ids"], *(question.get("candidate_ids") or ())}
            ask(desk, question, "removed", found, gold)
        for question in foreign:
            ask(desk, question, "foreign", found)
    return found


def measure_small(folder: Path, desks: int) -> Measured:
    """Desks of a few articles of the set."""
    chance = random.Random(SEED)
    articles = {a["id"]: a for a in records(folder / "articles.jsonl.gz")}
    own: dict[str, list[Record]] = {}
    lang = ""
    for question in records(folder / "questions.jsonl.gz"):
        lang = question["lang"][:2]
        if question["answerable"] and question["answers"] and question["article_ids"]:
            own.setdefault(question["article_ids"][0], []).append(question)
    found = Measured(folder.name + SMALL, lang)
    for _ in range(desks if own else 0):
        chosen = chance.sample(sorted(own), min(FEW, len(own)))
        texts = {i: articles[i]["text"][: chance.choice(SMALL_TEXTS)] for i in chosen}
        with tempfile.TemporaryDirectory() as scratch, Desk.open(Path(scratch) / "desk") as desk:
            path = Path(scratch) / "few.jsonl"
            lines = (json.dumps({**articles[i], "text": texts[i]}) + "\n" for i in chosen)
            path.write_text("".join(lines), encoding="utf-8")
            desk.add([path])
            ask_small(desk, texts, own, chance, found)
    return found


def ask_small(
    desk: Desk,
    texts: Mapping[str, str],
    own: Mapping[str, list[Record]],
    chance: random.Random,
    found: Measured,
) -> None:
    """Ask a desk of *texts* questions of all kinds but "removed"."""
    answered = {i: [q for q in own[i] if judge(q)(text)] for i, text in texts.items()}
    for i, text in texts.items():
        for question in chance.sample(answered[i], min(2, len(answered[i]))):
            ask(desk, question, "own", found)
            other = chance.choice([j for j in texts if j != i])
            if swapped := swap_name(question, text, own[other], texts[other]):
                ask(desk, swapped, "swapped", found)
            if answered[other]:
                end = chance.choice(answered[other])["question"]
                mixed = {**question, "question": splice(question["question"], end)}
                ask(desk, mixed, "spliced", found)
    elsewhere = [q for i in sorted(own.keys() - texts.keys()) for q in own[i][:2]]
    for question in chance.sample(elsewhere, min(2 * FEW, len(elsewhere))):
        ask(desk, question, "foreign", found)


def splice(start: str, end: str) -> str:
    """The first half of a question, and a bit more, and the second half of another."""
    gap = " " if " " in start.strip() else ""
    first, last = (text.split() if gap else list(text) for text in (start, end))
    return gap.join(first[: len(first) * 3 // 5] + last[len(last) // 2 :])


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
    return np.asarray(w / scale)


def accuracy(measured: Measured, weights: Vector) -> tuple[float, float]:
    """Share of questions with a right sentence first, and among the first three, in percent."""
    hits = np.zeros(2)
    for x, y in measured.questions:
        order = np.argsort(-(x @ weights), kind="stable")
        hits += [y[order[:1]].any(), y[order[:3]].any()]
    first, three = 100 * hits / max(len(measured.questions), 1)
    return float(first), float(three)


def signals(asked: Sequence[Asked], model: Mapping[str, float]) -> Vector:
    """The signals of *model*'s names, 1 for the bias, shape (questions, names)."""
    rows = [{"bias": 1.0, **a.held, **a.place} for a in asked]
    return np.array([[row[name] for name in model] for row in rows])


def fit_logistic(x: Vector, y: Vector, weight: Vector) -> Vector:
    """Bias, which is the first column, and weights, by Newton's method."""
    weight = weight / weight.sum()
    scale = np.array([1.0, *(x[:, 1:].std(0) + 1e-9)])
    x = x / scale
    w = np.zeros(x.shape[1])
    ridge = 1e-3 * np.diag([0.0, *[1.0] * (x.shape[1] - 1)])
    for _ in range(20):
        p = logistic(x @ w)
        curvature = (x * (weight * p * (1 - p))[:, None]).T @ x + ridge
        w = w - np.linalg.solve(curvature, x.T @ ((p - y) * weight) + ridge @ w)
    return np.asarray(w / scale)


def logistic(z: Vector) -> Vector:
    return np.asarray(1 / (1 + np.exp(-z)))


def fit_confidence(sets: Sequence[Measured]) -> tuple[Vector, Vector]:
    """The weights of HELD and PLACE."""
    asked = [(m, a) for m in sets for a in m.asked]
    counts = Counter((m.name, a.kind) for m, a in asked)
    weight = np.array(
        [
            KINDS[a.kind] / counts[m.name, a.kind] * (SMALL_SHARE if SMALL in m.name else 1.0)
            for m, a in asked
        ]
    )
    every = [a for _, a in asked]
    is_own = np.array([a.kind == "own" for a in every])
    is_right = np.array([a.is_right for a in every], dtype=float)
    return (
        fit_logistic(signals(every, HELD), is_own.astype(float), weight),
        fit_logistic(signals(every, PLACE)[is_own], is_right[is_own], weight[is_own]),
    )


def without(held_out: Measured, sets: Sequence[Measured]) -> list[Measured]:
    """The sets that share neither name nor, but for English, language with *held_out*."""
    name = held_out.name.removesuffix(SMALL)
    return [
        m
        for m in sets
        if m.name.removesuffix(SMALL) != name and (m.lang == "en" or m.lang != held_out.lang)
    ]


def judged(measured: Measured, held: Vector, place: Vector) -> str:
    """
    How well questions are refused, in percent of each kind, and how good the confidence is.

    AUROC is of own questions rightly answered against all that cannot be; ECE of the own.
    """
    p_held = logistic(signals(measured.asked, HELD) @ held)
    p = p_held * logistic(signals(measured.asked, PLACE) @ place)
    is_refused = (p_held < THRESHOLD) | (p < LEAST_RIGHT)
    kinds = np.array([a.kind for a in measured.asked])
    right = np.array([a.is_right for a in measured.asked])
    refused = "  ".join(
        f"{kind} {100 * is_refused[kinds == kind].mean():.0f}"
        for kind in KINDS
        if (kinds == kind).any()
    )
    own = kinds == "own"
    area = auroc(p[right].tolist(), p[~own].tolist())
    gap = calibration_error(p[own].tolist(), right[own].tolist())
    return f"{refused}  AUROC {area or 0:.3f}  ECE {gap or 0:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--small", type=int, default=25, help="desks of few articles a set")
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
    small = [m for folder in options.sets if (m := measure_small(folder, options.small)).asked]
    print("\nset: first / of three with the weights in use; fitted without the set")
    in_use = np.array([SENTENCE[name] for name in FEATURES])
    for held_out in (*sets, *small):
        rest = [m for m in sets if m.name != held_out.name.removesuffix(SMALL)] or sets
        now, apart = accuracy(held_out, in_use), accuracy(held_out, fit_sentence(rest))
        print(f"{held_out.name:22} {now[0]:.1f} / {now[1]:.1f}  {apart[0]:.1f} / {apart[1]:.1f}")
    print("\nset: refused with the weights in use; fitted without the set and its language")
    weights = np.array(list(HELD.values())), np.array(list(PLACE.values()))
    for held_out in (*sets, *small):
        rest = without(held_out, [*sets, *small]) or [*sets, *small]
        print(f"{held_out.name:22} {judged(held_out, *weights)}")
        print(f"{'':22} {judged(held_out, *fit_confidence(rest))}")
    held, place = fit_confidence([*sets, *small])
    for table, names, values in (
        ("SENTENCE", list(FEATURES), fit_sentence(sets)),
        ("HELD", list(HELD), held),
        ("PLACE", list(PLACE), place),
    ):
        print(table)
        for name, value in zip(names, values, strict=True):
            print(f"    {name!r}: {value:.2f},")


if __name__ == "__main__":
    main()
