"""What happens in a folder, seen by looks at a clock that the test turns, and by real events."""

import os
import shutil
import threading
from pathlib import Path

import pytest

from retrieval.errors import SourceError
from retrieval.sources import watching
from retrieval.sources.watching import (
    GONE_AFTER_S,
    LONGEST_WAIT_S,
    QUIET_S,
    FolderChanges,
    WatchedFolder,
    iter_changes,
)

QUIET, GONE = QUIET_S + 0.05, GONE_AFTER_S + 0.05


class Watch:
    """A watched folder and its clock."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now = 0.0
        self.folder = WatchedFolder(str(root), now=lambda: self.now)

    def look(self, after: float = 0.0) -> FolderChanges:
        self.now += after
        return self.folder.look()

    def write(self, name: str, text: str = "text") -> str:
        path = self.root / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)
        return str(path)


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    root = tmp_path / "root"
    root.mkdir()
    (root / "old.txt").write_text("old")
    return Watch(root)


def written(*paths: str) -> FolderChanges:
    return FolderChanges(written=paths)


def test_look_tells_of_nothing_when_nothing_happened(watch: Watch) -> None:
    assert watch.folder.files() == (str(watch.root / "old.txt"),)
    assert not watch.look()
    assert not watch.look(99)


def test_look_tells_of_files_at_rest(watch: Watch) -> None:
    paths = [watch.write(name) for name in ("a.txt", "new/folder/渡輪.txt", "old.txt")]

    assert not watch.look()
    assert watch.folder.is_unsettled
    assert watch.look(QUIET) == written(*paths)
    assert not watch.folder.is_unsettled
    assert not watch.look(99)


def test_look_waits_while_a_file_grows_and_not_for_ever(watch: Watch) -> None:
    path = watch.write("a.txt", "")
    looks = []
    for number in range(int(LONGEST_WAIT_S / 0.25) + 1):
        watch.write("a.txt", "word " * number)
        looks.append(bool(watch.look(0.25)))

    assert looks == [False] * (len(looks) - 1) + [True]
    watch.write("a.txt", "more")
    assert not watch.look(0.1)
    assert watch.look(QUIET) == written(path)


def test_look_ignores_what_is_not_finished_and_what_is_no_article(watch: Watch) -> None:
    for name in (".a.txt.swp", "a.txt~", "a.txt.part", "4913.tmp", ".git/a.txt", "a.css"):
        watch.write(name)
    (watch.root / "a.jpg").write_bytes(b"\xff\xd8\xff")

    assert not watch.look()
    assert not watch.look(9)


def test_look_takes_a_file_that_holds_no_text_any_more_for_no_deletion(watch: Watch) -> None:
    path = watch.write("noname")
    watch.look()
    assert watch.look(QUIET) == written(path)
    Path(path).write_bytes(b"\xff\xd8\xff")

    assert not watch.look()
    assert not watch.look(GONE)


def test_look_takes_a_finished_download_for_new(watch: Watch) -> None:
    part = watch.write("a.txt.part")
    watch.look()
    Path(part).rename(watch.root / "a.txt")

    assert not watch.look()
    assert watch.look(QUIET) == written(str(watch.root / "a.txt"))


def test_look_tells_of_what_is_gone_after_a_while(watch: Watch) -> None:
    path = str(watch.root / "old.txt")
    Path(path).unlink()

    assert not watch.look()
    assert watch.folder.is_unsettled
    assert not watch.look(GONE_AFTER_S / 2)
    assert watch.look(GONE) == FolderChanges(gone=(path,))
    assert not watch.look(GONE)


def test_look_sees_saving_by_deleting_as_a_change(watch: Watch) -> None:
    (watch.root / "old.txt").unlink()
    watch.look()
    path = watch.write("old.txt", "new text")

    assert not watch.look(GONE_AFTER_S / 2)
    assert watch.look(QUIET) == written(path)


def test_look_tells_of_moves(watch: Watch) -> None:
    old, new = watch.root / "old.txt", watch.root / "sub" / "new.txt"
    new.parent.mkdir()
    old.rename(new)

    assert watch.look() == FolderChanges(moved=((str(old), str(new)),))
    new.rename(old)
    os.utime(old, (1, 1))
    assert not watch.look()
    assert watch.look(GONE) == FolderChanges(written=(str(old),), gone=(str(new),))


def test_look_after_a_late_move(watch: Watch) -> None:
    old, aside = watch.root / "old.txt", watch.root.parent / "aside"
    old.rename(aside)
    watch.look()
    aside.rename(watch.root / "b.txt")

    assert watch.look(GONE_AFTER_S / 2).moved == ((str(old), str(watch.root / "b.txt")),)
    assert not watch.look(GONE)


def test_look_when_a_folder_cannot_be_read_any_more(watch: Watch, tmp_path: Path) -> None:
    path = watch.write("sub/a.txt")
    watch.look()
    watch.look(QUIET)
    (watch.root / "sub").rename(tmp_path / "aside")
    (watch.root / "sub").symlink_to(watch.root / "sub")  # a loop, as for one without permission

    assert not watch.look()
    assert not watch.look(GONE)
    (watch.root / "sub").unlink()
    (watch.root / "sub").write_text("a file")
    watch.look()
    assert path in watch.look(GONE).gone


def test_look_when_the_folder_is_gone_deletes_nothing(watch: Watch) -> None:
    shutil.rmtree(watch.root)

    with pytest.raises(SourceError, match="folder is gone, or was never there; check the path"):
        watch.look()


def test_look_when_another_folder_is_in_its_place(watch: Watch) -> None:
    watch.root.rename(watch.root.parent / "aside")
    watch.root.mkdir()

    with pytest.raises(SourceError, match="is another folder than before; start again"):
        watch.look()


def test_a_file_that_vanishes_while_the_folder_is_walked(watch: Watch) -> None:
    (watch.root / "dead.txt").symlink_to(watch.root / "nowhere")

    assert not watch.look()
    assert not watch.look(9)


def test_what_is_no_folder_cannot_be_watched(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")

    with pytest.raises(SourceError, match="is no folder, which can be watched"):
        WatchedFolder(str(tmp_path / "a.txt"))
    with pytest.raises(SourceError, match="folder is gone, or was never there"):
        WatchedFolder(str(tmp_path / "b"))


# --- real events ----------------------------------------------------------------------


def test_iter_changes_tells_of_real_events(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("old")
    folder = WatchedFolder(str(tmp_path))
    (tmp_path / "before.txt").write_text("written before the first step")
    changes = iter_changes(folder)

    assert next(changes) == written(str(tmp_path / "before.txt"))
    (tmp_path / "sub").mkdir()
    timer = threading.Timer(0.3, (tmp_path / "sub" / "a.txt").write_text, ("text",))
    timer.start()
    assert next(changes) == written(str(tmp_path / "sub" / "a.txt"))
    timer.join()
    (tmp_path / "old.txt").unlink()
    assert next(changes) == FolderChanges(gone=(str(tmp_path / "old.txt"),))
    shutil.rmtree(tmp_path)
    with pytest.raises(SourceError, match="folder is gone"):
        next(changes)


def test_iter_changes_when_the_system_cannot_watch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = WatchedFolder(str(tmp_path))

    def refuse(*_: object, **__: object) -> object:
        raise OSError("OS file watch limit reached")

    monkeypatch.setattr("watchfiles.watch", refuse)

    with pytest.raises(SourceError, match="OS file watch limit reached"):
        next(iter_changes(folder))


def test_iter_changes_looks_now_and_then_without_an_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = WatchedFolder(str(tmp_path))
    monkeypatch.setattr("watchfiles.watch", lambda *_, **__: iter([set()] * 3))
    looked: list[float] = []
    monkeypatch.setattr(folder, "look", lambda: looked.append(0))

    assert list(iter_changes(folder)) == []
    assert len(looked) == 1
    looked.clear()
    monkeypatch.setattr(watching, "_LOOK_ANYWAY_S", 0.0)
    assert list(iter_changes(folder)) == []
    assert len(looked) == 3
