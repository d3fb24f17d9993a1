"""The words by which a question refers back; what is made of them is tested with the bot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.language.references import content, names, references, stretches
from retrieval.types import Span

LANGUAGES = [
    ("And when?", "en"),
    ("what about Latvia?", "en"),
    ("Who is he?", "en"),
    ("¿Y cuándo?", "es"),
    ("Y Letonia?", "es"),
    ("quien es el?", "es"),
    ("А когда?", "ru"),
    ("Кто он?", "ru"),
    ("那什麼時候呢？", "zh"),
    ("那拉脱维亚呢？", "zh"),
    ("NATO呢？", "zh"),
    ("Et quand ?", None),
    ("E quando?", None),
    ("Und wann?", None),
    ("Wo kommt er her?", None),
    ("А коли її відкрили?", None),
    ("А кога?", None),
    ("いつですか？", None),
    ("언제?", None),
    ("ومتى؟", None),
    ("ומתי?", None),
    ("Και πότε;", None),
    ("tram", None),
    ("🚋", None),
    ("", None),
]


@pytest.mark.parametrize(("question", "lang"), LANGUAGES)
def test_a_language_has_its_own_words_or_none(question, lang):
    table = references(question)

    assert (table and table.lang) == lang


NAMES = [
    ("en", "When did Ada Brook reopen the bridge?", ["Ada Brook"]),
    ("en", "Did the Port of London buy Pier-9?", ["Port of London", "Pier-9"]),
    ("en", "Who read Norway's Baltic papers?", ["Norway", "Baltic"]),
    ("en", "When did Norway and Sweden sign it?", ["Norway and Sweden"]),
    ("en", "How long is the road between Norway and Sweden?", ["Norway", "Sweden"]),
    ("en", "Is The Hague near?", ["Hague"]),
    ("en", "What does WHO say of the U.S.?", ["WHO", "U.S."]),
    ("en", "Who met J. O'Neill?", ["J. O'Neill"]),
    ("en", "WHO MET ADA BROOK?", []),
    ("en", "when did it open?", []),
    ("en", "", []),
    ("es", "¿Cuándo abrió el Puerto de la Cruz?", ["Puerto de la Cruz"]),
    ("es", "¿Qué hay entre Perú y Chile?", ["Perú", "Chile"]),
    ("ru", "Когда Ада Брук приехала в Осло?", ["Ада Брук", "Осло"]),
    ("fr", "Quand Ada est-elle venue ?", ["Ada"]),
    (None, "When did Ada come?", ["Ada"]),
    ("zh", "大橋何時重開？", []),
]


@pytest.mark.parametrize(("lang", "text", "found"), NAMES)
def test_names_are_capitalised_words_in_a_row(lang, text, found):
    assert [span.of(text) for span in names(text, lang)] == found


@given(st.text(max_size=60), st.sampled_from(["en", "es", "ru", "zh", None]))
def test_names_lie_in_any_text_and_are_not_empty(text, lang):
    assert all(span.of(text).strip() for span in names(text, lang))


CONTENT = [
    ("en", "When did the Pier-9 bridge reopen?", ["Pier", "9", "bridge", "reopen"]),
    ("en", "And why?", []),
    ("es", "¿Cuándo abrió el puente?", ["abrió", "puente"]),
    ("ru", "Кто открыл мост?", ["открыл", "мост"]),
    ("zh", "大橋什麼時候重開？", ["大", "橋", "重", "開"]),
    ("zh", "NATO是什麼？", ["NATO"]),
    ("und", "🚋", []),
]


@pytest.mark.parametrize(("lang", "text", "found"), CONTENT)
def test_content_leaves_out_function_words(lang, text, found):
    assert [span.of(text) for span in content(text, lang)] == found


STRETCHES = [
    ("大橋什麼時候重開？", ["大橋", "時候重開"]),
    ("花蓮的市長是誰？", ["花蓮", "市長"]),
    ("那NATO和北約呢？", ["NATO", "北約"]),
    ("什麼？", []),
]


@pytest.mark.parametrize(("text", "found"), STRETCHES)
def test_stretches_stand_between_function_words(text, found):
    table = references(text)

    assert table is not None
    assert [span.of(text) for span in stretches(text, table)] == found


def test_content_of_a_pasted_text_takes_as_long_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    overlaps = Span.overlaps

    def counting(span: Span, other: Span) -> bool:
        nonlocal compared
        compared += 1
        return overlaps(span, other)

    monkeypatch.setattr(Span, "overlaps", counting)

    found = content("".join(map(chr, range(0x5000, 0x5000 + 4000))), "zh")

    assert len(found) > 3900
    assert compared <= 4000
