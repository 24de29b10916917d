"""Make any Python string one that every tokenizer accepts."""

# A model that reads 256 tokens has long stopped here; a text of megabytes would
# cost seconds of tokenising for nothing.
LONGEST_CHARACTERS = 32_768


def well_formed(text: str) -> str:
    """Cut the text at LONGEST_CHARACTERS and join or replace its surrogates.

    Tokenizers take UTF-8, which has no lone surrogates; JSON's escapes do have them.
    """
    cut = text[:LONGEST_CHARACTERS]
    if cut.isascii():
        return cut
    return cut.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
