"""
How a question refers back to the one before it, by language.

Tables, and finding a language's own: what opens a follow-up ("and", "what about"), the
words that add nothing to a question word ("when was that?"), and the pronouns that stand
for something said earlier. What a follow-up means is not decided here. A language without
a table has no follow-ups.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

import regex

from retrieval.language.analysis import analyze
from retrieval.language.stopwords import stop_words
from retrieval.types import Span


class Referent(StrEnum):
    """What a pronoun may stand for."""

    PERSON = "person"
    THING = "thing"
    PLACE = "place"
    ANY = "any"


class Manner(StrEnum):
    """How a name takes the place of a pronoun."""

    INSTEAD = "instead"  # "When did [it] open?"
    OWNER = "owner"  # "Who is [his] wife?"
    WHERE = "where"  # "Who lives [there]?"
    BESIDE = "beside"  # the pronoun stays, as its form or its gender would be lost


@dataclass(frozen=True, slots=True)
class Pronoun:
    """
    A pattern of pronouns in places where they may stand for something said earlier.

    Attributes:
        most: Content words (characters, in scripts without spaces) that may stand before
            it in the question; with more of them it stands for one of those.
    """

    referent: Referent
    manner: Manner
    pattern: str
    most: int


@dataclass(frozen=True, slots=True)
class References:
    """
    The words of one language; all are patterns for ``regex``, to be used without case.

    Attributes:
        openings: What a follow-up may open with.
        continuing: Those of them that a question standing by itself hardly opens with.
        about: A whole follow-up that gives nothing but another name, in the group ``new``.
        closings: What it may end with, and says nothing.
        fillers: Words that add nothing to a question word.
        event: A pronoun that adds nothing to "when" and "why": what happened is meant.
        described: The end of a question for or about a person by what he is, in the group
            ``description``.
        prepositions: Those that belong to a question word or a name behind them.
        genitives: Those of them that join a thing to what it belongs to.
        places: Those of them that a place stands behind.
        determiners: What opens a noun phrase, where the language has articles.
        declines: Whether a name has other endings in other places of a sentence.
        nouns_follow: Whether a name stands before the noun that it belongs to: "the Hualien
            earthquake".
        between: What two names joined by "and" stand behind while they stay two.
        auxiliaries: What a question word is followed by in the order of a question; None
            where the order is free.
        pronouns: In the order in which they are tried.
        vacant: A whole question whose verb lacks its subject; None where that cannot be seen.
        eventless: A whole question about those who were at an event, or came to harm in it, that
            does not say which event. "Who won?" is none: it opens a topic as often as not.
        within: What stands before a month or a day that is the time itself, with its space.
        expletive: Where "it" stands for nothing.
        owner, where: Templates of a name as an owner and as a place.
        heading: Template of a question that keeps the earlier one beside a new ``head``.
        labelled: Template of such a question with a name before it.
        dated: Template of a month or a day with its year.
        aside: Template of words set beside a question, before its question mark.
        most_words: Content words of a question that may still lack its subject.
        cuts: What parts names in a language without spaces, beside the fillers; None in
            others, whose names have capitals.
        words: Words that hold some of these, and are not cut: 埃及, 奧運會.
        verbs: What a stretch may end with that is no part of a name.
        subjects: What stands behind a stretch that opens a question and is its subject.
        personal: What only people do, not far behind their names.
        owned: What stands between two such stretches that are one thing.
    """

    lang: str
    openings: str
    continuing: str
    about: tuple[str, ...]
    closings: str
    fillers: str
    prepositions: str
    pronouns: tuple[Pronoun, ...]
    event: str | None = None
    described: str | None = None
    genitives: str = "(?!)"
    places: str = "(?!)"
    determiners: str | None = None
    declines: bool = False
    nouns_follow: bool = False
    between: str | None = None
    auxiliaries: str | None = None
    vacant: str | None = None
    eventless: str | None = None
    within: tuple[str, ...] = ()
    expletive: str | None = None
    owner: str = "{name}"
    where: str = "{name}"
    heading: str = "{head}? ({question})"
    labelled: str = "{label}: {question}"
    dated: str = "{date} {year}"
    aside: str = " ({words})"
    most_words: int = 3
    cuts: str | None = None
    words: str = "(?!)"
    verbs: str = "(?!)"
    subjects: str = "(?!)"
    personal: str = "(?!)"
    owned: str | None = None


_PERSON, _THING, _PLACE, _ANY = Referent.PERSON, Referent.THING, Referent.PLACE, Referent.ANY
_INSTEAD, _OWNER, _WHERE, _BESIDE = Manner.INSTEAD, Manner.OWNER, Manner.WHERE, Manner.BESIDE

_AUX = (
    r"is|was|are|were|am|be|did|does|do|has|have|had|will|would|can|could|should|shall|may|might|must"
    r"|isn['’]?t|wasn['’]?t|aren['’]?t|weren['’]?t|didn['’]?t|doesn['’]?t|don['’]?t|hasn['’]?t|haven['’]?t"
    r"|won['’]?t|can['’]?t|couldn['’]?t"
)
_BEHIND_AUX = rf"(?:(?<=\b(?:{_AUX}) )|(?<=['’]s )|^)"
# A pronoun behind one of these is the subject of a clause of its own, and bound there.
_CLAUSE = r"(?<!\b(?:when|that|if|because|as|where|who|which|while|after|before|since|until|and|but|or|whether|how|why|what|than|though|say|says|said|think|thinks|believe|of|like) )"
_NO_CLAUSE = rf"(?! (?:{_AUX}|not)\b)"

_HARMED = (
    r"killed|injured|hurt|wounded|arrested|detained|charged|rescued|evacuated|displaced|affected"
    r"|missing|dead"
)

_ENGLISH = References(
    lang="en",
    openings=r"(?:(?:and|but|so|then|or|ok|okay|well|now|also|oh|hm+|yes|right)\b[\s,.…]*)+",
    continuing=r"and|but|or",
    about=(
        r"(?:what|how) about (?P<new>[^?,;]+)",
        r"what of (?P<new>[^?,;]+)",
        r"(?:the )?same (?:question )?(?:for|about|with) (?P<new>[^?,;]+)",
    ),
    closings=r"[\s,]*\b(?:then|exactly|precisely|again|though|please|pls|anyway|so|else)$",
    fillers=r"exactly|precisely|that|this|so|then|is|was|were|are|did|does|do|has|have|had|the case|(?:it )?happen(?:ed|ing|s)?|occur(?:red|s)?|ever|and|or|first",
    prepositions=r"in|on|at|by|to|from|for|of|with|since|until|till|under|during|through|into|up|about",
    event=r"it",
    genitives="of",
    places="in|at",
    described=(
        r"\b(?:is|was|did|does|has) (?P<description>the (?:[\p{Ll}-]+ ){1,4}of [^,;?]+)$"
        r"|^who(?:['’]s| is| was) (?P<description>(?:the|\p{L}+['’]s) [^,;?]+)$"
    ),
    determiners=r"the|an?",
    nouns_follow=True,
    between=r"between",
    auxiliaries=_AUX,
    pronouns=(
        Pronoun(_PERSON, _INSTEAD, rf"{_BEHIND_AUX}(?:he|she)\b", 1),
        Pronoun(_ANY, _INSTEAD, rf"{_BEHIND_AUX}they\b", 1),
        Pronoun(_THING, _INSTEAD, rf"{_BEHIND_AUX}it\b", 1),
        Pronoun(
            _ANY,
            _INSTEAD,
            r"(?:(?<=\b(?:is|was|are|were) )(?:this|that|these|those)(?=\W*$)"
            r"|(?<=\b(?:did|does|do|will|would|can) )(?:this|that)(?= (?!mean|matter|happen|work)\w+\W*$))",
            0,
        ),
        Pronoun(_PERSON, _INSTEAD, rf"{_CLAUSE}(?<=\w )(?:him\b{_NO_CLAUSE}|her(?=\W*$| (?:in|at|on|to|for|with|from|as)\b))", 2),
        Pronoun(_ANY, _INSTEAD, rf"{_CLAUSE}(?<=\w )them\b{_NO_CLAUSE}", 2),
        Pronoun(_THING, _INSTEAD, rf"{_CLAUSE}(?<=(?!(?:{_AUX}) )\b\w+ )it\b{_NO_CLAUSE}", 2),
        Pronoun(_PERSON, _OWNER, r"\b(?:his|her(?= \w))\b(?!.*,)", 0),
        Pronoun(_THING, _OWNER, r"\bits\b", 0),
        Pronoun(_ANY, _OWNER, r"\btheir\b", 0),
        Pronoun(_PLACE, _WHERE, rf"(?<!^)(?<!\b(?:{_AUX}|out|over|that) )(?<!['’]s )\bthere\b(?! (?:is|are|was|were|be|been|any|an?|will|to)\b)", 2),
    ),
    expletive=(
        r"\bit (?:\w+ )?(?:take|took|cost|mean|feel|felt|make|made|matter|require|called|like|legal|illegal|possible|impossible|safe|true|ok|okay|hard|easy|"
        r"difficult|dangerous|bad|good|best|better|common|normal|important|necessary|worth|said|say|cheaper|time|noon|midnight|cold|hot|warm|late|"
        r"dark|rain\w*|snow\w*|seem\w*|appear\w*|turn\w* out)\b(?=.* (?:to|that|when|if|for|in|on|like)\b|\W*$)(?<!\b(?:take|took|cost|mean|made)(?=\W*$))"
        r"|\bwhat (?:time|day|date|year|month) (?:is|was|will) it\b|\bit (?:was|is) (?:who|that|when)\b|\b(?:is|was) it (?:that|who|about|to|from|for|fair|(?:\w+ )?(?:that|how|whether))\b"
        r"|\bmake it\b|\bit['’]s\b|\bcall it\b|\bdo they (?:call|say)\b"
    ),
    eventless=(
        rf"how many(?: more)?(?: people| others| of them)?(?: (?:were|are|have been|got))?(?: also)? (?:{_HARMED}|died|survived|attended|came|took part|voted)"
        rf"|who(?: else| all)? (?:attended|died|survived|came|took part|signed|(?:was|were) (?:also )?(?:{_HARMED}|there|present|invited|involved|blamed|to blame|responsible))"
    ),
    within=("in ", "on "),
    owner="{name}'s",
    where="in {name}",
)  # fmt: skip

_SPANISH = References(
    lang="es",
    openings=r"[¿¡\s]*(?:(?:y|e|pero|entonces|bueno|vale|o|ah|pues|así que|sí)\b[\s,.…]*)*[¿¡\s]*",
    continuing=r"y|e|pero|o",
    about=(
        r"(?:qué hay|y qué pasa|qué tal) (?:de|con) (?!nuevo\b)(?P<new>[^?,;]+)",
        r"lo mismo (?:para|con|de) (?P<new>[^?,;]+)",
    ),
    closings=r"[\s,]*\b(?:entonces|exactamente|precisamente|por favor|pues)$",
    fillers=r"exactamente|precisamente|eso|esto|ello|así|fue|es|era|ocurrió|pasó|sucedió|ha sido|y|o|entonces|se",
    prepositions=r"en|de|desde|hasta|a|con|por|para|del|al|sobre",
    genitives="de|del",
    places="en",
    described=(
        r"\b(?:tiene|tenía|es|era|fue) (?P<description>(?:el|la) (?:[\p{Ll}-]+ ){1,4}de [^,;?]+)$"
        r"|^quién (?:es|era|fue) (?P<description>(?:el|la) [^,;?]+)$"
    ),
    determiners=r"el|la|los|las|una?|unos|unas",
    between=r"entre",
    pronouns=(
        Pronoun(_PERSON, _INSTEAD, r"\b(?:él|ella)\b", 2),
        Pronoun(_ANY, _INSTEAD, r"\b(?:ellos|ellas)\b", 2),
        Pronoun(_ANY, _INSTEAD, r"\b(?:eso|esto|aquello)\b(?=\W*$)", 1),
        # Not before its own subject: ¿Dónde tiene su sede la FIFA?
        Pronoun(_ANY, _BESIDE, r"\bsus?\b(?= \w)(?!(?: (?!de[l]?\b|en\b|con\b|a\b)\w+){1,2}(?: el| la| los| las)? (?-i:\p{Lu}))", 0),
        Pronoun(_ANY, _BESIDE, r"(?<!\ba (?:qué|quién|quiénes|cuál|cuáles) )\b(?:lo|le|les)\b(?= (?!que\b|más\b|de\b|mismo\b|mejor\b|primero\b|último\b|único\b)\w+)(?<!lo que.*)(?!.* al? )", 0),
        # An article is not before a verb: ¿Quién los inauguró?
        Pronoun(_ANY, _BESIDE, r"(?<=^(?:quién|quiénes|cuándo|dónde|cómo|por qué|cuánto) )\b(?:los|las|la)\b(?= \w+(?:ó|aron|eron|aba|aban|ía|ían)\b)", 0),
        Pronoun(_PLACE, _WHERE, r"\b(?:allí|ahí|allá)\b", 2),
    ),
    vacant=(
        r"(?:(?:de|desde|hasta|a|en|con|para) )?(?:cuándo|dónde|adónde|cómo|por qué|qué) (?!pasó|ocurrió|sucedió|pasará)\w+(?:ó|aron|ieron|aba|aban|ía|ían|rá|rán)"
        r"|quién(?:es)? (?:es|era|fue|son|eran|fueron)|(?:cuántos años|qué edad) (?:tiene|tenía|tienen)"
        r"|(?:de )?dónde (?:es|está|vive|son|están|viven)|qué (?:es|era|dijo|hizo|dice|hace|dijeron|hicieron|piensa|quiere)"
        r"|(?:cuánto|cuánta) (?:cuesta|costó|duró|mide|pesa|dura)"
    ),
    eventless=(
        r"cu[aá]nt[oa]s(?: personas)? (?:murieron|fallecieron|sobrevivieron|asistieron|participaron|votaron"
        r"|(?:resultaron|fueron|quedaron) (?:muert|herid|detenid|evacuad|afectad|rescatad)[oa]s)"
        r"|cu[aá]nt[oa]s (?:muertos|heridos|víctimas|detenidos|desaparecidos|afectados)(?: hubo| hay)?"
        r"|qui[eé]n(?:es)? (?:más )?(?:asisti(?:ó|eron)|muri(?:ó|eron)|particip(?:ó|aron)|fue(?:ron)? (?:el |los )?(?:responsable|culpable)s?)"
    ),
    within=("en ", "el "),
    where="en {name}",
    heading="¿{head}? ({question})",
    dated="{date} de {year}",
)  # fmt: skip

_RUSSIAN = References(
    lang="ru",
    openings=r"(?:(?:а|и|но|ну|так|тогда|или|да|ладно|хорошо)\b[\s,.…]*)+",
    continuing=r"а|и|но|или",
    about=(
        r"(?:как|что) (?P<new>насч[её]т [^?,;]+)",
        r"что (?:там )?(?P<new>со? (?!(?:тобой|вами|ним|ней|ними|этим)\b)[^?,;]+)",
        r"то же (?:самое )?(?P<new>(?:про|о|об|для) [^?,;]+)",
    ),
    closings=r"[\s,]*\b(?:же|именно|тогда|пожалуйста|точно|конкретно)$",
    fillers=r"же|именно|точно|это|этого|так|тогда|было|был|была|были|будет|произошло|случилось|происходит|и|а|то|конкретно",
    prepositions=r"в|во|на|с|со|до|от|из|у|к|ко|по|за|через|о|об|при|под|для|про|насч[её]т",
    declines=True,
    between=r"между",
    pronouns=(
        Pronoun(_PERSON, _INSTEAD, r"(?<=^кто )(?:он|она|они)\b", 0),
        Pronoun(_ANY, _INSTEAD, r"(?<!^кто )\b(?:он|она|оно|они)\b", 0),
        Pronoun(_ANY, _INSTEAD, r"(?<=^(?:кто|что|где) )это(?=\W*$)", 0),
        Pronoun(_ANY, _BESIDE, r"(?<=^(?:сколько|почему|зачем|как|во что) )это(?= \w+\W*$)", 0),
        Pronoun(
            _ANY,
            _BESIDE,
            r"\b(?:его|её|ее|ему|ей|им|их|н[её]м|ней|него|неё|нее|них|ним|ними|нему)\b",
            1,
        ),
        Pronoun(_PLACE, _BESIDE, r"\b(?:там|туда|оттуда)\b", 1),
    ),
    vacant=r"(?:когда|где|почему|зачем|откуда|куда|как|с каких пор) \w{2,}(?:л|ла|ло|ли)(?:ся|сь)?",
    eventless=(
        r"сколько(?: (?:человек|людей|было|всего))* (?:погибло|погибли|умерло|умерли|пострадало|пострадали|ранено|ранены|убито|убиты|выжило|выжили"
        r"|задержано|задержаны|эвакуировано|эвакуированы|участвовало|участвовали|погибших|пострадавших|раненых|жертв|задержанных|участников)"
        r"|кто (?:ещё |еще )?(?:присутствовал|участвовал|погиб|пострадал|выжил|подписал)и?"
    ),
    within=("в ", "во "),
)  # fmt: skip

# Not in other words: 其他, 吉他, 馬爾他, 他國, 他信.
_HE = (
    r"(?<![其吉維尔爾排利])他(?![國国人殺杀律信汀鄉乡方])(?:們|们)?|她(?:們|们)?"
    r"|(?:這|这|那)(?:個|个)?人(?=[是在有說说])|此人"
)
_IT = r"(?<!其)[它牠](?:們|们)?"

_CHINESE = References(
    lang="zh",
    openings=(
        r"(?:(?:那麼|那么|那(?![是個个些裡里邊边兒儿時时一位座次場场天年種种])|然後|然后|還有|还有|而且|而|但是|但|可是|所以"
        r"|請問|请问|以及|好)[，,、\s]*)+"
    ),
    continuing=r"那麼|那么|那|還有|还有|而且|而|但是|但|可是|以及",
    about=(
        r"(?P<new>[^，,。？?]{1,14}?)(?:呢|又如何|又怎麼樣|又怎么样)",
        r"(?:換成|换成|至於|至于)(?P<new>[^，,。？?]{1,14}?)",
    ),
    closings=r"(?:呢|啊|呀)+$",
    fillers=r"是|的|事情?|發生|发生|會|会|這樣|这样|那樣|那样|那|這|这|呢|在|於|于|從|从|到底|究竟|到|啊|呀|了|才|要|又|有|以|被|由",
    prepositions=r"在|於|于|從|从|到|被|由|因|至",
    pronouns=(
        Pronoun(_PERSON, _INSTEAD, _HE, 1),
        Pronoun(_PERSON, _INSTEAD, rf"(?:{_HE})(?=\W*$)", 3),
        Pronoun(_THING, _INSTEAD, _IT, 1),
        Pronoun(_THING, _INSTEAD, rf"(?:{_IT})(?=\W*$)", 3),
        Pronoun(_ANY, _INSTEAD, r"^[這这那](?=是[誰谁什甚哪])", 0),
        Pronoun(_PLACE, _WHERE, r"那[裡里邊边兒儿]", 1),
    ),
    eventless=(
        r"(?:一共|總共|总共)?有?(?:多少|幾|几)(?:個|个|名)?人?(?:死亡|喪生|丧生|罹難|罹难|遇難|遇难|受傷|受伤|傷亡|伤亡|失蹤|失踪|獲救|获救|被捕|參加|参加|出席|生還|生还)了?"
        r"|有?(?:哪些人|誰|谁)(?:出席|參加|参加|罹難|罹难|遇難|遇难|受傷|受伤|死亡)了?"
    ),
    within=("在",),
    heading="{head}？（{question}）",
    labelled="{label}：{question}",
    dated="{year}年{date}",
    aside="（{words}）",
    most_words=4,
    vacant=(
        r"是?(?:在|於|于|從|从)?(?:什[麼么][時时]候|何[時时]|[為为]什[麼么]|[為为]何|哪[裡里兒儿]|何[處处地]|哪一?[年天]|怎[麼么樣样]{1,2}|如何)"
        r"[會会才要]?(?:被|重新|正式|再次?)*(?:[開开]幕|[閉闭]幕|[舉举][行辦办]|[開开]始|[結结]束|返回|返[航抵]|抵[達达]|出[生發发]|[過过去逝]世|成立|建成|完工|[開开]放"
        r"|起[飛飞]|降落|着陸|着陆|著陸|[發发](?:射|生|布|表)|爆[發发]|停止|恢[復复]|[關关][閉闭]|宣[布佈]|取消|延[後后期遲迟]|上[映任市]|加入|[獨独]立|通[車车]|倒塌|沉[沒没]|[墜坠][毀毁]|[進进]行|[結结]婚|[離离]婚|[辭辞][職职]|[當当][選选]|就[職职])的?了?"
    ),
    words=(
        r"埃及|以色列|也[門门]|成都|首都|京都|都柏林|能登|能源|核能|所[羅罗][門门]|和平|[將将][軍军]|有限|[對对]馬|被告|要塞|於是"
        r"|\p{Han}{0,2}(?:[大奧奥協协議议晚運运峰]|博[覽览])[會会]"
    ),
    verbs=r"造成|[導导]致|引[發发]|(?<=\p{Han}{2})[死傷伤贏赢輸输說说去來来花賣卖買买建做打](?=了|[過过])",
    subjects=r"(?:是[誰谁什]|有|的|在|被)",
    personal=r"出生|[過过去逝]世|[結结離离]婚|[辭辞][職职]|[當当][選选]|[說说]",
    owned="的",
    cuts=r"和|與|与|及|被|把|將|将|已經|已经|曾|為|为|對|对|也|都|就|只|還|还|可以|能|可|因|之|所|並|并|或|讓|让|給|给|向|跟|但|而|嗎|吗|個|个|些|如何|怎[麼么樣样]?|什[麼么]|甚麼|[誰谁哪何幾几]|多少|多",
)  # fmt: skip

_TABLES = {table.lang: table for table in (_ENGLISH, _SPANISH, _RUSSIAN, _CHINESE)}

# Scripts that one of the languages above is written in; another of these hides them.
_SCRIPTS = (
    (r"[\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Arabic}\p{Hebrew}\p{Devanagari}\p{Greek}]", None),
    (r"\p{Han}", "zh"),
    (r"[іїєґўјљњћђџ]|\b(?:коли|хто|чому|скільки|кога|кой|къде|защо)\b", None),  # Cyrillic, and no Russian
    (r"\p{Cyrillic}", "ru"),
)  # fmt: skip
_LATIN = ("en", "es", "pt", "fr", "it", "de", "nl", "ro", "sv", "da", "no", "pl", "cs", "id", "tr")
_SPANISH_SIGNS = r"[¿¡ñ]"


def references(question: str) -> References | None:
    """The words of the language that *question* is in; None where we have none for it."""
    for script, lang in _SCRIPTS:
        if regex.search(script, question, regex.IGNORECASE):
            return None if lang is None else _TABLES[lang]
    if regex.search(_SPANISH_SIGNS, question, regex.IGNORECASE):
        return _TABLES["es"]
    words = regex.findall(r"\p{L}+", question.casefold())
    counts = Counter({lang: sum(w in stop_words(lang) for w in words) for lang in _LATIN})
    most = max(counts.values())
    # A tie of few and short words goes to the languages that we know.
    return next((_TABLES[lang] for lang in ("en", "es") if 0 < most == counts[lang]), None)


_CAPITALISED = r"\p{Lu}[\p{L}\p{M}\p{N}]*(?:[-.&'’](?!s(?!\w))[\p{L}\p{M}\p{N}]+|(?<=\b\p{Lu})\.)*"
_JOINING = r"(?:of|the|de|del|la|las|los|el|da|do|di|van|von|der|bin|ibn|al|y|e|and|for|и|&|о|на)"
_NAME = rf"(?<![\p{{L}}\p{{N}}]){_CAPITALISED}(?:\s+(?:{_JOINING}\s+){{0,2}}{_CAPITALISED})*"
_AND = r"\s+(?:and|y|e|и|&)\s+"


def names(text: str, lang: str | None) -> list[Span]:
    """
    The names in *text*: capitalised words in a row, without function words around them.

    Names joined by "and" are one, unless they stand behind "between". None in a text
    without lower case, nor in scripts without capitals.
    """
    if text.isupper():
        return []
    between = _TABLES[lang].between if lang in _TABLES else None
    found = []
    for match in regex.finditer(_NAME, text):
        behind = between and regex.search(rf"\b{between}\s+$", text[: match.start()], regex.I)
        parts = regex.splititer(_AND, match[0]) if behind else iter([match[0]])
        at = match.start()
        for part in parts:
            start = text.index(part, at)
            at = start + len(part)
            span = _bare(text, start, at, lang)
            if span is not None:
                found.append(span)
    return found


def _bare(text: str, start: int, stop: int, lang: str | None) -> Span | None:
    """A name without the function words before it; None if there is nothing else."""
    stops = stop_words(lang or "en")
    for word in regex.finditer(r"\S+", text, pos=start, endpos=stop):
        is_acronym = len(word[0]) > 1 and word[0].isupper()
        if is_acronym or word[0].casefold() not in stops:
            return Span(word.start(), stop)
    return None


def content(text: str, lang: str) -> list[Span]:
    """The words of *text* (characters, in Chinese) that are no function words."""
    found: list[Span] = []
    for term in analyze(text, lang):  # by where they begin, so only the last can be overlapped
        span = Span(term.start, term.stop)
        is_pair = lang == "zh" and len(span) > 1 and not text[span.start].isascii()
        if not (term.is_stop or is_pair or (found and span.overlaps(found[-1]))):
            found.append(span)
    return found


def stretches(text: str, table: References) -> list[Span]:
    """The stretches of *text* between function words, in a language without spaces."""
    cut = rf"\d+年(?:\d+月)?(?:\d+[日號号])?|{table.verbs}|{table.fillers}|{table.cuts}"
    parts = rf"(?P<stretch>(?:{table.words}|(?!{cut})[\p{{Han}}·・])+|(?:(?!\p{{Han}}|\d+年)[\w&.-])+)|{cut}"
    found = regex.finditer(parts, text)
    return [Span(*match.span()) for match in found if match["stretch"] is not None]
