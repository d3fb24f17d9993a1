"""
An article in the pieces that are indexed and quoted: paragraphs, passages, sentences.

All spans count code points of the article's text. Where sentences end is known
to language/sentences.py; what is a paragraph is decided here, since in mail and
old wire copy a line break is only a space.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from retrieval.language.sentences import is_finished, split_sentences
from retrieval.types import Article, Passage, Sentence, Span

PASSAGE_WORDS = 100  # what a passage aims at
PARAGRAPH_PASSAGE_WORDS = 70  # from here on a new paragraph closes one
LONGEST_PASSAGE_WORDS = 130  # an article up to here, or its rest, is not cut again
LONGEST_OVERLAP_WORDS = 50  # a longer sentence is not repeated in the next passage

HAN_PER_WORD = 1.6  # characters of Han and kana
PHRASED_PER_WORD = 4.5  # characters of Thai, Lao, Burmese and Khmer

# Hard-wrapped text: see _is_hard_wrapped.
_WIDEST_WRAP, _NARROWEST_WRAP = 100, 30
_LEAST_CUTS = 3
_CUT_SHARE = 0.5
_FULL_SHARE = 0.8

_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W_]")
_HAN_RUN = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_PHRASED_RUN = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+")
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\uffff\U00020000-\U0003ffff]"
)
_ITEM = re.compile(r"[-*•▪●]\s|\(?\d{1,3}[.)]\s")


class _Line(NamedTuple):
    """A line that is not blank, as a half-open range without the white space around it."""

    start: int
    stop: int
    indent: int
    follows_blank: bool


def word_count(text: str) -> int:
    """
    How many words *text* has; scripts without spaces are counted in characters.

    1.6 characters of Han or kana and 4.5 of Thai, Lao, Burmese or Khmer are one
    word, so that a passage of 100 words is about as long in any language.
    """
    if text.isascii() or _UNSPACED.search(text) is None:
        return len(text.split())
    rest, han_runs = _HAN_RUN.subn(" ", text)
    han = len(text) - len(rest) + han_runs
    spaced, phrased_runs = _PHRASED_RUN.subn(" ", rest)
    phrased = len(rest) - len(spaced) + phrased_runs
    return len(spaced.split()) + round(han / HAN_PER_WORD + phrased / PHRASED_PER_WORD)


def paragraphs(text: str) -> list[Span]:
    """
    The paragraphs of *text*, in order, without the white space around them.

    Every line that is not blank is one, except in hard-wrapped text, where lines
    are joined up to a blank line, an indent or a line that ends early.
    """
    lines = _lines(text)
    if not _is_hard_wrapped(text, lines):
        return [Span(line.start, line.stop) for line in lines]
    width = max(line.stop - line.start + line.indent for line in lines)
    spans: list[Span] = []
    begin = 0
    for number, line in enumerate(lines[1:], 1):
        if not _continues(text, lines[number - 1], line, width):
            spans.append(Span(lines[begin].start, lines[number - 1].stop))
            begin = number
    spans.append(Span(lines[begin].start, lines[-1].stop))
    return spans


def segment(article: Article) -> list[Passage]:
    """
    The passages of *article*, about 100 words each of whole sentences.

    A new paragraph may close a passage at 70 words; neighbours share a sentence
    unless it is long; a short article is one passage. The fragment in which a
    truncated article ends is a sentence that is not complete.

    Returns:
        Passages in text order; none for a text without letters.
    """
    if _LETTER.search(article.text) is None:
        return []
    return _passages(article.text, _sentences(article))


def _sentences(article: Article) -> list[Sentence]:
    """All sentences that hold a letter or figure, with their paragraph."""
    text = article.text
    blocks = paragraphs(text)
    number = 0
    sentences: list[Sentence] = []
    for span in split_sentences(_unwrapped(text, blocks), article.lang):
        while span.start >= blocks[number].stop:
            number += 1
        if _WORD.search(text, span.start, span.stop):
            sentences.append(Sentence(span, number + 1))
    if article.is_truncated:
        last = sentences[-1]
        words = last.span.of(text)
        # Where a script marks no ends, the word of the article has to do.
        if not is_finished(words) or _PHRASED_RUN.match(words[-1]):
            sentences[-1] = Sentence(last.span, last.paragraph, is_complete=False)
    return sentences


def _passages(text: str, sentences: list[Sentence]) -> list[Passage]:
    """Group all sentences of an article; every passage brings at least one new one."""
    counts = [word_count(text[s.span.start : s.span.stop]) for s in sentences]
    rest = sum(counts)  # words from the current sentence on
    passages: list[Passage] = []
    begin, words = 0, 0
    for number, (sentence, count) in enumerate(zip(sentences, counts, strict=True)):
        opens_paragraph = number > 0 and sentence.paragraph != sentences[number - 1].paragraph
        if (
            words + rest > LONGEST_PASSAGE_WORDS
            and number > begin
            and _is_full(words, count, opens_paragraph=opens_paragraph)
        ):
            passages.append(_passage(sentences[begin:number]))
            overlap = counts[number - 1]
            # A passage of one sentence is not repeated: the next would hold all of it.
            repeats = (
                number - 1 > begin
                and overlap <= LONGEST_OVERLAP_WORDS
                and overlap + count <= LONGEST_PASSAGE_WORDS
            )
            begin, words = (number - 1, overlap) if repeats else (number, 0)
        words += count
        rest -= count
    passages.append(_passage(sentences[begin:]))
    return passages


def _is_full(words: int, more: int, *, opens_paragraph: bool) -> bool:
    """Whether a passage of *words* is better closed than given *more*."""
    if opens_paragraph and words >= PARAGRAPH_PASSAGE_WORDS:
        return True
    return abs(words + more - PASSAGE_WORDS) > abs(words - PASSAGE_WORDS)


def _passage(sentences: list[Sentence]) -> Passage:
    span = Span(sentences[0].span.start, sentences[-1].span.stop)
    return Passage(span, tuple(sentences))


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    position, follows_blank = 0, False
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        if bare:
            indent = len(line) - len(line.lstrip())
            start = position + indent
            lines.append(_Line(start, start + len(bare), indent, follows_blank))
        follows_blank = not bare
        position += len(line)
    return lines


def _is_hard_wrapped(text: str, lines: list[_Line]) -> bool:
    """
    Whether line breaks inside the blocks of *text* were set by a line's width.

    Three signs together: no line is wider than 100; at least three breaks, and
    half of all, cut a sentence; four in five of these stand where the next word
    would not have fit. Breaks at blank lines, indents and list items do not count.
    """
    if len(lines) <= _LEAST_CUTS:
        return False
    width = 0
    for line in lines:
        width = max(width, line.stop - line.start + line.indent)
        if width > _WIDEST_WRAP:
            return False
    if width < _NARROWEST_WRAP:
        return False
    breaks = cuts = full = 0
    for before, line in pairwise(lines):
        if _opens_paragraph(text, before, line):
            continue
        breaks += 1
        if not is_finished(text[before.start : before.stop]):
            cuts += 1
            full += _is_full_line(text, before, line, width)
    return cuts >= max(_LEAST_CUTS, _CUT_SHARE * breaks) and full >= _FULL_SHARE * cuts


def _is_full_line(text: str, line: _Line, after: _Line, width: int) -> bool:
    """Whether the first word of the line *after* would not have fit into *line*."""
    first_word = text[after.start : min(after.stop, after.start + width)].split(None, 1)[0]
    if _UNSPACED.match(first_word):
        first_word = first_word[0]  # such scripts are wrapped between any two characters
    return line.indent + line.stop - line.start + 1 + len(first_word) > width


def _opens_paragraph(text: str, before: _Line, line: _Line) -> bool:
    """Whether the layout alone shows that *line* begins a paragraph."""
    return (
        line.follows_blank
        or line.indent > before.indent
        or _ITEM.match(text, line.start) is not None
    )


def _continues(text: str, before: _Line, line: _Line, width: int) -> bool:
    """Whether, in hard-wrapped text, *line* goes on with the paragraph of *before*."""
    if _opens_paragraph(text, before, line):
        return False
    return _is_full_line(text, before, line, width) or text[line.start].islower()


def _unwrapped(text: str, blocks: list[Span]) -> str:
    """*text* with the line breaks inside its paragraphs as spaces, equally long."""
    parts: list[str] = []
    position = 0
    for block in blocks:
        inside = text[block.start : block.stop]
        lines = inside.splitlines(keepends=True)
        if len(lines) > 1:
            parts.append(text[position : block.start])
            parts.extend(line.rstrip().ljust(len(line)) for line in lines)
            position = block.stop
    return "".join([*parts, text[position:]]) if parts else text
