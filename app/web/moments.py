"""Times as the API tells them: with their zone (RFC 3339), whichever database they came from."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator


def _in_utc(moment: datetime) -> datetime:
    # SQLite gives times back without a zone; all of them were written in UTC.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Moment = Annotated[datetime, AfterValidator(_in_utc)]
