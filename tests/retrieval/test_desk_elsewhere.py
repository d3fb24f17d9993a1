"""A desk whose index others keep: asked when it cannot be written, and never made anew by itself."""

import pytest

from retrieval.desk import Desk
from retrieval.engines.memory import MemoryKept
from retrieval.errors import IndexingError
from retrieval.index.partial import note_partial
from retrieval.types import Answer, NoAnswer


class Elsewhere(MemoryKept):
    is_elsewhere = True
    trouble = ""

    def follow(self, on_follow=None, **more):
        if self.trouble == "writing":
            raise IndexingError("the cluster is read-only")
        taken = super().follow(on_follow, **more)
        search = self.index.search

        def searched(terms, filters, k):
            if self.trouble == "asking":
                raise IndexingError("the cluster is away")
            if self.trouble == "partial":
                note_partial()
            return search(terms, filters, k)

        self.index.search = searched
        return taken


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("The harbour bridge reopened on Monday.\n")
    monkeypatch.setattr(
        "retrieval.desk.open_index",
        lambda folder, store, engine, remote: Elsewhere(folder / "index", store),
    )
    with Desk.open(tmp_path / "desk") as desk:
        desk.add([tmp_path / "a.txt"])
    return tmp_path / "desk"


def test_it_opens_although_it_cannot_follow(folder, monkeypatch, caplog):
    monkeypatch.setattr(Elsewhere, "trouble", "writing")
    with Desk.open(folder) as desk:
        assert isinstance(desk.ask("When did the harbour bridge reopen?"), Answer)
        assert "not brought up to date now: the cluster is read-only" in caplog.text
        with pytest.raises(IndexingError, match="read-only"):
            desk.follow()


def test_what_cannot_be_asked_is_not_made_anew(folder, monkeypatch):
    monkeypatch.setattr(Elsewhere, "trouble", "asking")
    with Desk.open(folder) as desk, pytest.raises(IndexingError, match="away"):
        desk.ask("When did the harbour bridge reopen?")


@pytest.mark.parametrize(
    ("question", "kind"),
    [("When did the harbour bridge reopen?", Answer), ("Who won in Peru?", NoAnswer)],
)
def test_a_reply_from_a_part_of_the_index_says_so(folder, monkeypatch, question, kind):
    with Desk.open(folder) as desk:
        whole = desk.ask(question)
        monkeypatch.setattr(Elsewhere, "trouble", "partial")
        part = desk.ask(question)

    assert isinstance(part, kind)
    assert (whole.is_partial, part.is_partial) == (False, True)


def test_an_index_of_our_own_must_be_followed(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise IndexingError("disk full")

    monkeypatch.setattr(MemoryKept, "follow", refuse)
    with pytest.raises(IndexingError, match="disk full"):
        Desk.open(tmp_path)


def test_an_index_that_is_not_there_lacks_all_that_is_stored(tmp_path, monkeypatch):
    def missing(_self):
        raise IndexingError("no index yet")

    (tmp_path / "a.txt").write_text("The harbour bridge reopened on Monday.\n")
    with Desk.open(tmp_path / "desk") as desk:
        assert not desk.is_behind()
        desk.add([tmp_path / "a.txt"])
        assert not desk.is_behind()
        monkeypatch.setattr(MemoryKept, "index", property(missing), raising=False)
        assert desk.is_behind()
