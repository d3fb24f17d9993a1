"""
The command line: what can be asked for, and in which words.

Parsing and help live here; the work is done in ``bot.commands``. Imports inside
the functions keep ``clipdesk ask`` quick: each command loads what it needs.
"""

# ruff: noqa: PLC0415  # imported on use: each command loads only what it needs

from __future__ import annotations

import errno
import gc
import os
import signal
import sys
from pathlib import Path
from typing import Any

import click

from bot.cli.alerts import alerts
from bot.cli.context import settings_of
from bot.cli.feeds import feeds
from bot.errors import UsageProblem
from retrieval.errors import RetrievalError

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

INTERRUPTED = 130  # what a shell calls the exit code of a program that Ctrl-C ended

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


class _Program(click.Group):
    """Tells a user's problem in one line, and leaves bugs their traceback."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        # For as long as the program runs: modules, articles and messages make many objects and
        # hardly a cycle. By the default of 700, a tenth of a start is looking for some.
        gc.set_threshold(50_000, 20)
        _open_closed_streams()
        try:
            return super().main(*args, **kwargs)
        except OSError as e:
            if e.errno not in _NO_ROOM:  # a closed pipe is click's to end
                raise
            from bot.render.screen import hush_closed_pipe

            hush_closed_pipe()
            click.echo(f"Error: output cannot be written ({e.strerror})", err=True)
            sys.exit(1)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (UsageProblem, RetrievalError) as e:
            raise click.ClickException(str(e)) from e
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            ctx.exit(INTERRUPTED)


def _open_closed_streams() -> None:
    """Started with ``<&-`` or ``>&-``, Python has None there; an empty stream does no harm."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115  # until the end
            setattr(sys, name, stream)


@click.group(cls=_Program, context_settings=_CONTEXT)
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the store and the index live (CLIPDESK_DATA_DIR).",
)
@click.version_option(package_name="clipdesk")
@click.pass_context
def main(ctx: click.Context, data_dir: Path | None) -> None:
    """Ask a corpus of news articles; get verbatim quotes and their sources."""
    ctx.obj = {} if data_dir is None else {"data_dir": data_dir}


def _filter_options(command: Any) -> Any:
    for option in (
        click.option(
            "--lang", multiple=True, metavar="CODE", help="Only in this language: en, zh, zh-Hant."
        ),
        click.option("--before", metavar="DATE", help="Only those published before it."),
        click.option(
            "--after",
            metavar="DATE",
            help="Only from then on: 2022, 2022-02, 2022-02-24, today, 7d (a week ago).",
        ),
        click.option(
            "--source",
            multiple=True,
            metavar="NAME",
            help="Only from this outlet; a part of its name will do.",
        ),
    ):
        command = option(command)
    return command


@main.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--demo", is_flag=True, help="Take in the bundled demo corpus.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option("--watch", is_flag=True, help="Then keep a folder in step, until Ctrl-C.")
@click.option(
    "--delete", is_flag=True, help="With --watch: delete the articles of files that are deleted."
)
@click.option(
    "--no-alerts", is_flag=True, help="It can be asked for, and is no news: no alert tells of it."
)
@click.pass_context
def ingest(
    ctx: click.Context,
    paths: tuple[str, ...],
    *,
    demo: bool,
    as_json: bool,
    watch: bool,
    delete: bool,
    no_alerts: bool,
) -> None:
    """
    Take in articles from files, folders and web addresses; "-" is standard input.

    Text, Markdown, HTML, RSS and Atom files, JSONL, JSON, CSV, web archives (WARC) and
    mail (.eml, .mbox), also as .gz or .zst; and .zip archives of these.
    Safe to repeat: what is there already stays as it is.
    """
    if watch or delete:
        from bot.commands.watching import run_watch

        if not watch or demo:
            raise UsageProblem("--delete goes with --watch, and --watch with one folder")
        ctx.exit(
            run_watch(
                settings_of(ctx), paths, is_deleting=delete, as_json=as_json, no_alerts=no_alerts
            )
        )

    from bot.commands.ingesting import run_ingest

    ctx.exit(run_ingest(settings_of(ctx), paths, demo=demo, as_json=as_json, no_alerts=no_alerts))


@main.command()
@click.argument("question", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print each answer as one line of JSON.")
@click.option(
    "--batch",
    metavar="FILE",
    help='Answer each {"id": …, "question": …} line of FILE ("-" is standard input) in JSON.',
)
@click.option(
    "-k",
    "--k",
    default=10,
    show_default=True,
    type=click.IntRange(1, 1000),
    help="Passages to rank.",
)
@click.option(
    "--quotes", type=click.IntRange(1, 10), help="The most quotes to give (CLIPDESK_QUOTES)."
)
@click.option("--explain", is_flag=True, help="Show each feature's share in a quote's score.")
@_filter_options
@click.pass_context
def ask(ctx: click.Context, /, question: tuple[str, ...], **options: Any) -> None:
    """
    Answer a question with quotes and their sources.

    The filters can also stand in the question: source:NAME after:DATE before:DATE
    lang:CODE. That the corpus holds no answer is told, and is no failure.

    \b
    Examples:
      clipdesk ask "When did the bridge reopen?"
      clipdesk ask "Who won? after:2024-05 source:courier"
      clipdesk ask --batch questions.jsonl > answers.jsonl
    """  # noqa: D301  # "\\b" is click's mark for lines that stay as they are
    from bot.commands.asking import Wanted, run_ask

    ctx.exit(run_ask(settings_of(ctx), " ".join(question), Wanted(**options)))


@main.command()
@click.option("--demo", is_flag=True, help="Use the bundled demo corpus, apart from your own.")
@click.pass_context
def repl(ctx: click.Context, *, demo: bool) -> None:
    """Ask in a conversation; /help lists what can be typed."""
    from bot.commands.chatting import run_repl

    ctx.exit(run_repl(settings_of(ctx), demo=demo))


@main.command()
@click.pass_context
def serve(ctx: click.Context) -> None:
    """
    Answer in Telegram until SIGTERM or Ctrl-C; the token is CLIPDESK_TELEGRAM_TOKEN.

    \b
    Exit codes: 0 stopped as asked, 1 cannot go on (a refused token, a damaged store), 2 wrong use.
    """  # noqa: D301  # "\\b" is click's mark for lines that stay as they are
    # Until the service listens for it; loading takes a second, and a stop is no failure
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    settings = settings_of(ctx)  # a wrong one is told before the loading
    from bot.commands.serving import run_serve

    ctx.exit(run_serve(settings))


@main.group()
def index() -> None:
    """Look after the index."""


@index.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_context
def index_status(ctx: click.Context, *, as_json: bool) -> None:
    """Tell what is indexed, and by which engine."""
    from bot.commands.upkeep import run_status

    ctx.exit(run_status(settings_of(ctx), as_json=as_json))


@index.command("rebuild")
@click.pass_context
def index_rebuild(ctx: click.Context) -> None:
    """Make the index anew from the store."""
    from bot.commands.upkeep import run_rebuild

    ctx.exit(run_rebuild(settings_of(ctx)))


@index.command("migrate")
@click.option(
    "--to",
    "engine",
    required=True,
    type=click.Choice(["memory", "disk", "remote"]),
    help="The engine to move to.",
)
@click.pass_context
def index_migrate(ctx: click.Context, engine: str) -> None:
    """
    Make another engine's index from the store, for CLIPDESK_ENGINE to name then.

    Bots go on with theirs meanwhile; what they take in until they are restarted is caught up.
    """
    from bot.commands.upkeep import run_migrate

    ctx.exit(run_migrate(settings_of(ctx), engine))


@main.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--restore", is_flag=True, help="Take the deletion back.")
@click.pass_context
def delete(ctx: click.Context, ids: tuple[str, ...], *, restore: bool) -> None:
    """
    Delete articles by their ids (ask --json tells them).

    They stay deleted when their source is taken in again, until --restore.
    """
    from bot.commands.upkeep import run_delete

    ctx.exit(run_delete(settings_of(ctx), ids, restore=restore))


@main.command()
@click.option("--dry-run", is_flag=True, help="Tell what would go, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.pass_context
def expire(ctx: click.Context, *, dry_run: bool, as_json: bool) -> None:
    """
    Let go of what is more than CLIPDESK_RETENTION_DAYS and CLIPDESK_RETENTION_PER_SOURCE say.

    "clipdesk serve" does it daily. What an answer that is still kept quotes keeps its text.
    """
    from bot.commands.expiring import run_expire

    ctx.exit(run_expire(settings_of(ctx), dry_run=dry_run, as_json=as_json))


@main.command()
@click.argument("file", default="-", metavar="[FILE]")
@click.option("--force", is_flag=True, help="Overwrite the file.")
@_filter_options
@click.pass_context
def export(ctx: click.Context, /, file: str, **options: Any) -> None:
    """
    Write the articles as JSONL to FILE, packed if it ends in .gz or .zst.

    Without FILE, or with "-", to standard output. "clipdesk ingest FILE" takes them back as
    they were.
    """
    from bot.commands.exporting import Wanted, run_export

    ctx.exit(run_export(settings_of(ctx), file, Wanted(**options)))


@main.command()
@click.argument("query")
@click.argument("file", metavar="FILE.png", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--zone", help="Whose days to count: Europe/Riga, UTC+8. Without it, UTC.")
@click.option("--force", is_flag=True, help="Overwrite the file.")
@click.pass_context
def trend(ctx: click.Context, query: str, file: Path, *, zone: str | None, force: bool) -> None:
    """
    Draw how many articles a day match QUERY, over 30 days, by outlet.

    \b
    Examples:
      clipdesk trend NATO nato.png
      clipdesk trend '"joint patrol" OR tanker*' patrol.png --zone Europe/Riga
    """  # noqa: D301  # "\\b" is click's mark for lines that stay as they are
    from bot.commands.trending import run_trend

    ctx.exit(run_trend(settings_of(ctx), query, file, zone=zone, force=force))


@main.command()
@click.argument("path")
@click.option("--explain", is_flag=True, help="Show the signs for and against each cut.")
@click.option("--json", "as_json", is_flag=True, help="Print each piece as one line of JSON.")
def split(path: str, *, explain: bool, as_json: bool) -> None:
    """
    Show how a text dump is cut into articles, and why.

    Stores nothing; "-" is standard input.
    """
    from bot.commands.splitting import run_split

    sys.exit(run_split(path, explain=explain, as_json=as_json))


@main.command()
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Check settings, store, index and packages; say what to fix."""
    from bot.commands.doctor import run_doctor

    ctx.exit(run_doctor(ctx.obj))


@main.group()
def feedback() -> None:
    """What people said of the answers."""


@feedback.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite an earlier export.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.pass_context
def feedback_export(ctx: click.Context, folder: Path, *, force: bool, as_json: bool) -> None:
    """
    Write the feedback to FOLDER as a question set for "clipdesk eval".

    Questions whose answer nobody called right are kept for a person to complete.
    Nothing in it says who asked or rated.
    """
    from bot.commands.feedback import run_export

    ctx.exit(run_export(settings_of(ctx), folder, force=force, as_json=as_json))


@main.command("eval")
@click.argument("sets", nargs=-1, metavar="[SET]...")
@click.option("--limit", type=click.IntRange(1), help="At most this many questions of each set.")
@click.option("--peer", is_flag=True, help="Beside it: rank-bm25 and the sentence of most overlap.")
@click.option("--floor", multiple=True, metavar="FIGURE=N", help="Fail if a figure is below N.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print each set's figures as one line of JSON."
)
@click.pass_context
def evaluate(ctx: click.Context, /, sets: tuple[str, ...], **options: Any) -> None:
    """
    Score answers to question sets.

    A SET is a folder with articles.jsonl[.gz] and questions.jsonl[.gz]; without one,
    the demo corpus and its questions.
    """
    from bot.commands.evaluating import Wanted, run_eval

    ctx.exit(run_eval(settings_of(ctx), sets, Wanted(**options)))


main.add_command(alerts)
main.add_command(feeds)
