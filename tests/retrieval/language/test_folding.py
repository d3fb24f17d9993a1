import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.language.folding import (
    GROUP_SPACE,
    Aligned,
    align,
    fold_case,
    fold_han,
    fold_letters,
    normalise,
    simplified_forms,
    traditional_forms,
)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("", ""),
        ("plain", "plain"),
        ("naïve 希音 при 😀", "naïve 希音 при 😀"),
        ("ﬁne", "fine"),
        ("①㍿½", "1株式会社1⁄2"),
        ("ＮＡＴＯ，１２", "NATO,12"),
        ("10\u00a0000\u202f000", f"10{GROUP_SPACE}000{GROUP_SPACE}000"),
        ("wait…no", "wait no"),
        ("e\u0301te\u0301", "été"),
        ("co\u00adop \u200eא\ufe0f", "coop א"),
        ("ｶﾞｽ", "ガス"),
        ("ㄱㅏ", "가"),
        ("Brand™", "Brand "),
        ("l´an 3º", "l'an 3o"),
    ],
)
def test_normalise(text, normal):
    assert normalise(text) == normal
    assert align(text).text == normal


def test_align_gives_the_same_offsets_where_lengths_hold():
    assert align("ＡＢ，é") == Aligned("AB,é")


def test_align_maps_each_character_back():
    assert align("aﬁ e\u0301\u00ad㍿b") == Aligned(
        "afi é株式会社b",
        starts=[0, 1, 1, 2, 3, 6, 6, 6, 6, 7],
        stops=[1, 2, 2, 3, 5, 7, 7, 7, 7, 8],
    )


# Letters, marks and compatibility forms that lengthen, shorten, join and vanish.
_TROUBLE = st.text(
    alphabet="aE é\u0301\u0327\u00ad\u200dﬁßİ①㍿½…ｶﾞ\u3099ᄀㅏ가ำกิ़ক\u09be😀\u00a0ＡΐͅﷺﳲΩ"
)


@given(_TROUBLE | st.text())
def test_align_agrees_with_normalise(text):
    aligned = align(text)

    assert aligned.text == normalise(text)
    if aligned.starts is None or aligned.stops is None:
        assert len(aligned.text) == len(text)
    else:
        spans = list(zip(aligned.starts, aligned.stops, strict=True))
        assert len(spans) == len(aligned.text)
        assert spans == sorted(spans)
        assert all(0 <= start < stop <= len(text) for start, stop in spans)


@given(_TROUBLE | st.text())
def test_normalise_is_nfkc_up_to_spaces_and_what_is_dropped(text):
    kept = "".join(char for char in text if normalise(char) not in {"", " ", "'", GROUP_SPACE})

    assert unicodedata.normalize("NFKC", normalise(kept)) == unicodedata.normalize(
        "NFKC", kept.replace("ª", "a")
    )


@pytest.mark.parametrize(
    ("word", "lang", "script", "folded"),
    [
        ("Straße", "de", "Latn", "strasse"),
        ("İstanbul", "en", "Latn", "istanbul"),
        ("İstanbul", "tr", "Latn", "istanbul"),
        ("ISPARTA", "tr", "Latn", "ısparta"),
        ("Hòa", "vi", "Latn", "hoà"),
        ("QUỲ", "vi", "Latn", "quỳ"),
        ("ΕΛΛΆΔΑΣ", "el", "Grek", "ελλάδασ"),
        ("Ёлка", "ru", "Cyrl", "елка"),
        ("Влади\u0301мир", "ru", "Cyrl", "владимир"),
        ("Йод", "ru", "Cyrl", "йод"),
        ("Їжак", "uk", "Cyrl", "їжак"),
        ("مُحَمَّـــد", "ar", "Arab", "محمد"),
        ("کی", "fa", "Arab", "كي"),
        ("الرياضى", "ar", "Arab", "الرياضي"),
        ("على", "ar", "Arab", "على"),
        ("שָׁלוֹם", "he", "Hebr", "שלום"),
        ("हिन्दी", "hi", "Deva", "हिंदी"),
        ("क़ानून", "hi", "Deva", "कानून"),
        ("पाँच", "hi", "Deva", "पांच"),
        ("தமிழ்", "ta", "Taml", "தமிழ்"),
    ],
)
def test_fold_case(word, lang, script, folded):
    assert fold_case(word, lang, script) == folded


@pytest.mark.parametrize(
    ("stem", "lang", "script", "folded"),
    [
        ("plain", "en", "Latn", "plain"),
        ("pécress", "fr", "Latn", "pecress"),
        ("erdoğa", "tr", "Latn", "erdoga"),
        ("łódź", "pl", "Latn", "lodz"),
        ("smørrebrød", "da", "Latn", "smorrebrod"),
        ("nguyễn", "en", "Latn", "nguyen"),
        ("nguyễn", "vi", "Latn", "nguyễn"),
        ("αθήν", "el", "Grek", "αθην"),
        ("йод", "ru", "Cyrl", "йод"),
        ("آخر", "ar", "Arab", "اخر"),
        ("حكومه", "ar", "Arab", "حكوم"),
        ("وجه", "ar", "Arab", "وجه"),
        ("ہے", "ur", "Arab", "ہے"),
        ("हिंद", "hi", "Deva", "हिंद"),
    ],
)
def test_fold_letters(stem, lang, script, folded):
    assert fold_letters(stem, lang, script) == folded


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("希音公司", "希音公司"),
        ("國防部長", "国防部长"),
        ("臺灣", "台湾"),
        ("裡面", "里面"),
        ("裏面", "里面"),
        ("乾燥", "干燥"),
        ("頭髮", "头发"),
        ("發現", "发现"),
        ("著名", "着名"),
    ],
)
def test_fold_han_makes_both_forms_equal(traditional, simplified):
    assert fold_han(traditional) == fold_han(simplified)


def test_fold_han_leaves_other_scripts_alone():
    assert fold_han("NATO のロ 러 😀") == "NATO のロ 러 😀"


def test_fold_han_is_one_for_one_and_done_at_once():
    forms = simplified_forms()

    assert all(len(form) == 1 for form in forms.values())
    assert not {ord(form) for form in forms.values()} & forms.keys()


def test_traditional_forms_are_of_characters_that_only_simplified_text_has():
    forms = traditional_forms()

    assert [forms.get(ord(char)) for char in "国國中a"] == ["國", None, None, None]
