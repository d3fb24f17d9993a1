"""Articles a day that match, by outlet and on the chat's calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.alerts.trend import trend
from retrieval.query import parse_standing

UTC_ZONE = ZoneInfo("UTC")
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def counted(world, query, zone=UTC_ZONE, days=3, **given):
    return trend(
        world.store,
        parse_standing(query, NOW),
        NOW,
        zone=zone,
        rarity=lambda term: float(len(term)),
        days=days,
        **given,
    )


def rows(found):
    return [(outlet.outlet, outlet.counts) for outlet in found.outlets]


def test_matching_articles_are_counted_a_day_and_an_outlet(world):
    for n, (day, outlet) in enumerate(
        [(8, "Courier"), (9, "courier "), (9, "Ledger"), (10, None), (10, "Courier"), (7, "Old")]
    ):
        when = datetime(2026, 3, day, 9, tzinfo=UTC)
        world.publish(f"b{n}", f"The bridge, report {n}.", source=outlet, published=when)
    world.publish("flood", published=NOW)
    found = counted(world, "bridge")

    assert (found.first, found.last, found.days) == (date(2026, 3, 8), date(2026, 3, 10), 3)
    assert found.day(1) == date(2026, 3, 9)
    assert [(str(name).casefold(), counts) for name, counts in rows(found)] == [
        ("courier", (1, 1, 1)),
        ("ledger", (0, 1, 0)),
        ("none", (0, 0, 1)),
    ]
    assert found.total == 5
    assert found.rest == ()


def test_the_seventh_outlet_is_of_the_rest(world):
    for outlet in range(8):
        for n in range(9 - outlet):
            world.publish(
                f"{outlet}-{n}", f"The bridge {outlet} {n}.", source=f"O{outlet}", published=NOW
            )
    found = counted(world, "bridge")

    assert [outlet.outlet for outlet in found.outlets] == [f"O{n}" for n in range(6)]
    assert found.rest == (0, 0, 5)
    assert found.total == sum(range(2, 10))


@pytest.mark.parametrize(
    ("zone", "published", "at"),
    [
        ("UTC", datetime(2026, 3, 9, 23, 30, tzinfo=UTC), 1),
        ("Asia/Taipei", datetime(2026, 3, 9, 23, 30, tzinfo=UTC), 2),
        ("America/Lima", datetime(2026, 3, 10, 3, 30, tzinfo=UTC), 1),
        ("America/Lima", datetime(2026, 3, 10, tzinfo=UTC), 2),  # a date without a time
        ("Asia/Taipei", datetime(2026, 3, 7, 17, tzinfo=UTC), 0),
    ],
)
def test_a_day_is_the_chats(world, zone, published, at):
    world.publish("bridge", published=published)
    (outlet,) = counted(world, "bridge", ZoneInfo(zone)).outlets

    assert outlet.counts.index(1) == at


def test_what_lies_outside_or_has_no_date_or_was_deleted_is_not_counted(world):
    world.publish("a", "The bridge a.", published=NOW - timedelta(days=3))
    world.publish("b", "The bridge b.", published=NOW + timedelta(days=1))
    world.publish("c", "The bridge c.", published=None)
    world.publish("d", "The bridge d.", published=NOW)
    world.store.delete("d")

    assert counted(world, "bridge").outlets == ()
    assert counted(world, "bridge").total == 0


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("bridge source:ledger", 1),
        ("bridge OR source:ledger", 2),
        ("source:courier", 1),
        ("anything about the harbour bridge source:courier", 1),
        ("anything about the harbour bridge", 2),
        ("bridge -source:ledger", 1),
        ("港口", 0),
    ],
)
def test_filters_of_the_query_hold(world, query, ids):
    text = "The harbour bridge reopened on Friday, after repairs to its deck."
    world.publish("a", text, source="Courier", published=NOW)
    world.publish("b", text, source="Ledger", published=NOW)

    assert counted(world, query).total == ids


def test_more_articles_than_are_read_at_a_time(world):
    for n in range(230):
        world.publish(f"b{n}", f"The bridge {n}.", published=NOW)

    assert counted(world, "bridge").total == 230
