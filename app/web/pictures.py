"""Boards as files: SVG from a template with its colours written out, PNG made from that."""

from typing import Literal

import resvg_py
from fastapi import Response

from app.curation.board_export import BoardExport
from app.web import downloads
from app.web.deps import House

PIXELS_WIDE = 2_400
FAMILY = "DejaVu Sans"
"""What letters are drawn with in a PNG where Inter is not installed."""


def answer(house: House, export: BoardExport, kind: Literal["svg", "png"]) -> Response:
    """The picture, to be saved under the data set's name."""
    template = house.templates.env.get_template("boards/export.svg")
    svg = template.render(export=export)
    head = export.board.head
    name = f"{head.slug}-board-{export.board.frame}-{export.at:%Y-%m-%d}.{kind}"
    if kind == "svg":
        return Response(svg, headers=downloads.attachment(name), media_type="image/svg+xml")
    picture = resvg_py.svg_to_bytes(svg_string=svg, width=PIXELS_WIDE, sans_serif_family=FAMILY)
    return Response(bytes(picture), headers=downloads.attachment(name), media_type="image/png")
