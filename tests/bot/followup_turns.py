"""Questions that follow-ups lean on, each with the quote that answered it, or none."""

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
