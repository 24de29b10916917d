"""Which language a text is in, by its script and its commonest words.

Enough to count the languages of a data set; where too little speaks for one it says "?".
"""

import re
from collections import Counter
from collections.abc import Sequence

UNCLEAR = "?"

_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = {
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
    "zh": re.compile(r"[\u3400-\u9fff]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
}
_COMMON = {
    "en": "the of and to in is that it for you with on are this be have not what how can my do a"
    " when your from at was will there if as has or an but they we out does should get after"
    " give write make create explain find describe why which by while me won keeps",
    "de": "der die das und ist nicht ein eine ich zu mit auf den wie was für im wenn sie es mein"
    " kann von dem aber bei auch oder noch nach wird warum",
    "fr": "le la les et est une des pas que pour dans qui ne sur au mon je il vous avec ce du en"
    " comment pourquoi quand nous mais ou",
    "es": "el la los las es que en un una por con para no se mi como cuando del al lo qué cómo"
    " más pero su está",
    "it": "il di che non un una per sono con mi si le gli come della nel quando perché ma più"
    " questo anche",
    "pt": "que não um uma os para com se como quando meu minha é no na do da por mais mas você"
    " está são",
    "nl": "de het een en van is niet dat ik op te met voor zijn aan hoe wat mijn als er maar ook",
    "pl": "nie jest się na że jak co dla czy ale mam przez",
    "tr": "bir ve bu için nas\u0131l ne çok değil var m\u0131 ile da de ben",
}
_LANGUAGES_OF: dict[str, list[str]] = {}
for _language, _words in _COMMON.items():
    for _word in _words.split():
        _LANGUAGES_OF.setdefault(_word, []).append(_language)

_FUNCTION = {
    "de": "aber alle allem allen aller alles als also am an ander andere anderen auch auf aus bei"
    " bin bis bist da damit dann das dass dein deine dem den denn der des dich die dies"
    " diese diesem diesen dieser dieses dir doch dort du durch ein eine einem einen einer"
    " eines er es etwas euch für gegen hab habe haben hat hatte hier ich ihm ihn ihnen ihr"
    " ihre ihrem ihren im in ist ja jede jeder jetzt kann kannst kein keine können könnte"
    " könnten man mehr mein meine meinem meinen meiner mich mir mit muss nach nicht noch nun"
    " nur ob oder ohne schon sehr sein seine sich sie sind so soll sollte sondern über um"
    " und uns unser unter viel vom von vor war waren was weil welche wenn wer werden wie"
    " wieder wir wird wirst wo würde wurde zu zum zur bitte gibt geht",
    "fr": "afin ai aie ainsi alors après au aucun aussi autre aux avait avant avec avez avoir"
    " ayant bien car ce cela ces cet cette ceux chaque chez comme comment dans de depuis des"
    " donc dont du elle elles en entre est et était été être eu fait faire font il ils je"
    " jusqu la le les leur leurs lors lui ma mais me même mes moi mon ne ni nos notre nous"
    " on ont ou où par pas pendant peu peut peux plus pour pourquoi pouvez puis quand que"
    " quel quelle quelles quels qui quoi sa sans se ses si soit son sont sous sur ta te tes"
    " toi ton tous tout toute toutes très trop tu un une vers vos votre vous y qu est-ce"
    " faut fais veux vais",
    "es": "además ahora al algo algún alguna algunos ante antes aquí así aunque cada casi como"
    " cómo con cual cuál cuales cuando cuándo cuanto de del desde donde dónde dos durante el"
    " él ella ellas ellos en entre era eran es esa ese eso esos esta está están estas este"
    " esto estos estoy fue ha hace hacer haces hacia han hasta hay la las le les lo los más"
    " me mi mientras mis mucho muy nada ni no nos nosotros nuestra nuestro o os otra otro"
    " otros para pero poco por porque puede pueden puedo pues que qué quien quién se sea ser"
    " si sí sido sin sobre solo son soy su sus también tan tanto te tiene tienen tengo todo"
    " todos tras tu tú un una unas uno unos usted ya yo",
    "it": "a ad al alla alle anche ancora avere aveva che chi ci ciò cioè col come con così cosa"
    " cui da dai dal dalla dalle degli dei del della delle dello di dopo dove due e ed era"
    " essere fa fare fino fra gli ha hai hanno ho i il in io la le lei li lo loro lui ma me"
    " mi mia mie miei mio molto ne negli nei nel nella nelle no noi non nostro o ogni oppure"
    " per perché più poi posso prima può qua quale quali quando quanto quella quelle quelli"
    " quello questa queste questi questo qui se sei sempre senza si sia siamo sono sopra"
    " sotto sta stato su sua sue sui sul sulla suo suoi te ti tra tu tua tuo tutti tutto un"
    " una uno vi voi",
    "pt": "a ao aos aquela aquele aqui as até cada com como contra da das de dela dele depois do"
    " dos e é ela elas ele eles em entre era eram essa esse esta está estão estar estas este"
    " estes estou eu faz fazer foi foram há isso isto já la lhe lo mais mas me mesmo meu"
    " meus minha minhas muito na não nas nem no nos nós nossa nosso num numa o onde os ou"
    " outra outro para pela pelas pelo pelos pode podem por porque posso qual quais quando"
    " quanto que quem se sem ser será seu seus só sobre sou sua suas também te tem tenho ter"
    " teu tudo um uma umas uns vai você vocês",
    "nl": "aan al alle als altijd ben bent bij daar dan dat de der deze die dit doch doen door"
    " dus een en er ge geen geweest haar had heb hebben heeft hem het hier hij hoe hun"
    " iemand iets ik in is ja je jij jouw kan kunnen kun maar me meer men met mij mijn moet"
    " na naar niet niets nog nu of om omdat onder ons ook op over reeds te tegen toch toen"
    " tot u uit uw van veel voor waar waarom want waren was wat welke werd wezen wie wij wil"
    " worden wordt zal ze zei zelf zich zij zijn zo zonder zou",
}
RARE = 0.05
"""A language in fewer of the texts than this part is chance, or a quotation."""
MOST_READ = 400


def function_words(texts: Sequence[str]) -> frozenset[str]:
    """Words that only hold sentences together, of the languages these texts are in.

    German, French, Spanish, Italian, Portuguese and Dutch; English ones are known where labels
    are made. Of other languages none: there a word in most texts is left out by its frequency.
    """
    read = texts[:: max(1, len(texts) // MOST_READ)]
    found = Counter(detect(text) for text in read)
    common = [language for language, count in found.items() if count >= RARE * len(read)]
    return frozenset(word for one in common for word in _FUNCTION.get(one, "").split())


def detect(text: str) -> str:
    """The code of its language, or "?"."""
    letters = sum(character.isalpha() for character in text[:400])
    if letters == 0:
        return UNCLEAR
    for language, rule in _SCRIPTS.items():
        if len(rule.findall(text[:400])) > 0.3 * letters:
            return language
    found: Counter[str] = Counter()
    for word in _WORD.findall(text[:400].lower()):
        found.update(_LANGUAGES_OF.get(word, ()))
    if not found:
        return UNCLEAR
    (best, most), *others = found.most_common(2)
    tied = bool(others) and others[0][1] == most
    # One word in common may be chance: a name, a unit, a quotation.
    lone = most < 2 and len(text.split()) > 4
    return UNCLEAR if tied or (lone and best != "en") else best
