import pytest

from bot.render.markup import escape, visible_text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('a < b & "c" > d', "a &lt; b &amp; &quot;c&quot; &gt; d"),
        ("&amp;", "&amp;amp;"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\u2028b\u2029c", "a\nb\nc"),
        ("a\tb\x00c\x1b[0m", "a b c [0m"),
        ("\u202ea\u202c", "a"),
        ("A\u030arhus, m\u030a, \u0333x\u033f", "Århus, m, x"),
        ("\u200f\u200e\u200fa\u200f", "\u200fa\u200f"),
        ("\ud83d", "\ufffd"),
        ("\ufffe\ufdd0\U0001ffff", "\ufffd\ufffd\ufffd"),
        ("e\u0301 👩‍👩‍👧‍👦 港 ميناء \u2067\u2069", "e\u0301 👩‍👩‍👧‍👦 港 ميناء \u2067\u2069"),
        ("", ""),
    ],
)
def test_a_text_is_sent_as_it_will_be_shown(text: str, said: str) -> None:
    assert escape(text) == said


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ("<b>a</b> &lt;b&gt; &amp;lt; &quot;x&quot;", 'a <b> &lt; "x"'),
        ('<a href="https://a.example/?x=1&amp;y">港</a>', "港"),
        ("", ""),
    ],
)
def test_visible_text_is_what_a_reader_sees(html: str, seen: str) -> None:
    assert visible_text(html) == seen
