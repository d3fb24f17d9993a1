"""``clipdesk split``: how a dump is cut into articles, and by which signs."""

from __future__ import annotations

from dataclasses import asdict

import click

from bot.render.lines import visible_line
from bot.render.records import json_line
from retrieval.errors import SourceError
from retrieval.sources.dump import score_boundaries, split_dump
from retrieval.sources.encoding import decode
from retrieval.sources.files import MAX_DOCUMENT_BYTES, FileLocation, open_location

_SHOWN = 70  # characters of a line that tell which one it is


def run_split(path: str, *, explain: bool, as_json: bool) -> int:
    """Print the pieces, or with *explain* each line's signs; stores nothing."""
    text = _read(path)
    lines = text.splitlines()
    if explain:
        for boundary in score_boundaries(text):
            if as_json:
                click.echo(json_line(asdict(boundary)))
                continue
            signs = "  ".join(f"{name} {weight:+.2f}" for name, weight in boundary.signs.items())
            click.echo(
                f"line {boundary.line:<5} {boundary.score:+.2f}  {_shown(lines[boundary.line - 1])}"
            )
            click.echo(f"{'':18}{signs}")
        return 0
    for piece in split_dump(text):
        if as_json:
            click.echo(json_line(asdict(piece)))
            continue
        marks = [f"kicker {piece.kicker!r}"] if piece.kicker else []
        marks += ["cut off"] * piece.is_truncated + ["boundaries suspected"] * piece.is_suspect
        place = f"lines {piece.first_line}-{piece.last_line}"
        click.echo(f"{place:15} {len(piece.text):6,} characters  {', '.join(marks)}".rstrip())
        click.echo(f"{'':16}{_shown(piece.text)}")
    return 0


def _shown(text: str) -> str:
    start = visible_line(text[: 2 * _SHOWN])
    return start if len(start) <= _SHOWN else f"{start[: _SHOWN - 1]}…"


def _read(path: str) -> str:
    with open_location(FileLocation(path)) as stream:
        text = decode(stream.read_all(MAX_DOCUMENT_BYTES), path)
    if not text.strip():
        raise SourceError(path, "is empty; name a file with text")
    return text
