"""Turn a view into HTML: a whole page, or one block of it for HTMX."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2_fragments.fastapi import Jinja2Blocks

from app.web import formatting, keys


def make_templates(directory: Path) -> Jinja2Blocks:
    """Templates that escape everything and fail loudly on a misspelt name."""
    env = Environment(
        loader=FileSystemLoader(directory),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= formatting.FILTERS
    env.globals |= keys.GLOBALS
    env.globals["fresh_key"] = lambda: secrets.token_hex(8)
    return Jinja2Blocks(env=env)


def compile_all(templates: Jinja2Blocks) -> None:
    """Read every template now, and not when it is first asked for."""
    for name in templates.env.list_templates(extensions=["html"]):
        templates.env.get_template(name)


@dataclass(frozen=True, slots=True)
class Render:
    """Renders templates for one request."""

    templates: Jinja2Blocks
    request: Request

    def __call__(
        self, template: str, *, block: str | None = None, status: int = 200, **context: Any
    ) -> Response:
        """Render the page; or, when HTMX asks and a block is named, just that block."""
        wanted = block if self.is_fragment else None
        person = getattr(self.request.state, "actor", None)
        with keys.worn(keys.read(person.keys if person else "")):
            response: Response = self.templates.TemplateResponse(
                self.request,
                template,
                {**self._surroundings(), "status": status, **context},
                status_code=status,
                block_name=wanted,
                headers={"Vary": "HX-Request", "Cache-Control": "no-store"},
            )
        return response

    @property
    def is_fragment(self) -> bool:
        """Whether HTMX asks for a part of the page, rather than the browser for all of it."""
        return self.request.headers.get("HX-Request") == "true"

    @property
    def is_whole(self) -> bool:
        """Whether the part that is asked for is all that the page is about."""
        return self.request.headers.get("HX-Target") == "main#main"

    def _surroundings(self) -> dict[str, Any]:
        state = self.request.state
        return {
            "nonce": getattr(state, "nonce", ""),
            "person": getattr(state, "actor", None),
            "path": self.request.url.path,
        }
