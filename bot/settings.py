"""
The settings: the only place that reads the environment.

Each field is ``CLIPDESK_`` and its name in capitals; ``.env.example`` lists them
all, and a test compares the two. Lists may be written as JSON or with commas. A name that
begins so and is none of them is refused: a misspelt list of those who may ask would let
everyone in.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.environment import check_names, is_host, names_in, read_ids, split_list
from bot.errors import UsageProblem

if TYPE_CHECKING:
    from retrieval.index.opensearch.cluster import RemoteOptions
    from retrieval.sources.fetch import FetchPolicy
    from retrieval.store import Retention

TELEGRAM_URL = "https://api.telegram.org"

PREFIX = "CLIPDESK_"
ENV_FILE = ".env"


_LANGUAGE_CODE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # BCP 47, the parts we use


_INDEX_NAME = re.compile(r"[a-z][a-z0-9_-]{0,99}")  # a part of what OpenSearch takes

_WEBHOOK_PORTS = (443, 80, 88, 8443)  # those that Telegram connects to
_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
_TOKEN_IN_PATH = re.compile(r"/bot[0-9]+:")

# Telegram takes shorter ones; but they can be guessed, and each log line would be full of them.
_SECRET = re.compile(r"[A-Za-z0-9_-]{8,256}")


TextList = Annotated[list[str], NoDecode]
IdList = Annotated[list[int], NoDecode]


def _default_data_dir() -> Path:
    return user_data_path("clipdesk", appauthor=False)


class Settings(BaseSettings):
    """What an operator can set; a wrong value is refused with its name and the reason."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,  # `CLIPDESK_DATA_DIR=` is not the folder at hand
        extra="ignore",
        frozen=True,
    )

    data_dir: Path = Field(
        default_factory=_default_data_dir,
        description="where the store and the index live",
    )
    engine: Literal["auto", "memory", "disk", "remote"] = Field(
        default="auto", description="which engine finds passages; auto chooses by the corpus's size"
    )
    corpus_langs: TextList = Field(
        default=[],
        description="the languages that the corpus is in, where known, so that detection cannot slip",
    )
    quotes: int = Field(default=3, ge=1, le=10, description="the most quotes in an answer")
    retention_days: int | None = Field(
        default=None, ge=1, le=36500, description="articles that are older expire; unset: none"
    )
    retention_per_source: int | None = Field(
        default=None, ge=1, description="the most articles of one source; unset: no limit"
    )
    language: Literal["en", "es", "ru", "zh-Hans", "zh-Hant"] = Field(
        default="en", description="the language of the program's words, where nobody chose one"
    )
    alerts_unsure: Literal["resend", "drop"] = Field(
        default="resend",
        description="what becomes of an alert that may have arrived: it comes once more, or not",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="warning", description="what is logged to standard error"
    )

    telegram_token: SecretStr | None = Field(
        default=None, description="the bot's token, from @BotFather; clipdesk serve needs it"
    )
    telegram_base_url: str = Field(
        default=TELEGRAM_URL, description="where the Bot API is; a local Bot API server has its own"
    )
    telegram_mode: Literal["polling", "webhook"] = Field(
        default="polling", description="whether updates are fetched, or sent to us"
    )
    telegram_webhook_url: str | None = Field(
        default=None, description="the public address that Telegram sends updates to"
    )
    telegram_listen: str = Field(
        default="127.0.0.1", description="the address to listen on, in webhook mode"
    )
    telegram_port: int = Field(
        default=8080, ge=1, le=65535, description="the port to listen on, in webhook mode"
    )
    telegram_secret: SecretStr = Field(
        default_factory=lambda: SecretStr(secrets.token_urlsafe(32)),
        description="what Telegram proves itself with, in webhook mode",
    )
    telegram_admins: IdList = Field(
        default=[], description="the user ids of those who may look after the bot"
    )
    telegram_allowed_chats: IdList = Field(
        default=[], description="the ids of the users and chats that may ask; unset: everyone"
    )
    telegram_questions_per_minute: int = Field(
        default=20, ge=1, le=600, description="the most questions of one user in a minute"
    )

    fetch_allow_hosts: TextList = Field(
        default=[], description="hosts that pages may be taken from although they are not public"
    )
    fetch_contact: str = Field(
        default="", description="whom the owners of fetched sites may write to, told to them"
    )

    opensearch_urls: TextList = Field(
        default=["http://localhost:9200"], description="nodes of the remote engine's cluster"
    )
    opensearch_index: str = Field(
        default="clipdesk", description="what the names of our indices in it begin with"
    )
    opensearch_user: str = Field(default="", description="who we are there; unset: nobody")
    opensearch_password: SecretStr | None = Field(default=None, description="that user's password")
    opensearch_api_key: SecretStr | None = Field(
        default=None, description="used instead of user and password"
    )
    opensearch_ca_file: Path | None = Field(
        default=None, description="certificates (PEM) to trust; unset: the usual authorities"
    )
    opensearch_shards: int = Field(
        default=1, ge=1, le=1024, description="parts of a new index, on as many nodes"
    )
    opensearch_replicas: int = Field(
        default=1, ge=0, le=20, description="further copies of each part, in case a node is lost"
    )
    opensearch_refresh_seconds: float = Field(
        default=1, ge=0.1, le=3600, description="until others find what one process has written"
    )
    opensearch_timeout_seconds: float = Field(
        default=10, ge=0.1, le=300, description="how long a question waits for all parts"
    )

    @field_validator("corpus_langs", "fetch_allow_hosts", "opensearch_urls", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return split_list(value) if isinstance(value, str) else value

    @field_validator("telegram_admins", mode="before")
    @classmethod
    def _read_users(cls, value: Any) -> list[int]:
        ids = read_ids(value)
        if ids is None or any(each < 0 for each in ids):
            raise ValueError("not a list of users' ids; write numbers such as 123456789,987654321")
        return ids

    @field_validator("telegram_allowed_chats", mode="before")
    @classmethod
    def _read_chats(cls, value: Any) -> list[int]:
        ids = read_ids(value)
        if ids is None:
            raise ValueError(
                "not a list of ids; write numbers such as 123456789,-1001234567890, or unset it"
            )
        return ids

    @field_validator("corpus_langs", mode="after")
    @classmethod
    def _check_langs(cls, value: list[str]) -> list[str]:
        for lang in value:
            if not _LANGUAGE_CODE.fullmatch(lang):
                raise ValueError(f"no language code: {lang!r}; write for example en,zh-Hant")
        return value

    @field_validator("fetch_allow_hosts", mode="after")
    @classmethod
    def _check_hosts(cls, value: list[str]) -> list[str]:
        for host in value:
            if not is_host(host, with_port=True):
                raise ValueError(f"no host: {host!r}; write for example wiki.lan,10.0.0.5:8080")
        return [host.lower() for host in value]

    @field_validator("fetch_contact", mode="after")
    @classmethod
    def _check_contact(cls, value: str) -> str:
        if not (value.isascii() and value.isprintable()):
            raise ValueError("not printable ASCII; write an address of mail or web")
        return value

    @field_validator("engine", "alerts_unsure", "log_level", "telegram_mode", mode="before")
    @classmethod
    def _lower_case(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @field_validator("data_dir", mode="after")
    @classmethod
    def _expand(cls, value: Path) -> Path:
        try:
            return value.expanduser()
        except RuntimeError as e:
            raise ValueError(f"no such home folder: {str(value)!r}") from e

    @field_validator("telegram_token", "telegram_secret", mode="after")
    @classmethod
    def _check_secret(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None:
            return None
        secret = value.get_secret_value().strip()
        if info.field_name == "telegram_token" and not _TOKEN.fullmatch(secret):
            raise ValueError("not a bot token; @BotFather gives one like 123456:ABC...")
        if info.field_name == "telegram_secret" and not _SECRET.fullmatch(secret):
            raise ValueError("8 to 256 letters, digits, _ and - are allowed")
        return SecretStr(secret)

    @field_validator("telegram_base_url", "telegram_webhook_url", mode="after")
    @classmethod
    def _check_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not _is_web_address(value):
            raise ValueError("not a web address; write for example https://bot.example.org/hook")
        return value.strip()

    @field_validator("opensearch_urls", mode="after")
    @classmethod
    def _check_nodes(cls, value: list[str]) -> list[str]:
        for url in value:
            if not _is_web_address(url):
                raise ValueError(
                    "not a web address; write for example"
                    " https://search1.lan:9200,https://search2.lan:9200, without a user"
                )
        if not value:
            raise ValueError("no address; unset it for http://localhost:9200")
        return value

    @field_validator("opensearch_index", mode="after")
    @classmethod
    def _check_index(cls, value: str) -> str:
        if not _INDEX_NAME.fullmatch(value):
            raise ValueError("write lower-case letters, digits, - and _, a letter first")
        return value

    @field_validator("opensearch_api_key", mode="after")
    @classmethod
    def _check_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[!-~]+", value.get_secret_value()):
            raise ValueError("not an API key; it has no spaces and only ASCII characters")
        return value

    @field_validator("telegram_base_url", mode="after")
    @classmethod
    def _without_bot(cls, value: str) -> str:
        if _TOKEN_IN_PATH.search(value):
            raise ValueError(f"the token does not belong into it; write for example {TELEGRAM_URL}")
        # Libraries for Telegram want it with /bot behind it, so people write that here too
        return value.rstrip("/").removesuffix("/bot")

    @property
    def retention(self) -> Retention:
        """How much of the corpus is kept."""
        from retrieval.store import Retention  # noqa: PLC0415  # imported on use

        return Retention(self.retention_days, self.retention_per_source)

    @property
    def fetch_policy(self) -> FetchPolicy:
        """How far the fetch of a web address may go."""
        # imported on use: a question fetches nothing
        from retrieval.sources.fetch import FetchPolicy  # noqa: PLC0415

        return FetchPolicy(
            allow_hosts=frozenset(self.fetch_allow_hosts), contact=self.fetch_contact
        )

    @property
    def remote_options(self) -> RemoteOptions:
        """Where the remote engine's cluster is, and how an index is laid out in it."""
        # imported on use: most have none
        from retrieval.index.opensearch.cluster import RemoteOptions  # noqa: PLC0415

        password, key = self.opensearch_password, self.opensearch_api_key
        return RemoteOptions(
            urls=tuple(self.opensearch_urls),
            name=self.opensearch_index,
            user=self.opensearch_user,
            password="" if password is None else password.get_secret_value(),
            api_key="" if key is None else key.get_secret_value(),
            ca_file=self.opensearch_ca_file,
            shards=self.opensearch_shards,
            replicas=self.opensearch_replicas,
            refresh_s=self.opensearch_refresh_seconds,
            timeout_s=self.opensearch_timeout_seconds,
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be written anywhere."""
        kept = (
            *(self.telegram_token, self.telegram_secret),
            *(self.opensearch_password, self.opensearch_api_key),
        )
        return tuple(secret.get_secret_value() for secret in kept if secret is not None)


def _is_web_address(value: str) -> bool:
    """Whether it is an http address without a user, a query and a fragment."""
    try:
        split = urlsplit(value.strip())
        is_web = split.scheme in {"http", "https"} and bool(split.hostname)
        is_web = is_web and (split.port is None or split.port > 0)
    except ValueError:  # an unbalanced "[", a port that is no number
        return False
    return (
        is_web
        and value.strip().isprintable()
        and is_host(split.netloc.rpartition("@")[2], with_port=True)
        and not (split.query or split.fragment or split.username)
    )


def check_telegram(settings: Settings) -> None:
    """
    Check what only ``clipdesk serve`` needs.

    Raises:
        UsageProblem: If something is not set, or cannot be.
    """
    if settings.telegram_token is None:
        raise UsageProblem(
            "CLIPDESK_TELEGRAM_TOKEN is not set; get a token from @BotFather, see .env.example"
        )
    if settings.telegram_mode != "webhook":
        return
    if settings.telegram_webhook_url is None:
        raise UsageProblem(
            "CLIPDESK_TELEGRAM_WEBHOOK_URL is not set; webhook mode needs it, see .env.example"
        )
    # A local Bot API server also takes plain addresses
    if urlsplit(settings.telegram_base_url).hostname != urlsplit(TELEGRAM_URL).hostname:
        return
    url = urlsplit(settings.telegram_webhook_url)
    if url.scheme != "https":
        raise UsageProblem("CLIPDESK_TELEGRAM_WEBHOOK_URL: Telegram takes https addresses only")
    if (url.port or 443) not in _WEBHOOK_PORTS:
        ports = ", ".join(map(str, _WEBHOOK_PORTS))
        raise UsageProblem(f"CLIPDESK_TELEGRAM_WEBHOOK_URL: Telegram takes ports {ports} only")


def read_settings(**given: Any) -> Settings:
    """
    The settings from the environment and ``.env``; *given* ones come first.

    Raises:
        UsageProblem: One line that names each wrong variable and why it is wrong.
    """
    try:
        check_names([*os.environ, *names_in(Path(ENV_FILE), PREFIX)], PREFIX, Settings.model_fields)
        return Settings(**given)
    except ValidationError as e:
        wrong = "; ".join(
            f"{PREFIX}{str(error['loc'][0]).upper()}: {_reason(error)}"
            for error in e.errors(include_input=False, include_url=False)
        )
        raise UsageProblem(f"{wrong}; see .env.example") from None
    except (OSError, UnicodeDecodeError) as e:
        reason = e.strerror if isinstance(e, OSError) else "not UTF-8"
        raise UsageProblem(f".env cannot be read ({reason}); correct or remove it") from e
    except ValueError as e:
        raise UsageProblem(str(e)) from None


def _reason(error: ErrorDetails) -> str:
    message = error["msg"].removeprefix("Value error, ")
    return message[:1].lower() + message[1:]
