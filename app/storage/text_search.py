"""The index of words: which samples say something, the same answer on either database.

`sample_words` is an FTS5 table in SQLite and a column of tsvector under a GIN index in Postgres.
Both are given words that `formats.words` has cut, so neither one's own idea of a word matters.
It is written in the transaction that writes the text; the database itself removes what is gone.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnClause,
    ColumnElement,
    Join,
    Text,
    bindparam,
    column,
    table,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, col, select

from app.formats import words
from app.formats.sample import load_sample
from app.formats.words import BREAK, Term
from app.storage.database import is_sqlite
from app.storage.tables import SampleRow

ROWS_AT_ONCE = 5_000
MOST_BEGUN = 2_000
NOTHING = Term((BREAK * 2,))
"""What no sample says: an empty question would be a syntax error."""


class _Key(ColumnClause[int]):
    """The id of the sample that a row of the index is about."""

    inherit_cache = True


KEY = _Key("rowid", BigInteger)
INDEX = table("sample_words", KEY)
_WORD = column("term", Text)
_WORDS_SAID = table("words_said", _WORD)

_FORGET_SQLITE = text("DELETE FROM sample_words WHERE rowid = :id")
_FORGET_POSTGRES = text("DELETE FROM sample_words WHERE sample_id = :id")
_ADD_SQLITE = "INSERT INTO sample_words (rowid, words) VALUES (?, ?)"
_COPY_POSTGRES = "COPY sample_words (sample_id, words) FROM STDIN"


class _Asked(TypeDecorator[tuple[Term, ...]]):
    """Terms as each database's own language of queries."""

    impl = Text
    cache_ok = True

    def __init__(self, wanted: Literal["all", "any"]) -> None:
        super().__init__()
        self.wanted = wanted  # what is keyword-only is not told apart by SQLAlchemy's cache

    def process_bind_param(self, value: Sequence[Term] | None, dialect: Any) -> str:
        """Every word stands in quotes, and no word holds one: nothing can be a syntax error."""
        terms = value or (NOTHING,)
        if dialect.name == "sqlite":
            return (" AND " if self.wanted == "all" else " OR ").join(map(_for_sqlite, terms))
        return (" & " if self.wanted == "all" else " | ").join(map(_for_postgres, terms))


class _Led(Join):
    """A join whose left side SQLite reads first, whatever it believes to be quicker."""

    inherit_cache = True


class _Truth(FunctionElement[bool]):
    """A condition that stands in a query as it is."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002  SQLAlchemy's own name
        """As it is: with "= 1" behind it, as is usual, SQLite reads every sample."""
        return self


class _Said(_Truth):
    """(terms): whether a row of the index says them."""

    name = "said"
    inherit_cache = True


class _Found(_Truth):
    """(sample id, terms): whether the sample says them."""

    name = "found"
    inherit_cache = True


def says_all(sample_id: Any, asked: Sequence[str]) -> ColumnElement[bool]:
    """The condition that a sample says every one of these."""
    return _Found(sample_id, bindparam(None, _readable(asked), _Asked("all")))


def says_any(sample_id: Any, asked: Sequence[str]) -> ColumnElement[bool]:
    """The condition that a sample says at least one of these."""
    terms = tuple(term for term in map(words.read_term, asked) if term.words)
    return _Found(sample_id, bindparam(None, terms, _Asked("any")))


def led_by_words(query: Any, rows: Any, asked: Sequence[str], begun: Sequence[Term] = ()) -> Any:
    """A query of samples that say all of these, SQLite reading the index of words first.

    Ordered by KEY it need not gather all of a common word's samples to show a few; where a page
    begins is said of KEY and of the sample's id, for neither database concludes one from the other.
    Samples that say one of `begun`, if there are any, are those that say what is asked.
    """
    terms = begun or _readable(asked)
    match = _Said(bindparam(None, terms, _Asked("any" if begun else "all")))
    return query.select_from(_Led(INDEX, rows, rows.c.id == KEY)).where(match)


def begun(session: Session, asked: Sequence[str]) -> tuple[Term, ...]:
    """All words with the beginning that is asked for, if that is all and they are not too many.

    SQLite gathers all samples of a beginning before it shows the first. Of words that are named it
    reads as many as it shows, but takes longer for each: only for a few samples is that quicker.
    """
    terms = _readable(asked)
    if not is_sqlite(session) or len(terms) != 1 or not terms[0].is_prefix:
        return ()
    beginning = " ".join(terms[0].words)
    words_said = select(_WORD).where(_WORD.between(beginning, beginning + chr(sys.maxunicode)))
    found = session.execute(words_said.limit(MOST_BEGUN + 1)).scalars().all()
    return tuple(Term((word,)) for word in found) if len(found) <= MOST_BEGUN else ()


def entries(session: Session, said: Iterable[str]) -> Iterable[str]:
    """What the index takes of samples, given their words as words_in gives them."""
    return map(words.placed, said) if is_of_places(session) else said


def is_of_places(session: Session) -> bool:
    """Whether an entry is the words with their places, as words.placed, or the words alone."""
    return not is_sqlite(session)


def add(session: Session, found: Iterable[tuple[int, str]]) -> None:
    """Index new samples by (id, their entry)."""
    connection = session.connection()
    if is_sqlite(session):
        connection.exec_driver_sql(_ADD_SQLITE, list(found))
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(_COPY_POSTGRES) as copy:
        for row in found:
            copy.write_row(row)


def write(session: Session, found: Sequence[tuple[int, str]]) -> None:
    """Index samples by (id, words as words_in gives them), in place of what was known of them."""
    if not found:
        return
    forget = _FORGET_SQLITE if is_sqlite(session) else _FORGET_POSTGRES
    session.execute(forget, [{"id": sample_id} for sample_id, _ in found])
    said = entries(session, (one for _, one in found))
    add(session, zip((sample_id for sample_id, _ in found), said, strict=True))


def words_in(messages: str, rest: str) -> str:
    """The words of a sample as it is stored, to be indexed."""
    return words.of_turns(_turns(messages, rest))


def index_words(session: Session, *, after: int = 0, limit: int | None = None) -> tuple[int, int]:
    """Index the words of samples anew, by id; how many, and the last id."""
    query = select(SampleRow.id, SampleRow.messages, SampleRow.rest)
    query = query.where(col(SampleRow.id) > after).order_by(col(SampleRow.id)).limit(limit)
    count = 0
    rows = session.execute(query.execution_options(yield_per=ROWS_AT_ONCE))
    for part in rows.partitions():
        write(session, [(row[0], words_in(row[1], row[2])) for row in part])
        count, after = count + len(part), part[-1][0]
    return count, after


def _readable(asked: Sequence[str]) -> tuple[Term, ...]:
    """The terms; none at all when one of them is but signs: no sample says those."""
    terms = tuple(map(words.read_term, asked))
    return terms if all(term.words for term in terms) else ()


def _turns(messages: str, rest: str) -> Iterator[str]:
    """What is said in a sample, the rejected answer of a pair too."""
    if not rest:
        said = [message.get("content") for message in orjson.loads(messages)]
        if all(isinstance(content, str) for content in said):
            yield from said  # nearly all are as plain as this, and read four times as fast
            return
    sample = load_sample(messages, rest)
    yield from (message.content for message in (*sample.messages, *sample.rejected))


def _for_sqlite(term: Term) -> str:
    return f'"{" ".join(term.words)}"{" *" if term.is_prefix else ""}'


def _for_postgres(term: Term) -> str:
    quoted = [f"'{word}'" for word in term.words]
    return f"({' <-> '.join(quoted)}{':*' if term.is_prefix else ''})"


@compiles(_Led, "sqlite")
def _led_on_sqlite(element: _Led, compiler: SQLCompiler, **options: Any) -> str:
    plain = str(compiler.visit_join(element, **options))  # type: ignore[no-untyped-call]
    return plain.replace(" JOIN ", " CROSS JOIN ", 1)


@compiles(_Key)
def _key_on_sqlite(_element: _Key, _compiler: SQLCompiler, **_options: Any) -> str:
    return "sample_words.rowid"


@compiles(_Key, "postgresql")
def _key_on_postgres(_element: _Key, _compiler: SQLCompiler, **_options: Any) -> str:
    return "sample_words.sample_id"


@compiles(_Said, "sqlite")
def _said_on_sqlite(element: _Said, compiler: SQLCompiler, **options: Any) -> str:
    return f"sample_words MATCH {compiler.process(element.clauses, **options)}"


@compiles(_Said, "postgresql")
def _said_on_postgres(element: _Said, compiler: SQLCompiler, **options: Any) -> str:
    return f"words @@ CAST(CAST({compiler.process(element.clauses, **options)} AS text) AS tsquery)"


@compiles(_Found)
def _found(element: _Found, compiler: SQLCompiler, **options: Any) -> str:
    column, asked = element.clauses
    key, said = (compiler.process(it, **options) for it in (KEY, _Said(asked)))
    found = f"SELECT {key} FROM sample_words WHERE {said}"  # noqa: S608  values are bound
    return f"({compiler.process(column, **options)} IN ({found}))"
