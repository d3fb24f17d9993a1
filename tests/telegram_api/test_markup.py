"""The fake's HTML parser against Telegram's rules."""

import pytest

from telegram_api.entities import checked_link, find_entities
from telegram_api.markup import MarkupError, format_html


def entity(kind, offset, length, **more):
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("", "", []),
        ("plain", "plain", []),
        ("<b>a</b>", "a", [entity("bold", 0, 1)]),
        ("<STRONG>a</strong>", "a", [entity("bold", 0, 1)]),
        ("<em>a</><u>b</u>", "ab", [entity("italic", 0, 1), entity("underline", 1, 1)]),
        (
            "<b>ab<i>cd</i></b>",
            "abcd",
            [entity("bold", 0, 4), entity("italic", 2, 2)],
        ),
        ("<del>x</del>", "x", [entity("strikethrough", 0, 1)]),
        ('<span class="tg-spoiler">x</span>', "x", [entity("spoiler", 0, 1)]),
        ("<b></b>x", "x", []),
        ("&lt;b&gt; &amp;amp; &quot;", '<b> &amp; "', []),
        ("&nbsp;&laquo;&apos;", "&nbsp;&laquo;&apos;", []),
        ("&lt &amp", "< &", []),
        ("AT&T R&D &", "AT&T R&D &", []),
        ("&#65;&#x1F600;", "A😀", []),
        ("&#0;&#99999999;", "&#0;&#99999999;", []),
        ("a > b", "a > b", []),
        ("😀<b>漢字</b>", "😀漢字", [entity("bold", 2, 2)]),
        ("<i>שלום</i> عالم", "שלום عالم", [entity("italic", 0, 4)]),
        (
            '<a href="https://a.example/x?y=1&amp;z=2">t</a>',
            "t",
            [entity("text_link", 0, 1, url="https://a.example/x?y=1&z=2")],
        ),
        (
            "<a href='HTTPS://A.example'>t</a>",
            "t",
            [entity("text_link", 0, 1, url="https://a.example/")],
        ),
        (
            '<a href="tg://user?id=7">t</a>',
            "t",
            [entity("text_mention", 0, 1, user={"id": 7})],
        ),
        (
            '<pre><code class="language-python">x</code></pre>',
            "x",
            [entity("pre", 0, 1, language="python")],
        ),
        ("<code class=x>x</code>", "x", [entity("code", 0, 1)]),
        ("<blockquote>x</blockquote>", "x", [entity("blockquote", 0, 1)]),
        (
            "<blockquote expandable><b>x</b></blockquote>",
            "x",
            [entity("expandable_blockquote", 0, 1), entity("bold", 0, 1)],
        ),
        (
            '<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>',
            "👍",
            [entity("custom_emoji", 0, 2, custom_emoji_id="5368324170671202286")],
        ),
        (
            '<tg-time unix="1700000000" format="D">then</tg-time>',
            "then",
            [entity("date_time", 0, 4, unix_time=1700000000, date_time_format="D")],
        ),
    ],
)
def test_html_becomes_text_and_entities(html, text, entities):
    got = format_html(html)

    assert (got.text, got.entities, got.lost) == (text, entities, [])


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("漢<P x>", 'Unsupported start tag "p" at byte offset 3'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<b>x", "Can't find end tag corresponding to start tag b"),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        (
            "<b><i>x</b></i>",
            'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
        ),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a"'),
        ("<a =x>x</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x/y>x</a>", "Unexpected end of name token at byte offset 8"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji emoji-id='x'>x</tg-emoji>", "Invalid custom emoji identifier specified"),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("&#xD83D;", "Text contains invalid Unicode characters"),
    ],
)
def test_html_that_telegram_refuses_is_refused_in_its_words(html, words):
    with pytest.raises(MarkupError) as caught:
        format_html(html)

    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("  \n<b> a </b>\n ", "a", [entity("bold", 0, 1)]),
        ("a\r\nb\tc\x00d", "a\nb c d", []),
        ("a\u2028b\u202ec", "abc", []),
        ("\u2028<b>a\u202eb</b>c", "abc", [entity("bold", 0, 2)]),
        ("Åa\u030a<i>b</i>", "Åab", [entity("italic", 2, 1)]),
        ("x<b> \n </b>y", "x \n y", []),
        ("\u200f\u200e\u200fa", "\u200c\u200c\u200fa", []),
        ("<b>\u3000漢</b>", "\u3000漢", [entity("bold", 0, 2)]),
    ],
)
def test_text_is_cleaned_and_trimmed_as_telegram_does(html, text, entities):
    got = format_html(html)

    assert (got.text, got.entities) == (text, entities)


@pytest.mark.parametrize(
    ("html", "kinds", "lost"),
    [
        ("<code><b>x</b></code>", ["code"], "bold on code"),
        ("<pre>a<i>x</i></pre>", ["pre"], "italic on code"),
        ("<b>a<code>漢</code>b</b>", ["bold", "code", "bold"], "bold on code"),
        ('<a href="https://a.example">a<code>x</code></a>', ["text_link"], "code inside text_link"),
        (
            "<blockquote>a<blockquote>x</blockquote></blockquote>",
            ["blockquote"],
            "a quote inside a quote",
        ),
        ("<b>a<b>x</b></b>", ["bold"], "bold inside bold"),
        ('<a href="javascript:x">t</a>', [], "a link to"),
        ('<a href="http://localhost/x">t</a>', [], "a link to"),
        ("<u>x</u>\n" * 101, ["underline"] * 100, "101 entities"),
    ],
)
def test_formatting_that_telegram_drops_in_silence_is_dropped_and_told(html, kinds, lost):
    got = format_html(html)

    assert [one["type"] for one in got.entities] == kinds
    assert lost in got.lost[0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/ask who?", [("bot_command", 0, 4)]),
        ("😀 /ask@clipdesk_bot x", [("bot_command", 3, 17)]),
        ("a/b 1/2 </ask>", []),
        ("@clipdesk_bot hi, a@b.example", [("mention", 0, 13), ("email", 18, 11)]),
        ("see https://a.example/x_y, ok", [("url", 4, 21)]),
        ("Booking.com rises", [("url", 0, 11)]),
        ("#漢字 #1", [("hashtag", 0, 3)]),
        ("", []),
    ],
)
def test_commands_mentions_and_links_are_found(text, found):
    got = [(one["type"], one["offset"], one["length"]) for one in find_entities(text)]

    assert got == found


def test_links_are_found_only_outside_of_links_and_code():
    html = '<code>a.com</code> <a href="https://b.example">c.com</a> d.com'
    taken = format_html(html)

    got = find_entities(taken.text, taken.entities)

    assert [(one["type"], one["offset"]) for one in got] == [("url", 12)]


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("example.org/a b", "http://example.org/a%20b"),
        ("https://例え.jp?q=1#:~:text=x", "https://例え.jp/?q=1#:~:text=x"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("ftp://example.org", None),
        ("https://[::1", None),
        ("", None),
    ],
)
def test_a_link_is_kept_as_telegram_keeps_it(url, kept):
    assert checked_link(url) == kept
