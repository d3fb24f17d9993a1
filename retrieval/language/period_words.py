"""
How English, Spanish, Russian and Chinese write dates that count from today.

Tables and patterns only; how they are put together and what instants they name is in
``periods``. The patterns see a text that was prepared there: what stands in quotation
marks is blanked, Chinese is in simplified characters, digits are ASCII.
"""

from __future__ import annotations

from dataclasses import dataclass

# Years that a news archive may reach back to; an older one is a matter of history, which
# no date of an article tells.
_YEAR = r"(?P<year>(?:19[89]|20\d)\d)(?!\d)"
# The project's own filters write dates so: 2022-02, 2022/02/24.
_NUMERIC = (
    rf"(?<![\d./-]){_YEAR}[-/.](?P<month>0?[1-9]|1[0-2])(?:[-/.](?P<day>\d{{1,2}}))?(?![\w/-])"
)


@dataclass(frozen=True, slots=True, eq=False)
class Grammar:
    """
    One language's expressions.

    The groups of ``point`` say what was named: ``year``, ``month``, ``day``, ``weekday``,
    ``this`` or ``last`` with ``unit``, ``today``, ``yesterday``, ``eve`` (the day before
    it), ``span`` with ``count`` (the last so many). The other patterns stand before a
    point, up to it, or behind it, from it.

    Attributes:
        cue: Something that every expression has, of a quick ``re``; the others take 20 ms to
            compile, which most questions need not wait for.
        bare: Before a point that may stand alone ("yesterday"); may be empty.
        within_month: Before a month, "in".
        within_day: Before a weekday or a day of a month, "on".
        before_range: Before the first of two points.
        range_joint: Between the two.
        future: Somewhere in the question: then "in May" is a May to come.
        numbers: Words for small numbers.
        names: Beginnings of the names of months, in order.
        days: Beginnings of the names of weekdays, Monday first.
        units: Beginnings of the names of units.
        since_behind: Behind a point, as others say "since" before it; so the other two.
        genitive: What a name ends with after "since", where that tells it from "with".
        accusative: What a weekday ends with after "on", where other cases mean another word.
    """

    lang: str
    cue: str
    point: str
    since: str
    before: str
    after: str
    bare: str
    within_month: str
    within_day: str
    before_range: str
    range_joint: str
    future: str
    numbers: tuple[str, ...]
    names: tuple[str, ...]
    days: tuple[str, ...]
    units: dict[str, str]
    since_behind: str = r"(?!)"
    before_behind: str = r"(?!)"
    after_behind: str = r"(?!)"
    genitive: str = ""
    accusative: str = ""


# --- English ------------------------------------------------------------------------------

_EN_MONTH = (
    r"(?P<month>jan(?:uary|\.)?|feb(?:ruary|\.)?|(?-i:March|May)|apr(?:il|\.)?|june?|july?"
    r"|aug(?:ust|\.)?|sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)(?!\w)"
)
_EN_WEEKDAY = r"(?P<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)day)(?!\w)"
_EN_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?!\w)"
_EN_COUNT = r"(?P<count>\d{1,3}|two|three|four|five|six|seven|eight|nine|ten)"
_EN_SPAN = r"(?P<span>hours?|days?|weeks?|months?|years?)(?!\w)(?!\s+of\b)"
# A name follows: Monday Night Football, March Madness, Today FM; or a year that is too old.
_NO_NAME = r"(?!['’]?\w|-\w)(?!\s+(?-i:[A-ZÁÉÍÓÚÑ]))(?!,?\s+(?:(?:of|del?)\s+)?\d{3})"
_EN_DAYTIME = r"(?:\s+(?:morning|afternoon|evening|night))?"
_EN_SPAN_ONE = r"(?P<span>hour|day|week|month|year)(?!\w)(?!\s+of\b)"

ENGLISH = Grammar(
    lang="en",
    cue=r"since|before|prior|after|this|last|past|today|tonight|yesterday|[nsireu]day|"
    r"\b(?:jan|feb|march|apr|may|june?|july?|aug|sept?|oct|nov|dec)",
    point=rf"""(?<![\w.-])(?:
        {_NUMERIC}
        | {_EN_DAY}\s+(?:of\s+)?{_EN_MONTH}(?:,?\s+{_YEAR}|{_NO_NAME})
        | {_EN_MONTH}\s+{_EN_DAY}(?:,?\s+{_YEAR}|{_NO_NAME})
        | (?:(?:early|mid|late)[\s-]+)?{_EN_MONTH}
          (?:,?\s+(?:of\s+)?{_YEAR}|\s+(?:of\s+)?(?:(?P<this>this)|(?P<last>last))\s+(?P<unit>year)(?!\w)
          |{_NO_NAME}(?!,?\s+\d))
        | (?P<last>last)\s+{_EN_WEEKDAY}{_EN_DAYTIME}{_NO_NAME}
        | {_EN_WEEKDAY}{_EN_DAYTIME}{_NO_NAME}(?!,?\s+(?:the\s+)?\d)(?!,?\s+{_EN_MONTH}\s+\d)
        | {_YEAR}
        | (?<!(?:even|known)\s+)(?P<today>(?:today|tonight)(?!\s+show\b)|this\s+(?:morning|afternoon|evening))(?:['’]s(?!\w))?{_NO_NAME}
        | (?P<eve>(?:the\s+)?day\s+before\s+yesterday){_NO_NAME}
        | (?P<yesterday>yesterday|last\s+night)(?:['’]s(?!\w))?{_EN_DAYTIME}{_NO_NAME}
        | (?<!the\s+)(?:(?P<this>this)|(?P<last>last))\s+(?P<unit>week|month|year)(?:['’]s(?!\w))?{_NO_NAME}
        | (?:the\s+)?(?:last|past)\s+{_EN_COUNT}\s+{_EN_SPAN}
        | (?<=(?:in|over|during|within|for)\s+)the\s+(?:last|past)\s+{_EN_SPAN_ONE}
    )""",
    since=r"\b(?:ever\s+)?since\s+(?:(?:the\s+)?(?:start|beginning)\s+of\s+)?",
    before=r"\b(?:before|prior\s+to)\s+(?:the\s+)?",
    after=r"\bafter\s+(?:the\s+)?",
    bare=r"\b(?:in|on|over|during|within|for|of|from)\s+",
    within_month=r"\b(?:in|during)\s+",
    within_day=r"\bon\s+(?:the\s+)?",
    before_range=r"\b(?:between|from)\s+",
    range_joint=r"\s+(?:and|to|until|till|through)\s+",
    future=r"\b(?:will|going\s+to)\b|['’]ll\b",
    numbers=("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    names=("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    days=("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
    units={"h": "hour", "d": "day", "w": "week", "m": "month", "y": "year"},
)

# --- Spanish ------------------------------------------------------------------------------

_ES_MONTH = (
    r"(?P<month>enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre"
    r"|noviembre|diciembre)(?!\w)"
)
_ES_WEEKDAY = r"(?P<weekday>lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo)(?!\w)"
_ES_YEAR = rf"\s+del?\s+(?:a[nñ]o\s+)?{_YEAR}"
_ES_COUNT = r"(?P<count>\d{1,3}|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez)"
_ES_UNIT = r"(?P<unit>semana|mes|a[nñ]o)(?!\w)"
_ES_SPAN_ONE = r"(?P<span>hora|d[ií]a|semana|mes|a[nñ]o)(?!\w)(?!\s+del?\b)"
_ES_SPAN_MANY = r"(?P<span>horas|d[ií]as|semanas|meses|a[nñ]os)(?!\w)(?!\s+del?\b)"

SPANISH = Grammar(
    lang="es",
    cue=r"desde|partir|antes|despu|\beste\b|\besta\b|pasad|[uú]ltim|hoy|ayer|anoche|antier|lunes|"
    r"martes|coles|jueves|viernes|bado|domingo|\b(?:enero|febrero|marzo|abril|mayo|junio|julio|"
    r"agosto|sep?tiembre|octubre|noviembre|diciembre)",
    point=rf"""(?<![\w.-])(?:
        {_NUMERIC}
        | (?P<day>\d{{1,2}})\s+de\s+{_ES_MONTH}(?:{_ES_YEAR}|{_NO_NAME})
        | {_ES_MONTH}(?:{_ES_YEAR}
          |\s+(?:del?\s+)?(?:(?P<this>este)\s+(?P<unit>a[nñ]o)|(?P<unit>a[nñ]o)\s+(?P<last>pasado))(?!\w)
          |{_NO_NAME}(?!\s+de\s+\d))
        | (?P<last>pasado)\s+{_ES_WEEKDAY}{_NO_NAME}
        | {_ES_WEEKDAY}(?:\s+(?P<last>pasado)(?!\w))?{_NO_NAME}(?!\s+(?:santo|negro)\b)(?!,?\s+\d)
        | (?:a[nñ]o\s+)?{_YEAR}
        | (?<!d[ií]a\s+de\s+)(?P<today>hoy)(?!\s+(?:en\s+)?d[ií]a\b){_NO_NAME}
        | (?P<yesterday>ayer|anoche){_NO_NAME} | (?P<eve>anteayer|antier){_NO_NAME}
        | (?P<this>est[ea])\s+(?:mism[oa]\s+)?{_ES_UNIT}{_NO_NAME}
        | (?:(?:el|la)\s+)?{_ES_UNIT}\s+(?P<last>pasad[oa])(?!\w){_NO_NAME}
        | (?:(?:el|la)\s+)?(?P<last>pasad[oa])\s+{_ES_UNIT}{_NO_NAME}
        | (?:los|las)\s+(?:[uú]ltim|pasad)[oa]s\s+{_ES_COUNT}\s+{_ES_SPAN_MANY}
        | (?<=\b(?:en|durante|de|desde)\s+)(?:el|la)\s+[uú]ltim[oa]\s+{_ES_SPAN_ONE}
    )""",
    since=r"\b(?:desde|a\s+partir\s+de)\s+(?:(?:principios|comienzos|inicios)\s+de\s+)?(?:el\s+)?"
    r"|\ba\s+partir\s+del\s+",
    before=r"\bantes\s+de(?:l|\s+el)?\s+",
    after=r"\bdespu[eé]s\s+de(?:l|\s+el)?\s+",
    bare=r"\b(?:en|de|durante|para)\s+|\bdel\s+(?=pasad)",
    within_month=r"\b(?:en|durante)\s+(?:el\s+mes\s+de\s+)?",
    within_day=r"\b(?:el|este)\s+(?:d[ií]a\s+)?",
    before_range=r"\b(?:entre|desde|de)\s+(?:el\s+)?",
    range_joint=r"\s+(?:y|a|al|hasta)\s+(?:el\s+)?",
    future=r"\bvan?\s+a\b|\b\w{2,}(?:[aei]rá|[aei]rán)\b",
    numbers=("un", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez"),
    names=("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "se", "oct", "nov", "dic"),
    days=("lun", "mar", "mi", "jue", "vie", "s", "dom"),
    units={"h": "hour", "d": "day", "s": "week", "m": "month", "a": "year"},
)

# --- Russian ------------------------------------------------------------------------------

_RU_MONTH = (
    r"(?P<month>(?:январ|феврал|апрел|июн|июл|сентябр|октябр|ноябр|декабр)(?:ь|я|е|ём|ем|ю)"
    r"|(?:март|август)(?:а|е|ом|у)?|ма(?:й|я|е|ем|ю))(?!\w)"
)
_RU_WEEKDAY = (
    r"(?P<weekday>(?:понедельник|вторник)(?:а|ом)?|четверг(?:а|ом)?|сред(?:а|ы|у|ой)"
    r"|(?:пятниц|суббот)(?:а|ы|у|ей|ой)|воскресень(?:е|я|ем))(?!\w)"
)
_RU_YEAR_WORD = r"(?:-?го)?\s*(?:года?|году|г\.?)(?!\w)"
_RU_COUNT = r"(?P<count>\d{1,3}|дв[ае]|три|четыре|пять|шесть|семь|восемь|девять|десять)"
_RU_UNIT = r"(?P<unit>недел[яеию]|месяц[ае]?|год[ау]?)(?!\w)"
# "The last year of the war" is no date.
_RU_NOT_OF = r"(?!\w)(?!\s+(?:жизни|войны|правления|его|её|ее|их)\b)"

RUSSIAN = Grammar(
    lang="ru",
    cue=r"\b(?:до|после|со?|эт|текущ|нынешн|прошл|минувш|последн|прошедш|сегодня|вчера|позавчера|"
    r"понед|втор|сред|четв|пятн|субб|воскр|янв|фев|март|апр|ма[йяе]|июн|июл|авг|сен|окт|ноя|дек)",
    point=rf"""(?<![\w.-])(?:
        {_NUMERIC}
        | (?P<day>\d{{1,2}})(?:-?го)?\s+{_RU_MONTH}(?:\s+{_YEAR}(?:{_RU_YEAR_WORD})?|(?!,?\s+\d{{3}}))
        | {_RU_MONTH}(?:\s+{_YEAR}(?:{_RU_YEAR_WORD})?
          |\s+(?:(?P<this>этого|нынешнего)|(?P<last>прошлого|минувшего))\s+(?P<unit>года)(?!\w)
          |(?!,?\s+\d))
        | (?P<last>прошл\w+|минувш\w+)\s+{_RU_WEEKDAY}
        | {_RU_WEEKDAY}(?!\s+обитани)(?!,?\s+\d)
        | {_YEAR}{_RU_YEAR_WORD}
        | (?<!(?:Росси[яи]|даже)\s+)(?P<today>сегодня)(?!\w) | (?P<today>сегодняшн\w+\s+д\w+)
        | (?P<yesterday>вчера|вчерашн\w+\s+д\w+)(?!\w) | (?P<eve>позавчера)(?!\w)
        | (?:(?P<this>эт(?:ой|ом|ого|от|у)|текущ(?:ей|ем|его)|нынешн(?:ей|ем|его))
          |(?P<last>прошл(?:ой|ом|ого|ый|ую)|минувш(?:ей|ем|его|ий|ую)))\s+{_RU_UNIT}
        | (?<=\b(?:за|в)\s+)(?:последн|прошедш)\w+\s+{_RU_COUNT}\s+
          (?P<span>час\w*|дн\w+|сут\w+|недел\w+|месяц\w*|год\w*|лет){_RU_NOT_OF}
        | (?<=\bза\s+)(?:последн|прошедш)(?:ий|юю|ие)\s+(?P<span>час|день|сутки|неделю|месяц|год){_RU_NOT_OF}
    )""",
    since=r"\b(?:начиная\s+)?со?\s+(?:начала\s+)?",
    before=r"\bдо\s+(?:начала\s+)?",
    after=r"\bпосле\s+",
    bare=r"\b(?:в|во|на|за)\s+",
    within_month=r"\bв\s+(?:начале\s+|середине\s+|конце\s+)?",
    within_day=r"\bво?\s+",
    before_range=r"\b(?:между|со?)\s+",
    range_joint=r"\s+(?:и|по|до)\s+",
    future=r"\bбуд(?:ет|ут)\b",
    numbers=("один", "дв", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять"),
    names=("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"),
    days=("пон", "вто", "сре", "чет", "пят", "суб", "вос"),
    units={
        "час": "hour",
        "д": "day",
        "сут": "day",
        "нед": "week",
        "мес": "month",
        "год": "year",
        "лет": "year",
    },
    genitive=r"[аяы]$",
    accusative=r"(?:к|г|[дцт]у|нье)$",
)

# --- Chinese ------------------------------------------------------------------------------

_ZH_MONTH = (
    r"(?<![一二三四五六七八九十零〇\d])(?P<month>十[一二]?|[一二三四五六七八九]|1[0-2]|0?[1-9])月份?"
    # movements and streets that are called after a month
    r"(?!学运|街|革命|派|事件|[一二三四五六七八九十\d])"
)
_ZH_DAY = r"(?P<day>三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九]|\d{1,2})[日号]"
_ZH_MONTH_DAY = (
    r"(?<![一二三四五六七八九十零〇\d])(?P<month>十[一二]?|[一二三四五六七八九]|1[0-2]|0?[1-9])月"
    + _ZH_DAY
)
_ZH_WEEK = r"(?:周|星期|礼拜)"
# 日本月球, 基本月薪; 当今年轻人; 上月台: the characters of a word over the border of two others.
_ZH_THIS_YEAR = r"(?<![当如现])(?P<this>今)(?P<unit>年)(?![轻纪龄代])"
_ZH_LAST_YEAR = r"(?P<last>去)(?P<unit>年)(?![轻纪龄代])"
_ZH_COUNT = r"(?P<count>\d{1,3}|[一二两三四五六七八九十])"

CHINESE = Grammar(
    lang="zh",
    cue=r"[周月年天日晚]|星期|礼拜|小时|\d[-/.]\d",
    point=rf"""(?:
        {_NUMERIC}
        | (?<!\d){_YEAR}年(?:{_ZH_MONTH_DAY}|{_ZH_MONTH})?
        | (?:{_ZH_THIS_YEAR}|{_ZH_LAST_YEAR})(?:{_ZH_MONTH_DAY}|{_ZH_MONTH})?
        | {_ZH_MONTH_DAY}
        | {_ZH_MONTH}
        | (?<![黑色每逢至到、和及~-])(?:(?P<this>(?<![日基根原资成标版])[本这])|(?P<last>上))?个?{_ZH_WEEK}
          (?P<weekday>[一二三四五六日天])(?![至到、和及~-]|餐|版)
        | (?<![当为成是])(?<!即使在|直到)(?P<today>今[天晚]|今日(?!俄|美|头条|新闻|中国|关注|说法))
        | (?P<yesterday>昨[天日晚]) | (?P<eve>前天)
        | (?:(?P<this>(?<![日基根原资成标版])本|这)|(?P<last>上))个?(?P<unit>{_ZH_WEEK})(?![一二三四五六日天边刊年期围密全折旋到遭])
        | (?:(?P<this>(?<![日基根原资成标版])本|这个)|(?P<last>上个?))(?P<unit>月)(?![球台光亮面薪])
        | (?<![他她其们])(?:最近|过去)的?{_ZH_COUNT}个?(?P<span>小时|[天日月年]|{_ZH_WEEK})(?:以来|之?内|里|间|来|中)?
        | (?<![最附将接靠])近{_ZH_COUNT}个?(?P<span>小时|[天日月]|{_ZH_WEEK})(?:以来|之?内|里|间|来|中)?
    )""",
    since=r"(?:自从|打从|从|(?<![来各独亲])自)",
    before=r"(?!)",
    after=r"(?!)",
    bare=r"[在于]",
    within_month=r"[在于]",
    within_day=r"[在于]",
    before_range=r"(?:从|(?<![来各独亲])自|在)",
    range_joint=r"(?:到|至|和|与)",
    future=r"将[在于会]|会在",
    numbers=tuple("一二三四五六七八九十"),
    names=tuple("一二三四五六七八九"),
    days=tuple("一二三四五六日"),
    units={
        "小时": "hour",
        "天": "day",
        "日": "day",
        "周": "week",
        "星期": "week",
        "礼拜": "week",
        "月": "month",
        "年": "year",
    },
    since_behind=r"(?:以来|至今|到现在|开始|起)",
    before_behind=r"(?:以前|之前)",
    after_behind=r"(?:以后|之后)",
)

GRAMMARS = (ENGLISH, SPANISH, RUSSIAN, CHINESE)
