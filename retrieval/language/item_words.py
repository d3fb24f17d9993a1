"""
The words that months, days, numbers and places are known by, by language.

Tables only: patterns for ``items``, which joins them. What is a word of one language may
be another word elsewhere ("on" is ten in Turkish, "mars" a month in French), so each text
is read with the table of its own language, and with all of them only where that is unknown.
"""

from __future__ import annotations

# "May" and "March" are months in small letters only where a day or a preposition says so.
_VERBS = (
    r"(?-i:May|March|MAY|MARCH)|(?<=(?:\d|st|nd|rd|th|in|of|since|until|till|by|during|last|early|late) )(?:may|march)"
    r"|(?:may|march)(?= \d)"
)
MONTHS: dict[str, str] = {
    "en": "january|february|april|june|july|august|september|october|november|december"
    "|jan|feb|(?-i:Mar)|apr|jun|jul|aug|sept?|oct|nov|dec",
    "es": "enero|febrero|marzo|abril|mayo|junio|julio|agosto|sept?iembre|octubre|noviembre|diciembre",
    "pt": "janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro",
    "fr": "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
    "it": "gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre",
    "de": "januar|jänner|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember",
    "ro": "ianuarie|februarie|martie|aprilie|mai|iunie|iulie|august|septembrie|octombrie|noiembrie|decembrie",
    "nl": "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december",
    "id": "januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember",
    "sv": "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december",
    "pl": r"stycz(?:eń|ni[ae]|niu)|lut(?:y|ego|ym)|marzec|marcu|(?<=[0-9] )(?:marca|maja)|kwie(?:cień|tnia|tniu)"
    r"|maju|czerw(?:iec|ca|cu)|lip(?:iec|ca|cu)|sierp(?:ień|nia|niu)|wrze(?:sień|śnia|śniu)|październik\w*"
    r"|listopad\w*|grud(?:zień|nia|niu)",
    "cs": r"led(?:en|na)|únor\w*|březn\w*|dub(?:en|na)|květ(?:en|na)|červ(?:en|na|enec|ence)|srp(?:en|na)"
    r"|září|říj(?:en|na)|listopad\w*|prosin\w*",
    "tr": "ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık",
    "ru": "январ[яьеё]|феврал[яье]|марта?|апрел[яье]|ма[яйе]|июн[яье]|июл[яье]|августа?|сентябр[яье]"
    "|октябр[яье]|ноябр[яье]|декабр[яье]",
    "uk": r"січ(?:ень|ня|ні)|лют(?:ий|ого|ому)|берез(?:ень|ня|ні)|квіт(?:ень|ня|ні)|трав(?:ень|ня|ні)"
    r"|черв(?:ень|ня|ні)|лип(?:ень|ня|ні)|серп(?:ень|ня|ні)|верес(?:ень|ня|ні)|жовт(?:ень|ня|ні)"
    r"|листопад\w*|груд(?:ень|ня|ні)",
    "el": r"ιανου[αά]ρι\w+|φεβρου[αά]ρι\w+|μ[αά]ρτι\w+|απρ[ιί]λι\w+|μ[αά][ιΐ]ο\w+|ιο[υύ]νι\w+|ιο[υύ]λι\w+"
    r"|α[υύ]γο[υύ]στο\w+|σεπτ[εέ]μβρι\w+|οκτ[ωώ]βρι\w+|νο[εέ]μβρι\w+|δεκ[εέ]μβρι\w+",
    "fa": "فروردین|اردیبهشت|خرداد|تیر|مرداد|شهریور|مهر|آبان|آذر|دی|بهمن|اسفند|ژانویه|فوریه|مارس|آوریل|مه|ژوئن"
    "|ژوئیه|اوت|سپتامبر|اکتبر|نوامبر|دسامبر",
    "ar": "يناير|فبراير|مارس|أبريل|ابريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر",
    "he": "ב?(?:ינואר|פברואר|מרץ|מרס|אפריל|מאי|יוני|יולי|אוגוסט|ספטמבר|אוקטובר|נובמבר|דצמבר)",
    "th": "มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|สิงหาคม|กันยายน|ตุลาคม|พฤศจิกายน|ธันวาคม",
    "hi": "जनवरी|फ़?रवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर|अक्टूबर|नवंबर|दिसंबर",
}
MONTHS["en"] += f"|{_VERBS}"
DAYS: dict[str, str] = {
    "en": "monday|tuesday|wednesday|thursday|friday|saturday|sunday|yesterday|today|tomorrow"
    "|last (?:week|month|year|night)|this (?:year|week|month)|next (?:year|week|month)",
    "es": "lunes|martes|miércoles|jueves|viernes|sábado|domingo",
    "fr": "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche",
    "de": "montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag",
    "nl": "maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag",
    "id": "senin|selasa|rabu|kamis|jumat|sabtu|minggu",
    "pl": "poniedziałek|wtorek|środ[aęy]|czwartek|piątek|sobot[aęy]|niedziel[aęi]",
    "uk": "понеділ(?:ок|ка)|вівтор(?:ок|ка)|серед[ауи]|четвер(?:га)?|п.ятниц[яюі]|субот[ауи]|неділ[яюі]",
    "ro": "luni|marți|miercuri|joi|vineri|sâmbătă|duminică",
    "pt": "segunda-feira|terça-feira|quarta-feira|quinta-feira|sexta-feira|sábado|domingo",
    "it": "lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica",
    "tr": "pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar",
    "el": "παρασκευή|σάββατο|κυριακή",
    "ru": "понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]|воскресенье",
    "ar": "الاثنين|الثلاثاء|الأربعاء|الخميس|الجمعة|السبت|الأحد",
}
NUMBERS: dict[str, str] = {
    "en": "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    "|seventeen|eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    "(?:-(?:one|two|three|four|five|six|seven|eight|nine))?"
    "|hundreds?|thousands?|millions?|billions?|dozens?|half|twice|third|once",
    "es": "dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieci\\w+|veinte"
    "|veinti\\w+|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|cien|ciento|doscient[oa]s"
    "|trescient[oa]s|mil|millones|mitad",
    "pt": "dois|duas|três|quatro|cinco|seis|sete|oito|nove|dez|onze|doze|vinte|trinta|cem|cento|mil|milhões",
    "fr": "deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|vingt|trente|cent|mille|millions",
    "it": "due|tre|quattro|cinque|sei|sette|otto|nove|dieci|undici|dodici|venti|trenta|cento|mille|milioni",
    "de": "zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig|dreißig|hundert|tausend|millionen"
    "|milliarden|hälfte",
    "ro": "doi|două|trei|patru|cinci|șase|șapte|opt|nouă|zece|milioane",
    "tr": "iki|üç|dört|beş|altı|yedi|sekiz|dokuz|on|yirmi|otuz|yüz|bin|milyon",
    "vi": "hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|trăm|nghìn|triệu|tỷ",
    "nl": "twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|twintig|honderd|duizend|miljoen|miljard|helft",
    "pl": r"dwa|dwie|dwóch|trzy|trzech|cztery|pięć|sześć|siedem|osiem|dziewięć|dziesięć|sto|tysi\w+|milion\w*"
    r"|połow\w+",
    "id": "satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|belas|puluh|ratus|ribu|juta|setengah",
    "ru": r"од[инна]+|дв[аеух]+|тр[иеёмх]+|четыр\w+|пят[ьи]\w*|шест[ьи]\w*|сем[ьи]\w*|вос[еь]м\w*|девят\w+"
    r"|десят\w+|сорок\w*|сто|тысяч\w*|миллион\w*|половин\w+",
    "uk": r"два|дві|двох|три|трьох|чотир\w+|п.ят[ьи]\w*|шіст\w*|сім|семи|вісім\w*|дев.ят\w+|десят\w+|сто"
    r"|тисяч\w*|мільйон\w*|мільярд\w*|половин\w+",
    "el": r"δύο|τρεις|τρία|τέσσερ\w+|πέντε|έξι|επτά|εφτά|οκτώ|οχτώ|εννέα|εννιά|δέκα|εκατό|χίλι\w+|εκατομμύρι\w+",
    "ar": r"واحد\w*|اثن\w+|ثلاث\w*|أربع\w*|خمس\w*|ست[ةونين]*|سبع\w*|ثمان\w*|تسع\w*|عشر\w*|مائة|مئة|ألف|آلاف"
    "|مليون|ملايين|مليار",
    "fa": r"یک|دو|سه|چهار|پنج|شش|هفت|هشت|ده|بیست|صد|هزار|میلیون|میلیارد|نیم\w*",
    "he": "אחת|אחד|שתיים|שני|שתי|שלוש[הת]?|ארבעה?|חמישה?|חמש|שישה?|שש|שבעה?|שמונה|תשעה?|עשרה?|עשר|מאה|אלפ?|אלפים"
    "|מיליון|מיליארד|חצי",
    "hi": "दो|तीन|चार|पांच|पाँच|छह|सात|आठ|नौ|दस|सौ|हज़ार|हजार|लाख|करोड़",
}
# What stands before the name of a place.
PLACE_BEFORE: dict[str, str] = {
    "en": "in|at|on|from|near|to|into|outside|inside|across|around|via",
    "es": "en|de|a",
    "pt": "em|na|no|nos|nas|de|do|da",
    "fr": "à|a|au|aux|en|dans|de",
    "it": "in|a|dal|na|nel|nella|nell['’]|dell['’]",
    "de": "in|im|nach|aus|bei|zu|an",
    "ro": "din|la|în",
    "vi": "ở|tại",
    "nl": "in|naar|op|uit|te",
    "pl": "w|we|z|ze|do|na|pod",
    "id": "di|ke|dari",
    "sv": "i|för|från|till",
    "cs": "v|ve|na|do|z",
    "ru": "в|во|на|из|под|около|близ|у|до",
    "uk": "в|у|до|на|з|із|зі|під",
    "el": "στην?|στο|στις|στα|στους|από",
}
