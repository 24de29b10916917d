"""`dartboard ...`: the same curation calls, from a shell.

Exit status 0; 1 when work failed, doctor found a fault, or `--strict` something
left out; 2 when the command cannot be carried out as it was given.
"""

from typing import Any

import typer
from typer.core import TyperGroup

from app.cli import administration, data, decisions, persons, printing, releases, serving
from app.errors import ConflictError, DartboardError, InvalidError, NotFoundError

MISUSE = (ConflictError, InvalidError, NotFoundError)


class Group(TyperGroup):
    """Commands whose errors are sentences and exit statuses, not tracebacks."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except DartboardError as error:
            printing.remark(str(error))
            raise typer.Exit(2 if isinstance(error, MISUSE) else 1) from None


commands = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Curate data sets that fine-tune language models.",
)
for part in (serving, data, decisions, releases, administration, persons):
    commands.add_typer(part.commands)


def main() -> None:
    """Run the command line."""
    commands()
