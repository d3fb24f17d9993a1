"""Mail as newsletters and lists send it, and as mailboxes keep it."""

import base64
import mailbox
import tracemalloc
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from retrieval.errors import SourceError
from retrieval.sources import mail
from retrieval.sources.encoding import READABLE
from retrieval.sources.files import ByteStream
from retrieval.sources.mail import is_mbox, read_mail, read_mbox
from retrieval.sources.reading import FileLocation, read_articles
from retrieval.types import Article, content_id

WORDS = "The ferry to the island runs again, the harbour office said on Monday."
HAN = "渡輪星期一恢復航行，港務處表示，船上裝了新的引擎。"


def mails(data: bytes) -> list[Article | SourceError]:
    return list(read_mail(ByteStream("a.eml", iter((data,)))))


def failed(data: bytes) -> SourceError:
    try:
        (error,) = mails(data)
    except SourceError as raised:
        return raised
    assert isinstance(error, SourceError)
    return error


def one(data: bytes) -> Article:
    (found,) = mails(data)
    assert isinstance(found, Article)
    return found


def headers(**said: str) -> bytes:
    return "".join(f"{k.replace('_', '-')}: {v}\r\n" for k, v in said.items()).encode()


def text(data: bytes, content_type: str = "text/plain; charset=utf-8", **said: str) -> bytes:
    return headers(Content_Type=content_type, **said) + b"\r\n" + data


def parts(kind: str, *inner: bytes, mark: str = "xyz") -> bytes:
    body = b"".join(b"--" + mark.encode() + b"\r\n" + part + b"\r\n" for part in inner)
    return (
        f'Content-Type: multipart/{kind}; boundary="{mark}"\r\n\r\n'.encode()
        + body
        + f"--{mark}--\r\n".encode()
    )


def html(words: str) -> bytes:
    return text(
        f"<html><head><title>x</title><style>p {{}}</style></head><body>"
        f'<div style="display: none">Preview</div><img src="https://t.example/pixel">'
        f'<p><a href="https://x.example">View in browser</a></p><p>{words}</p>'
        f"<p>Unsubscribe</p></body></html>".encode(),
        "text/html; charset=utf-8",
    )


FULL = headers(
    From='"Harbour Courier" <news@courier.example>',
    Subject="Ferry returns",
    Date="Tue, 5 Mar 2024 07:00:00 -0500 (EST)",
    Message_ID="<m1@courier.example>",
)


def test_read_mail_takes_what_the_headers_say() -> None:
    found = one(FULL + text(WORDS.encode()))

    assert (found.id, found.title, found.text) == ("m1@courier.example", "Ferry returns", WORDS)
    assert (found.source, found.author) == ("Harbour Courier", "Harbour Courier")
    assert str(found.published) == "2024-03-05 12:00:00+00:00"
    assert (found.published_origin, found.url, found.lang) == ("mail", None, None)


def test_read_mail_without_headers_says_nothing() -> None:
    found = one(b"\r\n" + WORDS.encode())

    assert found.id == content_id(WORDS)
    assert (found.title, found.source, found.author) == (None, None, None)
    assert (found.published, found.published_origin) == (None, None)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"From": "news@courier.example"}, ("news@courier.example", None)),
        ({"From": "'Ada Brandt' <ada@x.example>"}, ("Ada Brandt", "Ada Brandt")),
        ({"From": "=?utf-8?B?5riv54Gj5pmC5aCx?= <a@x.example>"}, ("港灣時報", "港灣時報")),
        (
            {"From": "Ada <a@x.example>", "List-Id": '"Harbour news" <n.x.example>'},
            ("Harbour news", "Ada"),
        ),
        ({"From": "Ada <a@x.example>", "List-Id": "<n.x.example>"}, ("Ada", "Ada")),
        (
            {"From": "Ada <a@x.example>", "List-Id": "0a1b2c3d4e5f6a7b8c9d0e1fmc list <1.2.mcsv>"},
            ("Ada", "Ada"),
        ),
        ({"From": ""}, (None, None)),
    ],
)
def test_read_mail_names_its_source(
    said: dict[str, str], expected: tuple[str | None, str | None]
) -> None:
    found = one(headers(**said) + text(WORDS.encode()))

    assert (found.source, found.author) == expected


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        (b"=?utf-8?Q?F=C3=A4hre_f=C3=A4hrt?=", "Fähre fährt"),
        (b"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        (b"=?gb2312?B?1tDOxA==?= news", "中文 news"),
        # one character in two words
        (b"=?utf-8?B?5rg=?=\r\n =?utf-8?B?oQ==?=", "渡"),
        ("Fähre ⛴".encode(), "Fähre ⛴"),
        ("Паром вернулся на остров, сообщили".encode("cp1251"), "Паром вернулся на остров, сообщили"),
        (b"=?x-nobody?Q?abc?=", "abc"),
        (b"=?utf-8?B?abcde?=", "=?utf-8?B?abcde?="),
        (b"=?utf-8?B?2KfZhNi52KjYp9ix2Kk=?=", "العبارة"),
        (b"Long\r\n subject", "Long subject"),
        (b"", None),
    ],
)  # fmt: skip
def test_read_mail_decodes_the_subject(subject: bytes, title: str | None) -> None:
    assert one(b"Subject: " + subject + b"\r\n" + text(WORDS.encode())).title == title


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (base64.encodebytes(HAN.encode()), {"Content_Transfer_Encoding": "base64"}),
        (HAN.encode(), {}),
    ],
)
def test_read_mail_decodes_the_text(data: bytes, said: dict[str, str]) -> None:
    assert one(text(data, **said)).text == HAN


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (HAN.encode("big5"), "big5"),
        (HAN.encode("gb18030"), "gb2312"),
        ("渡し船は月曜日に再開した。".encode("iso2022_jp"), "iso-2022-jp"),
        ("Die Fähre fährt".encode("cp1252"), "iso-8859-1"),
        ("Die Fähre fährt".encode("cp1252"), "nobody-1"),
        ("Die Fähre fährt ⛴".encode(), "us-ascii"),
    ],
)
def test_read_mail_in_odd_charsets(data: bytes, charset: str) -> None:
    words = {"big5": HAN, "gb2312": HAN, "iso-2022-jp": "渡し船は月曜日に再開した。"}
    expected = words.get(charset, "Die Fähre fährt" + " ⛴" * (charset == "us-ascii"))

    assert one(text(data, f"text/plain; charset={charset}")).text == expected


def test_read_mail_in_quoted_printable() -> None:
    data = b"The f=C3=A4hre =\r\nruns again."

    assert one(text(data, Content_Transfer_Encoding="quoted-printable")).text == (
        "The fähre runs again."
    )


def test_read_mail_joins_flowed_lines() -> None:
    kind = "text/plain; format=flowed; charset=utf-8"

    assert one(text(b"One \r\ntwo.\r\nThree.", kind)).text == "One two.\nThree."
    assert one(text("渡 \r\n輪".encode(), f"{kind}; delsp=yes")).text == "渡輪"


PLAIN = text(WORDS.encode())
STUB = text(b"View this email in your browser: https://x.example/v")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (parts("alternative", PLAIN, html("Another text.")), WORDS),
        (parts("alternative", STUB, html(WORDS)), WORDS),
        (parts("alternative", html(WORDS)), WORDS),
        (html(WORDS), WORDS),
        (parts("mixed", PLAIN, text(b"Sent by the list.")), f"{WORDS}\n\nSent by the list."),
        (
            parts("mixed", parts("alternative", STUB, html(WORDS), mark="in"), text(b"Footer.")),
            WORDS,
        ),
        (
            parts(
                "mixed",
                PLAIN,
                text(b"Not this.", Content_Disposition='attachment; filename="a.txt"'),
                text(b"%PDF-1.7", "application/pdf"),
            ),
            WORDS,
        ),
    ],
)
def test_read_mail_chooses_the_text(data: bytes, expected: str) -> None:
    assert one(data).text == expected


def test_read_mail_gives_what_it_carries_as_articles_of_their_own() -> None:
    forwarded = headers(Content_Type="message/rfc822") + b"\r\n" + FULL + PLAIN
    other = (
        headers(Content_Type="message/rfc822")
        + b"\r\n"
        + headers(Subject="二")
        + text(HAN.encode())
    )

    found = mails(headers(Subject="Fwd") + parts("mixed", text(b"See below."), forwarded, other))
    bare = mails(parts("digest", forwarded))

    assert [(x.title, x.text) for x in found if isinstance(x, Article)] == [
        ("Fwd", "See below."),
        ("Ferry returns", WORDS),
        ("二", HAN),
    ]
    assert [x.id for x in bare if isinstance(x, Article)] == ["m1@courier.example"]


def test_read_mail_takes_the_address_of_its_archived_copy() -> None:
    data = headers(Archived_At="<https://list.example/m/1>") + PLAIN

    assert one(data).url == "https://list.example/m/1"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "mail holds no text; save its attachments as files"),
        (FULL, "mail holds no text; save its attachments as files"),
        (html("").replace(b"View in browser", b""), "mail holds no text; save its attachments as files"),
        (text(b"\x00\x01\x02"), f"is a binary file; what is read is {READABLE}"),
    ],
)  # fmt: skip
def test_read_mail_without_text(data: bytes, message: str) -> None:
    assert failed(data).message == message


@pytest.mark.parametrize("deepest", [30, 1000])
def test_read_mail_with_parts_in_parts(deepest: int) -> None:
    data = PLAIN
    for depth in range(deepest):
        data = parts("mixed", data, mark=f"m{depth}")

    error = failed(data)

    assert error.message == "mail has parts in parts, more than 20 deep"


# --- mailboxes ----------------------------------------------------------------------


def made(subject: str, words: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Harbour Courier <news@courier.example>"
    message["Subject"] = subject
    message["Message-ID"] = f"<{subject}@courier.example>"
    message.set_content(words)
    return message


def test_read_mbox_reads_what_python_writes(tmp_path: Path) -> None:
    path = tmp_path / "news.mbox"
    box = mailbox.mbox(path)
    for number in range(3):
        box.add(made(f"n{number}", f"From here on {number}.\n\nFrom the harbour: {WORDS}"))
    box.close()

    found = list(read_articles(FileLocation(str(path))))

    assert [x.id for x in found if isinstance(x, Article)] == [
        f"n{n}@courier.example" for n in range(3)
    ]
    assert [x.text for x in found if isinstance(x, Article)] == [
        f"From here on {n}.\n\nFrom the harbour: {WORDS}" for n in range(3)
    ]
    lines = path.read_text().split("\n")
    for x in found:
        assert isinstance(x, Article)
        assert x.location is not None
        assert x.location.first_line is not None
        assert lines[x.location.first_line - 1].startswith("From ")


TOP = b"From a@x.example Tue Mar  5 07:00:00 2024\n"


@pytest.mark.parametrize(
    ("separator", "count"),
    [
        (TOP, 2),
        (b"From 17@xxx Mon Jan 01 00:00:00 +0000 2024\r\n", 2),
        (b"From - Mon Jan 01 00:00:00 2024\n", 2),
        (b"From -\n", 2),
        (b"From \n", 2),
        (b"From here on, in 2024:\n", 1),
        (b">From a@x.example Tue Mar  5 07:00:00 2024\n", 1),
    ],
)
def test_read_mbox_finds_where_messages_begin(separator: bytes, count: int) -> None:
    data = TOP + b"Subject: 1\n\nText one.\n\n" + separator + b"Subject: 2\n\nText two.\n"

    found = list(read_mbox(ByteStream("a", iter((data,)))))

    assert len(found) == count


def test_read_mbox_needs_a_blank_line_and_a_header() -> None:
    body = b"Subject: 1\n\nText\n" + TOP + b"Subject: no\n\n" + TOP + b"no header\n\n" + TOP

    (found,) = read_mbox(ByteStream("a", iter((TOP + body,))))

    assert isinstance(found, Article)
    assert found.text.count("From a@x") == 2  # the last line ends the file


def test_read_mbox_takes_one_mark_from_a_quoted_from() -> None:
    data = TOP + b"Subject: 1\n\n>From one\n>>From two\n> From three\n"

    (found,) = read_mbox(ByteStream("a", iter((data,))))

    assert isinstance(found, Article)
    assert found.text == "From one\n>From two\n> From three"


def test_read_mbox_goes_on_after_a_bad_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "MAX_DOCUMENT_BYTES", 3000)
    good = TOP + b"Subject: x\n\n" + WORDS.encode() + b"\n\n"
    many_lines = TOP + b"Subject: y\n\n" + b"word\n" * 1000 + b"\n"
    long_line = TOP + b"Subject: z\n\n" + b"w" * 5000 + b"\n\n"
    data = good + many_lines + TOP + b"Subject: empty\n\n\n" + long_line + good

    found = list(read_mbox(ByteStream("a", iter((data,)))))

    assert [x.text if isinstance(x, Article) else (x.location, x.message) for x in found] == [
        WORDS,
        ("a:6", "message is larger than 0 MB"),
        ("a:1010", "mail holds no text; save its attachments as files"),
        ("a:1014", "message is larger than 0 MB"),
        WORDS,
    ]


def test_read_mbox_holds_one_message_at_a_time() -> None:
    def chunks() -> Iterator[bytes]:
        for number in range(60):
            yield (
                TOP
                + b"Subject: %d\n\n" % number
                + b"The ferry runs.\n" * 18
                + b"x" * 290_000
                + b"\n\n"
            )

    tracemalloc.start()
    count = sum(isinstance(x, Article) for x in read_mbox(ByteStream("a", chunks())))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 60
    assert peak < 6 << 20  # of 17 MB


@pytest.mark.parametrize("data", [b"", b"Subject: x\n\ntext", b"From here on\nno header\n"])
def test_read_mbox_that_is_none(data: bytes) -> None:
    with pytest.raises(SourceError, match="is no mailbox; one begins with a line"):
        list(read_mbox(ByteStream("a", iter((data,)))))


def test_a_mailbox_is_known_by_its_beginning(tmp_path: Path) -> None:
    (tmp_path / "Inbox").write_bytes(TOP + b"Subject: x\n\n" + WORDS.encode())

    (found,) = read_articles(FileLocation(str(tmp_path / "Inbox")))

    assert isinstance(found, Article)
    assert found.title == "x"
    assert not is_mbox(b"From the harbour at 10:30 in 2024\nthe ferry left")
