"""What leaves the machine: nothing, unless an operator configured where to."""

from fastapi import APIRouter, Response

from app.web.deps import HouseDep, RenderDep

router = APIRouter(prefix="/settings/privacy")


@router.get("")
def show_privacy(house: HouseDep, render: RenderDep) -> Response:
    model, encoder, provider = house.model, house.encoder, house.provider_name
    return render("privacy/show.html", model=model, encoder=encoder, provider=provider)
