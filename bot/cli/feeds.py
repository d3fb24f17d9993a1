"""``clipdesk feeds``: what can be asked for, and in which words."""

# ruff: noqa: PLC0415  # imported on use: each command loads only what it needs

from __future__ import annotations

from typing import Any

import click

from bot.cli.context import settings_of

_JSON = click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")


@click.group()
def feeds() -> None:
    """Poll feeds: RSS, Atom and JSON Feed. "clipdesk serve" polls by itself."""


@feeds.command("add")
@click.argument("location", metavar="URL|FILE")
@click.option(
    "--every", metavar="TIME", help="Poll so often: 15m, 2h, 1d. Without it, as it changes."
)
@click.option(
    "--full-text", is_flag=True, help="Read the linked page where an entry is a summary only."
)
@click.option("--name", help="What to call it, and the outlet of its articles.")
@click.option("--lang", metavar="CODE", help="The language of its articles: en, zh-Hant.")
@click.option(
    "--withdrawals",
    is_flag=True,
    help="Delete an article when its entry vanishes from among newer and older ones.",
)
@click.pass_context
def add(ctx: click.Context, /, location: str, **options: Any) -> None:
    """
    Add a feed and poll it; a page's address finds its feed by itself.

    What it lists at first can be asked for, and is no news: no alert tells of it.
    """
    from bot.commands.feeding import run_add

    ctx.exit(run_add(settings_of(ctx), location, **options))


@feeds.command("list")
@_JSON
@click.pass_context
def list_(ctx: click.Context, *, as_json: bool) -> None:
    """List the feeds, with their addresses."""
    from bot.commands.feeding import run_list

    ctx.exit(run_list(settings_of(ctx), as_json=as_json))


@feeds.command("status")
@_JSON
@click.pass_context
def status(ctx: click.Context, *, as_json: bool) -> None:
    """Tell how each feed is: last success, next poll, articles a day, why it fails."""
    from bot.commands.feeding import run_status

    ctx.exit(run_status(settings_of(ctx), as_json=as_json))


@feeds.command("show")
@click.argument("feed")
@_JSON
@click.pass_context
def show(ctx: click.Context, feed: str, *, as_json: bool) -> None:
    """Show all that is known of FEED: its number, its name or a part of it, or its address."""
    from bot.commands.feeding import run_show

    ctx.exit(run_show(settings_of(ctx), feed, as_json=as_json))


@feeds.command("pause")
@click.argument("feed")
@click.pass_context
def pause(ctx: click.Context, feed: str) -> None:
    """Poll FEED no more, until "resume"."""
    from bot.commands.feeding import run_pause

    ctx.exit(run_pause(settings_of(ctx), feed))


@feeds.command("resume")
@click.argument("feed")
@click.pass_context
def resume(ctx: click.Context, feed: str) -> None:
    """Poll FEED again."""
    from bot.commands.feeding import run_resume

    ctx.exit(run_resume(settings_of(ctx), feed))


@feeds.command("remove")
@click.argument("feed")
@click.pass_context
def remove(ctx: click.Context, feed: str) -> None:
    """Forget FEED; its articles stay."""
    from bot.commands.feeding import run_remove

    ctx.exit(run_remove(settings_of(ctx), feed))


@feeds.command("poll")
@click.argument("feed", required=False)
@click.option("--now", "is_now", is_flag=True, help="All feeds, also those that are not due.")
@_JSON
@click.pass_context
def poll(ctx: click.Context, feed: str | None, *, is_now: bool, as_json: bool) -> None:
    """Poll the feeds that are due, or FEED, and tell what came."""
    from bot.commands.feeding import run_poll

    ctx.exit(run_poll(settings_of(ctx), feed, is_now=is_now, as_json=as_json))


@feeds.command("import")
@click.argument("file", metavar="FILE.opml")
@click.option(
    "--full-text", is_flag=True, help="Read the linked pages where entries are summaries only."
)
@click.pass_context
def import_(ctx: click.Context, file: str, *, full_text: bool) -> None:
    """Add the feeds of an OPML file; "-" is standard input. They are polled when due."""
    from bot.commands.feeding import run_import

    ctx.exit(run_import(settings_of(ctx), file, full_text=full_text))


@feeds.command("export")
@click.argument("file", default="-", metavar="[FILE.opml]")
@click.pass_context
def export(ctx: click.Context, file: str) -> None:
    """Write the feeds as OPML; without FILE, to standard output."""
    from bot.commands.feeding import run_export

    ctx.exit(run_export(settings_of(ctx), file))
