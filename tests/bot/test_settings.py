"""Settings: where they come from, what is refused, and that .env.example lists them."""

import re
from pathlib import Path

import pytest

from bot.errors import UsageProblem
from bot.settings import Settings, check_telegram, read_settings
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
            "CLIPDESK_ENGINE: input should be 'auto', 'memory', 'disk' or 'remote'; see .env.example",
        ),
        (
            "OPENSEARCH_URLS",
            "http://a:9200,https://ada:geheim@b:9200",
            "CLIPDESK_OPENSEARCH_URLS: not a web address; write for example https://search1.lan",
        ),
        ("OPENSEARCH_URLS", "search1:9200", "CLIPDESK_OPENSEARCH_URLS: not a web address"),
        ("OPENSEARCH_URLS", "[]", "CLIPDESK_OPENSEARCH_URLS: no address; unset it for http://"),
        ("OPENSEARCH_INDEX", "Ours", "CLIPDESK_OPENSEARCH_INDEX: write lower-case letters"),
        ("OPENSEARCH_API_KEY", "a b", "CLIPDESK_OPENSEARCH_API_KEY: not an API key"),
        ("OPENSEARCH_SHARDS", "0", "CLIPDESK_OPENSEARCH_SHARDS: input should be greater"),
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


ADMINS = "not a list of users' ids; write numbers such as 123456789,987654321"
CHATS = "not a list of ids; write numbers such as 123456789,-1001234567890, or unset it"
ADDRESS = "not a web address; write for example https://bot.example.org/hook"


@pytest.mark.parametrize(
    ("name", "written", "message"),
    [
        *(
            ("ADMINS", written, ADMINS)
            for written in ("0", "[true]", "-100123", "ada", "1 2", "5;6", "[5", '{"a": 5}')
        ),
        ("ADMINS", "999001,99999999999999999999999", ADMINS),
        ("ADMINS", str(2**52), ADMINS),
        ("ADMINS", "٣", ADMINS),
        *(("ADMINS", written, ADMINS) for written in (",", " ", "[]")),
        *(("ALLOWED_CHATS", written, CHATS) for written in (",", " , ", "[]", "[ ]", "0", "@news")),
        ("ALLOWED_CHATS", str(-(2**52)), CHATS),
        ("SECRET", "x", "8 to 256 letters, digits, _ and - are allowed"),
        ("SECRET", "1234567", "8 to 256 letters, digits, _ and - are allowed"),
        ("BASE_URL", "http://127.0.0.1:9/bot123456:ABC-x", "the token does not belong into it"),
        ("BASE_URL", "http://a b", ADDRESS),
        ("BASE_URL", "http://exaämple..x", ADDRESS),
        ("BASE_URL", "http://127.0.0.1:9/\x7f", ADDRESS),
        ("BASE_URL", "api.telegram.org", ADDRESS),
        ("WEBHOOK_URL", "https://.x.org/hook", ADDRESS),
    ],
)
def test_a_bot_that_could_not_work_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, written: str, message: str
) -> None:
    monkeypatch.setenv(f"CLIPDESK_TELEGRAM_{name}", written)

    with pytest.raises(UsageProblem, match=re.escape(f"CLIPDESK_TELEGRAM_{name}: {message}")):
        read_settings()


@pytest.mark.parametrize(
    ("written", "ids"),
    [("", []), ("5", [5]), ("5, -1001234567890,", [5, -1001234567890]), ("[5, -7]", [5, -7])],
)
def test_ids_are_numbers(monkeypatch: pytest.MonkeyPatch, written: str, ids: list[int]) -> None:
    monkeypatch.setenv("CLIPDESK_TELEGRAM_ALLOWED_CHATS", written)

    assert read_settings().telegram_allowed_chats == ids


@pytest.mark.parametrize("is_in_file", [True, False])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "CLIPDESK_TELEGRAM_ALLOWED_CHAT",
            (
                "CLIPDESK_TELEGRAM_ALLOWED_CHAT: there is no such setting; "
                "is CLIPDESK_TELEGRAM_ALLOWED_CHATS meant?"
            ),
        ),
        ("CLIPDESK_ZZ", "CLIPDESK_ZZ: there is no such setting; see .env.example"),
        ("clipdesk_quote", "CLIPDESK_QUOTE: there is no such setting; is CLIPDESK_QUOTES meant?"),
    ],
)
def test_a_misspelt_name_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, message: str, is_in_file: bool
) -> None:
    if is_in_file:
        (tmp_path / ".env").write_text(f"OTHER=1\nexport {name}=5\n")
    else:
        monkeypatch.setenv(name, "5")

    with pytest.raises(UsageProblem) as caught:
        read_settings()

    assert str(caught.value) == message


def test_what_others_set_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / ".env").write_text("POSTGRES_USER=x\nno line of ours\n===\nCLIPDESK_QUOTES=4\n")
    for name in ("CLIPDESK_SERVICE_HOST", "CLIPDESK_PORT", "CLIPDESK_PORT_8080_TCP", "CLIPDESKS"):
        monkeypatch.setenv(name, "tcp://10.0.0.1:8080")

    assert read_settings().quotes == 4
    assert caplog.records == []


def test_a_line_of_ours_that_cannot_be_read_is_told_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / ".env").write_text('A=1\nCLIPDESK_TELEGRAM_TOKEN "1:x"\n')

    with pytest.raises(UsageProblem) as caught:
        read_settings()

    assert str(caught.value) == ".env, line 2: not NAME=value; correct it"
    assert caplog.records == []


@pytest.mark.parametrize("base_url", ["https://API.telegram.org", "https://api.telegram.org/bot"])
def test_telegrams_address_is_known_however_it_is_written(base_url: str) -> None:
    settings = Settings(
        telegram_token="1:x",  # noqa: S106  # nobody's
        telegram_mode="webhook",
        telegram_base_url=base_url,
        telegram_webhook_url="https://x.org:8080/h",
        _env_file=None,
    )

    with pytest.raises(UsageProblem, match="Telegram takes ports 443, 80, 88, 8443 only"):
        check_telegram(settings)


def test_an_env_file_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfeC")

    with pytest.raises(UsageProblem, match=r"^\.env cannot be read \(not UTF-8\); correct or"):
        read_settings()


def test_the_cluster_is_named_by_settings_and_its_secrets_stay_so() -> None:
    settings = read_settings(
        opensearch_urls="https://a.lan:9200,https://b.lan:9200",
        opensearch_user="ada",
        opensearch_password="geheim",  # noqa: S106  # made up
        opensearch_shards=3,
        opensearch_refresh_seconds=2.5,
    )

    options = settings.remote_options
    assert options.urls == ("https://a.lan:9200", "https://b.lan:9200")
    assert (options.user, options.password, options.api_key) == ("ada", "geheim", "")
    assert (options.shards, options.replicas, options.refresh_s) == (3, 1, 2.5)
    assert "geheim" in settings.secrets
    assert "geheim" not in f"{settings!r} {options!r}"
    assert read_settings(opensearch_api_key="a2V5").remote_options.api_key == "a2V5"
