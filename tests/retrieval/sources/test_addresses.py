"""Which hosts and addresses may be fetched."""

import pytest

from retrieval.errors import SourceError
from retrieval.sources.addresses import (
    is_allowed,
    is_public,
    reason_to_refuse,
    refuse_userinfo,
    without_userinfo,
)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "93.184.215.14",
        "168.63.129.15",
        "192.88.98.1",
        "2606:4700::1111",
        "2a00:1450:4001::1",
        "64:ff9b::808:808",  # 8.8.8.8 as NAT64 has it
    ],
)
def test_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "0.1.2.3", "127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1"),  # noqa: S104
        *("172.31.255.255", "192.168.1.1", "100.64.0.1", "198.18.0.1", "192.0.2.1", "203.0.113.9"),
        *("169.254.169.254", "169.254.1.1", "100.100.100.200", "192.0.0.192", "168.63.129.16"),
        *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.88.99.1"),
        *("::", "::1", "fe80::1", "fe80::1%lo", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1"),
        *("ff0e::1", "100::1", "2001:db8::1", "3fff::1", "2001::1", "2001:20::1", "5f00::1"),
        *("4000::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::ffff:0:127.0.0.1"),
        *("2002:7f00:1::", "2002:808:808::", "64:ff9b:1::808:808"),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::a00:1", "64:ff9b::e000:1"),
    ],
)
def test_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("host", "port", "reason"),
    [
        ("news.example", 80, None),
        ("news.example.", 443, None),
        ("news.example", 8080, None),
        ("news.example", 65535, None),
        ("4chan.example", 80, None),
        ("0x.example", 80, None),
        ("8.8.8.8", 80, None),
        ("2606:4700::1", 80, None),
        ("localhost.example", 80, None),
        ("news.example", 22, "port 22 is not one of web pages"),
        ("news.example", 25, "port 25 is not one of web pages"),
        ("news.example", 0, "port 0 is not one of web pages"),
        ("localhost", 80, "host localhost is not public"),
        ("LOCALHOST.", 8000, "host LOCALHOST. is not public"),
        ("a.localhost", 80, "host a.localhost is not public"),
        *(
            (host, 80, f"host {host} is neither a name nor an address of four numbers")
            for host in (
                *("2130706433", "0x7f.1", "0x7F000001", "127.1", "127.0.1", "0177.0.0.1"),
                *("127.0.0.01", "127.0.0.1.", "0", "0x", "1.2.3.4.5", "256.1.1.1", "news.1", "٣"),
            )
        ),
    ],
)
def test_reason_to_refuse(host: str, port: int, reason: str | None) -> None:
    assert reason_to_refuse(host, port) == reason


@pytest.mark.parametrize(
    ("host", "port", "allowed"),
    [
        ("wiki.lan", 80, True),
        ("Wiki.LAN", 8080, True),
        ("10.0.0.5", 8080, True),
        ("10.0.0.5", 8081, False),
        ("::1", 8080, True),
        ("::1", 80, False),
        ("a.wiki.lan", 80, False),
        ("wiki.lan.evil.example", 80, False),
        ("", 80, False),
    ],
)
def test_is_allowed(host: str, port: int, allowed: bool) -> None:
    hosts = frozenset(("wiki.lan", "10.0.0.5:8080", "[::1]:8080"))

    assert is_allowed(host, port, hosts) == allowed


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://ann:secret@news.example/a@b", "https://news.example/a@b"),
        ("https://ann:se@cret@news.example?q", "https://news.example?q"),
        ("https://tok@news.example", "https://news.example"),
    ],
)
def test_a_password_is_refused_and_not_told(url: str, shown: str) -> None:
    assert without_userinfo(url) == shown
    with pytest.raises(SourceError) as caught:
        refuse_userinfo(url)
    assert caught.value.location == shown


@pytest.mark.parametrize("url", ["https://news.example/@ann", "https://news.example?a@b#c@d"])
def test_an_at_sign_in_the_path_is_no_password(url: str) -> None:
    assert without_userinfo(url) == url
    refuse_userinfo(url)
