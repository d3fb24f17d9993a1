"""
Question sets: a folder with ``questions.jsonl`` and its articles, ``articles.jsonl`` or a
folder ``corpus``; the files also as ``.gz``.

A question has ``id``, ``question``, ``answers`` (gold strings, one is enough),
``article_ids``, ``evidence`` (gold sentences) and ``answerable``.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import SourceError

_SAMPLE_SEED = 7  # the same sample in every run


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question with what is known of its answer."""

    id: str
    question: str
    answerable: bool
    answers: tuple[str, ...] = ()
    article_ids: frozenset[str] = frozenset()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A set's name, where its articles are, and its questions."""

    name: str
    articles: Path
    questions: tuple[GoldQuestion, ...]
    digest: str  # of both files, so that a floor is never compared on other data


def read_question_set(folder: Path, limit: int | None = None) -> QuestionSet:
    """
    The set in *folder*; at most *limit* questions, always the same sample.

    Questions of which nobody said whether they are answerable are left out.

    Raises:
        SourceError: If a file is missing or a line is no question.
    """
    articles = _find(folder, "articles.jsonl", "articles.jsonl.gz", "corpus")
    questions = _find(folder, "questions.jsonl", "questions.jsonl.gz")
    data = questions.read_bytes()
    text = gzip.decompress(data).decode() if questions.suffix == ".gz" else data.decode()
    parsed: list[GoldQuestion] = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            fields = json.loads(line)
            if fields["answerable"] is None:
                continue
            parsed.append(
                GoldQuestion(
                    str(fields["id"]),
                    fields["question"],
                    fields["answerable"],
                    tuple(fields.get("answers") or ()),
                    frozenset(fields.get("article_ids") or ()),
                    tuple(fields.get("evidence") or ()),
                )
            )
        except (ValueError, KeyError, TypeError) as e:
            raise SourceError(f"{questions}:{number}", "not a question with its answer") from e
    if limit is not None and len(parsed) > limit:
        parsed = random.Random(_SAMPLE_SEED).sample(parsed, limit)
    return QuestionSet(folder.name, articles, tuple(parsed), _digest(articles, data))


def _find(folder: Path, *names: str) -> Path:
    for name in names:
        if (folder / name).exists():
            return folder / name
    raise SourceError(str(folder), f"no {' or '.join(names)} here")


def _digest(articles: Path, questions: bytes) -> str:
    files = (
        [articles] if articles.is_file() else sorted(p for p in articles.rglob("*") if p.is_file())
    )
    together = hashlib.sha256(questions)
    for file in files:
        together.update(file.read_bytes())
    return together.hexdigest()[:12]
