"""Whether a question is plainly in another language than a text."""

import pytest

from retrieval.language.foreign import is_foreign

EN = "The ferry sailed again on Monday, and the captain said that it had been worth the wait."
ES = "El transbordador zarpó de nuevo el lunes, y la capitana dijo que había valido la pena."
RU = "Паром снова вышел в море в понедельник, и капитан сказала, что ждать стоило."
UK = "Пором знову вийшов у море, і капітанка сказала, що чекати було варто, бо він як новий."
AR = "أبحرت العبارة من جديد يوم الاثنين، وقالت القبطانة إن الانتظار كان يستحق ذلك."
ZH = "渡輪於星期一重新啟航，船長說等待是值得的。"
JA = "フェリーは月曜日に再び出航し、船長は待つ価値があったと述べた。"
TH = "เรือเฟอร์รี่ออกเดินทางอีกครั้งในวันจันทร์"
HU = "A komp hétfőn újra elindult, és a kapitány azt mondta, hogy megérte várni."
ET = "Parvlaev sõitis esmaspäeval taas merele."  # a language without a list of words


@pytest.mark.parametrize(
    ("question", "text", "lang"),
    [
        # by the script
        ("Who won Super Bowl XLIX?", RU, "ru"),
        ("What is the NASUWT?", ZH, "zh-Hant"),
        ("¿Quién fundó Oracle?", TH, "th"),
        ("Что такое NASUWT?", EN, "en"),
        ("NASUWT是什么？", EN, "en"),
        ("船長說了什麼？", RU, None),
        ("NASUWT คืออะไร?", EN, "en"),
        ("ما هي عاصمة جمهورية Oracle؟", EN, "en"),
        ("من أسس شركة Oracle؟", EN, "en"),
        ("誰是船長？", TH, "th"),
        # by the words
        ("Who won Super Bowl XLIX?", ES, "es"),
        ("When did the ferry sail?", ES, "es"),
        ("¿Cuándo zarpó el Queen Mary de la isla?", EN, "en"),
        ("When did the ferry sail?", HU, "hu-HU"),
        ("Wann ist die Queen Mary ausgelaufen?", EN, "en"),
        ("Коли пором вийде в море і що він везе?", RU, "ru"),
    ],
)
def test_a_question_in_another_language(question: str, text: str, lang: str | None) -> None:
    assert is_foreign(question, text, lang)


@pytest.mark.parametrize(
    ("question", "text", "lang"),
    [
        # its own
        ("When did the ferry sail?", EN, "en"),
        ("¿Cuándo zarpó?", ES, "es"),
        ("Когда вышел паром?", RU, "ru"),
        ("Πότε έφυγε το πλοίο;", "Το πλοίο έφυγε ξανά τη Δευτέρα.", "el"),
        ("Коли вийшов пором?", UK, "uk"),
        ("渡轮何时启航？", ZH, "zh-Hant"),
        ("渡輪何時啟航？", ZH, "zh-Hans"),
        ("เรือออกเมื่อไร", TH, "th"),
        ("متى أبحرت العبارة؟", AR, "ar"),
        # no language of its own
        ("NATO 2023?", RU, "ru"),
        ("NATO 2023?", ES, "es"),
        ("Kim Jong Un", RU, "ru"),
        ("Los Angeles", EN, "en"),
        ("台積電", EN, "en"),
        ("Путин", EN, "en"),
        ("بوتين", EN, "en"),
        ("من بوتين", EN, "en"),
        ("🚢 2023", EN, "en"),
        ("", EN, "en"),
        ("Who won?", "🚢 2023", "ru"),
        # a function word that is a name, and stands in the text
        ("como 1907 manager", "The manager of Como, founded in 1907, has left the club.", "en"),
        ("die hard 4 cast", "The cast of Die Hard 4 were seen in the city on Monday.", "en"),
        # what is said of the text's language is not true
        ("¿Cuándo zarpó el transbordador de la isla?", ES, "en"),
        ("Когда вышел паром и что он везёт?", RU, "en"),
        # nothing is known of the text's language
        ("When did the ferry sail?", ES, None),
        ("When did the ferry sail on the lake?", ET, "et-EE"),
        # a script that both are written in
        ("船長何時說", JA, "ja"),
        ("who what when", "Queen Mary 2", "es"),
    ],
)
def test_a_question_that_may_be_answered(question: str, text: str, lang: str | None) -> None:
    assert not is_foreign(question, text, lang)
