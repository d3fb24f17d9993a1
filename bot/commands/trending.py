"""``clipdesk trend``: a picture of how many articles a day match a query."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from bot.alerts.hours import read_zone
from bot.alerts.trend import trend
from bot.errors import UsageProblem
from bot.messages import Messages
from bot.render.chart import caption, chart
from bot.services import open_desk
from bot.settings import Settings
from retrieval.query import parse_standing


def run_trend(settings: Settings, query: str, file: Path, *, zone: str | None, force: bool) -> int:
    """
    Write the picture, and print what it shows.

    Returns:
        0; 1 if nothing matches, so that there is no picture.

    Raises:
        UsageProblem: If the file is there already and ``--force`` is not given, or cannot be
            written; or if *zone* is none.
        QueryError: If the query does not parse.
    """
    where = ZoneInfo("UTC") if zone is None else read_zone(zone)
    if where is None:
        raise UsageProblem(f"{zone!r} is no time zone; write one such as Europe/Riga or UTC+8")
    if file.exists() and not force:
        raise UsageProblem(f"{str(file)!r} exists; --force overwrites it")
    now = datetime.now(UTC)
    asked = parse_standing(query, now)
    messages = Messages()
    with open_desk(settings) as desk:
        found = trend(desk.store, asked, now, zone=where, rarity=desk.index.idf)
    picture = chart(found, query, messages)
    if picture is None:
        click.echo(caption(found, query, (), messages))
        return 1
    try:
        file.write_bytes(picture.png)
    except OSError as e:
        raise UsageProblem(f"{str(file)!r} cannot be written ({e.strerror})") from e
    click.echo(caption(found, query, picture.numbered, messages))
    return 0
