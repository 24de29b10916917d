"""Whether somebody says a word in a sample: the same answer on either database.

Letters A to Z match in either case. Beyond ASCII the databases disagree about
case, so a word is looked for as it is, in lower case, in upper case and capitalised.
"""

from typing import Any

import orjson
from sqlalchemy import Boolean, ColumnElement, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

ESCAPE = "/"


class _Says(FunctionElement[bool]):
    """(messages, pattern as JSON writes it, pattern): whether the content of a turn is like it.

    The column holds JSON. The first pattern passes over most rows without
    parsing them; the second keeps "role" and "content" from being found everywhere.
    """

    name = "says"
    type = Boolean()
    inherit_cache = True


def says(messages: Any, word: str) -> ColumnElement[bool]:
    """The condition that a turn of these messages holds the word, all values bound."""
    spellings = [word]
    if not word.isascii():
        spellings += [word.lower(), word.upper(), word.capitalize()]
    found = [
        _Says(messages, _pattern(_in_json(it)), _pattern(it)) for it in dict.fromkeys(spellings)
    ]
    return found[0] if len(found) == 1 else or_(*found)


def _in_json(word: str) -> str:
    return orjson.dumps(word).decode()[1:-1]


def _pattern(text: str) -> str:
    for special in (ESCAPE, "%", "_"):
        text = text.replace(special, ESCAPE + special)
    return f"%{text}%"


@compiles(_Says, "sqlite")
def _on_sqlite(element: _Says, compiler: SQLCompiler, **options: Any) -> str:
    column, written, plain = (compiler.process(it, **options) for it in element.clauses)
    turns = f"SELECT 1 FROM json_each({column}) AS turn"  # noqa: S608  compiled, values bound
    content = "json_extract(turn.value, '$.content')"
    return (
        f"({column} LIKE {written} ESCAPE '{ESCAPE}'"
        f" AND EXISTS ({turns} WHERE {content} LIKE {plain} ESCAPE '{ESCAPE}'))"
    )


@compiles(_Says, "postgresql")
def _on_postgres(element: _Says, compiler: SQLCompiler, **options: Any) -> str:
    column, written, plain = (compiler.process(it, **options) for it in element.clauses)
    array = f"json_array_elements(CAST({column} AS json))"
    turns = f"SELECT 1 FROM {array} AS turn"  # noqa: S608  compiled, values bound
    content = "(turn ->> 'content') COLLATE \"C\""
    return (
        f"({column} COLLATE \"C\" ILIKE {written} ESCAPE '{ESCAPE}'"
        f" AND EXISTS ({turns} WHERE {content} ILIKE {plain} ESCAPE '{ESCAPE}'))"
    )
