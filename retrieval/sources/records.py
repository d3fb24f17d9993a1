"""
JSON Lines, JSON, CSV and TSV -> articles.

The keys are ``id, title, text, source, url, published, lang, author``; each has
synonyms, accepted in its absence and listed in ``fields.SYNONYMS`` (body and
content for text, headline for title, date and pubDate for published, link for
url, ...), whatever their case. All other keys are kept in ``Article.extra``. The
text is stored exactly as it was given. A record that Clipdesk exported is taken
back as it was (``exported.py``).
"""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from retrieval.errors import SourceError
from retrieval.sources.encoding import decode
from retrieval.sources.exported import article_of
from retrieval.sources.fields import chosen_keys, field_of, make_article
from retrieval.sources.files import MAX_DOCUMENT_BYTES, MAX_RECORD_BYTES, ByteStream
from retrieval.sources.lines import iter_lines
from retrieval.types import Article, Location

if TYPE_CHECKING:
    from _csv import Reader

_ORIGIN: Final = "record"

# The keys under which exports hold their list of articles, the most telling first.
_LIST_KEYS = ("articles", "items", "entries", "data", "results", "documents", "docs", "stories")
DELIMITERS: Final = ",\t;|"
"""What may stand between cells, the first in a tie first."""

Found = Iterator[Article | SourceError]


def read_jsonl(stream: ByteStream) -> Found:
    """One article a line; blank lines are nothing. Memory does not grow with the file."""
    for number, line in enumerate(iter_lines(stream), start=1):
        if isinstance(line, SourceError):
            yield line
            continue
        if not line or line.isspace():
            continue
        place = f"{stream.name}:{number}"
        location = Location(stream.name, number, number)
        try:
            yield _article(_parse_json(line, place), location, place)
        except SourceError as error:
            yield error


def read_json(stream: ByteStream) -> Found:
    """
    A list of articles, an object that holds one list of them, or one article.

    A file that turns out to be JSON Lines is read as such.
    """
    data = stream.read_all(MAX_DOCUMENT_BYTES)
    text = decode(data, stream.name)
    try:
        whole = _parse_json(text, stream.name)
    except SourceError:
        if not _is_json_lines(text):
            raise
        yield from read_jsonl(ByteStream(stream.name, iter((data,))))
        return
    location = Location(stream.name)
    if isinstance(whole, dict):
        records = _list_in(whole)
        if records is None:
            yield _article(whole, location, stream.name)
            return
    elif isinstance(whole, list):
        records = whole
    else:
        raise SourceError(stream.name, f"holds {_kind(whole)}, not articles")
    if not records:
        raise SourceError(stream.name, "holds an empty list of articles")
    for number, record in enumerate(records, start=1):
        place = f"{stream.name} record {number}"
        try:
            yield _article(record, location, place)
        except SourceError as error:
            yield error


def _parse_json(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        at = (
            f"line {error.lineno} column {error.colno}"
            if error.lineno > 1
            else f"column {error.colno}"
        )
        message = f"is not JSON ({error.msg[:1].lower()}{error.msg[1:]} at {at})"
        raise SourceError(place, message) from error
    except RecursionError as error:
        raise SourceError(place, "is JSON nested a thousand deep; flatten it") from error
    except ValueError as error:
        message = "holds a number of thousands of digits; write it as a string"
        raise SourceError(place, message) from error


def _is_json_lines(text: str) -> bool:
    """Whether the first two lines are an object each: JSON Lines under the name of JSON."""
    lines = [line for line in text.lstrip().split("\n", 2)[:2] if line.strip()]
    try:
        return len(lines) == 2 and all(isinstance(json.loads(line), dict) for line in lines)
    except (ValueError, RecursionError):
        return False


def _list_in(whole: Mapping[str, Any]) -> list[Any] | None:
    """The list of articles in an object; None if the object is an article itself."""
    if isinstance(whole.get(chosen_keys(whole).get("text", "")), str):
        return None
    for key in _LIST_KEYS:
        named = whole.get(key)
        if isinstance(named, list):
            return named
    lists = [value for value in whole.values() if isinstance(value, list) and value]
    objects = [one for one in lists if isinstance(one[0], dict)]
    return objects[0] if len(objects) == 1 else None


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    names = {list: "a list", str: "a string", bool: "true or false", dict: "an object"}
    return names.get(type(value), "a number")


def _article(record: Any, location: Location, place: str) -> Article:
    if not isinstance(record, dict):
        raise SourceError(place, f"record is {_kind(record)}, not an object with a text")
    exported = article_of(record, location)
    if exported is not None:
        return exported
    key = chosen_keys(record).get("text")
    text = "" if key is None else record[key]
    if not isinstance(text, str):
        raise SourceError(place, f"text is {_kind(text)}, not a string")
    said = {name: value for name, value in record.items() if name != key}
    return make_article(said, text, location=location, place=place, published_origin=_ORIGIN)


def read_csv(stream: ByteStream, delimiter: str | None = None) -> Found:
    """
    One article a row; the first row names the columns. Memory does not grow with the file.

    Args:
        stream: The file.
        delimiter: None chooses the one of ``, ; tab |`` that splits the first row best.

    Raises:
        SourceError: If no column holds the text.
    """
    csv.field_size_limit(MAX_RECORD_BYTES)  # the module's own, for all readers, is 128 kB
    bad_lines: list[SourceError] = []
    lines = _csv_lines(stream, bad_lines)
    top = list(_until_visible(lines))
    if delimiter is None:
        delimiter = _delimiter(top[-1] if top else "")
    # Strict: without it a quote that is never closed swallows the rest of the file silently.
    reader = csv.reader(itertools.chain(top, lines), delimiter=delimiter, strict=True)
    try:
        header = next(filter(None, reader), [])
    except csv.Error as error:
        message = f"first row, with the names of the columns, is broken ({error}); check its quotes"
        raise SourceError(f"{stream.name}:{reader.line_num}", message) from error
    if "text" not in map(field_of, header):
        message = f"has no column for the text, only {header!r}; name one 'text' in the first row"
        raise SourceError(stream.name, message)
    yield from bad_lines
    bad_lines.clear()
    yield from _rows(stream.name, header, reader, bad_lines)


def _rows(name: str, header: list[str], reader: Reader, bad_lines: list[SourceError]) -> Found:
    row: list[str] | None = []
    while row is not None:
        first_line = reader.line_num + 1
        place = f"{name}:{first_line}"
        try:
            row = next(reader, None)
        except csv.Error as error:
            yield SourceError(place, f"row is broken ({error}); check its quotes")
            continue
        if bad_lines:  # the row lacks a line
            yield from bad_lines
            bad_lines.clear()
        elif row:
            location = Location(name, first_line, reader.line_num)
            try:
                yield _article(_record(header, row, place), location, place)
            except SourceError as error:
                yield error


def _csv_lines(stream: ByteStream, bad_lines: list[SourceError]) -> Iterator[str]:
    """Lines for csv.reader, which takes nothing but strings: a bad line is empty and put aside."""
    for line in iter_lines(stream):
        if isinstance(line, SourceError):
            bad_lines.append(line)
            yield "\n"
        else:
            yield line + "\n"


def _until_visible(lines: Iterator[str]) -> Iterator[str]:
    """The lines up to the first that is not blank, which is the last one given."""
    for line in lines:
        yield line
        if not line.isspace():
            return


def _delimiter(header_line: str) -> str:
    def merit(delimiter: str) -> tuple[bool, int]:
        try:
            header = next(csv.reader([header_line], delimiter=delimiter), [])
        except csv.Error:
            return False, 0
        return "text" in map(field_of, header), len(header)

    return max(DELIMITERS, key=merit)


def _record(header: list[str], row: list[str], place: str) -> dict[str, str]:
    """The row by column; an empty cell says nothing, as CSV has no null."""
    if any(row[len(header) :]):
        message = f"row has {len(row)} cells for {len(header)} columns; check its quotes"
        raise SourceError(place, message)
    return {name: cell for name, cell in zip(header, row, strict=False) if cell}
