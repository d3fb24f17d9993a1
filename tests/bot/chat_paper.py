"""What a chat shows of a message, by Telegram's own rules; fails where it would be refused."""

from __future__ import annotations

from dataclasses import dataclass

from telegram_api.markup import format_html

LIMIT = 4096
ENTITIES_MAX = 100


@dataclass(frozen=True)
class Shown:
    """The text of a message and its formatted stretches: kind, words, address of a link."""

    text: str
    stretches: tuple[tuple[str, str, str | None], ...]

    def of(self, *kinds: str) -> list[str]:
        return [words for kind, words, _ in self.stretches if kind in kinds]

    @property
    def quotations(self) -> list[str]:
        return self.of("blockquote", "expandable_blockquote")

    @property
    def links(self) -> list[str | None]:
        return [address for kind, _, address in self.stretches if kind == "text_link"]


def shown(html: str) -> Shown:
    formatted = format_html(html)
    units = formatted.text.encode("utf-16-le")

    assert len(units) <= 2 * LIMIT
    assert formatted.text.strip(), "Telegram refuses a blank message"
    assert len(formatted.entities) <= ENTITIES_MAX
    assert [lost for lost in formatted.lost if not lost.startswith("a link to")] == []
    return Shown(
        formatted.text,
        tuple(
            (
                entity["type"],
                units[2 * entity["offset"] :][: 2 * entity["length"]].decode("utf-16-le"),
                entity.get("url"),
            )
            for entity in formatted.entities
        ),
    )
