"""The diagnosis of a data set: the board's totals and the gauges, on one page that prints."""

from sqlmodel import Session

from app.curation import board, gauges
from app.curation.gauge_views import ReportView


def view(session: Session, slug: str, *, tau: float | None = None) -> ReportView:
    """Describe the report; `tau` is the threshold of likeness to look at."""
    found = board.view(session, slug)
    return ReportView(
        head=found.head, job=found.job, state=found.state, score=found.score,
        score_label=found.score_label, score_arc=found.score_arc, target_kind=found.target_kind,
        target_name=found.target_name, target_sentence=found.target_sentence, frame=found.frame,
        placed=found.placed, outsiders=found.outsiders, to_cut=found.to_cut,
        to_write=found.to_write, over_regions=len(found.cut_first),
        gap_regions=len(found.write_next), gauges=gauges.view(session, slug, tau=tau),
    )  # fmt: skip
