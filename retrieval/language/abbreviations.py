"""
Words that tell where sentences end: abbreviations, and what sentences begin with.

Tables only; sentences.py applies them. The entry "" holds for every language,
since its Latin, Cyrillic, Greek and Arabic words cannot be taken for each other.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class StopRules(NamedTuple):
    """Words that stand before a full stop, or behind it, and what they tell."""

    never: frozenset[str]  # something always follows: "Mr."
    numbered: frozenset[str]  # ends no sentence before a number: "No. 5"
    doubtful: frozenset[str]  # ends a sentence only before one of `starters`: "Inc."
    starters: frozenset[str]  # capitalised words that begin sentences rather than names
    has_ordinals: bool  # "am 3. Mai"
    words: frozenset[str]  # all of the first three


_NEVER = {
    "": "Mr Mrs Ms Messrs Mx Dr Drs Prof Gen Lt Col Maj Capt Cpl Sgt Cmdr Adm Brig Sen Sens Rep Reps "
    "Gov Govs Pres Rev Hon Fr Supt Insp Det Atty Amb vs cf viz e.g i.e eg ie ca "
    "т.е т.н т.к т.о ул акад проф доц св см напр п.п κ κα π.χ δηλ Αγ д-р тов "
    "ім вул просп бул чл.-кор т.зв т.ч Καθ Δρ βλ λ.χ डॉ प्रो श्री पं स्व कु मो",
    "de": "Hr Hrn Fr rd Dipl Ing Priv Doz z.B d.h u.a o.ä bzw ca evtl ggf inkl vgl sog geb gest Tel Bd St",
    "fr": "M MM Mgr Me env av apr cf p.ex",
    "es": "Sr Sra Srta Dra Dres D Da EE FF RR CC SS Ud Uds Vd Vds Sto Sta Excmo Excma Lic Ing Gral Mons p.ej",
    "it": "Sig Sigg Dott Dr Ing Avv Prof On Sen Arch Geom dott sig avv ing prof on cd cosidd",
    "pt": "Sr Sra Dra D Exmo Exma Eng Arq Profa Sto Sta",
    "nl": "dhr mevr mw mr drs ir dr prof bijv o.a m.b.t d.w.z t.a.v",
    "pl": "prof dr hab płk gen mjr kpt por św ul al im np tzn tzw tj m.in godz ok ks",
    "tr": "Dr Prof Doç Av Sn Alb Gnkur Yrd Öğr Cad Sok Mah Yzb Org Korg Tümg Gör Arş Uzm Op Hz",
    "ro": "dl dna dnei dv jud str bd dr prof ing gen col lt cpt mr sf acad conf cca aprox Dl Dna Str Bd Sf",
    "vi": "TP Tp TX Tx TT Q P GS PGS TS ThS BS KS LS NSND NSƯT",
    "id": "Bpk Sdr Jl Jln Tn Ny Hj KH Drs Dra Ir Kab Kec Kel Kol Letjen Mayjen Brigjen yth a.n",
    "sv": "bl.a t.ex d.v.s s.k dvs resp ca fr.o.m t.o.m",
    "cs": "např tzv tj resp mj popř ul nám č str p Ing Mgr MUDr JUDr PhDr sv gen plk",
}
_NUMBERED = {
    "": "No Nos no nos Nr nr Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Art art Sec Fig fig p pp "
    "Vol vol Ch Eq Ex Op Pt approx est fl b d c r § стр с рис ст п пп д кв корп αρ σελ тел",
    "de": "Abs Kap Ziff S Bd Art Mär Mrz Okt Dez Nrn",
    "es": "núm núms pág págs art arts cap vol",
    "fr": "n° no p art chap vol",
    "it": "n nn pag art cap vol",
    "nl": "nr blz art afb jan feb mrt apr jun jul aug sep sept okt nov dec",
    "pl": "nr s str rys art poz tab t",
    "ro": "nr art alin pag vol cap ian febr mart apr iun iul aug sept oct noi dec",
    "pt": "n nº pág art cap vol",
}
_DOUBTFUL = {
    "": "Inc Corp Co Cos Ltd Bros Assn Jr Sr Esq St Ste Ave Blvd Rd Mt Ft Univ Dept Gov't Ph.D Ph B.Sc M.Sc "
    "Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Md Mich Minn Miss Mo Mont Neb Nev "
    "Okla Ore Pa Penn Tenn Tex Va Vt Wash Wis Wyo Mon Tue Tues Wed Thu Thur Thurs Fri UU al "
    "г гг в вв р э о оз обл тыс руб долл род ред изд им"
    " د م أ بي سي دي إي جي إف إتش آي جيه كيه كي إل إم إن أو كيو آر إس تي يو في دبليو إكس واي هـ "
    "ए बी सी डी ई एफ जी एच आई जे के एल एम एन ओ पी आर एस टी यू वी डब्ल्यू एक्स वाई",
    "de": "Mio Mrd Str Jh Jhd Chr Mill",
    "fr": "Cie Ste Ets",
    "es": "Cía Av Avda Cdad Depto",
    "pl": "r w tys mln mld zł pkt",
    "nl": "mln mld mrd",
    "ro": "mil mld mii",
}
_STARTERS = {
    "": "The A An This That These Those He She It They We I You His Her Its Their Our My In On At By For "
    "From With As But And Or So Yet If When While After Before Since Although Though Because However "
    "Meanwhile There Then Here Now What Why How Who Where Which Some Many Most All Both Each Several Such "
    "No Not One Two Three Other Others Another According Under During Among Earlier Also Only Even Still "
    "Once Until Despite Nor To Into Of Thus Therefore Hence Finally Instead Later Today Yesterday Is Are Was Were Do Does Did "
    "В На Он Она Они Оно Мы Я Вы Это Этот Эта Эти По С Со К Но И А У О Об За Из Как Когда Если Для До "
    "При После Однако Также Его Её Их Не Что Все Так Там Тогда Кроме Через "
    "Ο Η Το Οι Τα Τον Την Στο Στη Στην Στον Σε Με Και Αλλά Για Από Αυτό Αυτή Αυτός Ένας Μία Μια "
    "في وفي من ومن على لقد وقد قال وقال كان وكان كانت كما إلى ثم بعد هذا هذه وهو وهي أما",
    "de": "Der Die Das Den Dem Des Ein Eine Einer Einem Einen Er Sie Es Wir Ich Ihr Ihre Sein Seine Diese "
    "Dieser Dieses Im Am Bei Mit Nach Vor Von Vom Zu Zum Zur Auf Aus Für Durch Über Unter Und Oder Aber "
    "Doch Wenn Als Wie Was Wer Wo Da Dort Dann Damit Dabei Auch Nur Noch Nun Seit Während Bis Laut Man",
    "fr": "Le La Les L Un Une Des Du De Il Elle Ils Elles On Nous Vous Je Ce Cet Cette Ces C Son Sa Ses "
    "Leur Leurs En Au Aux Dans Par Pour Sur Avec Sans Mais Et Ou Si Quand Après Avant Depuis Selon",
    "es": "El La Los Las Un Una Unos Unas Lo Se Su Sus Este Esta Estos Estas Ese Esa Él Ella Ellos Ellas En "
    "De Del Al Por Para Con Sin Pero Y O Si Cuando Como Desde Según Tras Durante Entre Sobre Hasta También",
    "it": "Il Lo La I Gli Le Un Uno Una Nel Nella Nei Di Del Della Da Dal In Con Per Tra Fra Ma E O Se Si "
    "Quando Dopo Prima Secondo Anche Non Questo Questa Lui Lei Loro Essi",
    "pt": "O A Os As Um Uma Em No Na Nos Nas De Do Da Dos Das Por Para Com Sem Mas E Ou Se Quando Como Ele "
    "Ela Eles Elas Este Esta Isso Segundo Após Durante Entre Desde Também Não",
    "nl": "De Het Een Hij Zij Ze Het Dit Dat Deze Die In Op Bij Met Voor Van Naar Uit Door Over Maar En Of "
    "Als Toen Na Volgens Ook Niet Er We Wij Ik",
    "pl": "W Na Z Ze Do Po Od Za O Przez Dla Przy Nie To Ten Ta Te On Ona Oni Jego Jej Ich Jak Kiedy Gdy Ale I A",
    "ro": "O Un În La De Din Cu Pe Pentru Prin După Dar Și Iar Ea El Ei Ele Acest Această Aceasta "
    "Potrivit Conform Ca Dacă Când Nu Mai Au A Se Este",
    "tr": "Bu Bir O Ve Ama Ancak Daha Sonra Bunun Onun Yeni İlk",
}
# Languages that write an ordinal number with a full stop.
_ORDINALS = "de da no nb nn fi cs sk hu et lv sl hr bs sr is fo lb tr hsb dsb"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Capitalised, and still within the sentence behind "a.m." and "p.m."
AFTER_HOUR = _words(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday EST EDT ET CST CDT CT MST MDT MT PST "
    "PDT PT GMT UTC BST CET Eastern Central Mountain Pacific"
)
# Russian: "year, years, century, centuries, (our) era", abridged behind a figure.
AFTER_YEAR = _words("г гг в вв э")
# Chinese characters that spell foreign names, which a full stop may part: 約翰.史密斯.
NAME_CHARACTERS = (
    "斯尔爾克特德姆尼亚亞拉罗羅马馬巴布卡科洛莱萊伦倫森顿頓维維沃弗夫瑟乔喬约約翰汉漢迈邁杰傑吉"
)
# Thai words that open a clause: "however", "besides", "but", "when", "therefore", "because", ...
CLAUSE_OPENERS = tuple(
    _words(
        "อย่างไรก็ นอกจากนี้ นอกจากนั้น แต่ เมื่อ ดังนั้น เนื่องจาก หลังจาก ต่อมา ในปี ในขณะ ในช่วง ในวัน ทั้งนี้ "
        "ขณะที่ จากนั้น ปัจจุบัน โดยเฉพาะ ส่วน สำหรับ เขา พวกเขา ตัวอย่าง"
    )
)
# ... and those that go on with one: "and", "or", the marks of repetition and abridgement, "with".
CLAUSE_LINKS = ("และ", "หรือ", "ๆ", "ฯ", "กับ")


@lru_cache(maxsize=64)
def stop_rules(lang: str | None) -> StopRules:
    """The rules for a BCP 47 tag; those of no language in particular for None."""
    language = (lang or "").partition("-")[0].lower()

    def words(table: dict[str, str]) -> frozenset[str]:
        return _words(table[""] + " " + table.get(language, ""))

    never, numbered, doubtful = words(_NEVER), words(_NUMBERED), words(_DOUBTFUL)
    return StopRules(
        never=never,
        numbered=numbered,
        doubtful=doubtful,
        starters=words(_STARTERS),
        has_ordinals=language in _words(_ORDINALS),
        words=never | numbered | doubtful,
    )
