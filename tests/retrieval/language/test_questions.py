"""What is asked for, and where a text holds it; in every language that is supported."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.language.items import counts, is_count, is_visible, items
from retrieval.language.questions import Asked, Kind, asked
from retrieval.types import Span

KINDS = [
    ("en", "When did the bridge reopen?", Kind.TIME),
    ("en", "In what year was the mayor born?", Kind.TIME),
    ("en", "Who met the ministers in Oslo?", Kind.PERSON),
    ("en", "Where was the ferry built?", Kind.PLACE),
    ("en", "Which coastal city hosts the fair?", Kind.PLACE),
    ("en", "How many ships left the port?", Kind.NUMBER),
    ("en", "How much did the stadium cost?", Kind.MONEY),
    ("en", "What percentage of voters stayed at home?", Kind.PERCENT),
    ("en", "Why was the launch put off?", Kind.REASON),
    ("en", "What delayed the launch?", Kind.REASON),
    ("en", "How is the dye made?", Kind.MANNER),
    ("en", "What did the mayor say about the tram?", Kind.SAYING),
    ("en", "What powers the lamp?", Kind.THING),
    ("en", "tram line opening", Kind.THING),
    ("es", "¿Cuándo volvió a abrir el puente?", Kind.TIME),
    ("es", "¿Quién inauguró la feria?", Kind.PERSON),
    ("es", "¿Cuántos barcos salieron?", Kind.NUMBER),
    ("ru", "Когда снова открыли мост?", Kind.TIME),
    ("ru", "Кто открыл ярмарку?", Kind.PERSON),
    ("ru", "Сколько кораблей вышло из порта?", Kind.NUMBER),
    ("ru", "Почему отложили запуск?", Kind.REASON),
    ("ar", "متى أعيد فتح الجسر؟", Kind.TIME),
    ("ar", "أين بنيت السفينة؟", Kind.PLACE),
    ("ar", "كم سفينة غادرت الميناء؟", Kind.NUMBER),
    ("zh-Hant", "大橋什麼時候重新開放？", Kind.TIME),
    ("zh-Hans", "谁为博览会揭幕？", Kind.PERSON),
    ("zh-Hans", "有多少艘船离开港口？", Kind.NUMBER),
    ("zh-Hant", "為什麼發射延期？", Kind.REASON),
    ("th", "สะพานเปิดอีกครั้งเมื่อไร", Kind.TIME),
    ("th", "เรือออกจากท่ากี่ลำ", Kind.NUMBER),
    ("de", "Wann wurde die Brücke wieder geöffnet?", Kind.TIME),
    ("de", "Wer eröffnete die Messe?", Kind.PERSON),
    ("de", "Wie viele Schiffe liefen aus?", Kind.NUMBER),
    ("fr", "Quand le pont a-t-il rouvert ?", Kind.TIME),
    ("fr", "Pourquoi le lancement a-t-il été reporté ?", Kind.REASON),
    ("it", "Dove è stato costruito il traghetto?", Kind.PLACE),
    ("it", "Quanto costa il biglietto?", Kind.MONEY),
    ("pt", "Quem inaugurou a feira?", Kind.PERSON),
    ("pt", "Onde foi construída a balsa?", Kind.PLACE),
    ("el", "Πότε άνοιξε ξανά η γέφυρα;", Kind.TIME),
    ("el", "Πόσα πλοία έφυγαν;", Kind.NUMBER),
    ("tr", "Köprü ne zaman yeniden açıldı?", Kind.TIME),
    ("tr", "Fuarı kim açtı?", Kind.PERSON),
    ("ro", "Când s-a redeschis podul?", Kind.TIME),
    ("ro", "Câte nave au plecat?", Kind.NUMBER),
    ("vi", "Cây cầu mở cửa lại khi nào?", Kind.TIME),
    ("vi", "Tại sao vụ phóng bị hoãn?", Kind.REASON),
    ("hi", "पुल फिर कब खुला?", Kind.TIME),
    ("hi", "बंदरगाह से कितने जहाज निकले?", Kind.NUMBER),
    ("ja", "橋はいつ再開しましたか？", Kind.TIME),
    ("ja", "なぜ打ち上げは延期されましたか？", Kind.REASON),
    ("ko", "다리는 언제 다시 열렸습니까?", Kind.TIME),
    ("ko", "배는 몇 척이 떠났습니까?", Kind.NUMBER),
    ("nl", "Wanneer ging de brug weer open?", Kind.TIME),
    ("nl", "Hoeveel schepen vertrokken er?", Kind.NUMBER),
    ("nl", "Hoe duur is een kaartje?", Kind.MONEY),
    ("pl", "W którym roku otwarto most?", Kind.TIME),
    ("pl", "Ile statków wypłynęło?", Kind.NUMBER),
    ("pl", "Dlaczego odłożono start?", Kind.REASON),
    ("id", "Kapan jembatan dibuka kembali?", Kind.TIME),
    ("id", "Siapa yang membuka pameran?", Kind.PERSON),
    ("id", "Di mana kapal itu dibuat?", Kind.PLACE),
    ("sv", "När öppnade bron igen?", Kind.TIME),
    ("sv", "Hur många fartyg lämnade hamnen?", Kind.NUMBER),
    ("cs", "Kdy byl most znovu otevřen?", Kind.TIME),
    ("cs", "Proč byl start odložen?", Kind.REASON),
    ("uk", "Коли знову відкрили міст?", Kind.TIME),
    ("ru", "У якому місті збудували корабель?", Kind.PLACE),  # its letters are Ukrainian
    ("uk", "Чому запуск перенесено?", Kind.REASON),
    ("uk", "Хто переможе?", Kind.PERSON),  # no letter tells, the article's language does
    ("fa", "پل چه زمانی دوباره باز شد؟", Kind.TIME),
    ("ar", "چند کشتی از بندر رفت؟", Kind.NUMBER),
    ("fa", "چرا پرتاب عقب افتاد؟", Kind.REASON),
    ("he", "מתי נפתח הגשר מחדש?", Kind.TIME),
    ("he", "באיזו עיר נבנתה האונייה?", Kind.PLACE),
    ("he", "כמה אוניות יצאו מהנמל?", Kind.NUMBER),
]


@pytest.mark.parametrize(("lang", "question", "kind"), KINDS)
def test_asked_knows_the_kind(lang, question, kind):
    assert asked(question, (lang,)).kind is kind


DEFINITIONS = [
    ("Who is Ada Brook?", "Ada Brook"),
    ("what is a heliograph", "heliograph"),
    ("¿Quién es Ada Brook?", "Ada Brook"),
    ("Wer ist Ada Brook?", "Ada Brook"),
    ("Кто такой Иван Мостов?", "Иван Мостов"),
    ("林小橋是誰？", "林小橋"),
    ("谁是林小桥", "林小桥"),
    ("林小桥って誰ですか", "林小桥"),
    ("Ada Brook kimdir?", "Ada Brook"),
    ("Ada Brook là ai?", "Ada Brook"),
]


@pytest.mark.parametrize(("question", "topic"), DEFINITIONS)
def test_asked_names_what_is_to_be_defined(question, topic):
    assert asked(question) == Asked(Kind.DEFINITION, None, topic)


def test_asked_takes_a_description_for_no_name():
    assert asked("Who is chairing the harbour board this spring?").kind is Kind.PERSON


def test_asked_finds_every_question_word():
    question = "What did it report, and on what day?"

    found = asked(question, ("en",))

    assert found.kind is Kind.TIME
    assert found.words is not None
    assert [w.of(question) for w in (found.words, *found.others)] == ["What", "what day"]


def test_asked_reads_the_words_of_a_language_that_comes_first():
    assert asked("Who was the harbour master?", ("de", "en")).kind is Kind.PERSON


def test_asked_guesses_a_language_without_taking_its_words():
    assert asked("Wer eröffnete die Messe?", ("en",)) == Asked(Kind.PERSON)
    assert asked("kim runs the port", ("en",)) == Asked(Kind.PERSON)
    assert asked("tram", ("en", "zh")) == Asked(Kind.THING)


@given(st.text(max_size=60), st.sampled_from(["en", "zh-Hant", "de", "xx", "ar"]))
def test_asked_points_into_any_text(text, lang):
    found = asked(text, (lang,))

    if found.words is not None:
        assert found.words.of(text).strip()


ITEMS = [
    (Kind.TIME, "It reopened on 4 April 2004, a Sunday.", ["4 April 2004", "Sunday"]),
    (Kind.TIME, "大橋於2011年3月11日重開", ["2011年3月11日"]),
    (Kind.TIME, "다리는 2011년 3월 11일 열렸다", ["2011년 3월 11일"]),
    (Kind.NUMBER, "Some 1,250 ships and three boats", ["1,250", "three"]),
    (Kind.MONEY, "It cost $3.5 million, or 3 million euros.", ["$3.5 million", "3 million euros"]),
    (Kind.PERCENT, "About 20% or 30 percent", ["20%", "30 percent"]),
    (Kind.PERSON, "the mayor, Ada Brook, smiled", ["Ada Brook"]),
    (Kind.PERSON, "約翰·史密斯", ["約翰·史密斯"]),
    (Kind.PLACE, "It was built in Port Lincoln by hand", ["Port Lincoln"]),
    (Kind.REASON, "It sank because of rot", ["because"]),
    (Kind.SAYING, "“We won,” she said", ["“", "”"]),
    (Kind.TIME, "zmarł 12 lipca 2025 r. w Łodzi", ["12 lipca 2025"]),
    (Kind.TIME, "в ніч на 15 березня 2022 року", ["15 березня 2022"]),
    (Kind.TIME, "در ۲۳ تیر ۱۳۹۶ در تهران", ["۲۳ تیر ۱۳۹۶"]),
    (Kind.TIME, "ב-1 באוגוסט 2021", ["1 באוגוסט 2021"]),
    (Kind.TIME, "วันที่ 16 สิงหาคม พ.ศ. 2567", ["16 สิงหาคม พ.ศ. 2567"]),
    (Kind.TIME, "chiều 7/9/2024", ["7/9/2024"]),
    (Kind.MONEY, "2 mld zł, 900 тис. доларів, 2,35 mil. de lire", ["2 mld zł", "900 тис. доларів", "2,35 mil. de lire"]),
    (Kind.MONEY, "846 millions d'euros, 615 करोड़ रुपये, 2조 원", ["846 millions d'euros", "615 करोड़ रुपये", "2조 원"]),
    (Kind.NUMBER, "It cost 5 mil. Nobody paid.", ["5 mil"]),
    (Kind.PERCENT, "20 відсотків, 12 procent, 5 אחוזים", ["20 відсотків", "12 procent", "5 אחוזים"]),
    (Kind.REASON, "Закрили через війну.", ["через"]),
    (Kind.REASON, "Пришёл через час.", []),
    (Kind.THING, "anything 5", []),
    (Kind.TIME, "", []),
    (Kind.NUMBER, "🚢🚢", []),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "found"), ITEMS)
def test_items_finds_the_kind(kind, text, found):
    assert [span.of(text) for span in items(text, kind)] == found


@given(st.text(max_size=80), st.sampled_from(list(Kind)))
def test_items_lie_in_the_text_in_order_and_are_not_empty(text, kind):
    found = items(text, kind)

    assert list(found) == sorted(found)
    assert all(len(span) > 0 and span.stop <= len(text) for span in found)


def test_names_are_not_visible_without_capitals():
    assert is_visible(Kind.PERSON, "the mayor")
    assert not is_visible(Kind.PERSON, "العمدة")
    assert is_visible(Kind.TIME, "العمدة")
    assert not is_visible(Kind.MANNER, "the mayor")


def test_counts_are_neither_dates_nor_lengths_of_time():
    text = "In 2004 some 40 ships sailed for 12 days"

    got = [s.of(text) for s in items(text, Kind.NUMBER) if counts(text, s)]

    assert got == ["40"]
    assert is_count("How many ships sailed?")
    assert not is_count("How many days did they sail?")


def test_counts_looks_at_the_number_only():
    assert counts("40 ships", Span(0, 2))
    assert not counts("40天", Span(0, 2))
