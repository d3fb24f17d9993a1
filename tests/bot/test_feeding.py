"""``clipdesk feeds`` as a user runs it: real processes, a real site on loopback."""

import json
import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main

ROOT = Path(__file__).parents[2]
CLIPDESK = [sys.executable, "-m", "bot.cli"]

Done = subprocess.CompletedProcess[str]

STORIES = (
    "The harbour bridge reopened on Friday after eleven months of repairs to its deck.",
    "港口大橋於週五重新開放，市長感謝民眾十一個月來的耐心等候。",
    "أعيد فتح جسر الميناء يوم الجمعة بعد أحد عشر شهرا من أعمال الإصلاح 🌧.",
)


def rss(*numbers: int, title: str = "Quay Post", text: str | None = None) -> str:
    items = "".join(
        f"<item><guid>g{n}</guid><title>Story {n}</title><link>/story{n}.html</link>"
        f"<description>{text or STORIES[n % 3]} ({n})</description></item>"
        for n in numbers
    )
    return f'<rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'


class Site:
    """A folder that is served; paths in it that hang."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hanging = threading.Event()
        self.port = 0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, name: str) -> str:
        return f"http://{self.host}/{name}"

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return self.url(name)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    folder = tmp_path / "site"
    folder.mkdir()
    site = Site(folder)

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/hangs.xml":
                site.hanging.set()
                threading.Event().wait(20)
            else:
                super().do_GET()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        server.daemon_threads = True
        server.block_on_close = False
        site.port = server.server_port
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield site
        server.shutdown()


@pytest.fixture
def environment(tmp_path: Path, site: Site) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CLIPDESK_")}
    return kept | {
        "CLIPDESK_DATA_DIR": str(tmp_path / "data"),
        "CLIPDESK_FETCH_ALLOW_HOSTS": site.host,
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "COLUMNS": "200",
    }


@pytest.fixture
def feeds(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Done]:
    """`clipdesk feeds ARGUMENTS`, in this process: each command alone would take a second."""
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()

    def run(*arguments: str, stdin: str = "") -> Done:
        done = runner.invoke(main, ["feeds", *arguments], input=stdin, env=environment)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Done(arguments, done.exit_code, done.stdout, done.stderr)

    return run


Feeds = Callable[..., Done]


def test_from_the_first_feed_to_none(feeds: Feeds, site: Site) -> None:
    url = site.write("feed.xml", rss(1, 2))

    assert feeds("list").stdout == "No feeds yet. Add one with: clipdesk feeds add URL\n"
    assert feeds("poll").stdout == "No feeds yet. Add one with: clipdesk feeds add URL\n"
    assert feeds("add", url).stdout == f"added Quay Post ({url})\nQuay Post: 2 new\n"
    assert feeds("poll").stdout == "no feed is due; --now polls all\n"
    site.write("feed.xml", rss(2, 3, text="Corrected: it rained."))
    os.utime(site.folder / "feed.xml", (2e9, 2e9))  # Last-Modified counts in seconds
    assert feeds("poll", "--now").stdout == (
        "Quay Post: 1 new, 1 changed\n1 feed polled: 1 new, 1 changed\n"
    )
    assert feeds("poll", "quay").stdout == "Quay Post: nothing new\n"
    listed = feeds("list").stdout
    assert f"1  Quay Post  {url}" in listed
    assert "1 well, 0 failing, 0 paused" in feeds("status").stdout

    assert feeds("pause", "1").stdout == "paused Quay Post\n"
    assert feeds("poll", "--now").stdout == "no feed is due; --now polls all\n"
    assert "paused" in feeds("show", "1").stdout
    assert feeds("resume", "1").stdout == "resumed Quay Post; it is polled next\n"
    assert feeds("remove", "1").stdout == "removed Quay Post; its articles stay\n"
    assert feeds("show", "1").stderr == (
        "Error: no such feed; clipdesk feeds list shows them: '1'\n"
    )


def test_page_finds_its_feed_and_options_are_kept(feeds: Feeds, site: Site) -> None:
    url = site.write("feed.xml", rss(1))
    other = site.url("other.xml")
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{one}">' for one in (url, other)
    )
    page = site.write("index.html", f"<html><head>{links}</head><body><p>Hi</p></body></html>")

    added = feeds(
        *("add", page, "--name", "港灣  🌧", "--every", "2h", "--lang", "zh-Hant", "--full-text"),
    )

    assert added.stdout == (
        f"added 港灣 🌧 ({url})\nthe page also names {other}\n"
        "港灣 🌧: 1 new; 1 pages not read, the feed's own text taken\n"
    )
    shown = json.loads(feeds("show", "港灣", "--json").stdout)
    assert (shown["url"], shown["name"], shown["every_s"]) == (url, "港灣 🌧", 7200)
    assert (shown["full_text"], shown["lang"], shown["failures"]) == (True, "zh-Hant", 0)
    assert "2 h, as was set" in feeds("show", "1").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("add", "nonsense"), "is neither a web address nor a file: 'nonsense'"),
        (("add", "http://127.0.0.1/feed"), "not public"),
        (("add", "SITE/none.xml"), "status 404"),
        (("add", "SITE/page.html"), "no feed is there, and none is named"),
        (("add", "SITE/feed.xml", "--every", "1s"), "--every takes 1m to 30d"),
        (("add", "SITE/feed.xml", "--every", "31d"), "--every takes 1m to 30d"),
        (("add", "SITE/feed.xml", "--lang", "Klingon!"), "no language code"),
        (("add", "SITE/feed.xml", "--name", "12"), "choose a name with letters"),
        (("add", "SITE/feed.xml", "--name", " "), "choose a name with letters"),
        (("poll", "none"), "no such feed"),
        (("pause", "none"), "no such feed"),
        (("import", "none.opml"), "cannot be read"),
        (("import", "-"), "is no OPML"),
        (("export", "/none/feeds.opml"), "cannot be written"),
    ],
)
def test_nonsense_is_told_in_one_line(
    feeds: Feeds, site: Site, arguments: tuple[str, ...], message: str
) -> None:
    site.write("feed.xml", rss(1))
    site.write("page.html", "<html><body><p>Hi</p></body></html>")

    done = feeds(*(part.replace("SITE", f"http://{site.host}") for part in arguments))

    assert done.returncode == 1
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("Error: ")
    assert message in line


def test_file_as_a_feed(feeds: Feeds, tmp_path: Path) -> None:
    path = tmp_path / "saved.xml"
    path.write_text(rss(1, 2, 3), encoding="utf-8")

    assert feeds("add", "saved.xml").stdout == f"added Quay Post ({path})\nQuay Post: 3 new\n"
    exported = feeds("export")
    assert exported.stderr == "1 left out, which are files\n"
    assert "saved.xml" not in exported.stdout


def test_opml_goes_round(feeds: Feeds, site: Site, tmp_path: Path) -> None:
    names = ["Quay & Post", "港灣時報", "أخبار <الميناء>"]
    outlines = "".join(
        f'<outline type="rss" text="{name.replace("&", "&amp;").replace("<", "&lt;")}"'
        f' xmlUrl="{site.write(f"{n}.xml", rss(n))}"/>'
        for n, name in enumerate(names)
    )
    opml = f'<opml version="2.0"><head/><body>{outlines}</body></opml>'

    imported = feeds("import", "-", stdin=opml)
    assert imported.stdout.splitlines()[0] == "3 added, 0 there already"
    assert feeds("import", "-", stdin=opml).stdout == "0 added, 3 there already\n"
    exported = feeds("export", "feeds.opml")
    assert exported.stderr == "3 feeds written\n"
    before = feeds("list").stdout
    for name in ("1", "2", "3"):
        feeds("remove", name)
    assert feeds("import", "feeds.opml").stdout.startswith("3 added")

    after = [json.loads(line) for line in feeds("list", "--json").stdout.splitlines()]
    assert [one["name"] for one in after] == names
    assert all(one["url"] in before for one in after)
    polled = [json.loads(line) for line in feeds("poll", "--json").stdout.splitlines()]
    assert sorted(one["feed"] for one in polled) == [4, 5, 6]
    assert [one["new"] for one in polled] == [1, 1, 1]
    assert [one["error"] for one in polled] == [None] * 3


def test_feed_that_fails_is_told_and_why(feeds: Feeds, site: Site) -> None:
    feeds("add", site.write("feed.xml", rss(1)))
    (site.folder / "feed.xml").unlink()

    done = feeds("poll", "--now")

    assert done.returncode == 1
    assert done.stdout == (
        "Quay Post: status 404 (not found)\n1 feed polled: nothing new; 1 failed\n"
    )
    assert "1 times in a row: status 404 (not found)" in feeds("status").stdout
    assert json.loads(feeds("status", "--json").stdout)["error"] == "status 404 (not found)"


def test_ctrl_c_keeps_what_came_and_lets_the_rest_be_polled_again(
    feeds: Feeds, site: Site, environment: dict[str, str]
) -> None:
    for name in ("good.xml", "hangs.xml"):
        site.write(name, rss(1))
    opml = "".join(
        f'<outline type="rss" text="{n}" xmlUrl="{site.url(n)}"/>'
        for n in ("good.xml", "hangs.xml")
    )
    feeds("import", "-", stdin=f'<opml version="2.0"><body>{opml}</body></opml>')

    with subprocess.Popen(
        [*CLIPDESK, "feeds", "poll"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert site.hanging.wait(30)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=8)  # the server would take longer

    assert process.returncode == 130
    assert out == "good.xml: 1 new\n"
    assert err == "interrupted\n"
    good, hangs = (json.loads(line) for line in feeds("list", "--json").stdout.splitlines())
    assert good["last_success"] is not None
    assert (hangs["last_poll"], hangs["failures"]) == (None, 0)
    assert "being polled" not in feeds("status").stdout


def test_many_feeds_show_a_bar_in_a_terminal_and_only_what_is_new(
    feeds: Feeds, site: Site, environment: dict[str, str]
) -> None:
    for n in range(14):
        site.write(f"{n}.xml", rss(*([n] if n < 2 else [])))
    opml = "".join(
        f'<outline type="rss" text="F{n}" xmlUrl="{site.url(f"{n}.xml")}"/>' for n in range(14)
    )
    feeds("import", "-", stdin=f'<opml version="2.0"><body>{opml}</body></opml>')

    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [*CLIPDESK, "feeds", "poll"],
            env=environment | {"TERM": "xterm"},
            stdout=subprocess.PIPE,
            stderr=theirs,
            timeout=60,
            check=False,
            text=True,
        )
        os.set_blocking(ours, False)  # as the system calls it
        try:
            seen = os.read(ours, 100_000).decode()
        except BlockingIOError:  # it was done before a bar would have been of use
            seen = "Polling 14/14"
    finally:
        os.close(ours)
        os.close(theirs)

    assert done.stdout == "F0: 1 new\nF1: 1 new\n14 feeds polled: 2 new\n"
    assert "Polling" in seen
    assert "/14" in seen
