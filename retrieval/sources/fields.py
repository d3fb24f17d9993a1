"""
What a source says of an article, by key -> the fields of an ``Article``.

The same keys serve JSON, CSV, front matter and plain-text headers. Nothing is
derived from the text here, and nothing that a source said is dropped: what does
not fit its field stays in ``extra``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from retrieval.errors import SourceError
from retrieval.sources.dates import parse_date
from retrieval.sources.encoding import replace_surrogates
from retrieval.types import Article, Location, content_id

SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id", "guid", "docno"),
    "title": ("title", "headline"),
    "text": ("text", "body", "content", "content_text", "article_text", "full_text", "maintext"),
    "source": ("source", "source_name", "publisher", "outlet", "site_name", "sitename"),
    "url": ("url", "link", "permalink", "canonical_url"),
    "published": (
        *("published", "date", "pubdate", "pub_date", "published_at", "publishedat"),
        *("date_published", "datepublished", "date_publish", "publish_date", "publication_date"),
    ),
    "lang": ("lang", "language"),
    "author": ("author", "authors", "byline", "creator"),
}
"""Each field's own key first, then those accepted in its absence, in order, folded."""

_FIELD_OF = {key: field for field, keys in SYNONYMS.items() for key in keys}

_WEB_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f\x7f<>\"]+", re.IGNORECASE)
_LANG = re.compile(
    r"(?P<language>[a-z]{2})(?:[-_](?P<rest>[a-z0-9]+(?:[-_][a-z0-9]+)*))?", re.IGNORECASE
)
_CHINESE = {
    **dict.fromkeys(("hant", "tw", "hk", "mo"), "zh-Hant"),
    **dict.fromkeys(("hans", "cn", "sg", "my"), "zh-Hans"),
}

_Said = Mapping[str, Any]


@functools.lru_cache(maxsize=512)  # a corpus repeats its few keys in every record
def field_of(key: str) -> str | None:
    """The field that *key* means, whatever its case; None for a key that is not known."""
    return _FIELD_OF.get("_".join(re.split(r"[\s_-]+", key.strip().casefold())))


def chosen_keys(said: _Said) -> dict[str, str]:
    """For each field that *said* states, the key that states it best; null states nothing."""
    chosen: dict[str, str] = {}
    for key, value in said.items():
        field = field_of(key)
        if field is None or value is None:
            continue
        rival = chosen.get(field)
        if rival is None or _order(field, key) < _order(field, rival):
            chosen[field] = key
    return chosen


@functools.lru_cache(maxsize=512)
def _order(field: str, key: str) -> int:
    return SYNONYMS[field].index("_".join(re.split(r"[\s_-]+", key.strip().casefold())))


def make_article(
    said: _Said, text: str, *, location: Location, place: str, published_origin: str
) -> Article:
    """
    The article whose body is *text* and of which its source says *said*.

    Args:
        said: By key, without the text; a key for another text is kept like any other.
        text: The body, exactly.
        location: Where the article was read.
        place: The same for an error: a path, ``path:line``.
        published_origin: What to call the place of a date, if there is one.

    Raises:
        SourceError: If the text has no visible character, or the id is no id.
    """
    if not text or text.isspace():
        raise SourceError(place, "article has no text; give it one or remove it")
    text = replace_surrogates(text)
    chosen = chosen_keys(said)
    values: dict[str, Any] = {}
    for field, key in chosen.items():
        value = _READERS[field](said[key]) if field in _READERS else None
        if value is not None:
            values[field] = value
    if "id" in chosen and "id" not in values and said[chosen["id"]] != "":
        raise SourceError(place, f"id is neither text nor a number: {said[chosen['id']]!r}")
    kept = {
        key: value
        for key, value in said.items()
        if not _is_told(field_of(key), key, value, chosen, values)
    }
    return Article(
        id=values.pop("id", None) or content_id(text),
        text=text,
        location=location,
        published_origin=published_origin if "published" in values else None,
        extra=storable(kept),
        **values,
    )


def _is_told(
    field: str | None, key: str, value: Any, chosen: Mapping[str, str], values: _Said
) -> bool:
    """Whether the article's own fields say what *key* says, so that ``extra`` need not."""
    if field is None:
        return False
    return value is None or value == "" or (chosen[field] == key and field in values)


def storable(value: Any) -> Any:
    """A JSON value with each lone surrogate, in keys too, as U+FFFD."""
    if isinstance(value, str):
        return replace_surrogates(value)
    if isinstance(value, Mapping):
        return {replace_surrogates(str(key)): storable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [storable(inner) for inner in value]
    return value


def one_line(value: object) -> str | None:
    """Text for one line: white space folded; a name out of an object; None for all else."""
    if isinstance(value, Mapping):
        value = value.get("name", value.get("title"))
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    return replace_surrogates(" ".join(value.split())) or None


def names(value: object) -> str | None:
    """One author or several, as one line; None if any of them is no name."""
    if not isinstance(value, list):
        return one_line(value)
    lines = [one_line(one) for one in value]
    known = [line for line in lines if line is not None]
    return ", ".join(known) if known and len(known) == len(lines) else None


def web_address(value: object) -> str | None:
    """An http or https address, as given; None for anything else, such as ``javascript:``."""
    if not isinstance(value, str):
        return None
    address = replace_surrogates(value.strip())
    return address if _WEB_ADDRESS.fullmatch(address) else None


def absolute_address(base: str | None, link: str | None) -> str | None:
    """*link*, as it stands at *base*, as a web address; None where it cannot become one."""
    if not link:
        return None
    try:
        address = web_address(urljoin(base or "", link.strip()))
        return address if address is not None and urlsplit(address).hostname else None
    except ValueError:  # an unbalanced "["
        return None


def lang_tag(value: object) -> str | None:
    """
    A BCP 47 tag as articles carry it: ``en-US`` is ``en``, ``zh-TW`` is ``zh-Hant``.

    None for what is no two-letter tag ("English", "eng"): then the language is
    found out from the text.
    """
    found = _LANG.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return None
    language = found["language"].lower()
    if language != "zh":
        return language
    # A script precedes a region (BCP 47), so zh-Hans-HK is Simplified.
    marks = re.split("[-_]", (found["rest"] or "").lower())
    return next((_CHINESE[mark] for mark in marks if mark in _CHINESE), None)


def _id(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return replace_surrogates(str(value)) or None


_READERS: Final = {
    "id": _id,
    "title": one_line,
    "source": one_line,
    "url": web_address,
    "published": parse_date,
    "lang": lang_tag,
    "author": names,
}
