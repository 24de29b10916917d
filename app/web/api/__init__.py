"""The REST interface under /api/v1, one module per kind of thing."""

from app.web.api import boards, health, jobs, uploads

ROUTERS = (
    boards.router,
    health.router,
    jobs.router,
    uploads.router,
)
