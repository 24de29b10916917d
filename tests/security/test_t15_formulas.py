"""T15: a cell that a spreadsheet program would run."""

import csv
import io

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from app.curation import audit
from app.curation.audit import Kind
from app.formats import spreadsheets
from app.web.deps import House
from tests import web_client

BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")
CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def read(line: str) -> list[str]:
    (row,) = csv.reader(io.StringIO(line, newline=""))
    return row


@given(
    st.lists(
        st.one_of(CELLS, st.sampled_from(BEGINNINGS).flatmap(lambda b: CELLS.map(b.__add__))),
        min_size=1,
        max_size=5,
    )
)
def test_t15_no_cell_begins_like_a_formula(cells: list[str]) -> None:
    told = read(spreadsheets.row(cells))
    assert len(told) == len(cells)
    for cell, shown in zip(cells, told, strict=True):
        assert not shown.startswith(BEGINNINGS)
        assert shown in (cell, f"'{cell}")


@pytest.mark.parametrize(
    "cell",
    [
        "=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "\n=1",
        "\u00a0=1", "\ufeff=1", "\uff1d1+1", '=HYPERLINK("http://evil.test")',
    ],
)  # fmt: skip
def test_t15_known_formulas_become_text(cell: str) -> None:
    assert read(spreadsheets.row([cell])) == [f"'{cell}"]


def test_t15_numbers_stay_numbers() -> None:
    assert spreadsheets.row([-1, 2.5, None, "a,b"]) == '"-1","2.5","","a,b"\r\n'


def test_t15_the_audit_log_as_csv_holds_no_formula(app: FastAPI) -> None:
    house: House = app.state.house
    with house.write() as session:
        audit.record(session, actor="=1+1", kind=Kind.LOGIN_FAILED, subject="@SUM(A1)", a="=2")
    with web_client.signed_in(app) as admin:
        told = admin.get("/settings/audit/audit.csv", params={"kind": "login_failed"})
    rows = list(csv.DictReader(io.StringIO(told.text, newline="")))
    assert [(row["actor"], row["subject"]) for row in rows] == [("'=1+1", "'@SUM(A1)")]
    assert told.headers["content-disposition"].startswith("attachment")
