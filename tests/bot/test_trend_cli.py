"""``clipdesk trend``, as a user runs it."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from bot.cli import main
from retrieval.segment import segment
from retrieval.store import Store
from retrieval.types import Article

PNG = b"\x89PNG"


@pytest.fixture
def run(tmp_path):
    with Store.open(tmp_path / "data" / "clipdesk.db") as store:
        article = Article(
            id="b",
            text="The harbour bridge reopened.",
            source="Courier",
            published=datetime.now(UTC),
            lang="en",
        )
        store.save([(article, segment(article))])

    def run_it(*arguments):
        return CliRunner().invoke(
            main, ["--data-dir", str(tmp_path / "data"), "trend", *map(str, arguments)]
        )

    return run_it


def test_a_picture_is_written_and_told(run, tmp_path):
    file = tmp_path / "bridge.png"
    done = run("bridge OR tunnel", file, "--zone", "Riga")

    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("bridge OR tunnel: 1 article, ")
    assert file.read_bytes().startswith(PNG)

    again = run("bridge", file)
    assert again.exit_code == 1
    assert "exists; --force overwrites it" in again.stderr
    assert run("bridge", file, "--force").exit_code == 0


def test_without_a_match_there_is_a_sentence_and_no_file(run, tmp_path):
    file = tmp_path / "comet.png"
    done = run("comet", file)

    assert done.exit_code == 1
    assert done.stdout == "No article of the last 30 days matches: comet\n"
    assert not file.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("bridge", "x.png", "--zone", "Atlantis"), "'Atlantis' is no time zone"),
        (("(bridge", "x.png"), "this bracket is not closed"),
        (("bridge", "/nowhere/x.png"), "'/nowhere/x.png' cannot be written"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(run, arguments, said):
    done = run(*arguments)

    assert done.exit_code == 1
    assert said in done.stderr
