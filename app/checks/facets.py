"""What kind of text a text is: length, form, sentence, condition. Rules on the surface only.

They are made to count kinds over a whole data set, not to judge one text: a few of a hundred will
be put in the wrong place. What they do not look at is meaning.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.checks import languages

LENGTHS = ("up to 5 words", "6 to 20", "21 to 100", "over 100")
FORMS = ("prose", "list", "table", "code", "JSON", "XML", "CSV", "dialogue", "empty")
STYLES = ("question", "request", "statement", "fragment")
CONDITIONS = ("clean", "messy", "hostile")
ORIGINS = ("human", "edited", "synthetic", "unknown")
BOUNDS = (5, 20, 100)
LONGEST = 4_000
"""Characters read of a text; its length is counted over all of it."""


@dataclass(frozen=True, slots=True)
class Facets:
    """One value of each facet; `language` is a code such as en, or "?" where it is unclear."""

    length: str
    form: str
    style: str
    language: str
    condition: str
    origin: str


def describe(text: str, *, language: str = "", origin: str = "unknown") -> Facets:
    """The facets of a text; what is known of its language and origin is taken as it is."""
    start = text[:LONGEST]
    return Facets(
        length=length_of(text),
        form=form_of(start),
        style=style_of(start),
        language=language or languages.detect(start),
        condition=condition_of(start),
        origin=origin,
    )


def length_of(text: str) -> str:
    """The bin of its words; two characters of a script without spaces count as a word."""
    unspaced = len(_UNSPACED.findall(text))
    words = len(text.split()) + unspaced // 2
    return LENGTHS[sum(words > bound for bound in BOUNDS)]


def form_of(text: str) -> str:
    """How it is laid out, by the first rule that fits; most are prose."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return "empty"
    if _is_json(text):
        return "JSON"
    for form, rule in _FORMS.items():
        if rule.search(text):
            return form
    if _is_csv(lines):
        return "CSV"
    return "list" if _share(_ITEM, lines) >= 0.5 and len(lines) > 1 else "prose"


def style_of(text: str) -> str:
    """Question, request, statement, or a fragment without a sentence."""
    words = _WORD.findall(text.lower())
    if not words:
        return "fragment"
    if "?" in text or "\uff1f" in text or words[0] in _QUESTION_WORDS:
        return "question"
    if words[0] in _REQUESTS or (words[0] == "please" and len(words) > 1):
        return "request"
    has_verb = any(word in _VERBS or word.endswith(("n't", "'s", "'re", "ing")) for word in words)
    ended = text.rstrip().endswith((".", "!", ":", "\u3002"))
    return "statement" if ended or has_verb or len(words) > 12 else "fragment"


def condition_of(text: str) -> str:
    """Hostile (attacks, abuse, nonsense, nothing at all), messy (noise of typing), or clean."""
    words = set(_WORD.findall(text.lower()))
    if not text.strip() or _is_attack(text, words) or _is_nonsense(text):
        return "hostile"
    noisy = not _CHAT.isdisjoint(words) or any(rule.search(text) for rule in _MESSY)
    return "messy" if noisy or _shouts(text) else "clean"


def _is_json(text: str) -> bool:
    stripped = text.strip()
    if stripped[0] not in "{[" or stripped[-1] not in "}]":
        return False
    try:
        json.loads(stripped)
    except (ValueError, RecursionError):
        return False
    return True


def _is_csv(lines: list[str]) -> bool:
    """Three lines or more with the same number, two or more, of one separator."""
    if len(lines) < 3:
        return False
    return any(
        len({line.count(mark) for line in lines}) == 1 and lines[0].count(mark) >= least
        for mark, least in ((",", 2), (";", 1), ("\t", 1))
    )


def _share(rule: re.Pattern[str], lines: list[str]) -> float:
    return sum(bool(rule.match(line)) for line in lines) / len(lines)


def _is_attack(text: str, words: set[str]) -> bool:
    # The rules are slow; most texts have none of the words without which none of them fits.
    if _TRIGGERS.isdisjoint(words) and not _SYMBOLS.search(text):
        return False
    return any(rule.search(text) for rule in _HOSTILE)


def _is_nonsense(text: str) -> bool:
    """Hardly a letter or digit in it, or a long word that nobody could say."""
    marks, shown = len(_MARK.findall(text)), len(text) - len(_SPACE.findall(text))
    if shown >= 4 and marks > 0.7 * shown:
        return True
    words = text.split(maxsplit=3)
    return len(words) <= 3 and bool(_UNSAYABLE.search(max(words, key=len)))


def _shouts(text: str) -> bool:
    upper, lower = len(_UPPER.findall(text)), len(_LOWER.findall(text))
    return upper >= 10 and upper > 4 * lower and len(text.split()) >= 3


_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_ITEM = re.compile(r"(?:[-*\u2022]|\(?\d{1,3}[.)]|[a-z]\))\s+\S")
_FORMS: Mapping[str, re.Pattern[str]] = {
    "code": re.compile(
        r"```|^[ \t]*+(?:def \w+\(|class \w+[(:{]|import \w+|from \w+ import|#include"
        r"|function \w*\(|(?:const|let|var) \w+ =|public (?:static|class)|SELECT .+ FROM )"
        r"|[;{]\s*\n.*[;}]\s*(?:\n|$)",
        re.MULTILINE,
    ),
    "XML": re.compile(r"<([A-Za-z][\w:-]*)(?:\s[^<>]*)?>[^\0]*</\1>|^\s*<\?xml"),
    # Possessive: whatever a line holds, it is looked at once (T09).
    "table": re.compile(r"^[ \t]*+\|?[^|\n]++\|[^\n]++\n[ \t]*+\|?[ \t:|-]*?---", re.MULTILINE),
    "dialogue": re.compile(
        r"^[^\W\d_][\w .]{0,24}:\s+\S.*\n(?:.*\n){0,2}?^[^\W\d_][\w .]{0,24}:\s+\S", re.MULTILINE
    ),
}
_QUESTION_WORDS_TEXT = """
    what why how when where who whom whose which can could do does did is are am was were will
    would should may wie was warum wer wo wann kann que quoi comment pourquoi quel quelle cómo qué
    por cuándo dónde
"""
_QUESTION_WORDS = frozenset(_QUESTION_WORDS_TEXT.split())
_REQUESTS_TEXT = """
    add analyze answer arrange assign brainstorm calculate categorize change choose classify clean
    combine come compare complete compose compute construct convert correct count create debug
    decide define delete describe design detect determine develop devise discuss do draft draw
    edit elaborate estimate evaluate explain express extract figure fill find fix generate get
    give group guess help highlight identify imagine improve infer insert interpret invent list
    look make match modify name offer optimize organize outline paraphrase pick plan play predict
    prepare produce prove provide put rank rate read rearrange recommend reduce remove rename
    reorder rephrase replace report research reverse rewrite reword say search select send set
    show simplify solve sort split state stop sub suggest summarize take tell think transform
    translate try turn update use verify write
"""
_REQUESTS = frozenset(_REQUESTS_TEXT.split())
_VERBS_TEXT = """
    am is are was were be been has have had do does did will would can could should must may might
    goes keeps makes gets got came says said seems went won't i'm i've it's
"""
_VERBS = frozenset(_VERBS_TEXT.split())
_HOSTILE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:ignore|disregard|forget|override)\b.{0,30}\b(?:previous|above|prior|earlier|all)\b"
        r".{0,30}\b(?:instruction|prompt|rule|direction|message)",
        r"\b(?:system prompt|developer mode|jailbreak|do anything now|hidden instructions)\b",
        r"\byou are now\b.{0,40}\b(?:dan|free|unrestricted|evil|without)\b|\bact as (?:an? )?dan\b",
        r"\b(?:pretend|act)\b.{0,40}\bno (?:rules|limits|restrictions|filter)",
        r"<script\b|\bdrop table\b|' or '?1'?\s*=\s*'?1|\.\./\.\./|\$\{jndi:",
        r"\b(?:fuck|shit|bitch|asshole|cunt|moron|bastard)\w*|\bshut up\b"
        r"|\b(?:stupid|dumb|useless|worthless)\s+(?:bot|machine|assistant|ai|robot|thing|program)\b"
        r"|\byou(?:'re| are| r)? (?:an? )?(?:so )?(?:idiot|stupid|dumb|useless)",
        r"\b(?:kill|hurt|poison|stab)\b.{0,20}\b(?:him|her|them|myself|you|somebody|someone|people)\b",
        r"\b(?:build|make|buy)\b.{0,20}\b(?:bomb|explosive|meth)\b",
    )
)
_MESSY = tuple(
    re.compile(pattern)
    for pattern in (
        r"\A[a-z]+(?:[ ,]|\Z)",
        r"(?<![.\w])i(?:'m|'ve|'ll|'d)?(?=\s)(?!\.)",
        r"[!?]{2,}|,,|\.{4,}|\?!|(?<=\w)[ ]{2,}(?=\w)| [,.!?](?=\s|\Z)",
        r"(\w)\1{3,}|[a-z]{2}[A-Z][a-z]?[A-Z]",
        r"\ufffd|\u00c3[\u0080-\u00bf]|\u00e2\u20ac|&(?:amp|nbsp|quot|lt|gt);",
    )
)
_UNSAYABLE = re.compile(r"[bcdfghjklmnpqrstvwxz]{5,}|(.)\1{4,}", re.IGNORECASE)
_CHAT_TEXT = """
    u ur pls plz thx thanx dont cant wont doesnt didnt isnt im ive wanna gonna gotta teh recieve
    definately alot wat wich becuase coz cuz lol omg idk btw tmrw
"""
_CHAT = frozenset(_CHAT_TEXT.split())
_TRIGGERS_TEXT = """
    ignore disregard forget override prompt mode jailbreak anything instructions now dan pretend
    act script drop shut bot machine assistant ai robot thing program you're you you\u2019re idiot
    kill hurt poison stab bomb explosive meth
"""
_TRIGGERS = frozenset(_TRIGGERS_TEXT.split())
_SYMBOLS = re.compile(r"(?i)<script|' or |\.\./|\$\{|fuck|shit|bitch|asshole|cunt|moron|bastard")
_MARK = re.compile(r"[^\w\s]|_")
_SPACE = re.compile(r"\s")
_UPPER, _LOWER = (
    re.compile(r"[A-Z\u00c0-\u00de\u0410-\u042f]"),
    re.compile(r"[a-z\u00df-\u00ff\u0430-\u044f]"),
)
