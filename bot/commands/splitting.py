"""``clipdesk split``: how a dump is cut into articles, and by which signs."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from retrieval.errors import SourceError
from retrieval.sources.dump import score_boundaries, split_dump
from retrieval.sources.encoding import decode

_SHOWN = 70  # characters of a line that tell which one it is


def run_split(path: str, *, explain: bool, as_json: bool) -> int:
    """Print the pieces, or with *explain* each line's signs; stores nothing."""
    text = _read(path)
    lines = text.splitlines()
    if explain:
        for boundary in score_boundaries(text):
            signs = "  ".join(f"{name} {weight:+.2f}" for name, weight in boundary.signs.items())
            click.echo(
                f"line {boundary.line:<5} {boundary.score:+.2f}  {lines[boundary.line - 1][:_SHOWN]}"
            )
            click.echo(f"{'':18}{signs}")
        return 0
    for piece in split_dump(text):
        if as_json:
            click.echo(json.dumps(asdict(piece), ensure_ascii=False))
            continue
        marks = [f"kicker {piece.kicker!r}"] if piece.kicker else []
        marks += ["cut off"] * piece.is_truncated + ["boundaries suspected"] * piece.is_suspect
        place = f"lines {piece.first_line}-{piece.last_line}"
        click.echo(f"{place:15} {len(piece.text):6,} characters  {', '.join(marks)}".rstrip())
        click.echo(f"{'':16}{' '.join(piece.text.split())[:_SHOWN]}")
    return 0


def _read(path: str) -> str:
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as e:
        raise SourceError(path, f"cannot be read: {e.strerror}") from e
    return decode(data, path)
