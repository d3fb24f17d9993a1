import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot
from bot.messages import PLURAL_RULES, Messages, _catalogue, languages, places

KEY = re.compile(r"[a-z_]+(\.[a-z_]+)+")
FORMS = re.compile(r"\.(zero|one|two|few|many|other)$")


def sources() -> list[ast.Module]:
    return [ast.parse(path.read_text()) for path in Path(bot.__file__).parent.rglob("*.py")]


def lookups() -> Iterator[tuple[str, set[str]]]:
    """Key (or its beginning, up to a dot) and the values of every look-up in `bot`."""
    for tree in sources():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            key = node.args[0]
            values = {str(keyword.arg) for keyword in node.keywords}
            if name not in {"text", "count", "find", "say"}:
                continue
            if isinstance(key, ast.Constant) and KEY.fullmatch(str(key.value)):
                yield str(key.value), values
            elif isinstance(key, ast.JoinedStr) and isinstance(key.values[0], ast.Constant):
                yield str(key.values[0].value), values


def keys_under(key: str, catalogue: dict[str, str]) -> list[str]:
    if key in catalogue:
        return [key]
    prefix = key if key.endswith(".") else key + "."
    return [known for known in catalogue if known.startswith(prefix)]


def test_every_lookup_finds_a_message_with_its_places() -> None:
    catalogue = dict(_catalogue("en"))
    named = {key for key, _ in lookups()}
    wrong = []
    for key, values in lookups():
        found = keys_under(key, catalogue)
        if not found:
            wrong.append(f"{key} is missing")
        for known in found:
            # A key made of parts may also be one that is looked up by its full name.
            if key.endswith(".") and known in named:
                continue
            wanted = places(catalogue[known]) - ({"count"} if FORMS.search(known) else set())
            if wanted != values:
                wrong.append(f"{known} takes {wanted}, given {values}")

    assert wrong == []


def test_every_message_is_looked_up() -> None:
    said = {
        node.value
        for tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    unused = [
        key
        for key in _catalogue("en")
        if key not in said
        and FORMS.sub("", key) not in said
        and key.rpartition(".")[0] + "." not in said
    ]

    assert unused == []


@pytest.mark.parametrize("lang", languages())
def test_a_catalogue_has_the_keys_and_places_of_english(lang: str) -> None:
    def shape(of: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for key, text in _catalogue(of).items():
            found.setdefault(FORMS.sub("", key), set()).update(places(text))
        return found

    assert shape(lang) == shape("en")


@pytest.mark.parametrize("lang", languages())
def test_a_catalogue_has_a_plural_rule_twelve_months_and_no_positional_place(lang: str) -> None:
    messages = Messages(lang)

    assert lang in PLURAL_RULES
    assert len({messages.month(month) for month in range(1, 13)}) == 12
    for key, text in _catalogue(lang).items():
        assert all(place.isidentifier() for place in places(text)), key


def test_english_is_there() -> None:
    assert "en" in languages()


@pytest.mark.parametrize(
    ("n", "said"),
    [(0, "0 articles"), (1, "1 article"), (2, "2 articles"), (1234567, "1,234,567 articles")],
)
def test_count_takes_the_form_of_the_number(n: int, said: str) -> None:
    assert Messages("en").count("sources.articles_count", n) == said


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
