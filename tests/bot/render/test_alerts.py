"""What a chat reads of its alerts, as text."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from alert_paper import (
    BRIDGE,
    CHAT,
    NOON,
    NOTE,
    SUBSCRIPTION,
    of_outlet,
    report,
    view,
    why,
)
from chat_paper import shown

from bot.alerts.hours import DigestTime, Quiet
from bot.alerts.values import ChatSettings
from bot.alerts.views import (
    DigestView,
    Missed,
    OverBudget,
    StoryView,
    SubscriptionView,
)
from bot.messages import Messages, languages
from bot.render.alerts import PAGE_NOTES_MAX, AlertRenderer
from bot.render.markup import utf16_length

EN = AlertRenderer(Messages("en"))
QUOTED = "The harbour bridge reopened after eleven months of repairs."


def test_an_alert_is_a_quote_with_the_words_that_matched_in_bold() -> None:
    seen = shown(EN.alert(view(report(BRIDGE, "bridge", "repairs", title_words=("repairs",)))))

    assert seen.text == (
        f"Harbour bridge: repairs done\n{QUOTED}\nCourier · 9 Mar 2026 · ¶1\n\nFor: bridge repairs"
    )
    assert seen.quotations == [QUOTED]
    assert seen.of("bold") == ["Harbour bridge: repairs done", "bridge", "repairs"]
    assert seen.of("underline") == ["repairs"]
    assert seen.links[0].startswith("https://courier.example/bridge#:~:text=")


def test_words_beside_each_other_are_one_stretch() -> None:
    article = replace(BRIDGE, text="A joint  patrol, and action by the two navies of the gulf.")
    seen = shown(EN.alert(view(report(article, "joint", "patrol", "action"))))

    assert seen.of("bold")[1:] == ["joint  patrol", "action"]


def test_further_outlets_are_named_with_what_became_of_them() -> None:
    names = "ABCDEFGHIJ"
    others = [of_outlet(name) for name in names]
    others[1] = of_outlet("B", "corrected")
    others[2] = of_outlet("C", "withdrawn")
    seen = shown(EN.alert(view(None, *others)))

    assert "\nalso: A, B (corrected since), C (withdrawn), D, E, F, G, H and 2 more\n" in seen.text
    hosts = [link.split("/")[2] for link in seen.links]
    assert hosts == ["courier.example", *(f"{name}.example" for name in "abdefgh")]


def test_an_alert_says_what_became_of_its_article() -> None:
    corrected = shown(EN.alert(view(report(BRIDGE, standing="corrected"))))
    withdrawn = shown(EN.alert(view(report(BRIDGE, "bridge", standing="withdrawn"))))

    assert "\nCorrected since; quoted as it stands now.\n" in corrected.text
    assert withdrawn.text.startswith("Withdrawn by its source:\nHarbour bridge")
    assert withdrawn.of("strikethrough") == [QUOTED] == withdrawn.quotations
    assert withdrawn.of("bold") == ["Harbour bridge: repairs done"]


def test_an_alert_says_for_whom_it_is_and_that_it_may_be_a_repeat() -> None:
    reasons = [why(f"query{n}") for n in range(6)] + [why("bridge", story="bridge")]
    seen = shown(EN.alert(view(None, reasons=reasons, may_be_repeat=True)))

    assert seen.text.endswith(
        "\n\nYou follow this story.\nFor: query0 · query1 · query2 · query3 and 2 more\n"
        "May be a repeat: it is not known whether this had arrived."
    )


def test_an_article_without_title_or_page_is_called_by_its_words() -> None:
    article = replace(BRIDGE, title=None, url=None, source=None, published=None)
    to_me = AlertRenderer(Messages("en"), lambda quote: f"https://t.me/b?start={quote.article.id}")
    seen = shown(to_me.alert(view(report(article, "bridge"))))

    assert seen.text.startswith('untitled: "The harbour bridge')
    assert seen.links == ["https://t.me/b?start=bridge"]


def test_a_long_quote_is_cut_around_a_word_that_matched() -> None:
    article = replace(BRIDGE, text="word " * 2000 + "the bridge " + "word " * 2000 + ".")
    seen = shown(EN.alert(view(report(article, "bridge"))))
    (quotation,) = seen.quotations

    assert "the bridge word" in quotation
    assert quotation.startswith("… word")
    assert quotation.endswith(" …")
    assert "bridge" in seen.of("bold")


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            why(words=("bridge", "Repairs"), titles=("repairs",)),
            "bridge repairs\nMatched words: bridge, Repairs\nIn the title: repairs",
        ),
        (
            why("anything about the bridge", ("bridge",), 0.524),
            (
                "anything about the bridge\nMatched words: bridge\n"
                "It is about the topic with 52 of 100; you are told from 35 on."
            ),
        ),
        (
            why("reopening", (), None, "bridge"),
            "reopening\nIt is a report of a story that you follow.",
        ),
        (
            why("source:courier", ()),
            "source:courier\nIts outlet, date or language is the one asked for.",
        ),
    ],
)
def test_why_tells_the_query_the_words_and_the_score(reason, said) -> None:
    seen = shown(EN.why(view(reasons=(reason,))))

    assert seen.text == f"Why this?\n\n{said}"


def test_why_without_a_subscription() -> None:
    seen = shown(EN.why(view(reasons=())))

    assert seen.text == "Why this?\nThe subscription is not kept any more."


# --- digests ----------------------------------------------------------------------------------


def digest_of(*counts, over=(), **more):
    """A digest with a story for each of *counts*, of so many reports."""
    stories = []
    for n, count in enumerate(counts):
        lead = replace(BRIDGE, id=f"s{n}", title=f"Story {n}")
        reports = [report(replace(lead, source=f"Outlet {i}")) for i in range(count)]
        stories.append(StoryView(reports=tuple(reports)))
    return DigestView(note=NOTE, chat=CHAT, stories=tuple(stories), over=over, **more)


def test_a_digest_lists_stories_the_later_ones_folded() -> None:
    over = (OverBudget(subscription=SUBSCRIPTION, count=12),)
    seen = shown(EN.digest(digest_of(6, 2, 1, 1, 1, 1, 1, over=over, may_be_repeat=True)))

    assert seen.text.startswith(
        "Digest of 9 Mar 2026: 7 stories, 13 reports\n"
        "12 alerts over the day's budget of 20 for bridge repairs\n"
        "May be a repeat: it is not known whether this had arrived.\n\n"
        "Story 0\nOutlet 0, Outlet 1, Outlet 2, Outlet 3 and 2 more · 6 reports\n\n"
        "Story 1\nOutlet 0, Outlet 1 · 2 reports\n\n"
        "Story 2\nOutlet 0\n\n"
    )
    assert seen.of("expandable_blockquote") == ["Story 5\nOutlet 0\n\nStory 6\nOutlet 0"]
    assert len(seen.links) == 7


def test_a_digest_that_is_too_long_goes_on_in_pages() -> None:
    digest = digest_of(*[3] * 250)
    pages = EN.digest_pages(digest)
    seen = [shown(EN.digest(digest, page)) for page in range(pages)]

    assert pages > 1
    assert "… and " in seen[0].text
    assert seen[1].text.startswith("Digest of 9 Mar 2026, page 2\n\nStory ")
    assert not seen[-1].text.endswith("stories")
    told = [line for s in seen for line in s.text.splitlines() if line.startswith("Story ")]
    assert told == [f"Story {n}" for n in range(250)]
    on_first = sum(line.startswith("Story ") for line in seen[0].text.splitlines())
    assert seen[0].text.endswith(f"… and {250 - on_first} more stories")
    assert EN.digest(digest, 99) == EN.digest(digest, pages - 1)
    assert EN.digest(digest, -1) == EN.digest(digest, 0)


def test_a_digest_has_the_day_of_the_chat() -> None:
    late = replace(NOTE, created=datetime(2026, 3, 9, 22, 0, tzinfo=UTC))
    seen = shown(EN.digest(replace(digest_of(1), note=late)))

    assert seen.text.startswith("Digest of 10 Mar 2026: 1 story, 1 report")


@pytest.mark.parametrize("lang", languages())
def test_the_count_of_stories_to_come_fits(lang: str) -> None:
    for n in (1, 2, 5, 1_000_000):
        assert utf16_length(Messages(lang).count("digest.more", n)) + 4 <= PAGE_NOTES_MAX


# --- subscriptions ----------------------------------------------------------------------------


def subscribed(**given):
    more = {key: given.pop(key) for key in ("told", "matched", "last", "title") if key in given}
    return SubscriptionView(
        **{
            "subscription": replace(SUBSCRIPTION, **given),
            "chat": CHAT,
            "told": 3,
            "matched": 5,
            "last": NOON,
        }
        | more
    )


def test_the_list_numbers_subscriptions_and_says_what_rests() -> None:
    views = [
        subscribed(),
        subscribed(query="port", story="s", title="The <port>", mode="both", told=1),
        subscribed(mode="digest", paused=NOON, muted_until=NOON + timedelta(hours=2)),
        subscribed(muted_until=NOON - timedelta(hours=2)),
    ]
    seen = shown(EN.alerts_list(views, CHAT, NOON, first=9))

    assert seen.text == (
        "Alerts\n\n"
        "9 bridge repairs\nat once · 3 messages in 7 days\n\n"
        "10 Story: The <port>\nat once and in the digest · 1 message in 7 days\n\n"
        "11 bridge repairs\n"
        "in the digest · 3 messages in 7 days · paused since 9 Mar 2026 · muted until 22:00\n\n"
        "12 bridge repairs\nat once · 3 messages in 7 days"
    )
    assert shown(EN.alerts_list([], CHAT, NOON)).text.startswith("No alerts here yet.")


def test_a_list_that_does_not_fit_says_how_many_more() -> None:
    seen = shown(EN.alerts_list([subscribed(query="q" * 400)] * 100, CHAT, NOON))

    assert "\n\n… and " in seen.text


def test_a_card_tells_a_fact_a_line() -> None:
    told = subscribed(muted_until=NOON + timedelta(hours=13))
    seen = shown(EN.card(replace(told, is_topic=True), NOON))

    assert seen.text == (
        "bridge repairs\n"
        "Told: at once · muted until 10 Mar 2026, 09:00\n"
        "At most 20 a day; the rest goes into the digest\n"
        "A topic: told from 35 of 100 on\n"
        "In the last 7 days: 3 messages, 5 articles matched\n"
        "Last match: 20:00"
    )


def test_a_card_of_a_digest_has_no_budget_and_a_suspended_chat_its_reason() -> None:
    chat = replace(CHAT, suspended=NOON, suspended_for="Forbidden: <kicked>")
    view = replace(subscribed(mode="digest", last=None, matched=0, told=0), chat=chat)
    seen = shown(EN.card(view, NOON))

    assert seen.text == (
        "bridge repairs\n"
        "Told: in the digest\n"
        "In the last 7 days: 0 messages, 0 articles matched\n\n"
        "Nothing can be sent here: Forbidden: <kicked>"
    )


# --- a back-test ------------------------------------------------------------------------------


# --- what was missed, and when a chat is told -------------------------------------------------

SEVEN = NOON + timedelta(hours=11)


@pytest.mark.parametrize(
    ("reason", "given", "said"),
    [
        ("muted", {}, "muted"),
        ("held", {"until": SEVEN}, "held until 10 Mar 2026, 07:00"),
        ("waiting", {}, "waiting to be sent"),
        ("digest", {"until": NOON + timedelta(hours=1)}, "for the digest of 21:00"),
        (
            "over_budget",
            {"until": SEVEN},
            "over the day's budget; for the digest of 10 Mar 2026, 07:00",
        ),
        ("failed", {"detail": "blocked <by>"}, "failed: blocked <by>"),
        ("failed", {}, "failed: ?"),
        ("suspended", {"detail": "kicked"}, "nothing can be sent here: kicked"),
        ("unsure", {}, "may have arrived, so it was not sent again"),
        ("expired", {}, "could not be sent while it was news"),
        ("withdrawn", {}, "withdrawn by its source before it was sent"),
    ],
)
@pytest.mark.parametrize("lang", languages())
def test_what_was_missed_says_why_in_words(lang, reason, given, said) -> None:
    missed = Missed(article=BRIDGE, subscription=SUBSCRIPTION, reason=reason, matched=NOON, **given)
    html = AlertRenderer(Messages(lang)).missed([missed], CHAT, NOON - timedelta(days=3), NOON)
    seen = shown(html)

    if lang == "en":
        assert seen.text == (
            "Not told since 6 Mar 2026, 20:00\n\n"
            f"Harbour bridge: repairs done\nCourier · 9 Mar 2026\nbridge repairs: {said}"
        )
    alone = AlertRenderer(Messages(lang)).missed(
        [replace(missed, subscription=None)], CHAT, NOON, NOON
    )
    assert "bridge repairs" not in shown(alone).text.splitlines()[-1]


def test_nothing_missed() -> None:
    assert shown(EN.missed([], CHAT, NOON, NOON)).text == "Nothing was missed since 20:00."


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {},
            (
                "Quiet hours: none. Set them: /quiet 22:00-07:00\n"
                "Digest: only where something goes into it, at 08:00."
                " Choose when: /digest daily 08:00"
            ),
        ),
        (
            {"quiet": Quiet(time(22), time(7)), "digest": DigestTime(time(8, 30))},
            "Quiet hours: 22:00 to 07:00; alerts wait until they end\nDigest: every day at 08:30",
        ),
        (
            {"quiet": Quiet(time(22), time(7), is_silent=True), "digest": DigestTime(time(8), 6)},
            "Quiet hours: 22:00 to 07:00; alerts come without a sound\nDigest: on Sundays at 08:00",
        ),
    ],
)
def test_the_settings_of_a_chat(settings, said: str) -> None:
    chat = ChatSettings(chat_id=77, zone=ZoneInfo("Europe/Riga"), **settings)
    seen = shown(EN.settings(chat, NOON))

    assert seen.text == (
        f"Time zone: Europe/Riga, where it is 14:00 now. Change it: /timezone Europe/Riga\n{said}"
    )


@pytest.mark.parametrize("lang", languages())
def test_every_language_has_the_weekdays(lang: str) -> None:
    renderer = AlertRenderer(Messages(lang))
    said = {
        shown(renderer.settings(replace(CHAT, digest=DigestTime(time(8), n)), NOON)).text
        for n in range(7)
    }

    assert len(said) == 7
