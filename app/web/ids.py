"""Ids of rows as a request names them, never larger than a database can hold."""

from typing import Annotated

from pydantic import Field

from app.curation.query_values import HIGHEST_ID

Id = Annotated[int, Field(ge=1, le=HIGHEST_ID)]
# Where a list goes on: the last id of the page before, or 0 for its beginning.
Cursor = Annotated[int, Field(ge=0, le=HIGHEST_ID)]
