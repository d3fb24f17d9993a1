"""Mail whose headers the library cannot take apart: it costs itself, and no other."""

from pathlib import Path

import pytest

from retrieval.errors import SourceError
from retrieval.sources.reading import FileLocation, read_articles

ODD = "mail has headers that cannot be read; save its text as a file"
BRACKETS = b"From: " + b"(" * 3000 + b"\n\nThe quay is open.\n"
DIGITS = b"Content-Type: text/plain; charset*" + b"9" * 5000 + b"=x\n\nThe quay is open.\n"
GOOD = b"From: Ada <ada@quay.example>\nSubject: Quay\n\nThe quay is open again, the office said.\n"


@pytest.mark.parametrize("mail", [BRACKETS, DIGITS])
def test_a_mail_with_odd_headers_is_one_error(tmp_path: Path, mail: bytes) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(mail)

    [error] = read_articles(FileLocation(str(path)))

    assert isinstance(error, SourceError)
    assert error.message == ODD


def test_in_a_mailbox_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    separator = b"From ada@quay.example Mon Mar  9 12:00:00 2026\n"
    path.write_bytes(b"\n".join(separator + mail for mail in (BRACKETS, GOOD, DIGITS, GOOD)))

    found = list(read_articles(FileLocation(str(path))))

    assert [x.message if isinstance(x, SourceError) else x.title for x in found] == [
        ODD,
        "Quay",
        ODD,
        "Quay",
    ]
