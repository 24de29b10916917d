"""Uploads whose last part never came go, after a time that the page states."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.curation import spooling
from app.curation.parts import ABANDONED_DAYS
from app.storage import uploads
from app.storage.database import Sessions
from app.storage.tables import UploadRow


def sweep(write: Sessions, spool: Path, *, now: datetime) -> int:
    """Forget every upload to which nothing was added for a week; how many there were."""
    since = now - timedelta(days=ABANDONED_DAYS)
    with write() as session:
        gone = [one for one in uploads.sending(session) if _last_part(one, spool) < since]
        for upload in gone:
            uploads.remove(session, upload)
    # Of those uploads, and of servers that died while somebody sent.
    for path in spool.glob(f"*{spooling.PARTIAL}"):
        if _changed(path) < since:
            path.unlink(missing_ok=True)
    return len(gone)


def _last_part(upload: UploadRow, spool: Path) -> datetime:
    path = spool / f"{upload.spool_name}{spooling.PARTIAL}"
    return _changed(path) if path.exists() else upload.created_at


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
