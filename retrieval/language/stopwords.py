"""
Stop words by language: function words and question words.

They are dropped from questions only, so a word too many here costs more than one too
few: words that name something (``year``, ``people``, ``new``) are left out. Spelling is
folded where the lists are used, in chunks.py; an apostrophe stands for nothing
(``don't`` is ``dont``).
"""

from __future__ import annotations

from functools import cache

_WORDS = {
    "en": """
        a about above across after again against all almost along already also although always am
        among an and another any anyone anything are aren't around as at away be became because
        been before behind being below between both but by can can't cannot could couldn't did
        didn't do does doesn't doing don't done down during each either else ever every for from
        further had hadn't has hasn't have haven't having he her here hers herself him himself his
        how however i if in into is isn't it its itself just may me might mine more most much must
        mustn't my myself neither no nor not now of off on once only onto or other others our ours
        ourselves out over own per rather same shall shan't she should shouldn't since so some
        such than that the their theirs them themselves then there these they this those though
        through thus to too toward towards under until up upon us very via was wasn't we were
        weren't what whatever when whenever where wherever whether which whichever while who
        whoever whom whose why will with within without won't would wouldn't yet you your yours
        yourself yourselves many ll re ve s t eg ie etc please tell give got get gets did
    """,
    "es": """
        a al algo alguien algún alguna algunas alguno algunos ante antes aquel aquella aquellas
        aquello aquellos aquí así aún aunque bajo bien cada casi como cómo con contra cual cuál
        cuales cuáles cualquier cuando cuándo cuanto cuánto cuanta cuánta cuantas cuántas cuantos
        cuántos cuya cuyas cuyo cuyos de del desde donde dónde adónde durante e el él ella ellas
        ello ellos en entre era eran eras es esa esas ese eso esos esta está estaba estaban estado
        estamos están estar estas este esto estos estoy estuvo estuvieron etc fue fueron fui ha
        había habían haber habido han has hasta hay haya he hemos hubo iba la las le les lo los
        más me mediante mi mí mientras mis mismo misma mismos mismas muy nada ni ningún ninguna
        ninguno no nos nosotras nosotros nuestra nuestras nuestro nuestros o os otra otras otro
        otros para pero poco por porque pudo puede pueden podría pues que qué quién quien quienes
        quiénes se sea sean según ser será serán sería si sí sido siempre siendo sin sino sobre
        sois son su sus suya suyo también tampoco tan tanto te tenía tenían tener tengo ti tiene
        tienen toda todas todo todos tras tu tú tus tuvo tuvieron u un una unas uno unos usted
        ustedes va van y ya yo
    """,
    "pt": """
        a à ao aos aquela aquelas aquele aqueles aquilo as às até cada com como contra cuja cujas
        cujo cujos da das de dela delas dele deles desde dessa desse desta deste disso disto do
        dos durante e é ela elas ele eles em embora enquanto entre era eram és essa essas esse
        esses esta está estão estas estava estavam este estes estar esteve estiveram estou eu foi
        foram há havia haver isso isto já lhe lhes lo mais mas me mediante mesma mesmas mesmo
        mesmos meu meus minha minhas muito na nas não nem nenhum nenhuma nessa nesse nesta neste
        nisso no nos nós nossa nossas nosso nossos num numa o onde aonde os ou outra outras outro
        outros para pela pelas pelo pelos perante pode podem por porque porquê porém pra qual
        quais qualquer quando quanta quantas quanto quantos que quê quem são se sem sendo ser
        será serão seria seu seus si sido sob sobre somos sou sua suas só também tal tais tão te
        tem têm tenha ter teve tinha tinham tiveram toda todas todo todos tu tua tuas tudo um uma
        umas uns vai vão você vocês vos
    """,
    "fr": """
        a à afin ai ainsi alors après as au aucun aucune aujourd'hui auquel aura auraient aurait
        auront aussi autre autres aux auxquelles auxquels avaient avait avant avec avoir ayant c
        car ce ceci cela celle celles celui cependant ces cet cette ceux chaque chez comme comment
        combien contre d dans de depuis des dès desquelles desquels dont donc du duquel durant elle
        elles en encore entre es est et étaient étais était étant été être eu eux eut fait font
        fut furent hors il ils j je jusqu jusque l la là laquelle le lequel les lesquelles lesquels
        leur leurs lors lorsqu lorsque lui m ma mais malgré me même mêmes mes moi moins mon n ne
        ni non nos notre nous on ont ou où par parce parmi pas pendant peu peut peuvent plus pour
        pourquoi près puis puisque qu quand que quel quelle quelles quels quelque quelques qui
        quoi s sa sans se selon sera seraient serait seront ses si sien son sont sous sur t ta tel
        telle telles tels tes toi ton tous tout toute toutes très tu un une vers via voici voilà
        vos votre vous y appelle appelait
    """,
    "it": """
        a abbia abbiamo ad agli ai al alcun alcuna alcune alcuni alla alle allo altra altre altri
        altro anche ancora anzi avendo aver avere aveva avevano avuto c che chi ci ciò coi col come
        con contro così cosa cui da dagli dai dal dalla dalle dallo degli dei del della delle dello
        dentro di dopo dove dov dunque durante e è ebbe ed egli era erano essa esse essere essi
        fa fino fra fu furono gli ha hai hanno ho i il in io l la le lei li lo loro lui ma me
        mentre mi mia mie miei mio molto ne né negli nei nel nella nelle nello nessun nessuna
        nessuno noi non nostra nostre nostri nostro o ogni oltre oppure per perché perciò però
        più poi presso prima può possono qual quale quali qualche quando quanta quante quanti
        quanto quasi quella quelle quelli quello quegli quei quel questa queste questi questo qui
        quindi sarà saranno sarebbe se secondo sei senza si sia siano siamo sono sopra sotto sta
        stanno stata state stati stato stesso su sua sue sugli sui sul sulla sulle sullo suo suoi
        tale tali tra tu tua tue tuo tuoi tutta tutte tutti tutto un una uno va verso vi voi vostra
        vostro
    """,
    "ro": """
        a acea aceasta această aceea acei aceia acel acela acele acest acesta aceste acestea
        acestei acestor acestui acolo acum ai aici al ale alt alta alte altul am anume apoi ar are
        as asta astfel asupra atât au avea avut aş aș ba ca că când care cărei cărora căror cărui
        cât câte câți câtă ce cea cei cel cele celor cine ci cu cui cum cumva da dacă dar dat de
        deci decât deja deoarece deși despre din dintr dintre doar după e ea ei el ele era erau
        este eu fi fie fiecare fiind fost fără iar ii îi il îl in în înainte încă între într
        înspre și la le li lor lui mai mea mei mele meu mi nici nimeni niște noastră noi
        nostru nostri noștri nu o or ori orice pe pentru peste până prea prin printre sa să sale
        sau se săi său si sub sunt şi spre sus te toată toate tot toți totuși tu un una unde unei
        unele unii unor unui unul va vă voi vor vostru
    """,
    "de": """
        ab aber als also am an andere anderem anderen anderer anderes ans auch auf aus außer bei
        beim bereits bevor bin bis bist bzw da dabei dadurch dafür dagegen daher dahin damit danach
        dann daran darauf daraus darf darin darüber darum das dass daß davon dazu dein deine dem
        den denen denn der deren des deshalb dessen die dies diese diesem diesen dieser dieses doch
        dort du durch durfte eben ein eine einem einen einer eines einige einigen einmal er es
        etwa etwas euch euer eure für gab gegen gegenüber gibt habe haben hat hatte hatten hätte
        hätten her hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer ihres im immer in
        indem ins ist ja je jede jedem jeden jeder jedes jedoch jene jetzt kann kein keine keinem
        keinen keiner konnte können könnte man manche mein meine mehr mich mir mit muss musste
        müssen nach nachdem neben nicht nichts noch nun nur ob oder ohne sehr sein seine seinem
        seinen seiner seines seit selbst sich sie sind so solche solcher soll sollte sollen somit
        sondern sonst sowie soweit trotz um und uns unser unsere unter viel viele vom von vor
        während wann war waren warum was wäre weder wegen weil welche welchem welchen welcher
        welches wem wen wenn wer werde werden wessen wie wieder wieso wieviel wieviele will wir
        wird wo wobei wodurch wofür woher wohin wollen wollte womit worden wovon worüber wozu wurde
        wurden würde würden heißt heißen hieß hießen zu zum zur zwar zwischen über überhaupt
    """,
    "nl": """
        aan aangezien achter af al alle alleen als altijd ander andere anders ben bij bijna binnen
        boven buiten daar daarna daarom dan dat de deze dezelfde die dit doch doen doet door dus
        een één echter eerst elk elke en enige enkele er ergens geen geweest gedurende geen haar
        had hadden heb hebben heeft hem hen het hier hij hoe hoelang hoeveel hoewel hun ieder
        iedere iemand iets ik in is ja je jij jou jouw jullie kan kon konden kunnen maar mag me
        meer men met mij mijn moest moet moeten na naar naast nadat niemand niet niets nog nu of
        om omdat onder ons onze ook op opdat over per pas reeds rond samen sinds sommige steeds te
        tegen ten ter terwijl the tijdens toch toe toen tot tussen u uit uw van vanaf vanuit veel
        via voor vooral waar waaraan waardoor waarin waarmee waarom waarop waaruit waarvan waarvoor
        wanneer want waren was wat we wel welk welke wie wiens wij wil wilde worden wordt werd
        werden zal ze zelf zich zij zijn zo zonder zou zouden zowel heet heten heette
    """,
    "sv": """
        alla allt alltså andra annan annat att av bara bland blev bli blir blivit både de dem den
        denna deras dess dessa det detta dig din dina ditt du där därför då efter eftersom eller
        en enligt er era ett från för före genom ha hade han hans har henne hennes hon honom hos
        hur huruvida här i icke ifrån in inför ingen inga inget innan inom inte ja jag kan kunde
        man med medan mellan men mer mest mig min mina mitt mot mycket många måste ni nog nu när
        någon något några och också om oss på redan samma samt sedan sig sin sina sitt ska skall
        skulle som så sådan sådana sådant till trots under upp ur ut utan vad var vara varför
        varit varje vars vart vem vems vi vid vilka vilken vilket vill än är åt över
    """,
    "no": """
        alle alt andre annen at av bare ble bli blir blitt både da de dem den denne der deres det
        dette din du eller en er et etter for fordi fra før gjennom ha hadde han hans har hennes
        her hun hva hvem hver hvilke hvilken hvilket hvis hvor hvordan hvorfor i ikke inn ingen
        jeg kan kunne man med mellom men mer mest mot mye må nå når noe noen og også om opp oss
        over på samme seg sin sine sitt skal skulle slik som så til under ut uten var ved vi vil
        ville vært være å
    """,
    "da": """
        af alle alt anden andet andre at blev blive bliver både da de dem den denne der deres det
        dette din du efter eller en er et for fordi fra før gennem ha han hans har havde hendes her
        hos hun hvad hvem hver hvilke hvilken hvilket hvis hvor hvordan hvorfor hvornår i ikke ind
        ingen jeg kan kun kunne man med mellem men mere mest mod meget må når noget nogle nogen nu
        og også om op os over på samme sig sin sine sit skal skulle som så til ud uden under var
        ved vi vil ville være været
    """,
    "fi": """
        ei eivät eli ennen että he hän häntä hänen ja jo jos joka jossa joita jonka jotka jota jotta
        joten kanssa kautta ketkä kenen ketä keitä koska kuin kuinka kuka kun kuten me mikä missä
        miten miksi milloin minkä minä mistä mihin mitkä mitä mukaan mutta myös myötä ne niiden
        niin niitä nyt näiden nämä noin oli olisi olivat olla on ole olen olivat ollut ovat se sekä
        sen siinä siitä sitä tai tämä tämän tässä tätä vaan vai vaikka voi
    """,
    "pl": """
        a aby albo ale ani aż bardzo bez bo by być był była było były będzie będą bądź choć co
        coś czego czemu czy czyj czyja czyje czym dla dlaczego do gdy gdyż gdzie go i ich ile ilu im
        inna inne inny innych ja jak jaka jaką jaki jakie jakich jakim jako je jeden jednak jego
        jej jemu jest jestem jeśli jeżeli jeszcze już kiedy kim kogo komu kto która którą które
        którego której który których którym którzy lecz lub ma mają między mi mnie może mogą mu
        my na nad nam nas nasz natomiast nawet nich nie nią nim niż no o od on ona one oni ono
        oraz po pod podczas ponieważ poza przed przez przy również są się skąd sobie swoje swój
        ta tak także tam te tego tej ten też to tą tu ty tych tylko tym u w wam wasz we według
        więc wszystkie wszystko wtedy wy z za zaś ze został została zostało zostały że żeby nazywa nazywał nazywała kim czym jakie ile jaką którego
    """,
    "tr": """
        acaba ama ancak arasında artık aslında aynı az bana bazı belki ben beni benim bile bir
        biraz biri birkaç biz bize bizi bizim böyle bu buna bundan bunlar bunları bunların bunu
        bunun çok çünkü da daha de değil diğer diye dolayı eden ederek edildi edilen etti ettiği
        fakat gibi göre hala hangi hangisi hani hem hep hepsi her herhangi hiç için ile ilgili ise
        itibaren kaç kaçıncı kadar karşı kendi kendine kendisi ki kim kime kimi kimin kimler kez
        mi mı mu mü nasıl ne neden nedir nerede nereden nereye neler neyi niçin niye o olan olarak
        oldu olduğu olduğunu olması olmak olsa olup olur on ona ondan onlar onları onların onu onun
        oysa rağmen sadece sanki sen siz sizin sonra şey şimdi şu şöyle tarafından tüm tümü üzere
        var ve veya ya yani yapılan yapmak yerine yine yok zaten
    """,
    "el": """
        ο η το οι τα του της των τον την τους τις ένας μία μια ένα ενός μιας και κι ή αλλά όμως
        ούτε μήτε είτε αν εάν ότι πως που πού πώς πότε γιατί επειδή διότι ποιος ποια ποιο ποιοι
        ποιες ποιους ποιον ποιαν ποιου ποιας ποιων τι πόσο πόσος πόση πόσοι πόσες πόσα πόσων όσο
        όσα όσοι όπου όπως όταν ενώ καθώς αφού να θα ας δε δεν μη μην σε στο στη στην στον στους
        στις στα από για με χωρίς προς κατά μετά παρά αντί επί υπό ως έως μέχρι πριν μεταξύ είναι
        ήταν είμαι είχε είχαν έχει έχουν έχω εγώ εσύ αυτός αυτή αυτό αυτοί αυτές αυτά αυτού αυτής
        αυτών αυτόν αυτήν αυτούς εκείνος εκείνη εκείνο εμείς εσείς μου σου μας σας κάθε κάποιος
        κάποια κάποιο κάτι καμία κανένας κανένα τίποτα όλα όλοι όλες πολύ πιο και έγινε έγιναν γίνεται υπάρχει υπάρχουν βρίσκεται λέγεται
        ποιανού ποιάς
    """,
    "ru": """
        а без более бы был была были было быть в вам вас ваш весь во вот все всё всего всех вы где
        да даже для до его ее её ей ему если есть еще ещё же за здесь зачем и из или им ими
        их к каждый как какая какие каким какими каких какое какого какой какому каком какую когда
        кого кем ком кому который которая которое которые которого которой которых которым которую
        котором кто куда ли либо лишь между меня мне много может можно мой моя мы на над надо нам
        нас наш не него нее неё ней нет ни них но ну о об однако он она они оно от откуда отчего
        перед по под после потому почему почти при про раз разве с сам сама сами само свой своего
        своей свои своих свою себе себя сейчас со собой сколько скольких также так такая такие
        такого такое такой там тебя тем теперь то тогда того тоже той только том тот ту тут ты у
        уже хотя чего чей чем через что чтобы чья чье чьи чьё чему эта эти этим этих это этого этой
        этом этот эту является являются
    """,
    "uk": """
        а або авжеж але аби без би був була були було бути в вам вас ваш вже ви від він вона вони
        воно все всі всіх для до до його її їй їм їх їхній є ж з за завжди зі і із й йому його
        коли кого ким кому котрий кілька кожен лише між мене мені може можна мій моя ми на над нам
        нас наш не неї немає них ні ніж но о об один ось перед по під після при про проте раз саме
        свій свого своєї свої своїх себе скільки так така такий такі також там тебе ти тих тим того
        тоді той тому то тут у хто хоча це цей цей ця ці цього цієї цих чи чий чия чиє чиї чим чого
        чому через що щоб щодо як яка яке який якими яких якого якої якому якщо які яку де куди
        звідки навіщо звати звали називається хтось щось зі із задля котрого котрої якою якім якій чия чиєю наскільки перед понад
        біля цим цьому цією ці ними нею ним нім неї собою бо отже лиш тож вона воно
    """,
    "ar": """
        في من إلى الى على عن مع منذ حتى خلال بعد قبل بين عند لدى ضد نحو حول دون فوق تحت أمام وراء
        ثم أو او أم لكن بل لا لم لن ما ليس ليست إن ان أن إنه أنه أنها إنها لأن كأن لكن إذا اذا لو
        كي قد سوف هل كيف متى أين اين من ماذا لماذا كم أي اي أية أيها هذا هذه هذان هؤلاء ذلك تلك
        أولئك هناك هنا الذي التي اللذان الذين اللاتي اللواتي هو هي هما هم هن أنا أنت نحن أنتم
        كان كانت كانوا يكون تكون كل بعض غير سوى أيضا ايضا فقط كما مثل حيث عندما حين بينما إذ له
        لها لهم لنا به بها بهم فيه فيها فيهم منه منها منهم عليه عليها عليهم إليه إليها عنه عنها
        معه معها بأن لأنه مما عما فيما بما كلما ولا وما وهو وهي ومن وفي وعلى والتي والذي و ف ب ل ك
        تم يتم قام مقدار بماذا لمن بمن ممن عمن
    """,
    "fa": """
        و در به از که این آن با را برای است بود شد شده می هم تا یا اما اگر چه چرا چگونه کجا کی چند
        کدام کیست چیست هر یک دو ها های هایی بر خود او ما شما آنها آنان من تو نیز پس پیش بین روی زیر
        باید شود کرد کرده کند کنند هست نیست هستند بودند دارد دارند داشت باشد همه هیچ چون ولی نه
        چقدر چه‌کسی کسی وی نمی ای ایا آیا همین همان درباره طی توسط چگونه چطور چندمین آنکه اینکه می‌شود
        شده‌است بوده است‌که کرده‌اند شده‌اند می‌کند می‌کنند خواهد
    """,
    "hi": """
        का के की को में से पर और या एवं तथा है हैं था थे थी हो होता होती होते हुआ हुई हुए ने भी ही
        तो कि यह ये वह वे इस इन उस उन इसे उसे इसके उसके इसका उसका इसकी उसकी इनके उनके उनका उनकी
        इन्हें उन्हें जो जिस जिन जिसके जिसका जिसकी जिसने जिसे अपना अपनी अपने मैं हम आप तुम मेरा
        हमारे कौन कौनसा कौनसी क्या कब कहाँ कहां क्यों कैसे कैसा कैसी कितना कितनी कितने किस किसे
        किसने किसका किसकी किसके किन किन्हें एक कर करके करना करने किया किए की गया गई गए जा जाता जाती
        जाते रहा रही रहे दिया दी लिए लिये तक द्वारा साथ बाद पहले अगर यदि लेकिन पर परंतु मगर जब तब
        जहाँ जहां वहाँ वहां यहाँ यहां नहीं न मत बहुत कुछ सभी सब कोई किसी होने वाला वाली वाले था
    """,
    "vi": """
        là của và các những một có được cho trong với khi này đó không để từ ở tại đã
        đang sẽ cũng như thì mà nào gì ai đâu sao bao nhiêu mấy thế bởi vì do về ra vào lên xuống
        trên dưới theo đến tới bị bằng nhưng nếu hay hoặc rằng rất hơn nhất lại còn chỉ mỗi mọi
        nên tuy vẫn nữa ấy kia đây họ nó tôi chúng ta mình anh chị ông bà lúc
    """,
    "id": """
        ada adalah agar akan aku anda antara apa apakah atas atau bagaimana bagi bahwa banyak belum
        berapa berapakah bila bisa bukan dalam dan dapat dari daripada dengan di dia dimana hanya
        harus hingga ia ini itu jika juga kah kalau kami kamu kapan karena ke kemudian kenapa
        kepada ketika kita lagi lain lalu lebih maka mana manakah masih mengapa mereka meski namun
        nya oleh pada para paling pernah pun saat saja sambil sampai sana sangat saya sebagai
        sebab sebelum sebuah sedang sehingga sejak selama semua seorang seperti serta sesuatu
        setelah setiap siapa siapakah suatu sudah supaya tak tanpa tapi telah tentang tentu
        terhadap tersebut tetapi tiap tidak untuk yaitu yakni yang
    """,
    "hu": """
        a az egy és is nem hogy ez azt ezt ezek azok de ha vagy mint csak már még volt voltak van
        vannak lesz lett meg el ki mi mit mikor hol hova honnan miért hogyan hány mennyi melyik kit
        kinek minek milyen aki amely amelyek ami amit akik ahol amikor mert pedig így úgy után
        előtt között alatt szerint majd be fel le ő ők én te mi ti sem se minden több
    """,
    "cs": """
        a aby ale ani asi až bez by byl byla bylo byli být co což či do i já jak jaká jaké jaký
        jako je jeho její jejich jen ještě jsem jsou již k kam kde kdo kdy když které která který
        kteří ke kolik koho komu ku má mezi mají mi mimo můj může na nad nebo není než nic o od on
        ona oni ono po pod pro proč proto protože před při s se si své svůj ta tak také ten tento
        této tím to toho tom tu u už v ve však za ze že
    """,
    "he": """
        של את על אל עם מן כי אם או גם לא אין יש זה זאת זו הוא היא הם הן אני אתה אנחנו היה היתה הייתה
        היו יהיה כל כמו אך אבל רק עוד כדי לפי בין אחרי לפני עד מה מי מתי איפה היכן לאן מדוע למה איך
        כיצד כמה איזה איזו אילו אשר ש ה ב ל מ ו כ מהו מהי מהם מיהו מיהי מיהם הזה הזאת הזו האלה אותו
        אותה אותם אשר בו בה בהם לו לה להם שלו שלה שלהם ממנו ממנה עליו עליה עליהם אליו אליה הכי ביותר
        על־ידי ידי תוך מול אצל כבר גם רק אינו אינה אינם מאין לאיזה
    """,
    # Simplified; traditional characters are folded to these.
    "zh": """
        的 了 在 是 和 与 及 或 而 也 都 就 还 又 被 把 从 向 对 于 以 为 之 其 此 该 这 那 哪 谁 什么 甚么
        怎么 怎样 如何 为何 为什么 何时 何处 何地 何人 何者 多少 几个 几年 哪里 哪儿 哪个 哪些 哪位 哪一 哪年
        什么时候 什么地方 哪一年 哪一个 哪一天 多大 多久 多长 有多少 是谁 谁是 是否 是不是 有没有 吗 呢 吧
        啊 我 你 他 她 它 我们 你们 他们 她们 它们 自己 这个 那个 这些 那些 这样 那样 因为 所以 但是 但 如果
        虽然 并且 以及 而且 或者 请问 请 将 会 能 可以 已 已经 曾 着 过 很 不 没 没有 有 得 地 所 个 被称为
    """,
    "ja": """
        の は が を に で と も や へ から まで より など か ね よ です ます でした ました だ だった である
        する した して される された なる なった いる ある ない この その あの どの これ それ あれ どれ ここ
        そこ どこ 何 何が 何を 何の 何時 何年 何人 だれ 誰 誰が いつ なぜ どう どうして どのように どのような
        どんな いくつ いくら どちら 何ですか 誰ですか いつですか どこですか ですか ますか ましたか
    """,
    "ko": """
        은 는 이 가 을 를 의 에 와 과 도 로 그 저 이것 그것 무엇 무엇을 무엇이 무엇인가 무엇인가요 무슨
        어떤 어느 어디 어디에 어디에서 어디서 언제 누구 누가 누구의 누구를 누구인가 왜 어떻게 얼마 얼마나 몇
        몇개 및 또는 그리고 그러나 하지만 때문에 위해 위한 대한 대해 대하여 통해 따라 있는 있다 있습니까 있나요
        이다 입니까 인가 인가요 했나 했나요 했습니까 하는 하였다 한다 되는 된 될 것 것은 것이 수 등
    """,
    "th": """
        อะไร ใคร ที่ไหน เมื่อไหร่ เมื่อไร เมื่อใด เท่าไหร่ เท่าไร เท่าใด อย่างไร ยังไง ทำไม เพราะอะไร
        เพราะเหตุใด กี่ ไหน ใด หรือไม่ หรือเปล่า คืออะไร คือใคร ใช่ไหม ของ และ หรือ ที่ ซึ่ง เป็น คือ
        ได้ ใน กับ จาก โดย ว่า ก็ แต่ จะ ให้ นี้ นั้น มี
    """,
}
_SAME_AS = {"nb": "no", "nn": "no", "yue": "zh", "wuu": "zh", "ms": "id", "gl": "pt"}


@cache
def stop_words(lang: str) -> frozenset[str]:
    """The stop words of a base language; none for languages without a list."""
    return frozenset(_WORDS.get(_SAME_AS.get(lang, lang), "").split())


def languages() -> tuple[str, ...]:
    """The base languages that have a list."""
    return tuple(_WORDS)
