"""
The rules that make a follow-up whole; what they are for is in the package.

Each looks at the follow-up and at one turn before it, and gives None where it does not
hold. The words of a language are in ``retrieval.language.references``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import regex

from bot.followups.dates import as_period, dates_in
from bot.followups.question import Followup
from bot.followups.turns import MARKS, Before, Earlier, says_something
from retrieval.language.questions import Kind
from retrieval.language.references import (
    Manner,
    Pronoun,
    References,
    Referent,
    content,
    names,
)
from retrieval.types import Span

Rule = Literal["again", "name", "kind", "pronoun", "continued"]

TURNS_READ = 2
"""The last turn, and the one before it for a person whom the last does not name. What "it" or
"and when?" stands for is never looked for past a question of its own: that is another topic."""

QUESTION_MAX_CHARS = 200
"""A longer question is whole, or a pasted text."""


@dataclass(frozen=True, slots=True)
class Completion:
    """
    A follow-up made whole.

    Attributes:
        question: What to ask, and what to show.
        rule: By which rule, see the module.
        carried: The words taken from the turn before.
        articles: Ids of the articles that the first quote of its answer stands in.
        back: How many turns back; 1 is the last.
    """

    question: str
    rule: Rule
    carried: tuple[str, ...]
    articles: tuple[str, ...]
    back: int = 1


def complete(
    question: str, earlier: Sequence[Earlier], *, is_filtered: bool = False
) -> Completion | None:
    """
    *question* made whole, None where it is whole by itself or nothing explains it.

    Args:
        question: Without its filters.
        earlier: The turns before, oldest first.
        is_filtered: Filters stood beside the question.
    """
    followup = Followup(question)
    turns = [(back, e) for back, e in enumerate(reversed(earlier), 1) if says_something(e)]
    for n, (back, turn) in enumerate(turns[:TURNS_READ]):
        if n > 0 and not _is_about_a_person(followup):
            break
        before = Before(turn)
        made = _made_whole(followup, before, is_filtered=is_filtered)
        if made is not None and _folded(made[1]) not in (_folded(question), ""):
            rule, whole, carried = made
            return Completion(whole, rule, carried, before.articles, back)
    return None


_Made = tuple[Rule, str, tuple[str, ...]]


def _made_whole(followup: Followup, before: Before, *, is_filtered: bool) -> _Made | None:
    if not followup.core:
        return ("again", before.question, before.words) if is_filtered else None
    table = followup.table
    if table is None or len(followup.text) > QUESTION_MAX_CHARS:
        return None
    if followup.new_name is not None:
        return _by_name(followup.new_name, table, before)
    return (
        _by_kind(followup, table, before)
        or _by_pronoun(followup, table, before)
        or _by_continuing(followup, table, before)
    )


# --- The rules ----------------------------------------------------------------------------


def _by_name(new: str, table: References, before: Before) -> _Made | None:
    question = before.question
    preposition = regex.match(rf"(?:{table.prepositions})\s+(?=\w)", new, regex.IGNORECASE)
    bare = new if preposition is None or table.cuts else new[preposition.end() :]
    period = as_period(new, table)
    if period is not None or dates_in(bare) or dates_in(new):
        return "name", _dated(period or new, table, before), before.words
    if any(_folded(span.of(question)) == _folded(bare) for span in before.names):
        return None
    place = _place_of(bare, preposition, table, before)
    if place is None:
        whole = table.heading.format(head=_capital(new), question=question)
        return "name", whole, before.words
    start = place.start
    article = table.determiners and regex.search(
        rf"\b(?:{table.determiners})\s+$", question[:start], regex.IGNORECASE
    )
    if article:
        start = article.start()
    whole = question[:start] + (bare if start else _capital(bare)) + question[place.stop :]
    return "name", whole, before.words_but(place)


def _place_of(
    new: str, preposition: regex.Match[str] | None, table: References, before: Before
) -> Span | None:
    """The name in the earlier question that *new* takes the place of."""
    if before.table is not table:
        return None
    named = before.names
    if table.cuts is not None and any(
        len(span) > len(new) + 1 and not before.is_told(span) for span in named[:1]
    ):
        return None  # a long stretch may be more than a name: 花蓮地震造成
    if preposition is not None:
        behind = rf"\b{regex.escape(preposition[0].strip())}\s+$"
        for span in named:
            if regex.search(behind, before.question[: span.start], regex.IGNORECASE):
                return span
    alike = [s for s in named if s.of(before.question).isupper() == new.isupper()]
    return next(iter([*alike, *named]), None) or before.object()


def _dated(new: str, table: References, before: Before) -> str:
    """The earlier question with a date in the place of its own, or at its end."""
    question = before.question
    words = [w for w in (before.asked.words, *before.asked.others) if w is not None]
    for date in dates_in(question):
        if any(date.overlaps(word) for word in words):
            continue
        start = _with_prepositions(question, date, table).start
        return question[:start] + new + question[date.stop :]
    if table.cuts is not None:
        return table.heading.format(head=new, question=question)
    bare = question.rstrip(MARKS)
    return f"{bare} {new}{question[len(bare) :]}"


def _by_kind(followup: Followup, table: References, before: Before) -> _Made | None:
    wanted = followup.asked
    core = followup.core
    if wanted.words is None or wanted.kind in (Kind.THING, Kind.SAYING):
        return None
    if table.expletive and regex.search(table.expletive, core, regex.IGNORECASE):
        return None
    word = _with_prepositions(core, wanted.words, table)
    rest = core[: word.start] + " " + core[word.stop :]
    rest = regex.sub(table.closings, "", rest.strip(), flags=regex.IGNORECASE)
    ends = "" if table.cuts else r"\b"
    fillers = f"{table.fillers}|{table.prepositions}"
    if table.event and wanted.kind in (Kind.TIME, Kind.REASON):
        fillers += f"|{table.event}"
    filler = rf"(?:{ends}(?:{fillers}){ends}|[\s\p{{P}}])*"
    if not regex.fullmatch(filler, rest, regex.IGNORECASE):
        return None
    if wanted.kind is before.asked.kind:  # "Who is that?" after "Who came?": not the same again
        return None
    head = word.of(core)
    whole = _replaced(head, wanted.kind, table, before)
    if whole is None:
        whole = table.heading.format(head=_capital(head), question=before.question)
    return "kind", whole, before.words_but(before.asked.words)


_ADVERBIAL = (Kind.TIME, Kind.PLACE, Kind.REASON, Kind.MANNER)
_FREE = (*_ADVERBIAL, Kind.PERSON)


def _replaced(head: str, kind: Kind, table: References, before: Before) -> str | None:
    """The earlier question with *head* for its question word; None where that does not fit."""
    old = before.asked.words
    if old is None or before.table is not table:
        return None
    question = before.question
    old = _with_prepositions(question, old, table)
    rest = question[old.stop :]
    if not _fits(kind, before.asked.kind, rest, table):
        return None
    is_first = not question[: old.start].strip("¿¡ ")
    return question[: old.start] + (_capital(head) if is_first else head) + rest


def _fits(kind: Kind, old: Kind, rest: str, table: References) -> bool:
    """Whether a question word of *kind* can stand before *rest*, where one of *old* stood."""
    if table.auxiliaries is None:
        return kind in _FREE and (old in _FREE or table.cuts is None)
    follows = regex.match(rf"\s*(?:{table.auxiliaries})\b", rest, regex.IGNORECASE)
    if kind not in _ADVERBIAL or follows is None:
        return False
    return old in _ADVERBIAL or follows[0].strip().casefold() in ("did", "does", "do")


def _with_prepositions(text: str, word: Span, table: References) -> Span:
    """*word* with the prepositions before it: "since when", "in what year"."""
    space = r"\s*" if table.cuts else r"\s+"
    edge = "" if table.cuts else r"\b"
    before = regex.search(
        rf"(?:{edge}(?:{table.prepositions}){space})+$", text[: word.start], regex.IGNORECASE
    )
    return word if before is None else Span(before.start(), word.stop)


def _by_pronoun(followup: Followup, table: References, before: Before) -> _Made | None:
    core = followup.core
    found = _find_pronoun(followup, table)
    if found is None:
        return _by_vacancy(followup, table, before)
    pronoun, span = found
    name = before.antecedent(pronoun.referent)
    if name is None:
        return None
    if pronoun.manner is Manner.BESIDE:
        return "pronoun", _beside(followup, name, table), (name,)
    form = {Manner.OWNER: table.owner, Manner.WHERE: table.where}.get(pronoun.manner, "{name}")
    if pronoun.manner is Manner.OWNER and name.endswith("s"):
        form = form.removesuffix("s")
    said = form.format(name=name if span.start else _capital(name))
    return "pronoun", _marked(followup, core[: span.start] + said + core[span.stop :]), (name,)


def _is_about_a_person(followup: Followup) -> bool:
    found = None if followup.table is None else _find_pronoun(followup, followup.table)
    return found is not None and found[0].referent is Referent.PERSON


def _find_pronoun(followup: Followup, table: References) -> tuple[Pronoun, Span] | None:
    """The first pronoun that nothing before it in the question explains."""
    core = followup.core
    if table.expletive and regex.search(table.expletive, core, regex.IGNORECASE):
        return None
    found = [
        (Span(*match.span()), pronoun)
        for pronoun in table.pronouns
        if (match := regex.search(pronoun.pattern, core, regex.IGNORECASE)) is not None
    ]
    words = followup.asked.words
    for span, pronoun in sorted(found, key=lambda pair: pair[0]):
        head = core[: span.start]
        spans = [s for s in content(head, table.lang) if words is None or not s.overlaps(words)]
        is_described = table.determiners and regex.search(
            rf"\b(?:{table.determiners})\b", head, regex.IGNORECASE
        )
        if names(head, table.lang) or is_described or "," in head:
            return None
        if len(spans) <= pronoun.most:
            return pronoun, span
    return None


def _by_vacancy(followup: Followup, table: References, before: Before) -> _Made | None:
    """A verb without a subject: «¿Cuándo murió?»."""
    if table.vacant is None or not regex.fullmatch(table.vacant, followup.core, regex.IGNORECASE):
        return None
    is_person = followup.asked.kind is Kind.PERSON
    name = before.antecedent(Referent.PERSON if is_person else Referent.ANY)
    return None if name is None else ("pronoun", _beside(followup, name, table), (name,))


def _by_continuing(followup: Followup, table: References, before: Before) -> _Made | None:
    lacks_event = table.eventless is not None and bool(
        regex.fullmatch(table.eventless, followup.core, regex.IGNORECASE)
    )
    if not (followup.is_continuing or before.is_replied_to or lacks_event):
        return None
    if followup.asked.words is None and not followup.text.endswith(("?", "？")):
        return None
    words = None if followup.asked.kind is Kind.SAYING else followup.asked.words
    own = [s for s in content(followup.core, table.lang) if words is None or not s.overlaps(words)]
    has_name = regex.search(r"[\p{N}《「“\"]", followup.core) or names(followup.core, table.lang)
    if has_name or not 0 < len(own) <= table.most_words:
        return None
    topic = before.topic()
    return ("continued", _beside(followup, topic, table), (topic,)) if topic else None


# --- Writing ------------------------------------------------------------------------------


def _beside(followup: Followup, words: str, table: References) -> str:
    return _marked(followup, followup.core + table.aside.format(words=words))


def _marked(followup: Followup, words: str) -> str:
    """*words* with the marks that the follow-up has around its own."""
    text = followup.text
    opened = "¿" if "¿" in text else ""
    closed = regex.search(r"[?？!！.。…]*$", text)
    return opened + _capital(words) + (closed[0] if closed else "")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split()).strip(MARKS)
