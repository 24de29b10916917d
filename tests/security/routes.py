"""Every route of the app as addresses that can be called."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from app.web import matching
from app.web.doors import PUBLIC
from app.web.security import LARGE, PERMISSIONS

LINES = {(method, matching.anonymous(path)): role for (method, path), role in PERMISSIONS.items()}
STREAMS = {matching.anonymous(path) for path in LARGE}


@dataclass(frozen=True)
class Call:
    """One method of one route."""

    method: str
    template: str

    @property
    def line(self) -> tuple[str, str]:
        return ("GET" if self.method == "HEAD" else self.method, self.template)

    @property
    def is_public(self) -> bool:
        return LINES.get(self.line) == PUBLIC

    @property
    def is_api(self) -> bool:
        return self.template.startswith("/api/")

    @property
    def is_unsafe(self) -> bool:
        return self.method not in ("GET", "HEAD")

    @property
    def is_large(self) -> bool:
        return self.template in STREAMS

    def path(self, slug: str = "recipes", other: str = "1") -> str:
        """The address about this data set; every further parameter is a number."""
        parts, before = [], ""
        for part in self.template.split("/"):
            is_slug = before in ("d", "datasets")
            parts.append(part.replace("{}", slug if is_slug else other))
            before = part
        return "/".join(parts)


def every(app: FastAPI) -> Iterator[Call]:
    """Each method of each route, those of included routers and mounts too."""
    for route in iter_route_contexts(app.routes):
        for method in sorted(route.methods or {"GET", "HEAD"}):
            yield Call(method, matching.anonymous(route.path_format or ""))
