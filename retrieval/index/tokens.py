"""Terms as an engine in another language than Python can take them: valid UTF-8, without spaces."""

from __future__ import annotations

from collections.abc import Iterable

# No character of any text (Unicode keeps it from being one), before the bytes in hexadecimal.
_ESCAPED = "\ufdd0"


def token(term: str) -> str:
    """*term* itself; escaped where it holds a lone surrogate, which is no text elsewhere."""
    try:
        term.encode()
    except UnicodeEncodeError:
        return _ESCAPED + term.encode("utf-8", "surrogatepass").hex()
    return term


def joined(terms: Iterable[str]) -> str:
    """*terms* with spaces between; the analyzer leaves none inside."""
    text = " ".join(terms)
    try:
        text.encode()
    except UnicodeEncodeError:
        return " ".join(map(token, text.split(" ")))
    return text
