"""The pages, one module per folder of templates/."""

from fastapi import APIRouter

ROUTERS: tuple[APIRouter, ...] = ()
