"""
The settings: the only place that reads the environment.

Each field is ``CLIPDESK_`` and its name in capitals; ``.env.example`` lists them
all, and a test compares the two. Lists may be written as JSON or with commas.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_data_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import UsageProblem

_LANGUAGE_CODE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # BCP 47, the parts we use

TextList = Annotated[list[str], NoDecode]


def _default_data_dir() -> Path:
    return user_data_path("clipdesk", appauthor=False)


class Settings(BaseSettings):
    """What an operator can set; a wrong value is refused with its name and the reason."""

    model_config = SettingsConfigDict(
        env_prefix="CLIPDESK_",
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,  # `CLIPDESK_DATA_DIR=` is not the folder at hand
        extra="ignore",
        frozen=True,
    )

    data_dir: Path = Field(
        default_factory=_default_data_dir,
        description="where the store and the index live",
    )
    engine: Literal["auto", "memory"] = Field(
        default="auto", description="which engine finds passages; auto chooses by the corpus's size"
    )
    corpus_langs: TextList = Field(
        default=[],
        description="the languages that the corpus is in, where known, so that detection cannot slip",
    )
    quotes: int = Field(default=3, ge=1, le=10, description="the most quotes in an answer")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="warning", description="what is logged to standard error"
    )

    @field_validator("corpus_langs", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return split_list(value) if isinstance(value, str) else value

    @field_validator("corpus_langs", mode="after")
    @classmethod
    def _check_langs(cls, value: list[str]) -> list[str]:
        for lang in value:
            if not _LANGUAGE_CODE.fullmatch(lang):
                raise ValueError(f"no language code: {lang!r}; write for example en,zh-Hant")
        return value

    @field_validator("engine", "log_level", mode="before")
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


def split_list(text: str) -> Any:
    """A list written as JSON (``["a", "b"]``) or with commas (``a, b``)."""
    if text.lstrip().startswith("["):
        try:
            return json.loads(text)
        except ValueError as e:
            raise ValueError(f"not a JSON list: {text!r}") from e
    return [part.strip() for part in text.split(",") if part.strip()]


def read_settings(**given: Any) -> Settings:
    """
    The settings from the environment and ``.env``; *given* ones come first.

    Raises:
        UsageProblem: One line that names each wrong variable and why it is wrong.
    """
    try:
        return Settings(**given)
    except (OSError, UnicodeDecodeError) as e:
        reason = e.strerror if isinstance(e, OSError) else "not UTF-8"
        raise UsageProblem(f".env cannot be read ({reason}); correct or remove it") from e
    except ValidationError as e:
        wrong = "; ".join(
            f"CLIPDESK_{'_'.join(map(str, error['loc'])).upper()}: {_lower(error['msg'])}"
            for error in e.errors(include_input=False, include_url=False)
        )
        raise UsageProblem(f"{wrong}; see .env.example") from None


def _lower(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return message[:1].lower() + message[1:]
