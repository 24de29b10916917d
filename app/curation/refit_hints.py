"""When a board should be cut anew: too much of what came since it was cut fits nowhere on it."""

from sqlmodel import Session

from app.curation.judging import Judged
from app.storage import placements

SHARE = 0.10
FEWEST = 20
"""New darts from which a share of them says anything."""


def read(session: Session, judged: Judged) -> str:
    """A sentence about the outsiders, or "" while there are few of them."""
    total = sum(judged.counts) + judged.outsiders
    if not judged.outsiders:
        return ""
    through = judged.row.facts.get("through")
    new, outside = placements.count_after(session, judged.row.id, through) if through else (0, 0)
    if new >= FEWEST and outside > SHARE * new:
        said = f"{outside / new:.0%} of the darts that came since this board was cut"
    elif judged.outsiders > SHARE * total:
        said = f"{judged.outsiders / total:.0%} of the darts"
    else:
        return ""
    if judged.frame.external:
        return f"{said} land far from every topic: the target does not ask for them, or lacks them."
    return f"{said} land far from every topic. A refit cuts the topics anew."
