"""
What a question for a number counts or measures, and how a text says so.

Tables only, by pattern and for all languages at once, since an item needs both a question
and a text that fit: measures ("how tall": metres, feet) and the fates that news counts
("how many died": dead, killed). A language that is missing here has plain numbers only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import regex

_L = r"(?<!\p{L})"
_R = r"(?!\p{L})"


@dataclass(frozen=True, slots=True)
class Measure:
    """
    Attributes:
        asked: What a question for it holds, as a pattern.
        behind: What stands behind the number that tells it.
        before: What stands before it; never, where empty.
    """

    asked: str
    behind: str
    before: str = ""


_LENGTHS = (
    rf"(?:kilomet\w+|miles?|met(?:er|re)s?|feet|foot|ft|inch\w*|yards?|k?m|mi|cm|mm|in|kil[óo]metros?|metros?|millas?|pies|pulgadas?"
    rf"|километр\w*|км|метр\w*|м|миль|мил[ияе]|фут\w*|дюйм\w*|см|мм|сантиметр\w*|миллиметр\w*"
    rf"|mètres?|kilomètres?|metri|chilometri|kilometern?|metern?){_R}"
    rf"|(?:公里|千米|公尺|[厘毫]?米|英里|英[尺呎寸]|公分|里)"
    rf"|(?:كيلومتر\w*|كم|متر\w*|أمتار|ميل\w*|أميال|قدم\w*|بوص\w*|سم|ملم){_R}"
)
_TIMES = (
    rf"(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|decades?|centur\w+|años?|mes(?:es)?|semanas?|días?|horas?|minutos?|segundos?|siglos?|décadas?"
    rf"|лет|года?|месяц\w*|недел\w*|дн\w+|день|сут\w+|час\w*|минут\w*|секунд\w*|десятилет\w+|век\w*"
    rf"|jahren?|monaten?|wochen?|tagen?|stunden?|minuten|ans|années?|mois|semaines?|jours?|heures?|minutes"
    rf"|anni|mesi|settimane|giorni|ore){_R}"
    rf"|(?:年|[个個]?月|周|週|星期|天|日|小[时時]|分[钟鐘]|秒|世[纪紀]|[个個]世[纪紀])"
    rf"|(?:عام\w*|سنة|سنوات|سنين|شهر\w*|أشهر|أسبوع\w*|أسابيع|يوم\w*|أيام|ساع\w+|دقيقة|دقائق|ثانية|ثوان\w*|عقود|قرون){_R}"
)
_AREAS = (
    rf"(?:square|sq\.?|hectares?|acres?|km2|km²|kilómetros cuadrados|hectáreas|millas cuadradas|кв\.?|квадратн\w+|гектар\w*|акр\w*){_R}"
    rf"|²|(?:平方|公[顷頃]|英[亩畝]|[亩畝])|(?:{_L})?(?:كيلومتر\w* مربع\w*|هكتار\w*|فدان\w*|كم²)"
)
_AGE_ASKED = (
    rf"{_L}(?:how old|what age|qué edad|cuántos años (?:tiene|tienen|tenía|tenían|cumpl\w+)|сколько (?:\w+ )?лет (?!назад)(?=.*\p{{Lu}})|возраст\w*|quel âge|wie alt|quanti anni ha|quantos anos tem){_R}"
    rf"|多大(?:年[纪紀龄齡])|(?:多少|几|幾)[岁歲]|年[龄齡]|كم (?:يبلغ )?عمر|كم يبلغ .{{0,30}} من العمر|ما عمر"
)
_AGE = (
    rf"(?:-?(?: )?(?:year|month|week|day)s?(?:-| )old|years? of age|años|años de edad|лет|года|год|-летн\w+|ans|jahre? alt|anni|anos){_R}"
    rf"|[岁歲]|(?:عام\w*|سنة|سنوات){_R}"
)
_AGE_BEFORE = rf"{_L}(?:aged?|at the age of|age of|edad de|a los|возраст[ае]|в возрасте|à l['’]âge de|im Alter von|عن عمر|عمره|عمرها|年[仅僅]|享年|得年|年)[  ]?(?:يناهز |ناهز )?"

MEASURES: tuple[Measure, ...] = (
    Measure(_AGE_ASKED, _AGE, _AGE_BEFORE),
    Measure(
        rf"{_L}how (?:tall|high|deep|wide|far|thick|close)|{_L}(?:height|length|distance|width|depth|elevation|altitude){_R}"
        rf"|qué (?:altura|distancia|longitud|profundidad|anchura)|{_L}cuánto mide"
        rf"|как далеко|как\w+ (?:высот\w+|длин\w+|расстояни\w+|глубин\w+|ширин\w+)|多[高远遠深宽寬]"
        rf"|wie (?:hoch|weit|tief|breit) |ما (?:هو )?(?:ارتفاع|طول|عمق|عرض)|كم (?:يبلغ )?(?:ارتفاع|طول|عمق|تبعد|يبعد)",
        _LENGTHS,
    ),
    Measure(
        rf"{_L}how (?:long|much time|many (?:years|months|weeks|days|hours|minutes|seconds)){_R}|多少[时時][间間]|[几幾](?:年|天|日|[个個]月|[个個]?小[时時]|分[钟鐘])|qué longitud|多[长長]|多久|как долго|сколько времени|cuánto tiempo|combien de temps"
        rf"|wie lange?{_R}|كم (?:من الوقت|استغرق\w*|استمر\w*|دام\w*)",
        f"{_LENGTHS}|{_TIMES}",
    ),
    Measure(
        rf"{_L}(?:what|which)(?: (?:is|was))?(?: the)?(?: \w+)? area{_R}|qué (?:superficie|área)|как\w+ площад\w+|面[积積]|ما (?:هي )?مساحة",
        _AREAS,
    ),
    Measure(
        rf"{_L}how heavy{_R}|{_L}weight{_R}|cuánto pes\w+|qué peso|сколько вес\w+|как\w+ вес|多重|كم (?:يزن|وزن)|ما وزن",
        rf"(?:kilo\w*|kg|tonn?e?s?|pounds?|lbs?|grams?|g|t|ounces?|stone|toneladas?|libras?|gramos?|тонн\w*|килограмм\w*|кг|грамм\w*|т|фунт\w*){_R}"
        rf"|(?:公斤|千克|克|[吨噸]|磅)|(?:كيلو\w*|كغم?|طن\w*|أطنان|غرام\w*|رطل\w*){_R}",
    ),
    Measure(
        rf"{_L}how fast{_R}|{_L}speed{_R}|qué velocidad|(?:как быстро|скорост\w+)|多快|速度|سرعة",
        rf"(?:km/h|kph|mph|knots?|(?:kilomet\w+|miles|met(?:er|re)s) (?:per|an?)|m/s|km por hora|kilómetros por hora|км/ч|километр\w* в|узл\w+|м/с)"
        rf"|(?:公里|[节節]|米/秒)|(?:كيلومتر\w*|كم|ميل\w*){_R}",
    ),
    Measure(
        rf"{_L}how (?:hot|cold){_R}|{_L}temperature{_R}|qué temperatura|температур\w+|(?:溫度|温度|气温|氣溫|多[热熱冷])|درجة (?:ال)?حرارة",
        rf"°|(?:degrees?|grados?|градус\w*|grad){_R}|[度℃]|درج\w+",
    ),
)
# What news counts of people; each with the words that say so, whether asked or told.
FATES: tuple[str, ...] = (
    (
        rf"{_L}(?:dead|died?|dies|dying|deaths?|kill(?:ed|s|ing)?|lives|fatalit\w+|toll|perish\w*|drown\w*"
        rf"|muert[oae]s?|murieron|murió|muere[n]?|morir|fallec\w+|víctimas mortales|mató|mataron|perecieron"
        rf"|погиб\w*|умер\w*|уби[тл]\w*|жертв\w*|смерт\w*|скончал\w*"
        rf"|tote[nr]?|starb(?:en)?|getötet|morts?|tuée?s?|décès|morti|uccis\w+|mortos|mortas|morreram"
        rf"|و?(?:قتل\w*|قتيل\w*|وفاة|وفيات|مات\w*|توفي\w*|لقوا|لقي|مصرع\w*|القتلى|ضحايا)){_R}"
        r"|死|[罹遇][难難]|[丧喪][生命]|身亡"
    ),
    (
        rf"{_L}(?:hurt|injur\w+|wound\w+|herid[oa]s?|lesionad\w+|ранен\w*|пострада\w*|травм\w*|verletzt\w*|blessée?s?|ferit[ie]|feridos"
        rf"|و?(?:جريح\w*|جرح\w*|أصيب\w*|أصابت|إصاب\w*|مصاب\w*|الجرحى|المصابين)){_R}|[伤傷](?!亡)"
    ),
    rf"{_L}(?:missing|unaccounted|desaparecid[oa]s?|пропа(?:л|вш)\w*|vermisst\w*|disparue?s?|dispersi|desaparecidos|مفقود\w*){_R}|失[踪蹤联聯]",
    rf"{_L}(?:homeless|displaced|evacuat\w+|fled|evacuad\w+|desplazad\w+|эвакуир\w+|evakuier\w*|évacuée?s?|نزح\w*|نازح\w*|إجلاء){_R}|[疏撤][散离離]",
    rf"{_L}(?:rescued|saved|rescatad\w+|спас(?:ли|ён|ен)\w*|إنقاذ|أنقذ\w*){_R}|[获獲][救]|救出",
    rf"{_L}(?:arrest\w*|detain\w*|detenid[oa]s?|arrestad\w+|задержан\w*|арестован\w*|festgenommen|arrêtée?s?|اعتقل\w*|اعتقال|موقوف\w*){_R}|逮捕|被捕|拘[捕留]",
)


@cache
def _compiled(form: str) -> regex.Pattern[str]:
    return regex.compile(form, regex.IGNORECASE)


@cache
def _fates() -> tuple[regex.Pattern[str], ...]:
    return tuple(map(_compiled, FATES))


def measure_of(question: str) -> Measure | None:
    """The measure that a question for a number asks for; None if it counts."""
    return next((m for m in MEASURES if _compiled(m.asked).search(question)), None)


def measured(measure: Measure, text: str, start: int, stop: int) -> int | None:
    """Where the number ``text[start:stop]`` with its unit ends; None if it is of no such measure."""
    if (unit := _compiled(rf"[  -]?(?:de )?(?:{measure.behind})").match(text, stop)) is not None:
        return unit.end()
    is_told = measure.before and _compiled(rf"(?:{measure.before})$").search(text, 0, start)
    return stop if is_told else None


def fates(text: str) -> list[tuple[int, int, int]]:
    """The words of *text* that tell a fate: its number in ``FATES``, start and stop."""
    return [(n, *m.span()) for n, form in enumerate(_fates()) for m in form.finditer(text)]
