"""
Which encoding bytes are in, and that they are text at all.

The order: a byte-order mark; the escapes of ISO-2022-JP; UTF-8, which other
encodings all but never satisfy by chance; what the document declares;
charset_normalizer; Windows code pages that decode without a control character.
Opening files and taking formats apart live elsewhere.
"""

from __future__ import annotations

import codecs
import re

from retrieval.errors import SourceError

SAMPLE_BYTES = 1 << 16
"""As much as detection looks at; charset_normalizer takes 20 ms for it."""

READABLE = (
    "text, Markdown, HTML, JSONL, JSON, CSV, RSS, Atom, WARC, mail (.eml, .mbox)"
    " and .zip archives of these"
)
"""What an error says is read."""

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"),
    (b"{\\rtf", "a rich text document"),
    (b"\x89PNG\r\n", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"SQLite format 3\x00", "a database"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x7fELF", "a program"),
)
_TAR_MAGIC_AT = 257  # POSIX.1-1988: "ustar" stands behind 257 bytes of header

# As browsers do (WHATWG Encoding): the name that pages use, the superset that they mean.
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}

_DECLARED = (
    re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{2,40})"""),
    re.compile(
        rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{2,40})""", re.IGNORECASE
    ),
)
_DECLARED_WITHIN = 4096  # WHATWG has 1,024; pages that state it later are common

# Codecs of text that says so in ASCII: not "base64", "punycode" or "utf-7", and not
# UTF-16, in which the declaration itself could not have been read.
_TEXT_CODEC = re.compile(r"ascii|big5|cp\d|euc|gb|hz|iso|johab|koi8|mac|shift|tis|utf-8")

_WIDE = ("utf-16", "utf-32")

# Tried in this order when nothing else is left; each leaves bytes undefined.
_WINDOWS = ("cp1252", "cp1251", "cp1250", "cp874", "cp1253", "cp1254", "cp1257")

_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
_MOST_CONTROLS = 0.01  # of all characters; text that was typed has none
_RIGHT_FOR_ONE_WRONG = 20  # characters beyond ASCII; another encoding's bytes are mostly wrong
_SURROGATE = re.compile("[\ud800-\udfff]")
# charset_normalizer finds French to be as good in cp1250, which it tries first.
_WINDOWS_OF = {
    **dict.fromkeys(("Czech", "Polish", "Hungarian", "Slovak", "Slovene", "Croatian"), "cp1250"),
    **dict.fromkeys(("Romanian", "Bosnian"), "cp1250"),
    **dict.fromkeys(("Russian", "Ukrainian", "Bulgarian", "Serbian", "Belarusian"), "cp1251"),
    **dict.fromkeys(("Lithuanian", "Latvian", "Estonian"), "cp1257"),
    "Turkish": "cp1254",
}
_JAPANESE_ESCAPE = b"\x1b$"  # ISO-2022-JP is ASCII with escapes, so it would pass for UTF-8


def replace_surrogates(text: str) -> str:
    """*text* with each lone surrogate as U+FFFD, so that it can be stored."""
    return text if text.isascii() else _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def binary_kind(head: bytes) -> str | None:
    """What a file is that begins with *head*, if it is no text: ``"a PDF"``; else None."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[_TAR_MAGIC_AT : _TAR_MAGIC_AT + 5] == b"ustar":
        return "a tar archive"
    if b"\x00" in head and _wide_encoding(head) is None:
        return "a binary file"
    return None


def _wide_encoding(head: bytes) -> str | None:
    """UTF-16 or UTF-32, by its mark or by the zero bytes of ASCII at every other place."""
    for mark, encoding in _MARKS[1:]:
        if head.startswith(mark):
            return encoding
    even, odd = head[0:200:2], head[1:200:2]
    # Unmarked UTF-16 of mostly ASCII: one half zeros, the other none.
    if len(odd) > 1 and odd.count(0) * 2 > len(odd) and not even.count(0):
        return "utf-16-le"
    if len(odd) > 1 and even.count(0) * 2 > len(even) and not odd.count(0):
        return "utf-16-be"
    return None


def declared_encoding(head: bytes) -> str | None:
    """The encoding that an XML declaration or an HTML ``<meta>`` names, as Python calls it."""
    for pattern in _DECLARED:
        found = pattern.search(head, 0, _DECLARED_WITHIN)
        name = None if found is None else _codec(found[1].decode("ascii"))
        if name is not None and _TEXT_CODEC.match(name):
            return name
    return None


def _codec(charset: str) -> str | None:
    """What Python calls *charset*, or the superset that is meant by it; None if unknown."""
    try:
        name = codecs.lookup(charset).name
    except LookupError:
        return None
    return _SUPERSETS.get(name, name)


def _decodes(data: bytes, encoding: str, *, is_cut: bool) -> bool:
    """Whether *data* is valid, but for a last character that a cut may have split."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(data, final=not is_cut)
    except UnicodeDecodeError:
        return False
    return True


def detect_encoding(sample: bytes, *, is_cut: bool = False) -> str | None:
    """
    The encoding of *sample* as a Python codec, or None if it is in none.

    Args:
        sample: The bytes, or the first ``SAMPLE_BYTES`` of them.
        is_cut: More bytes follow, so the last character may be half.
    """
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding
    wide = _wide_encoding(sample)
    if wide is not None:
        return wide
    if _JAPANESE_ESCAPE in sample and _decodes(sample, "iso2022_jp", is_cut=is_cut):
        return "iso2022_jp"
    if _decodes(sample, "utf-8", is_cut=is_cut):
        return "utf-8"
    return _legacy_encoding(sample, declared_encoding(sample), is_cut=is_cut)


def _legacy_encoding(sample: bytes, declared: str | None, *, is_cut: bool) -> str | None:
    """The encoding of a sample that is not UTF-8: the declared one if it fits, else a guess."""
    if declared is not None and _decodes(sample, declared, is_cut=is_cut):
        return declared
    if is_cut:
        # charset_normalizer knows no cut: half a character at the end spoils the right guess.
        end = max(sample.rfind(b"\n"), sample.rfind(b" "))
        sample = sample[:end] if end > 0 else sample
    for guess in (*_guesses(sample), *_WINDOWS):
        if _decodes(sample, guess, is_cut=is_cut):
            text = sample.decode(guess, "ignore")
            if len(_CONTROLS.findall(text)) <= _MOST_CONTROLS * len(text):
                return guess
    return None


def _guesses(sample: bytes) -> list[str]:
    """What charset_normalizer thinks best; among equals, what the language is usually in."""
    import charset_normalizer  # noqa: PLC0415  # imported on use: 40 ms, and rarely needed

    matches = charset_normalizer.from_bytes(sample)
    best = matches.best()
    if best is None:
        return []
    merit = best.chaos, best.coherence
    equals = {
        name
        for match in matches
        if (match.chaos, match.coherence) == merit
        for name in match.could_be_from_charset
    }
    usual = _WINDOWS_OF.get(best.language, "cp1252")
    return [usual, best.encoding] if usual in equals else [best.encoding]


def decode(data: bytes, location: str) -> str:
    """
    The text of a whole document, without its byte-order mark.

    Raises:
        SourceError: If the bytes are no text, or in no encoding that is known.
    """
    head = data[:SAMPLE_BYTES]
    refuse_binary(head, location)
    encoding = detect_encoding(head, is_cut=len(data) > SAMPLE_BYTES)
    if encoding is None:
        raise undecodable(location)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise undecodable(location, encoding) from error
        # A long stretch of ASCII fits any encoding: look where it ends.
        line_start = data.rfind(b"\n", 0, error.start) + 1
    sample = data[line_start : line_start + SAMPLE_BYTES]
    is_cut = line_start + SAMPLE_BYTES < len(data)
    encoding = _legacy_encoding(sample, declared_encoding(head), is_cut=is_cut)
    if encoding is None:
        raise undecodable(location)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise undecodable(location, encoding) from error


def recoded(data: bytes, charset: str | None) -> bytes:
    """
    *data* in UTF-8 if it is in the *charset* that a server named; else as it is.

    A server's word comes before the document's own (WHATWG), but behind a byte-order mark
    and behind what is valid UTF-8: servers name a charset for whatever they send.
    """
    name = None if charset is None else _codec(charset)
    # Latin-1 is what servers say that were never told: a document that says another knows better.
    if name == "cp1252" and declared_encoding(data[:SAMPLE_BYTES]) not in {None, name, "utf-8"}:
        return data
    if name is None or not (_TEXT_CODEC.match(name) or name.startswith(_WIDE)):
        return data
    if any(data.startswith(mark) for mark, _ in _MARKS) or _decodes(data, "utf-8", is_cut=False):
        return data
    try:
        return data.decode(name).encode()
    except UnicodeDecodeError:
        return data


def mended(data: bytes) -> bytes:
    """
    *data* in UTF-8 if it is in the encoding it should be in but for a few bytes; else as it is.

    Feeds are cut in the middle of a character, and programs cut their summaries there: one such
    byte must not make a guess of the whole. What is wrong becomes U+FFFD.
    """
    if _decodes(data, "utf-8", is_cut=False):
        return data
    marked = (encoding for mark, encoding in _MARKS if data.startswith(mark))
    for name in (next(marked, None), "utf-8", declared_encoding(data[:SAMPLE_BYTES])):
        text = "" if name is None else data.decode(name, "replace")
        wrong = text.count("\N{REPLACEMENT CHARACTER}")
        if len(text) - len(text.encode("ascii", "ignore")) > _RIGHT_FOR_ONE_WRONG * wrong:
            return text.encode("utf-8", "replace")
    return data


def refuse_binary(head: bytes, location: str) -> None:
    """Raise a SourceError that says what is read, if *head* begins no text."""
    kind = binary_kind(head)
    if kind is not None:
        raise SourceError(location, f"is {kind}; what is read is {READABLE}")


def undecodable(location: str, encoding: str | None = None) -> SourceError:
    """The error for bytes in no encoding that is known, or not in the one they began in."""
    what = "is in no known encoding" if encoding is None else f"is not {encoding} throughout"
    return SourceError(location, f"{what}; convert it to UTF-8")
