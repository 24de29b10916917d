"""The audit log, for admins."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse

from app.curation import audit, audit_page
from app.curation.audit import Filter, Kind
from app.curation.audit_page import FileKind
from app.web.deps import ActorName, HouseDep, RenderDep
from app.web.downloads import NDJSON, attachment
from app.web.ids import Id

router = APIRouter(prefix="/settings/audit")

MEDIA_TYPES: dict[FileKind, str] = {"jsonl": NDJSON, "csv": "text/csv; charset=utf-8"}


def read_filter(kind: str = "", actor: str = "", since: str = "", until: str = "") -> Filter:
    """The filter of the page's form: fields that are left empty do not narrow."""
    return audit_page.read_filter(kind=kind, actor=actor, since=since, until=until)


Asked = Annotated[Filter, Depends(read_filter)]


@router.get("")
def show_log(
    asked: Asked,
    house: HouseDep,
    render: RenderDep,
    before: Id | None = None,
) -> Response:
    found = audit_page.page(house.read, asked, before=before)
    return render("audits/list.html", log=found)


@router.get("/audit.{suffix}")
def download_log(suffix: FileKind, asked: Asked, house: HouseDep, actor: ActorName) -> Response:
    with house.write() as session:
        audit.record(session, actor=actor, kind=Kind.AUDIT_READ, subject=suffix)
    pieces = audit_page.write_file(house.read, asked, suffix)
    headers = attachment(f"dartboard-audit.{suffix}")
    return StreamingResponse(pieces, headers=headers, media_type=MEDIA_TYPES[suffix])
