"""The REST interface under /api/v1, one module per kind of thing."""

from fastapi import APIRouter

ROUTERS: tuple[APIRouter, ...] = ()
