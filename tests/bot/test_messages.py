import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

import bot.messages
from bot.messages import PLURAL_RULES, Messages, _catalogue, languages, places
from bot.render.lists import MORE_MAX
from bot.render.markup import LIMIT, utf16_length
from retrieval.language.periods import find_period

KEY = re.compile(r"[a-z_]+(\.[a-z_]+)+")
FORMS = re.compile(r"\.(zero|one|two|few|many|other)$")
OWN_NAMES = {
    "en": "English",
    "es": "Español",
    "ru": "Русский",
    "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文",
}


class Lookup(NamedTuple):
    """A call that names a message: a pattern of keys, and the values given if they can be read."""

    keys: str
    is_literal: bool
    values: frozenset[str] | None


@cache
def sources() -> list[ast.Module]:
    package = Path(bot.messages.__file__).parents[1]
    return [ast.parse(path.read_text()) for path in package.rglob("*.py")]


def keys_named(node: ast.expr) -> Iterator[tuple[str, bool]]:
    """Patterns of the keys that *node* may stand for, and whether each is one key written out."""
    if isinstance(node, ast.IfExp):
        yield from keys_named(node.body)
        yield from keys_named(node.orelse)
    elif isinstance(node, ast.Constant) and KEY.fullmatch(str(node.value)):
        yield re.escape(str(node.value)), True
    elif isinstance(node, ast.JoinedStr):
        parts = [str(p.value) if isinstance(p, ast.Constant) else None for p in node.values]
        if KEY.fullmatch("".join("x" if part is None else part for part in parts)):
            yield "".join("[a-z_]+" if part is None else re.escape(part) for part in parts), False


def lookups() -> Iterator[Lookup]:
    for tree in sources():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name not in {"text", "count", "find", "say", "tell_admins"}:
                continue
            given = [keyword.arg for keyword in node.keywords]
            values = None if None in given else frozenset(str(value) for value in given)
            for keys, is_literal in keys_named(node.args[0]):
                yield Lookup(keys, is_literal, values)


def bases(lang: str) -> dict[str, set[str]]:
    """The keys of a catalogue without their plural forms, with the places of all forms."""
    found: dict[str, set[str]] = {}
    for key, text in _catalogue(lang).items():
        found.setdefault(FORMS.sub("", key), set()).update(places(text))
    return found


def plurals(lang: str) -> dict[str, dict[str, str]]:
    """The tables of plural forms of a catalogue: key, form, text."""
    found: dict[str, dict[str, str]] = {}
    for key, text in _catalogue(lang).items():
        if form := FORMS.search(key):
            found.setdefault(FORMS.sub("", key), {})[form[1]] = text
    return found


def told(lang: str, wrong: Iterable[str]) -> str:
    """Every one in full, which pytest's own comparison would shorten."""
    return "\n".join([f"{lang}.toml:", *wrong])


# --- The program and the catalogues -----------------------------------------------------------


def test_every_lookup_finds_a_message_with_its_places() -> None:
    catalogue = _catalogue("en")
    literal = {lookup.keys for lookup in lookups() if lookup.is_literal}
    wrong = []
    for keys, is_literal, values in lookups():
        found = [key for key in catalogue if re.fullmatch(keys, FORMS.sub("", key))]
        if not found:
            wrong.append(f"{keys.replace(chr(92), '')} is missing")
        for key in found:
            # A key made of parts may also be one that is looked up by its full name.
            if values is None or (not is_literal and re.escape(FORMS.sub("", key)) in literal):
                continue
            wanted = places(catalogue[key]) - ({"count"} if FORMS.search(key) else set())
            if wanted != values:
                wrong.append(f"{key} takes {sorted(wanted)}, given {sorted(values)}")

    assert wrong == [], told("en", wrong)


def constants() -> set[str]:
    return {
        node.value
        for tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_message_is_looked_up() -> None:
    said = constants()
    made = [lookup.keys for lookup in lookups() if not lookup.is_literal]
    unused = [
        key
        for key in bases("en")
        if key not in said and not any(re.fullmatch(keys, key) for keys in made)
    ]

    assert unused == [], told("en", unused)


def test_what_is_written_like_a_key_is_one() -> None:
    known = bases("en")
    tables = {key.partition(".")[0] for key in known}
    looks = {text for text in constants() if KEY.fullmatch(text)}
    missing = {key for key in looks if key.partition(".")[0] in tables} - known.keys()

    assert missing == set(), told("en", sorted(missing))


@pytest.mark.parametrize("lang", languages())
def test_a_catalogue_has_the_keys_of_english(lang: str) -> None:
    english, keys = bases("en").keys(), bases(lang).keys()
    wrong = [f"{key} is missing" for key in sorted(english - keys)]
    wrong += [f"{key} is not in English" for key in sorted(keys - english)]

    assert wrong == [], told(lang, wrong)


@pytest.mark.parametrize("lang", languages())
def test_a_catalogue_has_the_places_of_english(lang: str) -> None:
    english = bases("en")
    wrong = [
        f"{key} has {sorted(found)}, in English {sorted(english[key])}"
        for key, found in bases(lang).items()
        if found != english.get(key, found)
    ]

    assert wrong == [], told(lang, wrong)


@pytest.mark.parametrize("lang", languages())
def test_a_catalogue_has_every_plural_form_of_its_language(lang: str) -> None:
    numbers = Counter(PLURAL_RULES[lang](n) for n in range(1000))
    tables = plurals(lang)
    wrong = []
    for key in plurals("en").keys() | tables.keys():
        forms = tables.get(key, {})
        if forms.keys() != numbers.keys():
            wrong.append(f"{key} has {sorted(forms)}, not {sorted(numbers)}")
        for form, text in forms.items():
            # Only a form of a single number may leave the number out ("one article").
            if numbers[form] > 1 and places(text) != bases("en")[key]:
                wrong.append(f"{key}.{form} has {sorted(places(text))}")

    assert wrong == [], told(lang, wrong)


@pytest.mark.parametrize("lang", languages())
def test_a_catalogue_has_a_name_twelve_months_and_no_positional_place(lang: str) -> None:
    messages = Messages(lang)

    assert messages.text("language.name") == OWN_NAMES[lang]
    assert len({messages.month(month) for month in range(1, 13)}) == 12
    for key, text in _catalogue(lang).items():
        assert all(place.isidentifier() for place in places(text)), key


# A command behind a letter is no link in Telegram, so it does not count as one here.
TYPED = re.compile(
    r"(?<![\w/])/[a-z]+|(?<!\w)(?:source|after|before|lang):(?:\"[^\"]*\"|[A-Za-z0-9-]+)"
    r"|clipdesk [a-z]+|https?://\S+|(?<![\w/])@[A-Za-z]+"
)


@pytest.mark.parametrize("lang", languages())
def test_what_has_to_be_typed_is_the_same_in_every_language(lang: str) -> None:
    def typed(of: str) -> dict[str, set[str]]:
        return {
            FORMS.sub("", key): set(TYPED.findall(text)) for key, text in _catalogue(of).items()
        }

    english = typed("en")
    wrong = [
        f"{key} has {sorted(found)}, in English {sorted(english[key])}"
        for key, found in typed(lang).items()
        if found != english.get(key, found)
    ]

    assert wrong == [], told(lang, wrong)


# --- What Telegram takes ----------------------------------------------------------------------

# Shown for a moment where a button was pressed.
TOASTS = (
    r"((alert_)?press|rating|follow)\..+|language\.(set|admins_only)|access\.refused_short|more\.none"
    r"|error\.sorry|manage\.admins_only_short|subscribe\.(expired|full)|alerts_list\.gone"
)


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize(
    ("keys", "least", "most"),
    [
        (r"command\..+", 3, 256),  # in the menu of commands
        (r"profile\.short", 1, 120),
        (r"profile\.long", 1, 512),
        (TOASTS, 1, 200),
        (r"inline\..+|access\.refused_short", 1, 64),  # the button over inline results
        (r"(alert_)?button\..+", 1, 32),  # more is cut on a phone
        (r"(?!number\.group$).+", 1, LIMIT),  # which is no message, and may be a space
    ],
)
def test_a_message_keeps_to_the_limit_of_its_place(
    lang: str, keys: str, least: int, most: int
) -> None:
    lengths = {
        key: utf16_length(text.strip())
        for key, text in _catalogue(lang).items()
        if re.fullmatch(keys, key)
    }

    assert lengths
    wrong = [
        f"{key} has {n} UTF-16 units, not {least} to {most}"
        for key, n in lengths.items()
        if not least <= n <= most
    ]
    assert wrong == [], told(lang, wrong)


@pytest.mark.parametrize("lang", languages())
def test_the_guide_and_the_count_of_the_rest_fit(lang: str) -> None:
    messages = Messages(lang)
    bot_name = "@" + "x" * 32
    guide = messages.text("guide.chat", bot=bot_name)
    group = max(
        (messages.text(f"guide.{k}", bot=bot_name) for k in ("group", "group_all")), key=len
    )
    alerts = messages.text("guide.alerts")

    assert utf16_length(f"{guide}\n\n{alerts}\n\n{group}") <= LIMIT
    for n in (1, 2, 5, 9_999_999):
        assert utf16_length(messages.count("chat.and_more", n)) <= MORE_MAX


@pytest.mark.parametrize("lang", languages())
def test_the_dates_of_the_guide_are_understood(lang: str) -> None:
    guide = Messages(lang).text("guide.chat", bot="@desk_bot").splitlines()
    dates = next(line for line, below in pairwise(guide) if below.startswith("source:"))
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    found = {said: find_period(said, now) for said in dates.split(" · ")}

    assert len(found) == 3
    not_whole = [said for said, p in found.items() if p is None or len(p.span) < len(said)]
    assert not_whole == [], told(lang, not_whole)


# --- Looking up -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "said"),
    [(0, "0 articles"), (1, "1 article"), (2, "2 articles"), (1234567, "1,234,567 articles")],
)
def test_count_takes_the_form_of_the_number(n: int, said: str) -> None:
    assert Messages("en").count("sources.articles_count", n) == said


@pytest.mark.parametrize(
    ("lang", "form", "numbers"),
    [
        ("en", "one", (1,)),
        ("en", "other", (0, 2, 11, 21, 101)),
        ("es", "one", (1,)),
        ("es", "other", (0, 2, 11, 21, 101)),
        ("ru", "one", (1, 21, 101, 1001)),
        ("ru", "few", (2, 3, 4, 22, 24, 102)),
        ("ru", "many", (0, 5, 10, 11, 12, 14, 20, 25, 100, 111, 112, 1000)),
        ("zh-Hans", "other", (0, 1, 2, 21)),
        ("zh-Hant", "other", (0, 1, 2, 21)),
    ],
)
def test_a_number_takes_the_form_of_its_language(
    lang: str, form: str, numbers: tuple[int, ...]
) -> None:
    assert {PLURAL_RULES[lang](n) for n in numbers} == {form}


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("n", [0, 1, 2, 5, 11, 21, 112, 1_234_567])
def test_every_number_can_be_counted_in_every_language(lang: str, n: int) -> None:
    messages = Messages(lang)

    assert messages.number(n) in messages.count("sources.articles_count", n)
    for key in plurals("en"):
        values = dict.fromkeys(bases("en")[key] - {"count"}, "港口")
        assert "{" not in messages.count(key, n, **values)


@pytest.mark.parametrize(
    ("lang", "day"),
    [("en", "3 Apr 2024"), ("zh-Hans", "2024年4月3日"), ("zh-Hant", "2024年4月3日")],
)
def test_a_day_is_written_as_in_its_language(lang: str, day: str) -> None:
    messages = Messages(lang)

    assert messages.text("date.day", day=3, month=messages.month(4), year=2024) == day


@pytest.mark.parametrize("title", ["", "{name} {0} %s", "港口", "الميناء", "⚓️"])
def test_a_value_is_put_in_as_it_is(title: str) -> None:
    assert Messages("en").text("citation.title", title=title) == f'"{title}"'


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(KeyError, match=r"no\.such"):
        Messages("en").text("no.such")

    assert Messages("en").find("no.such") is None


@pytest.mark.parametrize("values", [{}, {"title": "a", "name": "b"}, {"name": "b"}])
def test_missing_and_extra_values_are_refused(values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"'citation.title' takes \['title'\]"):
        Messages("en").text("citation.title", **values)


def test_an_unknown_language_is_refused_on_use() -> None:
    messages = Messages("xx")

    with pytest.raises(FileNotFoundError):
        messages.text("date.months")


@pytest.mark.parametrize("lang", languages())
def test_every_feature_is_explained(lang: str) -> None:
    from retrieval.answering.features import FEATURES

    messages = Messages(lang)

    assert [name for name in FEATURES if messages.find(f"feature.{name}") is None] == []


def test_english_is_there() -> None:
    assert "en" in languages()
