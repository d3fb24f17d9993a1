"""Sentence splitting: hard cases in many scripts, and what holds for any text."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.language.sentences import is_finished, split_sentences
from retrieval.types import Span

# A bar stands where a sentence begins.
HARD_CASES = [
    # abbreviations by language
    ("de", "Am 31. Okt. 2020 ging er ans Netz. |Es war spät."),
    ("ro", "S-a născut în jud. Brașov. |Are doi copii."),
    ("vi", "Ông sống ở TP. Huế cùng TS. Lan. |Họ vui."),
    ("hi", "डॉ. एस. राव ने कहा। |फिर वह गए।"),
    ("uk", "Це університет ім. Шевченка. |Він старий."),
    ("nl", "De weg is dicht. |'s Nachts rijdt er niemand."),
    # abbreviations and initials
    ("en", "The U.S.-led force moved north. |It met no one."),
    ("en", "A ship of the U.S. Navy sank off Guam. |Nobody was hurt."),
    ("en", "He lives in the U.S. |The family stayed in Peru."),
    ("en", "It sails under the U.S. No. 3 flag."),
    ("en", "Mr. Lee met Gen. J. Smith and Mrs. Ortiz. |They talked."),
    ("en", "MR. LEE WON. |MS. ORTIZ LOST."),
    ("en", "Maj.-Gen. Brown and Lt. Col. Ito left."),
    ("en", "Novelist J. K. Rowling signed 20 copies."),
    ("en", "George W. Bush spoke first. |He was brief."),
    ("en", "She was born in St. Petersburg. |Her father was a baker."),
    ("en", "The shop is on Elm St. |It opens at nine."),
    ("en", "Acme Corp. Chief Executive Ann Roe quit. |Acme Inc. |The board agreed."),
    ("en", "Dr. No opened in 1962. |Prof. In Soo Kim liked it."),
    ("en", "Roe vs. Wade and Smith v. Jones were cited, e.g. Chapter 2, i.e. Part I."),
    ("en", "They sell apples, pears, etc. |Prices fell."),
    # figures, dates, hours
    ("en", "It cost $1.2 bil. last year. |Sales rose 3.5 pct to 1.25 mln dlrs."),
    ("en", "It paid $1.2 bil. |Analysts had expected less."),
    ("en", "Room No. 5 is on p. 12 of the plan. |See Fig. 3."),
    ("en", "On Jan. 3 he left; on Sept. 14 he came back."),
    ("en", "They met at 8 a.m. Monday and again at 5 p.m. EST. |Then they flew home."),
    ("en", "The vote ended at 6 p.m. |Officials began to count."),
    ("en", "It closed at 4 p.m. |“Enough,” he said."),
    ("en", "The toll rose to 12. |Rescuers dug on."),
    ("en", "In 2010. |20 men left."),
    (
        "en",
        "Version 2.0.1 is at https://example.org/a.Html?x=1.Y and www.example.com/New. |Get it.",
    ),
    ("en", "Mail Ann.Roe@example.org. |She answers."),
    # quotations
    ("en", '"We will go," he said. |"Now."'),
    ("en", '"Why?" she asked. |"Because!" he cried.'),
    ("en", '"Why?" Mr. Smith asked. |Nobody knew.'),
    ("en", '"Is it over?" |Smith said he would ask.'),
    ("en", "“It is late.” |“So it is,” said Ito."),
    ("en", 'He called it "a joke." |Nobody laughed.'),
    ("en", "The plan (see below.) |It failed (again)."),
    ("en", "She wrote 'Stop!' on it. |He did."),
    # ellipses, marks in names, joined text
    ("en", "It was free... |Now it is not."),
    ("en", "He paused ... and went on… but slowly."),
    ("en", "... Then it rained. |We left."),
    ("en", "Yahoo! Finance fell. |Why? |No one knew!"),
    ("en", "What?! |Yes!! |Fine."),
    (
        "en",
        "It was late.The men left. |It rained!Then it snowed.".replace(".The", ".|The").replace(
            "!Then", "!|Then"
        ),
    ),
    ("en", "It fell in 2010.[3] |The next year it rose.[4][5]"),
    ("en", "Great!😀 |We won! |🎉 Done."),
    ("en", "Sales of the phone rose. |iPhone users were glad. |al-Qaeda was not."),
    ("en", "1. Wash the rice. |2. Boil it."),
    ("en", "• Wash the rice.\n|- Boil it.\n|IV. Eat."),
    # other Latin languages
    ("de", "Am 3. Mai kam Dr. Weiß nach Berlin. |Er blieb bis zum 5. Juni."),
    ("de", "Es war der 3. |Die Gäste gingen, z. B. Herr Nr. 7, gegen 10 Uhr."),
    ("de", "Das kostet rd. 3 Mio. Euro bzw. Dollar. |»Na und?«, sagte er."),
    ("fr", "M. Le Goff est venu. |« Pourquoi ? » demanda-t-elle. |Il partit."),
    ("fr", "C’est fini ! |Vraiment ? |Oui."),
    ("es", "¿Quién es? |¡Nadie! |El Sr. Gil vive en EE. UU. |La Sra. Paz, no."),
    ("es", "Véase la pág. 5 del núm. 3. |Fue en el año 44 a. C. en Roma."),
    ("it", "Il sig. Rossi arrivò. |L’avv. Bianchi no."),
    ("pt", "A Dra. Lima saiu. |O Sr. Reis ficou."),
    ("tr", "2. Dünya Savaşı bitti. |Dr. Kaya döndü."),
    # Greek and Cyrillic
    ("el", "Πού πας; |Στην Αθήνα, π.χ. στην Πλάκα. |Ο κ. Νίκος ξέρει."),
    ("ru", "В 2010 г. Россия вошла в союз. |И. И. Иванов, т.е. министр, молчал."),
    ("ru", "Он родился в г. Москва в 1952 г. |Потом уехал на ул. Мира, д. 5."),
    ("ru", "Были яблоки, груши и т. д. |Цены упали. |«Кто там?» — спросил он."),
    ("uk", "Це було в Києві. |Він поїхав."),
    # right to left
    ("ar", "ماذا حدث؟ |لا أحد يعلم. |قال د. سامي إن النسبة 3.5 في المئة."),
    ("ar", "سأل: «لماذا؟» |ثم خرج!"),
    ("fa", "او آمد. |چه شد؟ |هیچ."),
    ("ur", "وہ آیا۔ |پھر چلا گیا۔"),
    ("he", "מה קרה? |איש אינו יודע."),
    # Indic, Caucasian, Ethiopic
    ("hi", "वह आया। |फिर क्या हुआ? |कुछ नहीं।"),
    ("bn", "সে এলো। |তারপর চলে গেল।"),
    ("ka", "ის მოვიდა. |მერე წავიდა."),
    ("hy", "Նա եկավ։ |Հետո գնաց։"),
    ("am", "መጣ። |ሄደ።"),
    # Chinese, Japanese, Korean
    ("zh-Hans", "他来了。|“真的吗？”|他没说话……然后走了！"),
    ("zh-Hans", "“为什么？”她问。|“好。”|他说，明天再谈。"),
    ("zh-Hant", "「我不知道。」|他走了（很快。）|《你好，李煥英！》很紅。"),
    ("zh-Hant", "Yahoo！奇摩漲了2.5%。|真的（是嗎？）很好！"),
    ("zh-Hant", "約翰.史密斯和約翰．李來了.|他們很高興。"),
    ("zh-Hans", "今年增长3.5%. |他很高兴.|为什么?|没人知道."),
    ("ja", "雨が降った。|「行くの？」と聞いた。|「うん。」|彼は黙った。"),
    ("zh-Hans", '他来了。|"真的吗？"他问。|"好。|走吧。"|他走了。'),
    ("ko", "그는 갔다. |비가 왔다.|정말? |네."),
    # South-East Asia
    ("km", "គាត់មក។ |គាត់ទៅ។"),
    ("my", "သူလာသည်။ |သူသွားသည်။"),
    ("th", "ดร. สมชาย มาถึงเวลา 10.00 น. แล้วกลับบ้าน"),
    # breaks of every kind, and none at all
    (None, "one\n|two\r\n|three\r|four\u2028|five\f|six"),
    (None, "a sentence that was cut"),
    (None, "Sie kam. |Он ушёл. |他走了。|Done."),
]


@pytest.mark.parametrize(("lang", "marked"), HARD_CASES)
def test_split_sentences_on_hard_cases(lang: str | None, marked: str) -> None:
    text = marked.replace("|", "")

    got = [span.of(text) for span in split_sentences(text, lang)]

    assert got == [part.strip() for part in marked.split("|")]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        (" \n\t\u3000\r\n", []),
        ("...", ["..."]),
        ("* * *\n\nShe left.", ["* * *", "She left."]),
        ("She left. —", ["She left. —"]),
        ('She left. "\nHe stayed.', ['She left. "', "He stayed."]),
        ("  \u2029 One.\u00a0Two. \u2028", ["One.", "Two."]),
        ("سلام.\u200f נכון.", ["سلام.\u200f", "נכון."]),
        ("He saw 12,5 Prozent. 😀", ["He saw 12,5 Prozent.", "😀"]),
        ("他来了。\n\n他走了", ["他来了。", "他走了"]),
        ("What?No", ["What?", "No"]),
        ("See a/b.The and a.B", ["See a/b.The and a.B"]),
        ("Well…So…", ["Well…So…"]),
        ("3; 4; done", ["3; 4; done"]),
        ("ریاست 1۔5", ["ریاست 1۔5"]),
        ("Он пришёл?да", ["Он пришёл?да"]),
        ("قال ذلك.وأضاف المزيد", ["قال ذلك.", "وأضاف المزيد"]),
        ("他说：“走……”后来", ["他说：“走……”后来"]),
        ("（好吗？）他问", ["（好吗？）", "他问"]),
        ("“Он т. д. Он”", ["“Он т. д.", "Он”"]),
    ],
)
def test_split_sentences_on_odd_text(text: str, parts: list[str]) -> None:
    assert [span.of(text) for span in split_sentences(text, None)] == parts


def test_split_sentences_of_a_language_uses_its_own_abbreviations() -> None:
    text = "Am 3. Mai um 5. Der Rest."

    assert [span.of(text) for span in split_sentences(text, "de-AT")] == [
        "Am 3. Mai um 5.",
        "Der Rest.",
    ]
    assert [span.of(text) for span in split_sentences(text, "en")] == [
        "Am 3.",
        "Mai um 5.",
        "Der Rest.",
    ]


def test_split_sentences_groups_thai_phrases_and_prefers_clauses() -> None:
    phrase = "ชาวบ้านเดินทางกลับจากตลาดในเมือง"  # 32 characters
    opener = "อย่างไรก็ตามฝนยังตกหนัก"
    text = " ".join([phrase] * 4 + [opener] + [phrase] * 5)

    first = " ".join([phrase] * 4)
    assert [span.of(text) for span in split_sentences(text, "th")] == [
        first,
        text[len(first) + 1 :],
    ]


def test_split_sentences_does_not_part_thai_names_figures_and_links() -> None:
    phrase = "ชาวบ้านเดินทางกลับจากตลาดในเมืองหลวง"  # 36 characters
    rest = f"{phrase} 25 {phrase} และ{phrase}ๆ {phrase}"
    text = f"{phrase * 4} {rest}"  # the spaces nearer to 200 part nothing

    assert [span.of(text) for span in split_sentences(text, "th")] == [phrase * 4, rest]


def test_split_sentences_keeps_thai_groups_to_a_fair_length() -> None:
    phrase = "ชาวบ้านเดินทางกลับจากตลาดในเมือง"
    text = " ".join([phrase] * 30)

    groups = [span.of(text) for span in split_sentences(text, "th")]

    assert groups == [" ".join([phrase] * 6)] * 5


def test_split_sentences_leaves_thai_whole_where_it_has_no_spaces() -> None:
    text = "ชาวบ้าน" * 60

    assert split_sentences(text, "th") == [Span(0, len(text))]


def test_split_sentences_cuts_a_very_long_list_at_its_semicolons() -> None:
    entry = "the member for the northern district and the islands beyond it"
    text = "; ".join([entry] * 12) + "."

    parts = [span.of(text) for span in split_sentences(text, "en")]

    assert parts == [
        "; ".join([entry] * 4) + ";",
        "; ".join([entry] * 4) + ";",
        "; ".join([entry] * 4) + ".",
    ]
    assert split_sentences(text[:590], "en") == [Span(0, 590)]


@pytest.mark.parametrize(
    ("sentence", "finished"),
    [
        ("He left.", True),
        ("He left. ", True),
        ("“He left.”", True),
        ("(He left?)", True),
        ("He left.[12]", True),
        ("« Il part. »", True),
        ("He fell!!", True),
        ("They won! 🎉", True),
        ("Sold in the U.S.", True),
        ("他走了。", True),
        ("他說：「走吧！」", True),
        ("वह गया।", True),
        ("ماذا حدث؟", True),
        ("سلام.\u200f", True),
        ("Πού πας;", True),
        ("Πού πας\u037e", True),
        ("ចប់។", True),
        ("ฝนตกหนัก", True),
        ("“I wonder…”", True),
        ('"I wonder..."', True),
        ("…but it was", False),
        ("He was gone…", False),
        ("He was gone...", False),
        ("It was [...]", False),
        ("The minister quoted Gen.", False),
        ("It was the", False),
        ("First one; second one;", False),
        ("He said:", False),
        ("He said,”", False),
        ("他走了，", False),
        ("", False),
        (" \n", False),
        ("”", False),
        ("😀", False),
    ],
)
def test_is_finished(sentence: str, finished: bool) -> None:
    assert is_finished(sentence) is finished


# Characters that take part in some rule, so that random text meets the rules.
_PIECES = st.sampled_from(
    [
        *"aB1我のกあא가г;.!?…。？！」”“«»\"')] \n\r\u2028\u00a0\t•—/۔؟ك🎉",
        *("...", ". ", "Mr", "U.S", "т. д", "г. ", "p.m", "[1]", "said", "The "),
        *("和" * 90, "ก" * 90 + " ", "x; " * 90),
    ]
)


@given(st.lists(_PIECES, max_size=30).map("".join), st.sampled_from([None, "en", "de", "th", "ru"]))
def test_spans_hold_every_visible_character_once(text: str, lang: str | None) -> None:
    spans = split_sentences(text, lang)

    pieces = [span.of(text) for span in spans]
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert spans == sorted(spans)
    assert all(a.stop <= b.start for a, b in pairwise(spans))
    assert all(piece == piece.strip() and piece for piece in pieces)
    assert not any(len(piece.splitlines()) > 1 for piece in pieces)


@given(st.text(max_size=80))
def test_splitting_a_sentence_again_changes_no_line_of_one_word(text: str) -> None:
    word = "".join(c for c in text if c.isalpha())

    assert split_sentences(word, None) == ([Span(0, len(word))] if word else [])
    is_finished(text)


@pytest.mark.parametrize(
    "unit",
    [
        "U.S. ",
        "x",
        "x ",
        "\n",
        "a\n",
        ". ",
        "?",
        "ก ",
        "ก",
        "我 ",
        '."',
        '."a',
        ".(",
        "A. ",
        ".[1",
        "a.A",
        "。」",
        ". »",
        "a; ",
    ],
)
def test_time_grows_with_the_length_alone(unit: str) -> None:
    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        begin = time.process_time()
        split_sentences(text, None)
        is_finished(text)
        return time.process_time() - begin

    short = min(seconds(8_000) for _ in range(3))

    # Eight times the text; a quadratic rule would need sixty-four times as long.
    assert min(seconds(64_000) for _ in range(2)) < 24 * short + 0.01
