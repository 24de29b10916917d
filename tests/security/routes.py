"""Every route of the app as addresses that can be called."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from app.storage.access import Role
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
    def is_settings(self) -> bool:
        return self.template.startswith("/settings")

    @property
    def needs(self) -> Role | None:
        """The role that it takes; None when whoever is known may call it."""
        line = LINES[self.line]
        return line if isinstance(line, Role) else None

    @property
    def names_a_thing(self) -> bool:
        """Whether its address is about a data set, a sample or a job."""
        parts = self.template.removeprefix("/api/v1").split("/")
        return len(parts) > 2 and parts[1] in ("d", "datasets", "samples", "jobs")

    @property
    def ends_sessions(self) -> bool:
        return self.template in ("/logout", "/settings/me/sessions")

    @property
    def is_unsafe(self) -> bool:
        return self.method not in ("GET", "HEAD")

    @property
    def is_large(self) -> bool:
        return self.template in STREAMS

    def path(self, slug: str = "recipes", other: str = "1") -> str:
        """The address about this data set; every further parameter is a number.

        Under the settings it is nobody's: walks are to change no person.
        """
        other = "0" if self.is_settings else other
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
