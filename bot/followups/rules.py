"""
The rules that make a follow-up whole; what they are for is in the package.

Each looks at the follow-up and at one turn before it, and gives None where it does not
hold. The words of a language are in ``retrieval.language.references``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal, NamedTuple

import regex

from bot.followups.antecedents import Before
from bot.followups.dates import as_period, dates_in, with_year_of
from bot.followups.naming import ADVERBIAL, NewName, swapped
from bot.followups.question import Followup
from bot.followups.turns import MARKS, Earlier, says_something
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

EARLIER_MAX_CHARS = 500
"""A longer turn is a pasted text, on which nothing leans, nor past it; a message may have 4,096."""


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
        name: The name that was put in, which an answer should be about; None if none was.
    """

    question: str
    rule: Rule
    carried: tuple[str, ...]
    articles: tuple[str, ...]
    back: int = 1
    name: str | None = None


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
    recent = takewhile(lambda turn: len(turn.question) <= EARLIER_MAX_CHARS, reversed(earlier))
    turns = [(back, Before(e)) for back, e in enumerate(recent, 1) if says_something(e)]
    for n, (back, before) in enumerate(turns[:TURNS_READ]):
        if n > 0 and (not _is_about_a_person(followup) or turns[n - 1][1].may_name_a_person):
            break
        made = _made_whole(followup, before, is_filtered=is_filtered)
        if made is not None and _folded(made.question) not in (_folded(question), ""):
            return Completion(
                made.question, made.rule, made.carried, before.articles, back, made.name
            )
    return None


class _Made(NamedTuple):
    rule: Rule
    question: str
    carried: tuple[str, ...]
    name: str | None = None


def _made_whole(followup: Followup, before: Before, *, is_filtered: bool) -> _Made | None:
    if not followup.core:
        return _Made("again", before.whole, before.words) if is_filtered else None
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
    name = NewName.of(new, table)
    question = before.question
    period = as_period(new, table)
    if period is not None or dates_in(name.bare) or dates_in(new):
        dated = _dated(period or new, table, before)
        return _Made("name", _under_head(dated, table, before), before.words)
    if any(_folded(span.of(question)) == _folded(name.bare) for span in before.names):
        return None
    found = swapped(name, table, before) if before.label is None else None
    if found is not None:
        whole, place = found
        whole = _under_head(whole, table, before)
        return _Made("name", whole, before.words_but(place), name.bare)
    if before.head is not None and before.is_head_asking:
        inner = table.labelled.format(label=_capital(new), question=before.flat)
        whole = table.heading.format(head=before.head, question=inner)
    else:
        whole = table.heading.format(head=_capital(new), question=before.flat)
    return _Made("name", whole, before.words, name.bare)


def _under_head(whole: str, table: References, before: Before) -> str:
    """*whole* with the question word before it that an earlier completion set there."""
    if before.head is None or not before.is_head_asking:
        return whole
    return table.heading.format(head=before.head, question=whole)


def _dated(new: str, table: References, before: Before) -> str:
    """The earlier question with a date in the place of its own, or at its end."""
    question = before.question
    words = [w for w in (before.asked.words, *before.asked.others) if w is not None]
    for date in dates_in(question):
        if any(date.overlaps(word) for word in words):
            continue
        start = _with_prepositions(question, date, table).start
        new = with_year_of(date.of(question), new, table) or new
        return question[:start] + new + question[date.stop :]
    if table.cuts is not None:
        return table.heading.format(head=new, question=before.flat)
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
    if wanted.kind is before.kind:  # "Who is that?" after "Who came?": not the same again
        return None
    head = word.of(core)
    whole = _replaced(head, wanted.kind, table, before)
    if whole is None:
        whole = table.heading.format(head=_capital(head), question=_beneath(before, table))
    name = None if table.cuts is not None else before.topic()
    return _Made("kind", whole, before.words_but(before.asked.words), name)


def _beneath(before: Before, table: References) -> str:
    """What stands in brackets behind a new question word: never brackets in brackets."""
    if before.aside is not None:
        return before.aside.of(before.question)
    label = before.label or (None if before.is_head_asking else before.head)
    if label is None:
        return before.question
    return table.labelled.format(label=label, question=before.question)


def _replaced(head: str, kind: Kind, table: References, before: Before) -> str | None:
    """The earlier question with *head* for its question word; None where that does not fit."""
    old = before.asked.words
    if old is None or before.table is not table or before.head is not None:
        return None
    if before.aside is not None:
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
    if kind not in ADVERBIAL:
        return False
    if table.auxiliaries is None:
        return old in ADVERBIAL
    follows = regex.match(rf"\s*(?:{table.auxiliaries})\b", rest, regex.IGNORECASE)
    if follows is None:
        return False
    # "How long did it close?" goes on without its object; "What did it close?" would lack it
    is_whole = old is Kind.NUMBER and follows[0].strip().casefold() in ("did", "does", "do")
    return old in ADVERBIAL or is_whole


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
    if pronoun.manner is Manner.BESIDE or (table.declines and not before.opens_a_sentence(name)):
        return _Made("pronoun", _beside(followup, name, table), (name,), name)
    form = {Manner.OWNER: table.owner, Manner.WHERE: table.where}.get(pronoun.manner, "{name}")
    if pronoun.manner is Manner.OWNER and name.endswith("s"):
        form = form.removesuffix("s")
    said = form.format(name=name if span.start else _capital(name))
    whole = _marked(followup, core[: span.start] + said + core[span.stop :])
    return _Made("pronoun", whole, (name,), name)


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
    if name is None:
        return None
    if table.owned is not None:  # 冬奧會的吉祥物, 什麼時候開幕？: the games do
        name = name.partition(table.owned)[0]
    return _Made("pronoun", _beside(followup, name, table), (name,), name)


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
    return _Made("continued", _beside(followup, topic, table), (topic,)) if topic else None


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
