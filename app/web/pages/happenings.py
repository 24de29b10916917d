"""What happened to samples and data sets, and what lies in the trash."""

from fastapi import APIRouter, Response

from app.curation import browsing, happenings, queries
from app.curation.sample_lists import Look
from app.web.asked import AskedWalk
from app.web.deps import ReadSession, RenderDep
from app.web.ids import Cursor, Id

router = APIRouter(prefix="/d/{slug}")


@router.get("/s/{sample_id}/history")
def show_sample_history(
    slug: str, sample_id: Id, walk: AskedWalk, session: ReadSession, render: RenderDep
) -> Response:
    found = happenings.of_sample(session, slug, sample_id, walk)
    return render("samples/history.html", head=found.head, history=found)


@router.get("/activity")
def show_activity(
    slug: str, session: ReadSession, render: RenderDep, before: Cursor = 0
) -> Response:
    found = happenings.of_dataset(session, slug, before=before)
    return render("samples/activity.html", head=found.head, activity=found)


@router.get("/trash")
def show_trash(slug: str, session: ReadSession, render: RenderDep, after: Cursor = 0) -> Response:
    listing = browsing.listing(
        session, slug, queries.parse([("trash", "1")]), Look(after=str(after or ""))
    )
    return render("samples/trash.html", head=listing.head, listing=listing)
