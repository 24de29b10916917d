"""Words that name nothing, in the language of the texts."""

from app.checks import languages

GERMAN = ["Wie kann ich den Kühlschrank reinigen, wenn er nicht kalt ist?"] * 20
ENGLISH = ["How can I clean the fridge when it is not cold?"] * 20


def test_the_function_words_are_those_of_the_languages_that_are_there() -> None:
    german = languages.function_words(GERMAN)
    assert {"wie", "wenn", "nicht"} <= german
    assert "kühlschrank" not in german
    assert "pourquoi" not in german


def test_of_two_languages_both_are_left_out_and_of_english_alone_none_are_needed() -> None:
    assert "wenn" in languages.function_words([*GERMAN, *ENGLISH])
    assert languages.function_words(ENGLISH) == frozenset()
    assert languages.function_words([]) == frozenset()


def test_a_language_that_is_hardly_there_does_not_count() -> None:
    assert "wenn" not in languages.function_words([*ENGLISH * 5, GERMAN[0]])
