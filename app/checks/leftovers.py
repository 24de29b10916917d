"""What is easily left in a sample that goes out: placeholders, boilerplate, personal data.

Rules over the plain text, for the obvious only: names and postal addresses are not looked for.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

Leftover = Literal["placeholders", "boilerplate", "personal"]

MOST_CARD_DIGITS, FEWEST_CARD_DIGITS = 19, 13
FEWEST_PHONE_DIGITS, MOST_PHONE_DIGITS = 8, 15

# Everything that the patterns below could find has one of these in it. RE2 reads a megabyte of
# it in two milliseconds, a tenth of what Python's own takes for the patterns themselves.
_SUSPECT = (
    r"\{\{|[\[<](?:your|insert|enter)[ _]|lorem ipsum"
    r"|language model|an ai|an artificial|cut-?off|my (?:last|training)|by openai|personal "
    r"|[^\s\"]@[^\s\"]|-----begin|akia[0-9a-z]|gh[pousr]_|sk-[a-z0-9]|xox[abprs]-"
    r"|[0-9](?:[ ().\-/]{0,2}[0-9]){6}|[a-z]{2}[0-9]{2} ?[a-z0-9]{4}"
    r"|[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\."
)
_PLACEHOLDER = re.compile(
    r"\{\{ ?[\w .\-]{1,40} ?\}\}"
    r"|\[(?:your|insert|enter) [^\]\n]{1,40}\]"
    r"|<(?:your|insert|enter)[ _][\w ]{1,40}>"
    r"|lorem ipsum",
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(
    r"\bas an? (?:ai|artificial intelligence)\b"
    r"|\bas a (?:large )?language model\b"
    r"|\bi(?:['\u2019]| a)m (?:just |only )?an? (?:ai|artificial intelligence|language model)\b"
    r"|\b(?:my|the) knowledge cut-?off\b"
    r"|\bmy (?:last|training) (?:knowledge )?(?:update|data)\b"
    r"|\bi(?:['\u2019]m| am| was)[^.]{0,40} (?:trained|developed|created) by openai\b"
    r"|\b(?:do not|don['\u2019]t) have personal (?:opinion|belief|feeling|experience)",
    re.IGNORECASE,
)
# No part is longer in any address; without a bound a word of a megabyte is looked through anew at
# each of its letters.
_EMAIL = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,9}([a-z]{2,63})\b", re.IGNORECASE)
_KEPT_FOR_EXAMPLES = re.compile(
    r"@(?:[\w-]+\.)*(?:example|domain|email)(?:\.[a-z]+)?$|\.(?:test|invalid)$"
)
_PHONE = re.compile(
    r"(?<![\w.])\+[1-9][0-9]{0,2}(?:[ .\-]?\(?[0-9]{1,4}\)?){2,6}(?!\w)"
    r"|(?<![\w.])(?<![0-9][ .\-])\(?[0-9]{3,5}\)?[ .\-][0-9]{3,4}[ .\-][0-9]{3,4}"
    r"(?![ .\-]?[0-9])(?!\w)"
)
_SOCIAL_SECURITY = re.compile(r"(?<![\w-])(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}\b")
_CARD = re.compile(r"(?<![\w.])[3-6][0-9]{3}(?:[ -]?[0-9]){9,15}(?![\w.]?[0-9])")
_IBAN = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_ADDRESS = re.compile(r"(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w]|\.[0-9])")
_SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}"
    r"|\bsk-[A-Za-z0-9_-]{20,}|\bxox[abprs]-[A-Za-z0-9-]{10,}"
)
# Without one of these, in small letters, a pattern finds nothing.
_PLACEHOLDER_MARKS = ("{{", "[your ", "[insert ", "[enter ", "<your", "<insert", "<enter", "lorem")
_BOILERPLATE_MARKS = (
    *("language model", "an ai", "artificial intelligence", "cutoff", "cut-off"),
    *("my last ", "my training ", "by openai", "have personal "),
)
_SECRET_MARKS = ("-----begin ", "akia", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "sk-", "xox")
_SOME_DIGITS = re.compile(r"[0-9](?:[ ().\-/]{0,2}[0-9]){6}")
_SOME_OCTETS = re.compile(r"\.[0-9]{1,3}\.[0-9]")
# Of nobody in particular: this machine, local networks, documentation.
_OF_NOBODY = re.compile(
    r"(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2[0-9]|3[01])|192\.0\.2|198\.51\.100"
    r"|203\.0\.113|22[4-9]|2[3-5][0-9])\."
)


def suspects(texts: Sequence[str]) -> list[bool]:
    """Which of the texts (n,) are worth a look; a text that is not has none of these left.

    They may be JSON: what is looked for is not written in another way there.
    """
    import pyarrow as pa
    from pyarrow import compute

    found = compute.match_substring_regex(pa.array(texts), _SUSPECT, ignore_case=True)
    marks: list[bool] = found.to_pylist()
    return marks


def find(texts: Sequence[str], answers: Sequence[str]) -> tuple[Leftover, ...]:
    """What is left in a sample: in any of its texts, boilerplate only in its answers."""
    return tuple(_find(texts, answers))


def _find(texts: Sequence[str], answers: Sequence[str]) -> Iterator[Leftover]:
    # Each pattern costs fifty times what it takes to see that it need not be tried.
    if any(_has(text, _PLACEHOLDER_MARKS) and _PLACEHOLDER.search(text) for text in texts):
        yield "placeholders"
    if any(_has(text, _BOILERPLATE_MARKS) and _BOILERPLATE.search(text) for text in answers):
        yield "boilerplate"
    if any(_is_personal(text) for text in texts):
        yield "personal"


def _has(text: str, marks: Sequence[str]) -> bool:
    lower = text.lower()
    return any(mark in lower for mark in marks)


def _is_personal(text: str) -> bool:
    if _has(text, _SECRET_MARKS) and _SECRET.search(text):
        return True
    if "@" in text and _any(_EMAIL, _is_somebodys, text):
        return True
    if _SOME_OCTETS.search(text) and _any(_ADDRESS, _is_public, text):
        return True
    return bool(_SOME_DIGITS.search(text)) and _is_numbered(text)


def _is_numbered(text: str) -> bool:
    if _SOCIAL_SECURITY.search(text):
        return True
    checks = ((_PHONE, _can_be_dialled), (_CARD, _is_card), (_IBAN, _is_account))
    return any(_any(pattern, holds, text) for pattern, holds in checks)


def _any(pattern: re.Pattern[str], holds: Callable[[str], bool], text: str) -> bool:
    return any(holds(match[0]) for match in pattern.finditer(text))


def _is_somebodys(address: str) -> bool:
    return not _KEPT_FOR_EXAMPLES.search(address.lower())


def _can_be_dialled(number: str) -> bool:
    digits = _digits(number)
    # 555-0100 to 555-0199, and all of the area 555, are kept for stories.
    if re.search(r"555(?:01[0-9]{2}|[0-9]{7})$", digits):
        return False
    fewest = FEWEST_PHONE_DIGITS if number.startswith("+") else FEWEST_PHONE_DIGITS + 2
    return fewest <= len(digits) <= MOST_PHONE_DIGITS


def _is_card(number: str) -> bool:
    """By the checksum of Luhn."""
    digits = [int(digit) for digit in reversed(_digits(number))]
    if not FEWEST_CARD_DIGITS <= len(digits) <= MOST_CARD_DIGITS or len(set(digits)) == 1:
        return False
    doubled = (divmod(2 * digit, 10) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(map(sum, doubled))) % 10 == 0


def _is_account(written: str) -> bool:
    """By the checksum of ISO 13616."""
    number = written.replace(" ", "")
    turned = "".join(str(int(character, 36)) for character in number[4:] + number[:4])
    return int(turned) % 97 == 1


def _is_public(address: str) -> bool:
    """Of a machine on the internet; a number of a version (1.2.3.4) is rarely that long."""
    parts = address.split(".")
    if any(int(part) > 255 for part in parts) or sum(len(part) > 1 for part in parts) < 2:
        return False
    return not _OF_NOBODY.match(address)


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdecimal())
