"""Fetching over real HTTP on loopback: addresses and redirects that are refused."""

from collections.abc import Sequence
from typing import Any

import httpcore
import pytest
from fetching import PUBLIC, get, looked_up, refused, unknown, why_not
from web_site import HOST, Site, answer, serving

from retrieval.errors import SourceError
from retrieval.sources.fetch import FetchPolicy, fetch


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://127.0.0.1:8080/", "host 127.0.0.1 is not public"),
        ("http://10.0.0.1/", "host 10.0.0.1 is not public"),
        ("http://169.254.169.254/latest/meta-data/", "host 169.254.169.254 is not public"),
        ("http://0.0.0.0/", "host 0.0.0.0 is not public"),
        ("http://[::1]/", "host ::1 is not public"),
        ("http://[fd00:ec2::254]/", "host fd00:ec2::254 is not public"),
        ("http://[::ffff:169.254.169.254]/", "host ::ffff:169.254.169.254 is not public"),
        ("http://[64:ff9b::7f00:1]/", "host 64:ff9b::7f00:1 is not public"),
        ("http://[2002:7f00:1::]/", "host 2002:7f00:1:: is not public"),
        ("http://localhost:8080/", "host localhost is not public"),
        ("http://127。0。0。1/", "host 127.0.0.1 is not public"),
        ("http://2130706433/", "host 2130706433 is neither a name nor an address of four numbers"),
        ("http://0x7f.1/", "host 0x7f.1 is neither a name nor an address of four numbers"),
        ("http://0x7F000001/", "host 0x7f000001 is neither a name nor an address of four numbers"),
        ("http://0177.0.0.1/", "address is not a web address"),
        ("http://127.1/", "host 127.1 is neither a name nor an address of four numbers"),
        ("http://0/", "host 0 is neither a name nor an address of four numbers"),
        ("http://017700000001/", "host 017700000001 is neither a name nor an address of four nu"),
        ("http://0x7f.0x0.0x0.0x1/", "host 0x7f.0x0.0x0.0x1 is neither a name nor an address of"),
        ("http://127.0.0.1./", "host 127.0.0.1. is neither a name nor an address of four numbers"),
        ("http://[::127.0.0.1]/", "host ::127.0.0.1 is not public"),
        ("http://[0:0:0:0:0:ffff:7f00:1]/", "host 0:0:0:0:0:ffff:7f00:1 is not public"),
        ("http://[::ffff:0:127.0.0.1]/", "host ::ffff:0:127.0.0.1 is not public"),
        ("http://[64:ff9b:1::7f00:1]/", "host 64:ff9b:1::7f00:1 is not public"),
        ("http://[::]/", "host :: is not public"),
        ("http://LOCALHOST./", "host localhost. is not public"),
        ("http://desk.localhost/", "host desk.localhost is not public"),
        ("http://①②⑦.⓪.⓪.①/", "address is not a web address"),
        ("http://127.0.0.1%00.example/", "address is not a web address"),
        ("http://127.0.0.1#@8.8.8.8/", "host 127.0.0.1 is not public"),
        ("http:127.0.0.1/", "address is neither http nor https"),
        ("http://[FE80::1]/", "host FE80::1 is not public"),
        ("http://[fe80::1%25lo]/", "address is not a web address"),
        ("http://%31%32%37.0.0.1/", "address is not a web address"),
        ("http://8.8.8.8:22/", "port 22 is not one of web pages"),
        ("http://8.8.8.8:70000/", "address has a port that does not exist"),
        ("http://8.8.8.8:0/", "address has a port that does not exist"),
        ("http://8.8.8.8:x/", "address is not a web address"),
        ("http://１２７.0.0.1/", "address is not a web address"),
        ("http://a.example/\ud800", "address is not a web address"),
        ("http://a.example/\n", "address is not a web address"),
        ("http://[::1", "address is not a web address"),
        (f"http://{'a' * 64}.example/", f"host {'a' * 64}.example is not known"),
        ("file:///etc/passwd", "address is neither http nor https"),
        ("ftp://a.example/", "address is neither http nor https"),
        ("https:///path", "address is neither http nor https"),
        ("a.example/page", "address is neither http nor https"),
        ("http://ann:secret@a.example/", "address holds a user name or password; leave it out"),
        ("http://a.example\\@127.0.0.1/", "address holds a user name or password; leave it out"),
    ],
)
def test_fetch_refuses(url: str, message: str) -> None:
    """With the system's resolver, which is never asked for more than numbers."""
    assert refused(url).startswith(message)


@pytest.mark.parametrize(
    "place", ["news.example:99999/", "news.example/", "[::1", "news.example:x"]
)
def test_fetch_never_tells_a_password(place: str) -> None:
    with pytest.raises(SourceError) as caught:
        fetch(f"http://ann:secret@{place}")

    assert "secret" not in repr(caught.value)
    assert caught.value.location == f"http://{place}"


@pytest.mark.parametrize(
    "addresses", [("127.0.0.1",), (PUBLIC, "10.0.0.1"), ("::1", PUBLIC), (PUBLIC, "fe80::1%lo")]
)
def test_fetch_refuses_a_name_any_of_whose_addresses_is_not_public(
    addresses: Sequence[str],
) -> None:
    message = refused("http://news.example/", resolve=looked_up(*addresses))

    assert message == "host news.example is not public"


def test_fetch_of_a_name_that_is_not_known() -> None:
    assert refused("http://news.example/", resolve=unknown) == "host news.example is not known"
    assert refused("http://news.example/", resolve=looked_up()) == "cannot be reached (no address)"


def test_fetch_connects_to_the_address_that_it_checked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: a second look-up would give another address, and there is none."""
    site.answers["/a"] = answer(b"from the public host")
    dialled, asked = [], []
    real = httpcore.SyncBackend.connect_tcp

    def connect(self: Any, host: str, port: int, timeout: Any, **options: Any) -> Any:
        dialled.append((host, port))
        return real(self, HOST, site.port, timeout, **options)

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append((host, port))
        return (PUBLIC,) if len(asked) == 1 else (HOST,)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    page = fetch("http://News.example:8080/a", resolve=resolve)

    assert page.body == b"from the public host"
    assert (asked, dialled) == ([("news.example", 8080)], [(PUBLIC, 8080)])
    assert site.asked[0][1]["Host"] == "news.example:8080"


def test_a_redirect_looks_its_host_up_anew_and_checks_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding between two hops of one host."""
    site.answers["/a"] = answer(status=302, location="/b")
    real = httpcore.SyncBackend.connect_tcp
    answers = iter(((PUBLIC,), (HOST,)))

    def connect(self: Any, host: str, port: int, timeout: Any, **options: Any) -> Any:
        return real(self, HOST, site.port, timeout, **options)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    message = refused("http://news.example:8080/a", resolve=lambda *_: next(answers))

    assert message == "host news.example is not public"
    assert site.paths() == ["/a"]


def test_the_environments_proxies_are_not_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.answers["/a"] = answer(b"here")
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nothing listens there

    assert get(site, "/a").body == b"here"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("http://127.0.0.1:{other}/", "host 127.0.0.1 is not public"),
        ("http://localhost:{port}/", "host localhost is not public"),
        ("http://[::ffff:7f00:1]:{port}/", "host ::ffff:7f00:1 is not public"),
        ("http://2130706433:{port}/", "host 2130706433 is neither a name nor an address"),
        ("//169.254.169.254/", "host 169.254.169.254 is not public"),
        ("http://8.8.8.8:22/", "port 22 is not one of web pages"),
        ("file:///etc/passwd", "address that it redirects to is neither http nor https"),
        ("javascript:alert(1)", "address that it redirects to is neither http nor https"),
        ("http://[", "address that it redirects to is not a web address"),
        ("http://127.0.0.1:{port}0000/", "address that it redirects to has a port that does not"),
    ],
)
def test_fetch_refuses_redirects(site: Site, target: str, message: str) -> None:
    with serving() as other:
        other.answers["/"] = answer(b"inside")
        place = target.format(port=site.port, other=other.port)
        site.answers["/a"] = answer(status=302, location=place)

        assert why_not(site, "/a").startswith(message)

    assert (site.paths(), other.paths()) == (["/a"], [])


def test_fetch_refuses_a_redirect_with_a_password_and_does_not_tell_it(site: Site) -> None:
    site.answers["/a"] = answer(status=302, location=f"http://ann:secret@{site.host}/b")

    with pytest.raises(SourceError, match="holds a user name or password") as caught:
        get(site, "/a")

    assert "secret" not in str(caught.value)
    assert site.paths() == ["/a"]


@pytest.mark.parametrize("contact", ["a\r\nX: y", "ü@desk.example"])
def test_a_contact_that_is_no_header_is_refused(contact: str) -> None:
    with pytest.raises(ValueError, match="contact does not fit into a header"):
        FetchPolicy(contact=contact)
