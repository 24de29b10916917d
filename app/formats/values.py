"""One JSON text into one value, or the reason why not; the same in every container.

orjson reads what is right. Only what it refuses is read a second time, slowly,
to say what is wrong with it, or to save what can be saved.
"""

import json
import re

import orjson

from app.formats.entries import Fault, Limits, whole

NOT_AN_OBJECT = Fault("not_object", "This is JSON, but not an object with named fields.")
NOT_UTF8 = Fault("not_utf8", "This is not UTF-8 text; save the file as UTF-8 and send it again.")
NUL = Fault("nul", "A text holds the NUL character (U+0000), which databases cannot store.")
NOT_FINITE = Fault(
    "not_finite", "A number is NaN or Infinity, which JSON does not have; use null or leave it out."
)
CONTROL = Fault(
    "control_character",
    "A text holds a raw tab, line break or other control character (write it as \\t or \\n), "
    "or its closing quote is missing.",
)
DEEP = "Objects and lists are nested more than {} deep."

_QUOTES = re.compile("[\u2018\u2019\u201c\u201d]")


def load(text: bytes, limits: Limits) -> dict[str, object] | Fault:
    """Read one JSON object, duplicate keys: the last one wins."""
    if len(text) > limits.line_bytes:
        return too_long(limits)
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        value = _load_slowly(text, error, limits)
    if not isinstance(value, dict):
        return value if isinstance(value, Fault) else NOT_AN_OBJECT
    return (find_fault(value, limits) if _suspicious(text, limits) else None) or value


def too_long(limits: Limits) -> Fault:
    """The fault of a line over the limit."""
    return Fault("line_too_long", f"The line is longer than {limits.line_bytes:,} bytes.")


def find_fault(value: object, limits: Limits) -> Fault | None:
    """The first limit that the value breaks, if any; walks all of it."""
    level: list[object] = [value]
    for _ in range(limits.depth):
        below: list[object] = []
        for node in level:
            fault = _fault_of(node, limits)
            if fault:
                return fault
            if isinstance(node, dict):
                below += node.keys()
                below += node.values()
            elif isinstance(node, list):
                below += node
        if not below:
            return None
        level = below
    deeper = any(isinstance(node, dict | list) for node in level)
    return Fault("depth", DEEP.format(limits.depth)) if deeper else _first(level, limits)


def explain(text: str, message: str) -> Fault:
    """What is wrong with a text that is not JSON, for the person who wrote it."""
    shown = text.lstrip()[:4096]
    if _QUOTES.search(shown[:2]):
        return Fault(
            "not_json", f"Not JSON: typographic quotes instead of straight ones ({message})."
        )
    if shown.startswith(("{'", "{ '", "['", "[{'")):
        return Fault("not_json", f"Not JSON: single quotes instead of double ones ({message}).")
    return Fault("not_json", f"Not JSON: {message}.")


def _first(level: list[object], limits: Limits) -> Fault | None:
    return next((fault for node in level if (fault := _fault_of(node, limits))), None)


def _fault_of(node: object, limits: Limits) -> Fault | None:
    if isinstance(node, str):
        if len(node) > limits.string_characters:
            return Fault(
                "string_too_long", f"A text has more than {limits.string_characters:,} characters."
            )
        return NUL if "\x00" in node else None
    if isinstance(node, dict) and len(node) > limits.keys:
        return Fault("too_many_keys", f"An object has more than {limits.keys:,} keys.")
    return None


def _suspicious(text: bytes, limits: Limits) -> bool:
    """Cheap upper bounds: only a text that could break a limit is walked."""
    return (
        b"\\u0000" in text
        or len(text) > limits.string_characters
        or text.count(b":") > limits.keys
        or text.count(b"{") + text.count(b"[") > limits.depth
    )


def _load_slowly(text: bytes, error: orjson.JSONDecodeError, limits: Limits) -> object:
    try:
        written = text.decode("utf-8")
    except UnicodeDecodeError:
        return NOT_UTF8
    if "depth" in error.msg:
        return Fault("depth", DEEP.format(limits.depth))
    if "infinity" in error.msg:
        return NOT_FINITE
    if "control character" in error.msg:
        return NUL if text[error.pos : error.pos + 1] == b"\x00" else CONTROL
    return _saved(written.lstrip("\ufeff"), error.msg)


def _saved(text: str, message: str) -> object:
    constants: list[str] = []
    try:
        value = json.loads(text, parse_constant=constants.append)
    except RecursionError:
        return Fault("depth", "Objects and lists are nested too deep.")
    except ValueError:
        return explain(text, message)
    return NOT_FINITE if constants else _clean(value)


def _clean(value: object) -> object:
    """The value as orjson would have read it: whole characters, numbers of 64 bits."""
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {whole(key): _clean(item) for key, item in value.items()}
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return float(value)
    return value
