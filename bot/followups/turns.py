"""
What a follow-up may lean on: a turn before it, its question, and the names and things in it.

What pronouns mean is in ``antecedents``, what is made of it all in ``rules``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import regex

from retrieval.language.questions import asked
from retrieval.language.references import (
    References,
    content,
    names,
    references,
    stretches,
)
from retrieval.language.stopwords import stop_words
from retrieval.types import Quote, Span

MARKS = " \t\n?？!！.。…¿¡,，、;；:"
"""What may stand around the words of a question."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """
    An earlier turn, as far as a follow-up may lean on it.

    Attributes:
        question: Whole, without its filters.
        quotes: Of its answer, best first; () where there was none.
        is_replied_to: The follow-up was sent as a reply to this turn.
    """

    question: str
    quotes: tuple[Quote, ...] = ()
    is_replied_to: bool = False


def says_something(turn: Earlier) -> bool:
    """Whether a follow-up may lean on *turn*: an answer, a question, or something with a name."""
    table = references(turn.question)
    lang = "und" if table is None else table.lang
    if not content(turn.question, lang):
        return False
    is_question = turn.question.rstrip().endswith(("?", "？", ")", "）"))
    is_asking = asked(turn.question, (lang,)).words is not None
    return bool(turn.quotes) or is_question or is_asking or bool(names(turn.question, lang))


class EarlierQuestion:
    """
    An earlier turn, its question taken apart.

    Attributes:
        whole: The question with all that completions added.
        head: What an earlier completion set before the question, "When" or a name; None if none.
        label: The name that such a completion set between the two.
        question: What was asked, without these.
        kind: Of the answer that was asked for: by the head, where that asks.
    """

    def __init__(self, turn: Earlier) -> None:
        self.whole = turn.question
        self.head, self.label, self.question = _parted(turn.question)
        self.is_replied_to = turn.is_replied_to
        self.quotes = turn.quotes
        self.table = references(self.question) or references(turn.question)
        self.lang = "und" if self.table is None else self.table.lang
        self.asked = asked(self.question, (self.lang,))
        head = None if self.head is None else asked(self.head, (self.lang,))
        self.is_head_asking = head is not None and head.words is not None
        self.kind = head.kind if head is not None and self.is_head_asking else self.asked.kind

    @property
    def articles(self) -> tuple[str, ...]:
        if not self.quotes:
            return ()
        first = self.quotes[0]
        return tuple(dict.fromkeys(q.article.id for q in (first, *first.also_in)))

    @property
    def words(self) -> tuple[str, ...]:
        """Its content words."""
        return self.words_but(None)

    def words_but(self, left_out: Span | None) -> tuple[str, ...]:
        """Its content words without those in *left_out*."""
        found: list[Span] = []
        for span in content(self.question, self.lang):
            if left_out is not None and span.overlaps(left_out):
                continue
            if found and self.question[found[-1].stop : span.start] in ("", "-"):
                found[-1] = Span(found[-1].start, span.stop)
            else:
                found.append(span)
        return tuple(span.of(self.question) for span in found)

    @cached_property
    def aside(self) -> Span | None:
        """What an earlier completion set beside the question, in brackets: its topic."""
        found = regex.search(r"\S ?[(（](?P<words>[^()（）]+)[)）][?？]?$", self.question)
        return None if found is None else Span(*found.span("words"))

    @property
    def flat(self) -> str:
        """The question without brackets: what stands in them follows a comma."""
        if self.aside is None:
            return self.question
        comma = ", " if self.table is None or self.table.cuts is None else "，"
        head = self.question[: self.aside.start].rstrip(" (（")
        return head + comma + self.aside.of(self.question) + self.question[self.aside.stop + 1 :]

    @cached_property
    def named(self) -> str | None:
        """The name that an earlier completion set beside the question, without its preposition."""
        said = self.label or (None if self.is_head_asking else self.head)
        if said is None or self.table is None or self.table.cuts is not None:
            return said
        opened = rf"(?:{self.table.prepositions})\s+(?=\w)"
        return regex.sub(rf"^{opened}", "", said, count=1, flags=regex.IGNORECASE)

    @property
    def bare_topic(self) -> Span | None:
        """All of the question, where an earlier completion left nothing but its topic."""
        is_topic = self.is_head_asking and self.asked.words is None and self.label is None
        is_topic = is_topic and self.question[-1:] not in "?？"
        return Span(0, len(self.question)) if is_topic else None

    def with_put(self, words: str, place: Span) -> str:
        """The question with *words* in the place of others."""
        return self.question[: place.start] + words + self.question[place.stop :]

    @property
    def unasked(self) -> str:
        """The question with its question words blanked."""
        question = self.question
        for word in (self.asked.words, *self.asked.others):
            if word is not None:
                question = question[: word.start] + " " * len(word) + question[word.stop :]
        return question

    @cached_property
    def names(self) -> list[Span]:
        """The names in the question; those that its article spells with a capital, if typed without."""
        question = self.question
        if self.table is None:  # then a word that opens it cannot be told from a name
            return []
        if self.table.cuts is not None:
            return list(self._stretches(self.table))
        found = names(question, self.lang)
        if found:
            return found
        lowered = question.casefold()
        told = (
            regex.search(rf"(?<!\w){regex.escape(name)}(?!\w)", lowered) for name in self._spellings
        )
        return [Span(*span) for span in sorted(match.span() for match in told if match is not None)]

    @cached_property
    def _spellings(self) -> dict[str, str]:
        """The names in the article that was quoted first, by their folded form."""
        text = self._article
        words = set(regex.findall(r"[\p{L}\p{N}-]+", text))
        found: dict[str, str] = {}
        for span in names(text, self.lang):
            name = span.of(text)
            opens = regex.search(r"(?:^|[.!?…:\n\"“«—-])\s*$", text[: span.start]) is not None
            # One capital tells little where a sentence opens, or where the word is written without.
            if " " in name or not (opens or name.casefold() in words):
                found.setdefault(name.casefold(), name)
        return found

    def _spelled(self, span: Span) -> str:
        """A name of the question as its article spells it, with an article where it has one."""
        name = span.of(self.question)
        name = self._spellings.get(name.casefold(), name)
        return self._determiner(self.question[: span.start]) + name + self._noun_behind(span)

    def _noun_behind(self, span: Span) -> str:
        """What follows the name in "the Hualien earthquake", with its space; "" if nothing does."""
        table = self.table
        if table is None or not table.nouns_follow:
            return ""
        opened = rf"\b(?:{table.determiners}) $"
        found = regex.match(r" \p{Ll}[\p{Ll}-]+(?!\w)", self.question[span.stop :])
        if (
            found is None
            or regex.search(opened, self.question[: span.start], regex.IGNORECASE) is None
            or found[0].strip() in stop_words(self.lang)
        ):
            return ""
        # As the article says "the earthquake", it is a noun; "join" in "did the Faroes join" is none
        noun = rf"\b(?:{table.determiners}) (?:\w+ )?{regex.escape(found[0].strip())}\b"
        return found[0] if regex.search(noun, self._article.casefold()) else ""

    def belongs(self, span: Span) -> bool:
        """Whether the name is but a part of a thing's: "Hualien" of "the Hualien earthquake"."""
        table = self.table
        if table is None or not table.nouns_follow:
            return False
        if self._noun_behind(span):
            return True
        # Behind "did", what follows may be the verb: "When did the Faroes join?"
        opened = rf"(?<!\b(?:{table.auxiliaries}) )\b(?:{table.determiners}) $"
        behind = regex.match(r" (\p{Ll}+)", self.question[span.stop :])
        return bool(
            behind is not None
            and behind[1] not in stop_words(self.lang)
            and regex.search(opened, self.question[: span.start], regex.IGNORECASE)
        )

    def _determiner(self, head: str) -> str:
        """The definite or indefinite article at the end of *head*, with its space."""
        if self.table is None or self.table.determiners is None:
            return ""
        found = regex.search(rf"\b(?:{self.table.determiners}) $", head, regex.IGNORECASE)
        return "" if found is None else found[0].lower()

    def _stretches(self, table: References) -> Iterator[Span]:
        """What stands between function words, as far as the article has it in one piece."""
        question = self.unasked
        word = self.asked.words
        for span in stretches(question, table):
            text = span.of(question)
            if span.start == 0 and word is not None and span.stop == word.start:
                yield span  # the subject, whole: 新竹科學園區什麼時候成立？
                continue
            longest = next(
                (n for n in range(len(text), 1, -1) if text[:n] in self._article), len(text)
            )
            if longest > 1 and not text.isdecimal():
                yield Span(span.start, span.start + longest)

    def is_one_name(self, span: Span, new: str) -> bool:
        """Whether a stretch of Chinese is no more than a name, such as *new* could replace."""
        text = span.of(self.question)
        if text not in self._article:
            return len(text) <= len(new) + 1
        # Of 花蓮地震 the article has 花蓮 alone as well, of 保加利亞 no beginning
        return not any(
            regex.search(rf"{regex.escape(text[:n])}(?!{regex.escape(text[n])})", self._article)
            for n in range(2, len(text) - 1)
        )

    @cached_property
    def _article(self) -> str:
        if not self.quotes:
            return ""
        article = self.quotes[0].article
        return f"{article.title or ''}\n{article.text}"

    def objects(self) -> list[Span]:
        """Nouns in the question, each with its article, as far as the article quoted knows them."""
        if self.table is None or self.table.determiners is None:
            return []
        words = r"(?:\s+[\p{L}\p{N}'’-]+)"
        opened = rf"\b(?:{self.table.determiners})(?={words})"
        article = " ".join(self._article.casefold().split())
        found: list[Span] = []
        for match in regex.finditer(opened, self.question, regex.IGNORECASE):
            for n in range(4, 0, -1):
                phrase = regex.match(rf"{words}{{{n}}}", self.question, pos=match.end())
                if phrase is None:
                    continue
                folded = " ".join(phrase[0].casefold().split())
                if regex.search(rf"\b{regex.escape(folded)}\b", article) and content(
                    folded, self.lang
                ):
                    found.append(Span(match.start(), phrase.end()))
                    break
        return found

    @property
    def owner_at_end(self) -> Span | None:
        """The last noun of "the exchange rate of the lev", where nothing else has an article."""
        table = self.table
        if table is None or table.determiners is None or self.n_objects != 2:
            return None
        article = rf"(?:{table.determiners})\s+"
        chain = (
            rf"\b{article}(?:[\w-]+\s+){{1,3}}(?:{table.genitives})\s+(?P<last>{article}[\w-]+)$"
        )
        found = regex.search(chain, self.question.rstrip(MARKS), regex.IGNORECASE)
        return None if found is None else Span(*found.span("last"))

    @property
    def n_objects(self) -> int:
        """How many nouns with an article the question seems to have, known or not."""
        if self.table is None or self.table.determiners is None:
            return 0
        opened = rf"\b(?:{self.table.determiners})\s"
        return len(regex.findall(opened, self.question, regex.IGNORECASE))

    def object(self) -> Span | None:
        """What the question is about, where that has no name: "the harbour bridge"."""
        return next(iter(self.objects()), None)


_BESIDE = regex.compile(
    r"¿?(?P<head>[^?？()（）]+)[?？] ?[(（](?:(?P<label>[^?？:：]+)[:：] ?)?(?P<question>.+)[)）]"
)


def _parted(question: str) -> tuple[str | None, str | None, str]:
    """Head, label and the question that an earlier completion set beside them."""
    found = _BESIDE.fullmatch(question)
    if found is None:
        return None, None, question
    return found["head"], found["label"], found["question"]
