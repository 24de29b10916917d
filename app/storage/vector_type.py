"""float16 vectors in either database: bytes in SQLite, pgvector's halfvec in Postgres."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator, TypeEngine


class VectorType(TypeDecorator[NDArray[np.float16]]):
    """A column of vectors. The one place that knows how each database keeps them."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Pick the native type of the database in use."""
        if dialect.name == "postgresql":
            from pgvector.sqlalchemy import HALFVEC

            return dialect.type_descriptor(HALFVEC())
        return dialect.type_descriptor(LargeBinary())

    def process_bind_param(self, value: NDArray[np.floating[Any]] | None, dialect: Dialect) -> Any:
        """Python to database."""
        if value is None:
            return None
        half = np.ascontiguousarray(value, dtype=np.float16)
        if dialect.name == "postgresql":
            from pgvector import HalfVector

            return HalfVector(half)
        return half.tobytes()

    def process_result_value(self, value: Any, dialect: Dialect) -> NDArray[np.float16] | None:
        """Database to Python."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return np.asarray(value.to_numpy(), dtype=np.float16)
        return np.frombuffer(value, dtype=np.float16)
