"""
Where a text holds items of a kind that a question can ask for.

Patterns of names, dates, numbers, money, places, reasons and speech, by script
rather than by language, since news mixes them. They are made for highlighting and for
one small share of a score: they miss much and must not be used as an extractor.
"""

from __future__ import annotations

from functools import cache, lru_cache

import regex

from retrieval.language import item_words
from retrieval.language.questions import Kind
from retrieval.language.scripts import base_language
from retrieval.types import Span


def _by_initial(words: str) -> str:
    """
    The alternation of *words* with a group for each first letter: tried half as often.

    An alternative may hold groups, but none within another; one that begins with a group,
    or with a letter that may be missing, stays as it is.
    """
    groups: dict[str, list[str]] = {}
    for form in regex.split(r"\|(?![^(]*\))", words):
        initial = form[0] if regex.match(r"\p{L}(?![?*+{])", form) else ""
        groups.setdefault(initial, []).append(form[len(initial) :])
    return "|".join(f"{initial}(?:{'|'.join(forms)})" for initial, forms in groups.items())


_YEAR = r"(?<!\d)(?:1[0-9]{3}|20[0-9]{2}|25[0-9]{2}|[۱۲][۰-۹]{3}|[١٢][٠-٩]{3}|[१२][०-९]{3})(?:[–-][0-9]{2,4})?(?!\d|[,.]\d)"
_TIME = (
    r"(?:\b\d{1,2}(?:st|nd|rd|th|º|\.|er)?(?: de | of | )?)?(?<!\w)(?:<MONTHS>)(?!\w)(?:,? ?\d{1,2}(?:st|nd|rd|th)?(?!\d))?(?:,? (?:de |of |(?:ปี ?)?(?:[พค]\.ศ\. ?)?)?(?:1\d{3}|2[05]\d\d|[۱۲][۰-۹]{3}))?"
    r"|(?<!\w)(?:<DAYS>)(?!\w)"
    r"|\d{2,4} ?年(?:代|\d{1,2} ?月(?:\d{1,2} ?日)?)?|\d{1,2} ?月\d{1,2} ?[日号號]|\d{1,2} ?月|\d{1,2} ?世[纪紀]|[一二三四五六七八九十]{1,3}世[纪紀]|[〇零一二三四五六七八九]{4}年|[唐宋元明清漢汉]朝"
    r"|昨[天日]|今[天日年]|明[天年]|去年|上午|下午|星期[一二三四五六日天]|[上下本這这]?[週周][一二三四五六日]"
    r"|\d{2,4} ?년(?: ?\d{1,2} ?월)?(?: ?\d{1,2} ?일)?|\d{1,2} ?월 ?\d{1,2} ?일|\d{1,2} ?세기"
    r"|(?:พ\.ศ\.|ค\.ศ\.) ?\d{3,4}|(?<!\w)\d{1,2}(?:st|nd|rd|th)?[ -](?:century|centuries|siglo|siècle|jahrhundert|eeuw|wieku?|століття|век\w*|century)"
    r"|(?<!\w)[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{4})?(?![\w/])|(?:ngày|tháng|năm) \d{1,4}"
    r"|(?:siglo|secolo|século|secolul|القرن|ศตวรรษที่|thế kỷ)(?: al)? ?[\p{L}\d]+"
    r"|\b\d{1,2}[:.h]\d{2}\b|\b\d{1,2} ?[ap]\.?m\b|\b\d{4}s\b"
    rf"|{_YEAR}"
)
_DIGITS = r"\d+(?:[.,  ]\d{3}(?!\d))*(?:[.,]\d+)?(?:½|¼)?"
_SCALE = r"(?: ?(?:milhões|milhão|bilhões|millón|milioane|miliarde|εκατομμύρια|δισεκατομμύρια|мільйон\w*|мільярд\w*|million|billion|trillion|thousand|hundred|mil|millones|millions?|milliards?|milioni|Millionen|Milliarden|тис\w*|тыс\w*|млн|млрд|mln|mld|Mrd|Mio|tys|mil|tỉ|juta|miliar|ribu|triliun|miljoen|miljard|mld|milyar|milyon|milionów|miliardów|tysięcy|هزار|میلیون|میلیارد|מיליון|מיליארד|करोड़|लाख|हज़ार|हजार|조|δισ|εκατ|миллион\w*|миллиард\w*|مليون|مليار|ألف|万|萬|亿|億|千|百|만|억|triệu|tỷ|ล้าน|พัน|bn|m|k)\b| ?(?:тис|тыс|млн|млрд|mln|mld|tys|Mio|Mrd|mil|δισ|εκατ)\.(?= ?[^\W\d_]))?"
_CJK_NUMBER = r"[一二两兩三四五六七八九十百千万萬亿億]+(?=[个個位人次年天名种種部座条條場场隻只岁歲項项米公分里里元回度支艘架枚月世]|つ|本|件|社|ヶ|か所)"
_NUMBER = rf"{_DIGITS}{_SCALE}|(?<!\p{{L}})(?:<NUMBERS>)(?!\p{{L}})|{_CJK_NUMBER}|(?:สอง|สาม|สี่|ห้า|หก|เจ็ด|แปด|เก้า|สิบ|ร้อย|พัน|หมื่น|แสน|ล้าน)+|(?:하나|두|세|네|다섯|여섯|일곱|여덟|아홉|열)(?= ?[명개번살]) "
_MONEY = (
    rf"(?:US|NT|HK|A|C|R)?[$€£¥₹₽₩฿]\s?{_DIGITS}{_SCALE}|(?:Pounds|Dollars|USD|EUR|GBP|Rs\.?) ?{_DIGITS}{_SCALE}"
    rf"|{_DIGITS}{_SCALE} ?(?:-| )?(?:de |d['’]|di )?(?:dollars?|euros?|pounds?|cents?|pence|yen|yuan|rupees?|rubles?|crowns?|kron(?:or|er|a)|francs?|pesos?|levs?|zlotys?|forints?|dinars?|dirhams?|riyals?|shekels?|baht|won|rand|ringgit|rupiah|dólares|libras|dollari|Euro|Pfund|долларов|доллара|рублей|евро|دولار\w*|يورو|δολάρια|ευρώ|dolar\w*|lira\w*|đô la|đồng|USD|रुपये|डॉलर|बीट?|zł|złotych|lei|lire|euro|гривень|грн|доларів|تومان|ریال|یورو|دلار|שקל\w*|דולר\w*|אירו|reais|kronor|korun)(?!\p{{L}})"
    rf"|{_DIGITS} ?(?:[万萬亿億千百만억조천]+)?(?:多)? ?(?:元|美元|欧元|歐元|日元|日圓|円|ドル|英镑|英鎊|人民币|人民幣|港元|港幣|원|달러|บาท|ดอลลาร์)"
)
_PERCENT = rf"{_DIGITS} ?(?:%|％|٪|percent\b|per cent\b|por ciento|por cento|pour cent|prozent\b|процент\w*|τοις εκατό|phần trăm|procent\w*|відсот\w+|persen|درصد|אחוז\w*|la sută|प्रतिशत|เปอร์เซ็นต์|퍼센트|パーセント)|yüzde ?{_DIGITS}|%{_DIGITS}|百分之[\p{{Han}}\d.]{{1,6}}|[一二三四五六七八九十]分之[一二三四五六七八九十]|(?:half|one-third|two-thirds|a third|a quarter|majority)\b"
# Names in cased scripts are runs of capitalised words; a single one at the start of a
# sentence is not told from any other word.
_CAP = r"[\p{Lu}\p{Lt}](?:[\p{L}\p{M}'’-]+|\.)"
_PARTICLE = r"(?:of|the|de|da|do|dos|del|della|di|du|des|la|le|van|von|der|den|zu|bin|ibn|al|el|y|e|und|and|for|i|св\.)"
_NAME = rf"(?<![\p{{L}}\p{{N}}]){_CAP}(?:[  ](?:{_PARTICLE} ){{0,2}}{_CAP})*"
_SURNAMES = "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖田董袁潘于蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鐘谭譚陆陸汪范廖石金韦韋贾賈夏付方白邹鄒孟熊秦邱江尹薛闫段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴武戴莫孔向汤湯狄"
_HAN_NAME = rf"[\p{{Han}}]{{1,5}}(?:[·・•‧][\p{{Han}}A-Z]{{1,7}})+|[\p{{Katakana}}ー]{{2,}}(?:[・＝=][\p{{Katakana}}ー]{{2,}})+|[\p{{Han}}]{{2,4}}(?=さん|氏|選手|首相|大統領)|(?<!\p{{Han}})[{_SURNAMES}]\p{{Han}}{{1,2}}(?=[，,、。（(「“:：说說表在于於率任是为為出等先女]|$)|[{_SURNAMES}]\p{{Han}}{{1,2}}(?=说|說|表示|指出|认为|認為|称|稱|先生|女士|教授|博士|担任|擔任|导演|導演)|[\p{{Hangul}}]{{2,4}}(?= ?(?:씨|대통령|감독|교수|선수|총리))"
_PERSON = rf"{_NAME}|{_HAN_NAME}"
_PLACE = (
    rf"(?<=\b(?:<PLACE_BEFORE>)(?: the| la| el| los| las| le| der| dem| den| il| o| os)? )(?!(?:<MONTHS>|<DAYS>)\b)(?-i:{_CAP}(?:,?[  ](?:{_PARTICLE} )?{_CAP})*)"
    rf"|(?-i:{_CAP})(?:['’][dt][ae]n?|['’][dt][ae]ki)\b"
    r"|(?<=(?:^|[^\p{L}])(?:في|إلى|من|بمدينة|مدينة) )\p{Arabic}{3,}(?: \p{Arabic}{3,})?"
    r"|\p{Han}{1,6}(?:国|國|省|市|县|縣|区|區|岛|島|州|山|河|江|湖|海|洋|洲|镇|鎮|村|路|街|宫|宮|寺|站|大学|大學|公园|公園|机场|機場|都|府|県|町)|(?<=[在于於位至到自从從])\p{Han}{2,6}|[\p{Katakana}ー]{2,}(?=で|に|の|から)|[\p{Hangul}]+(?=에서|에 |시 |도 )|(?<=ที่|ใน|เมือง|ประเทศ|จังหวัด|รัฐ)\p{Thai}{3,20}|\p{Devanagari}+(?= में)"
)
_REASON = (
    r"\b(?:because|due to|owing to|as a result|since|so that|in order to|thanks to|caused by|led to|resulted|stemm\w+|after|reason|therefore|hence|blam\w+|attributed|over fears|amid|fear\w*|hampered|hindered|disrupted|delayed by|cited|citing)\b"
    r"|\b(?:porque|debido|a causa|ya que|puesto que|por lo que|razón|motivo|para|por causa|devido|pois|já que|parce qu|car|en raison|à cause|afin|grâce|puisque|perché|poiché|a causa|per via|dovuto|weil|wegen|da|aufgrund|denn|um|damit|deshalb|grund|deoarece|pentru că|din cauza|datorită|întrucât)\b"
    r"|(?<!\p{L})(?:потому|из-за|поскольку|так как|чтобы|благодаря|вследствие|причин\w+|επειδή|διότι|γιατί|λόγω|εξαιτίας|καθώς|ώστε|çünkü|nedeniyle|dolayı|yüzünden|için|sebeb\w+|vì|bởi|do|nên|nhằm)(?!\p{L})"
    r"|(?<!\p{L})(?:omdat|doordat|vanwege|wegens|dankzij|zodat|bo|ponieważ|gdyż|dlatego|z powodu|dzięki|wskutek|aby|żeby|karena|akibat|sebab|sehingga|agar|supaya|berkat|eftersom|därför|på grund|protože|kvůli|aby)(?!\p{L})"
    r"|(?<!\p{L})(?:бо|тому що|оскільки|через(?=[^.]*[іїєґ])|адже|завдяки|внаслідок|щоб|причин\w+)(?!\p{L})|(?<!\p{L})(?:زیرا|چون|چرا که|به دلیل|به علت|بر اثر|در اثر|به خاطر|به‌دلیل|به‌علت)(?!\p{L})|(?<!\p{L})(?:ש?כי|בגלל|משום|עקב|בשל|מפני|לאחר|כדי|הודות|במחאה)(?!\p{L})"
    r"|بسبب|لأن|نتيجة|من أجل|نظرا|لكي|حيث|क्योंकि|कारण|वजह|ताकि|इसलिए|เพราะ|เนื่องจาก|เพื่อ|ทำให้|จึง|因为|因為|由于|由於|因此|所以|导致|導致|为了|為了|以便|使得|原因|因|ため|から|ので|理由|때문|위해|므로|이유"
)
_SAYING = r"[\"“”„«»「」『』《]|(?<!\p{L})['‘]\p{Lu}[^'’]{8,}"
_DEFINING = r"\b(?:is|are|was|were) (?:an?|the|one)\b|, (?:an?|the) |\b(?:es|son|fue|era) (?:una?|el|la)\b|\b(?:é|foi|era) (?:uma?|o|a)\b|\b(?:est|était|sont) (?:une?|le|la|l['’])|\b(?:è|era|sono) (?:una?|un['’]|il|la|lo)|\b(?:ist|sind|war) (?:eine?|der|die|das)\b|\beste\b|— |(?<!\p{L})είναι(?!\p{L})|(?:dır|dir|dur|dür|tır|tir)\b|\blà\b|(?<!\p{L})(?:هو|هي)(?!\p{L})|(?:है|हैं|था)(?!\p{L})|คือ|เป็น|是|为|為|とは|である|です|이다|입니다"

_FORMS: dict[Kind, tuple[str, int]] = {
    Kind.PERSON: (_PERSON, 0),
    Kind.TIME: (_TIME, regex.IGNORECASE),
    Kind.PLACE: (_PLACE, regex.IGNORECASE),
    Kind.NUMBER: (_NUMBER, regex.IGNORECASE),
    Kind.MONEY: (_MONEY, regex.IGNORECASE),
    Kind.PERCENT: (_PERCENT, regex.IGNORECASE),
    Kind.REASON: (_REASON, regex.IGNORECASE),
    Kind.SAYING: (_SAYING, 0),
    Kind.DEFINITION: (_DEFINING, regex.IGNORECASE),
}


# The tables of words by language; "<…>" stands in a form for the words of one language.
_TABLES: dict[str, dict[str, str]] = {
    "<MONTHS>": item_words.MONTHS,
    "<DAYS>": item_words.DAYS,
    "<NUMBERS>": item_words.NUMBERS,
    "<PLACE_BEFORE>": item_words.PLACE_BEFORE,
}
_NOTHING = "(?!)"
_WORDED = frozenset({Kind.TIME, Kind.PLACE, Kind.NUMBER})


def _words(table: dict[str, str], lang: str | None) -> str:
    """The alternation of the words of *lang*, of all languages where it is not known."""
    return _by_initial("|".join(table.values()) if lang is None else table.get(lang, _NOTHING))


@cache
def _pattern(kind: Kind, lang: str | None) -> regex.Pattern[str]:
    """Compiled on first use: all of them take longer than a question."""
    form, flags = _FORMS[kind]
    for name, table in _TABLES.items():
        if name in form:
            form = form.replace(name, _words(table, lang))
    return regex.compile(form, flags)


# Scripts without capitals, in which a name cannot be seen from its letters.
_UNCASED = r"[\p{Arabic}\p{Hebrew}\p{Thai}\p{Devanagari}\p{Hangul}]"


def is_visible(kind: Kind, text: str) -> bool:
    """Whether items of *kind* can be told at all in the script of *text*."""
    if kind is Kind.PERSON:
        return regex.search(_UNCASED, text[:200]) is None
    return kind in _FORMS


@lru_cache(maxsize=8192)
def items(text: str, kind: Kind, lang: str | None = None) -> tuple[Span, ...]:
    """
    The spans of *text* that look like *kind*, in text order; none for a kind without a form.

    Args:
        text: Of any length.
        kind: Of the items.
        lang: The text's (BCP 47): its own words are looked for; those of every language
            where it is not known.
    """
    if kind not in _FORMS:
        return ()
    pattern = _pattern(kind, base_language(lang) if kind in _WORDED else None)
    return tuple(Span(*m.span()) for m in pattern.finditer(text))


_TIME_UNIT = (
    r"(?:years?|months?|weeks?|days?|hours?|minutes?|decades?|centur\w+|años?|meses|semanas?|días?|horas?"
    r"|anos?|mês|dias?|ans?|années?|mois|semaines?|jours?|heures?|anni|anno|mesi|giorni|ore|jahren?|monaten?|wochen?|tagen?|stunden?"
    r"|ani|luni|zile|ore|лет|года?|месяц\w*|недел\w*|дн\w+|час\w*|χρόνια|έτη|μήνες|ημέρες|ώρες|yıl\w*|ay|gün\w*|saat|năm|tháng|ngày|giờ|jaar|maand\w*|week|weken|dagen|uur|uren|minuut|minuten|lat|rok\w*|miesi\w+|tygodni\w*|dni|godzin\w*|minut\w*|tahun|bulan|minggu|hari|jam|menit|рок\w*|років|місяц\w+|тижн\w+|днів|годин\w*|хвилин\w*|λεπτά|dakika\w*|phút)\b"
    r"|سال|ماه|روز|ساعت|دقیقه|שנה|שנים|חודש\w*|ימים|יום|שעות|דקות|सा?ल|वर्ष|दिन|महीने|عام|سنة|سنوات|أشهر|أيام|يوم|ปี|เดือน|วัน|ชั่วโมง|年|月|日|号|號|天|小[时時]|年間|時間|년|개월|일|시간"
)
_BEFORE_UNIT = rf"[  -]?(?:{_TIME_UNIT})"
_SPEAKS_OF_TIME = (
    rf"(?<!\p{{L}})(?:{_TIME_UNIT}|long|old|lange|alt|longtemps|âge|tiempo|edad|долго|возраст\w*|idade|età|lâu|tuổi)"
    r"|[岁歲久多][久长長]?|歳|살"
)


@cache
def _any_case(form: str) -> regex.Pattern[str]:
    return regex.compile(form, regex.IGNORECASE)


@lru_cache(maxsize=1024)
def is_count(question: str) -> bool:
    """Whether a question for a number asks for one of things, not of years or hours."""
    return _any_case(_SPEAKS_OF_TIME).search(question) is None


def counts(text: str, number: Span, lang: str | None = None) -> bool:
    """Whether *number* in *text* is neither a date nor a length of time."""
    if _any_case(_BEFORE_UNIT).match(text, number.stop) is not None:
        return False
    return not any(number.overlaps(date) for date in items(text, Kind.TIME, lang))
