"""Follow-ups are made whole, whole questions are left alone: tables of both."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.followups import Completion, Earlier, complete
from retrieval.types import Article, Quote, Span


def quoted(text: str, answer: str | None = None, *, article_id: str = "fair") -> Quote:
    """The first sentence of an article, with the words that answer."""
    stop = min((text.find(mark) % (len(text) + 1) for mark in ".。"), default=len(text))
    start = -1 if answer is None else text.index(answer)
    return Quote(
        article=Article(id=article_id, text=text),
        span=Span(0, stop),
        paragraph=1,
        score=1.0,
        answer=None if answer is None else Span(start, start + len(answer)),
    )


BRIDGE = (
    "When did the harbour bridge reopen?",
    quoted("The harbour bridge reopened on Monday. Ada Brook cut the ribbon."),
)
FAIR = (
    "Who opened the Baltic Fair?",
    quoted("Mayor Ada Brook opened the Baltic Fair on Monday.", "Ada Brook"),
)
UNTOLD = (
    "Who opened the Baltic Fair?",
    quoted("The Baltic Fair was opened by Ada Brook and guests."),
)
CITY = ("Which city hosts the fair?", quoted("The fair is held in Port Lincoln.", "Port Lincoln"))
VISIT = (
    "When did Brook visit Osterholm?",
    quoted("Ada Brook went to Osterholm in May. Osterholm is old, and in Osterholm it rains."),
)
QUAKE = (
    "How many died in the Osterholm earthquake?",
    quoted("Nine people died in the earthquake that shook Osterholm and the coast around it."),
)
STORM = ("How many died in the Osterholm yesterday?", quoted("Nine died in the Osterholm storm."))
NORDIC = ("When did Norway join the pact?", None)
TYPED = (
    "when did norway join the pact?",
    quoted("In May the king of Norway signed, and Norway joined the pact."),
)
COUNT = ("How many ships left the port in 2021?", None)
BORDER = ("How long is the border between Norway and Sweden?", None)
LEADER = ("Who is the harbour master of Osterholm?", None)
DEFINED = ("Who is Ada Brook?", None)
BESIDE = ("When? (Who opened the fair?)", None)
RATE = ("What is the exchange rate of the crown?", None)
PREMIER = ("Who is the prime minister of Norway?", None)
CUP = ("Who won the Baltic Cup?", None)
SHAKEN = ("How many died in the Osterholm earthquake?", None)
VISITS = ("When did Brook visit Osterholm?", None)
ASIDE = ("Who attended (the Baltic Fair)?", None)
TOPIC = ("When? (the Baltic Fair)", None)
NAMED = ("In Osterholm? (How many died in the storm?)", None)
LABELLED = ("When? (In Osterholm: How many died in the storm?)", None)
COST = ("How much does the ferry cost?", None)
ROAR = ("lol that is wrong", None)
GAMES_ES = ("¿Quién inauguró los Juegos del Báltico?", None)
PREMIER_ES = ("¿Quién es el primer ministro de Noruega?", None)
BORN_RU = ("Где родился Олаф Странд?", None)
PREMIER_RU = ("Кто премьер-министр Норвегии?", None)
OPENED_RU = ("Кто открыл ярмарку?", quoted("Ярмарка открыта Адой Брук.", "Адой Брук"))
TEAM_RU = ("Сколько очков набрал «Полюс»?", None)
DIED_HANT = ("花蓮地震死了多少人？", None)
ASIDE_HANT = ("死了多少人（花蓮）？", None)
SHIP_HANT = ("神舟二十號什麼時候返回？", None)
DELAY_HANT = ("為什麼延後？", None)
GAMES_HANS = ("北海冬奥会在哪里举行？", None)
EGYPT_HANS = ("埃及什么时候加入公约？", None)

FAIR_ES = (
    "¿Quién inauguró la Feria del Mar?",
    quoted("Ada Brook inauguró la Feria del Mar el lunes.", "Ada Brook"),
)
BRIDGE_ES = ("¿Cuándo reabrió el puente viejo?", quoted("El puente viejo reabrió el lunes."))
PACT_ES = ("¿Cuándo entró Noruega en el pacto?", None)

FAIR_RU = ("Кто открыл ярмарку в Осло?", quoted("Ада Брук открыла ярмарку в Осло.", "Ада Брук"))
BRIDGE_RU = ("Когда снова открыли мост?", None)
PACT_RU = ("Когда Норвегия вступила в пакт?", None)

BRIDGE_HANT = ("大橋什麼時候重新開放？", quoted("大橋於週一重新開放。市長說很好。"))
FAIR_HANT = ("誰為博覽會揭幕？", quoted("市長林小橋為博覽會揭幕。", "林小橋"))
PACT_HANT = ("挪威什麼時候加入公約？", None)
SIGNED = ("When did Norway join NATO?", quoted("Norway joined NATO on Monday."))
SAID_HANT = ("林小橋從星期一說了什麼？", None)
QUAKE_HANT = ("花蓮地震造成多少人死亡？", None)
SHIPS_HANT = ("有多少艘船離開港口？", None)
BRIDGE_HANS = ("大桥什么时候重新开放？", None)
FAIR_HANS = ("谁为博览会揭幕？", quoted("市长林小桥为博览会揭幕。", "林小桥"))

FOLLOWUPS = [
    # by rule 'kind':
    (BRIDGE, "And why?", "kind", "Why did the harbour bridge reopen?"),
    (BRIDGE, "why", "kind", "Why did the harbour bridge reopen?"),
    (BRIDGE, "But how exactly?", "kind", "How did the harbour bridge reopen?"),
    (BRIDGE, "Where was that?", "kind", "Where did the harbour bridge reopen?"),
    (BRIDGE, "So how did that happen?", "kind", "How did the harbour bridge reopen?"),
    (BRIDGE, "And who?", "kind", "Who? (When did the harbour bridge reopen?)"),
    (FAIR, "And when?", "kind", "When? (Who opened the Baltic Fair?)"),
    (FAIR, "when was it?", "kind", "When? (Who opened the Baltic Fair?)"),
    (FAIR, "On what date?", "kind", "On what date? (Who opened the Baltic Fair?)"),
    (COUNT, "And since when?", "kind", "Since when? (How many ships left the port in 2021?)"),
    (COUNT, "Why is that?", "kind", "Why? (How many ships left the port in 2021?)"),
    (DEFINED, "Since when?", "kind", "Since when? (Who is Ada Brook?)"),
    (BESIDE, "And where?", "kind", "Where? (Who opened the fair?)"),
    (FAIR_ES, "¿Y cuándo?", "kind", "¿Cuándo? (¿Quién inauguró la Feria del Mar?)"),
    (FAIR_ES, "¿Y cuándo fue eso?", "kind", "¿Cuándo? (¿Quién inauguró la Feria del Mar?)"),
    (BRIDGE_ES, "¿Por qué?", "kind", "¿Por qué reabrió el puente viejo?"),
    (BRIDGE_ES, "Pero ¿cómo exactamente?", "kind", "¿Cómo reabrió el puente viejo?"),
    (BRIDGE_ES, "¿Y cuánto?", "kind", "¿Cuánto? (¿Cuándo reabrió el puente viejo?)"),
    (FAIR_RU, "А когда?", "kind", "Когда? (Кто открыл ярмарку в Осло?)"),
    (BRIDGE_RU, "А почему?", "kind", "Почему снова открыли мост?"),
    (BRIDGE_RU, "Где это было?", "kind", "Где снова открыли мост?"),
    (BRIDGE_RU, "Но зачем именно?", "kind", "Зачем снова открыли мост?"),
    (BRIDGE_HANT, "那為什麼？", "kind", "大橋為什麼重新開放？"),
    (FAIR_HANT, "那什麼時候呢？", "kind", "什麼時候？（誰為博覽會揭幕？）"),
    (FAIR_HANT, "是什麼時候的事？", "kind", "什麼時候？（誰為博覽會揭幕？）"),
    (SHIPS_HANT, "那什麼時候呢？", "kind", "什麼時候？（有多少艘船離開港口？）"),
    (BRIDGE_HANS, "为什么？", "kind", "大桥为什么重新开放？"),
    (FAIR_HANS, "那什么时候？", "kind", "什么时候？（谁为博览会揭幕？）"),
    (FAIR, "那什麼時候呢？", "kind", "什麼時候？（Who opened the Baltic Fair?）"),
    # by rule 'name':
    (NORDIC, "what about Latvia?", "name", "When did Latvia join the pact?"),
    (NORDIC, "And Latvia?", "name", "When did Latvia join the pact?"),
    (NORDIC, "and latvia", "name", "When did latvia join the pact?"),
    (NORDIC, "And in 2019?", "name", "When did Norway join the pact in 2019?"),
    (TYPED, "What about the Faroe Islands?", "name", "when did the Faroe Islands join the pact?"),
    (COUNT, "And in March 2022?", "name", "How many ships left the port in March 2022?"),
    (BORDER, "And Finland?", "name", "Finland? (How long is the border between Norway and Sweden?)"),
    (BRIDGE, "What about the old tunnel?", "name", "When did the old tunnel reopen?"),
    (LEADER, "And of Port Lincoln?", "name", "Who is the harbour master of Port Lincoln?"),
    (("when is it safe to swim?", None), "What about Latvia?", "name", "Latvia? (when is it safe to swim?)"),
    (NORDIC, "in Latvia?", "name", "In Latvia? (When did Norway join the pact?)"),
    (NORDIC, "in March", "name", "When did Norway join the pact in March?"),
    (PACT_ES, "¿En Letonia?", "name", "¿En Letonia? (¿Cuándo entró Noruega en el pacto?)"),
    (PACT_ES, "¿Y Letonia?", "name", "¿Cuándo entró Letonia en el pacto?"),
    (BRIDGE_ES, "¿Y el faro?", "name", "¿Cuándo reabrió el faro?"),
    (PACT_RU, "А Латвия?", "name", "Когда Латвия вступила в пакт?"),
    (PACT_RU, "А как насчёт Латвии?", "name", "Насчёт Латвии? (Когда Норвегия вступила в пакт?)"),
    (PACT_HANT, "那拉脫維亞呢？", "name", "拉脫維亞什麼時候加入公約？"),
    (PACT_HANT, "拉脫維亞呢", "name", "拉脫維亞什麼時候加入公約？"),
    (BRIDGE_HANS, "那隧道呢？", "name", "隧道什么时候重新开放？"),
    (PACT_HANT, "那2019年呢？", "name", "2019年？（挪威什麼時候加入公約？）"),
    (PACT_HANT, "那三月呢？", "name", "在三月？（挪威什麼時候加入公約？）"),
    (QUAKE_HANT, "那台北呢？", "name", "台北？（花蓮地震造成多少人死亡？）"),
    # a noun in the place of a noun, a name in that of a name, and else beside the question
    (RATE, "And the guilder?", "name", "What is the exchange rate of the guilder?"),
    (RATE, "And Latvia?", "name", "Latvia? (What is the exchange rate of the crown?)"),
    (PREMIER, "And in Finland?", "name", "Who is the prime minister of Finland?"),
    (CUP, "what about the men's?", "name", "The men's? (Who won the Baltic Cup?)"),
    (CUP, "And the museum?", "name", "The museum? (Who won the Baltic Cup?)"),
    (SHAKEN, "And in Tainan?", "name", "In Tainan? (How many died in the Osterholm earthquake?)"),
    (SHAKEN, "And the Tainan earthquake?", "name", "How many died in the Tainan earthquake?"),
    (VISITS, "And Port Lincoln?", "name", "Port Lincoln? (When did Brook visit Osterholm?)"),
    (SIGNED, "what about the UK?", "name", "The UK? (When did Norway join NATO?)"),
    (ASIDE, "And the Grand Museum?", "name", "Who attended (the Grand Museum)?"),
    (ASIDE, "what about the men?", "name", "The men? (Who attended, the Baltic Fair?)"),
    (TOPIC, "And the Grand Museum?", "name", "When? (the Grand Museum)"),
    (BESIDE, "And Latvia?", "name", "When? (Latvia: Who opened the fair?)"),
    (LABELLED, "And in Latvia?", "name", "When? (In Latvia: How many died in the storm?)"),
    (PREMIER_ES, "¿Y en Francia?", "name", "¿Quién es el primer ministro de Francia?"),
    (PACT_ES, "¿Y en Francia?", "name", "¿En Francia? (¿Cuándo entró Noruega en el pacto?)"),
    (DEFINED, "¿Y en Londres?", "name", "¿En Londres? (Who is Ada Brook?)"),
    (BORN_RU, "А что насчёт Хубилая?", "name", "Насчёт Хубилая? (Где родился Олаф Странд?)"),
    (BORN_RU, "А Ада Брук?", "name", "Ада Брук? (Где родился Олаф Странд?)"),
    (BORN_RU, "А Эдвард Холм?", "name", "Где родился Эдвард Холм?"),
    (PREMIER_RU, "А что с Польшей?", "name", "С Польшей? (Кто премьер-министр Норвегии?)"),
    (PREMIER_RU, "А Польша?", "name", "Польша? (Кто премьер-министр Норвегии?)"),
    (PREMIER_RU, "А Швеции?", "name", "Кто премьер-министр Швеции?"),
    (FAIR_RU, "А в Хельсинки?", "name", "Кто открыл ярмарку в Хельсинки?"),
    (TEAM_RU, "А «Север»?", "name", "Сколько очков набрал «Север»?"),
    (DIED_HANT, "台北呢？", "name", "台北？（花蓮地震死了多少人？）"),
    (ASIDE_HANT, "台北呢？", "name", "死了多少人（台北）？"),
    (SHIP_HANT, "那神舟二十一號呢？", "name", "神舟二十一號什麼時候返回？"),
    (DELAY_HANT, "那神舟二十一號呢？", "name", "神舟二十一號？（為什麼延後？）"),
    (EGYPT_HANS, "那以色列呢？", "name", "以色列什么时候加入公约？"),
    # never brackets in brackets
    (ASIDE, "And when?", "kind", "When? (the Baltic Fair)"),
    (TOPIC, "And where?", "kind", "Where? (the Baltic Fair)"),
    (NAMED, "And when?", "kind", "When? (In Osterholm: How many died in the storm?)"),
    (LABELLED, "And where?", "kind", "Where? (In Osterholm: How many died in the storm?)"),
    (ASIDE_HANT, "什麼時候發生的？", "kind", "什麼時候？（花蓮）"),
    (COST, "Why?", "kind", "Why? (How much does the ferry cost?)"),
    (GAMES_ES, "¿Y cuándo?", "kind", "¿Cuándo? (¿Quién inauguró los Juegos del Báltico?)"),
    # who and what pronouns stand for
    (GAMES_ES, "¿Quién los pagaron?", "pronoun", "¿Quién los pagaron (los Juegos del Báltico)?"),
    (PREMIER, "How old is he?", "pronoun", "How old is the prime minister of Norway?"),
    (PREMIER_RU, "А что с ним?", "pronoun", "Что с ним (Норвегии)?"),
    (OPENED_RU, "Кто она?", "pronoun", "Кто она (Адой Брук)?"),
    (GAMES_HANS, "什么时候开幕？", "pronoun", "什么时候开幕（北海冬奥会）？"),
    (SHIP_HANT, "為什麼延後？", "pronoun", "為什麼延後（神舟二十號）？"),
    (NAMED, "How big is it?", "pronoun", "How big is Osterholm?"),
    # a month of the year that was asked about
    (("What did Brook say in July 2024?", None), "And in August?", "name", "What did Brook say in August 2024?"),
    (("¿Qué dijo Brook en julio de 2024?", None), "¿Y en agosto?", "name", "¿Qué dijo Brook en agosto de 2024?"),
    (("Что сказала Брук в июле 2024?", None), "А в августе?", "name", "Что сказала Брук в августе 2024?"),
    (("林小橋在2024年七月說了什麼？", None), "那八月呢？", "name", "林小橋2024年八月說了什麼？"),
    (("What did Brook say in July 2024?", None), "And last week?", "name", "What did Brook say last week?"),
    # a date in plain words for another
    (NORDIC, "And last week?", "name", "When did Norway join the pact last week?"),
    (("What did Brook say since Monday?", None), "And in March?", "name", "What did Brook say in March?"),
    (("What did Brook say last week?", None), "What about March?", "name", "What did Brook say in March?"),
    (("¿Qué dijo Brook?", None), "¿Y la semana pasada?", "name", "¿Qué dijo Brook la semana pasada?"),
    (("¿Qué dijo Brook desde el lunes?", None), "¿Y en enero?", "name", "¿Qué dijo Brook en enero?"),
    (("Что сказала Брук на прошлой неделе?", None), "А в январе?", "name", "Что сказала Брук в январе?"),
    (SAID_HANT, "那三月呢？", "name", "林小橋在三月說了什麼？"),
    (SAID_HANT, "那上週呢？", "name", "林小橋上週說了什麼？"),
    # by rule 'pronoun':
    (FAIR, "who is he?", "pronoun", "Who is Ada Brook?"),
    (FAIR, "How old is she?", "pronoun", "How old is Ada Brook?"),
    (FAIR, "What did they say?", "pronoun", "What did Ada Brook say?"),
    (FAIR, "What about her husband?", "pronoun", "What about Ada Brook's husband?"),
    (FAIR, "Who is her husband?", "pronoun", "Who is Ada Brook's husband?"),
    (FAIR, "How big is it?", "pronoun", "How big is the Baltic Fair?"),
    (QUAKE, "How strong was it?", "pronoun", "How strong was the Osterholm earthquake?"),
    (STORM, "How strong was it?", "pronoun", "How strong was the Osterholm?"),
    (FAIR, "Who paid for it?", "pronoun", "Who paid for the Baltic Fair?"),
    (UNTOLD, "who's she?", "pronoun", "Who's Ada Brook?"),
    (BRIDGE, "And who designed it?", "pronoun", "Who designed the harbour bridge?"),
    (BRIDGE, "What is its length?", "pronoun", "What is the harbour bridge's length?"),
    (CITY, "How many people live there?", "pronoun", "How many people live in Port Lincoln?"),
    (CITY, "How big is it?", "pronoun", "How big is Port Lincoln?"),
    (VISIT, "How old is she?", "pronoun", "How old is Brook?"),
    (VISIT, "How old is it?", "pronoun", "How old is Osterholm?"),
    (SIGNED, "Who is its king?", "pronoun", "Who is Norway's king?"),
    (SIGNED, "How many people live there?", "pronoun", "How many people live in Norway?"),
    (LEADER, "How old is he?", "pronoun", "How old is the harbour master of Osterholm?"),
    (DEFINED, "When did she join NATO?", "pronoun", "When did Ada Brook join NATO?"),
    (DEFINED, "Who are her brothers?", "pronoun", "Who are Ada Brook's brothers?"),
    (TYPED, "who did they fight?", "pronoun", "Who did Norway fight?"),
    (FAIR_ES, "¿Quién es ella?", "pronoun", "¿Quién es Ada Brook?"),
    (FAIR_ES, "¿Cuándo nació?", "pronoun", "¿Cuándo nació (Ada Brook)?"),
    (FAIR_ES, "¿Y quién es?", "pronoun", "¿Quién es (Ada Brook)?"),
    (FAIR_ES, "¿Cuál es su cargo?", "pronoun", "¿Cuál es su cargo (Ada Brook)?"),
    (FAIR_RU, "Кто она?", "pronoun", "Кто Ада Брук?"),
    (FAIR_RU, "Что она сказала?", "pronoun", "Что Ада Брук сказала?"),
    (FAIR_RU, "Сколько ей лет?", "pronoun", "Сколько ей лет (Ада Брук)?"),
    (FAIR_RU, "Где родилась?", "pronoun", "Где родилась (Ада Брук)?"),
    (FAIR_HANT, "她是誰？", "pronoun", "林小橋是誰？"),
    (FAIR_HANT, "他說了什麼？", "pronoun", "林小橋說了什麼？"),
    (FAIR_HANS, "他的妻子是谁？", "pronoun", "林小桥的妻子是谁？"),
    (BRIDGE_HANT, "它有多長？", "pronoun", "大橋有多長？"),
    (BRIDGE_HANT, "那是誰設計的？", "pronoun", "大橋是誰設計的？"),
    (BRIDGE_HANT, "誰設計了它？", "pronoun", "誰設計了大橋？"),
    (DEFINED, "她是誰？", "pronoun", "Ada Brook是誰？"),
    # by rule 'continued':
    (BRIDGE, "And who attended?", "continued", "Who attended (the harbour bridge)?"),
    (("When did it rain last?", None), "But who noticed?", "continued", "Who noticed (rain last)?"),
    (DEFINED, "And what happened next?", "continued", "What happened next (Ada Brook)?"),
    (BRIDGE_ES, "¿Y quién asistió?", "continued", "¿Quién asistió (el puente viejo)?"),
    (PACT_RU, "А кто голосовал?", "continued", "Кто голосовал (Норвегия)?"),
    (BRIDGE_HANT, "那誰出席？", "continued", "誰出席（大橋）？"),
    # by rule 'continued', of an event that is not named
    (BRIDGE, "Who attended?", "continued", "Who attended (the harbour bridge)?"),
    (FAIR, "how many people were injured", "continued", "How many people were injured (the Baltic Fair)"),
    (BRIDGE_ES, "¿Quién asistió?", "continued", "¿Quién asistió (el puente viejo)?"),
    (FAIR_ES, "¿Cuántos heridos hubo?", "continued", "¿Cuántos heridos hubo (la Feria del Mar)?"),
    (FAIR_RU, "Сколько человек погибло?", "continued", "Сколько человек погибло (Осло)?"),
    (BRIDGE_HANT, "有多少人受傷？", "continued", "有多少人受傷（大橋）？"),
    (BRIDGE_HANS, "谁出席了？", "continued", "谁出席了（大桥）？"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "followup", "rule", "whole"), FOLLOWUPS)
def test_a_followup_is_made_whole(before, followup, rule, whole) -> None:
    question, quote = before

    made = complete(followup, [Earlier(question, () if quote is None else (quote,))])

    assert made is not None
    assert (made.rule, made.question) == (rule, whole)
    assert made.carried or before is TOPIC
    assert made.articles == (() if quote is None else ("fair",))


def test_the_tables_are_large_enough() -> None:
    assert len(FOLLOWUPS) >= 60
    assert len(WHOLE) >= 60


WHOLE = [
    # short, and whole
    "Who won?",
    "Who won the cup?",
    "Who attended the fair?",
    "How many people died in Osterholm?",
    "How many ships sank?",
    "What happened?",
    "What?",
    "Really?",
    "Thanks!",
    "tram",
    "Latvia",
    "Latvia?",
    "in general?",
    "in January 2024 earthquake",
    "On Latvia",
    "El Salvador",
    "在拉脫維亞",
    "Who is Ada Brook?",
    "When is Easter?",
    "Where is Osterholm?",
    "and",
    "And?",
    "what about you?",
    "And then?",
    # bound, or standing for nothing
    "Did Brook say he would resign?",
    "When Brook resigned, did he say why?",
    "Which company laid off its staff?",
    "Who lost his seat?",
    "Why did the mayor close her office?",
    "When the bridge fell, was it insured?",
    "What time is it?",
    "Is it true that Norway left the pact?",
    "How long does it take to cross the strait?",
    "How much does it cost to park at the port?",
    "Is it raining in Osterholm?",
    "Who announced it will close the port?",
    "Which minister removed himself from the list?",
    "What is it like to live in Osterholm?",
    "How far is it from Osterholm to Port Lincoln?",
    "In his new book, what does Brook say?",
    "Are there whales in the strait?",
    "What did Norway and its neighbours sign?",
    "Will this year be warmer?",
    "What is this week's weather in Osterholm?",
    "Which country changed its flag?",
    "And what did Brook say about Norway?",
    "So who opened the Baltic Fair on Monday?",
    "But why did the harbour master of Osterholm resign?",
    "What about the harbour master of Osterholm and the ferry line did Brook dislike?",
    # other languages
    "¿Quién ganó?",
    "¿Qué pasó?",
    "¿Qué pasa con Letonia?",
    "¿Qué hay de nuevo?",
    "¿Dónde tiene su sede la FIFA?",
    "¿Cuándo presentó su dimisión Brook?",
    "¿A qué le dio su nombre?",
    "¿Cuántas personas murieron en Osterholm?",
    "¿Cuándo llueve?",
    "¿Cuándo es la feria?",
    "¿Qué dijo Brook de su rival?",
    "¿Es verdad que Noruega salió del pacto?",
    "¿Qué fue lo que más le gustó al alcalde?",
    "Кто победил?",
    "Когда выборы?",
    "Где мост?",
    "Сколько человек погибло в Осло?",
    "Почему мэр сказал, что он уйдёт?",
    "Что сказала Брук о своём муже?",
    "Идёт ли дождь?",
    "誰贏了？",
    "花蓮有多少人受傷？",
    "什麼時候選舉？",
    "其他國家怎麼說？",
    "土耳其何時加入？",
    "吉他是什麼？",
    "馬爾他在哪裡？",
    "泰国前总理他信是谁？",
    "林小橋說他會辭職嗎？",
    "大桥为什么把它的灯关了？",
    "現在幾點？",
    # languages without a table, and no language
    "Et quand ?",
    "Wer ist er?",
    "Quem é ele?",
    "いつですか？",
    "彼は誰ですか？",
    "ومتى؟",
    "מי הוא?",
    "А коли?",
    "🌉",
    "?",
    "",
    "And why? " * 40,
]


@pytest.mark.parametrize("question", WHOLE)
@pytest.mark.parametrize(
    "before", [BRIDGE, FAIR, BRIDGE_HANT, FAIR_RU, FAIR_ES], ids=lambda turn: turn[0]
)
def test_a_whole_question_is_left_alone(before, question) -> None:
    assert complete(question, [Earlier(before[0], (before[1],))]) is None


REPLIES = [
    (BRIDGE, "Who attended?", "Who attended (the harbour bridge)?"),
    (BRIDGE, "Who won?", "Who won (the harbour bridge)?"),
    (FAIR, "how many tickets sold?", "How many tickets sold (the Baltic Fair)?"),
    (BRIDGE_HANT, "誰出席？", "誰出席（大橋）？"),
    (FAIR, "Who is Olaf Strand?", None),
    (FAIR, "Thanks", None),
    (FAIR, "what did the tall man from the ferry line say afterwards?", None),
    (BRIDGE_HANT, "《大橋》誰演的？", None),
]


@pytest.mark.parametrize(("before", "reply", "whole"), REPLIES)
def test_a_reply_asks_about_what_it_replies_to(before, reply, whole) -> None:
    made = complete(reply, [Earlier(before[0], (before[1],), is_replied_to=True)])

    assert (made and made.question) == whole
    assert made is None or made.rule == "continued"


UNEXPLAINED = [
    (("When did the ferry sink?", None), "who is he?"),
    (("Кто победил вчера?", None), "Кто он?"),
    (("Who won yesterday?", None), "where is it?"),
    (("Quand le pont a-t-il rouvert ?", None), "who is he?"),
    (BRIDGE, "And when?"),  # the same again
    (ROAR, "when?"),  # neither a question nor a name
    (("How old is Norway?", None), "who is he?"),
    (("Кения? (Где Осло?)", None), "кто он?"),
    (("埃及博物馆什么时候重新开放？", None), "他是谁？"),
    (NORDIC, "And Norway?"),
]


@pytest.mark.parametrize(("before", "followup"), UNEXPLAINED)
def test_what_nothing_explains_is_left_alone(before, followup) -> None:
    question, quote = before

    assert complete(followup, [Earlier(question, () if quote is None else (quote,))]) is None


def test_nothing_was_asked_before() -> None:
    assert complete("And when?", []) is None


def test_a_turn_that_says_nothing_is_passed_over() -> None:
    turns = [Earlier("When did Norway join?"), Earlier("And who?"), Earlier("🌉")]

    made = complete("And why?", turns)

    assert made == Completion(
        "Why did Norway join?", "kind", ("Norway", "join"), (), back=3, name="Norway"
    )


def test_the_turn_before_explains_what_the_last_does_not() -> None:
    turns = [Earlier("Who is Ada Brook?"), Earlier("When did the ferry sink?")]

    made = complete("How old is she?", turns)

    assert made == Completion(
        "How old is Ada Brook?", "pronoun", ("Ada Brook",), (), back=2, name="Ada Brook"
    )


def test_a_turn_that_asks_nothing_is_passed_over() -> None:
    turns = [Earlier("When did Norway join?"), Earlier("lol that is wrong")]

    made = complete("And why?", turns)

    assert made is not None
    assert (made.question, made.back) == ("Why did Norway join?", 2)


@pytest.mark.parametrize(
    ("asked", "followup"),
    [("Where was Tesla born?", "How old is he?"), ("祖沖之在哪裡？", "他是誰？")],
)
def test_where_the_last_turn_may_name_a_person_no_other_is_taken(asked, followup) -> None:
    assert complete(followup, [Earlier("Who is Ada Brook?"), Earlier(asked)]) is None


def test_filters_alone_keep_what_a_completion_added() -> None:
    made = complete("", [Earlier("When? (Who opened the fair?)")], is_filtered=True)

    assert made is not None
    assert made.question == "When? (Who opened the fair?)"


@pytest.mark.parametrize("followup", ["Where was it going?", "How big is it?", "And when?"])
def test_what_the_last_turn_does_not_explain_is_not_sought_in_another_topic(followup) -> None:
    turns = [Earlier("Who opened the Baltic Fair?"), Earlier("When did a ferry sink?")]

    assert complete(followup, turns) is None


def test_older_turns_are_not_read() -> None:
    ferry = Earlier("When did the ferry sink?")

    assert complete("How old is she?", [Earlier("Who is Ada Brook?"), ferry, ferry]) is None


def test_nothing_leans_on_a_pasted_text_nor_past_it() -> None:
    pasted = Earlier("Who opened the fair? " + "The rain went on. " * 40)

    assert complete("And when?", [Earlier(FAIR[0], (FAIR[1],)), pasted]) is None


def test_articles_are_those_of_the_first_quote() -> None:
    twin = quoted("The fair was opened by Ada Brook.", article_id="twin")
    first = quoted("Ada Brook opened the fair.", "Ada Brook")
    joined = Quote(first.article, first.span, 1, 1.0, first.answer, also_in=(twin, twin))

    made = complete(
        "And why?", [Earlier("Who opened the fair?", (joined, quoted("No.", article_id="x")))]
    )

    assert made is not None
    assert made.articles == ("fair", "twin")


@pytest.mark.parametrize("question", ["", "And?", "¿Y?", "那？"])
def test_filters_alone_ask_the_same_again(question) -> None:
    turns = [Earlier("When did Norway join the pact?")]

    made = complete(question, turns, is_filtered=True)

    assert made is not None
    assert (made.rule, made.question) == ("again", "When did Norway join the pact?")
    assert complete(question, turns) is None


ANY = st.text(max_size=80)


@given(ANY, ANY, ANY, st.booleans())
def test_any_text_is_read(question: str, earlier: str, text: str, is_replied_to: bool) -> None:
    quotes = (quoted("a" + text.replace(".", "").replace("。", "") + "."),)

    made = complete(question, [Earlier(earlier, quotes, is_replied_to)])

    assert made is None or made.question.strip()


OPENINGS = st.sampled_from(
    ["And ", "what about ", "¿Y ", "А ", "那", "who is he ", "what did it ", "她"]
)


@given(OPENINGS, ANY, st.sampled_from([BRIDGE, FAIR, FAIR_ES, FAIR_RU, BRIDGE_HANT]))
def test_any_followup_is_read(opening: str, rest: str, before) -> None:
    made = complete(opening + rest, [Earlier(before[0], (before[1],))])

    assert made is None or made.question.strip()
