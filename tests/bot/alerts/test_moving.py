"""A chat's alerts as a file: there and back, and nothing of a damaged one."""

import json
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.alerts.hours import DigestTime, Quiet
from bot.alerts.moving import MOST_BYTES, Taken, export_chat, import_chat
from bot.alerts.subscriptions import MOST_A_CHAT, Subscriptions
from bot.alerts.values import ChatSettings, Place
from bot.ledger import AnswerRecord, KeptRating, Ledger, QuoteRef, RatedQuote, Rating
from retrieval.errors import SourceError
from retrieval.store import Store
from retrieval.types import Filters

OTHER = Place(-1005, 9)


@pytest.fixture
def ledger(world):
    return Ledger.open(world.store)


@pytest.fixture
def elsewhere(tmp_path):
    """Subscriptions and ledger of another bot."""
    with Store.open(tmp_path / "other.db") as store:
        yield Subscriptions.open(store), Ledger.open(store)


@pytest.fixture
def filled(world, ledger):
    """A chat with all that a file can hold."""
    later = world.now + timedelta(hours=3)
    world.subscribe("flood OR 地震 OR زلزال 🌊", mode="both", budget=3)
    world.subscribe("anything about NATO and the sea", least=0.41, paused=world.now)
    world.subscribe("bridge after:7d", Place(77, 5), mode="digest", muted_until=later)
    world.subscribe("", story="bridge")
    world.subscribe("of another chat", Place(78))
    world.subscriptions.set_chat(
        ChatSettings(
            chat_id=77,
            lang="zh-Hant",
            zone=ZoneInfo("Asia/Taipei"),
            quiet=Quiet(time(22), time(7), is_silent=True),
            digest=DigestTime(time(8, 30), weekday=2),
        )
    )
    world.publish("bridge")
    ref = QuoteRef("bridge", 1, 0, 10, 1, 2.5, (4, 6), ())
    answer = ledger.add_answer(answer_of(77, world.now, (ref,)))
    ledger.rate(answer.id, 5, -1, world.now)
    ledger.rate(ledger.add_answer(answer_of(78, world.now, ())).id, 5, 1, world.now)
    return world


def answer_of(chat_id, at, quotes):
    return AnswerRecord(
        id=0,
        chat_id=chat_id,
        thread_id=None,
        user_id=5,
        question_message_id=3,
        message_id=4,
        asked_at=at,
        text="When did the bridge reopen?",
        question="When did the bridge reopen?",
        filters=Filters(sources=("courier",), after=datetime(2026, 1, 1, tzinfo=UTC)),
        widened=None,
        completion=None,
        answered=bool(quotes),
        reason=None if quotes else "no_match",
        confidence=0.5,
        lang="en",
        quotes=quotes,
    )


def exported(world, ledger):
    return export_chat(world.subscriptions, ledger, 77, world.now).encode()


def test_all_of_a_chat_comes_back_elsewhere(filled, ledger, elsewhere):
    body = exported(filled, ledger)
    subscriptions, other_ledger = elsewhere

    taken = import_chat(subscriptions, other_ledger, body, OTHER, name="a.json", user_id=12)

    assert taken == Taken(4, 4, 1, 1)
    told = ("query", "mode", "budget", "least", "created", "story", "paused", "muted_until")
    assert [[getattr(one, name) for name in told] for one in subscriptions.all()] == [
        [getattr(one, name) for name in told] for one in filled.subscriptions.of_chat(77)
    ]
    assert {(one.place, one.user_id) for one in subscriptions.all()} == {(OTHER, 12)}
    before, after = filled.subscriptions.chat(77), subscriptions.chat(-1005)
    assert (after.lang, after.zone, after.quiet, after.digest) == (
        *(before.lang, before.zone, before.quiet, before.digest),
    )
    filters = Filters(sources=("courier",), after=datetime(2026, 1, 1, tzinfo=UTC))
    quote = RatedQuote(
        QuoteRef("bridge", 1, 0, 10, 1, 2.5, (4, 6), ()), "The harbour bridge reopened"[:10]
    )
    assert list(other_ledger.iter_ratings()) == [
        Rating(12, -1, "When did the bridge reopen?", filters, True, (quote,))
    ]


def test_twice_is_once(filled, ledger, elsewhere):
    body = exported(filled, ledger)
    import_chat(*elsewhere, body, OTHER, name="a.json")

    assert import_chat(*elsewhere, body, OTHER, name="a.json") == Taken(4, 0, 1, 0)
    assert len(elsewhere[0].all()) == 4


def test_no_number_of_the_chat_is_in_it(filled, ledger):
    kept = json.loads(exported(filled, ledger))

    assert set(kept) == {"clipdesk_alerts", "exported", "subscriptions", "settings", "ratings"}
    assert not {"id", "chat_id", "user_id", "thread_id"} & {
        key for part in (*kept["subscriptions"], *kept["ratings"], kept["settings"]) for key in part
    }


def test_chat_without_anything(world, ledger, elsewhere):
    body = export_chat(world.subscriptions, ledger, 404, world.now).encode()

    assert import_chat(*elsewhere, body, OTHER, name="a.json") == Taken(0, 0, 0, 0)


def test_byte_order_mark_does_no_harm(filled, ledger, elsewhere):
    body = b"\xef\xbb\xbf" + exported(filled, ledger)

    assert import_chat(*elsewhere, body, OTHER, name="a.json").subscriptions == 4


def changed(path, value):
    """A change to a good file: *value* put in at *path*."""

    def change(kept):
        *parents, last = path
        for key in parents:
            kept = kept[key]
        kept[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (changed(["clipdesk_alerts"], 2), "version 2, which this program does not know"),
        (changed(["clipdesk_alerts"], None), "no file that clipdesk alerts export wrote"),
        (changed(["subscriptions", 3, "budget"], -1), r"damaged \(subscriptions.3.budget"),
        (changed(["subscriptions", 3, "mode"], "loud"), r"damaged \(subscriptions.3.mode"),
        (changed(["subscriptions", 3, "least"], 1e9), r"damaged \(subscriptions.3.least"),
        (changed(["subscriptions", 2, "query"], "(flood"), "the query '\\(flood'"),
        (changed(["subscriptions", 2, "created"], "2026-01-01T00:00:00"), "created"),
        (changed(["subscriptions"], {}), "subscriptions"),
        (changed(["settings", "zone"], "Middle/Earth"), "settings"),
        (changed(["settings", "zone"], "../../etc/passwd"), "settings"),
        (changed(["settings", "zone"], ""), "settings"),
        (changed(["settings", "lang"], "tlh"), "settings: no language of ours: 'tlh'"),
        (changed(["settings", "quiet"], {"start": "07:00", "stop": "07:00"}), "settings"),
        (changed(["settings", "digest", "weekday"], 7), "settings.digest.weekday"),
        (changed(["ratings", 0, "label"], 3), "ratings.0.label"),
        (changed(["ratings", 0, "quotes", 0, "start"], -4), "ratings.0.quotes.0.start"),
        (changed(["ratings", 0, "quotes", 0, "score"], float("nan")), "score"),
        (changed(["ratings", 0, "quotes", 0, "start"], 99), "reversed"),
        (changed(["ratings", 0, "quotes", 0, "answer"], [6, 4]), "reversed"),
        (changed(["settings", "chat_id"], 4), "settings.chat_id"),
        (lambda kept: kept.pop("ratings"), r"damaged \(ratings"),
    ],
)
def test_wrong_in_one_place_changes_nothing(filled, ledger, elsewhere, change, said):
    kept = json.loads(exported(filled, ledger))
    change(kept)

    with pytest.raises(SourceError, match=said) as raised:
        import_chat(*elsewhere, json.dumps(kept).encode(), OTHER, name="a.json")

    assert raised.value.location == "a.json"
    assert elsewhere[0].all() == []
    assert elsewhere[0].chats() == {}
    assert list(elsewhere[1].iter_ratings()) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"7",
        b'{"clipdesk_alerts": 1',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b" " * (MOST_BYTES + 1),
        "🌊".encode(),
    ],
)
def test_what_is_no_such_file(elsewhere, body):
    with pytest.raises(SourceError, match=r"a\.json"):
        import_chat(*elsewhere, body, OTHER, name="a.json")


def test_every_cut_of_a_file_is_refused(filled, ledger, elsewhere):
    body = exported(filled, ledger).rstrip()
    for stop in range(0, len(body), 97):
        with pytest.raises(SourceError):
            import_chat(*elsewhere, body[:stop], OTHER, name="a.json")

    assert elsewhere[0].all() == []


def test_too_many_together_change_nothing(filled, ledger, elsewhere):
    body = exported(filled, ledger)
    subscriptions, _ = elsewhere
    import_chat(*elsewhere, body, Place(-1005, 1), name="a.json")
    first = subscriptions.all()[0]
    for n in range(MOST_A_CHAT - 5):
        subscriptions.add(first.__class__(**fields(first) | {"query": f"word{n}"}))

    with pytest.raises(SourceError, match=f"more than {MOST_A_CHAT}"):
        import_chat(*elsewhere, body, OTHER, name="a.json")

    assert len(subscriptions.all()) == MOST_A_CHAT - 1


def fields(one):
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


def test_same_rating_is_kept_once(ledger, world):
    kept = KeptRating(world.now, Rating(0, 1, "Why?", Filters(), True, ()))

    assert ledger.keep_rating(kept)
    assert not ledger.keep_rating(kept)
    assert len(list(ledger.iter_ratings())) == 1
