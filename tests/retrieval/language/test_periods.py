"""Dates in plain words: what they name, and what only looks like them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from retrieval.language.periods import find_period

NOW = datetime(2026, 3, 11, 15, 30, tzinfo=UTC)  # a Wednesday


def named(text: str, now: datetime = NOW) -> tuple[str, str | None, str | None, bool] | None:
    """The expression, the days from and up to, and whether it counts from now."""
    period = find_period(text, now)
    if period is None:
        return None
    after, before = (d and d.strftime("%Y-%m-%d") for d in (period.after, period.before))
    return period.span.of(text), after, before, period.is_relative


# Text, expression, first day, day behind the last.
RELATIVE = [
    ("Who resigned since Monday?", "since Monday", "2026-03-09", None),
    ("Since Wednesday, who won?", "Since Wednesday", "2026-03-11", None),
    ("what broke since yesterday", "since yesterday", "2026-03-10", None),
    ("since March who won", "since March", "2026-03-01", None),
    ("since the start of March?", "since the start of March", "2026-03-01", None),
    ("ever since april", "ever since april", "2025-04-01", None),
    ("since 24 February", "since 24 February", "2026-02-24", None),
    ("since February 24th?", "since February 24th", "2026-02-24", None),
    ("since 29 February", "since 29 February", "2024-02-29", None),
    ("What broke in March?", "in March", "2026-03-01", None),
    ("who was hired in May", "in May", "2025-05-01", "2025-06-01"),
    ("in early April?", "in early April", "2025-04-01", "2025-05-01"),
    ("who won in March last year", "in March last year", "2025-03-01", "2025-04-01"),
    ("who won in Feb. this year", "in Feb. this year", "2026-02-01", "2026-03-01"),
    ("who spoke on Monday", "on Monday", "2026-03-09", "2026-03-10"),
    ("who spoke on Friday night in Oslo", "on Friday night", "2026-03-06", "2026-03-07"),
    ("WHO SPOKE ON MONDAY IN OSLO", "ON MONDAY", "2026-03-09", "2026-03-10"),
    ("on 5 March?", "on 5 March", "2026-03-05", "2026-03-06"),
    ("who spoke last Wednesday", "last Wednesday", "2026-03-04", "2026-03-05"),
    ("who spoke last Friday", "last Friday", "2026-03-06", "2026-03-07"),
    ("this week in Riga", "this week", "2026-03-09", None),
    ("of last week's votes", "of last week's", "2026-03-02", "2026-03-09"),
    ("last month", "last month", "2026-02-01", "2026-03-01"),
    ("this month", "this month", "2026-03-01", None),
    ("this year", "this year", "2026-01-01", None),
    ("last year", "last year", "2025-01-01", "2026-01-01"),
    ("today", "today", "2026-03-11", None),
    ("this morning", "this morning", "2026-03-11", None),
    ("Yesterday, who won?", "Yesterday", "2026-03-10", "2026-03-11"),
    ("NATO met. Yesterday too?", "Yesterday", "2026-03-10", "2026-03-11"),
    ("who won last night", "last night", "2026-03-10", "2026-03-11"),
    ("the day before yesterday", "the day before yesterday", "2026-03-09", "2026-03-10"),
    ("in the last 3 days", "in the last 3 days", "2026-03-08", None),
    ("over the past two weeks", "over the past two weeks", "2026-02-25", None),
    ("within the last 48 hours", "within the last 48 hours", "2026-03-09", None),
    ("in the past month", "in the past month", "2026-02-11", None),
    ("in the last 2 years", "in the last 2 years", "2024-03-11", None),
    ("before Monday", "before Monday", None, "2026-03-09"),
    ("after 24 February", "after 24 February", "2026-02-25", None),
    ("between March and May", "between March and May", "2025-03-01", "2025-06-01"),
    ("from November to February", "from November to February", "2025-11-01", "2026-03-01"),
    # Spanish
    ("¿Quién dimitió desde el lunes?", "desde el lunes", "2026-03-09", None),
    ("desde ayer", "desde ayer", "2026-03-10", None),
    ("desde marzo", "desde marzo", "2026-03-01", None),
    ("a partir del lunes", "a partir del lunes", "2026-03-09", None),
    ("desde el 24 de febrero", "desde el 24 de febrero", "2026-02-24", None),
    ("¿Qué pasó en marzo?", "en marzo", "2026-03-01", None),
    ("en abril del año pasado", "en abril del año pasado", "2025-04-01", "2025-05-01"),
    ("en febrero de este año", "en febrero de este año", "2026-02-01", "2026-03-01"),
    ("el lunes", "el lunes", "2026-03-09", "2026-03-10"),
    ("quién habló el sábado", "el sábado", "2026-03-07", "2026-03-08"),
    ("el miércoles pasado", "el miércoles pasado", "2026-03-04", "2026-03-05"),
    ("el pasado martes", "el pasado martes", "2026-03-10", "2026-03-11"),
    ("de la semana pasada", "de la semana pasada", "2026-03-02", "2026-03-09"),
    ("el pasado mes", "el pasado mes", "2026-02-01", "2026-03-01"),
    ("este año", "este año", "2026-01-01", None),
    ("hoy", "hoy", "2026-03-11", None),
    ("quién ganó anoche", "anoche", "2026-03-10", "2026-03-11"),
    ("anteayer", "anteayer", "2026-03-09", "2026-03-10"),
    ("en los últimos 3 días", "en los últimos 3 días", "2026-03-08", None),
    ("las últimas dos semanas", "las últimas dos semanas", "2026-02-25", None),
    ("en el último mes", "en el último mes", "2026-02-11", None),
    ("antes del lunes", "antes del lunes", None, "2026-03-09"),
    ("después del lunes", "después del lunes", "2026-03-10", None),
    ("entre marzo y mayo", "entre marzo y mayo", "2025-03-01", "2025-06-01"),
    # Russian
    ("Кто ушёл с понедельника?", "с понедельника", "2026-03-09", None),
    ("со вторника", "со вторника", "2026-03-10", None),
    ("с начала марта", "с начала марта", "2026-03-01", None),
    ("с 24 февраля", "с 24 февраля", "2026-02-24", None),
    ("со вчерашнего дня", "со вчерашнего дня", "2026-03-10", None),
    ("с прошлой недели", "с прошлой недели", "2026-03-02", None),
    ("Что было в марте?", "в марте", "2026-03-01", None),
    ("в апреле прошлого года", "в апреле прошлого года", "2025-04-01", "2025-05-01"),
    ("в феврале этого года", "в феврале этого года", "2026-02-01", "2026-03-01"),
    ("в понедельник", "в понедельник", "2026-03-09", "2026-03-10"),
    ("во вторник", "во вторник", "2026-03-10", "2026-03-11"),
    ("кто выступил в среду", "в среду", "2026-03-11", None),
    ("в прошлую пятницу", "в прошлую пятницу", "2026-03-06", "2026-03-07"),
    ("на прошлой неделе", "на прошлой неделе", "2026-03-02", "2026-03-09"),
    ("в прошлом месяце", "в прошлом месяце", "2026-02-01", "2026-03-01"),
    ("в этом году", "в этом году", "2026-01-01", None),
    ("за последние 3 дня", "за последние 3 дня", "2026-03-08", None),
    ("за последние два месяца", "за последние два месяца", "2026-01-11", None),
    ("за последнюю неделю", "за последнюю неделю", "2026-03-04", None),
    ("вчера", "вчера", "2026-03-10", "2026-03-11"),
    ("кто победил позавчера", "позавчера", "2026-03-09", "2026-03-10"),
    ("сегодня", "сегодня", "2026-03-11", None),
    ("до понедельника", "до понедельника", None, "2026-03-09"),
    ("после понедельника", "после понедельника", "2026-03-10", None),
    ("между мартом и маем", "между мартом и маем", "2025-03-01", "2025-06-01"),
    ("с марта по май", "с марта по май", "2025-03-01", "2025-06-01"),
    # Chinese
    ("自週一以來誰辭職", "自週一以來", "2026-03-09", None),
    ("從星期一", "從星期一", "2026-03-09", None),
    ("从周一开始", "从周一开始", "2026-03-09", None),
    ("自周一之后", "自周一之后", "2026-03-09", None),
    ("三月以來", "三月以來", "2026-03-01", None),
    ("從二月二十四日起", "從二月二十四日起", "2026-02-24", None),
    ("在3月5日", "在3月5日", "2026-03-05", "2026-03-06"),
    ("在三月發生了什麼", "在三月", "2026-03-01", None),
    ("在十二月的地震", "在十二月的", "2025-12-01", "2026-01-01"),
    ("誰週一辭職?", "週一", "2026-03-09", "2026-03-10"),
    ("誰在週日辭職", "在週日", "2026-03-08", "2026-03-09"),
    ("星期天", "星期天", "2026-03-08", "2026-03-09"),
    ("上週一", "上週一", "2026-03-02", "2026-03-03"),
    ("本周二", "本周二", "2026-03-10", "2026-03-11"),
    ("上週的會議", "上週的", "2026-03-02", "2026-03-09"),
    ("上周", "上周", "2026-03-02", "2026-03-09"),
    ("本週", "本週", "2026-03-09", None),
    ("上個月", "上個月", "2026-02-01", "2026-03-01"),
    ("本月", "本月", "2026-03-01", None),
    ("今年", "今年", "2026-01-01", None),
    ("去年三月", "去年三月", "2025-03-01", "2025-04-01"),
    ("去年三月五日", "去年三月五日", "2025-03-05", "2025-03-06"),
    ("昨天", "昨天", "2026-03-10", "2026-03-11"),
    ("前天", "前天", "2026-03-09", "2026-03-10"),
    ("今日", "今日", "2026-03-11", None),
    ("最近三天", "最近三天", "2026-03-08", None),
    ("過去兩週內", "過去兩週內", "2026-02-25", None),
    ("近十天", "近十天", "2026-03-01", None),
    ("最近３個月", "最近３個月", "2025-12-11", None),
    ("從三月到五月", "從三月到五月", "2025-03-01", "2025-06-01"),
]

ABSOLUTE = [
    ("since 2022 what changed", "since 2022", "2022-01-01", None),
    ("what changed since March 2022?", "since March 2022", "2022-03-01", None),
    ("since 24 February 2022", "since 24 February 2022", "2022-02-24", None),
    ("since February 24, 2022", "since February 24, 2022", "2022-02-24", None),
    ("news before 2023", "before 2023", None, "2023-01-01"),
    ("after 2022-02 who", "after 2022-02", "2022-03-01", None),
    ("after 2022/02/24", "after 2022/02/24", "2022-02-25", None),
    ("desde marzo de 2022", "desde marzo de 2022", "2022-03-01", None),
    ("desde el 24 de febrero de 2022", "desde el 24 de febrero de 2022", "2022-02-24", None),
    ("antes de 2023", "antes de 2023", None, "2023-01-01"),
    ("с 2022 года", "с 2022 года", "2022-01-01", None),
    ("с марта 2022 года", "с марта 2022 года", "2022-03-01", None),
    ("до 24 февраля 2022", "до 24 февраля 2022", None, "2022-02-24"),
    ("2022年以來", "2022年以來", "2022-01-01", None),
    ("自2022年3月以來", "自2022年3月以來", "2022-03-01", None),
    ("自2022年3月24日起", "自2022年3月24日起", "2022-03-24", None),
    ("2023年以前", "2023年以前", None, "2023-01-01"),
    ("2022年之後", "2022年之後", "2023-01-01", None),
    # within it
    ("What happened in March 2022?", "in March 2022", "2022-03-01", "2022-04-01"),
    ("Who spoke on 5 March 2022?", "on 5 March 2022", "2022-03-05", "2022-03-06"),
    ("en marzo de 2022", "en marzo de 2022", "2022-03-01", "2022-04-01"),
    ("в марте 2022 года", "в марте 2022 года", "2022-03-01", "2022-04-01"),
    ("2022年3月誰演講", "2022年3月", "2022-03-01", "2022-04-01"),
    ("在2022年3月5日", "在2022年3月5日", "2022-03-05", "2022-03-06"),
]

NONE = [
    "",
    "🚀",
    "?",
    "\ud800 since",
    "since",
    "الأسبوع الماضي",
    # a date with a year that is said of the matter
    "Who won in 2022?",
    "in March 2030",
    "the March 2022 report",
    "2022年誰演講",
    "May 2022",
    "on Monday, 7 March 2022",
    "on October 6, 1973",
    "in March of 1974",
    "on april 11 1861 at the fort",
    "в 2022 году",
    "between 2010 and 2015",
    "from March to May 2022",
    "с марта по май 2022 года",
    # too long ago for news
    "before 1945",
    "since 1066",
    # yet to come, or no such day
    "since 2031",
    "before 2031",
    "after today",
    "What will open in May?",
    "What is going to happen on Monday?",
    "¿Qué va a abrir en mayo?",
    "¿Qué abrirá en mayo?",
    "Что будет в мае?",
    "誰將在週一演講",
    "本週五",
    "since 31 February",
    "since 30 February 2022",
    "since 2022-02-30",
    # verbs and other words
    "what may happen",
    "who may in the end win",
    "what opened in may",
    "in march formation on Rome",
    "a march on Monday's",
    "wait a second",
    "a sunday",
    "since mondays are grey",
    "the last year of the war",
    "in the last 3 days of the war",
    "last days",
    "in the last days",
    "в среду обитания",
    "в среде",
    "кто выступил в пятницы",
    "с мартом",
    "в прошлом",
    "hoy en día",
    "even today",
    "даже сегодня",
    "martes y 13",
    # counts
    "after 2000 people died",
    "before 2000m",
    "since 2021-22",
    "since 2020%",
    "desde 2000 euros",
    "до 2000 человек",
    # names
    "Black Friday sales",
    "who edits the Friday Times",
    '"Monday" by whom',
    "who sang “since Monday”",
    "‘on Monday’ 「昨天」 《今年》 «вчера»",
    "on Monday Night Football",
    "who owns USA Today",
    "Today FM",
    "the tonight show",
    "Who hosts Last Week Tonight?",
    "in March Madness",
    "since 2020 Olympics",
    "Who wrote Yesterday?",
    "Santo Domingo",
    "el Viernes Santo",
    "el viernes santo",
    "Diario Hoy",
    "Россия сегодня",
    "газета Сегодня",
    "周一良是誰",
    "今日俄羅斯",
    "今日美國",
    "星期五餐廳",
    "黑色星期五",
    # habits
    "open from Monday to Friday",
    "in March and May",
    "週一至週五",
    "每星期一",
    # characters of two other words
    "十三月",
    "「三月學運」",
    "在三月學運",
    "三月",
    "日本月球探測",
    "基本月薪",
    "登上月球",
    "如今年輕人",
    "軟體版本週期",
    "三年前",
]


@pytest.mark.parametrize(("text", "expression", "after", "before"), RELATIVE)
def test_a_date_that_counts_from_now(
    text: str, expression: str, after: str | None, before: str | None
) -> None:
    assert named(text) == (expression, after, before, True)


@pytest.mark.parametrize(("text", "expression", "after", "before"), ABSOLUTE)
def test_a_date_with_a_year(
    text: str, expression: str, after: str | None, before: str | None
) -> None:
    assert named(text) == (expression, after, before, False)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_period(text: str) -> None:
    assert named(text) is None


def test_the_first_of_several_counts() -> None:
    assert named("who won on Monday and lost yesterday") == (
        "on Monday",
        "2026-03-09",
        "2026-03-10",
        True,
    )


def test_days_are_days_of_utc() -> None:
    east = timezone(timedelta(hours=8))

    assert named("today", datetime(2026, 3, 12, 7, 0, tzinfo=east)) == (
        "today",
        "2026-03-11",
        None,
        True,
    )


@pytest.mark.parametrize(
    ("text", "now", "after"),
    [
        ("in the last month", datetime(2026, 3, 31, 9, tzinfo=UTC), datetime(2026, 2, 28, 9, tzinfo=UTC)),
        ("in the last year", datetime(2024, 2, 29, 9, tzinfo=UTC), datetime(2023, 2, 28, 9, tzinfo=UTC)),
        ("last month", datetime(2026, 1, 5, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC)),
        ("in the last 36 hours", NOW, NOW - timedelta(hours=36)),
    ],
)  # fmt: skip
def test_months_end_where_the_calendar_says(text: str, now: datetime, after: datetime) -> None:
    period = find_period(text, now)

    assert period is not None
    assert period.after == after


def test_only_the_head_of_a_pasted_text_is_read() -> None:
    assert named("word " * 1000 + "since Monday") is None
    assert named("in the last " * 20_000) is None
