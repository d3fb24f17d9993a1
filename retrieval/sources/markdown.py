"""
Markdown -> one article: front matter and title heading apart, the body verbatim.

The marks of Markdown stay in the body, because a quote is cut from it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time
from typing import Any, Final

from retrieval.errors import SourceError
from retrieval.sources.encoding import decode
from retrieval.sources.fields import chosen_keys, make_article, one_line
from retrieval.sources.files import MAX_DOCUMENT_BYTES, ByteStream
from retrieval.sources.plaintext import universal_newlines
from retrieval.types import Article, Location

_ORIGIN: Final = "front-matter"

_YAML_FENCE, _TOML_FENCE = "---", "+++"
# The part of YAML that front matter is written in: a key and a value on one line.
_YAML_LINE = re.compile(r"(?P<key>[^\W\d][\w-]*)\s*:(?:\s+(?P<value>.*))?")
_YAML_ITEM = re.compile(r"\s*-\s+(?P<value>.*)")
_YAML_NOTHING = frozenset(("", "~", "null", "|", "|-", ">", ">-"))  # the last four: text follows
_YAML_COMMENT = re.compile(r"\s+#.*")

_HEADING = re.compile(r" {0,3}#[ \t]+(?P<title>.*?)(?:[ \t]+#+)?[ \t]*")
_UNDERLINE = re.compile(r" {0,3}=+[ \t]*")
# What may stand above the title: nothing, an image or badge, a comment.
_ABOVE_TITLE = re.compile(r"\s*|\[?!\[.*|<!--.*-->\s*")


def read_markdown(stream: ByteStream) -> Iterator[Article | SourceError]:
    """
    The one article of a Markdown file.

    Its title is the front matter's ``title``, else the ``# `` heading that the
    file opens with; that heading is not part of the body.

    Raises:
        SourceError: If the file holds no text.
    """
    text = universal_newlines(decode(stream.read_all(MAX_DOCUMENT_BYTES), stream.name))
    said, body = split_front_matter(text, stream.name)
    heading, rest = _split_title(body)
    key = chosen_keys(said).get("title")
    stated = None if key is None else one_line(said[key])
    if heading is not None and stated in (None, heading):
        said = {name: value for name, value in said.items() if name != key} | {"title": heading}
        body = rest
    if not body or body.isspace():
        raise SourceError(stream.name, "holds no text below its title; add it or remove the file")
    yield make_article(
        said,
        body.strip("\n"),
        location=Location(stream.name),
        place=stream.name,
        published_origin=_ORIGIN,
    )


def split_front_matter(text: str, place: str) -> tuple[dict[str, Any], str]:
    """What the front matter says (YAML's simple lines, or TOML), and the text below it."""
    fence, _, below = text.partition("\n")
    fence = fence.rstrip()
    if fence not in (_YAML_FENCE, _TOML_FENCE):
        return {}, text
    lines = below.split("\n")
    closing = next((n for n, line in enumerate(lines) if line.rstrip() == fence), None)
    if closing is None:
        return {}, text
    matter, body = lines[:closing], "\n".join(lines[closing + 1 :])
    if fence == _TOML_FENCE:
        return _parse_toml("\n".join(matter), place), body
    said = _parse_yaml(matter)
    return ({}, text) if said is None else (said, body)  # None: it was a rule and a paragraph


def _parse_toml(matter: str, place: str) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415  # imported on use: rare in Markdown

    try:
        said = tomllib.loads(matter)
    except tomllib.TOMLDecodeError as error:
        raise SourceError(place, f"front matter is not TOML ({error})") from error
    return {key: _as_json(value) for key, value in said.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list):
        return [_as_json(one) for one in value]
    if isinstance(value, dict):
        return {key: _as_json(one) for key, one in value.items()}
    return value


def _parse_yaml(lines: list[str]) -> dict[str, Any] | None:
    """Keys with one-line values and with simple lists; None where a line is neither."""
    said: dict[str, Any] = {}
    key = None
    for line in lines:
        item = _YAML_ITEM.fullmatch(line)
        pair = _YAML_LINE.fullmatch(line)
        if pair is not None:
            key = pair["key"]
            said[key] = _yaml_value(pair["value"] or "")
        elif item is not None and key is not None:
            above = said[key] if isinstance(said[key], list) else []
            said[key] = [*above, _yaml_value(item["value"])]
        elif line.startswith((" ", "\t")) and key is not None:
            # A folded string or a nested map, kept as it is written.
            above = said[key]
            more = line.strip()
            said[key] = (
                [*above, more] if isinstance(above, list) else f"{above or ''} {more}".strip()
            )
        elif line.strip() and not line.lstrip().startswith("#"):
            return None
    return said


def _yaml_value(written: str) -> Any:
    value = written.strip()
    if value[:1] in ("'", '"'):
        closing = value.rfind(value[0])
        if closing > 0:
            inner = value[1:closing]
            return inner.replace("''", "'") if value[0] == "'" else inner.replace('\\"', '"')
    value = _YAML_COMMENT.sub("", f" {value}").strip()
    if value.startswith("[") and value.endswith("]"):
        return [_yaml_value(one) for one in value[1:-1].split(",") if one.strip()]
    return None if value in _YAML_NOTHING else value


def _split_title(body: str) -> tuple[str | None, str]:
    """The heading that the body opens with, and the text below it; (None, body) without one."""
    lines = body.split("\n")
    for number, line in enumerate(lines):
        found = _HEADING.fullmatch(line)
        if found is not None:
            return one_line(found["title"]), "\n".join(lines[number + 1 :])
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if line.strip() and _UNDERLINE.fullmatch(below):
            return one_line(line), "\n".join(lines[number + 2 :])
        if not _ABOVE_TITLE.fullmatch(line):
            break
    return None, body
