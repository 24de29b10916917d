"""Which route a request will go to, asked before it goes there."""

import re
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import Match
from starlette.types import Scope

_PARAMETER = re.compile(r"{[^{}]*}")


@dataclass(frozen=True, slots=True)
class Target:
    """The template of the route, and the methods it takes; none means all of them."""

    template: str
    methods: frozenset[str]
    found: bool
    """False when the path is right and the method is not."""


def target_of(app: FastAPI, scope: Scope) -> Target | None:
    """The route that the router will choose: the first that fits in path and method."""
    partial: Target | None = None
    for route in iter_route_contexts(app.routes):
        match, _ = route.matches(scope)
        if match is Match.FULL:
            return _describe(route, found=True)
        if match is Match.PARTIAL and partial is None:
            partial = _describe(route, found=False)
    return partial


def anonymous(template: str) -> str:
    """The template without the names of its parameters: "/d/{slug}" -> "/d/{}"."""
    return _PARAMETER.sub("{}", template)


def _describe(route: RouteContext, *, found: bool) -> Target:
    return Target(anonymous(route.path_format or ""), frozenset(route.methods or ()), found)
