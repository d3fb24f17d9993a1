"""
The demo that ships with Clipdesk: a small corpus and questions about it.

``corpus/`` holds news articles about public facts, written for the project and
printed by outlets that do not exist; between them they are in every format that
the commonest readers take (text, Markdown, HTML, RSS, JSONL) and in four
languages. ``questions.jsonl`` asks about them, in the form that the evaluation
reads; the quality gate runs on it. Only the places are given here: ingesting and
asking are the callers' work.
"""

from importlib.resources import files
from pathlib import Path

__all__ = ["corpus_path", "demo_path", "questions_path"]


def demo_path() -> Path:
    """The folder of the demo: a question set with its corpus, as the evaluation reads it."""
    return _path("")


def corpus_path() -> Path:
    """The folder of the demo corpus, ready to be ingested."""
    return _path("corpus")


def questions_path() -> Path:
    """
    The question set about the demo corpus, one JSON object a line.

    Beside the evaluation's usual keys, ``articles`` says where each piece of
    ``evidence`` stands: a path within the corpus and, where the file holds several
    articles, ``#`` and the article's id. ``article_ids`` is there where every one
    of these articles has an id from its source.
    """
    return _path("questions.jsonl")


def _path(name: str) -> Path:
    # A wheel is installed as plain files; from a zip archive there is no path to give.
    return Path(str(files(__name__) / name))
