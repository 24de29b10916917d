"""The REST interface under /api/v1, one module per kind of thing."""

from app.web.api import boards, jobs, uploads

ROUTERS = (
    boards.router,
    jobs.router,
    uploads.router,
)
