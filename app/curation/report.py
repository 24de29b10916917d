"""The diagnosis of a data set: the board's totals and the gauges, on one page that prints."""

from sqlmodel import Session

from app.curation import board, gauges
from app.curation.board import Look
from app.curation.gauge_parts import EVERYTHING
from app.curation.gauge_views import ReportView
from app.curation.queries import Query


def view(
    session: Session, slug: str, *, query: Query = EVERYTHING, tau: float | None = None
) -> ReportView:
    """Describe the report, of all samples or of those that a query finds.

    `tau` is the threshold of likeness to look at.
    """
    found = board.view(session, slug, Look(query=query))
    return ReportView(
        head=found.head, job=found.job, state=found.state, score=found.score,
        score_label=found.score_label, score_arc=found.score_arc, target_kind=found.target_kind,
        target_name=found.target_name, target_sentence=found.target_sentence, frame=found.frame,
        placed=found.placed, outsiders=found.outsiders, to_cut=found.to_cut,
        to_write=found.to_write, over_regions=len(found.cut_first),
        gap_regions=len(found.write_next),
        gauges=gauges.view(session, slug, query=query, tau=tau), query=found.query,
        query_pairs=found.query_pairs, version=found.version,
    )  # fmt: skip
