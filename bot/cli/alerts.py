"""``clipdesk alerts``: what can be asked for, and in which words."""

# ruff: noqa: PLC0415  # imported on use: each command loads only what it needs

from __future__ import annotations

from typing import Any

import click

from bot.cli.context import settings_of

_JSON = click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
_CHAT = click.option("--chat", type=int, metavar="ID", help="Of this chat of Telegram.")


@click.group()
def alerts() -> None:
    """
    Be told of new articles that match a query; without --chat, in this terminal.

    \b
    A QUERY is words that must all be there, "a phrase", flood OR storm, -word, ( ), prefix*,
    title:WORD, source:NAME, lang:CODE, after:DATE, before:DATE; or a topic in plain words:
    "anything about NATO and the Baltic states". Put it between single quotation marks.
    """  # noqa: D301  # "\\b" is click's mark for lines that stay as they are


_WITH_MINUS = {"ignore_unknown_options": True}  # flood -football


@alerts.command("add", context_settings=_WITH_MINUS)
@click.argument("query", nargs=-1, required=True)
@click.option("--digest", is_flag=True, help="Tell it once a day, together.")
@click.option("--both", is_flag=True, help="Tell it at once, and in the digest.")
@click.option(
    "--budget", type=click.IntRange(0, 1000), metavar="N", help="At most N a day; 20 unless given."
)
@_CHAT
@click.option("--topic", type=int, metavar="ID", help="In this topic of the chat.")
@_JSON
@click.pass_context
def add(ctx: click.Context, /, query: tuple[str, ...], **options: Any) -> None:
    """Subscribe to QUERY, and tell what it would have brought."""
    from bot.commands.alerting import Wanted, run_add

    ctx.exit(run_add(settings_of(ctx), _joined(query), Wanted(**options)))


@alerts.command("list")
@_CHAT
@_JSON
@click.pass_context
def list_(ctx: click.Context, /, **options: Any) -> None:
    """List the subscriptions of all chats, or of one."""
    from bot.commands.alerting import run_list

    ctx.exit(run_list(settings_of(ctx), **options))


@alerts.command("test", context_settings=_WITH_MINUS)
@click.argument("query", nargs=-1, required=True)
@click.option("--article", metavar="ID", help="Whether this article matches, and why.")
@click.option(
    "--days", type=click.IntRange(1, 365), default=7, show_default=True, help="Look back so far."
)
@_JSON
@click.pass_context
def test(ctx: click.Context, /, query: tuple[str, ...], **options: Any) -> None:
    """Tell what QUERY would have brought; nothing is subscribed."""
    from bot.commands.alert_testing import run_test

    ctx.exit(run_test(settings_of(ctx), _joined(query), **options))


@alerts.command("run")
@click.option("--once", is_flag=True, help="Tell what is there by now, and end.")
@click.pass_context
def run(ctx: click.Context, *, once: bool) -> None:
    """Follow what is taken in, and tell this terminal's alerts as they come; Ctrl-C ends it."""
    from bot.commands.alert_running import run_run

    ctx.exit(run_run(settings_of(ctx), once=once))


@alerts.command("log")
@_CHAT
@click.option(
    "--days", type=click.IntRange(1, 365), default=7, show_default=True, help="Look back so far."
)
@_JSON
@click.pass_context
def log(ctx: click.Context, /, **options: Any) -> None:
    """Tell what became of each message: its state, why, and when."""
    from bot.commands.alerting import run_log

    ctx.exit(run_log(settings_of(ctx), **options))


@alerts.command("pause")
@click.argument("number", type=int)
@click.pass_context
def pause(ctx: click.Context, number: int) -> None:
    """Match subscription NUMBER with nothing, until "resume"."""
    from bot.commands.alerting import run_pause

    ctx.exit(run_pause(settings_of(ctx), number))


@alerts.command("resume")
@click.argument("number", type=int)
@click.pass_context
def resume(ctx: click.Context, number: int) -> None:
    """End a pause, or a mute."""
    from bot.commands.alerting import run_resume

    ctx.exit(run_resume(settings_of(ctx), number))


@alerts.command("mute")
@click.argument("number", type=int)
@click.option("--for", "span", default="1d", show_default=True, metavar="TIME", help="2h, 7d.")
@click.pass_context
def mute(ctx: click.Context, number: int, span: str) -> None:
    """Tell nothing of subscription NUMBER for a while; what matches is noted."""
    from bot.commands.alerting import run_mute

    ctx.exit(run_mute(settings_of(ctx), number, span))


@alerts.command("remove")
@click.argument("number", type=int)
@click.pass_context
def remove(ctx: click.Context, number: int) -> None:
    """Cancel subscription NUMBER."""
    from bot.commands.alerting import run_remove

    ctx.exit(run_remove(settings_of(ctx), number))


@alerts.command("export")
@click.argument("file", default="-", metavar="[FILE]")
@click.option("--chat", type=int, default=0, metavar="ID", help="Of this chat of Telegram.")
@click.option("--force", is_flag=True, help="Overwrite the file.")
@click.pass_context
def export(ctx: click.Context, /, file: str, **options: Any) -> None:
    """
    Write a chat's subscriptions, settings and ratings to FILE, or to standard output.

    "clipdesk alerts import" takes them back, in another bot too.
    """
    from bot.commands.alert_moving import run_export

    ctx.exit(run_export(settings_of(ctx), file, **options))


@alerts.command("import")
@click.argument("file")
@click.option("--chat", type=int, default=0, metavar="ID", help="Into this chat of Telegram.")
@click.option("--topic", type=int, default=0, metavar="ID", help="Into this topic of the chat.")
@click.pass_context
def import_(ctx: click.Context, /, file: str, **options: Any) -> None:
    """Take in what "export" wrote, all or nothing; "-" is standard input."""
    from bot.commands.alert_moving import run_import

    ctx.exit(run_import(settings_of(ctx), file, **options))


def _joined(query: tuple[str, ...]) -> str:
    """What stands between the options, as one query."""
    return " ".join(query)
