"""Which language a text is in, by its script and its commonest words.

Enough to count the languages of a data set; where too little speaks for one it says "?".
"""

import re
from collections import Counter

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
