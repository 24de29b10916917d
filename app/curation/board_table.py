"""The table of a board as rows for a spreadsheet: the same numbers as the page."""

from collections.abc import Iterator

from app.curation.board_views import BoardView, CellView
from app.formats import spreadsheets

HEAD = (
    "cell", "topic", "sub-topic", "ring", "have", "expected", "ratio", "flag", "cut", "write",
)  # fmt: skip


def as_csv(board: BoardView) -> str:
    """The table for spreadsheet programs, without formulas in it."""
    return "".join(spreadsheets.row(row) for row in rows(board))


def rows(board: BoardView) -> Iterator[tuple[object, ...]]:
    """The head, then a row a cell; in a comparison also what the other side has."""
    then = (f"in {board.compare.name}", "share") if board.compare else ()
    yield (*HEAD, *then)
    for cell in board.cells:
        yield (*_row(cell), *((cell.then, cell.change) if board.compare else ()))


def _row(cell: CellView) -> tuple[object, ...]:
    return (
        # A cell's id is no number: 3.10 is not 3.1.
        f"c{cell.id}", cell.topic, cell.name, cell.ring, cell.have, round(cell.expected, 1),
        round(cell.ratio, 2), cell.state.replace("_", "-"), cell.cut, cell.write,
    )  # fmt: skip
