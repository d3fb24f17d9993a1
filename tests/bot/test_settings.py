"""Settings: where they come from, what is refused, and that .env.example lists them."""

import re
from pathlib import Path

import pytest

from bot.errors import UsageProblem
from bot.settings import Settings, read_settings
from retrieval.sources.fetch import FetchPolicy

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable of ours, and no .env file."""
    for field in Settings.model_fields:
        monkeypatch.delenv(f"CLIPDESK_{field.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_env_example_lists_every_setting_in_order_with_its_default() -> None:
    text = (ROOT / ".env.example").read_text()
    written = re.findall(r"^#?\s?CLIPDESK_([A-Z_]+)=(.*)$", text, re.MULTILINE)

    assert [name.lower() for name, _ in written] == list(Settings.model_fields)
    defaults = {name.lower(): value for name, value in written}
    for name, field in Settings.model_fields.items():
        if field.default_factory is None and isinstance(field.default, str | int):
            assert defaults[name] == str(field.default)


@pytest.mark.parametrize(
    ("written", "langs"),
    [
        ("", []),
        ("en", ["en"]),
        (" en , zh-Hant,", ["en", "zh-Hant"]),
        ('["en", "zh-Hant"]', ["en", "zh-Hant"]),
        ("[]", []),
    ],
)
def test_lists_are_json_or_commas(
    monkeypatch: pytest.MonkeyPatch, written: str, langs: list[str]
) -> None:
    monkeypatch.setenv("CLIPDESK_CORPUS_LANGS", written)

    assert read_settings().corpus_langs == langs


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "ENGINE",
            "elastic",
            "CLIPDESK_ENGINE: input should be 'auto' or 'memory'; see .env.example",
        ),
        ("QUOTES", "0", "CLIPDESK_QUOTES: input should be greater than or equal to 1"),
        ("QUOTES", "three", "CLIPDESK_QUOTES: input should be a valid integer"),
        ("CORPUS_LANGS", "[en", "CLIPDESK_CORPUS_LANGS: not a JSON list: '[en'"),
    ],
)
def test_a_wrong_value_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(f"CLIPDESK_{name}", value)

    with pytest.raises(UsageProblem) as caught:
        read_settings()

    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_what_is_given_comes_before_the_environment_and_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("CLIPDESK_QUOTES=5\nCLIPDESK_DATA_DIR=~/desk\n")

    assert read_settings().quotes == 5
    assert read_settings().data_dir == Path.home() / "desk"
    monkeypatch.setenv("CLIPDESK_QUOTES", "4")
    assert read_settings().quotes == 4
    assert read_settings(quotes=2).quotes == 2


@pytest.mark.parametrize(
    ("name", "written", "message"),
    [
        ("CORPUS_LANGS", "english", "no language code: 'english'; write for example en,zh-Hant"),
        ("CORPUS_LANGS", '{"en": 1}', "no language code: "),
        ("FETCH_ALLOW_HOSTS", "http://wiki.lan", "no host: 'http://wiki.lan'; write for example "),
        ("FETCH_ALLOW_HOSTS", "ann@wiki.lan", "no host: 'ann@wiki.lan'"),
        ("FETCH_CONTACT", "a\r\nX: y", "not printable ASCII; write an address of mail or web"),
        (
            "FETCH_CONTACT",
            "ü@desk.example",
            "not printable ASCII; write an address of mail or web",
        ),
        ("DATA_DIR", "~nobody-by-this-name/x", "no such home folder: '~nobody-by-this-name/x'"),
    ],
)
def test_a_value_that_cannot_work_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, written: str, message: str
) -> None:
    monkeypatch.setenv(f"CLIPDESK_{name}", written)

    with pytest.raises(UsageProblem, match=re.escape(f"CLIPDESK_{name}: {message}")):
        read_settings()


def test_how_far_a_fetch_may_go(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().fetch_policy == FetchPolicy()

    monkeypatch.setenv("CLIPDESK_FETCH_ALLOW_HOSTS", "Wiki.lan, 10.0.0.5:8080, [::1]:80")
    monkeypatch.setenv("CLIPDESK_FETCH_CONTACT", "desk@news.example")

    assert read_settings().fetch_policy == FetchPolicy(
        allow_hosts=frozenset(("wiki.lan", "10.0.0.5:8080", "[::1]:80")),
        contact="desk@news.example",
    )


@pytest.mark.parametrize(
    "written", ["http://127.0.0.1:8081", "http://127.0.0.1:8081/", " http://127.0.0.1:8081/bot "]
)
def test_the_address_of_the_bot_api_is_one_however_it_is_written(
    monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("CLIPDESK_TELEGRAM_BASE_URL", written)

    assert read_settings().telegram_base_url == "http://127.0.0.1:8081"


@pytest.mark.parametrize("path", ["", "/", "/hook", "/hook/", "/bot"])
def test_the_webhooks_address_stays_as_it_is_written(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("CLIPDESK_TELEGRAM_WEBHOOK_URL", f"https://bot.example{path}")

    assert read_settings().telegram_webhook_url == f"https://bot.example{path}"


def test_names_are_taken_in_capitals_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIPDESK_LOG_LEVEL", "INFO")
    monkeypatch.setenv("CLIPDESK_ENGINE", "Memory")

    settings = read_settings()

    assert (settings.log_level, settings.engine) == ("info", "memory")


def test_an_env_file_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfeC")

    with pytest.raises(UsageProblem, match=r"^\.env cannot be read \(not UTF-8\); correct or"):
        read_settings()
