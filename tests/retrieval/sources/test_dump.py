"""The dump splitter, on sentences written for it."""

import textwrap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.dump import Piece, score_boundaries, split_dump
from retrieval.sources.dump.layout import split_lines
from retrieval.sources.dump.marks import is_separator
from retrieval.sources.dump.signs import WEIGHTS

STORY = [
    "The harbour town of Velm voted on Monday to close its last coal quay, the mayor Anna Roth said.",
    "Roth told the council that the quay at Velm had cost the town more than it earned for eleven years.",
    "“We kept it for the dockers,” Roth said. “The dockers have asked us to let it go.”",
    "However, the dockers of Velm want the quay to become a yard for wind turbines, Roth added.",
]
TEASERS = [
    (
        "A choir of retired bus drivers won the national singing contest on Friday with a song about a broken heater. The jury praised "
        "its warmth and its timing. The drivers, who rehearse in a depot after the last bus, said that they would spend the prize on a"
    ),
    (
        "Scientists on the island of Sorro have counted more than nine thousand puffins, twice as many as in the spring census, after "
        "rats were removed from its cliffs. The count took three weeks. Volunteers slept in tents and walked the ledges at dawn with the"
    ),
    (
        "The price of saffron fell by a third after a mild autumn brought growers in the southern valleys their largest crop since "
        "records began. Traders warned that much of it could spoil. Warehouses built for wheat are too damp for a spice that has to be"
    ),
]
CHINESE = "港口小鎮的居民昨天投票決定關閉最後一座煤炭碼頭，鎮長表示，碼頭連續十一年虧損，鎮公所決定把土地改建為風力發電機的組裝場。碼頭工人同意這項計畫。"
CHINESE_TEASER = (
    "離島的研究人員昨天宣布，海鸚數量超過九千隻，是春季普查的兩倍，因為懸崖上的老鼠已經全部移除。志工在帳篷裡住了三個星期，"
    "每天清晨沿著岩壁行走並逐一記錄每一個巢穴的位置，他們也拍攝了大量照片供日後比對，預計明年春天將會再次前往同一座島嶼進行"
)

CHINESE_SECOND = (
    "番紅花的價格今年下跌三分之一，南方山谷的農民在溫暖的秋季之後迎來有紀錄以來最大的收成，商人警告其中許多可能腐壞，"
    "因為當地的倉庫原本是為小麥建造的，對於這種必須保持乾燥的香料來說太過潮濕，農會已經向政府申請補助並且希望能夠在冬季之前"
)
THAI = "สภาเมืองท่าลงมติเมื่อวันจันทร์ให้ปิดท่าเรือถ่านหินแห่งสุดท้ายหลังขาดทุนติดต่อกันสิบเอ็ดปีและจะสร้างลานกังหันลมแทนท่าเรือเดิมโดยคนงานท่าเรือเห็นด้วยกับแผนนี้ของนายกเทศมนตรี"
THAI_SECOND = "นักวิจัยบนเกาะนับนกพัฟฟินได้มากกว่าเก้าพันตัวซึ่งเป็นสองเท่าของฤดูใบไม้ผลิเพราะหนูถูกกำจัดออกจากหน้าผาทั้งหมดแล้วอาสาสมัครนอนในเต็นท์และเดินสำรวจทุกเช้าตลอดสามสัปดาห์"


def starts(text: str) -> list[int]:
    return [piece.first_line for piece in split_dump(text)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_teasers_are_cut_from_the_story_at_any_line_end(end: str) -> None:
    text = end.join([*STORY, *TEASERS])

    assert split_dump(text) == [
        Piece(1, 4, end.join(STORY)),
        Piece(5, 5, TEASERS[0], is_truncated=True),
        Piece(6, 6, TEASERS[1], is_truncated=True),
        Piece(7, 7, TEASERS[2], is_truncated=True),
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], []),
        (["", "  "], []),
        (["===="], []),
        (["one line"], [1]),
        (["😀"], [1]),
        (STORY, [1]),
        ([*TEASERS, *STORY], [1, 2, 3, 4]),
        (TEASERS, [1, 2, 3]),
        ([STORY[0], "", STORY[1], "", TEASERS[0], "", TEASERS[1]], [1, 5, 7]),
        ([*STORY, *(t + "…" for t in TEASERS)], [1, 5, 6, 7]),
        ([*STORY, *(t + " ..." for t in TEASERS)], [1, 5, 6, 7]),
        ([*STORY, *(t + ". Read more" for t in TEASERS)], [1]),
        ([*STORY, *(x for t in TEASERS for x in (t, "Continue reading"))], [1, 5, 7, 9]),
        ([*STORY, *(x for t in TEASERS for x in ("A title of its own", t))], [1, 5, 7, 9]),
        ([*STORY, "Velm and its quay in 1911", *TEASERS], [1, 6, 7, 8]),
        ([*STORY, "=====", *STORY], [1, 6]),
        ([*STORY, "* * *", *STORY], [1]),
        (["Velm", "=====", "Read more", "A title", "Read more"], [1, 3]),
        ([*STORY, "A", "B", "C", "D", "E", "F", *TEASERS], [1, 11, 12, 13]),
        (["TEN: a", "tiny", "list"], [1]),
        ([*STORY, TEASERS[0] + ",", TEASERS[1]], [1, 5, 6]),
        ([*STORY * 2, "A choir of drivers", "By Anna Roth", "VELM (AP) - " + TEASERS[0] + " bus."], [1]),
        ([*STORY, TEASERS[0][:-3] + "U.S.", TEASERS[1], TEASERS[2]], [1, 6, 7]),
        ([*STORY, "Continue reading...", *TEASERS], [1, 6, 7, 8]),
        ([*STORY, "Contributing: the Velm Harbour Courier, the Sorro Sunday Post, the Depot Gazette, the Valley Grower, the Quay Tribune and two dockers", *TEASERS], [1, 6, 7, 8]),
        ([STORY[0], STORY[1] + " — Anna Roth", STORY[2], STORY[3] + " (Photo by Bert Lund/Velm Images)"], [1]),
        ([*STORY, TEASERS[0], "so " + STORY[1], STORY[2]], [1]),
        ([*STORY, *TEASERS[:2], "so " + TEASERS[2]], [1, 5, 6, 7]),
        ([THAI, THAI_SECOND, THAI], [1]),
        ([THAI, THAI, *(t + "…" for t in (THAI_SECOND, CHINESE_TEASER, TEASERS[0]))], [1, 3, 4, 5]),
        ([STORY[0], STORY[1], f"{STORY[2]} {TEASERS[0]}."], [1]),
        (["word " * 300 + ".", "other " * 300 + "."], [1]),
        ([*STORY, *STORY, *STORY, *STORY, *STORY, TEASERS[0].rsplit(". ", 1)[0] + "."], [1]),
        ([*STORY, *(x for t in TEASERS[:2] for x in (t, STORY[0], STORY[1], STORY[2]))], [1]),
        ([*STORY, TEASERS[0] + " see https://velm.example/quay", "(" + TEASERS[1] + ")"], [1]),
        ([CHINESE, CHINESE, CHINESE_TEASER, CHINESE_SECOND], [1, 3, 4]),
        (["Q: Who are you?", "A: A docker.", "Q: Since when?", "A: Since the strike."], [1]),
        (["- salt", "- pepper", "- saffron from the southern valleys", "- rice"], [1]),
        (["O quay of coal", "O quay of rain", "who sings of you", "will sing again"], [1]),
        ([line.upper() for line in STORY], [1]),
        ([*STORY, "‘THE QUAY IS DEAD, LONG LIVE THE QUAY’: so read the banner in Velm, Roth said."], [1]),
    ],
)  # fmt: skip
def test_pieces_begin_where_articles_begin(lines: list[str], expected: list[int]) -> None:
    assert starts("\n".join(lines)) == expected


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    wrapped = [line for paragraph in STORY for line in textwrap.wrap(paragraph, 60)]

    assert starts("\n".join([*wrapped, *TEASERS])) == [1, *(len(wrapped) + n for n in (1, 2, 3))]


@pytest.mark.parametrize(
    ("opening", "kicker"),
    [
        ("‘COLD DEPOT’: ", "‘COLD DEPOT’"),
        ("COLD DEPOT? ", "COLD DEPOT?"),
        ("ЗИМА: ", "ЗИМА"),
        ("Cold depot: ", None),
        ("UN: ", None),
    ],
)
def test_kicker_loses_its_colon_and_keeps_its_question_mark(
    opening: str, kicker: str | None
) -> None:
    pieces = split_dump("\n".join([*STORY, opening + TEASERS[0], TEASERS[1]]))

    assert [piece.kicker for piece in pieces] == [None, kicker, None]


def test_labels_of_a_transcript_are_no_kickers() -> None:
    text = (
        "ANNA: We kept it for the dockers.\nBERT: They asked us to let it go.\nANNA: Then we shall."
    )

    assert [piece.kicker for piece in split_dump(text)] == [None]


def test_repeated_dateline_behind_a_blank_line_cuts_finished_articles() -> None:
    text = "\n".join(
        [
            "VELM (Reuters) - " + " ".join(STORY[:3]),
            *STORY,
            *STORY[:3],
            "",
            "SORRO (Reuters) - " + TEASERS[1] + " help of students.",
        ]
    )

    assert starts(text) == [1, 10]


def test_teasers_are_cut_from_a_huge_page() -> None:
    story = STORY * 900 + [f"{n}: a line of a table" for n in range(2_000)]
    story += ["Continue reading", "", STORY[0]]

    text = "\n".join([*story, *TEASERS])

    assert starts(text) == [1, *(len(story) + n for n in (1, 2, 3))]


def test_hard_wrapped_chinese_is_full_by_characters() -> None:
    mixed = ["港口小鎮 Velm 的居民昨天投票決定關閉碼頭 " + CHINESE, CHINESE_TEASER + "調查。"]

    assert starts("\n".join(line for text in mixed for line in textwrap.wrap(text, 40))) == [1]


def test_signs_add_up_to_the_score_and_have_weights() -> None:
    boundaries = score_boundaries("\n".join([*STORY, *TEASERS]))

    assert [b.line for b in boundaries] == [2, 3, 4, 5, 6, 7]
    assert [b.is_cut for b in boundaries] == [False, False, False, True, True, True]
    for boundary in boundaries:
        assert boundary.score == pytest.approx(sum(boundary.signs.values()))
        assert set(boundary.signs) <= set(WEIGHTS)


@pytest.mark.parametrize(
    ("line", "sign"),
    [
        ("- " + STORY[3], "list_or_turn"),
        ("so " + STORY[3], "small_letter"),
        (STORY[3], "opener_continues"),
        ("A line of its own", "no_paragraph"),
    ],
)
def test_openers_that_continue_speak_against_a_start(line: str, sign: str) -> None:
    signs = score_boundaries("\n".join([*STORY[:3], line]))[-1].signs

    assert signs[sign] < 0


def test_fewer_blank_lines_than_usual_speak_against_a_start() -> None:
    signs = score_boundaries("\n\n".join(STORY) + "\n" + TEASERS[0])[-1].signs

    assert signs["fewer_blanks"] < 0


def test_no_signs_outside_the_gate_can_cut() -> None:
    ungated = ("kicker", "dateline", "headline", "extra_blanks")

    assert WEIGHTS["prior"] + sum(WEIGHTS[name] for name in ungated) < 0


def test_finished_articles_without_a_mark_are_suspect_and_whole() -> None:
    finished = [teaser.rsplit(". ", 1)[0] + "." for teaser in TEASERS]

    single, several = split_dump("\n".join(STORY)), split_dump("\n".join([*STORY, *finished]))

    assert [piece.is_suspect for piece in (*single, *several)] == [False, True]


lines = st.one_of(
    st.sampled_from(
        [*STORY, *TEASERS, CHINESE, CHINESE_TEASER, "", "---", "=====", "A title", "Read more"]
    ),
    st.text(alphabet="aB. \t:?–=*-…漢。ع😀\x0b\u2028", max_size=60),
)


@given(st.lists(lines, max_size=25), st.sampled_from(["\n", "\r\n", "\r"]))
def test_pieces_hold_every_line_with_words_once_and_verbatim(
    given_lines: list[str], end: str
) -> None:
    text = end.join(given_lines)

    pieces = split_dump(text)

    cuts = [boundary.line for boundary in score_boundaries(text) if boundary.is_cut]
    assert [piece.first_line for piece in pieces[1:]] == cuts
    read = [line.removesuffix("\r") for line in split_lines(text)]
    held = [n for piece in pieces for n in range(piece.first_line, piece.last_line + 1)]
    assert held == sorted(set(held))
    assert all(
        not read[n].strip() or is_separator(read[n].strip())
        for n in set(range(len(read))) - {h - 1 for h in held}
    )
    for piece in pieces:
        assert piece.text == end.join(read[piece.first_line - 1 : piece.last_line])


@pytest.mark.parametrize(
    "text", ["word " * 400_000, "a\n" * 20_000, "(" * 300_000, "a " + "- " * 300_000]
)
def test_odd_shapes_take_linear_time(text: str) -> None:
    began = time.perf_counter()
    split_dump(text)

    assert time.perf_counter() - began < 5
