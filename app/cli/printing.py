"""What a command says: words for people, one JSON object a line for programs."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
import typer
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

terminal = Console(stderr=True, highlight=False)
"""Where progress and remarks go: standard output belongs to the answer."""


def say(text: str) -> None:
    """Print a line of the answer."""
    typer.echo(text)


def remark(text: str) -> None:
    """Print a line beside the answer."""
    terminal.print(text, markup=False)


def tell(answer: BaseModel | dict[str, Any]) -> None:
    """Print an object of the API on one line."""
    told = answer.model_dump(mode="json") if isinstance(answer, BaseModel) else answer
    typer.echo(orjson.dumps(told).decode())


def show_table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; nothing in a cell is taken for markup."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        table.add_column(title)
    for row in rows:
        table.add_row(*(Console().render_str(str(cell), markup=False) for cell in row))
    Console(highlight=False).print(table)
