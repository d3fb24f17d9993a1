"""The text of a call -> text and entities as the chat will show them, or the refusal."""

from __future__ import annotations

from telegram_api.entities import find_entities, is_blank, keep_valid, order
from telegram_api.markup import Formatted, MarkupError, format_entities, format_html
from telegram_api.records import Json, bot_fault, shown_entities, shown_text
from telegram_api.schema import utf16_length
from telegram_api.state import State

MAX_TEXT = 4096  # UTF-16 units
MAX_CAPTION = 1024
MAX_QUOTE = 1024


def read_text(
    state: State, method: str, text: str, parse_mode: str | None, entities: list[Json] | None
) -> Formatted:
    """
    *text* as Telegram shows it; lost formatting becomes a complaint.

    Raises:
        ApiError: If the markup does not parse or the mode is none of ours.
    """
    match (parse_mode or "").lower():
        case "html":
            try:
                formatted = format_html(text)
            except MarkupError as error:
                raise bot_fault(f"can't parse entities: {error}") from error
        case "":
            size = utf16_length(text)
            for one in entities or []:
                if one["offset"] < 0 or one["length"] < 0 or one["offset"] + one["length"] > size:
                    raise bot_fault(f"entity is outside of the text: {one}")
            formatted = format_entities(text, order(entities or []))
        case "markdown" | "markdownv2":
            raise bot_fault(f"not in this fake: parse_mode {parse_mode!r}")
        case _:
            raise bot_fault("unsupported parse_mode")
    state.complaints += [f"{method}: formatting is lost: {words}" for words in formatted.lost]
    found = find_entities(formatted.text, formatted.entities)
    known = state.mention_users(formatted.entities)
    return Formatted(formatted.text, keep_valid([*known, *found], []))


def text_fields(
    state: State,
    method: str,
    text: str,
    parse_mode: str | None,
    entities: list[Json] | None,
) -> Json:
    """``text`` and ``entities`` of a Message; ApiError if it is blank or too long."""
    formatted = read_text(state, method, text, parse_mode, entities)
    if is_blank(formatted.text):
        raise bot_fault("message text is empty")
    if utf16_length(formatted.text) > MAX_TEXT:
        raise bot_fault("message is too long")
    return _named("text", "entities", formatted)


def caption_fields(state: State, method: str, params: Json) -> Json:
    """``caption`` and ``caption_entities`` of a Message; ApiError if it is too long."""
    formatted = read_text(
        state,
        method,
        params.get("caption", ""),
        params.get("parse_mode"),
        params.get("caption_entities"),
    )
    if utf16_length(formatted.text) > MAX_CAPTION:
        raise bot_fault("message caption is too long")
    return _named("caption", "caption_entities", formatted) if formatted.text else {}


def quote_fields(state: State, method: str, reply: Json, original: Json) -> Json:
    """
    ``quote`` of a Message that replies to *original* with a quotation of it.

    Raises:
        ApiError: If the original does not hold the quotation, formatting included.
    """
    if not reply.get("quote"):
        return {}
    formatted = read_text(
        state, method, reply["quote"], reply.get("quote_parse_mode"), reply.get("quote_entities")
    )
    if utf16_length(formatted.text) > MAX_QUOTE:
        raise bot_fault("quoted text is too long")
    text, shapes = shown_text(original), shown_entities(original)
    position = reply.get("quote_position", 0)
    for at in sorted(_places(text, formatted.text), key=lambda place: abs(place - position)):
        if _shapes(shapes, at, utf16_length(formatted.text)) == _shapes(formatted.entities):
            kept = _shapes(formatted.entities)
            quote = {"text": formatted.text, "position": at, "is_manual": True}
            return {"quote": quote | ({"entities": kept} if kept else {})}
    raise bot_fault("QUOTE_TEXT_INVALID")


def _named(text_name: str, entities_name: str, formatted: Formatted) -> Json:
    fields: Json = {text_name: formatted.text}
    if formatted.entities:
        fields[entities_name] = formatted.entities
    return fields


def _places(text: str, part: str) -> list[int]:
    starts = [at for at in range(len(text)) if text.startswith(part, at)]
    return [utf16_length(text[:at]) for at in starts]


def _shapes(entities: list[Json], start: int = 0, length: int | None = None) -> list[Json]:
    """The entities that a quotation keeps, cut to a part of the text and seen from its start."""
    kept = ("bold", "italic", "underline", "strikethrough", "spoiler", "custom_emoji", "date_time")
    shapes = []
    for entity in entities:
        first = max(entity["offset"], start)
        last = entity["offset"] + entity["length"]
        if length is not None:
            last = min(last, start + length)
        if entity["type"] in kept and first < last:
            shapes.append(entity | {"offset": first - start, "length": last - first})
    return order(shapes)
