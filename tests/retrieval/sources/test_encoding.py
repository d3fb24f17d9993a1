"""Encodings, each by a round trip of a text long enough to be told from the others."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.errors import SourceError
from retrieval.sources.encoding import (
    SAMPLE_BYTES,
    binary_kind,
    declared_encoding,
    decode,
    detect_encoding,
    mended,
    recoded,
    replace_surrogates,
)

ENGLISH = "The ferry to the island runs again, the harbour office said.\n"
TRADITIONAL = "渡輪公司昨日表示，往離島的航線將於下星期一恢復服務，市民可以如常購買船票。\n"
SIMPLIFIED = "轮渡公司昨天表示，前往离岛的航线将于下周一恢复运营，市民可以照常购买船票。\n"
JAPANESE = "フェリー会社は昨日、島へ向かう航路を来週の月曜日に再開すると発表した。\n"
KOREAN = "여객선 회사는 어제 섬으로 가는 항로를 다음 주 월요일에 다시 연다고 밝혔다.\n"
RUSSIAN = "Паромная компания сообщила вчера, что рейсы на остров возобновятся в понедельник.\n"
FRENCH = (
    "La compagnie a annoncé hier que la traversée vers l’île reprendrait dès lundi, très tôt.\n"
)
SPANISH = "La compañía anunció ayer que la travesía a la isla volverá el lunes, según Núñez.\n"
CZECH = "Společnost včera oznámila, že plavby na ostrov začnou znovu v pondělí, řekl ředitel.\n"
TURKISH = "Vapur şirketi dün, adaya seferlerin pazartesi günü yeniden başlayacağını ve biletlerin her zamanki gibi satılacağını açıkladı.\n"
GREEK = "Η εταιρεία ανακοίνωσε χθες ότι τα δρομολόγια προς το νησί αρχίζουν πάλι τη Δευτέρα.\n"
ARABIC = "أعلنت شركة العبارات أمس أن الرحلات إلى الجزيرة ستعود يوم الاثنين المقبل.\n"
HEBREW = "חברת המעבורות הודיעה אתמול כי ההפלגות אל האי יחודשו ביום שני הקרוב.\n"
EMOJI = "The ferry 🚢 runs again 👍🏽.\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *[(text, "utf-8") for text in (ENGLISH, TRADITIONAL, ARABIC, HEBREW, EMOJI, "é")],
        *[(text, "utf-8-sig") for text in (ENGLISH, JAPANESE, EMOJI)],
        *[(text, "utf-16") for text in (ENGLISH, SIMPLIFIED, HEBREW, EMOJI)],
        *[(text, "utf-32") for text in (ENGLISH, KOREAN, EMOJI)],
        (ENGLISH, "utf-16-le"),
        (ENGLISH, "utf-16-be"),
        (TRADITIONAL * 3, "big5"),
        (SIMPLIFIED * 3, "gb18030"),
        (JAPANESE * 3, "shift_jis"),
        (JAPANESE * 3, "euc_jp"),
        (JAPANESE, "iso2022_jp"),
        (KOREAN * 3, "euc_kr"),
        (RUSSIAN * 3, "koi8_r"),
        (RUSSIAN * 3, "cp1251"),
        (GREEK * 3, "cp1253"),
        (ARABIC * 3, "cp1256"),
        (HEBREW * 6, "cp1255"),
        *[(text * 3, "cp1252") for text in (FRENCH, SPANISH)],
        (CZECH * 3, "cp1250"),
        (TURKISH * 3, "cp1254"),
    ],
)
def test_decode_gives_back_what_was_encoded(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "a.txt") == text


@pytest.mark.parametrize(
    ("text", "name", "encoding"),
    [
        ("船票", "Big5", "big5"),
        ("船票", "gb2312", "gb18030"),
        ("フェリー", "Shift_JIS", "cp932"),
        ("항로를", "euc-kr", "cp949"),
        ("остров", "koi8-r", "koi8-r"),
        ("l’île", "iso-8859-1", "cp1252"),
        ("เรือ", "tis-620", "cp874"),
    ],
)
@pytest.mark.parametrize(
    "page", ['<meta charset="{}"><p>{}', "<META content='text/html; charset={}'>{}",
             '<?xml version="1.0" encoding="{}"?><p>{}</p>'],
)  # fmt: skip
def test_decode_takes_a_declaration_for_a_word_too_short_to_guess(
    page: str, text: str, name: str, encoding: str
) -> None:
    written = page.format(name, text)

    assert decode(written.encode(encoding), "a.html") == written


@pytest.mark.parametrize("name", ["latin-1", "gb2312", "base64", "utf-7", "no-such", "utf-16"])
def test_decode_believes_utf_8_and_not_a_wrong_declaration(name: str) -> None:
    page = f'<meta charset="{name}"><p>{FRENCH}{TRADITIONAL}</p>'

    assert decode(page.encode(), "a.html") == page


def test_decode_when_the_declaration_does_not_fit_guesses() -> None:
    page = f'<meta charset="utf-8"><p>{RUSSIAN * 3}</p>'

    assert decode(page.encode("koi8_r"), "a.html") == page


@pytest.mark.parametrize(("text", "encoding"), [(FRENCH, "cp1252"), (TRADITIONAL, "big5")])
def test_decode_looks_behind_a_long_stretch_of_ascii(text: str, encoding: str) -> None:
    whole = ENGLISH * (SAMPLE_BYTES // len(ENGLISH) + 1) + text * 5

    assert decode(whole.encode(encoding), "a.txt") == whole


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xef\xbb\xbfabc\xff", "is not utf-8-sig throughout; convert it to UTF-8"),
        (b"\xff\xfea\x00b", "is not utf-16 throughout; convert it to UTF-8"),
        (bytes(range(1, 32)) * 30 + b"\x81\x8d\x8f\x90\x9d\xff", "is in no known encoding; convert it to UTF-8"),
        (
            b"a\n" * SAMPLE_BYTES + bytes(range(1, 32)) * 30 + b"\x81\x8d\x8f\x90\x9d\xff\xa0",
            "is in no known encoding; convert it to UTF-8",
        ),
    ],
)  # fmt: skip
def test_decode_when_no_encoding_fits_says_so(data: bytes, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        decode(data, "a.txt")

    assert (caught.value.location, caught.value.message) == ("a.txt", message)


def test_decode_when_the_encoding_of_the_sample_ends_later_says_which() -> None:
    data = b"a\n" * SAMPLE_BYTES + (TRADITIONAL * 2000).encode("big5") + b"\xff\xff"

    with pytest.raises(SourceError, match=r"is not big5.* throughout"):
        decode(data, "a.txt")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7", "a PDF"),
        (b"PK\x03\x04rest", "a ZIP archive or an office document"),
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (b"SQLite format 3\x00", "a database"),
        (b"x" * 257 + b"ustar\x0000", "a tar archive"),
        (b"ab\x00cd", "a binary file"),
        (b"\x00" * 64, "a binary file"),
        (b"\x00", "a binary file"),
        ("text".encode("utf-16"), None),
        ("text".encode("utf-16-be"), None),
        ("text".encode("utf-32"), None),
        (b"", None),
        (b"plain", None),
    ],
)
def test_binary_kind_of(head: bytes, kind: str | None) -> None:
    assert binary_kind(head) == kind


def test_decode_when_binary_says_what_is_read() -> None:
    with pytest.raises(SourceError, match="is a PDF; what is read is text, Markdown, HTML"):
        decode(b"%PDF-1.7", "a.txt")


@pytest.mark.parametrize("encoding", ["utf-8", "big5", "gb18030"])
def test_detect_encoding_when_cut_within_a_character(encoding: str) -> None:
    data = (TRADITIONAL * 20).encode(encoding)

    assert detect_encoding(data[:1001], is_cut=True) == detect_encoding(data[:1000], is_cut=True)


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        (b"<p>charset=big5</p>", None),
        (b'<meta charset="no-such-thing">', None),
        (b'<meta charset="base64">', None),
        (b'<?xml version="1.0" encoding="no-such"?><meta charset="Big5">', "big5hkscs"),
        (b"<meta charset=windows-1251>", "cp1251"),
        (b" " * 4096 + b"<meta charset=big5>", None),
    ],
)
def test_declared_encoding_of(head: bytes, encoding: str | None) -> None:
    assert declared_encoding(head) == encoding


def test_replace_surrogates_leaves_all_else() -> None:
    assert replace_surrogates("a\ud800🚢\udfffé") == "a\ufffd🚢\ufffdé"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_decode_gives_back_any_text_with_a_mark(text: str) -> None:
    assert decode(text.encode("utf-8-sig"), "a") == text


@settings(deadline=None)  # charset_normalizer is loaded by the first that needs it
@given(st.binary(max_size=300))
def test_decode_never_raises_anything_else(data: bytes) -> None:
    try:
        text = decode(data, "a")
    except SourceError:
        return
    assert isinstance(text, str)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ((RUSSIAN * 2).encode()[:-3], None),
        ((RUSSIAN * 2).encode().replace("о".encode(), b"\xd0", 1), None),
        (b"\xef\xbb\xbf" + (RUSSIAN * 2).encode() + b"\xff", None),
        (f'<?xml encoding="gb2312"?>{SIMPLIFIED * 2}'.encode("gb18030") + b"\xff", None),
        (f"{RUSSIAN * 2}".encode("utf-16") + b"\x00", None),
        (RUSSIAN.encode(), RUSSIAN),
        (b"", ""),
    ],
)
def test_mended_replaces_a_few_wrong_bytes(data: bytes, text: str | None) -> None:
    got = mended(data).decode()

    assert got == text if text is not None else got.count("\N{REPLACEMENT CHARACTER}") == 1


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866"])
def test_mended_leaves_other_encodings_alone(encoding: str) -> None:
    data = RUSSIAN.encode(encoding)

    assert mended(data) == data


def test_recoded_believes_a_document_rather_than_a_server_that_was_never_told() -> None:
    data = f'<?xml version="1.0" encoding="windows-1251"?>{RUSSIAN}'.encode("cp1251")

    assert recoded(data, "ISO-8859-1") == data
