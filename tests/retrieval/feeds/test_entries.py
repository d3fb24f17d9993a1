"""What an entry is to what its feed has listed before."""

from datetime import UTC, datetime, timedelta

import pytest

from retrieval.feeds.entries import decide, marks_of
from retrieval.feeds.values import KnownEntry
from retrieval.sources.feeds import Entry

DAY = datetime(2024, 4, 3, 8, 0, tzinfo=UTC)
SITE = "https://post.example"
STORY = "The harbour bridge reopened on Friday after eleven months of repairs to its deck."
OTHER = "Growers in the valley expect the smallest apple harvest since records began there."


def entry(guid="g1", url=f"{SITE}/1", title="Bridge reopens", text=STORY, published=DAY):
    return Entry(
        guid=guid,
        url=url,
        title=title,
        text=text,
        is_summary=False,
        published=published,
        published_origin="feed",
        updated=None,
        author=None,
        source=None,
        lang=None,
        place="feed entry 1",
    )


class Feed:
    """A feed that remembers what it listed, as the store does."""

    def __init__(self, likeness=1.0):
        self.known = []
        self.texts = {}
        self.likeness = likeness

    def poll(self, *entries):
        """(outcome, article id) of each entry."""
        marks = marks_of(entries)
        decisions = decide(
            entries, marks, self.known, host="post.example", likeness=lambda *_: self.likeness
        )
        for decision in decisions:
            key = len(self.known) if decision.known is None else decision.known.key
            old = None if decision.known is None else decision.known.marks
            kept = KnownEntry(
                key=key,
                marks=decision.marks
                if old is None
                else type(old)(
                    guid=decision.marks.guid or old.guid,
                    link=decision.marks.link or old.link,
                    content=decision.marks.content,
                ),
                article_id=decision.article_id,
                is_ours=True,
                published=decision.entry.published
                if decision.known is None
                else decision.known.published,
            )
            if decision.known is None:
                self.known.append(kept)
            else:
                self.known[key] = kept
        return [(decision.outcome, decision.article_id) for decision in decisions]


def outcomes(decisions):
    return [outcome for outcome, _ in decisions]


def test_first_poll_is_new_and_second_the_same():
    feed = Feed()
    entries = [entry("g1", f"{SITE}/1"), entry("g2", f"{SITE}/2", "Apples", OTHER)]

    assert outcomes(feed.poll(*entries)) == ["new", "new"]
    assert outcomes(feed.poll(*entries)) == ["same", "same"]
    assert outcomes(feed.poll(*reversed(entries))) == ["same", "same"]


@pytest.mark.parametrize(
    "now",
    [
        entry(text=f"{STORY} Corrected."),
        entry(title="Bridge open again"),
        entry("g1", f"{SITE}/1?v=2", text=f"{STORY} Corrected."),
        entry("another", f"{SITE}/1", text=f"{STORY} Corrected."),
    ],
)
def test_edited_entry_is_a_new_version_of_its_article(now):
    feed = Feed()
    [(_, article_id)] = feed.poll(entry())

    assert feed.poll(now) == [("changed", article_id)]


@pytest.mark.parametrize(
    "now",
    [
        entry(published=DAY + timedelta(days=30)),  # a date that moves with every poll
        entry(text=f"  {STORY}\n"),
        entry(guid="all new"),
        entry(guid=None),
        entry(url=f"{SITE}/1?utm_source=rss&utm_medium=feed"),
        entry(url="http://www.post.example/1/"),
        entry(guid="moved", url="https://new.example/stories/1"),  # guids and links at once
        entry(guid=None, url=None),
    ],
)
def test_what_only_looks_new_is_the_same(now):
    feed = Feed()
    [(_, article_id)] = feed.poll(entry())

    assert feed.poll(now) == [("same", article_id)]


def test_feed_that_alternates_two_guids_brings_nothing_new():
    feed = Feed()
    feed.poll(entry("a"))

    for guid in "babab":
        assert outcomes(feed.poll(entry(guid))) == ["same"]


def test_feed_that_changes_all_guids_and_addresses_does_not_flood():
    feed = Feed()
    titles = [f"Story {n} of the day in town" for n in range(50)]
    feed.poll(*(entry(f"g{n}", f"{SITE}/{n}", t, f"{t}. {STORY}") for n, t in enumerate(titles)))

    moved = feed.poll(
        *(
            entry(f"new-{n}", f"https://n.example/{n}", t, f"{t}. {STORY}")
            for n, t in enumerate(titles)
        )
    )

    assert outcomes(moved) == ["same"] * 50


def test_same_words_at_another_date_are_another_entry():
    feed = Feed()
    feed.poll(entry("g1", f"{SITE}/1", "Your photos of the week", ""))

    week = timedelta(days=7)
    now = entry("g2", f"{SITE}/2", "Your photos of the week", "", DAY + week)

    assert outcomes(feed.poll(now)) == ["new"]


def test_few_words_without_dates_tell_nothing():
    feed = Feed()
    feed.poll(entry("g1", f"{SITE}/1", "Live", "", None))

    assert outcomes(feed.poll(entry("g2", f"{SITE}/2", "Live", "", None))) == ["new"]


def test_guid_or_link_that_is_given_to_another_story_is_a_new_article():
    for now in (
        entry("g1", f"{SITE}/2", "Apples", OTHER),  # the guid counts up from 1 each day
        entry("g2", f"{SITE}/1", "Apples", OTHER),  # all entries link to the home page
    ):
        feed = Feed(likeness=0.0)
        [(_, first)] = feed.poll(entry())
        [(outcome, second)] = feed.poll(now)

        assert outcome == "new"
        assert second != first
        assert feed.poll(now) == [("same", second)]


def test_link_that_several_entries_share_tells_none_of_them():
    feed = Feed()
    home = [entry("g1", SITE, "Bridge", STORY), entry("g2", SITE, "Apples", OTHER)]

    assert outcomes(feed.poll(*home)) == ["new", "new"]
    third = entry("g3", SITE, "Trams return to the old town", "The first ran at dawn.")
    assert outcomes(feed.poll(third, *home)) == ["new", "same", "same"]


def test_entry_listed_twice_counts_once():
    feed = Feed()

    assert outcomes(feed.poll(entry(), entry())) == ["new"]
    assert outcomes(feed.poll(entry(), entry())) == ["same"]


def test_no_guids_at_all():
    feed = Feed()
    plain = [entry(None, None, "Bridge", STORY), entry(None, None, "Apples", OTHER)]

    assert outcomes(feed.poll(*plain)) == ["new", "new"]
    assert outcomes(feed.poll(*plain)) == ["same", "same"]


@pytest.mark.parametrize(
    ("guid", "url", "article_id"),
    [
        ("https://post.example/1#guid", f"{SITE}/1", "https://post.example/1#guid"),
        ("tag:post.example,2024:1", f"{SITE}/1", "tag:post.example,2024:1"),
        ("urn:uuid:6ba7b810", f"{SITE}/1", "urn:uuid:6ba7b810"),
        ("6BA7B810-9dad-11d1-80b4-00c04fd430c8", None, "6BA7B810-9dad-11d1-80b4-00c04fd430c8"),
        ("1", f"{SITE}/1", f"{SITE}/1"),
        (None, f"{SITE}/1", f"{SITE}/1"),
    ],
)
def test_article_has_the_id_that_means_it_everywhere(guid, url, article_id):
    assert Feed().poll(entry(guid, url)) == [("new", article_id)]


def test_number_as_guid_is_an_id_of_its_feed():
    [(_, first)] = Feed().poll(entry("1", None))
    [(_, again)] = Feed().poll(entry("1", None, "Apples", OTHER))

    assert first == again
    assert first.startswith("post.example/")


def test_scripts_without_spaces():
    feed = Feed()
    feed.poll(entry("g1", None, "大橋重新開放", "港口大橋於週五重新開放。" * 10, None))

    moved = entry("x", None, "大橋重新開放", "港口大橋於週五重新開放。" * 10, None)
    assert outcomes(feed.poll(moved)) == ["same"]


def test_empty_feed():
    assert Feed().poll() == []


def test_entry_with_the_words_of_another_that_is_listed_still_is_new():
    feed = Feed()
    first = entry("g1", f"{SITE}/1", "Bridge reopens", "")
    second = entry("g2", f"{SITE}/2", "Bridge reopens", "")

    assert outcomes(feed.poll(first)) == ["new"]
    assert outcomes(feed.poll(second, first)) == ["new", "same"]
    assert outcomes(feed.poll(second, first)) == ["same", "same"]


def test_guids_that_change_places_are_found_by_link():
    feed = Feed(likeness=0.0)
    one, two = entry("1", f"{SITE}/1"), entry("2", f"{SITE}/2", "Apples", OTHER)
    [(_, first), (_, second)] = feed.poll(one, two)

    turned = feed.poll(entry("2", f"{SITE}/1"), entry("1", f"{SITE}/2", "Apples", OTHER))

    assert turned == [("same", first), ("same", second)]


def test_home_page_as_link_tells_nothing_where_there_is_a_guid():
    feed = Feed()
    alike = [entry(f"g{n}", SITE, f"Water level of day {n}", STORY) for n in range(3)]

    assert [outcomes(feed.poll(one)) for one in alike] == [["new"]] * 3
    without = [entry(None, SITE, f"Water level of day {n}", OTHER) for n in range(2)]
    assert [outcomes(feed.poll(one)) for one in without] == [["new"], ["changed"]]


def test_link_that_several_known_entries_have_tells_none_of_them():
    feed = Feed(likeness=0.0)
    texts = [STORY, OTHER, "Trams return to the old town."]
    for number, text in enumerate(texts):
        one = entry(f"g{number}", f"{SITE}/blog", text[:9], text)
        assert outcomes(feed.poll(one)) == ["new"]
