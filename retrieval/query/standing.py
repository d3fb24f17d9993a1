"""
Standing queries: what is to be matched against every new article.

``flood OR storm -football``, ``"joint patrol" (Estonia OR Latvia) source:bbc``,
``title:NATO``, ``tanker*``; words side by side must all be there. What has none of these
signs and reads like a sentence is a topic: "anything about NATO and the Baltic states".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from retrieval.errors import QueryError
from retrieval.language.analysis import analyze
from retrieval.query.lexer import Token, fail, tokens
from retrieval.query.questions import make_filters
from retrieval.query.tree import (
    AllOf,
    AnyOf,
    Node,
    NoneOf,
    Prefix,
    StandingQuery,
    Topic,
    Where,
    Words,
)
from retrieval.types import Filters

LONGEST = 500
"""Characters; a longer query is a text that was pasted by mistake."""

MOST_WORDS = 50
"""Words and filters of a query; more of them only slow down all others."""

SHORTEST_PREFIX = 3
"""Letters before a star; fewer fit a tenth of all words."""

TOPIC_WORDS = 4
"""From so many words on, all of which an article hardly ever holds, it is a topic."""

# In scripts that write no space between words: a run of so many characters is a topic.
_TOPIC_CHARACTERS = 6
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff]")

# What says only that one wants to be told; not part of the topic.
_ASKING = re.compile(
    r"(?:(?:please\s+)?(?:tell|alert|notify|inform|ping)\s+me\s+(?:when|if|about|of|on)\s+(?:there\s+is\s+)?"
    r"|(?:let\s+me\s+know\s+(?:when|if|about)\s+)"
    r"|(?:(?:any|all|every)?\s*(?:thing|news|articles?|stories|story|updates?|reports?)\s+(?:about|on|of|regarding|concerning)\s+)"
    r"|(?:(?:todo|cualquier\s+cosa|noticias)\s+(?:sobre|de|acerca\s+de)\s+)"
    r"|(?:(?:вс[её]|новости|что-нибудь)\s+(?:о|об|про)\s+)"
    r"|(?:(?:关于|關於|有关|有關)))",
    re.IGNORECASE,
)
_ASKING_END = re.compile(r"的?(?:新闻|新聞|消息|报道|報導)$")
_IS_QUESTION = re.compile(r"[?？؟]\s*$")


def parse_standing(text: str, now: datetime) -> StandingQuery:
    """
    The standing query that *text* is; dates count from *now* (aware).

    Raises:
        QueryError: If it is none; points at the character and says what to write.
    """
    if len(text) > LONGEST:
        message = f"the query has {len(text)} characters; write at most {LONGEST}"
        fail(message, LONGEST, "too_long", str(LONGEST))
    # A dash between two words, or an emoji, is nothing that could be looked for
    found = [t for t in tokens(text) if t.kind != "word" or any(map(str.isalnum, t.text))]
    if not found:
        fail("the query holds no word; write those that an article must hold", 0, "no_word")
    if len(found) > MOST_WORDS:
        message = f"the query has too many parts; write at most {MOST_WORDS}"
        fail(message, found[MOST_WORDS].span.start, "too_long", str(MOST_WORDS))
    topic = _topic(found, now)
    if topic is not None:
        return StandingQuery(text, topic)
    return StandingQuery(text, _Parser(text, found, now).parse())


def _topic(found: Sequence[Token], now: datetime) -> Topic | None:
    """What was said as a topic; None where its signs, or its few words, make it a list of words."""
    plain = [token for token in found if token.kind == "word"]
    filters = [token for token in found if token.kind == "filter" and token.name != "title"]
    if not plain or len(plain) + len(filters) != len(found):
        return None
    said = " ".join(token.text for token in plain)
    opening = _ASKING.match(said)
    bare = said if opening is None else _ASKING_END.sub("", said[opening.end() :]).strip()
    words = analyze(bare, None)
    content = {(word.start, word.stop) for word in words if not word.is_stop}
    is_sentence = (
        opening is not None
        or _IS_QUESTION.search(said) is not None
        or (len(plain) >= TOPIC_WORDS)
        or any(len(_UNSPACED.findall(token.text)) >= _TOPIC_CHARACTERS for token in plain)
    )
    if not is_sentence or not content:
        return None
    return Topic(bare, _filters(filters, now))


def _filters(found: Sequence[Token], now: datetime) -> Filters:
    values: dict[str, list[str]] = {"source": [], "after": [], "before": [], "lang": []}
    for token in found:
        values[token.name].append(token.text)
    try:
        return make_filters(now=now, **values)
    except QueryError as e:
        wrong = next(t for t in found if t.name == e.name and t.text == e.value)
        e.position = wrong.span.stop - len(wrong.text) - wrong.is_phrase
        raise


class _Parser:
    """
    By recursive descent::

        any   = all ("OR" all)*
        all   = one (["AND"] one)*
        one   = ("NOT" | "-") one | "(" any ")" | word | phrase | prefix* | name:value
    """

    def __init__(self, text: str, found: Sequence[Token], now: datetime) -> None:
        self._text = text
        self._tokens = found
        self._now = now
        self._at = 0

    def parse(self) -> Node:
        node = self._any()
        token = self._peek()
        if token is not None:  # all else is taken by `_all`
            fail(
                "this bracket closes none; take it out, or open one before",
                token.span.start,
                "stray_bracket",
                token.text,
            )
        if _is_stop_word(node):
            message = "every article holds these words; add one that tells"
            fail(message, 0, "only_stop_words", self._text.strip())
        if not _asks_for_something(node):
            fail(
                "the query only says what must not be there; add a word that must",
                0,
                "only_not",
            )
        return node

    def _any(self) -> Node:
        nodes = [self._all()]
        while self._take("or") is not None:
            nodes.append(self._all())
        return nodes[0] if len(nodes) == 1 else AnyOf(_flat(nodes, AnyOf))

    def _all(self) -> Node:
        nodes = [self._one()]
        while (token := self._peek()) is not None and token.kind not in {"or", ")"}:
            if token.kind == "and":
                self._at += 1
            nodes.append(self._one())
        # Every article holds them; in a phrase they count
        telling = [node for node in nodes if not _is_stop_word(node)] or nodes
        return telling[0] if len(telling) == 1 else AllOf(_flat(telling, AllOf))

    def _one(self) -> Node:
        token = self._peek()
        if token is None:
            last = self._tokens[-1]
            fail(f"a word is missing behind {last.text}", last.span.stop, "no_operand", last.text)
        self._at += 1
        if token.kind == "not":
            inner = self._one()
            return inner.node if isinstance(inner, NoneOf) else NoneOf(inner)
        if token.kind == "(":
            return self._bracket(token)
        if token.kind in {"or", "and", ")"}:
            fail(
                f"a word is missing before {token.text}",
                token.span.start,
                "no_operand",
                token.text,
            )
        return self._leaf(token)

    def _bracket(self, opening: Token) -> Node:
        closing = self._peek()
        if closing is not None and closing.kind == ")":
            fail("there is nothing in these brackets", opening.span.start, "empty_brackets")
        node = self._any()
        if self._take(")") is None:
            fail("this bracket is not closed", opening.span.start, "unclosed_bracket", "(")
        return node

    def _leaf(self, token: Token) -> Node:
        in_title = token.name == "title"
        if token.kind == "filter" and not in_title:
            return Where(_filters([token], self._now))
        if token.kind == "prefix" or token.is_prefix:
            letters = sum(map(str.isalnum, token.text))
            if letters < SHORTEST_PREFIX:
                fail(
                    f"write at least {SHORTEST_PREFIX} letters before the star",
                    token.span.start,
                    "short_prefix",
                    token.text,
                )
            return Prefix(token.text, token.span, in_title)
        if not any(map(str.isalnum, token.text)):
            fail("this is no word", token.span.start, "no_word", token.text)
        return Words(
            token.text, token.span, in_title, is_phrase=token.kind == "phrase" or token.is_phrase
        )

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, kind: str) -> Token | None:
        token = self._peek()
        if token is None or token.kind != kind:
            return None
        self._at += 1
        return token


def _flat(nodes: Sequence[Node], kind: type[AllOf | AnyOf]) -> tuple[Node, ...]:
    flat: list[Node] = []
    for node in nodes:
        if isinstance(node, kind):
            flat += node.nodes
        else:
            flat.append(node)
    return tuple(flat)


def _is_stop_word(node: Node) -> bool:
    """Whether *node* is a word without a meaning of its own, and not in quotation marks."""
    if isinstance(node, AllOf | AnyOf):
        return all(map(_is_stop_word, node.nodes))
    return (
        isinstance(node, Words)
        and not node.is_phrase
        and all(term.is_stop for term in analyze(node.text, None))
    )


def _asks_for_something(node: Node) -> bool:
    """Whether an article must hold, or be, something; else all of the news would match."""
    if isinstance(node, NoneOf):
        return False
    if isinstance(node, AllOf):
        return any(map(_asks_for_something, node.nodes))
    if isinstance(node, AnyOf):
        return all(map(_asks_for_something, node.nodes))
    return True
