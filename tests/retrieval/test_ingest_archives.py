"""Members of archives as files of their own: same, edited, captured again."""

import io
import sys
import zipfile
from pathlib import Path

import pytest
from warcio.warcwriter import WARCWriter

from retrieval.desk import Desk
from retrieval.types import Answer

STORY = (
    "The old bridge over the harbour reopened on Tuesday after two years of work."
    " Mayor Jo Field said that the repairs had cost 12 million."
)
EDITED = f"{STORY} Correction: the repairs cost 13 million."
OTHER = (
    "Two cats were rescued from the roof of the customs house by neighbours with a ladder."
    " Both are well, and their owner brought a cake to the fire station."
)


def page(words: str) -> bytes:
    return f"<html><body><article><p>{words}</p></article></body></html>".encode()


def write_zip(path: Path, **members: str | bytes) -> str:
    with zipfile.ZipFile(path, "w") as out:
        for name, data in members.items():
            out.writestr(name.replace("_", "."), data)
    return str(path)


class Writer(WARCWriter):
    """Without temporary files, which warcio leaves open."""

    _create_temp_file = staticmethod(io.BytesIO)


def warc(*captures: tuple[str, bytes, str]) -> bytes:
    file = io.BytesIO()
    writer = Writer(file, gzip=False)
    for url, body, content_type in captures:
        writer.write_record(
            writer.create_warc_record(
                url, "resource", payload=io.BytesIO(body), warc_content_type=content_type
            )
        )
    return file.getvalue()


@pytest.fixture
def desk(tmp_path: Path):
    with Desk.open(tmp_path / "desk") as desk:
        yield desk
        assert desk.store.check() == []


def counts(desk: Desk, path: str) -> tuple[int, int, int, int]:
    report = desk.add([path])
    assert report.failed.count == 0, report.failed
    assert report.locations.count == 1
    return report.new, report.changed, report.same, report.conflicts.count


def test_an_archive_taken_in_again_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", a_txt=STORY, b_txt=OTHER)

    assert counts(desk, path) == (2, 0, 0, 0)
    assert counts(desk, path) == (0, 0, 2, 0)
    reply = desk.ask("How much did the repairs cost?")
    assert isinstance(reply, Answer)
    assert reply.quotes[0].article.location is not None
    assert reply.quotes[0].article.location.path == f"{path}/a.txt"


def test_an_edited_member_is_a_new_version_of_its_article(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"

    assert counts(desk, write_zip(path, a_txt=STORY, b_txt=OTHER)) == (2, 0, 0, 0)
    assert counts(desk, write_zip(path, a_txt=EDITED, b_txt=OTHER)) == (0, 1, 1, 0)
    assert counts(desk, write_zip(path, b_txt=OTHER, a_txt=EDITED)) == (0, 0, 2, 0)
    assert [a.version for a in desk.store.iter_articles()] == [2, 1]


def test_one_id_in_two_members_is_two_articles(desk: Desk, tmp_path: Path) -> None:
    records = {
        name: f'[{{"id": 1, "text": "{text}"}}]'
        for name, text in (("a_json", STORY), ("b_json", OTHER))
    }
    path = write_zip(tmp_path / "a.zip", **records)

    assert counts(desk, path) == (2, 0, 0, 1)
    assert counts(desk, path) == (0, 0, 2, 1)


def test_names_that_lead_out_of_the_archive_stay_names(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("../../../b.txt", STORY)

    assert counts(desk, str(path)) == (1, 0, 0, 0)
    assert desk.store.ids_at(f"{path}/../../../b.txt") != []


@pytest.mark.parametrize("content_type", ["text/html", "text/plain"])
def test_a_later_capture_is_a_later_version(desk: Desk, tmp_path: Path, content_type: str) -> None:
    make = page if content_type == "text/html" else str.encode
    captures = [
        ("https://p.example/1", make(text), content_type) for text in (STORY, STORY, EDITED)
    ]
    captures.insert(1, ("https://p.example/2", make(OTHER), content_type))
    path = tmp_path / "a.warc"
    path.write_bytes(warc(*captures))

    assert counts(desk, str(path)) == (2, 1, 1, 0)
    assert counts(desk, str(path)) == (0, 0, 4, 0)
    assert {(a.id, a.version, a.text) for a in desk.store.iter_articles()} == {
        ("https://p.example/1", 2, EDITED),
        ("https://p.example/2", 1, OTHER),
    }


def test_a_web_archive_in_an_archive(desk: Desk, tmp_path: Path) -> None:
    data = warc(("https://p.example/1", page(STORY), "text/html"))
    path = write_zip(tmp_path / "a.zip", in_warc=data)

    assert counts(desk, path) == (1, 0, 0, 0)
    assert desk.store.ids_at(f"{path}/in.warc/record 1") == ["https://p.example/1"]


def test_standard_input_holds_another_web_archive_each_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for text in (STORY, OTHER):
        data = warc(("https://p.example/1", page(text), "text/html"))
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        found.append(counts(desk, "-"))

    assert found == [(1, 0, 0, 0), (1, 0, 0, 1)]
