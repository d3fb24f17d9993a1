"""
What kind of answer a question asks for.

Tables of question words, no more: what an item of a kind looks like in a text is
in ``items``. A question that gives no sign of a kind asks for ``Kind.THING``:
then nothing is expected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

import regex

from retrieval.types import Span


class Kind(StrEnum):
    """The kind of answer that is asked for."""

    PERSON = "person"
    TIME = "time"
    PLACE = "place"
    NUMBER = "number"  # how many, how long, how tall
    MONEY = "money"
    PERCENT = "percent"
    REASON = "reason"
    SAYING = "saying"  # what somebody said: direct speech is wanted
    DEFINITION = "definition"  # who or what somebody or something is
    MANNER = "manner"
    THING = "thing"  # anything else: what, which, or no question word at all


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What a question asks for.

    Attributes:
        words: The question words in the question, None where there are none.
        others: Further question words, as in "what happened and when".
        topic: What is to be defined; set for ``Kind.DEFINITION`` only.
    """

    kind: Kind
    words: Span | None = None
    topic: str | None = None
    others: tuple[Span, ...] = ()


# Question words by language, the more particular first: at one place in the
# question the first that fits wins, and of several places the earliest does.
# "\b" is left out for scripts that do not part words.
_P, _T, _L, _N, _M, _PC, _R, _S, _H, _O = (
    Kind.PERSON, Kind.TIME, Kind.PLACE, Kind.NUMBER, Kind.MONEY,
    Kind.PERCENT, Kind.REASON, Kind.SAYING, Kind.MANNER, Kind.THING,
)  # fmt: skip
_COST = r"(?=.*\b(?:cost|costs|price|prices|pay|pays|paid|spend|spent|worth|budget|salary|dollars?|euros?|pounds?|fined?|raise|raised|earn|earned|money|invest\w*|revenue|profits?)\b)"
_QUESTION_WORDS: dict[str, tuple[tuple[Kind, str], ...]] = {
    "en": (
        (_T, r"\b(?:when|(?:what|which)(?: \w+)? (?:year|date|day|month|time|century|decade|season|week|era)s?|how (?:long ago|recently|soon|late|early))\b"),
        (_PC, r"\b(?:what|which) (?:percent|percentage|proportion|share|fraction)\b|\bhow many percent\b"),
        (_M, r"\bhow (?:much|many) (?:money|dollars|euros|pounds)\b|\bhow (?:much|expensive)\b" + _COST + r"|\bwhat (?=(?:is|was|are|were|will be)? ?(?:the )?(?:\w+ )?(?:cost|price|salary|budget|revenue|fine|worth)\b)"),
        (_N, r"\bhow (?:many|much|long|far|tall|high|old|fast|often|big|large|deep|wide|heavy|hot|cold|frequently|close|thick)\b|\b(?:what|which)(?: (?:is|was|are|were))?(?: the)?(?: \w+)? (?:number|population|height|length|distance|age|size|speed|temperature|rate|area|total|weight|magnitude|amount|score|width|depth|elevation|altitude|capacity)\b"),
        (_L, r"\b(?:where|(?:what|which)(?: \w+)? (?:city|cities|country|countries|state|states|place|places|region|regions|county|province|location|continent|island|town|village|district|capital|nation|nations|river|street|neighborhood|area))\b"),
        (_R, r"\b(?:why|(?:what|which)(?: \w+)? (?:reason|reasons|cause|causes|caused)|how come|what (?=(?:has |had |have )?(?:delayed|prevented|led to|held|hampered|prompted|made|triggered)\b))"),
        (_S, r"\bwhat (?:did|does|do|has|have|had) .{1,60} (?:say|said|tell|told|comment|announce|claim|respond)\b|\bwhat (?:is|was) .{0,40}(?:comment|statement|quote|reaction|response)\b"),
        (_P, r"\b(?:who|whom|whose|(?:what|which)(?: \w+)? (?:person|man|woman|president|king|queen|emperor|author|writer|actor|actress|singer|artist|scientist|player|politician|leader|minister|director|philosopher|mathematician|physicist|composer|general|coach|quarterback|architect|engineer|explorer|pope|bishop|inventor|poet|painter)s?)\b"),
        (_H, r"\bhow\b"),
        (_O, r"\b(?:what|which)\b"),
    ),
    "es": (
        (_T, r"\b(?:cuándo|en qué (?:año|fecha|día|mes|siglo|momento|década|época)|qué (?:año|fecha|día|mes|siglo|década))\b"),
        (_PC, r"\bqué (?:porcentaje|proporción)\b"),
        (_M, r"\bcuánto (?:dinero|cuest\w+|costó|costar\w+|pag\w+|gast\w+|vale)\b"),
        (_N, r"\b(?:cuántos|cuántas|cuánto|cuánta|qué (?:cantidad|número|altura|edad|distancia|población|tamaño|longitud|velocidad))\b"),
        (_L, r"\b(?:dónde|adónde|qué (?:ciudad|país|lugar|región|estado|provincia|países|ciudades|sitio|zona|continente))\b"),
        (_R, r"\bpor qué\b|\b(?:cuál|qué) .{0,12}(?:razón|motivo|causa)\b"),
        (_S, r"\bqué (?:dijo|dijeron|declaró|afirmó|comentó|anunció)\b"),
        (_P, r"\b(?:quién|quiénes)\b"),
        (_H, r"\bcómo\b"),
        (_O, r"\b(?:qué|cuál|cuáles)\b"),
    ),
    "pt": (
        (_T, r"\b(?:quando|(?:que|qual) (?:ano|data|dia|mês|século|década))\b"),
        (_PC, r"\bqu(?:e|al) (?:a )?(?:porcentagem|percentagem|proporção)\b"),
        (_M, r"\bquanto (?:dinheiro|cust\w+|pag\w+|gast\w+|vale)\b"),
        (_N, r"\b(?:quantos|quantas|quanto|quanta|qual (?:é |era |foi )?(?:a |o )?(?:altura|idade|distância|população|número|tamanho))\b"),
        (_L, r"\b(?:onde|aonde|(?:que|qual) (?:cidade|país|lugar|região|estado))\b"),
        (_R, r"\b(?:por que|por quê|porque razão|qual .{0,12}(?:motivo|razão|causa))\b"),
        (_P, r"\bquem\b"),
        (_H, r"\bcomo\b"),
        (_O, r"\b(?:o que|que|qual|quais)\b"),
    ),
    "fr": (
        (_T, r"\b(?:quand|quelle? (?:année|date|jour|mois|siècle|décennie|époque))\b"),
        (_PC, r"\bquelle? (?:pourcentage|proportion|part)\b"),
        (_M, r"\bcombien (?:coût\w+|d'argent|a coûté|d'euros|de dollars)\b"),
        (_N, r"\b(?:combien|quelle? (?:est |était )?(?:la |le )?(?:âge|hauteur|distance|population|nombre|taille|longueur|vitesse))\b"),
        (_L, r"\b(?:où|quelle? (?:ville|pays|lieu|région|état|endroit|continent))\b"),
        (_R, r"\b(?:pourquoi|quelle .{0,8}(?:raison|cause))\b"),
        (_P, r"\b(?:qui|quel (?:président|roi|joueur|auteur|ministre))\b"),
        (_H, r"\bcomment\b"),
        (_O, r"(?<!\p{L})(?:qu[e'’]|quels?|quelles?|lequel|laquelle|quoi)(?!\p{L})"),
    ),
    "it": (
        (_T, r"\b(?:quando|(?:che|quale) (?:anno|data|giorno|mese|secolo|decennio))\b"),
        (_PC, r"\b(?:che|quale) (?:percentuale|proporzione)\b"),
        (_M, r"\bquanto (?:cost\w+|denaro|paga\w*|spes\w+|vale)\b"),
        (_N, r"\b(?:quant[oiae]|quale (?:altezza|età|distanza|popolazione|numero))\b"),
        (_L, r"\b(?:dove|dov'è|(?:che|quale) (?:città|paese|luogo|regione|stato))\b"),
        (_R, r"\b(?:perché|perchè|quale .{0,8}(?:motivo|ragione|causa))\b"),
        (_P, r"\bchi\b"),
        (_H, r"\b(?:come|com'è)\b"),
        (_O, r"\b(?:che|cosa|quale|quali|qual)\b"),
    ),
    "de": (
        (_T, r"\b(?:wann|(?:welche[mnrs]?) (?:jahr\w*|datum|tag|monat|jahrhundert|jahrzehnt|zeit\w*)|seit wann|um wie viel uhr)\b"),
        (_PC, r"\b(?:wie ?viele? prozent|welche[rn]? (?:anteil|prozentsatz))\b"),
        (_M, r"\bwie ?viel (?:geld|kostet\w*|euro|dollar)\b|\bwie teuer\b|\bwas kostet\w*\b"),
        (_N, r"\bwie ?(?:viele?n?|hoch|lange?|weit|groß|alt|schnell|oft|tief|breit|schwer|häufig)\b"),
        (_L, r"\b(?:wo|woher|wohin|welche[mnrs]? (?:stadt|land|ländern?|ort|staat|region|kontinent|gebiet))\b"),
        (_R, r"\b(?:warum|weshalb|wieso|weswegen|aus welchem grund)\b"),
        (_P, r"\b(?:wer|wen|wem|wessen)\b"),
        (_H, r"\b(?:wie|wodurch|womit)\b"),
        (_O, r"\b(?:was|welche[mnrs]?|wofür|woran|worauf|woraus|worin|wozu)\b"),
    ),
    "ro": (
        (_T, r"\b(?:când|(?:ce|care) (?:an|dată|zi|lună|secol|deceniu|perioadă))\b"),
        (_PC, r"\b(?:ce|care) (?:procent|proporție)\w*\b"),
        (_M, r"\bcât (?:costă|a costat|a plătit)\b|\bcâți bani\b"),
        (_N, r"\b(?:cât|câte|câți|câtă|care (?:este|era) (?:numărul|populația|înălțimea|vârsta))\b"),
        (_L, r"\b(?:unde|(?:ce|care) (?:oraș|țară|loc|regiune|stat))\b"),
        (_R, r"\b(?:de ce|(?:ce|care) .{0,8}(?:motiv|cauz)\w*)\b"),
        (_P, r"\b(?:cine|cui)\b"),
        (_H, r"\bcum\b"),
        (_O, r"\b(?:ce|care)\b"),
    ),
    "ru": (
        (_T, r"\b(?:когда|как\w+ (?:году|год|век\w*|дата|день|дату|месяц\w*|числ\w+|дня|десятилети\w+)|с каких пор)\b"),
        (_PC, r"\bкак\w+ (?:процент\w*|дол\w+)\b|\bсколько процентов\b"),
        (_M, r"\bсколько (?:стоит|стоил\w*|денег|долларов|рублей)\b|\bкак\w+ цен\w+\b"),
        (_N, r"\b(?:сколько|скольк\w+|насколько|как (?:долго|далеко|часто|много|быстро)|как\w+ (?:высота|количество|население|числ\w+|расстояние|возраст))\b"),
        (_L, r"\b(?:где|куда|откуда|как\w+ (?:город\w*|стран\w+|мест\w+|регион\w*|штат\w*))\b"),
        (_R, r"\b(?:почему|зачем|отчего|из-за чего|по как\w+ причин\w+|причин\w+)\b"),
        (_S, r"\bчто (?:сказал|заявил|сообщил|ответил)\w*\b"),
        (_P, r"\b(?:кто|кого|кому|кем|чей|чья|чьё|чье|чьи)\b"),
        (_H, r"\bкак\b"),
        (_O, r"\b(?:что|чем|чего|чему|как(?:ой|ая|ое|ие|им|ую|ими|ого|их|ом))\b"),
    ),
    "el": (
        (_T, r"\b(?:πότε|ποι\w+ (?:χρονιά|έτος|ημερομηνία|ημέρα|μήνα|αιώνα|χρόνο|δεκαετία)|τι (?:χρονιά|έτος))\b"),
        (_PC, r"\bποι\w+ ποσοστό\b|\bτι ποσοστό\b"),
        (_M, r"\bπόσο (?:κοστίζει|κόστισε|χρήμα\w*)\b|\bπόσα (?:χρήματα|ευρώ|δολάρια)\b"),
        (_N, r"\b(?:πόσ\w+)\b"),
        (_L, r"\b(?:πού|που βρίσκεται|από πού|ποι\w+ (?:πόλη|χώρα|μέρος|περιοχή|πολιτεία))\b"),
        (_R, r"\b(?:γιατί|για ποιον? λόγο|ποι\w+ .{0,10}(?:λόγο\w*|αιτία))\b"),
        (_P, r"\b(?:ποιος|ποιοι|ποιον|ποιανού)\b"),
        (_H, r"\bπώς\b"),
        (_O, r"\b(?:τι|ποι\w+)\b"),
    ),
    "tr": (
        (_T, r"\b(?:ne zaman|hangi (?:yıl\w*|tarih\w*|gün\w*|ay\w*|yüzyıl\w*|dönem\w*)|kaç yılında)\b"),
        (_PC, r"\byüzde kaç\w*\b"),
        (_M, r"\b(?:kaç (?:dolar|para|lira|euro)|ne kadara|fiyatı)\b"),
        (_N, r"\b(?:kaç\w*|ne kadar|ne sıklıkta)\b"),
        (_L, r"\b(?:nere\w*|hangi (?:şehir|ülke|kent|yer|bölge|eyalet)\w*)\b"),
        (_R, r"\b(?:neden|niçin|niye)\b"),
        (_P, r"\b(?:kim|kimin|kimdir|kime|kimler|kimi)\b"),
        (_H, r"\bnasıl\b"),
        (_O, r"\b(?:ne|nedir|hangi|neyi|neye|nelerdir|hangisi)\b"),
    ),
    "vi": (
        (_T, r"\b(?:khi nào|năm nào|ngày nào|bao giờ|lúc nào|thời gian nào|thế kỷ nào|tháng mấy|tháng nào|thời điểm nào|năm bao nhiêu)\b"),
        (_PC, r"\b(?:bao nhiêu phần trăm|tỷ lệ .{0,10}bao nhiêu)\b"),
        (_M, r"\bbao nhiêu (?:tiền|đô la|đồng|usd)\b"),
        (_N, r"\b(?:bao nhiêu|mấy|bao lâu|bao xa)\b"),
        (_L, r"\b(?:ở đâu|đâu|nơi nào|(?:thành phố|nước|quốc gia|tiểu bang|vùng) nào)\b"),
        (_R, r"\b(?:tại sao|vì sao|sao lại|lý do)\b"),
        (_P, r"\b(?:(?<!\p{L})ai(?!\p{L})|người nào)\b"),
        (_H, r"\b(?:như thế nào|thế nào|bằng cách nào)\b"),
        (_O, r"\b(?:gì|nào|điều gì)\b"),
    ),
    "ar": (
        (_T, r"(?<!\p{L})(?:و?متى|في أي (?:عام|سنة|تاريخ|يوم|شهر|قرن|وقت)|(?:أي|اي) (?:عام|سنة|تاريخ|يوم|شهر|قرن)|ما (?:هو )?(?:العام|التاريخ|تاريخ))(?!\p{L})"),
        (_PC, r"ما (?:هي )?(?:النسبة|نسبة)|كم نسبة"),
        (_M, r"كم (?:تكلف|كلف|يبلغ سعر|سعر|ثمن|دولار)|ما (?:هو )?سعر"),
        (_N, r"(?<!\p{L})(?:كم|ما (?:هو )?(?:عدد|طول|ارتفاع|حجم|مقدار|عمر))(?!\p{L})"),
        (_L, r"(?<!\p{L})(?:أين|اين|(?:أي|اي) (?:مدينة|دولة|بلد|مكان|منطقة|ولاية)|ما (?:هي )?(?:المدينة|الدولة|البلد|المكان))(?!\p{L})"),
        (_R, r"(?<!\p{L})(?:لماذا|ما (?:هو )?(?:السبب|سبب)|لم)(?!\p{L})"),
        (_S, r"ماذا قال|ماذا صرح"),
        (_P, r"(?<!\p{L})(?:من (?:هو|هي|هم|الذي|التي|الذين)|مَن|^من|لمن)(?!\p{L})"),
        (_H, r"(?<!\p{L})كيف(?!\p{L})"),
        (_O, r"(?<!\p{L})(?:ما|ماذا|بماذا|أي|اي|بم|ماهي|ماهو|أيّ)(?!\p{L})"),
    ),
    "hi": (
        (_T, r"कब|किस (?:वर्ष|साल|तारीख|दिन|महीने|सदी|समय)|कौन से (?:वर्ष|साल)"),
        (_PC, r"कितने प्रतिशत|कितना प्रतिशत"),
        (_M, r"कितने (?:रुपये|डॉलर|पैसे)|कितना (?:खर्च|पैसा)|कीमत"),
        (_N, r"कितन[ेीा]|कितनों"),
        (_L, r"कहाँ|कहां|किस (?:शहर|देश|राज्य|स्थान|जगह|क्षेत्र)"),
        (_R, r"क्यों|किस कारण"),
        (_P, r"कौन(?! (?:सा|सी|से))|किसने|किसके|किसकी|किसको|किन्होंने"),
        (_H, r"कैसे|किस प्रकार|किस तरह"),
        (_O, r"क्या|कौन|किस|किन"),
    ),
    "th": (
        (_T, r"เมื่อไหร่|เมื่อไร|เมื่อใด|ปีใด|ปีไหน|ปีอะไร|วันที่เท่าไร|วันใด|วันไหน|เดือนใด|เดือนอะไร|ศตวรรษใด|ศตวรรษที่เท่าไร|ช่วงเวลาใด|เวลาใด|พ\.ศ\. ?อะไร|ค\.ศ\. ?อะไร"),
        (_PC, r"กี่เปอร์เซ็นต์|ร้อยละเท่าไร|ร้อยละเท่าใด"),
        (_M, r"กี่บาท|กี่ดอลลาร์|ราคาเท่าไร|ราคาเท่าไหร่|เงินเท่าไร"),
        (_N, r"กี่|เท่าไร|เท่าไหร่|เท่าใด|นานแค่ไหน|จำนวนเท่า"),
        (_L, r"ที่ไหน|ที่ใด|เมืองใด|เมืองอะไร|เมืองไหน|ประเทศใด|ประเทศอะไร|ประเทศไหน|แห่งใด|รัฐใด"),
        (_R, r"ทำไม|เพราะอะไร|เพราะเหตุใด|เหตุใด|สาเหตุ"),
        (_P, r"ใคร|ผู้ใด|คนใด|คนไหน"),
        (_H, r"อย่างไร|ยังไง"),
        (_O, r"อะไร|สิ่งใด|ใด|ไหน"),
    ),
    "zh": (
        (_T, r"什[么麼]时候|什[么麼]時候|何[时時]|哪[一]?年|哪[一]?[天日]|哪[一个個]*月|幾月|几月|几号|幾號|哪[个個]?(?:年代|世[纪紀]|朝代|时期|時期|时间|時間|年份)|什[么麼](?:时间|時間|日期|年代)|何年|多久以前|几点|幾點|时间[是为]?[？?]?$|時間[是為]?[？?]?$"),
        (_PC, r"百分之(?:多少|几|幾)|多少[%％]|(?:多少|多大|什[么麼])(?:比例|百分比)|占比"),
        (_M, r"多少(?:钱|錢|元|美元|欧元|歐元|英镑|英鎊|人民币|人民幣|资金|資金)|(?:售价|售價|价格|價格|票价|票價|奖金|獎金)"),
        (_N, r"多少|几[个個位人次年天名种種支部座条條场場只隻岁歲项項]|[幾][个個位人次年天名种種支部座条條场場只隻岁歲项項]|第几|第幾|多[大长長高远遠久重快深宽寬]|人数|人數|幾"),
        (_L, r"哪[裡里儿兒]|何[处處地]|哪[个個一]*(?:国家|國家|城市|地方|省|国|國|地区|地區|州|市|县|縣|洲)|什[么麼]地方|哪国|哪國|位于何|位於何|起点|地点|地點"),
        (_R, r"[为為](?:什[么麼]|何)|什[么麼]原因|原因|何故|[为為]啥|怎[么麼]会|怎[麼么]會"),
        (_S, r"[说說](?:了)?什[么麼]|怎[么麼][说說]"),
        (_P, r"[谁誰]|何人|哪[一]?[位个個名](?:人|国王|國王|皇帝|总统|總統|导演|導演|演员|演員|科学家|科學家|作家|球员|球員)?|什[么麼]人"),
        (_H, r"如何|怎[么麼樣样]|怎[么麼]"),
        (_O, r"什[么麼]|哪|何|啥"),
    ),
    "ja": (
        (_T, r"いつ|何年|何月|何日|何時|何世紀|何年代"),
        (_PC, r"何パーセント|何[%％]|何割"),
        (_M, r"いくら|何円|何ドル|何ユーロ"),
        (_N, r"何[人個回歳台本枚名件社ヶか]|いくつ|どれ(?:くらい|ぐらい|だけ|ほど)|どの(?:くらい|ぐらい|程度)|何メートル|何キロ|何番"),
        (_L, r"どこ|どの(?:国|都市|街|町|地域|州|県)|何処"),
        (_R, r"なぜ|何故|どうして|理由"),
        (_P, r"誰|だれ|どなた|何者"),
        (_H, r"どう(?:やって|いう風に)|どのように|いかに"),
        (_O, r"何|なに|なん|どの|どんな|どれ|どちら"),
    ),
    "ko": (
        (_T, r"언제|몇 ?년|몇 ?월|몇 ?일|어느 ?(?:해|날|시기|시대|세기)|몇 ?시|몇 ?세기|무슨 ?(?:요일|해)"),
        (_PC, r"몇 ?(?:퍼센트|%|프로)"),
        (_M, r"(?:얼마|몇 ?(?:원|달러|유로))"),
        (_N, r"몇|얼마나|얼마"),
        (_L, r"어디|어느 ?(?:나라|도시|곳|지역|주|국가|장소)"),
        (_R, r"왜|이유"),
        (_P, r"누구|누가|누굴|어떤 사람"),
        (_H, r"어떻게"),
        (_O, r"무엇|무슨|어떤|어느|뭐|뭘"),
    ),
}  # fmt: skip

# "Who is X?", "X是誰": the whole question is a name and the wish to know about it.
_DEFINITIONS: tuple[str, ...] = (
    r"(?:who|what)(?:'s|’s| is| are| was| were)(?: an?)? (?P<topic>(?!the\b|it\b|this\b|that\b|he\b|she\b|they\b|being\b)[^,;]+)",
    r"(?:tell me|what do you know) about (?P<topic>[^,;]+)",
    r"(?:define|meaning of|what does) (?P<topic>[^,;]+?)(?: mean| stand for)?",
    r"(?:quién|quiénes|qué) (?:es|son|fue|fueron|era) (?:una? )?(?P<topic>(?!el\b|la\b|los\b|las\b)[^,;]+)",
    r"(?:quem|o que) (?:é|são|foi|era) (?:uma? )?(?P<topic>(?!o\b|a\b|os\b|as\b)[^,;]+)",
    r"(?:qui (?:est|était|sont)|qu['’]est[- ]ce que?(?: c['’]est que?)?|c['’]est quoi) (?P<topic>(?!le\b|la\b|les\b|l['’])[^,;]+)",
    r"(?:chi|che cosa|cosa|che cos['’]) ?(?:è|sono|era|fu) (?:una? |un['’])?(?P<topic>(?!il\b|la\b|lo\b|i\b|gli\b|le\b)[^,;]+)",
    r"(?:wer|was) (?:ist|sind|war|waren) (?:eine? )?(?P<topic>(?!der\b|die\b|das\b)[^,;]+)",
    r"(?:cine|ce) (?:este|e|sunt|a fost|era) (?:un |o )?(?P<topic>[^,;]+)",
    r"(?:кто|что) (?:такой|такая|такое|такие)(?: был| была)? (?P<topic>[^,;]+)",
    r"(?:ποιος|ποια|τι) (?:είναι|ήταν) (?:ο |η |το )?(?P<topic>[^,;]+)",
    r"(?P<topic>[^,;]+) (?:kimdir|nedir|kim|kimdi)",
    r"(?P<topic>[^,;]+) là (?:ai|gì)",
    r"(?:من|ما) (?:هو|هي|هم) (?P<topic>[^,؛]+)",
    r"(?P<topic>[^,;]+) (?:कौन|क्या) (?:है|हैं|था|थे|थी)",
    r"(?P<topic>.+?) ?(?:คือใคร|คืออะไร)",
    r"(?P<topic>.{1,16}?)(?:是|系|係)(?:谁|誰|什[么麼](?:人|東西|东西)?|何人|何物|边个|邊個)",
    r"(?:谁|誰|什[么麼])(?:是|叫)(?P<topic>.{1,16}?)",
    r"(?P<topic>.+?)(?:とは|って)?(?:は|とは|って)?(?:誰|だれ|何|なに)(?:ですか|か|なのか|でしょうか)?",
    r"(?P<topic>.+?)(?:은|는|이|가|란)? ?(?:누구|무엇)(?:인가요?|입니까|인가|이야|야|예요|이에요)?",
)  # fmt: skip
# A longer "name" is a description ("who is president of …"), and a person or a
# thing is asked for, not a definition.
_TOPIC_WORDS = 4
_TOPIC_CHARACTERS = 40
# Past this many characters a question is a pasted text; its kind is read from the head.
_HEAD = 400
_SCRIPTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"[\p{Hiragana}\p{Katakana}]", ("ja",)),
    (r"\p{Hangul}", ("ko",)),
    (r"\p{Han}", ("zh",)),
    (r"\p{Thai}", ("th",)),
    (r"\p{Devanagari}", ("hi",)),
    (r"\p{Arabic}", ("ar",)),
    (r"\p{Greek}", ("el",)),
    (r"\p{Cyrillic}", ("ru",)),
)
_LATIN = ("en", "es", "de", "fr", "it", "pt", "ro", "tr", "vi")


@cache
def _question_words(lang: str) -> regex.Pattern[str]:
    parts = (f"(?P<_{i}>{p})" for i, (_, p) in enumerate(_QUESTION_WORDS[lang]))
    return regex.compile("|".join(parts), regex.IGNORECASE)


@cache
def _definitions() -> tuple[regex.Pattern[str], ...]:
    return tuple(
        regex.compile(rf"^[\s¿¡]*{p}[\s?？؟;!！。.]*$", regex.IGNORECASE) for p in _DEFINITIONS
    )


def _languages(question: str, langs: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The languages that the question is surely in, one of them, and those that it may be in."""
    for script, of_script in _SCRIPTS:
        if regex.search(script, question):
            return of_script, ()
    hinted = [code for code in dict.fromkeys(c.split("-")[0] for c in langs) if code in _LATIN]
    sure = hinted or ["en"]
    return sure, [code for code in _LATIN if code not in sure]


def _first(question: str, lang: str) -> Asked | None:
    found = list(_question_words(lang).finditer(question))
    if not found:
        return None
    kinds = [_QUESTION_WORDS[lang][i][0] for m in found for i in (int(str(m.lastgroup)[1:]),)]
    words = [Span(*m.span()) for m in found]
    # "What did it report and on what day": the second asks more exactly than "what".
    kind = next((kind for kind in kinds if kind is not Kind.THING), Kind.THING)
    return Asked(kind, words[0], others=tuple(words[1:]))


def _definition(question: str) -> Asked | None:
    for pattern in _definitions():
        found = pattern.match(question)
        if found is None:
            continue
        topic = found["topic"].strip(" ?？؟;!！。.")
        if topic and len(topic) <= _TOPIC_CHARACTERS and len(topic.split()) <= _TOPIC_WORDS:
            return Asked(Kind.DEFINITION, None, topic)
    return None


@lru_cache(maxsize=1024)
def asked(question: str, langs: tuple[str, ...] = ()) -> Asked:
    """
    The kind of answer that a question asks for.

    Args:
        question: Of any length; its kind is read from the head.
        langs: Languages of the question, the likeliest first; only a hint, and
            only among languages that share the Latin script.
    """
    head = question[:_HEAD]
    found = _definition(head)
    if found is not None:
        return found
    sure, unsure = _languages(head, langs)
    readings = [found for lang in sure if (found := _first(head, lang)) is not None]
    if readings:
        return min(readings, key=lambda reading: reading.words or Span(0, 0))
    # In a language that nobody named a question word may be any word ("Kim", "care", "AI"):
    # it may hint at a kind, but it stays a word of the question.
    guesses = [found for lang in unsure if (found := _first(head, lang)) is not None]
    return Asked(guesses[0].kind) if guesses else Asked(Kind.THING)
