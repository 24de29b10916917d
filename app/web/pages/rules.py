"""What every trainer demands, with limits, sources and the day it was checked."""

from fastapi import APIRouter, Response

from app.curation import export
from app.web.deps import RenderDep

router = APIRouter(prefix="/rules")


@router.get("")
def list_rules(render: RenderDep) -> Response:
    return render(
        "rules/list.html", block="content", formats=export.formats(), unchecked=export.UNCHECKED
    )
