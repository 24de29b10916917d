import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from app.storage.database import Sessions
from app.storage.tables import DatasetRow
from tests import web_client

DOT = re.compile(r"M-?[0-9.]+ -?[0-9.]+h\.01")


def test_a_picture_shows_what_is_looked_at(
    write: Sessions, dishes_board: DatasetRow, tmp_path: Path
) -> None:
    with web_client.signed_in(web_client.make_app(tmp_path, write, write)) as client:
        api = f"/api/v1/datasets/{dishes_board.slug}"
        client.post(f"{api}/versions", json={})
        client.post(f"{api}/decisions", json={"query": "q=soup", "status": "rejected"})
        told = client.get(f"{api}/board").json()
        slice_1 = sum(cell["have"] for cell in told["cells"] if cell["id"].startswith("1."))
        for query, shown in (
            ("", 200), ("zoom=1", slice_1), ("q=bread", 40), ("color=length", 200),
            ("cmp=v1", 240), ("version=1", 240),
        ):  # fmt: skip
            answer = client.get(f"/d/{dishes_board.slug}/board/1/board.svg?{query}")
            assert answer.status_code == 200, query
            ET.fromstring(answer.text)
            assert len(DOT.findall(answer.text)) == pytest.approx(shown, abs=told["outsiders"])
        assert client.get(f"/d/{dishes_board.slug}/board/1/board.svg?zoom=99").status_code == 404
        assert (
            "only in version 1"
            in client.get(f"/d/{dishes_board.slug}/board/1/board.svg?cmp=v1").text
        )
