"""What a text may hold that people type in: anything but what databases cannot store."""


def is_storable(text: str) -> bool:
    """Whether there is no NUL and no half of a surrogate pair in it."""
    if text.isascii():
        return "\0" not in text
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
