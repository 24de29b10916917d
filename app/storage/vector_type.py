"""float16 vectors in either database: bytes in SQLite, pgvector's halfvec in Postgres.

From Postgres they come as `halfvec_send` gives them: two 16-bit numbers, of which the first is how
many follow, then those, most significant byte first. Their text takes four times as long to read.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType


class _HalfVector(UserDefinedType[str]):
    """halfvec as its text form: pgvector's own type reads it into lists of floats, slowly."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        return "HALFVEC"


class _Sent(FunctionElement[Any]):
    """(column): its bytes."""

    name = "sent"
    inherit_cache = True

    def __init__(self, column: Any, kind: TypeEngine[Any]) -> None:
        super().__init__(column)
        self.type = kind


@compiles(_Sent)
def _plain(element: _Sent, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses.clauses[0], **options)


@compiles(_Sent, "postgresql")
def _on_postgres(element: _Sent, compiler: SQLCompiler, **options: Any) -> str:
    return f"halfvec_send({_plain(element, compiler, **options)})"


HEAD = 4
"""Bytes before the numbers of a vector that Postgres sends."""

ischema_names["halfvec"] = _HalfVector  # so that a reflected table knows its type


class VectorType(TypeDecorator[NDArray[np.float16]]):
    """A column of vectors. The one place that knows how each database keeps them."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Pick the native type of the database in use."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(_HalfVector())
        return dialect.type_descriptor(LargeBinary())

    def column_expression(self, column: Any) -> Any:
        """What is read of a column: its bytes, in either database."""
        return _Sent(column, self)

    def process_bind_param(self, value: NDArray[np.floating[Any]] | None, dialect: Dialect) -> Any:
        """Python to database."""
        if value is None:
            return None
        half = np.ascontiguousarray(value, dtype=np.float16)
        if dialect.name == "postgresql":
            return f"[{','.join(map(str, half.tolist()))}]"
        return half.tobytes()

    def process_result_value(self, value: Any, dialect: Dialect) -> NDArray[np.float16] | None:
        """Database to Python."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return np.frombuffer(value, dtype=">f2", offset=HEAD).astype(np.float16)
        return np.frombuffer(value, dtype=np.float16)
