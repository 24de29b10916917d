from collections.abc import Sequence

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checks import leftovers

LEFT: dict[str, Sequence[str]] = {
    "placeholders": (
        "Your order {{Order Number}} is on its way.",
        "Dear [Your Name], thank you.",
        "Write to <YOUR_EMAIL>.",
        "Lorem ipsum dolor sit amet",
    ),
    "boilerplate": (
        "As an AI language model, I cannot cook.",
        "I'm just an AI, so I have no kitchen.",
        "As a language model I have no taste.",
        "My knowledge cutoff is in 2021.",
        "I am a model trained by OpenAI.",
        "I don\u2019t have personal opinions on soup.",
    ),
    "personal": (
        "Write to anna.berg@posteo.de please",
        "\nanna@posteo.de",
        "Call +49 30 901820 tonight",
        "Call (212) 736-5000 tonight",
        "My number is 078-05-1120",
        "Card 4111 1111 1111 1111, until May",
        "IBAN DE89 3704 0044 0532 0130 00",
        "It came from 81.169.145.78.",
        "key sk-abcdefghijklmnopqrstuvwx",
        "AKIAIOSFODNN7EXAMPLE",
        "-----BEGIN RSA PRIVATE KEY-----",
    ),
}
NOT_LEFT = (
    "Use {curly} and [square] brackets, or $variables.",
    "The AI of the game is good. A language is a model of the world.",
    "An AI winter is coming, wrote the paper; as an aid, read it.",
    "Mail info@example.com or a@b.test, or @anna",
    "Call 555-0142, or 212-555-0142.",
    "On 2024-11-03 at 10:15:00 we sold 1,234,567 of them for 19.99 each.",
    "Card 4111 1111 1111 1112, and 0000 0000 0000 0000, or 6666666666666",
    "IBAN DE89 3704 0044 0532 0130 03, GPT-3 was developed by OpenAI, (555) 123-4567",
    "It runs on 127.0.0.1, 192.168.1.10 and 10.0.0.1.",
    "Version 1.2.3.4 is out; 999.10.10.10 is none.",
    "ISBN 978-3-16-148410-0, 3.14159265358979, id 20241103101500123",
    "",
)


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in LEFT.items() for text in texts]
)
def test_what_is_left_is_found(kind: str, text: str) -> None:
    assert leftovers.find([text], [text]) == (kind,)
    written = orjson.dumps([{"role": "assistant", "content": text}]).decode()
    assert leftovers.suspects([text, written]) == [True, True]


@pytest.mark.parametrize("text", NOT_LEFT)
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert leftovers.find([text], [text]) == ()


def test_boilerplate_is_looked_for_in_answers_only() -> None:
    assert leftovers.find([LEFT["boilerplate"][0]], []) == ()


FOUND = tuple(text for texts in LEFT.values() for text in texts)
PIECES = st.sampled_from([*FOUND, *NOT_LEFT, "\n", "7"])


@given(st.lists(st.text(max_size=8) | PIECES, max_size=6))
def test_a_text_that_is_not_suspect_has_nothing_left(pieces: list[str]) -> None:
    text = " ".join(pieces)
    written = orjson.dumps(text.encode(errors="replace").decode()).decode()
    (suspect,) = leftovers.suspects([written])
    assert suspect or leftovers.find([text], [text]) == ()


@pytest.mark.parametrize("text", ["a" * 10**6 + " x@y", "@" + "a." * 500_000, "a@" * 500_000])
def test_a_word_of_a_megabyte_is_looked_through_once(text: str) -> None:
    assert leftovers.find([text], [text]) == ()
