"""When a board should be cut anew: too much of what came since it was cut fits nowhere on it."""

from sqlmodel import Session

from app.curation.judging import Judged
from app.storage import placements

SHARE = 0.10
FEWEST = 40
"""New darts from which a share says anything: one in twenty of the target's own lies as far out."""


def read(session: Session, judged: Judged) -> str:
    """A sentence about the darts beyond the target's 95th percentile, or "" while they are few.

    Outsiders, which the board cannot show at all, lie beyond the 99.5th.
    """
    total = sum(judged.counts) + judged.outsiders
    through = judged.row.facts.get("through")
    far = judged.frame.far
    new, out = placements.count_after(session, judged.row.id, through, far) if through else (0, 0)
    if new >= FEWEST and out > SHARE * new:
        said = f"{out / new:.0%} of the darts that came since this board was cut"
    elif judged.outsiders > SHARE * total:
        said = f"{judged.outsiders / total:.0%} of the darts"
    else:
        return ""
    if judged.frame.external:
        return f"{said} land far from every topic: the target does not ask for them, or lacks them."
    return f"{said} land far from every topic. A refit cuts the topics anew."
