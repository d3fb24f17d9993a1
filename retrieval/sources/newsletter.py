"""
The text of a newsletter without the sender's machinery: pure, no mail format.

Cut is only what stands at the edges and is plainly for the reader of a mail and not of
its news ("View in browser", "Unsubscribe"); anything else stays, wherever it stands.
"""

from __future__ import annotations

import re
from typing import Final

_STUB_SHARE: Final = 0.3
"""A plain text with less than this share of the letters of the HTML is a stub for it."""

_ADDRESS = re.compile(r"[<(\[]{0,2}\b(?:https?://|mailto:|www\.)\S+", re.IGNORECASE)
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u17b4\u180e\u200b-\u200f\u2060-\u2064\ufeff\u2007\u00a0\\s]+"
)

# Whole lines, addresses taken off and letter case folded; one pattern a line.
_PATTERNS = r"""
(?:having )?(?:trouble|problems|difficulty) (?:viewing|reading|seeing) this\b.{0,80}
(?:view|read|open|see|display) (?:(?:this|it|the)(?: (?:e-?mail|newsletter|message|issue))? )?(?:online|on (?:the )?web|in (?:your |a |the )?(?:web ?)?browser)(?: version)?
(?:view|open) (?:the )?(?:web|online) version
(?:click here to )?unsubscribe(?: (?:here|now|instantly|from (?:this|these|our|all)\b.{0,60}))?
to unsubscribe\b.{0,100}
(?:if you )?(?:no longer|don't|do not) (?:want|wish) to receive\b.{0,120}
(?:manage|update|change|edit)(?: your| my)? (?:e-?mail |subscription |newsletter |profile )*(?:preferences|settings|subscriptions?|profile)
MENU(?: ?(?:[|·•,/–-]|or|and) ?MENU)+
forward (?:this (?:e-?mail|newsletter) )?to a (?:friend|colleague)
(?:you are|you're|you) receiv(?:ing|ed) this (?:e-?mail|newsletter|message)\b.{0,200}
this (?:e-?mail|newsletter|message) was sent (?:to|by|from)\b.{0,120}
(?:copyright )?(?:©|\(?c\)|copyright) ?(?:copyright )?(?:19|20)\d\d\b.{0,120}
all rights reserved
add us to your address book
(?:ver|abrir) (?:(?:este|el) (?:correo|e-?mail|mensaje|boletín) )?en (?:el|su|tu) navegador
darse de baja|darme de baja|(?:cancelar|anular) (?:la )?suscripción
(?:newsletter |e-?mail )?im browser (?:ansehen|öffnen|anzeigen)|(?:newsletter )?abbestellen
(?:voir|afficher|lire|ouvrir) (?:(?:cet? (?:e-?mail|message)|la newsletter) )?(?:en ligne|dans (?:le|votre) navigateur)
se désabonner|se désinscrire
(?:открыть|посмотреть|просмотреть)(?: (?:это )?письмо)? (?:в браузере|онлайн)|отписаться(?: от рассылки)?
在?(?:瀏覽器|浏览器)[中裡里]?(?:檢視|查看|開啟|打开|閱讀|阅读).{0,12}|(?:在線|在线|線上)(?:閱讀|阅读|檢視|查看)
(?:取消訂閱|取消订阅|退訂|退订)[此本]?(?:電子報|电子报|郵件|邮件)?
"""
# What stands in a row of links; alone, most of them could be news.
_MENU = (
    r"(?:unsubscribe|privacy policy|(?:manage|update)(?: your)? preferences|view (?:online|in browser)"
    r"|contact us|forward to a friend|terms of (?:use|service)|help|advertise)"
)
_MACHINERY: Final = re.compile("|".join(_PATTERNS.strip().replace("MENU", _MENU).split("\n")))
_AROUND = re.compile(r"^(?:[^\w©]|_)+|[\W_]+$")
_MOST_EDGE_LINES = 40
_LONGEST_LINE = 600  # characters, addresses included; a longer line is no machinery


def without_machinery(text: str) -> str:
    """
    *text* without lines of machinery at its top and bottom, nor blank ones there.

    The walk from an edge passes lines without a word and bare addresses, and ends at the
    first line of anything else; it cuts up to the last line of machinery that it met.
    """
    lines = ["" if _UNSEEN.fullmatch(line) else line for line in text.split("\n")]
    start = _edge(lines[:_MOST_EDGE_LINES])
    stop = len(lines) - _edge(lines[start:][: -_MOST_EDGE_LINES - 1 : -1])
    return "\n".join(lines[start:stop]).strip()


def _edge(lines: list[str]) -> int:
    """How many of *lines*, counted from the edge, are to be cut."""
    cut = 0
    for number, line in enumerate(lines, start=1):
        if len(line) > _LONGEST_LINE:
            break
        words = _AROUND.sub("", _UNSEEN.sub(" ", _ADDRESS.sub(" ", line))).casefold()
        if not words:
            continue
        if not _MACHINERY.fullmatch(words):
            break
        cut = number
    return cut


def is_stub(plain: str, page: str) -> bool:
    """Whether *plain* only stands in for the *page* of HTML that comes with it."""
    return _letters(plain) < _STUB_SHARE * _letters(page) or not _letters(plain)


def _letters(text: str) -> int:
    words = _ADDRESS.sub("", text) if "://" in text else text
    return sum(map(str.isalnum, words))


def joined_lines(text: str, *, is_spaced: bool) -> str:
    """
    ``format=flowed`` text (RFC 3676) with its soft line breaks taken out.

    Args:
        text: A line that ends in a space goes on in the next, unless it is quoted.
        is_spaced: That space belongs to the text (it does not with ``DelSp=yes``).
    """
    joined: list[str] = []
    is_open = False
    for line in text.split("\n"):
        is_quoted = line.startswith(">")
        said = line.removeprefix(" ") if not is_quoted else line  # space-stuffed
        if is_open and not is_quoted:
            joined[-1] += said
        else:
            joined.append(said)
        is_open = not is_quoted and said.endswith(" ") and said != "-- "
        if is_open and not is_spaced:
            joined[-1] = joined[-1][:-1]
    return "\n".join(joined)
